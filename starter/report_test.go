package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/report"
	"vsrx-upgrade/internal/upgrade"
)

func finishedReport() upgrade.Report {
	at := time.Date(2027, 3, 6, 20, 0, 0, 0, time.UTC)
	return upgrade.Report{GatewayID: 88041, Gateway: "edge-heron", From: "21.4R3-S9.5", Target: "24.2R1-S2.6", Outcome: upgrade.OutcomeCompleted, Phase: upgrade.PhaseReport,
		Since: at.Add(time.Hour), Log: []upgrade.Entry{{At: at, Phase: upgrade.PhasePlan, Text: "planned"}}}
}

func finishedView() report.View {
	return report.View{Report: finishedReport(), Now: finishedReport().Since.Add(time.Minute)}
}

func TestTheFormOfAReportIsChosenByFlagsAndEnding(t *testing.T) {
	for name, c := range map[string]struct {
		p    publication
		json bool
		want string
	}{
		"nothing said":               {publication{}, false, formText},
		"the global flag":            {publication{}, true, formJSON},
		"both flags agree":           {publication{format: formJSON}, true, formJSON},
		"a form":                     {publication{format: formMarkdown}, false, formMarkdown},
		"a form against the ending":  {publication{format: formMarkdown, file: "x.html"}, false, formMarkdown},
		"a page by its ending":       {publication{file: "x.HTML"}, false, formHTML},
		"JSON by its ending":         {publication{file: "x.json"}, false, formJSON},
		"Markdown by its ending":     {publication{file: "x.md"}, false, formMarkdown},
		"an ending of no form":       {publication{file: "report"}, false, formText},
		"opened":                     {publication{open: true}, false, formHTML},
		"opened, by its ending":      {publication{open: true, file: "x.md"}, false, formMarkdown},
		"opened with the other flag": {publication{open: true}, true, formJSON},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.p.settle(c.json); err != nil || c.p.format != c.want {
				t.Errorf("%q, %v, want %q", c.p.format, err, c.want)
			}
		})
	}
}

func TestAReportThatCannotBeWantedIsRefusedBeforeAnybodyIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"an unknown form":         {[]string{"--format", "pdf"}, `"pdf" is no form`},
		"two forms":               {[]string{"--json", "--format", "html"}, "contradict"},
		"standard output, opened": {[]string{"--open", "-o", "-"}, "cannot be opened"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), append([]string{"report", "88041"}, c.args...), &out, &errs)
			if code != 2 || !strings.Contains(errs.String(), c.says) || !strings.Contains(errs.String(), "→") || out.Len() > 0 {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, &out, &errs)
			}
		})
	}
}

func TestEveryFormIsWritten(t *testing.T) {
	for form, begins := range map[string]string{formText: "gateway     88041 edge-heron", formHTML: "<!doctype html>", formMarkdown: "# Upgrade of edge-heron\n", formJSON: "{\n  \"gatewayId\": 88041,"} {
		t.Run(form, func(t *testing.T) {
			var out, file strings.Builder
			p := publication{format: form}
			if err := p.publish(&out, finishedView()); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(out.String(), begins) || !strings.HasSuffix(out.String(), "\n") {
				t.Errorf("it is %q", out.String())
			}
			p.file = filepath.Join(t.TempDir(), "report")
			if err := p.publish(&file, finishedView()); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(p.file)
			if err != nil || string(text) != out.String() || file.String() != p.file+"\n" {
				t.Errorf("the file holds %q, printed is %q, %v", text, file.String(), err)
			}
		})
	}
}

func TestTheJSONOfAReportIsTheReport(t *testing.T) {
	var out strings.Builder
	if err := (&publication{format: formJSON, file: "-"}).publish(&out, finishedView()); err != nil {
		t.Fatal(err)
	}
	var got upgrade.Report
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(finishedReport(), got); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
}

func TestOnlyItsOwnerReadsTheFile(t *testing.T) {
	p := publication{format: formHTML, file: filepath.Join(t.TempDir(), "report.html")}
	if err := p.publish(io.Discard, finishedView()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(p.file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestAReportIsOpenedWhereAPersonSits(t *testing.T) {
	missing := errors.New("no such program")
	for name, c := range map[string]struct {
		open, terminal bool
		fails          error
		opened         int
	}{
		"at a terminal":               {open: true, terminal: true, opened: 1},
		"without a terminal":          {open: true},
		"not asked for":               {terminal: true},
		"where nothing can be opened": {open: true, terminal: true, fails: missing, opened: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			var opened []string
			p := publication{format: formHTML, open: c.open, terminal: func(io.Writer) bool { return c.terminal },
				start: func(path string) error { opened = append(opened, path); return c.fails }}
			var out strings.Builder
			err := p.publish(&out, finishedView())
			if !errors.Is(err, c.fails) || c.fails != nil && upgrade.AdviceOf(err) == "" {
				t.Errorf("it ends with %v", err)
			}
			if len(opened) != c.opened {
				t.Fatalf("opened are %q", opened)
			}
			if !c.open {
				return
			}
			path := strings.TrimSuffix(out.String(), "\n")
			text, err := os.ReadFile(path)
			if err != nil || !strings.HasPrefix(string(text), "<!doctype html>") || !filepath.IsAbs(path) || filepath.Ext(path) != ".html" {
				t.Errorf("the path %q holds %.20q, %v", path, text, err)
			}
			if c.opened > 0 && opened[0] != path {
				t.Errorf("opened is %q, printed %q", opened[0], path)
			}
		})
	}
}

func TestAFileThatCannotBeWrittenIsNamed(t *testing.T) {
	p := publication{format: formHTML, file: filepath.Join(t.TempDir(), "missing", "report.html")}
	var out strings.Builder
	err := p.publish(&out, finishedView())
	if upgrade.KindOf(err) != upgrade.Invalid || !strings.Contains(err.Error(), p.file) || upgrade.AdviceOf(err) == "" || out.Len() > 0 {
		t.Errorf("it ends with %v and prints %q", err, out.String())
	}
}

func TestAWorkflowThatEndedWithoutAnOutcomeSaysSo(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.ExecuteWorkflow(func(workflow.Context) error { return errors.New("ended by hand") })
	ended := env.GetWorkflowError()
	for name, c := range map[string]struct {
		outcome upgrade.Outcome
		failed  error
		notices []string
		choices []string
	}{
		"one of no outcome": {"", ended, []string{"slow", "the workflow has ended without an outcome: ended by hand"}, nil},
		"another error":     {"", errors.New("gone"), []string{"slow", "the workflow has ended without an outcome: gone"}, nil},
		"a refused one":     {upgrade.OutcomeRefused, ended, []string{"slow"}, []string{"retry"}},
		"one under way":     {"", nil, []string{"slow"}, []string{"retry"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := upgrade.Report{Outcome: c.outcome, Notices: []string{"slow"}, Choices: []string{"retry"}}
			got := withNotice(report.View{Report: r, Broken: broken(r, c.failed)})
			if !slices.Equal(got.Notices, c.notices) || !slices.Equal(got.Choices, c.choices) {
				t.Errorf("notices %q, choices %q", got.Notices, got.Choices)
			}
		})
	}
}

func TestOnlyATerminalIsATerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, w := range map[string]io.Writer{"a buffer": &bytes.Buffer{}, "a file": file, "nothing": null} {
		if isTerminal(w) {
			t.Errorf("%s is taken for a terminal", name)
		}
	}
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("there is no terminal here: %v", err)
	}
	defer terminal.Close()
	if !isTerminal(terminal) {
		t.Error("a terminal is not taken for one")
	}
}
