package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/lint"
	"vsrx-upgrade/internal/upgrade"
)

const soundConfiguration = "set system services ssh root-login allow\nset system services netconf ssh\n"

// saved writes configurations into a directory of the test, which becomes the working directory.
func saved(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func lintRun(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), append([]string{"lint"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

func TestLintEndsWithItsOwnExitCodes(t *testing.T) {
	saved(t, map[string]string{
		"sound.conf":   soundConfiguration,
		"warning.conf": soundConfiguration + "set security ipsec vpn v bind-interface st0.0\n",
		"error.conf":   soundConfiguration + "set chassis cluster redundancy-group 1 preempt\n",
		"newer.conf":   soundConfiguration + "set interfaces st0 unit 0 family inet tcp-mss 1300\n",
		"broken.conf":  "system {\n    services {\n",
		"empty.conf":   "",
	})
	for name, c := range map[string]struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		"sound":             {[]string{"sound.conf"}, 0, "0 errors, 0 warnings, 0 notes", ""},
		"a warning":         {[]string{"warning.conf"}, 0, "warning 1176 late-tunnel warning.conf:3:1", ""},
		"an error":          {[]string{"error.conf"}, 2, "error preempt-active error.conf:3:1", "1 statement stands in the way"},
		"an old target":     {[]string{"newer.conf", "--target", "19.4R3"}, 0, "0 errors", ""},
		"a new target":      {[]string{"newer.conf", "--target", "23.4R2-S5.5"}, 2, "1139", "1 statement stands in the way"},
		"a broken file":     {[]string{"broken.conf"}, 3, "0 errors", `broken.conf:3:1: expected "}", found end of file`},
		"an empty file":     {[]string{"empty.conf"}, 3, "", "empty.conf:1:1: expected a configuration, found no statement"},
		"a missing file":    {[]string{"gone.conf"}, 3, "", "gone.conf: no such file"},
		"a directory":       {[]string{"."}, 3, "", "reading configuration .:"},
		"broken and error":  {[]string{"broken.conf", "error.conf"}, 3, "error preempt-active error.conf:3:1", "broken.conf:3:1"},
		"two broken":        {[]string{"broken.conf", "gone.conf"}, 3, "", "gone.conf"},
		"a bad target":      {[]string{"gone.conf", "--target", "latest"}, 2, "", `--target: "latest" is not a Junos release`},
		"a bad format":      {[]string{"gone.conf", "--format", "yaml"}, 2, "", `--format: "yaml" is none of`},
		"no file":           {nil, 2, "", "no configuration is named"},
		"an unknown option": {[]string{"--frist"}, 2, "", "unknown flag"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := lintRun(c.args...)
			if code != c.code || !strings.Contains(stdout, c.stdout) || !strings.Contains(stderr, c.stderr) || (c.code == 0) != (stderr == "") {
				t.Errorf("exit code %d, want %d\nstdout %s\nstderr %s", code, c.code, stdout, stderr)
			}
		})
	}
}

func TestLintReadsStandardInput(t *testing.T) {
	root := rootCommand()
	var out bytes.Buffer
	root.SetArgs([]string{"lint", "-"})
	root.SetIn(strings.NewReader(soundConfiguration + "set system ports console disable\n"))
	root.SetOut(&out)
	err := root.ExecuteContext(t.Context())
	outcome, ok := err.(*lintError)
	if !ok || outcome.ExitCode() != lintNotReady || !strings.Contains(out.String(), "error 1119 console-closed stdin:3:1") {
		t.Errorf("error %v, output %s", err, &out)
	}
}

func TestAFindingIsOneBlockOfText(t *testing.T) {
	saved(t, map[string]string{"gw.conf": soundConfiguration + "set groups g chassis cluster redundancy-group 1 preempt\nset apply-groups g\n"})
	_, stdout, _ := lintRun("gw.conf")
	want := `error preempt-active gw.conf:3:1
  chassis cluster redundancy-group 1 preempt
  by the group g
  Preempt pulls the traffic back to a node in the middle of the upgrade; IBM requires it off.
  fix:      deactivate groups g chassis cluster redundancy-group 1 preempt
  restore:  activate groups g chassis cluster redundancy-group 1 preempt

1 error, 0 warnings, 0 notes
`
	if diff := cmp.Diff(want, stdout); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLintPrintsJSON(t *testing.T) {
	saved(t, map[string]string{"gw.conf": soundConfiguration + "set system ports console disable\n", "sound.conf": soundConfiguration})
	for _, flags := range [][]string{{"--json"}, {"--format", "json"}} {
		code, stdout, _ := lintRun(append(flags, "gw.conf", "sound.conf")...)
		var found []upgrade.Statement
		if err := json.Unmarshal([]byte(stdout), &found); err != nil || code != 2 || len(found) != 1 || found[0].Code != 1119 || found[0].File != "gw.conf" {
			t.Errorf("%v: exit code %d, error %v\n%s", flags, code, err, stdout)
		}
		if code, stdout, _ = lintRun(append(flags, "sound.conf")...); code != 0 || stdout != "[]\n" {
			t.Errorf("%v: exit code %d, output %s", flags, code, stdout)
		}
	}
}

// required lists what the schema of SARIF 2.1.0 demands of each object, by the path to it.
func required() map[string][]string {
	return map[string][]string{
		"":                       {"version", "runs"},
		"runs":                   {"tool", "results"},
		"runs.tool":              {"driver"},
		"runs.tool.driver":       {"name", "rules"},
		"runs.tool.driver.rules": {"id", "shortDescription", "defaultConfiguration"},
		"runs.tool.driver.rules.shortDescription": {"text"},
		"runs.results":                                             {"message", "ruleId", "ruleIndex", "level", "locations"},
		"runs.results.message":                                     {"text"},
		"runs.results.locations":                                   {"physicalLocation"},
		"runs.results.locations.physicalLocation":                  {"artifactLocation", "region"},
		"runs.results.locations.physicalLocation.artifactLocation": {"uri"},
		"runs.results.locations.physicalLocation.region":           {"startLine", "startColumn"},
	}
}

func TestSARIFHasWhatItsSchemaRequires(t *testing.T) {
	saved(t, map[string]string{"my gw.conf": soundConfiguration + "set system ports console disable\nset security ipsec vpn v bind-interface st0.0\nset security idp active-policy strict\n"})
	code, stdout, _ := lintRun("--format", "sarif", "my gw.conf")
	var log any
	if err := json.Unmarshal([]byte(stdout), &log); err != nil || code != 2 {
		t.Fatalf("exit code %d, error %v", code, err)
	}
	checked := map[string]int{}
	var visit func(path string, v any)
	visit = func(path string, v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				visit(path, item)
			}
		case map[string]any:
			for _, name := range required()[path] {
				if value, ok := v[name]; !ok || value == nil || value == "" {
					t.Errorf("%q lacks %s: %v", path, name, v)
				}
				checked[path]++
			}
			for name, value := range v {
				visit(strings.TrimPrefix(path+"."+name, "."), value)
			}
		}
	}
	visit("", log)
	for path := range required() {
		if checked[path] == 0 {
			t.Errorf("no object %q", path)
		}
	}
}

func TestSARIFNamesRuleLevelAndPlace(t *testing.T) {
	saved(t, map[string]string{"my gw.conf": soundConfiguration + "set system ports console disable\n"})
	_, stdout, _ := lintRun("--format", "sarif", "my gw.conf")
	var log sarifLog
	if err := json.Unmarshal([]byte(stdout), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) != 1 {
		t.Fatalf("got %+v", log)
	}
	driver, result := log.Runs[0].Tool.Driver, log.Runs[0].Results[0]
	if len(driver.Rules) != len(lint.Rules()) || driver.Rules[result.RuleIndex].ID != "console-closed" || result.RuleID != "console-closed" || result.Level != "error" {
		t.Errorf("got %+v", result)
	}
	at := result.Locations[0].Physical
	if at.Artifact.URI != "my%20gw.conf" || *at.Region != (sarifRegion{3, 1}) || !strings.Contains(result.Message.Text, "Fix: delete system ports console disable") {
		t.Errorf("got %+v", result)
	}
	for _, rule := range driver.Rules {
		if !slices.Contains([]string{"error", "warning", "note"}, rule.DefaultConfiguration.Level) {
			t.Errorf("%s has the level %q, which SARIF does not know", rule.ID, rule.DefaultConfiguration.Level)
		}
	}
}

func TestSARIFOfNothingHasAnEmptyListOfResults(t *testing.T) {
	saved(t, map[string]string{"sound.conf": soundConfiguration})
	code, stdout, _ := lintRun("--format", "sarif", "sound.conf")
	if code != 0 || !strings.Contains(stdout, `"results": []`) {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
	absolute, err := filepath.Abs("sound.conf")
	if err != nil {
		t.Fatal(err)
	}
	if got := artifactURI(absolute); !strings.HasPrefix(got, "file:///") {
		t.Errorf("an absolute path becomes %s", got)
	}
}
