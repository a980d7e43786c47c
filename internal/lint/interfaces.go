package lint

import (
	"fmt"
	"net/netip"
	"slices"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// interfaceRules judge the interfaces hierarchy.
func interfaceRules() []rule {
	return []rule{
		{Rule{"untagged-unit", 1124, upgrade.SeverityError, "19.4R2-S3", "A unit of an interface with VLAN tagging has no vlan-id, which the commit refuses."}, untaggedUnit},
		{Rule{"interface-tcp-mss", 1139, upgrade.SeverityError, "20.4R2-S2", "The vSRX refuses tcp-mss on an interface; security flow tcp-mss limits the segment size of flows."},
			func(x *examination) {
				x.each(removeForGood, "interfaces * unit * family inet tcp-mss", "interfaces * unit * family inet6 tcp-mss")
			}},
		{Rule{"address-twice", 1142, upgrade.SeverityError, "", "The same IP address stands twice under interfaces."}, repeatedAddress},
	}
}

// untaggedUnit finds units without a VLAN on interfaces that tag.
func untaggedUnit(x *examination) {
	tags := func(n *configuration.Node, keywords ...string) bool {
		return slices.ContainsFunc(keywords, func(word string) bool { return n.Child(word) != nil })
	}
	for port := range x.effective.Find("interfaces", "*") {
		if !tags(port, "vlan-tagging", "flexible-vlan-tagging", "stacked-vlan-tagging") {
			continue
		}
		for unit := range port.Find("unit", "*") {
			if !tags(unit, "vlan-id", "vlan-tags", "vlan-id-range", "vlan-id-list") {
				fix, restore := switchOff(unit)
				x.report(finding{node: unit, fix: fix, restore: restore,
					why: "The unit has no vlan-id although " + port.Word() + " tags VLANs, which the commit refuses; give it its vlan-id instead if it is in use."})
			}
		}
	}
}

// repeatedAddress finds an address that stands at two places of one node. What the groups node0 and node1 say belongs to
// different nodes.
func repeatedAddress(x *examination) {
	seen := map[netip.Addr][]*configuration.Node{}
	for _, family := range []string{"inet", "inet6"} {
		for n := range x.effective.Find("interfaces", "*", "unit", "*", "family", family, "address", "*") {
			address, ok := addressOf(n.Word())
			if !ok || address.IsLinkLocalUnicast() {
				continue
			}
			for _, before := range seen[address] {
				if otherNode(before, n) {
					continue
				}
				first, second := before, n
				if second.Line() < first.Line() {
					first, second = second, first
				}
				fix, _ := removeForGood(second)
				x.report(finding{node: second, fix: fix,
					why: fmt.Sprintf("The address %s stands at %s too (line %d); IBM's check refuses the same address twice.", address, unitOf(first), first.Line())})
			}
			seen[address] = append(seen[address], n)
		}
	}
}

// otherNode reports whether two statements belong to different nodes of a cluster.
func otherNode(a, b *configuration.Node) bool {
	of := func(n *configuration.Node) string {
		if g := n.Group(); g == "node0" || g == "node1" {
			return g
		}
		return ""
	}
	return of(a) != "" && of(b) != "" && of(a) != of(b)
}

// unitOf names the unit that a statement stands in, such as reth1.0.
func unitOf(n *configuration.Node) string {
	path := n.Path()
	if len(path) > 3 {
		return path[1] + "." + path[3]
	}
	return configuration.Line(path...)
}

// addressOf reads an address with or without a prefix length.
func addressOf(word string) (netip.Addr, bool) {
	if p, err := netip.ParsePrefix(word); err == nil {
		return p.Addr(), true
	}
	a, err := netip.ParseAddr(word)
	return a, err == nil
}
