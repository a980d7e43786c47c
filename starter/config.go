package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// configCommand groups what is done about a gateway's configuration by hand.
func configCommand(s *shared) *cobra.Command {
	c := &cobra.Command{Use: "config restore", Short: "Bring a saved configuration back to a standalone gateway", Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(restoreCommand(s))
	return c
}

// restoration is what restore was asked for.
type restoration struct {
	from     string
	sections []string
	edit     bool
	input    string
	order    upgrade.RestoreOrder
}

// restoreCommand imports a saved configuration by hand, with the safety of an upgrade.
func restoreCommand(s *shared) *cobra.Command {
	var r restoration
	c := &cobra.Command{
		Use:   "restore GATEWAY --from DIGEST [--section PATH]… [--edit] --reason TEXT",
		Short: "Bring a saved configuration back to a standalone gateway",
		Long: "Bring a saved configuration back to a standalone gateway: interfaces stay those of the running version, the commit is\n" +
			"confirmed only over a new connection. DIGEST is that of a configuration in set form, or its beginning; see: starter archive list.\n\n" +
			"With --section only these parts are taken, e.g. --section \"security policies\". With --edit $EDITOR opens what is to be\n" +
			"brought back; the edited form is stored in the archive, encrypted as everything there is. Needs the VSRX_ARCHIVE… settings.",
		Args: gatewayArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			r.order.GatewayID = gatewayID(args)
			if r.input != "" {
				if err := readJSON(r.input, cmd.InOrStdin(), &r.order.Timing); err != nil {
					return err
				}
			}
			if len(r.from) < 8 {
				return upgrade.Errorf(upgrade.Invalid, "--from %q is too short to name a configuration", r.from).Advise("give at least 8 digits of its digest")
			}
			return s.restore(cmd, r)
		},
	}
	f := c.Flags()
	f.StringVar(&r.from, "from", "", "digest of the saved configuration, or its beginning")
	f.StringArrayVar(&r.sections, "section", nil, "take only this part; may be repeated")
	f.BoolVar(&r.edit, "edit", false, "edit it in $EDITOR first")
	f.StringVar(&r.order.By, "by", os.Getenv("USER"), "who does it")
	f.StringVar(&r.order.Reason, "reason", "", "why")
	f.StringVar(&r.input, "timing", "", "read other durations as JSON from a file")
	return c
}

// restore finds the configuration, stores what is left of it after sections and edits, and runs the workflow.
func (s *shared) restore(cmd *cobra.Command, r restoration) error {
	ctx := cmd.Context()
	err := archived(ctx, func(a *archive.Archive) (err error) {
		if r.order.Saved, err = findConfiguration(ctx, a, r.order.GatewayID, r.from); err != nil {
			return err
		}
		if err := r.order.Validate(); err != nil {
			return err
		}
		for _, section := range r.sections {
			r.order.Sections = append(r.order.Sections, strings.Fields(section))
		}
		if !r.edit && len(r.sections) == 0 {
			return nil
		}
		r.order.Saved, err = r.prepared(ctx, a)
		return err
	})
	if err != nil {
		return err
	}
	c, err := connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	id := workflows.RestoreID(r.order.GatewayID)
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue, StaticSummary: "bring a saved configuration back",
		WorkflowExecutionErrorWhenAlreadyStarted: true}, workflows.TypeRestore, r.order)
	if err != nil {
		return startError(ctx, c, id, err)
	}
	var report upgrade.RestoreReport
	if err := run.Get(ctx, &report); err != nil {
		return err
	}
	text := "nothing had to be changed"
	if report.Changed {
		text = "the configuration is back"
	}
	return s.print(cmd.OutOrStdout(), report, report.Gateway+": "+text+"\n  "+strings.Join(report.Plan, "\n  "))
}

// findConfiguration finds the one stored configuration in set form whose digest begins so.
func findConfiguration(ctx context.Context, a *archive.Archive, gateway int, digest string) (found upgrade.Blob, err error) {
	runs, err := a.Upgrades(ctx, gateway)
	if err != nil {
		return found, err
	}
	for _, run := range runs {
		for _, e := range run.Entries {
			if !strings.HasSuffix(e.Key, ".set") || !strings.HasPrefix(e.Digest, digest) {
				continue
			}
			if found.Digest != "" && found.Digest != e.Digest {
				return found, upgrade.Errorf(upgrade.Invalid, "several configurations of gateway %d begin with %s", gateway, digest).Advise("give more of the digest")
			}
			found = e.Blob
		}
	}
	if found.Digest == "" {
		return found, upgrade.Errorf(upgrade.NotFound, "no configuration of gateway %d in set form begins with %s", gateway, digest).Advise("see: starter archive list %d", gateway)
	}
	return found, nil
}

// prepared stores the sections, or the edited form.
func (r restoration) prepared(ctx context.Context, a *archive.Archive) (upgrade.Blob, error) {
	stored, err := a.Get(ctx, r.order.Saved)
	if err != nil {
		return upgrade.Blob{}, err
	}
	defer stored.Close()
	tree, err := configuration.Parse(stored, r.order.Saved.Key)
	if err != nil {
		return upgrade.Blob{}, err
	}
	var text bytes.Buffer
	if len(r.sections) == 0 {
		err = tree.WriteSet(&text)
	}
	for _, section := range r.sections {
		part := tree.Section(strings.Fields(section)...)
		if part.Empty() {
			return upgrade.Blob{}, upgrade.Errorf(upgrade.NotFound, "the saved configuration has no %q", section).Advise("see: starter archive get %s", r.order.Saved.Key)
		}
		if err == nil {
			err = part.WriteSet(&text)
		}
	}
	if err != nil {
		return upgrade.Blob{}, fmt.Errorf("taking sections out: %w", err)
	}
	content := text.Bytes()
	if r.edit {
		if content, err = edited(ctx, content); err != nil {
			return upgrade.Blob{}, err
		}
	}
	if _, err := configuration.Parse(bytes.NewReader(content), "edited configuration"); err != nil {
		return upgrade.Blob{}, err
	}
	key := fmt.Sprintf("upgrades/%d/restore-%s/configuration.set", r.order.GatewayID, time.Now().UTC().Format("20060102T150405Z"))
	return a.Put(ctx, key, bytes.NewReader(content))
}

// edited lets a person edit a configuration in a file that only they may read, and that is gone afterwards.
func edited(ctx context.Context, content []byte) ([]byte, error) {
	editor := os.Getenv("EDITOR")
	if editor == "" {
		return nil, upgrade.Errorf(upgrade.Invalid, "EDITOR is not set").Advise("EDITOR=vi starter config restore …")
	}
	dir, err := os.MkdirTemp("", "vsrx-upgrade-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the edited configuration: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "configuration.set")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return nil, fmt.Errorf("writing the configuration for the editor: %w", err)
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "sh", path) // EDITOR may hold options
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "the editor ended with: %w", err).Advise("nothing was changed")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the edited configuration: %w", err)
	}
	defer file.Close()
	return io.ReadAll(file)
}
