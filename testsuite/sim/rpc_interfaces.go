package sim

import (
	"fmt"
	"strings"
)

// port is one physical interface of a gateway.
type port struct {
	name, mac string
	up        bool
	address   string // of unit 0; "" if it has none
}

// interfaceInformation lists what the answering node sees: its own ports, those of a live peer, and the shared ones.
func interfaceInformation(s *netconfSession, e *element) string {
	if e.text("routing-instance") == privateInstance {
		return s.privateAddresses()
	}
	only := e.text("interface-name")
	terse := e.child("terse") != nil
	var out strings.Builder
	out.WriteString("<interface-information>\n")
	for _, p := range s.gateway.portsSeenBy(s.member) {
		if only != "" && only != p.name {
			continue
		}
		fmt.Fprintf(&out, "<physical-interface>\n<name>\n%s\n</name>\n<admin-status>\nup\n</admin-status>\n<oper-status>\n%s\n</oper-status>\n",
			p.name, strings.ToLower(upDown(p.up)))
		if !terse && p.mac != "" {
			fmt.Fprintf(&out, "<link-level-type>Ethernet</link-level-type>\n<mtu>1514</mtu>\n<speed>10Gbps</speed>\n"+
				"<current-physical-address>%s</current-physical-address>\n<hardware-physical-address>%s</hardware-physical-address>\n", p.mac, p.mac)
		}
		if p.address != "" {
			fmt.Fprintf(&out, "<logical-interface>\n<name>\n%s.0\n</name>\n<admin-status>\nup\n</admin-status>\n<oper-status>\n%s\n</oper-status>\n"+
				"<address-family>\n<address-family-name>\ninet\n</address-family-name>\n<interface-address>\n<ifa-local>\n%s\n</ifa-local>\n"+
				"</interface-address>\n</address-family>\n</logical-interface>\n", p.name, strings.ToLower(upDown(p.up)), p.address)
		}
		out.WriteString("</physical-interface>\n")
	}
	out.WriteString("</interface-information>\n")
	return out.String()
}

func (g *appliance) portsSeenBy(viewer *member) []port {
	var ports []port
	for _, m := range g.members {
		if !m.active() {
			continue
		}
		for i, mac := range m.vm.macs[2:] {
			ports = append(ports, port{name: fmt.Sprintf("ge-%d/0/%d", 7*m.node, i), mac: mac, up: true})
		}
	}
	ports = append(ports, port{name: "fxp0", mac: viewer.vm.macs[0], up: true}, port{name: "em0", mac: viewer.vm.macs[1], up: true})
	shared := []string{"ae0", "ae1"}
	if !g.spec.Standalone {
		shared = []string{"reth0", "reth1", "reth2", "reth3"}
		for n := range 2 {
			ports = append(ports, port{name: fmt.Sprintf("fab%d", n), up: g.node(n).active() && g.paired()})
		}
	}
	for i, name := range shared {
		p := port{name: name, mac: fmt.Sprintf("00:10:db:ff:%02x:%02x", clusterID*16, i), up: true}
		if n, _ := g.config.find([]string{"interfaces", name, "unit", "0", "family", "inet"}); n != nil {
			for _, child := range n.children {
				if address, found := strings.CutPrefix(child.name, "address "); found {
					p.address = address
				}
			}
		}
		ports = append(ports, p)
	}
	return append(ports, port{name: "st0", up: true}, port{name: "lo0", up: true})
}
