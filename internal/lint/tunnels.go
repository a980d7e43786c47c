package lint

import (
	"iter"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// tunnelRules judge IPsec tunnels.
func tunnelRules() []rule {
	return []rule{
		{Rule{"ike-without-interface", 1167, upgrade.SeverityError, "", "The IKE gateway has no external-interface, which the commit refuses."}, homelessGateways},
		{Rule{"late-tunnel", 1176, upgrade.SeverityWarning, "", "The tunnel is not established immediately: it comes up only with traffic after the switch to the other node."}, lateTunnels},
	}
}

// homelessGateways finds IKE gateways without an interface. The one that all other gateways use is the likely one; else
// the gateway and the tunnels over it are taken out of work.
func homelessGateways(x *examination) {
	ports := map[string]bool{}
	for n := range x.effective.Find("security", "ike", "gateway", "*", "external-interface", "*") {
		ports[n.Word()] = true
	}
	for gateway := range x.effective.Find("security", "ike", "gateway", "*") {
		if gateway.Child("external-interface") != nil {
			continue
		}
		if len(ports) == 1 {
			for port := range ports {
				at := append(where(gateway), "external-interface")
				x.report(finding{node: gateway, fix: []string{command("set", at, port)}, restore: []string{command("delete", at)}})
			}
			continue
		}
		fix, restore := switchOff(gateway)
		for vpn := range tunnelsOver(x.effective, gateway.Word()) {
			off, on := switchOff(vpn)
			fix, restore = append(fix, off...), append(restore, on...)
		}
		x.report(finding{node: gateway, fix: fix, restore: restore,
			why: "The IKE gateway has no external-interface, which the commit refuses; set the right one instead if it is in use."})
	}
}

// tunnelsOver yields the VPNs that use an IKE gateway.
func tunnelsOver(t *configuration.Tree, gateway string) iter.Seq[*configuration.Node] {
	return func(yield func(*configuration.Node) bool) {
		for vpn := range t.Find("security", "ipsec", "vpn", "*") {
			if vpn.Child("ike", "gateway", gateway) != nil && !yield(vpn) {
				return
			}
		}
	}
}

// lateTunnels finds VPNs that wait for traffic. A manual one has no negotiation to begin.
func lateTunnels(x *examination) {
	for vpn := range x.effective.Find("security", "ipsec", "vpn", "*") {
		establish := vpn.Child("establish-tunnels")
		if vpn.Child("manual") != nil || establish != nil && establish.Child("immediately") != nil {
			continue
		}
		at := append(where(vpn), "establish-tunnels")
		f := finding{node: vpn, restore: []string{command("delete", at)}}
		if establish != nil && !establish.Leaf() {
			value := establish.Children()[0]
			at = where(establish)
			f.node, f.restore = value, []string{command("set", at, value.Word())}
		}
		f.fix = []string{command("set", at, "immediately")}
		x.report(f)
	}
}
