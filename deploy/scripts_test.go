package deploy_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// syntax lets the shell read a script without running it.
func syntax(text string) error {
	check := exec.Command("sh", "-n")
	check.Stdin = strings.NewReader(text)
	if output, err := check.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, output)
	}
	return nil
}

func TestTheShellReadsEveryScript(t *testing.T) {
	scripts, err := filepath.Glob("*.sh")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts found (%v)", err)
	}
	for _, name := range scripts {
		t.Run(name, func(t *testing.T) {
			text := read(t, "deploy/"+name)
			if err := syntax(text); err != nil {
				t.Error(err)
			}
			if err := syntax(text + "\nif true; then"); err == nil {
				t.Error("the shell accepts even a script that breaks off")
			}
		})
	}
}

// tools is a folder of programs that stand in for the real ones and write down how they were called.
type tools struct {
	folder, calls string
}

func newTools(t *testing.T, bodies map[string]string) tools {
	t.Helper()
	folder := t.TempDir()
	for name, body := range bodies {
		script := fmt.Sprintf("#!/bin/sh\necho \"%s $*\" >>%q\ncd %q\n%s\n", name, filepath.Join(folder, "calls"), folder, body)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return tools{folder: folder, calls: filepath.Join(folder, "calls")}
}

// run runs a script with these tools and nothing else of the caller's environment; it returns the script's exit code,
// what it wrote to stderr, and the calls.
func (p tools) run(t *testing.T, script string, environment ...string) (code int, stderr string, calls []string) {
	t.Helper()
	var text bytes.Buffer
	command := exec.Command("sh", script)
	command.Env = append([]string{"PATH=" + p.folder + ":/usr/bin:/bin"}, environment...)
	command.Stderr = &text
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if written, err := os.ReadFile(p.calls); err == nil {
		calls = strings.Split(strings.TrimSpace(string(written)), "\n")
	}
	return command.ProcessState.ExitCode(), text.String(), calls
}

// migration is what the schema job asks of temporal-sql-tool.
func migration() []string {
	var calls []string
	for _, d := range [][2]string{{"temporal", "temporal"}, {"temporal_visibility", "visibility"}} {
		calls = append(calls,
			"temporal-sql-tool --db "+d[0]+" create",
			"temporal-sql-tool --db "+d[0]+" setup-schema -v 0.0",
			"temporal-sql-tool --db "+d[0]+" update-schema -d /etc/temporal/schema/postgresql/v12/"+d[1]+"/versioned")
	}
	return calls
}

// connection is the environment that the schema job has in the compose file.
func connection(t *testing.T) []string {
	t.Helper()
	return environment(load(t, read(t, "docker-compose.yml")).project.Services["schema"])
}

func TestTheSchemaJobMigratesBothDatabases(t *testing.T) {
	p := newTools(t, map[string]string{"temporal-sql-tool": "exit 0"})
	code, stderr, calls := p.run(t, "schema.sh", connection(t)...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if diff := cmp.Diff(migration(), calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestTheSchemaJobStopsAtTheFirstFailure(t *testing.T) {
	for n, call := range migration() {
		t.Run(call, func(t *testing.T) {
			p := newTools(t, map[string]string{"temporal-sql-tool": fmt.Sprintf("test $(wc -l <calls) -le %d || exit 7", n)})
			code, _, calls := p.run(t, "schema.sh", connection(t)...)
			if code != 7 {
				t.Errorf("exit code %d, want the tool's 7", code)
			}
			if diff := cmp.Diff(migration()[:n+1], calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheSchemaJobDemandsItsConnection(t *testing.T) {
	whole := connection(t)
	if len(whole) != 5 {
		t.Fatalf("%d variables, want 5", len(whole))
	}
	for n, line := range whole {
		name, _, _ := strings.Cut(line, "=")
		t.Run(name, func(t *testing.T) {
			rest := append(append([]string{}, whole[:n]...), whole[n+1:]...)
			p := newTools(t, map[string]string{"temporal-sql-tool": "exit 0"})
			code, stderr, calls := p.run(t, "schema.sh", rest...)
			if code == 0 || len(calls) > 0 || !strings.Contains(stderr, name) {
				t.Errorf("exit code %d, calls %q, stderr %q; want a refusal that names %s", code, calls, stderr, name)
			}
		})
	}
}

func TestTheSetupJobWaitsForTheServer(t *testing.T) {
	tests := []struct {
		name  string
		codes string // exit codes of the starter, call after call; the last one repeats
		code  int
		calls int
		says  string
	}{
		{"a server that answers", "0", 0, 1, ""},
		{"a server that answers later", "5 5 0", 0, 3, ""},
		{"a namespace that is known later", "1 0", 0, 2, ""},
		{"a server that comes in the last moment", strings.Repeat("5 ", 23) + "0", 0, 24, ""},
		{"a server that never answers", "5", 5, 24, "the Temporal server at temporal:7233 was not ready in time"},
		{"a fault that stays", "1", 1, 24, "was not ready in time"},
		{"bad settings", "2", 2, 1, ""},
		{"a refusal", "3", 3, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newTools(t, map[string]string{
				"starter": "set -- " + tt.codes + "\nn=$(grep -c ^starter calls)\nwhile [ $n -gt 1 ] && [ $# -gt 1 ]; do shift; n=$((n - 1)); done\nexit $1",
				"sleep":   "exit 0",
			})
			code, stderr, calls := p.run(t, "setup.sh", "TEMPORAL_ADDRESS=temporal:7233")
			if code != tt.code || !strings.Contains(stderr, tt.says) {
				t.Errorf("exit code %d, stderr %q; want %d and %q", code, stderr, tt.code, tt.says)
			}
			var want []string
			for n := range tt.calls {
				if n > 0 {
					want = append(want, "sleep 5")
				}
				want = append(want, "starter setup")
			}
			if diff := cmp.Diff(want, calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheDynamicConfigurationHasTheServersForm(t *testing.T) {
	decoder := yaml.NewDecoder(strings.NewReader(read(t, "deploy/dynamicconfig.yaml")))
	decoder.KnownFields(true)
	var config map[string][]struct {
		Value       any            `yaml:"value"`
		Constraints map[string]any `yaml:"constraints"`
	}
	if err := decoder.Decode(&config); err != nil {
		t.Fatal(err)
	}
	// The schema's ID columns: Temporal, schema/postgresql/v12/temporal, workflow_id VARCHAR(255).
	if limit := config["limit.maxIDLength"]; len(limit) != 1 || limit[0].Value != 255 {
		t.Errorf("limit.maxIDLength is %v, want 255", limit)
	}
	for key, values := range config {
		if !strings.Contains(key, ".") || len(values) == 0 {
			t.Errorf("%s has values %v", key, values)
		}
	}
}
