package takeover

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// statement is a form of statements, and which parts of one may be marked inactive, by the number of their words. The
// simulated gateway can mark any statement, but parts only of those whose hierarchy it knows.
type statement struct {
	draw  func(*rapid.T) []string
	marks []int
}

func number(t *rapid.T) int { return rapid.IntRange(1, 4).Draw(t, "number") }

// word is a name or text as people write them, at times in need of quotes. The last letter keeps a backslash away from the
// closing quote.
func word(t *rapid.T) string {
	return rapid.OneOf(rapid.StringMatching(`[A-Za-z][A-Za-z0-9_-]{0,7}`), rapid.StringMatching(`[a-z0-9 ;{}#$&|()^'?<>=,.:/\\\[\]éß%!~@*+-]{0,9}z`)).Draw(t, "word")
}

// path makes the words of a statement; a word may hold blanks.
func path(format string, words ...any) []string {
	all := strings.Fields(format)
	for i, w := range all {
		if strings.HasPrefix(w, "%") || strings.Contains(w, "%d") {
			all[i], words = fmt.Sprintf(w, words[0]), words[1:]
		}
	}
	return all
}

// forms are the statements of which configurations are made.
func forms(private, public string) []statement {
	return []statement{
		{func(t *rapid.T) []string { return path("system login message %s", word(t)) }, []int{3}},
		{func(t *rapid.T) []string { return path("system name-server 192.0.2.%d", number(t)) }, []int{2, 3}},
		{func(t *rapid.T) []string { return path("snmp location %s", word(t)) }, []int{1}},
		{func(t *rapid.T) []string { return path("chassis alarm a%d ignore", number(t)) }, []int{4}},
		{func(t *rapid.T) []string {
			return path("security address-book global address %s 10.0.0.%d/32", word(t), number(t))
		}, []int{2, 5}},
		{func(t *rapid.T) []string {
			return path("security policies from-zone INSIDE to-zone OUTSIDE policy %s then permit", word(t))
		}, []int{2, 8}},
		{func(t *rapid.T) []string {
			return path("security policies from-zone INSIDE to-zone OUTSIDE policy p%d match application %s", number(t), word(t))
		}, []int{6, 8, 9}},
		{func(t *rapid.T) []string {
			return path("security nat source rule-set EGRESS rule r%d match source-address 10.%d.0.0/16", number(t), number(t))
		}, []int{3, 7}},
		{func(t *rapid.T) []string {
			return path("security ike policy P%d pre-shared-key ascii-text %s", number(t), word(t))
		}, []int{4}},
		{func(t *rapid.T) []string {
			return path("security ike gateway G%d external-interface %s", number(t), fmt.Sprintf("%s.%d", public, number(t)))
		}, []int{4}},
		{func(t *rapid.T) []string {
			return path("security zones security-zone z%d interfaces %s", number(t), fmt.Sprintf("%s.%d", private, number(t)))
		}, []int{4}},
		{func(t *rapid.T) []string {
			return path("firewall filter %s term t%d then accept", word(t), number(t))
		}, []int{3, 5}},
		{func(t *rapid.T) []string {
			return path("firewall filter f%d term %s then count %s", number(t), word(t), word(t))
		}, []int{3, 5}},
		{func(t *rapid.T) []string {
			return path("policy-options policy-statement S%d term %s then accept", number(t), word(t))
		}, []int{3, 7}},
		{func(t *rapid.T) []string {
			return path("protocols bgp group %s neighbor 192.0.2.%d", word(t), number(t))
		}, []int{1, 4, 6}},
		{func(t *rapid.T) []string {
			return path("routing-instances R%d interface %s", number(t), fmt.Sprintf("%s.%d", private, number(t)))
		}, []int{4}},
		{func(t *rapid.T) []string {
			return path("groups g%d interfaces %s unit <*> family inet mtu 1400", number(t), private)
		}, []int{2}},
		{func(t *rapid.T) []string {
			return path("interfaces %s unit %d vlan-id %d", private, number(t), number(t))
		}, []int{4}},
		{func(t *rapid.T) []string {
			return path("interfaces %s unit %d description %s", public, rapid.IntRange(0, 3).Draw(t, "unit"), word(t))
		}, []int{4}},
		{func(t *rapid.T) []string { return path("interfaces %s description %s", private, word(t)) }, nil},
		{func(t *rapid.T) []string { return path("interfaces %s vlan-tagging", private) }, nil},
		{func(t *rapid.T) []string { return path("interfaces st0 unit %d family inet", number(t)) }, []int{2, 4}},
		{func(t *rapid.T) []string {
			return path("interfaces lo0 unit %d family inet address 192.0.2.%d/32", number(t), number(t))
		}, []int{4}},
	}
}

// quoted is a path as a person types it.
func quoted(words []string) string {
	out := slices.Clone(words)
	for i, w := range out {
		if w == "" || strings.ContainsAny(w, " \t;{}[]#\"$&|()^'`?") {
			out[i] = `"` + w + `"`
		}
	}
	return strings.Join(out, " ")
}

// drawn is a configuration of some statements, some of it inactive.
func drawn(t *rapid.T, private, public string) string {
	var all []string
	for range rapid.IntRange(1, 20).Draw(t, "statements") {
		form := rapid.SampledFrom(forms(private, public)).Draw(t, "form")
		words := form.draw(t)
		all = append(all, quoted(words))
		if len(form.marks) > 0 && rapid.IntRange(0, 4).Draw(t, "inactive") == 0 {
			all = append(all, "deactivate "+quoted(words[:rapid.SampledFrom(form.marks).Draw(t, "mark")]))
		}
		if words[0] == "groups" && rapid.Bool().Draw(t, "applied") {
			all = append(all, "apply-groups "+words[1])
		}
	}
	return lines(all...)
}

func TestAnyConfigurationOutlivesItsGateway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version, text := "21.4R3.15", ""
		if rapid.Bool().Draw(t, "legacy") {
			version, text = "15.1X49-D160.2", barePorts()+drawn(t, "ge-0/0/0", "ge-0/0/1")
		} else {
			text = aggregated() + drawn(t, "ae0", "ae1")
		}
		s := open(t, version, text)
		x := s.export()
		s.reload()
		done, err := s.restore(x)
		if err != nil {
			t.Fatalf("importing: %v\n%s", err, text)
		}
		saved := expected(t, version, s.stored(x.Set))
		if lost := losses(saved, s.stored(done.Fresh), s.committed(), done.Plan); len(lost) > 0 {
			t.Fatalf("%s\nof:\n%s", strings.Join(lost, "\n"), text)
		}
	})
}
