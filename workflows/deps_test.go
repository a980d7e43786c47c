package workflows_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "vsrx-upgrade"

// imports are the direct imports of each package of the module, without those of its tests.
type imports map[string][]string

// importRule forbids the packages of a set to import others. In a set, "x/..." is x and everything below it.
type importRule struct {
	from    []string
	not     []string // exempt from the rule
	to      []string
	but     []string // allowed all the same
	through bool     // packages of the module in between count too
	reason  string
}

// outside is what reaches the world, or differs from one replay to the next.
var outside = []string{"net", "net/http", "os", "os/exec", "math/rand", "math/rand/v2", "golang.org/x/crypto/ssh/...", "go.uber.org/zap/..."}

func ours(names ...string) []string {
	for i, name := range names {
		names[i] = module + "/" + name
	}
	return names
}

func importRules() []importRule {
	all, adapters := []string{module + "/..."}, ours("internal/softlayer", "internal/junos", "internal/kvmhost", "internal/archive")
	return []importRule{
		{from: ours("workflows"), to: outside, reason: "a workflow is replayed: what reads a clock, a file, a socket or chance answers differently the second time"},
		{from: ours("workflows"), to: all, but: ours("workflows", "activities", "internal/upgrade", "internal/configuration", "internal/lint"), through: true,
			reason: "a workflow decides by pure code and acts through activities; adapters and wiring must be out of its reach"},
		{from: ours("internal/upgrade"), to: outside, reason: "the nouns and decisions take no I/O and no clock, so that tables can test them"},
		{from: ours("internal/upgrade"), to: all, reason: "everything speaks in the nouns; the nouns speak of nobody"},
		{from: ours("activities"), to: outside, reason: "activities speak through their ports; sockets, files and loggers belong to the adapters and the wiring"},
		{from: ours("activities"), to: all, but: ours("internal/upgrade", "internal/configuration", "internal/lint"), reason: "activities declare the ports that adapters fill, and do not know who fills them; to read and judge a configuration is no I/O"},
		{from: ours("internal/configuration", "internal/lint"), to: outside, reason: "a configuration is read and judged without I/O and clock, so that tables can test it"},
		{from: ours("internal/configuration", "internal/lint"), to: all, but: ours("internal/upgrade", "internal/configuration"), reason: "a configuration is read and judged without knowing where it comes from"},
		{from: adapters, to: all, but: ours("internal/upgrade", "internal/sshdial"), reason: "wire in, upgrade types out: adapters do not know each other, nor who uses them"},
		{from: ours("internal/softlayer", "internal/archive"), to: ours("internal/sshdial"), reason: "only devices and hosts are reached over SSH"},
		{from: ours("internal/sshdial"), to: all, but: ours("internal/upgrade"), reason: "dialling is below the adapters"},
		{from: all, not: ours("internal/junos", "internal/kvmhost", "internal/app", "testsuite/..."), to: ours("internal/sshdial"),
			reason: "SSH sessions are opened by the two adapters that speak over them, as the wiring configures them"},
		{from: all, not: ours("testsuite/..."), to: ours("testsuite/..."), through: true, reason: "nothing simulated may be part of what upgrades a real gateway"},
		{from: ours("testsuite/sim"), to: all, reason: "the simulator implements protocols; code shared with what it tests would hide the faults of that code"},
	}
}

// breaches lists what the table does against the rule, one sentence each.
func (r importRule) breaches(table imports) []string {
	var found []string
	for _, from := range sortedKeys(table) {
		if !within(from, r.from) || within(from, r.not) {
			continue
		}
		reached := table[from]
		if r.through {
			reached = reach(table, from)
		}
		for _, to := range reached {
			if within(to, r.to) && !within(to, r.but) {
				found = append(found, fmt.Sprintf("%s imports %s, but %s", from, to, r.reason))
			}
		}
	}
	return found
}

// reach lists everything that a package imports, also through other packages of the table.
func reach(table imports, from string) []string {
	seen, queue := map[string]bool{}, table[from]
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if !seen[next] {
			seen[next] = true
			queue = append(slices.Clone(queue), table[next]...)
		}
	}
	return sortedKeys(seen)
}

func within(name string, set []string) bool {
	return slices.ContainsFunc(set, func(entry string) bool {
		tree, whole := strings.CutSuffix(entry, "/...")
		return name == tree || whole && strings.HasPrefix(name, tree+"/")
	})
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// listImports asks the go command for the packages of this module.
func listImports(t *testing.T) imports {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("listing the packages of the module: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("listing the packages of the module: %v", err)
	}
	table := imports{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return table
		} else if err != nil {
			t.Fatalf("reading the list of packages: %v", err)
		}
		table[p.ImportPath] = p.Imports
	}
}

func TestPackagesImportOnlyWhatTheirPlaceAllows(t *testing.T) {
	table := listImports(t)
	for _, name := range ours("workflows", "activities", "worker", "starter", "internal/upgrade", "internal/softlayer", "internal/junos",
		"internal/kvmhost", "internal/archive", "internal/sshdial", "internal/app", "testsuite/sim") {
		if len(table[name]) == 0 {
			t.Errorf("%s is not among the packages that were listed; a rule about it would judge nothing", name)
		}
	}
	for _, rule := range importRules() {
		for _, breach := range rule.breaches(table) {
			t.Error(breach)
		}
	}
}

func TestEachImportRuleCanBeBroken(t *testing.T) {
	valid := func() imports {
		return imports{
			"vsrx-upgrade/workflows":          ours("activities", "internal/upgrade"),
			"vsrx-upgrade/activities":         ours("internal/upgrade"),
			"vsrx-upgrade/internal/upgrade":   {"time", "fmt"},
			"vsrx-upgrade/internal/softlayer": append(ours("internal/upgrade"), "net/http"),
			"vsrx-upgrade/internal/junos":     ours("internal/upgrade", "internal/sshdial"),
			"vsrx-upgrade/internal/kvmhost":   ours("internal/upgrade", "internal/sshdial"),
			"vsrx-upgrade/internal/archive":   ours("internal/upgrade"),
			"vsrx-upgrade/internal/sshdial":   append(ours("internal/upgrade"), "net", "golang.org/x/crypto/ssh"),
			"vsrx-upgrade/internal/app":       ours("workflows", "activities", "internal/junos", "internal/sshdial"),
			"vsrx-upgrade/worker":             append(ours("internal/app"), "os"),
			"vsrx-upgrade/starter":            ours("internal/app", "workflows", "internal/upgrade"),
			"vsrx-upgrade/testsuite/sim":      {"net", "golang.org/x/crypto/ssh"},
			"vsrx-upgrade/testsuite/demo":     ours("testsuite/sim", "internal/app", "internal/sshdial"),
		}
	}
	judge := func(table imports) (found []string) {
		for _, rule := range importRules() {
			found = append(found, rule.breaches(table)...)
		}
		return found
	}
	if diff := cmp.Diff([]string(nil), judge(valid())); diff != "" {
		t.Fatalf("the valid table is refused (-want +got):\n%s", diff)
	}
	for _, c := range []struct{ from, to, why string }{
		{"workflows", "net", "replayed"},
		{"workflows", "math/rand/v2", "replayed"},
		{"workflows", "go.uber.org/zap", "replayed"},
		{"workflows", "golang.org/x/crypto/ssh/knownhosts", "replayed"},
		{"workflows", module + "/internal/archive", "out of its reach"},
		{"activities", module + "/internal/softlayer", "do not know who fills them"},
		{"activities", module + "/internal/softlayer", "out of its reach"},
		{"activities", "net/http", "belong to the adapters"},
		{"internal/upgrade", "os", "no I/O and no clock"},
		{"internal/upgrade", module + "/activities", "speak of nobody"},
		{"internal/softlayer", module + "/internal/junos", "do not know each other"},
		{"internal/junos", module + "/internal/kvmhost", "do not know each other"},
		{"internal/kvmhost", module + "/workflows", "do not know each other"},
		{"internal/archive", module + "/internal/sshdial", "only devices and hosts"},
		{"internal/sshdial", module + "/internal/junos", "below the adapters"},
		{"starter", module + "/internal/sshdial", "by the two adapters"},
		{"worker", module + "/testsuite/sim", "nothing simulated"},
		{"internal/app", module + "/testsuite/demo", "nothing simulated"},
		{"testsuite/sim", module + "/internal/upgrade", "would hide the faults"},
	} {
		t.Run(c.from+" imports "+c.to, func(t *testing.T) {
			table := valid()
			table[module+"/"+c.from] = append(table[module+"/"+c.from], c.to)
			if found := strings.Join(judge(table), "\n"); !strings.Contains(found, c.to+", but") || !strings.Contains(found, c.why) {
				t.Errorf("not refused because %q:\n%s", c.why, found)
			}
		})
	}
}
