package sim

import (
	"fmt"
	"strings"
	"time"
)

// negotiation is how long after the traffic's return a VPN that waits for traffic is up again, and a BGP session.
const negotiation = time.Minute

// flowingFor is how long traffic flows already; nothing while it stands.
func (g *appliance) flowingFor() (time.Duration, bool) {
	return g.cloud.clock.now.Sub(g.traffic.since), g.traffic.stopped == ""
}

// negotiated tells whether what waits for traffic has had the time to come up.
func (g *appliance) negotiated() bool {
	d, flowing := g.flowingFor()
	return flowing && d >= negotiation
}

// below is the statement at a path of names under n; nil if it is not there or deactivated.
func (n *node) below(names ...string) *node {
	for _, name := range names {
		if n == nil {
			return nil
		}
		if n = n.child(name); n != nil && n.inactive {
			return nil
		}
	}
	return n
}

// each lists the active statements below n that begin with a keyword.
func (n *node) each(keyword string) []*node {
	if n == nil {
		return nil
	}
	var list []*node
	for _, child := range n.children {
		if child.rule != nil && child.rule.keyword == keyword && !child.inactive {
			list = append(list, child)
		}
	}
	return list
}

// leaf is the value of an active leaf below n, without quotes; "" if there is none.
func (n *node) leaf(name string) string {
	if l := n.below(name); l != nil && len(l.values) > 0 {
		return unquoted(l.values[0])
	}
	return ""
}

// tunnel is a VPN that is up, or the IKE association that the VPNs of one gateway share.
type tunnel struct {
	gateway, remote string // the name of the IKE gateway and its address
	index           int
	cookies         [2]uint64
	spis            [2]uint32
}

// tunnels are the VPNs whose associations stand. The node with RG1 terminates them all, so that the other one has none.
// After each interruption they are negotiated anew, with other cookies and SPIs; the tunnel index belongs to the VPN.
func (m *member) tunnels() []tunnel {
	g := m.gateway
	if _, flowing := g.flowingFor(); !flowing || g.primary[1] != m.node {
		return nil
	}
	security := g.config.effective(m.name()).root.below("security")
	var up []tunnel
	for i, vpn := range security.below("ipsec").each("vpn") {
		name := vpn.below("ike").leaf("gateway")
		remote := security.below("ike", "gateway "+name).leaf("address")
		// A VPN without "establish-tunnels immediately" waits for packets (Juniper: "establish-tunnels").
		if remote == "" || vpn.leaf("establish-tunnels") != "immediately" && !g.negotiated() {
			continue
		}
		turn := uint64(g.traffic.outages)<<16 | uint64(g.spec.ID%251)<<8 | uint64(i+1)
		up = append(up, tunnel{gateway: name, remote: remote, index: 131073 + i,
			cookies: [2]uint64{turn * 0x9e3779b97f4a7c15, turn * 0xc2b2ae3d27d4eb4f},
			spis:    [2]uint32{uint32(turn * 0x9e3779b1), uint32(turn * 0x85ebca77)}})
	}
	return up
}

// associations are the IKE associations that carry the tunnels, one per IKE gateway however many VPNs use it.
func (m *member) associations() []tunnel {
	var list []tunnel
	known := map[string]bool{}
	for _, t := range m.tunnels() {
		if !known[t.gateway] {
			known[t.gateway] = true
			t.index = 100*m.gateway.traffic.outages + len(list) + 1
			list = append(list, t)
		}
	}
	return list
}

// ikeInformation answers as Juniper documents "show security ike security-associations".
func ikeInformation(m *member) string {
	var out strings.Builder
	out.WriteString("<ike-security-associations-information>\n")
	for _, t := range m.associations() {
		fmt.Fprintf(&out, "<ike-security-associations>\n<ike-sa-remote-address>%s</ike-sa-remote-address>\n<ike-sa-index>%d</ike-sa-index>\n"+
			"<ike-sa-state>UP</ike-sa-state>\n<ike-sa-initiator-cookie>%016x</ike-sa-initiator-cookie>\n"+
			"<ike-sa-responder-cookie>%016x</ike-sa-responder-cookie>\n<ike-sa-exchange-type>Main</ike-sa-exchange-type>\n</ike-security-associations>\n",
			escape(t.remote), t.index, t.cookies[0], t.cookies[1])
	}
	out.WriteString("</ike-security-associations-information>\n")
	return out.String()
}

func ikeText(m *member) string {
	out := "Index   State  Initiator cookie  Responder cookie  Mode           Remote Address   \n"
	for _, t := range m.associations() {
		out += fmt.Sprintf("%-7d UP     %016x  %016x  Main           %-17s\n", t.index, t.cookies[0], t.cookies[1], t.remote)
	}
	return out
}

// directions are those of a pair of IPsec associations: in and out.
func directions() [2]string { return [2]string{"<", ">"} }

// ipsecInformation answers as Juniper documents "show security ipsec security-associations".
func ipsecInformation(m *member) string {
	up := m.tunnels()
	var out strings.Builder
	fmt.Fprintf(&out, "<ipsec-security-associations-information>\n<total-active-tunnels>%d</total-active-tunnels>\n"+
		"<total-ipsec-sas>%d</total-ipsec-sas>\n", len(up), len(up))
	for _, t := range up {
		out.WriteString("<ipsec-security-associations-block>\n<sa-block-state>up</sa-block-state>\n")
		for i, direction := range directions() {
			fmt.Fprintf(&out, "<ipsec-security-associations>\n<sa-direction>%s</sa-direction>\n<sa-tunnel-index>%d</sa-tunnel-index>\n<sa-spi>%08x</sa-spi>\n"+
				"<sa-remote-gateway>%s</sa-remote-gateway>\n<sa-port>500</sa-port>\n<sa-vpn-monitoring-state>-</sa-vpn-monitoring-state>\n"+
				"<sa-protocol>ESP:</sa-protocol>\n<sa-virtual-system>root</sa-virtual-system>\n</ipsec-security-associations>\n",
				escape(direction), t.index, t.spis[i], escape(t.remote))
		}
		out.WriteString("</ipsec-security-associations-block>\n")
	}
	out.WriteString("</ipsec-security-associations-information>\n")
	return out.String()
}

func ipsecText(m *member) string {
	up := m.tunnels()
	out := fmt.Sprintf("  Total active tunnels: %d     Total Ipsec sas: %d\n", len(up), len(up))
	if len(up) > 0 {
		out += "  ID      SPI      Mon lsys Port  Gateway   \n"
	}
	for _, t := range up {
		for i, direction := range directions() {
			out += fmt.Sprintf("  %s%d %08x -   root 500   %s\n", direction, t.index, t.spis[i], t.remote)
		}
	}
	return out
}
