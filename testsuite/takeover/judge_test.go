package takeover

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/configuration"
)

// losses lists what an import has lost of the saved configuration, changed in it, or taken from the fresh one. It knows
// nothing of how an import is planned: only IBM's rule that the interfaces stay as the new version has them, while the
// units and the virtual interfaces of the customer come back (IBM: importing and exporting a vSRX configuration). plan is
// what the import has said to people: a port that is not as it was must be named there.
func losses(saved, fresh, now *configuration.Tree, plan []string) (lost []string) {
	for _, change := range configuration.Compare(saved, now) {
		if !staysFresh(change.Words, fresh) {
			lost = append(lost, "not as saved: "+change.String())
		} else if change.Words[0] == "interfaces" && change.Kind != configuration.Added && !slices.ContainsFunc(plan, names(change.Words[1])) {
			lost = append(lost, "left out without a word: "+change.String())
		}
	}
	for _, part := range [][]string{{"interfaces"}, {"chassis", "aggregated-devices"}} {
		for _, change := range configuration.Compare(fresh.Section(part...), now.Section(part...)) {
			if change.Kind != configuration.Added {
				lost = append(lost, "not as the new version has it: "+change.String())
			}
		}
	}
	return lost
}

// staysFresh reports whether a statement is one that the new version decides on.
func staysFresh(words []string, fresh *configuration.Tree) bool {
	switch {
	case words[0] == "version", len(words) > 1 && words[0] == "chassis" && words[1] == "aggregated-devices":
		return true
	case words[0] != "interfaces" || len(words) < 2:
		return false
	case slices.Contains([]string{"st0", "lo0", "irb", "vlan"}, words[1]):
		return false
	}
	return len(words) < 4 || words[2] != "unit" || fresh.Node("interfaces", words[1], "unit", words[3]) != nil
}

func names(port string) func(string) bool {
	return func(said string) bool {
		return strings.HasPrefix(said, "left as the new version has it: ") && strings.Contains(said, port)
	}
}

// renamed is a configuration of bare ports in the words of the current architecture (IBM: migrating configurations).
func renamed(text string) string {
	return strings.NewReplacer("ge-0/0/0", "ae0", "ge-0/0/1", "ae1").Replace(text)
}

func TestTheJudgeSeesEveryLoss(t *testing.T) {
	const saved = "set system host-name heron\nset interfaces ae0 unit 7 vlan-id 7\nset interfaces ae0 mtu 9000\nset interfaces st0 unit 1 family inet\n" +
		"set firewall filter F term A then accept\nset firewall filter F term B then discard\n"
	const fresh = "set system host-name fresh\nset interfaces ae0 unit 0 family inet address 192.0.2.9/26\nset chassis aggregated-devices ethernet device-count 10\n"
	whole := strings.Replace(saved, "set interfaces ae0 mtu 9000\n", "", 1) + strings.TrimPrefix(fresh, "set system host-name fresh\n")
	for name, c := range map[string]struct {
		now  string
		want string
	}{
		"nothing":                      {whole, ""},
		"a statement":                  {strings.Replace(whole, "set system host-name heron\n", "", 1), "removed system host-name heron"},
		"a value":                      {strings.Replace(whole, "host-name heron", "host-name fresh", 1), "changed system host-name"},
		"a unit":                       {strings.Replace(whole, "set interfaces ae0 unit 7 vlan-id 7\n", "", 1), "removed interfaces ae0 unit 7"},
		"a tunnel interface":           {strings.Replace(whole, "set interfaces st0 unit 1 family inet\n", "", 1), "removed interfaces st0"},
		"the state of a statement":     {whole + "deactivate firewall filter F term A\n", "deactivated firewall filter F term A"},
		"the order of terms":           {strings.Replace(whole, "set firewall filter F term A then accept\n", "", 1) + "set firewall filter F term A then accept\n", "moved firewall filter F"},
		"its purity":                   {whole + "set system services telnet\n", "added system services telnet"},
		"an interface of the new kind": {strings.Replace(whole, "set interfaces ae0 unit 0 family inet address 192.0.2.9/26\n", "", 1), "not as the new version has it: removed interfaces ae0 unit 0"},
	} {
		t.Run(name, func(t *testing.T) {
			got := losses(parse(t, saved, "saved"), parse(t, fresh, "fresh"), parse(t, c.now, "now"), []string{"left as the new version has it: ae0"})
			if c.want == "" && len(got) > 0 || c.want != "" && !strings.Contains(fmt.Sprint(got), c.want) {
				t.Errorf("it sees %q, want %q", got, c.want)
			}
		})
	}
	if got := losses(parse(t, saved, "saved"), parse(t, fresh, "fresh"), parse(t, whole, "now"), nil); !strings.Contains(fmt.Sprint(got), "left out without a word: removed interfaces ae0 mtu") {
		t.Errorf("of a port that nobody was told about it sees %q", got)
	}
}
