package configuration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vsrx-upgrade/internal/configuration"
)

// candidate is the smallest device that obeys: statements in set form, each with whether it is there, and what is marked
// inactive.
type candidate struct {
	t        rapidOrTest
	set, off [][]string
}

// rapidOrTest is what both kinds of tests have.
type rapidOrTest interface {
	Helper()
	Fatalf(format string, args ...any)
}

func device(t rapidOrTest, text string) *candidate {
	t.Helper()
	c := &candidate{t: t}
	c.apply(strings.Split(strings.TrimSpace(text), "\n"))
	return c
}

// apply obeys commands as a Junos device does: delete takes everything at and below a path, and refuses a path that does
// not exist, for a script must not rely on it.
func (c *candidate) apply(commands []string) {
	c.t.Helper()
	for _, command := range commands {
		words := strings.Fields(command) // the statements of these tests hold no blanks in quotes
		verb, path := words[0], words[1:]
		below := func(statement []string) bool {
			return len(statement) >= len(path) && slices.Equal(statement[:len(path)], path)
		}
		switch verb {
		case "set":
			if !slices.ContainsFunc(c.set, below) {
				c.set = append(c.set, path)
			}
		case "deactivate":
			if !slices.ContainsFunc(c.set, below) {
				c.t.Fatalf("%q marks what is not there", command)
			}
			c.off = append(c.off, path)
		case "activate":
			c.off = slices.DeleteFunc(c.off, func(marked []string) bool { return slices.Equal(marked, path) })
		case "delete":
			if !slices.ContainsFunc(c.set, below) {
				c.t.Fatalf("%q deletes what is not there", command)
			}
			c.set, c.off = slices.DeleteFunc(c.set, below), slices.DeleteFunc(c.off, below)
		default:
			c.t.Fatalf("the device does not know %q", command)
		}
	}
}

func (c *candidate) text() string {
	var b strings.Builder
	for _, statement := range c.set {
		fmt.Fprintf(&b, "set %s\n", strings.Join(statement, " "))
	}
	for _, path := range c.off {
		fmt.Fprintf(&b, "deactivate %s\n", strings.Join(path, " "))
	}
	return b.String()
}

// statements draws a configuration in set form, some of it inactive.
func statements(t *rapid.T, label string, ports []string) string {
	port := rapid.SampledFrom(ports)
	number := rapid.IntRange(0, 3)
	line := rapid.Custom(func(t *rapid.T) string {
		p, n := port.Draw(t, "port"), number.Draw(t, "number")
		return rapid.SampledFrom([]string{
			fmt.Sprintf("system host-name host%d", n),
			fmt.Sprintf("system name-server 192.0.2.%d", n),
			fmt.Sprintf("chassis alarm a%d ignore", n),
			fmt.Sprintf("chassis aggregated-devices ethernet device-count %d", n),
			fmt.Sprintf("interfaces %s unit %d family inet address 10.0.%d.1/24", p, n, n),
			fmt.Sprintf("interfaces %s vlan-tagging", p),
			fmt.Sprintf("interfaces st0 unit %d family inet", n),
			fmt.Sprintf("security zones security-zone z%d interfaces %s.%d", n, p, n),
			fmt.Sprintf("security nat source rule-set r%d from interface %s.%d", n, p, n),
			fmt.Sprintf("security policies global policy p%d then permit", n),
			fmt.Sprintf("groups g%d interfaces %s unit <*> family inet mtu 1400", n, p),
			fmt.Sprintf("apply-groups g%d", n),
		}).Draw(t, "statement")
	})
	var text strings.Builder
	seen := map[string]bool{}
	for _, l := range rapid.SliceOfN(line, 1, 25).Draw(t, label) {
		one := strings.HasPrefix(l, "system host-name") || strings.Contains(l, "device-count")
		if key := strings.Join(strings.Fields(l)[:2], " "); one && seen[key] {
			continue // takes one value
		} else if one {
			seen[key] = true
		}
		if seen[l] {
			continue
		}
		seen[l] = true
		fmt.Fprintf(&text, "set %s\n", l)
		if words := strings.Fields(l); rapid.IntRange(0, 5).Draw(t, "inactive") == 0 {
			least := 1
			if words[0] == "chassis" || words[0] == "interfaces" { // a part of them stays
				least = 2
			}
			fmt.Fprintf(&text, "deactivate %s\n", strings.Join(words[:rapid.IntRange(least, len(words)).Draw(t, "depth")], " "))
		}
	}
	return text.String()
}

func read(t *rapid.T, text string) *configuration.Tree {
	tree, err := configuration.Parse(strings.NewReader(text), "drawn.set")
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return tree
}

// withoutPorts leaves out what a take-over does not take from the saved configuration.
func withoutPorts(tree *configuration.Tree) *configuration.Tree {
	return tree.Without("version").Without("interfaces").Without("chassis", "aggregated-devices")
}

const base = "set interfaces ae0 unit 0 family inet\nset interfaces ae1 unit 0 family inet\nset chassis aggregated-devices ethernet device-count 9\n"

func TestTheCommandsOfATakeOverAlwaysLeadToWhatIsWanted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		saved := statements(t, "saved", []string{"ae0", "ae1"})
		fresh := base + strings.ReplaceAll(statements(t, "fresh", []string{"ae0", "ae1"}), "device-count", "spare")
		plan, err := configuration.PlanTakeOver(read(t, saved), read(t, fresh))
		if err != nil {
			t.Fatalf("%v", err)
		}
		after := device(t, fresh)
		after.apply(plan.Commands)
		now := read(t, after.text())
		if diff := configuration.Compare(plan.Wanted, now); len(diff) > 0 {
			t.Fatalf("wanted and reached differ: %v\nsaved:\n%s\nfresh:\n%s\ncommands:\n%s", diff, saved, fresh, strings.Join(plan.Commands, "\n"))
		}
		if diff := configuration.Compare(withoutPorts(read(t, saved)), withoutPorts(now)); len(diff) > 0 {
			t.Fatalf("outside the interfaces it is not the saved one: %v\nsaved:\n%s\nfresh:\n%s\ncommands:\n%s", diff, saved, fresh, strings.Join(plan.Commands, "\n"))
		}
	})
}
