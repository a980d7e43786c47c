package sim

import "time"

// This file holds what the world's faults do beyond a single value.

func resumeReloads(_ *Cloud, f Fault, m *member) {
	for _, x := range m.gateway.members {
		if f.hits(x) {
			x.resume()
		}
	}
}

// startAfterAll is somebody freeing what kept a VM from starting; one that a reload has built starts then.
func startAfterAll(_ *Cloud, f Fault, m *member) {
	onVM(func(x *member) {
		x.vm.refuses = false
		if x.abandoned == nil || x.vm.power != shutOff {
			return
		}
		x.vm.power, x.vm.standing = running, booting
		x.vm.life++
		x.resume()
	})(nil, f, m)
}

// endColdSync lets nodes that waited for it become full members.
func endColdSync(_ *Cloud, f Fault, m *member) {
	onMember(func(x *member) {
		if x.vm.standing == syncing {
			x.progress(x.vm.life, syncing, joined)
		}
	})(nil, f, m)
}

// failInterface fails a monitored interface of the members that a fault names; without a member it waits for the next
// node that rejoins.
func failInterface(_ *Cloud, f Fault, m *member) {
	if f.Member == 0 {
		return
	}
	m.vm.failures = "IF"
	m.gateway.examineMonitors()
}

func mendInterface(_ *Cloud, f Fault, m *member) {
	onMember(func(x *member) { x.vm.failures = "" })(nil, f, m)
	m.gateway.settle(causeFailover)
	m.gateway.honourPreempt()
}

// hostBoot is the virtual time that a server takes to boot; the firmware of a bare-metal server alone needs minutes.
const hostBoot = 8 * time.Minute

// rebootHost is a reboot of a member's host; a VM with autostart comes back with it.
func rebootHost(c *Cloud, f Fault, m *member) {
	for _, x := range m.gateway.members {
		if x.vm.power == shutOff && f.hits(x) {
			m = x // the peer that IBM has powered off
		}
	}
	if !m.host.up {
		return
	}
	m.host.up = false
	c.trouble(m.host.answer())
	if m.vm.power == running {
		m.powerOff(shutOff, causeFailover)
	}
	installed := m.host.provisioned
	c.clock.after(hostBoot, func() {
		if m.host.provisioned != installed || m.host.up {
			return // a reload has made another host of it meanwhile
		}
		m.host.up, m.host.booted = true, c.clock.now
		m.host.machine.rescue, m.host.machine.readOnly = false, false
		c.trouble(m.host.answer())
		if m.vm.autostart && !m.vm.refuses && m.vm.image != "" {
			m.powerOn()
		}
	})
}

func cutOffHost(m *member) {
	m.host.up = false
	m.gateway.cloud.trouble(m.host.answer())
}

func reconnectHost(m *member) {
	if m.vm.power != absent { // one that is being reloaded comes back by itself
		m.host.up = true
		m.gateway.cloud.trouble(m.host.answer())
	}
}

// changeHostKey is a host that answers with another SSH key outside of any reload, as an impostor would.
func changeHostKey(m *member) {
	m.host.key = m.gateway.cloud.hostKey()
	m.host.endpoint.cut()
}

func dropRecord(m *member) {
	for i := range m.passwords {
		if m.passwords[i].username == "root" {
			m.passwords[i].username = "former-root"
		}
	}
}

func restoreRecord(m *member) {
	for i := range m.passwords {
		if m.passwords[i].username == "former-root" {
			m.passwords[i].username = "root"
		}
	}
}

// collideInPod is somebody reloading another gateway of the pod in the portal.
func collideInPod(c *Cloud, f Fault, m *member) {
	for _, g := range c.gateways {
		if g == m.gateway || g.spec.Pod != m.gateway.spec.Pod {
			continue
		}
		for _, x := range g.members {
			if x.node != g.primary[1] || g.spec.Standalone {
				reloadByHand(c, f, x)
				return
			}
		}
	}
}

// checkByHand is a person starting a readiness check in the portal.
func checkByHand(_ *Cloud, f Fault, m *member) {
	category := f.Arg
	if category == "" {
		category = reloadPrecheck
	}
	m.gateway.startCheck(category)
}
