package configuration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/configuration"
)

func TestCompareTellsWhatBecameOfEachStatement(t *testing.T) {
	policy := func(name string) string {
		return "set security policies from-zone a to-zone b policy " + name + " then permit\n"
	}
	term := func(name string) string { return "set firewall family inet filter f term " + name + " then accept\n" }
	rule := func(name string) string {
		return "set security nat source rule-set s rule " + name + " then source-nat off\n"
	}
	for name, c := range map[string]struct {
		a, b string
		want []string
	}{
		"nothing":                    {"set a b 1", "set a b 1", nil},
		"another order":              {"set a b 1\nset a c 2\nset x y", "set x y\nset a c 2\nset a b 1", nil},
		"an addition":                {"set a b 1", "set a b 1\nset a c 2\nset a c 3", []string{"added a c 2", "added a c 3"}},
		"a removal":                  {"set a b 1\nset a c 2\nset a c 3", "set a b 1", []string{"removed a c 2", "removed a c 3"}},
		"another value":              {"set system host-name one", "set system host-name two", []string{"changed system host-name one → two"}},
		"another number":             {"set a b 1", "set a b 2", []string{"changed a b 1 → 2"}},
		"another flag":               {"set system services netconf ssh", "set system services netconf rfc-compliant", []string{"removed system services netconf ssh", "added system services netconf rfc-compliant"}},
		"another entry of a list":    {"set system name-server 192.0.2.1", "set system name-server 192.0.2.2", []string{"removed system name-server 192.0.2.1", "added system name-server 192.0.2.2"}},
		"another address":            {"set security address-book global address a 192.0.2.1/32", "set security address-book global address a 192.0.2.2/32", []string{"changed security address-book global address a 192.0.2.1/32 → 192.0.2.2/32"}},
		"another prefix in a list":   {"set policy-options prefix-list p 192.0.2.0/25", "set policy-options prefix-list p 192.0.2.128/25", []string{"removed policy-options prefix-list p 192.0.2.0/25", "added policy-options prefix-list p 192.0.2.128/25"}},
		"another secret":             {`set system root-authentication encrypted-password "$6$fake$a"`, `set system root-authentication encrypted-password "$6$fake$b"`, []string{"changed system root-authentication encrypted-password *** → ***"}},
		"deactivation":               {"set a b 1", "set a b 1\ndeactivate a b", []string{"deactivated a b"}},
		"activation":                 {"set a b 1\nset a c 2\ndeactivate a", "set a b 1\nset a c 2", []string{"activated a"}},
		"an inactive addition":       {"set a b 1", "set a b 1\nset a c 2\ndeactivate a c", []string{"added a c 2 (inactive)"}},
		"an addition below":          {"set a b 1\ndeactivate a", "set a b 1\nset a c 2\ndeactivate a", []string{"added a c 2 (inactive)"}},
		"policies in another order":  {policy("p") + policy("q") + policy("r"), policy("r") + policy("p") + policy("q"), []string{"moved security policies from-zone a to-zone b policy r to the first place"}},
		"policies with a new one":    {policy("p") + policy("q"), policy("n") + policy("p") + policy("q"), []string{"added security policies from-zone a to-zone b policy n then permit"}},
		"terms in another order":     {term("t") + term("u") + term("v"), term("u") + term("v") + term("t"), []string{"moved firewall family inet filter f term t behind v"}},
		"NAT rules in another order": {rule("one") + rule("two"), rule("two") + rule("one"), []string{"moved security nat source rule-set s rule two to the first place"}},
		"groups in another order":    {"set apply-groups g\nset apply-groups h", "set apply-groups h\nset apply-groups g", []string{"moved apply-groups h to the first place"}},
		"ordered within a group":     {"set groups g firewall filter f term t\nset groups g firewall filter f term u", "set groups g firewall filter f term u\nset groups g firewall filter f term t", []string{"moved groups g firewall filter f term u to the first place"}},
		"addresses in another order": {"set security zones security-zone b\nset security zones security-zone a", "set security zones security-zone a\nset security zones security-zone b", nil},
		"everything":                 {"set a b 1", "set c d 1", []string{"removed a b 1", "added c d 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, change := range configuration.Compare(parse(t, c.a), parse(t, c.b)) {
				got = append(got, change.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTheSameConfigurationInAnotherFormIsNoChange(t *testing.T) {
	forms := []string{"pair.conf", "pair.set", "pair.xml"}
	for _, a := range forms {
		for _, b := range forms {
			x, y := parse(t, fixture(t, a)), parse(t, fixture(t, b))
			if !configuration.Equal(x, y) || !configuration.Equal(x.Effective(), y.Effective()) {
				t.Errorf("%s and %s: %v", a, b, configuration.Compare(x, y))
			}
		}
	}
}

func TestAChangeKnowsItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		a, b string
		want int
	}{
		"added":   {"set a b 1", "set a b 1\n\nset c d", 3},
		"removed": {"set a b 1\nset c d", "set a b 1", 2},
		"changed": {"set a b 1", "\nset a b 2", 2},
	} {
		changes := configuration.Compare(parse(t, c.a), parse(t, c.b))
		if len(changes) != 1 || changes[0].Line != c.want {
			t.Errorf("%s: %+v, want line %d", name, changes, c.want)
		}
	}
}

func TestSectionsCanBeTakenOutAndLeftOut(t *testing.T) {
	tree := parse(t, "set version 1\nset system host-name gw-9\nset system services ssh\nset interfaces st0 unit 0\nset interfaces st1 unit 0\ndeactivate interfaces\n")
	for name, c := range map[string]struct {
		got  *configuration.Tree
		want string
	}{
		"a section":              {tree.Section("system"), "set system host-name gw-9\nset system services ssh\n"},
		"deeper":                 {tree.Section("system", "services"), "set system services ssh\n"},
		"a statement":            {tree.Section("version", "1"), "set version 1\n"},
		"with the marks around":  {tree.Section("interfaces", "st1"), "set interfaces st1 unit 0\ndeactivate interfaces\n"},
		"one that is not there":  {tree.Section("security"), ""},
		"all":                    {tree.Section(), inSet(t, tree)},
		"without a section":      {tree.Without("interfaces"), "set version 1\nset system host-name gw-9\nset system services ssh\n"},
		"without a value":        {tree.Without("version", "1"), "set system host-name gw-9\nset system services ssh\nset interfaces st0 unit 0\nset interfaces st1 unit 0\ndeactivate interfaces\n"},
		"without a part":         {tree.Without("interfaces", "st0"), "set version 1\nset system host-name gw-9\nset system services ssh\nset interfaces st1 unit 0\ndeactivate interfaces\n"},
		"without what is absent": {tree.Without("security"), inSet(t, tree)},
	} {
		if diff := cmp.Diff(c.want, inSet(t, c.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if c.got.Empty() != (c.want == "") {
			t.Errorf("%s: empty is %t", name, c.got.Empty())
		}
	}
}

func TestAnEmptyTreeDiffersByEverything(t *testing.T) {
	tree := parse(t, "set a b 1")
	if got := configuration.Compare(tree.Section("x"), tree); len(got) != 1 || got[0].Kind != configuration.Added {
		t.Errorf("got %v", got)
	}
}
