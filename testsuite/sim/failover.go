package sim

import (
	"fmt"
	"strings"
	"time"
)

// failoverDelay is the virtual time from the request of a manual failover to the move.
const failoverDelay = time.Second

// requestFailover is "redundancy-group N node M" and "reset redundancy-group N" (Juniper: "Chassis Cluster Redundancy
// Group Manual Failover").
func (g *appliance) requestFailover(words []string) (out string, ok, write bool) {
	group, node := 0, 0
	if n, err := fmt.Sscanf(strings.Join(words, " "), "reset redundancy-group %d", &group); n == 1 && err == nil && group >= 0 && group < 2 {
		g.manual[group] = false
		g.honourPreempt()
		return fmt.Sprintf("node%d:\n--------------------------------------------------------------------------\n"+
			"Successfully reset manual failover for redundancy group %d\n", max(g.primary[group], 0), group), true, true
	}
	n, err := fmt.Sscanf(strings.Join(words, " "), "redundancy-group %d node %d", &group, &node)
	if n != 2 || err != nil || group < 0 || group > 1 || node < 0 || node > 1 {
		return "error: syntax error\n", false, false
	}
	header := fmt.Sprintf("node%d:\n--------------------------------------------------------------------------\n", node)
	if why := g.refusesFailover(group, node); why != "" {
		return header + why + "\n", false, true
	}
	g.manual[group] = true
	g.cloud.clock.after(failoverDelay, func() {
		if g.manual[group] && g.node(node).able() {
			g.move(group, node, causeManual)
		}
	})
	return header + fmt.Sprintf("Initiated manual failover for redundancy group %d\n", group), true, true
}

// refusesFailover is Junos's reason against a manual failover; "" if there is none.
func (g *appliance) refusesFailover(group, node int) string {
	switch {
	case g.manual[group]:
		return fmt.Sprintf("Manual failover is already in effect for redundancy group %d. Please reset it before requesting a failover", group)
	case g.primary[group] == node:
		return fmt.Sprintf("Node is already primary for redundancy group %d", group)
	case g.heldDown(group, node):
		return fmt.Sprintf("Manual failover is not permitted as redundancy-group %d on node%d is in secondary-hold state.", group, node)
	case !g.node(node).able():
		return fmt.Sprintf("Node is not ready to become primary for redundancy group %d", group)
	}
	return ""
}
