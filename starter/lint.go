package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/lint"
	"vsrx-upgrade/internal/upgrade"
)

// lintError is an outcome of lint that scripts tell apart by its exit code: 2 when a statement stops the upgrade, 3 when
// a file cannot be judged. The codes of the other commands mean something else.
type lintError struct {
	code   int
	text   string
	advice string
	cause  error
}

func (e *lintError) Error() string { return e.text }

// Unwrap gives the causes to errors.Is and errors.As.
func (e *lintError) Unwrap() error { return e.cause }

// ExitCode is what the process ends with.
func (e *lintError) ExitCode() int { return e.code }

// The exit codes of lint, beside 0.
const (
	lintNotReady   = 2
	lintUnreadable = 3
)

// lintCommand judges saved configurations. It needs neither Temporal nor a gateway.
func lintCommand(s *shared) *cobra.Command {
	var target, format string
	c := &cobra.Command{
		Use:   "lint FILE…",
		Short: "Find the statements of saved configurations that stop or break an upgrade",
		Long: "Find the statements of saved configurations that stop or break an upgrade.\n\nReads what show configuration prints: curly, display set or display xml; - is standard input.\n" +
			"Exit codes: 0 no error found, 2 an error found or bad usage, 3 a file cannot be read as a configuration.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return upgrade.Errorf(kindUsage, "no configuration is named").Advise("name files, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.json && format == "" {
				format = "json"
			}
			write, err := lintFormat(cmp.Or(format, "text"))
			if err != nil {
				return err
			}
			if target != "" {
				if _, err := upgrade.ParseVersion(target); err != nil {
					return fmt.Errorf("--target: %w", err)
				}
			}
			found, failed := lintFiles(args, cmd.InOrStdin(), lint.Options{Target: target})
			if err := write(cmd.OutOrStdout(), found); err != nil {
				return fmt.Errorf("writing the findings: %w", err)
			}
			return verdict(found, failed)
		},
	}
	c.Flags().StringVar(&target, "target", "", "judge for this release, e.g. 23.4R2-S5.5; without it every rule applies")
	c.Flags().StringVar(&format, "format", "", "text, json or sarif (default text)")
	return c
}

// lintFormat is the writer of a format.
func lintFormat(format string) (func(io.Writer, []upgrade.Statement) error, error) {
	switch format {
	case "text":
		return writeFindings, nil
	case "json":
		return func(w io.Writer, found []upgrade.Statement) error {
			return writeJSON(w, append([]upgrade.Statement{}, found...))
		}, nil
	case "sarif":
		return writeSARIF, nil
	}
	return nil, upgrade.Errorf(kindUsage, "--format: %q is none of text, json, sarif", format).Advise("see --help")
}

// lintFiles judges each file; one that cannot be judged does not keep the others from it.
func lintFiles(names []string, stdin io.Reader, o lint.Options) (found []upgrade.Statement, failed []error) {
	for _, name := range names {
		tree, err := readConfiguration(name, stdin)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		found = append(found, lint.Run(tree, o)...)
	}
	return found, failed
}

func readConfiguration(name string, stdin io.Reader) (*configuration.Tree, error) {
	if name == "-" {
		return configuration.Parse(stdin, "stdin")
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err // it names the file
	}
	defer file.Close()
	return configuration.Parse(file, name)
}

// verdict is the command's outcome; a file that could not be judged outweighs what others showed.
func verdict(found []upgrade.Statement, failed []error) error {
	if len(failed) > 0 {
		cause := errors.Join(failed...)
		return &lintError{code: lintUnreadable, text: cause.Error(), cause: cause,
			advice: "nothing is known of these files; save them again: show configuration | display set | no-more"}
	}
	if n := count(found)[upgrade.SeverityError]; n > 0 {
		return &lintError{code: lintNotReady, text: fmt.Sprintf("%s in the way of the upgrade", plural(n, "statement stands", "statements stand")),
			advice: "load the fix commands, commit, save the configuration and judge it again"}
	}
	return nil
}

func count(found []upgrade.Statement) map[upgrade.Severity]int {
	n := map[upgrade.Severity]int{}
	for _, s := range found {
		n[s.Severity]++
	}
	return n
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// writeFindings prints a block for each finding, and a line that sums them up.
func writeFindings(w io.Writer, found []upgrade.Statement) error {
	var b strings.Builder
	for _, s := range found {
		b.WriteString(heading(s) + "\n  " + s.Path + "\n")
		if s.From != "" {
			fmt.Fprintf(&b, "  by the group %s\n", s.From)
		}
		fmt.Fprintf(&b, "  %s\n", s.Why)
		for i, lines := range [][]string{s.Fix, s.Restore} {
			for _, line := range lines {
				fmt.Fprintf(&b, "  %-9s %s\n", []string{"fix:", "restore:"}[i], line)
			}
		}
		b.WriteString("\n")
	}
	n := count(found)
	fmt.Fprintf(&b, "%s, %s, %s\n", plural(n[upgrade.SeverityError], "error", "errors"),
		plural(n[upgrade.SeverityWarning], "warning", "warnings"), plural(n[upgrade.SeverityNote], "note", "notes"))
	_, err := io.WriteString(w, b.String())
	return err
}

// heading says how grave a finding is, what found it and where.
func heading(s upgrade.Statement) string {
	rule := s.Rule
	if s.Code != 0 {
		rule = fmt.Sprintf("%d %s", s.Code, s.Rule)
	}
	at := s.File
	if s.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
	}
	return fmt.Sprintf("%s %s %s", s.Severity, rule, at)
}

// writeJSON prints a value as indented JSON.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
