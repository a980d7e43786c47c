package sim_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

// statements are those that the property tests draw from: every kind of statement, listed in the hierarchy or not.
const statements = `system host-name forms
system root-authentication encrypted-password "$6$invalid$forms"
system services ssh root-login allow
system services netconf ssh port 830
system services netconf rfc-compliant
system services web-management https interface reth0.0
system services web-management https interface reth1.0
system login message "mind the gap; it's {wide}"
system login message "say \"please\""
system name-server 192.0.2.53
system name-server 192.0.2.54
system syslog user * any emergency
system syslog file audit any any
system syslog file audit structured-data
system unlisted thing "two words" 7
system unlisted flagged
chassis cluster redundancy-group 1 node 0 priority 120
chassis cluster redundancy-group 1 node 1 priority 20
chassis cluster redundancy-group 1 preempt
chassis cluster redundancy-group 1 interface-monitor ge-0/0/3 weight 255
security address-book global address web 198.51.100.7/32
security address-book global address-set all address web
security policies from-zone a to-zone b policy p match application junos-ssh
security policies from-zone a to-zone b policy p match application junos-https
security policies from-zone a to-zone b policy p then permit
security policies from-zone a to-zone b policy q then permit tunnel ipsec-vpn far
security zones security-zone a interfaces reth0.0 host-inbound-traffic system-services ping
security zones security-zone a interfaces reth0.0 host-inbound-traffic system-services ssh
security ike policy far pre-shared-key ascii-text "$9$invalid"
interfaces ge-0/0/3 gigether-options 802.3ad ae0
interfaces reth0 unit 0 family inet address 198.51.100.1/28
interfaces reth0 unit 0 family inet6 address 2001:db8::1/64
interfaces reth0 unit 7 vlan-id 7
routing-options static route 203.0.113.0/24 next-hop 198.51.100.2
routing-options static route 203.0.113.0/24 next-hop 198.51.100.3
routing-options static route 192.0.2.0/24 discard
groups common system domain-name example.net
groups common interfaces <ge-*> mtu 9000
apply-groups common
apply-groups "${node}"`

// pick draws a configuration and deactivates some of it.
func pick(random *rand.Rand) string {
	var lines []string
	for line := range strings.Lines(statements) {
		if random.IntN(3) > 0 {
			lines = append(lines, "set "+strings.TrimSpace(line))
		}
	}
	random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	for _, off := range []string{"system services netconf", "chassis cluster redundancy-group 1 preempt", "chassis cluster redundancy-group 1 node 1",
		"chassis cluster redundancy-group 1 node 0 priority", "security zones security-zone a interfaces", "interfaces reth0 unit 0 family inet6",
		"security policies from-zone a to-zone b policy p match application", "system unlisted flagged", "routing-options static route 192.0.2.0/24"} {
		if random.IntN(3) == 0 {
			lines = append(lines, "deactivate "+off)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

var firstLines = regexp.MustCompile(`(?m)^(## Last .*|set version .*|version .*;)\n`)

// candidate is the body of a text form, unescaped and without its first lines.
func (n *netconf) candidate(format string) string {
	n.t.Helper()
	text := n.rpc(fmt.Sprintf(`<get-configuration format="%s"/>`, format))
	_, text, _ = strings.Cut(text, ">\n<configuration-")
	_, text, _ = strings.Cut(text, ">\n")
	text, _, _ = strings.Cut(text, "</configuration-")
	return firstLines.ReplaceAllString(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text), "")
}

func (n *netconf) load(attributes, element, text string) string {
	n.t.Helper()
	return n.rpc(fmt.Sprintf("<load-configuration %s><%s>%s</%s></load-configuration>", attributes, element, escaped(text), element))
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func TestEveryFormOfAConfigurationIsTheSameConfiguration(t *testing.T) {
	o := start(t, sim.Options{})
	n := o.netconf()
	n.rpc("<lock-configuration/>")
	for seed := range uint64(60) {
		want := pick(rand.New(rand.NewPCG(seed, 7)))
		if reply := n.load(`action="override" format="text"`, "configuration-text", "system { host-name fresh; }"); !strings.Contains(reply, "<ok/>") {
			t.Fatal(reply)
		}
		n.load(`action="set" format="text"`, "configuration-set", "delete system\n"+want+"set system host-name last\n")
		set := n.candidate("set")
		if strings.Count(set, "\n") < strings.Count(want, "\n")/2 {
			t.Fatalf("seed %d: of\n%sthere is only\n%s", seed, want, set)
		}
		for name, again := range map[string]func() string{
			"set": func() string {
				n.load(`action="override" format="text"`, "configuration-text", "")
				return n.load(`action="set" format="text"`, "configuration-set", set)
			},
			"curly": func() string {
				return n.load(`action="override" format="text"`, "configuration-text", n.candidate("text"))
			},
			"XML": func() string {
				reply := n.rpc("<get-configuration/>")
				body := reply[strings.Index(reply, "<configuration"):strings.Index(reply, "</rpc-reply>")]
				return n.rpc(`<load-configuration action="override" format="xml">` + strings.ReplaceAll(body, "junos:", "") + "</load-configuration>")
			},
		} {
			if reply := again(); !strings.Contains(reply, "<ok/>") || strings.Contains(reply, "rpc-error") {
				t.Fatalf("seed %d: loading its %s form: %s\n%s", seed, name, reply, set)
			}
			if diff := cmp.Diff(sorted(set), sorted(n.candidate("set"))); diff != "" {
				t.Fatalf("seed %d: the %s form is another configuration (-want +got):\n%s", seed, name, diff)
			}
		}
	}
}

func sorted(text string) []string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return lines
}

func TestLoadActions(t *testing.T) {
	const before = "system { host-name a; root-authentication { encrypted-password \"$6$invalid$x\"; } services { ssh { root-login allow; connection-limit 5; } } }"
	for _, test := range []struct {
		name, action, text string
		want, gone         []string
	}{
		{"merge keeps the rest", "merge", "system { host-name b; }", []string{"host-name b", "connection-limit 5"}, []string{"host-name a"}},
		{"replace replaces what is marked", "replace", "system { replace: services { ssh { root-login deny; } } }", []string{"root-login deny", "host-name a"}, []string{"connection-limit"}},
		{"replace merges what is not", "replace", "system { services { ssh { root-login deny; } } }", []string{"root-login deny", "connection-limit 5"}, nil},
		{"merge takes the mark for nothing", "merge", "system { replace: services { ssh { root-login deny; } } }", []string{"root-login deny", "connection-limit 5"}, nil},
		{"override drops the rest", "override", "system { host-name b; }", []string{"host-name b"}, []string{"connection-limit", "root-auth"}},
		{"update ends like override", "update", "system { host-name b; }", []string{"host-name b"}, []string{"connection-limit", "root-auth"}},
		{"delete deletes", "replace", "system { delete: services; }", []string{"host-name a"}, []string{"root-login"}},
		{"inactive", "merge", "system { inactive: services { ssh { root-login allow; } } }", []string{"deactivate system services\n"}, nil},
		{"comments and lists", "merge", "/* why */\nsystem {\n  # not this\n  domain-search [ a.example b.example ];\n}", []string{"domain-search a.example\n", "domain-search b.example\n"}, []string{"not this"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := ready(t).netconf()
			n.rpc("<lock-configuration/>")
			n.load(`action="override" format="text"`, "configuration-text", before)
			if reply := n.load(`action="`+test.action+`" format="text"`, "configuration-text", test.text); !strings.Contains(reply, "<ok/>") {
				t.Fatal(reply)
			}
			set := n.candidate("set")
			for _, part := range test.want {
				if !strings.Contains(set, part) {
					t.Errorf("no %q in %s", part, set)
				}
			}
			for _, part := range test.gone {
				if strings.Contains(set, part) {
					t.Errorf("%q is still in %s", part, set)
				}
			}
		})
	}
	for name, text := range map[string]string{"no end": "system { host-name a;", "too many ends": "system { } }", "no semicolon": "system { host-name a }", "open quotes": `system { host-name "a; }`} {
		t.Run("refused: "+name, func(t *testing.T) {
			n := ready(t).netconf()
			n.rpc("<lock-configuration/>")
			if reply := n.load(`action="merge" format="text"`, "configuration-text", text); !strings.Contains(reply, "syntax error") || strings.Contains(reply, "<ok/>") {
				t.Error(reply)
			}
		})
	}
}

func TestGroupsAreInherited(t *testing.T) {
	pair := sim.DefaultGateways()
	pair[0].Config = `set groups node0 system host-name gw-left
set groups node1 system host-name gw-right
set groups wide interfaces <ge-*> mtu 9000
set groups wide system services ssh root-login deny
set groups wide chassis cluster redundancy-group 1 preempt
set apply-groups "${node}"
set apply-groups wide
set system root-authentication encrypted-password "$6$invalid$x"
set system services ssh root-login allow
set system services netconf ssh port 830
set interfaces ge-0/0/1 description up
set interfaces reth0 description bundle
`
	o := start(t, sim.Options{Gateways: pair})
	n := o.netconf()
	plain := n.rpc(`<get-configuration format="set"/>`)
	whole := n.rpc(`<get-configuration format="set" inherit="inherit" database="committed"/>`)
	for _, part := range []string{"set system host-name gw-left\n", "set interfaces ge-0/0/1 mtu 9000\n", "set system services ssh root-login allow\n", "redundancy-group 1 preempt\n"} {
		if !strings.Contains(whole, part) {
			t.Errorf("no %q in %s", part, whole)
		}
	}
	for _, part := range []string{"groups", "reth0 mtu", "gw-right", "root-login deny"} {
		if strings.Contains(whole, part) {
			t.Errorf("%q in %s", part, whole)
		}
	}
	if !strings.Contains(plain, `set apply-groups "${node}"`) || strings.Contains(plain, "set interfaces ge-0/0/1 mtu") {
		t.Errorf("without inheritance: %s", plain)
	}
	if !o.state().PreemptActive {
		t.Error("an inherited preempt does not count")
	}
	if reply := n.rpc("<get-software-information/>"); !strings.Contains(reply, "<host-name>gw-right<") {
		t.Errorf("the other node's own name is missing: %s", reply)
	}
}

func TestPrivateEditsMeet(t *testing.T) {
	o := ready(t)
	set := func(n *netconf, line string) {
		n.load(`action="set" format="text"`, "configuration-set", line)
	}
	first, second := o.netconf(), o.netconf()
	for _, n := range []*netconf{first, second} {
		if reply := n.rpc("<open-configuration><private/></open-configuration>"); !strings.Contains(reply, "uncommitted changes will be discarded on exit") {
			t.Fatal(reply)
		}
	}
	set(first, "set system syslog file one any any")
	set(second, "set system syslog file two any any")
	for _, n := range []*netconf{first, second} {
		if reply := n.rpc("<commit-configuration/>"); !strings.Contains(reply, "<commit-success/>") {
			t.Fatal(reply)
		}
	}
	text := o.netconf().rpc(`<get-configuration format="set"/>`)
	if !strings.Contains(text, "file one any") || !strings.Contains(text, "file two any") {
		t.Errorf("one change is lost: %s", text)
	}
	if reply := o.netconf().rpc("<open-configuration/>"); !strings.Contains(reply, "private edits in use. Try 'configure private' or 'configure exclusive'") {
		t.Errorf("shared beside private: %s", reply)
	}
}

func TestKillingASessionRollsItsCommitBack(t *testing.T) {
	o := ready(t)
	n := o.netconf()
	n.rpc("<lock-configuration/>")
	n.load(`action="set" format="text"`, "configuration-set", "set system host-name doomed")
	n.rpc("<commit-configuration><confirmed/></commit-configuration>")
	refused := o.netconf().rpc("<lock-configuration/>")
	id := regexp.MustCompile(`pid (\d+)`).FindStringSubmatch(refused)
	if id == nil {
		t.Fatal(refused)
	}
	other := o.netconf()
	if reply := other.rpc("<kill-session><session-id>" + id[1] + "</session-id></kill-session>"); !strings.Contains(reply, "<ok/>") {
		t.Fatal(reply)
	}
	if text := other.rpc("<get-configuration/>"); strings.Contains(text, "doomed") {
		t.Error("its commit is still in force")
	}
	if err := n.client.Wait(); err == nil {
		t.Error("its connection ended in peace")
	}
}

func TestRepliesFollowTheVersionAndTheRFC(t *testing.T) {
	for _, test := range []struct {
		version   string
		compliant bool
		rpc, want string
	}{
		{"22.2R2-S2.3", false, "<commit-configuration><check/></commit-configuration>", "<commit-check-success/>"},
		{"22.2R2-S2.3", true, "<commit-configuration><check/></commit-configuration>", ">\n<nc:ok/>\n</nc:rpc-reply>"},
		{"20.4R2-S2.2", true, "<commit-configuration><check/></commit-configuration>", "<commit-check-success/>"},
		{"22.2R2-S2.3", true, "<lock-configuration/>", "<nc:ok/>"},
		{"22.2R2-S2.3", true, "<nonsense/>", "<nc:error-message>syntax error"},
		{"24.4R1.9", true, "<get-config><source><running/></source></get-config>", `<nc:data>` + "\n" + `<configuration xmlns="http://yang.juniper.net/junos-es/conf/root"`},
		{"22.2R2-S2.3", false, "<get-config><source><running/></source></get-config>", "<data>\n<configuration xmlns=\"http://xml.juniper.net/xnm/1.1/xnm\""},
	} {
		t.Run(fmt.Sprint(test.version, " ", test.compliant, " ", test.rpc), func(t *testing.T) {
			pair := sim.DefaultGateways()
			pair[0].Version, pair[0].Preempt = test.version, false
			o := start(t, sim.Options{Gateways: pair})
			if test.compliant {
				o.netconf().commit("set system services netconf rfc-compliant")
			}
			if reply := o.netconf().rpc(test.rpc); !strings.Contains(reply, test.want) {
				t.Errorf("no %q in %s", test.want, reply)
			}
		})
	}
}
