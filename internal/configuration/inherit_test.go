package configuration_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/configuration"
)

// effective are the statements of the effective configuration, each with the group that it comes from, sorted.
func effective(t *testing.T, text string) []string {
	t.Helper()
	var lines []string
	for s := range parse(t, text).Effective().All() {
		line := configuration.Line(s.Words...)
		if g := s.Node.Group(); g != "" {
			line += " ← " + g
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func TestGroupsStandWhereTheyApply(t *testing.T) {
	for name, c := range map[string]struct {
		set  string
		want []string
	}{
		"no groups":                        {"set a b 1", []string{"a b 1"}},
		"a group that is not applied":      {"set groups g a c 2\nset a b 1", []string{"a b 1"}},
		"a group adds statements":          {"set groups g a c 2\nset apply-groups g\nset a b 1", []string{"a b 1", "a c 2 ← g"}},
		"a statement comes before a group": {"set groups g system host-name far\nset apply-groups g\nset system host-name near", []string{"system host-name near"}},
		"the first group comes before the second": {"set groups g system host-name first\nset groups h system host-name second\nset apply-groups g\nset apply-groups h",
			[]string{"system host-name first ← g"}},
		"lists grow": {"set groups g system name-server 192.0.2.1\nset apply-groups g\nset system name-server 192.0.2.2",
			[]string{"system name-server 192.0.2.1 ← g", "system name-server 192.0.2.2"}},
		"prefix lists grow": {"set groups g policy-options prefix-list p 192.0.2.0/25\nset apply-groups g\nset policy-options prefix-list p 192.0.2.128/25",
			[]string{"policy-options prefix-list p 192.0.2.0/25 ← g", "policy-options prefix-list p 192.0.2.128/25"}},
		"containers of flags grow": {"set groups g system services netconf rfc-compliant\nset apply-groups g\nset system services netconf ssh",
			[]string{"system services netconf rfc-compliant ← g", "system services netconf ssh"}},
		"units grow": {"set groups g interfaces ge-0/0/1 unit 1 vlan-id 1\nset apply-groups g\nset interfaces ge-0/0/1 unit 0 vlan-id 7",
			[]string{"interfaces ge-0/0/1 unit 0 vlan-id 7", "interfaces ge-0/0/1 unit 1 vlan-id 1 ← g"}},
		"a pattern names what is there": {"set groups g interfaces <ge-*> mtu 9100\nset apply-groups g\nset interfaces ge-0/0/1 unit 0\nset interfaces st0 unit 0",
			[]string{"interfaces ge-0/0/1 mtu 9100 ← g", "interfaces ge-0/0/1 unit 0", "interfaces st0 unit 0"}},
		"a pattern for all": {"set groups g interfaces <*> mtu 9100\nset apply-groups g\nset interfaces ge-0/0/1 mtu 1500\nset interfaces st0 unit 0",
			[]string{"interfaces ge-0/0/1 mtu 1500", "interfaces st0 mtu 9100 ← g", "interfaces st0 unit 0"}},
		"a pattern with a range": {"set groups g interfaces <ge-0/0/[2-3]> mtu 9100\nset apply-groups g\nset interfaces ge-0/0/1 unit 0\nset interfaces ge-0/0/2 unit 0",
			[]string{"interfaces ge-0/0/1 unit 0", "interfaces ge-0/0/2 mtu 9100 ← g", "interfaces ge-0/0/2 unit 0"}},
		"a pattern names nothing new": {"set groups g interfaces <ge-*> mtu 9100\nset apply-groups g\nset interfaces st0 unit 0", []string{"interfaces st0 unit 0"}},
		"patterns on two levels": {"set groups g interfaces <*> unit <*> family inet mtu 1400\nset apply-groups g\nset interfaces st0 unit 3 family inet address 192.0.2.1/32",
			[]string{"interfaces st0 unit 3 family inet address 192.0.2.1/32", "interfaces st0 unit 3 family inet mtu 1400 ← g"}},
		"a pattern fills what another group adds": {"set groups g interfaces ge-0/0/1 unit 0\nset groups h interfaces <ge-*> mtu 9100\nset apply-groups g\nset apply-groups h",
			[]string{"interfaces ge-0/0/1 mtu 9100 ← h", "interfaces ge-0/0/1 unit 0 ← g"}},
		"applied on an inner level": {"set groups g interfaces <*> mtu 9100\nset interfaces ge-0/0/1 apply-groups g\nset interfaces ge-0/0/1 unit 0\nset interfaces ge-0/0/2 unit 0",
			[]string{"interfaces ge-0/0/1 mtu 9100 ← g", "interfaces ge-0/0/1 unit 0", "interfaces ge-0/0/2 unit 0"}},
		"the inner level comes before the outer": {"set groups g system host-name outer\nset groups h system host-name inner\nset apply-groups g\nset system apply-groups h\nset system time-zone UTC",
			[]string{"system host-name inner ← h", "system time-zone UTC"}},
		"an exception": {"set groups g interfaces <*> mtu 9100\nset apply-groups g\nset interfaces st0 unit 0\nset interfaces st0 apply-groups-except g\nset interfaces st1 unit 0",
			[]string{"interfaces st0 unit 0", "interfaces st1 mtu 9100 ← g", "interfaces st1 unit 0"}},
		"both nodes": {"set groups node0 system host-name left\nset groups node1 system host-name right\nset apply-groups \"${node}\"",
			[]string{"system host-name left ← node0", "system host-name right ← node1"}},
		"a statement comes before both nodes": {"set groups node0 system host-name left\nset groups node1 system host-name right\nset apply-groups \"${node}\"\nset system host-name one",
			[]string{"system host-name one"}},
		"a group of groups":                          {"set groups g apply-groups h\nset groups g a b 1\nset groups h a c 2\nset apply-groups g", []string{"a b 1 ← g", "a c 2 ← h"}},
		"groups that apply each other":               {"set groups g apply-groups h\nset groups g a b 1\nset groups h apply-groups g\nset groups h a c 2\nset apply-groups g", []string{"a b 1 ← g", "a c 2 ← h"}},
		"a group that is not there":                  {"set apply-groups gone\nset a b 1", []string{"a b 1"}},
		"an inactive statement":                      {"set a b 1\nset a c 2\ndeactivate a b", []string{"a c 2"}},
		"an inactive statement gives way to a group": {"set groups g system host-name far\nset apply-groups g\nset system host-name near\ndeactivate system host-name", []string{"system host-name far ← g"}},
		"an inactive group":                          {"set groups g a c 2\nset apply-groups g\nset a b 1\ndeactivate groups g", []string{"a b 1"}},
		"all groups inactive":                        {"set groups g a c 2\nset apply-groups g\nset a b 1\ndeactivate groups", []string{"a b 1"}},
		"an inactive statement of a group":           {"set groups g a c 2\nset groups g a d 3\nset apply-groups g\nset a b 1\ndeactivate groups g a c", []string{"a b 1", "a d 3 ← g"}},
		"an inactive apply-groups":                   {"set groups g a c 2\nset apply-groups g\nset a b 1\ndeactivate apply-groups", []string{"a b 1"}},
		"a list whose last entry is inactive": {"set interfaces st0 unit 0 family inet address 192.0.2.1/32\nset interfaces st0 mtu 1400\ndeactivate interfaces st0 unit 0 family inet address 192.0.2.1/32",
			[]string{"interfaces st0 mtu 1400", "interfaces st0 unit 0 family inet"}},
	} {
		t.Run(name, func(t *testing.T) {
			tree := parse(t, c.set)
			for form, text := range map[string]string{"set": c.set, "curly": inText(t, tree)} {
				if diff := cmp.Diff(c.want, effective(t, text)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", form, diff)
				}
			}
			if before := inSet(t, tree); before != inSet(t, parse(t, before)) || !strings.HasPrefix(c.set, "set") {
				t.Error("the tree that was read has changed")
			}
		})
	}
}

func TestAnInheritedStatementKnowsWhereItIsWritten(t *testing.T) {
	tree := parse(t, "set groups g interfaces <ge-*> mtu 9100\nset apply-groups g\nset interfaces ge-0/0/1 unit 0\n").Effective()
	n := tree.Node("interfaces", "ge-0/0/1", "mtu", "9100")
	if n == nil {
		t.Fatal("it is not inherited")
	}
	if got := configuration.Line(n.Origin().Path()...); got != "groups g interfaces <ge-*> mtu 9100" || n.Line() != 1 || n.Group() != "g" {
		t.Errorf("it is written at %q, line %d, group %q", got, n.Line(), n.Group())
	}
}

func TestGroupsThatMultiplyComeToAnEnd(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		b.WriteString(strings.ReplaceAll("groups { gN { apply-groups [ gA gB gC gD ]; a { <*> { <*> { N; } } } N { N; } } }\n", "N", string(rune('A'+i%6))))
	}
	b.WriteString("apply-groups [ gA gB gC gD gE gF ]; a { b { c; } }")
	if got := effective(t, b.String()); len(got) < 6 {
		t.Errorf("got %q", got)
	}
}
