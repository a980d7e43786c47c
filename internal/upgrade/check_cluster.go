package upgrade

import (
	"fmt"
	"slices"
	"strings"
)

// ofCluster judges the cluster status, which a pair has to have.
func ofCluster(judge func(scene, Cluster) CheckResult) func(scene) []CheckResult {
	return ofView(one(func(s scene, d Device) CheckResult {
		switch {
		case d.Cluster == nil:
			return fail("the device says it is no chassis cluster").cure("open a case with IBM Support: their records name two members")
		case s.lone() && s.loneNode() == "":
			return unknown("which node has to be alone is not known without a plan").cure("see check plan")
		}
		return judge(s, *d.Cluster)
	}))
}

// clusterState applies the rule of the moment: a whole, settled pair, or the upgraded node alone with its peer lost.
func clusterState(s scene, c Cluster) CheckResult {
	found := c.Whole()
	if s.lone() {
		found = c.Alone(s.loneNode())
	}
	if len(found) == 0 {
		return pass("%s", clusterText(c))
	}
	texts := make([]string, len(found))
	proven := false
	for i, f := range found {
		texts[i] = f.Text
		proven = proven || !f.Unknown
	}
	if !proven {
		return unknown("%s", strings.Join(texts, "; ")).cure("ask the gateway by hand: show chassis cluster status")
	}
	r := fail("%s", strings.Join(texts, "; ")).cure("%s", found[0].Advice)
	if controlPlaneSick(c, s.loneNode()) {
		return r.coded(1112)
	}
	return r
}

// controlPlaneSick reports whether redundancy group 0 itself is ill; the lost peer of a lone node is no illness.
func controlPlaneSick(c Cluster, lone string) bool {
	g, ok := c.Group(0)
	if !ok || g.Primary() == "" {
		return true
	}
	return slices.ContainsFunc(g.Nodes, func(n Node) bool {
		if lone != "" && n.Name != lone {
			return n.State != "lost"
		}
		return n.State != "primary" && n.State != "secondary" || len(n.Failures) > 0
	})
}

func clusterText(c Cluster) string {
	var groups []string
	for _, g := range c.Groups {
		var nodes []string
		for _, n := range g.Nodes {
			nodes = append(nodes, fmt.Sprintf("%s %s priority %d", n.Name, n.State, n.Priority))
		}
		groups = append(groups, fmt.Sprintf("group %d: %s", g.ID, strings.Join(nodes, ", ")))
	}
	return strings.Join(groups, "; ")
}

// clusterPrimary wants one node to be primary of every group: the address and the traffic are then at one place.
func clusterPrimary(s scene, c Cluster) CheckResult {
	var parts []string
	for _, g := range c.Groups {
		parts = append(parts, sentence("group %d: %q", g.ID, g.Primary()))
	}
	seen := strings.Join(parts, ", ")
	switch primary := c.Primary(); {
	case primary == "":
		return fail("no single node is primary of all redundancy groups: %s", seen)
	case s.lone() && primary != s.loneNode():
		return fail("%s is primary, not %s, which has to stand alone", primary, s.loneNode()).cure("open a case with IBM Support, and touch neither node")
	default:
		return pass("%s is primary of all groups", primary)
	}
}

// preemptOff refuses a group that takes itself back to the node of higher priority in the middle of the upgrade. Before
// the first reload the request may have said that it will be deactivated.
func preemptOff(s scene, d Device) CheckResult {
	active := d.Preempt == PreemptActive || d.Cluster != nil && d.Cluster.Preempt()
	switch {
	case active && s.deactivates():
		return warn("preempt is active, and will be deactivated before the export (preempt: %s)", s.q.Request.Preempt).
			cure("nothing is to be done; its deactivation is part of the upgrade")
	case active:
		return fail("preempt is active and would pull the traffic back in the middle of the upgrade").
			cure("deactivate chassis cluster redundancy-group 1 preempt, or ask for it with preempt set to %q or %q", PreemptDeactivate, PreemptRestore)
	case d.Preempt == "":
		return unknown("whether preempt is active was not read").cure("on the gateway: show configuration chassis cluster redundancy-group 1")
	}
	return pass("preempt is %s", d.Preempt)
}

// deactivates reports whether the upgrade itself is still to deactivate preempt of group 1, as the request says.
func (s scene) deactivates() bool {
	return s.q.Moment == BeforeFirst && s.q.Request.Preempt != PreemptAsk
}

// placed wants proof of which host carries which node: by a hardware address that both sides show.
func placed(s scene, d Device) CheckResult {
	p := s.f.Picture
	if len(d.NodeMACs) == 0 {
		return unknown("the hardware addresses of the nodes' ports were not read")
	}
	if s.lone() {
		return lonePlaced(s, d)
	}
	places, err := Place(p)
	if err != nil {
		if kind := KindOf(err); kind == Unreachable || kind == Denied {
			return unknown("%s", err).cure("%s", AdviceOf(err))
		}
		return fail("%s", err).cure("%s", AdviceOf(err))
	}
	parts := make([]string, len(places))
	for i, at := range places {
		m, _ := p.Gateway.Member(at.HardwareID)
		parts[i] = sentence("%s on host %s by %s", at.Node, m.Host, at.Proof)
	}
	return pass("%s", strings.Join(parts, ", "))
}

func lonePlaced(s scene, d Device) CheckResult {
	step, known := s.carrier()
	if !known {
		return unknown("which host carries the node that stands alone is not known without a plan").cure("see check plan")
	}
	h, ok := s.f.Picture.Host(step.HardwareID)
	if !ok || h.Denied || h.Error != "" {
		return unknown("host %s does not tell its machines: %s", step.Host, h.Error)
	}
	at, ok := match(h, d.NodeMACs)
	if !ok || at.Node != step.Node {
		return fail("no proof that %s runs on host %s", step.Node, step.Host).
			cure("open a case with IBM Support, and reload nothing before it is clear which node answers")
	}
	return pass("%s on host %s by %s", at.Node, step.Host, at.Proof)
}

// fullWeight is what a node has in a group whose monitors are all fine (Juniper: show chassis cluster information).
const fullWeight = 255

// weights judges the control plane alone while the peer is away: its absence takes weight from the data plane.
func weights(s scene, d DeviceFacts) []CheckResult {
	groups := []int{0, 1}
	if s.lone() {
		groups = groups[:1]
	}
	return eachNode(s, func(node string) CheckResult {
		var seen []string
		low := false
		for _, group := range groups {
			i := slices.IndexFunc(d.Weights, func(w Weight) bool { return w.Node == node && w.Group == group })
			if i < 0 {
				return unknown("%s does not tell its weight in redundancy group %d", node, group)
			}
			low = low || d.Weights[i].Value != fullWeight
			seen = append(seen, fmt.Sprintf("%d in group %d", d.Weights[i].Value, group))
		}
		if low {
			return fail("the weight of %s is %s, of %d", node, strings.Join(seen, ", "), fullWeight).
				cure("find the monitor that failed: show chassis cluster information, show chassis cluster interfaces")
		}
		return pass("weight %s", strings.Join(seen, ", "))
	})
}

// eachNode judges every node that has to run.
func eachNode(s scene, judge func(node string) CheckResult) []CheckResult {
	var results []CheckResult
	for _, node := range s.nodes() {
		r := unknown("which node has to be alone is not known without a plan").cure("see check plan")
		if node != "" || !s.pair() {
			r = judge(node)
		}
		results = append(results, r.about(node))
	}
	return results
}
