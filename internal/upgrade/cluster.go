package upgrade

import (
	"fmt"
	"slices"
	"strings"
)

// Cluster is a chassis cluster as the answering node sees it (Juniper: show chassis cluster status).
type Cluster struct {
	ID     int     `json:"id"`
	Groups []Group `json:"groups"`
}

// Group is one redundancy group: 0 is the control plane, 1 and up carry data.
type Group struct {
	ID        int    `json:"id"`
	Failovers int    `json:"failovers"`
	Nodes     []Node `json:"nodes"`
}

// Node is one node's row in a redundancy group.
type Node struct {
	Name     string   `json:"name"` // node0 or node1
	Priority int      `json:"priority"`
	State    string   `json:"state"` // lower case: primary, secondary, secondary-hold, hold, lost, disabled, …
	Preempt  Flag     `json:"preempt,omitempty"`
	Manual   Flag     `json:"manual,omitempty"`   // a manual failover is in force
	Failures []string `json:"failures,omitempty"` // monitor failure codes
	// FailuresKnown is false where the release or the row has no failures cell: missing is unknown, not None.
	FailuresKnown bool `json:"failuresKnown,omitempty"`
}

// Flag is a yes-or-no cell; the empty Flag is unknown ("n/a" or absent).
type Flag string

// The flags a device prints.
const (
	Yes Flag = "yes"
	No  Flag = "no"
)

// Primary names the primary node of a group, "" when there is none or more than one.
func (g Group) Primary() string {
	name := ""
	for _, n := range g.Nodes {
		if n.State == "primary" {
			if name != "" {
				return ""
			}
			name = n.Name
		}
	}
	return name
}

// Group finds a redundancy group.
func (c Cluster) Group(id int) (Group, bool) {
	for _, g := range c.Groups {
		if g.ID == id {
			return g, true
		}
	}
	return Group{}, false
}

// Primary names the node that is primary of every group, "" when no single node is.
func (c Cluster) Primary() string {
	name := ""
	for i, g := range c.Groups {
		p := g.Primary()
		if p == "" || i > 0 && p != name {
			return ""
		}
		name = p
	}
	return name
}

// Preempt reports whether any group takes itself back to the node of higher priority.
func (c Cluster) Preempt() bool {
	for _, g := range c.Groups {
		for _, n := range g.Nodes {
			if n.Preempt == Yes {
				return true
			}
		}
	}
	return false
}

// Whole lists what keeps the cluster from being a whole, settled pair: in every group exactly one primary and one
// secondary, priorities above 0, no monitor failures, no manual failover, all groups primary on one node (IBM: general
// upgrade procedure, "one primary, one secondary, no monitor failures").
func (c Cluster) Whole() []Finding {
	found := c.hasGroups()
	for _, g := range c.Groups {
		primaries, secondaries := 0, 0
		for _, n := range g.Nodes {
			switch n.State {
			case "primary":
				primaries++
			case "secondary":
				secondaries++
			default:
				found = append(found, clusterFinding("redundancy group %d: %s is %s", g.ID, n.Name, n.State))
			}
			if n.Priority == 0 && n.State != "lost" {
				found = append(found, clusterFinding("redundancy group %d: %s has priority 0, it cannot take over", g.ID, n.Name))
			}
			if alive := n.State == "primary" || n.State == "secondary"; alive && (n.Manual == "" || !n.FailuresKnown) {
				found = append(found, unproven(g, n))
			}
			if n.Manual == Yes {
				found = append(found, clusterFinding("redundancy group %d: a manual failover is in force on %s", g.ID, n.Name))
			}
			if len(n.Failures) > 0 {
				found = append(found, clusterFinding("redundancy group %d: %s reports monitor failures %s", g.ID, n.Name, strings.Join(n.Failures, " ")))
			}
		}
		if primaries != 1 || secondaries != 1 || len(g.Nodes) != 2 {
			found = append(found, clusterFinding("redundancy group %d has %d primaries and %d secondaries in %d rows, not one of each", g.ID, primaries, secondaries, len(g.Nodes)))
		}
	}
	if len(c.Groups) > 0 && c.Primary() == "" {
		found = append(found, clusterFinding("redundancy groups are primary on different nodes"))
	}
	return found
}

// tolerated are the monitor failures that the peer's absence alone explains: cold sync, fabric, configuration sync.
var tolerated = map[string]bool{"CS": true, "FL": true, "CF": true}

// Alone lists what keeps the cluster from being the lone node that is right between the two reloads: node primary of
// every group, its peer lost; in the data plane only failures that the absent peer explains.
func (c Cluster) Alone(node string) []Finding {
	found := c.hasGroups()
	for _, g := range c.Groups {
		if p := g.Primary(); p != node {
			found = append(found, clusterFinding("redundancy group %d: the primary is %q, not %s", g.ID, p, node))
		}
		if !slices.ContainsFunc(g.Nodes, func(n Node) bool { return n.Name != node }) {
			found = append(found, clusterFinding("redundancy group %d: the peer has no row", g.ID))
		}
		for _, n := range g.Nodes {
			if n.Name == node && !n.FailuresKnown {
				found = append(found, unproven(g, n))
			}
			if n.Name != node && n.State != "lost" {
				found = append(found, clusterFinding("redundancy group %d: the peer %s is %s, not lost", g.ID, n.Name, n.State))
			}
			for _, code := range n.Failures {
				if n.Name == node && (g.ID == 0 || !tolerated[code]) {
					found = append(found, clusterFinding("redundancy group %d: %s reports monitor failure %s, which the absent peer does not explain", g.ID, n.Name, code))
				}
			}
		}
	}
	return found
}

// hasGroups refuses a status without control plane and data plane: group 0 alone says nothing of traffic.
func (c Cluster) hasGroups() []Finding {
	_, control := c.Group(0)
	_, data := c.Group(1)
	if control && data {
		return nil
	}
	return []Finding{clusterFinding("the cluster status lacks redundancy group 0 or 1")}
}

// unproven marks a row that does not tell what health needs: missing is unknown, not None.
func unproven(g Group, n Node) Finding {
	f := clusterFinding("redundancy group %d: %s does not say whether it has monitor failures or a manual failover", g.ID, n.Name)
	f.Unknown = true
	return f
}

func clusterFinding(format string, args ...any) Finding {
	return Finding{Check: "cluster", Text: fmt.Sprintf(format, args...),
		Advice: "repair the cluster first (show chassis cluster status on the gateway); an unhealthy cluster may turn the upgrade into a long outage"}
}
