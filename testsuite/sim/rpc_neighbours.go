package sim

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// peer is one BGP neighbour of the configuration.
type peer struct {
	address, as string
	established bool
	prefixes    int
	elapsed     time.Duration // in its present state
}

// peers are the active neighbours of BGP and how many groups they are in; no group means that BGP does not run.
func (g *appliance) peers() (peers []peer, groups int) {
	root := g.config.effective("").root
	elapsed, _ := g.flowingFor()
	established := g.negotiated()
	if established {
		elapsed -= negotiation
	}
	if m := g.answering(); m != nil {
		elapsed = min(elapsed, g.cloud.clock.now.Sub(m.vm.booted))
	}
	for _, group := range root.below("protocols", "bgp").each("group") {
		groups++
		for _, n := range group.each("neighbor") {
			p := peer{address: n.subject(), established: established, elapsed: elapsed}
			p.as = withDefault(withDefault(n.leaf("peer-as"), group.leaf("peer-as")), root.below("routing-options").leaf("autonomous-system"))
			if established {
				p.prefixes = 3 + int(p.address[len(p.address)-1])%5
			}
			peers = append(peers, p)
		}
	}
	return peers, groups
}

// state is the peer's in the words of RFC 4271, section 8.2.2.
func (p peer) state() string {
	if p.established {
		return "Established"
	}
	return "Active"
}

// ribElement is what a peer contributes to inet.0, or what all of them do; a session that is down has no table.
func ribElement(style string, prefixes int) string {
	return fmt.Sprintf("<bgp-rib junos:style=\"%s\">\n<name>inet.0</name>\n<active-prefix-count>%d</active-prefix-count>\n"+
		"<received-prefix-count>%d</received-prefix-count>\n<accepted-prefix-count>%d</accepted-prefix-count>\n"+
		"<suppressed-prefix-count>0</suppressed-prefix-count>\n</bgp-rib>\n", style, prefixes, prefixes, prefixes)
}

// downAndPrefixes sums up the peers: how many are down, and the prefixes of the others.
func downAndPrefixes(peers []peer) (down, prefixes int) {
	for _, p := range peers {
		down += count(!p.established)
		prefixes += p.prefixes
	}
	return down, prefixes
}

// bgpNotRunning is the whole answer of a device without BGP, in text even over NETCONF.
const bgpNotRunning = "BGP is not running\n"

// bgpInformation answers as Juniper documents "show bgp summary".
func bgpInformation(g *appliance) string {
	peers, groups := g.peers()
	if groups == 0 {
		return "<output>\n" + bgpNotRunning + "</output>\n"
	}
	down, prefixes := downAndPrefixes(peers)
	var out strings.Builder
	fmt.Fprintf(&out, "<bgp-information>\n<group-count>%d</group-count>\n<peer-count>%d</peer-count>\n<down-peer-count>%d</down-peer-count>\n%s",
		groups, len(peers), down, ribElement("brief", prefixes))
	for _, p := range peers {
		fmt.Fprintf(&out, "<bgp-peer junos:style=\"terse\">\n<peer-address>%s</peer-address>\n<peer-as>%s</peer-as>\n<flap-count>%d</flap-count>\n"+
			"<elapsed-time junos:seconds=\"%d\">%s</elapsed-time>\n<peer-state>%s</peer-state>\n",
			escape(p.address), escape(p.as), g.traffic.outages, int(p.elapsed.Seconds()), p.elapsed.Truncate(time.Second), p.state())
		if p.established {
			out.WriteString(ribElement("terse", p.prefixes))
		}
		out.WriteString("</bgp-peer>\n")
	}
	out.WriteString("</bgp-information>\n")
	return out.String()
}

func (g *appliance) bgpText() string {
	peers, groups := g.peers()
	if groups == 0 {
		return bgpNotRunning
	}
	down, prefixes := downAndPrefixes(peers)
	out := fmt.Sprintf("Groups: %d Peers: %d Down peers: %d\nTable          Tot Paths  Act Paths Suppressed\ninet.0         %9d  %9d          0\n"+
		"Peer                     AS      Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...\n", groups, len(peers), down, prefixes, prefixes)
	for _, p := range peers {
		state := p.state()
		if p.established {
			state = fmt.Sprintf("Establ\n  inet.0: %d/%d/%d/0", p.prefixes, p.prefixes, p.prefixes)
		}
		out += fmt.Sprintf("%-20s %10s %7d %11s %s\n", p.address, p.as, g.traffic.outages, p.elapsed.Truncate(time.Second), state)
	}
	return out
}

// station is one entry of the ARP table.
type station struct {
	mac, address, port string
}

// hostsPerSubnet is how many servers of a subnet have spoken to the gateway lately.
const hostsPerSubnet = 3

// stations are the gateways of the static routes, and a few servers, in the subnets of the redundant interfaces.
func (g *appliance) stations() []station {
	root := g.config.effective("").root
	var hops []netip.Addr
	for _, route := range root.below("routing-options", "static").each("route") {
		if hop, err := netip.ParseAddr(route.leaf("next-hop")); err == nil { // an interface, such as st0.0, has no address
			hops = append(hops, hop)
		}
	}
	var list []station
	for _, physical := range root.below("interfaces").each("interface") {
		if !strings.HasPrefix(physical.name, "reth") && !strings.HasPrefix(physical.name, "ae") {
			continue
		}
		for _, unit := range physical.each("unit") {
			for _, address := range unit.below("family inet").each("address") {
				if own, err := netip.ParsePrefix(address.subject()); err == nil && own.Addr().Is4() {
					list = append(list, subnetStations(own, hops, physical.name+"."+unit.subject())...)
				}
			}
		}
	}
	return list
}

// subnetStations are those of one subnet: the gateways in it first, then the servers after the device's own address.
func subnetStations(own netip.Prefix, hops []netip.Addr, port string) []station {
	var list []station
	known := map[netip.Addr]bool{own.Addr(): true}
	add := func(a netip.Addr) {
		if !known[a] && own.Contains(a) && own.Contains(a.Next()) { // the last address of a subnet is its broadcast
			known[a] = true
			b := a.As4()
			list = append(list, station{fmt.Sprintf("02:5a:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3]), a.String(), port})
		}
	}
	for _, hop := range hops {
		add(hop)
	}
	for a, n := own.Addr().Next(), 0; n < hostsPerSubnet && own.Contains(a); a, n = a.Next(), n+1 {
		add(a)
	}
	return list
}

// arpInformation answers as Juniper documents "show arp no-resolve".
func arpInformation(g *appliance) string {
	var out strings.Builder
	out.WriteString("<arp-table-information junos:style=\"no-resolve\">\n")
	list := g.stations()
	for _, s := range list {
		fmt.Fprintf(&out, "<arp-table-entry>\n<mac-address>%s</mac-address>\n<ip-address>%s</ip-address>\n<interface-name>%s</interface-name>\n"+
			"<arp-table-entry-flags>\n<none/>\n</arp-table-entry-flags>\n</arp-table-entry>\n", s.mac, s.address, escape(s.port))
	}
	fmt.Fprintf(&out, "<arp-entry-count>%d</arp-entry-count>\n</arp-table-information>\n", len(list))
	return out.String()
}

func (g *appliance) arpText() string {
	list := g.stations()
	out := "MAC Address       Address         Interface                Flags\n"
	for _, s := range list {
		out += fmt.Sprintf("%-17s %-15s %-24s none\n", s.mac, s.address, s.port)
	}
	return out + fmt.Sprintf("Total entries: %d\n", len(list))
}
