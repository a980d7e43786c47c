package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

// archiveCommand groups what reads the archive. It needs the worker's VSRX_ARCHIVE… settings, and Temporal for prune
// only.
func archiveCommand(s *shared) *cobra.Command {
	c := &cobra.Command{
		Use:   "archive list|get|verify|prune",
		Short: "Look into the archive of configurations, snapshots and reports",
		Long:  "Look into the archive of configurations, snapshots and reports.\n\nThe archive is found by the worker's own settings: VSRX_ARCHIVE, and VSRX_ARCHIVE_IDENTITY to read what is encrypted.",
		Args:  noSuchCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(archiveListCommand(s), archiveGetCommand(s), archiveVerifyCommand(s), archivePruneCommand(s, openRuns))
	return c
}

// archived opens the archive for one command.
func archived(ctx context.Context, do func(*archive.Archive) error) error {
	config, err := app.LoadArchive(os.Environ())
	if err != nil {
		return err
	}
	a, err := archive.Open(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// optionalGateway accepts one gateway id or none.
func optionalGateway(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return nil
	case 1:
		return gatewayArgument(cmd, args)
	}
	return upgrade.Errorf(kindUsage, "at most one gateway id is needed, not %d", len(args)).Advise("see --help")
}

// storedUpgrades lists what is stored of the gateway that the arguments name, or of all.
func storedUpgrades(ctx context.Context, a *archive.Archive, args []string) ([]archive.Upgrade, error) {
	if len(args) == 0 {
		return a.Upgrades(ctx, 0)
	}
	found, err := a.Upgrades(ctx, gatewayID(args))
	if err == nil && len(found) == 0 {
		return nil, upgrade.Errorf(upgrade.NotFound, "the archive holds nothing of gateway %s", args[0]).Advise("see: starter archive list; check VSRX_ARCHIVE")
	}
	return found, err
}

func archiveListCommand(s *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "list [GATEWAY]",
		Short: "List the upgrades that are stored, or everything that is stored of one gateway",
		Args:  optionalGateway,
		RunE: func(cmd *cobra.Command, args []string) error {
			return archived(cmd.Context(), func(a *archive.Archive) error {
				found, err := storedUpgrades(cmd.Context(), a, args)
				if err != nil {
					return err
				}
				text := upgradeTable(found)
				if len(args) > 0 {
					text = entryTable(found)
				}
				return s.print(cmd.OutOrStdout(), found, text)
			})
		},
	}
}

func archiveGetCommand(s *shared) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "get KEY [-o FILE]",
		Short: "Read what is stored under a key, decrypted and compared with its digest",
		Long:  "Read what is stored under a key, decrypted and compared with its digest.\n\nNothing is printed, and no file written, of what is not whole. A file is readable by its owner only and never overwritten.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return upgrade.Errorf(kindUsage, "exactly one key is needed, not %d", len(args)).Advise("see: starter archive list GATEWAY")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return archived(cmd.Context(), func(a *archive.Archive) error {
				e, err := a.Entry(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				if output == "" {
					if err := copyOut(cmd.Context(), a, e.Blob, io.Discard); err != nil { // whole, or nothing of it is printed
						return err
					}
					return copyOut(cmd.Context(), a, e.Blob, cmd.OutOrStdout())
				}
				if err := writeWhole(output, func(w io.Writer) error { return copyOut(cmd.Context(), a, e.Blob, w) }); err != nil {
					return err
				}
				return s.print(cmd.OutOrStdout(), e, fmt.Sprintf("%s: %d bytes, SHA-256 %s", output, e.Size, e.Digest))
			})
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "file to write instead of printing")
	return c
}

// copyOut writes a blob's content.
func copyOut(ctx context.Context, a *archive.Archive, b upgrade.Blob, w io.Writer) error {
	r, err := a.Get(ctx, b)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil {
		return errors.Join(err, r.Close())
	}
	return r.Close()
}

// writeWhole makes a file that only its owner may read appear once its content is whole, and never over another.
func writeWhole(path string, fill func(io.Writer) error) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return exists(path)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".part-*") // made with 0600
	if err != nil {
		return upgrade.Errorf(upgrade.Invalid, "writing the output: %w", err).Advise("name a file in a folder that you may write to")
	}
	defer func() { err = errors.Join(err, os.Remove(part.Name())) }()
	if err := errors.Join(fill(part), part.Sync(), part.Close()); err != nil {
		return err
	}
	if err := os.Link(part.Name(), path); errors.Is(err, fs.ErrExist) {
		return exists(path)
	} else if err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}

// verification is what verify prints.
type verification struct {
	Findings []archive.Finding `json:"findings"`
	Strays   []archive.Stray   `json:"strays"`
}

func archiveVerifyCommand(s *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "verify [GATEWAY]",
		Short: "Read everything that is stored and compare it with its digests",
		Args:  optionalGateway,
		RunE: func(cmd *cobra.Command, args []string) error {
			return archived(cmd.Context(), func(a *archive.Archive) error {
				upgrades, err := storedUpgrades(cmd.Context(), a, args)
				if err != nil {
					return err
				}
				v := verification{Findings: []archive.Finding{}, Strays: []archive.Stray{}}
				for _, u := range upgrades {
					found, err := a.Verify(cmd.Context(), u)
					if err != nil {
						return err
					}
					v.Findings, v.Strays = append(v.Findings, found...), append(v.Strays, u.Strays...)
				}
				if err := s.print(cmd.OutOrStdout(), v, verifyText(v)); err != nil {
					return err
				}
				if bad := v.count(archive.ProofNone); bad > 0 {
					return upgrade.Errorf(upgrade.Malformed, "%s not what was stored", plural(bad, "entry is", "entries are")).
						Advise("do not use them; look for another copy, and check the storage behind the archive")
				}
				return nil
			})
		},
	}
}

func (v verification) count(p archive.Proof) (n int) {
	for _, f := range v.Findings {
		if f.Proof == p {
			n++
		}
	}
	return n
}
