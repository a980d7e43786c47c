package sim

import (
	"fmt"
	"time"
)

// powerOn boots a VM from its image; after its boot time it joins or, alone, takes the groups.
func (m *member) powerOn() {
	g := m.gateway
	if m.vm.power == running || m.vm.power == absent {
		return
	}
	m.vm.power, m.vm.standing, m.vm.version = running, booting, m.vm.image
	m.vm.life++
	m.vm.disk.digest = fmt.Sprintf("%s, started %d times", m.vm.disk.digest, m.vm.life)
	life := m.vm.life
	g.cloud.clock.after(g.cloud.physics.Boot, func() {
		if m.vm.life == life && m.vm.power == running {
			m.join(false)
		}
	})
}

// powerOff ends a VM at once.
func (m *member) powerOff(state power, cause cause) {
	m.vm.power, m.vm.standing = state, booting
	m.vm.life++
	m.gateway.settle(cause)
}

// join lets a booted node meet its peer: hold, secondary with cold sync pending, joined.
func (m *member) join(apartFromPeer bool) {
	m.vm.booted = m.gateway.cloud.clock.now
	if apartFromPeer {
		m.vm.standing = apart
		m.gateway.settle(causeFailover)
		return
	}
	m.rejoin()
}

// rejoin is join without a boot.
func (m *member) rejoin() {
	g, life := m.gateway, m.vm.life
	switch peer := m.peer(); {
	case peer == nil || !peer.active():
		m.vm.standing = joined
	case g.controlDown:
		m.losesHeartbeat()
		return
	case peer.vm.version != m.vm.version:
		m.vm.standing = joined // without a common version there is no sync; settle sees the split brain
	default:
		m.vm.standing = holding
		g.cloud.clock.after(g.cloud.physics.Hold, func() { m.progress(life, holding, syncing) })
		g.cloud.clock.after(g.cloud.physics.Hold+g.cloud.physics.Rejoin, func() { m.progress(life, syncing, joined) })
	}
	g.settle(causeFailover)
}

// progress moves a rejoining node on; a fault can keep it in cold sync or leave it with a monitor failure.
func (m *member) progress(life int, from, to standing) {
	g := m.gateway
	if m.vm.life != life || m.vm.standing != from {
		return
	}
	if _, late := g.cloud.armed("cluster-cs", m); late && to == joined {
		return
	}
	if _, failing := g.cloud.armed("cluster-if", m); failing && to == joined {
		m.vm.failures = "IF"
	}
	m.vm.standing = to
	g.settle(causeFailover)
	if to != joined {
		return
	}
	if _, wrong := g.cloud.armed("rg1-wrong-node", m); wrong && m.able() && g.primary[1] != m.node {
		g.move(1, m.node, causeFailover)
		return
	}
	g.honourPreempt()
}

// settle gives every group a primary after a change and judges what that does to traffic.
func (g *appliance) settle(why cause) {
	g.uniteApart()
	before := g.primary
	g.mixed = g.sawMixed()
	for group := range g.primary {
		if holder := g.node(g.primary[group]); holder != nil && holder.active() && !g.destroyed {
			continue
		}
		g.primary[group] = g.successor()
		if g.primary[group] != none && before[group] != none {
			g.failovers[group]++
			g.manual[group] = false
		}
	}
	if before[1] != none && g.primary[1] != before[1] && g.primary[1] != none {
		g.gap(why)
	}
	if before[0] != g.primary[0] {
		g.moveAddress()
	}
	if g.upgrading && len(g.reloading()) == 0 && g.whole() {
		g.upgrading = false
	}
	g.tally()
}

// uniteApart lets a node that was kept off the links take part once its peer is gone.
func (g *appliance) uniteApart() {
	for _, m := range g.members {
		if m.vm.standing == apart && (m.peer() == nil || m.peer().vm.power != running) {
			m.vm.standing = joined
		}
	}
}

// sawMixed tells whether two active nodes run different versions; Juniper forbids that they hear each other.
func (g *appliance) sawMixed() bool {
	seen := ""
	for _, m := range g.members {
		if !m.active() {
			continue
		}
		if seen != "" && seen != m.vm.version {
			return true
		}
		seen = m.vm.version
	}
	return false
}

// successor is the node that takes a group whose holder is gone.
func (g *appliance) successor() int {
	best := none
	for _, m := range g.members {
		if m.active() && !g.destroyed && (best == none || m.vm.standing == joined) {
			best = m.node
		}
	}
	return best
}

// moveAddress lets the private address follow the RG0 primary: open connections die, the host key is another one.
func (g *appliance) moveAddress() {
	for _, e := range []*endpoint{g.ssh, g.netconf} {
		e.close()
		if g.primary[0] != none {
			g.cloud.trouble(g.listen(e))
		}
	}
	g.closeDatabase()
}

// honourPreempt gives RG1 to the node with the higher priority if preempt is active and no hold-down runs.
func (g *appliance) honourPreempt() {
	holder := g.node(g.primary[1])
	if !g.preempt() || holder == nil || g.manual[1] {
		return
	}
	if peer := holder.peer(); peer.able() && !g.heldDown(1, peer.node) && g.configured(1, peer.node) > g.configured(1, holder.node) {
		g.move(1, peer.node, causePreempt)
	}
}

// move hands a group over on purpose; the node that gives it away stays in secondary-hold for the hold-down time
// (Juniper: "Chassis Cluster Redundancy Group Manual Failover").
func (g *appliance) move(group, node int, why cause) {
	c := g.cloud
	g.holdDown[group] = holdDown{node: g.primary[group], until: c.clock.now.Add(g.holdDownTime(group))}
	c.clock.at(g.holdDown[group].until, g.honourPreempt)
	g.primary[group] = node
	g.failovers[group]++
	if group == 0 {
		g.moveAddress()
		return
	}
	g.gap(why)
	g.tally()
}

// holdDown is the node that has given a group away and may not take it back on purpose yet.
type holdDown struct {
	node  int
	until time.Time
}

func (g *appliance) heldDown(group, node int) bool {
	h := g.holdDown[group]
	return h.node == node && g.cloud.clock.now.Before(h.until)
}

// holdDownTime is hold-down-interval; Juniper's default is 300 s for redundancy group 0 and 1 s for the others.
func (g *appliance) holdDownTime(group int) time.Duration {
	seconds := 1
	if group == 0 {
		seconds = 300
	}
	if n := number(g.config.text(fmt.Sprintf("chassis cluster redundancy-group %d hold-down-interval", group))); n > 0 {
		seconds = n
	}
	return time.Duration(seconds) * time.Second
}

// configured is a node's priority in the configuration.
func (g *appliance) configured(group, node int) int {
	n := 1
	if _, err := fmt.Sscan(g.config.text(fmt.Sprintf("chassis cluster redundancy-group %d node %d priority", group, node)), &n); err != nil {
		return 1
	}
	return n
}

// row is one node's line in "show chassis cluster status".
type row struct {
	node                              int
	priority                          string
	status, preempt, manual, failures string
}

// rows are a group's lines as the answering node sees them.
func (g *appliance) rows(group int) []row {
	var rows []row
	for n := range 2 {
		m := g.node(n)
		r := row{node: n, priority: fmt.Sprint(g.configured(group, n)), preempt: "no", manual: "no", failures: "None"}
		if group == 1 && g.preempt() {
			r.preempt = "yes"
		}
		if g.manual[group] {
			r.manual = "yes"
		}
		switch {
		case m.up() && (m.vm.standing == ineligible || m.vm.standing == disabled):
			r.status, r.priority = string(m.vm.standing), "0"
		case !m.active():
			r = row{node: n, priority: "0", status: "lost", preempt: "n/a", manual: "n/a", failures: "n/a"}
		case n == g.primary[group]:
			r.status = "primary"
			if g.manual[group] {
				r.priority = "255"
			}
			_, clean := g.cloud.armed("lone-clean", m)
			if peer := m.peer(); group == 1 && !peer.active() && !clean {
				r.fail("CS") // IBM's sample of a node left alone
			}
		case m.vm.standing == holding:
			r.status, r.priority = "hold", "0"
		case g.heldDown(group, n):
			r.status = "secondary-hold"
		default:
			r.status = "secondary"
			if group == 1 && m.vm.standing == syncing {
				r.fail("CS")
			}
		}
		if group == 1 && m.active() && m.vm.failures != "" {
			r.fail(m.vm.failures)
		}
		rows = append(rows, r)
	}
	return rows
}

// fail adds a monitor failure; its weight takes the whole priority.
func (r *row) fail(code string) {
	r.priority = "0"
	if r.failures == "None" {
		r.failures = code
		return
	}
	r.failures += " " + code
}

// role is a node's state in RG1, for State.
func (m *member) role() string {
	if m.gateway.spec.Standalone {
		if m.active() {
			return "primary"
		}
		return "lost"
	}
	return m.gateway.rows(1)[m.node].status
}
