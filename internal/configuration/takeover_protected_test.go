package configuration_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/configuration"
)

// On a gateway that a person imports to once more, what is protected must be opened before it is replaced, and be
// protected afterwards.
func TestWhatIsProtectedIsOpenedForAnImportAndProtectedAgain(t *testing.T) {
	const saved = "set system host-name otter\nset security policies global policy P then permit\nprotect security policies global policy P\nset interfaces st0 unit 4 family inet\nprotect interfaces st0 unit 4\n"
	for name, c := range map[string]struct {
		fresh    string
		sections [][]string
		open     []string // the first commands
		closed   []string // protect lines of what is wanted
	}{
		"where nothing was protected": {rebuilt, nil, nil, []string{"protect security policies global policy P", "protect interfaces st0 unit 4"}},
		"where a part is protected that is replaced": {rebuilt + "set security policies global policy P then deny\nprotect security policies global\n", nil,
			[]string{"unprotect security policies global"}, []string{"protect security policies global policy P"}},
		"where a port is protected that stays": {rebuilt + "protect interfaces ae0\n", nil, []string{"unprotect interfaces ae0"}, []string{"protect interfaces ae0"}},
		"where only a section is replaced": {rebuilt + "protect system\nprotect interfaces ae1\n", [][]string{{"system", "host-name"}},
			[]string{"unprotect system", "unprotect interfaces ae1"}, []string{"protect system", "protect interfaces ae1"}},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := configuration.PlanTakeOver(parse(t, saved), parse(t, c.fresh), c.sections...)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.open) != count(plan.Commands, "unprotect ") || !slices.Equal(c.open, plan.Commands[:len(c.open)]) {
				t.Errorf("it begins with %q, want %q", plan.Commands[:min(3, len(plan.Commands))], c.open)
			}
			var wanted strings.Builder
			if err := plan.Wanted.WriteSet(&wanted); err != nil {
				t.Fatal(err)
			}
			for _, line := range c.closed {
				if !strings.Contains(wanted.String(), line+"\n") {
					t.Errorf("what is wanted lacks %q:\n%s", line, wanted.String())
				}
				if after := slices.Index(plan.Commands, line); after < 0 || setsBelow(plan.Commands[after:], strings.TrimPrefix(line, "protect ")) {
					t.Errorf("%q does not stand behind what it protects: %q", line, plan.Commands)
				}
			}
		})
	}
}

func count(commands []string, prefix string) (n int) {
	for _, c := range commands {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

func setsBelow(commands []string, path string) bool {
	return slices.ContainsFunc(commands, func(c string) bool { return strings.HasPrefix(c, "set "+path) })
}
