package sim_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// peering has two IKE gateways, of which one waits for traffic and carries two VPNs, and two BGP neighbours.
const peering = `set security ike gateway berlin ike-policy main
set security ike gateway berlin address 198.51.100.21
set security ike gateway berlin external-interface reth1.0
set security ipsec vpn to-berlin ike gateway berlin
set security ipsec vpn to-berlin establish-tunnels immediately
set security ike gateway oslo ike-policy main
set security ike gateway oslo address 198.51.100.87
set security ipsec vpn to-oslo ike gateway oslo
set security ipsec vpn to-oslo establish-tunnels on-traffic
set security ipsec vpn to-oslo-too ike gateway oslo
set protocols bgp group transit type external
set protocols bgp group transit peer-as 64911
set protocols bgp group transit neighbor 203.0.113.35
set protocols bgp group transit neighbor 203.0.113.36 peer-as 64912
`

// network is what the device says about its neighbours.
type network struct {
	IKE, IPsec []string // remote addresses
	Peers      []string // address, AS, state, and active prefixes of an established one
}

// every lists what the first group of a pattern matches.
func every(pattern, text string) []string {
	var list []string
	for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		list = append(list, strings.Join(found[1:], " "))
	}
	return list
}

func (n *netconf) network() network {
	n.t.Helper()
	return network{
		IKE: every(`<ike-sa-remote-address>(.*)</ike-sa-remote-address>\n<ike-sa-index>\d+</ike-sa-index>\n<ike-sa-state>UP<`,
			n.rpc("<get-ike-security-associations-information/>")),
		IPsec: every(`<sa-direction>&(lt|gt);</sa-direction>\n<sa-tunnel-index>\d+</sa-tunnel-index>\n<sa-spi>[0-9a-f]{8}</sa-spi>\n<sa-remote-gateway>(.*)<`,
			n.rpc("<get-security-associations-information/>")),
		Peers: every(`<peer-address>(.*)</peer-address>\n<peer-as>(.*)</peer-as>\n(?:.*\n){2}<peer-state>(.*)</peer-state>\n(?:<bgp-rib.*\n<name>inet.0</name>\n<active-prefix-count>(.*)<)?`,
			n.rpc("<get-bgp-summary-information/>")),
	}
}

func whole() network {
	return network{
		IKE:   []string{"198.51.100.21", "198.51.100.87"},
		IPsec: []string{"lt 198.51.100.21", "gt 198.51.100.21", "lt 198.51.100.87", "gt 198.51.100.87", "lt 198.51.100.87", "gt 198.51.100.87"},
		Peers: []string{"203.0.113.35 64911 Established 6", "203.0.113.36 64912 Established 7"},
	}
}

func TestNeighboursAreThoseOfTheCommittedConfiguration(t *testing.T) {
	berlin, oslo := []string{"lt 198.51.100.21", "gt 198.51.100.21"}, []string{"lt 198.51.100.87", "gt 198.51.100.87"}
	for _, test := range []struct {
		name, change string
		want         func(*network)
	}{
		{"as configured", "", func(*network) {}},
		{"one of two VPNs of a gateway is off", "deactivate security ipsec vpn to-oslo", func(w *network) { w.IPsec = append(berlin, oslo...) }},
		{"both VPNs of a gateway are off", "deactivate security ipsec vpn to-oslo\ndeactivate security ipsec vpn to-oslo-too",
			func(w *network) { w.IKE, w.IPsec = w.IKE[:1], berlin }},
		{"a VPN without a gateway", "delete security ipsec vpn to-berlin ike", func(w *network) { w.IKE, w.IPsec = w.IKE[1:], w.IPsec[2:] }},
		{"a gateway is off", "deactivate security ike gateway berlin", func(w *network) { w.IKE, w.IPsec = w.IKE[1:], w.IPsec[2:] }},
		{"a gateway without an address", "delete security ike gateway berlin address", func(w *network) { w.IKE, w.IPsec = w.IKE[1:], w.IPsec[2:] }},
		{"all of IPsec is off", "deactivate security ipsec", func(w *network) { w.IKE, w.IPsec = nil, nil }},
		{"a peer is off", "deactivate protocols bgp group transit neighbor 203.0.113.35", func(w *network) { w.Peers = w.Peers[1:] }},
		{"a group is off", "deactivate protocols bgp group transit", func(w *network) { w.Peers = nil }},
		{"a VPN of a group", "set groups far security ike gateway rome address 198.51.100.3\nset groups far security ipsec vpn to-rome ike gateway rome\nset apply-groups far",
			func(w *network) {
				w.IKE = append(w.IKE, "198.51.100.3")
				w.IPsec = append(w.IPsec, "lt 198.51.100.3", "gt 198.51.100.3")
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := ready(t).netconf()
			n.commit(peering + test.change)
			want := whole()
			test.want(&want)
			if diff := cmp.Diff(want, n.network()); diff != "" {
				t.Errorf("the network (-want +got):\n%s", diff)
			}
			running := !strings.Contains(n.rpc("<get-bgp-summary-information/>"), "BGP is not running")
			if running != (want.Peers != nil) {
				t.Errorf("BGP is running: %t with the peers %v", running, want.Peers)
			}
		})
	}
}

func TestNeighboursComeBackWithTheTraffic(t *testing.T) {
	o := ready(t)
	n := o.netconf()
	n.commit(peering)
	indices := func() []string {
		return every(`<ike-sa-index>(.*)<`, n.rpc("<get-ike-security-associations-information/>"))
	}
	before := indices()
	n.cli("request chassis cluster failover redundancy-group 1 node 1") // it moves a second later and takes four
	active := []string{"203.0.113.35 64911 Active ", "203.0.113.36 64912 Active "}
	immediate := network{IKE: whole().IKE[:1], IPsec: whole().IPsec[:2], Peers: active}
	for _, stage := range []struct {
		name string
		step time.Duration
		want network
	}{
		{"before the failover", 0, whole()},
		{"while traffic stands", 3 * time.Second, network{Peers: active}},
		{"when it is back", 2 * time.Second, immediate},
		{"not yet a minute later", 59 * time.Second, immediate},
		{"a minute later", time.Second, whole()},
	} {
		o.cloud.Step(stage.step)
		if diff := cmp.Diff(stage.want, n.network()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stage.name, diff)
		}
	}
	if after := indices(); cmp.Equal(before, after) {
		t.Errorf("the associations are still those of before: %v", after)
	}
	reply := n.rpc("<get-ike-security-associations-information/>")
	if first, second, found := strings.Cut(reply, "<re-name>node1</re-name>"); !found || strings.Contains(first, "UP") || !strings.Contains(second, "UP") {
		t.Errorf("the associations are not those of node1 alone: %s", reply)
	}
}

func TestARPListsTheTransitGatewayAndHostsOfTheSubnets(t *testing.T) {
	n := ready(t).netconf()
	reply := n.rpc("<get-arp-table-information/>")
	list := every(`<ip-address>(.*)</ip-address>\n<interface-name>(.*)</interface-name>`, reply)
	want := []string{"203.0.113.33 reth1.0", "203.0.113.35 reth1.0", "203.0.113.36 reth1.0", "203.0.113.37 reth1.0",
		"10.61.4.2 reth2.1187", "10.61.4.3 reth2.1187", "10.61.4.4 reth2.1187"}
	if len(list) < 3 || !strings.HasSuffix(list[0], " reth0.0") {
		t.Fatalf("no hosts of reth0: %v", list)
	}
	if diff := cmp.Diff(want, list[3:]); diff != "" {
		t.Errorf("stations (-want +got):\n%s", diff)
	}
	if !strings.Contains(reply, "<arp-entry-count>10</arp-entry-count>") {
		t.Errorf("the count is not that of the entries: %s", reply)
	}
}

func TestCLIShowsTheNeighbours(t *testing.T) {
	n := ready(t).netconf()
	if reply := n.cli("show bgp summary"); !strings.Contains(reply, "BGP is not running") {
		t.Errorf("without BGP: %s", reply)
	}
	n.commit(peering)
	for line, want := range map[string]string{
		"show security ike security-associations":                 "Main           198.51.100.21",
		"show security ipsec security-associations":               "Total active tunnels: 3     Total Ipsec sas: 3",
		"show bgp summary":                                        "Groups: 1 Peers: 2 Down peers: 0",
		"show arp no-resolve":                                     "203.0.113.33    reth1.0                  none",
		"show security ike security-associations | display xml":   "<ike-sa-remote-address>198.51.100.87<",
		"show security ipsec security-associations | display xml": "<total-active-tunnels>3<",
		"show bgp summary | display xml":                          "<down-peer-count>0<",
		"show arp no-resolve | display xml":                       "<ip-address>203.0.113.33<",
	} {
		if reply := html.UnescapeString(n.rpc(`<command format="text">` + line + "</command>")); !strings.Contains(reply, want) {
			t.Errorf("%s: no %q in %s", line, want, reply)
		}
	}
}
