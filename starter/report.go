package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/report"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// The forms of a report.
const (
	formText     = "text"
	formHTML     = "html"
	formJSON     = "json"
	formMarkdown = "md"
)

// publication is how a report reaches its readers.
type publication struct {
	format string
	file   string // "" or "-": standard output
	open   bool   // show it to a person, where one sits at a terminal

	start    func(path string) error
	terminal func(io.Writer) bool
}

// reportCommand waits for an upgrade's end and writes its report.
func reportCommand(s *shared) *cobra.Command {
	p := publication{start: startOpener, terminal: isTerminal}
	var now bool
	c := &cobra.Command{
		Use:   "report GATEWAY",
		Short: "Wait for the end of an upgrade and write its report",
		Long: "Wait for the end of an upgrade and write its report: a few lines, one page of HTML that needs nothing else, Markdown for a\n" +
			"ticket, or JSON (docs/report.schema.json). With --now, do not wait: an upgrade that runs, holds or has failed is shown as\nfar as it went.",
		Args: gatewayArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.settle(s.json); err != nil {
				return err
			}
			until := ended
			if now {
				until = func(upgrade.Report) bool { return true }
			}
			t, err := connect(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			r, failed := fetch(cmd, t, gatewayID(args), until)
			if failed != nil && (r.Phase == "" || cmd.Context().Err() != nil) {
				return failed
			}
			if err := p.publish(cmd.OutOrStdout(), report.View{Report: r, Now: time.Now(), Broken: broken(r, failed)}); err != nil {
				return err
			}
			return failed
		},
	}
	f := c.Flags()
	f.StringVar(&p.format, "format", "", "text, html, json or md; without it by the ending of the file, html with --open, otherwise text")
	f.StringVarP(&p.file, "output", "o", "", "write to a file instead, - for standard output, and print its path")
	f.BoolVar(&p.open, "open", false, "write a file, print its path, and at a terminal open it")
	f.BoolVar(&now, "now", false, "do not wait for the end")
	return c
}

// fetch follows a gateway's latest upgrade until it is as far as wanted. Beside an error the report is what was last seen
// of the upgrade, if anything was.
func fetch(cmd *cobra.Command, c client.Client, gateway int, until func(upgrade.Report) bool) (upgrade.Report, error) {
	f := &follower{client: c, run: c.GetWorkflow(cmd.Context(), workflows.UpgradeID(gateway), ""), progress: cmd.ErrOrStderr(), until: until, quietLog: true}
	return f.follow(cmd.Context())
}

// broken says how a workflow ended that left no outcome, "" where it left one or goes on.
func broken(r upgrade.Report, failed error) string {
	if failed == nil || r.Outcome != "" {
		return ""
	}
	var ended *temporal.WorkflowExecutionError // its own text is about ids
	if errors.As(failed, &ended) && errors.Unwrap(ended) != nil {
		failed = errors.Unwrap(ended)
	}
	return failed.Error()
}

// withNotice makes known in forms that show the report alone that nobody can tell the workflow anything any more.
func withNotice(v report.View) upgrade.Report {
	r := v.Report
	if v.Broken != "" {
		r.Notices, r.Choices = append(slices.Clone(r.Notices), "the workflow has ended without an outcome: "+v.Broken), nil
	}
	return r
}

// settle decides on the form, before anything is waited for.
func (p *publication) settle(json bool) error {
	if json && p.format != "" && p.format != formJSON {
		return upgrade.Errorf(kindUsage, "--json and --format %s contradict each other", p.format).Advise("leave one of them out")
	}
	if p.open && p.file == "-" {
		return upgrade.Errorf(kindUsage, "standard output cannot be opened").Advise("name a file, or leave -o out")
	}
	endings := map[string]string{".html": formHTML, ".htm": formHTML, ".json": formJSON, ".md": formMarkdown, ".txt": formText}
	ending, known := endings[strings.ToLower(filepath.Ext(p.file))]
	switch {
	case p.format != "":
	case json:
		p.format = formJSON
	case known:
		p.format = ending
	case p.open:
		p.format = formHTML
	default:
		p.format = formText
	}
	if !slices.Contains([]string{formText, formHTML, formJSON, formMarkdown}, p.format) {
		return upgrade.Errorf(kindUsage, "%q is no form of a report", p.format).Advise("choose text, html, json or md")
	}
	return nil
}

// publish writes the report where it is wanted.
func (p *publication) publish(out io.Writer, v report.View) error {
	var b bytes.Buffer
	if err := p.render(&b, v); err != nil {
		return err
	}
	if !p.open && (p.file == "" || p.file == "-") {
		_, err := out.Write(b.Bytes())
		return err
	}
	path, err := p.store(b.Bytes(), v.Report.GatewayID)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, path); err != nil || !p.open || !p.terminal(out) {
		return err
	}
	if err := p.start(path); err != nil {
		return upgrade.Errorf(upgrade.Internal, "opening %s: %w", path, err).Advise("open it by hand: the file is complete")
	}
	return nil
}

func (p *publication) render(w io.Writer, v report.View) error {
	switch p.format {
	case formHTML:
		return report.HTML(w, v)
	case formMarkdown:
		return report.Markdown(w, v)
	}
	r := withNotice(v)
	return (&shared{json: p.format == formJSON}).print(w, r, summary(r))
}

// store writes the file and returns its whole path. Only its owner may read it: a report names statements of a firewall.
func (p *publication) store(text []byte, gateway int) (string, error) {
	path, err := filepath.Abs(p.file)
	if p.file == "" {
		path, err = emptyFile(fmt.Sprintf("upgrade-%d-*.%s", gateway, p.format))
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return "", upgrade.Errorf(upgrade.Invalid, "writing the report: %w", err).Advise("name a file that can be written")
	}
	return path, nil
}

// emptyFile makes a file of a name that nobody can have foreseen.
func emptyFile(pattern string) (string, error) {
	f, err := os.CreateTemp("", pattern)
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// startOpener hands the file to the program that the person has chosen for its kind, and does not wait for it.
func startOpener(path string) error {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	c := exec.CommandContext(context.Background(), program, path)
	if err := c.Start(); err != nil {
		return err
	}
	return c.Process.Release()
}

// isTerminal reports whether a person reads what is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // a character device too
	return err == nil && !os.SameFile(info, null)
}
