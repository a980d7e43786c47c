package sim

import (
	"fmt"
	"strings"
)

// clusterID is the chassis cluster id of every simulated pair.
const clusterID = 3

// notEnabled is what a standalone box says; it is an xnm:error, not an rpc-error.
func notEnabled() string { return xnmError("jsrpd", "error: Chassis cluster is not enabled") }

// clusterStatus holds both nodes flat inside one device-stats, as Junos does.
func clusterStatus(g *appliance) string {
	if g.spec.Standalone {
		return notEnabled()
	}
	var out strings.Builder
	fmt.Fprintf(&out, "<chassis-cluster-status>\n<cluster-id>%d</cluster-id>\n", clusterID)
	for group := range 2 {
		fmt.Fprintf(&out, "<redundancy-group>\n<cluster-id>%d</cluster-id>\n<redundancy-group-id>%d</redundancy-group-id>\n"+
			"<redundancy-group-failover-count>%d</redundancy-group-failover-count>\n<device-stats>\n", clusterID, group, g.failovers[group])
		for _, r := range g.rows(group) {
			fmt.Fprintf(&out, "<device-name>node%d</device-name>\n<device-priority>%s</device-priority>\n"+
				"<redundancy-group-status>%s</redundancy-group-status>\n<preempt>%s</preempt>\n<failover-mode>%s</failover-mode>\n"+
				"<monitor-failures>%s</monitor-failures>\n", r.node, r.priority, r.status, r.preempt, r.manual, r.failures)
		}
		out.WriteString("</device-stats>\n</redundancy-group>\n")
	}
	out.WriteString("</chassis-cluster-status>\n")
	return out.String()
}

// paired tells whether control and fabric links have a peer at the other end.
func (g *appliance) paired() bool {
	for _, m := range g.members {
		if !m.active() {
			return false
		}
	}
	return !g.spec.Standalone
}

func upDown(up bool) string {
	if up {
		return "Up"
	}
	return "Down"
}

func clusterInterfaces(g *appliance) string {
	if g.spec.Standalone {
		return notEnabled()
	}
	link := upDown(g.paired())
	var out strings.Builder
	fmt.Fprintf(&out, "<chassis-cluster-interface-statistics>\n<control-interface-status>%s</control-interface-status>\n"+
		"<control-link-interfaces>\n<control-information>\n<control-link-interface-index>0</control-link-interface-index>\n"+
		"<control-link-interface-name>em0</control-link-interface-name>\n<control-link-interface-status>%s</control-link-interface-status>\n"+
		"<control-link-interface-internal-sa-status>Disabled</control-link-interface-internal-sa-status>\n"+
		"</control-information>\n</control-link-interfaces>\n<dataplane-interface-status>%s</dataplane-interface-status>\n<dataplane-interfaces>\n",
		link, link, link)
	for n, base := range []int{0, 7} {
		for _, port := range []int{0, 9} {
			fmt.Fprintf(&out, "<fabric-information>\n<fabric-interface-index>%d</fabric-interface-index>\n"+
				"<fabric-child-interface-name>ge-%d/0/%d</fabric-child-interface-name>\n<fabric-child-interface-status>%s   / %s</fabric-child-interface-status>\n"+
				"<fabric-link-interface-security-status>Disabled</fabric-link-interface-security-status>\n</fabric-information>\n",
				n, base, port, upDown(g.node(n).active()), link)
		}
	}
	out.WriteString("</dataplane-interfaces>\n<reth>\n")
	for i := range 4 {
		fmt.Fprintf(&out, "<reth-name>reth%d</reth-name>\n<reth-status>Up</reth-status>\n<redundancy-group-id-for-reth>1</redundancy-group-id-for-reth>\n", i)
	}
	out.WriteString("</reth>\n<interface-monitoring>\n</interface-monitoring>\n</chassis-cluster-interface-statistics>\n")
	return out.String()
}

// statusText is "show chassis cluster status" as releases from 17.x print it.
func (g *appliance) statusText(answering *member) string {
	var out strings.Builder
	out.WriteString(`Monitor Failure codes:
    CS  Cold Sync monitoring        FL  Fabric Connection monitoring
    GR  GRES monitoring             HW  Hardware monitoring
    IF  Interface monitoring        IP  IP monitoring
    LB  Loopback monitoring         MB  Mbuf monitoring
    NH  Nexthop monitoring          NP  NPC monitoring
    SP  SPU monitoring              SM  Schedule monitoring
    CF  Config Sync monitoring      RE  Relinquish monitoring
    IS  IRQ storm

`)
	fmt.Fprintf(&out, "Cluster ID: %d\nNode   Priority Status               Preempt Manual   Monitor-failures\n", clusterID)
	for group := range 2 {
		fmt.Fprintf(&out, "\nRedundancy group: %d , Failover count: %d\n", group, g.failovers[group])
		for _, r := range g.rows(group) {
			fmt.Fprintf(&out, "node%d  %-8s %-20s %-7s %-8s %s\n", r.node, r.priority, r.status, r.preempt, r.manual, r.failures)
		}
	}
	fmt.Fprintf(&out, "\n{primary:node%d}\n", answering.node)
	return out.String()
}
