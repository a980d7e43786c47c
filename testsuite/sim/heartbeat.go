package sim

import "time"

// ineligibleTime is how long a secondary without heartbeat stays ineligible before it is disabled, and recoveryTime how
// long the control link has to work before control-link-recovery reboots it (Juniper: "Chassis Cluster Control Plane
// Interfaces").
const (
	ineligibleTime = 180 * time.Second
	recoveryTime   = time.Minute
)

// cutControlLink takes the heartbeat from the pair: the node without RG0 becomes ineligible and then disabled.
func (g *appliance) cutControlLink() {
	g.controlDown = true
	if holder := g.answering(); holder != nil && holder.peer().active() {
		holder.peer().losesHeartbeat()
	}
}

func (m *member) losesHeartbeat() {
	g, life := m.gateway, m.vm.life
	m.vm.standing = ineligible
	g.settle(causeFailover)
	g.cloud.clock.after(ineligibleTime, func() {
		if m.vm.life == life && m.vm.standing == ineligible {
			m.vm.standing = disabled
			g.settle(causeFailover)
		}
	})
}

// mendControlLink gives the heartbeat back. A node that is disabled already comes back only by a reboot, which
// control-link-recovery orders by itself.
func (g *appliance) mendControlLink() {
	g.controlDown = false
	for _, m := range g.members {
		switch life := m.vm.life; m.vm.standing {
		case ineligible:
			m.rejoin()
		case disabled:
			if !g.config.active("chassis cluster control-link-recovery") {
				continue
			}
			g.cloud.clock.after(recoveryTime, func() {
				if m.vm.life == life && !g.controlDown {
					m.powerOff(shutOff, causeFailover)
					m.powerOn()
				}
			})
		}
	}
}

// examineMonitors moves RG1 away from a node whose monitored interface failed, if its peer can take it.
func (g *appliance) examineMonitors() {
	if holder := g.node(g.primary[1]); holder != nil && holder.vm.failures != "" && holder.peer().able() {
		g.move(1, holder.peer().node, causeFailover)
	}
}
