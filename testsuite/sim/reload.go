package sim

import (
	"fmt"
	"time"
)

// reload is one accepted OS reload of a server.
type reload struct {
	member    *member
	requested string         // version of the submitted price
	installed string         // version that it really installs
	captured  *configuration // taken at the start, restored on the node that ends up alone
	foreign   bool           // started by a person in the portal

	stage       int // index of the present one
	lengths     []time.Duration
	transaction *transaction
	halted      bool // stuck in its stage
	failed      bool // given up in its stage
	corrupted   bool // somebody committed meanwhile
	collides    bool // another gateway of the pod reloads at the same time
}

// begin starts the physics of a reload that was accepted.
func (m *member) begin(r *reload) {
	g, c := m.gateway, m.gateway.cloud
	m.accepted, m.acceptedAt = r.requested, c.clock.now
	m.reloads++
	if _, never := c.armed("txn-never", m); never {
		return
	}
	r.member, r.captured = m, g.config.clone()
	if _, wrong := c.spend("reload-old-version", m); wrong {
		r.installed = m.version
	}
	if !g.spec.Standalone && (r.installed != m.vm.version || r.requested != m.vm.version) {
		g.upgrading = true
	}
	m.reload, m.abandoned = r, nil
	if len(g.reloading()) > 1 {
		// IBM: reloading both servers of a pair at the same time destroys the cluster.
		g.destroyed = true
	}
	c.collide(r)
	length := c.reloadLength(m)
	r.lengths = m.draw(length - min(c.physics.ChainGap, length/10))
	c.clock.after(c.lag(m), func() { m.enter(r) })
	g.settle(causeFailover)
}

// collide marks the reloads of two gateways of one pod that run at the same time: IBM's automation takes addresses from
// the same subnet for both.
func (c *Cloud) collide(r *reload) {
	if !c.chosen(settingPodCollision, "collide") {
		return
	}
	for _, g := range c.gateways {
		if g == r.member.gateway || g.spec.Pod != r.member.gateway.spec.Pod {
			continue
		}
		for _, other := range g.reloading() {
			other.reload.collides, r.collides = true, true
		}
	}
}

func (c *Cloud) lag(m *member) time.Duration {
	if f, armed := c.armed("txn-late", m); armed {
		return c.duration(f.Arg)
	}
	return c.physics.TransactionLag
}

func (c *Cloud) reloadLength(m *member) time.Duration {
	p := c.physics
	length := p.ReloadMin + time.Duration(m.random.Float64()*float64(p.ReloadMax-p.ReloadMin))
	if f, armed := c.armed("txn-slow", m); armed {
		return stretched(length, f.Arg)
	}
	return length
}

// stretched is a duration times a fault's factor, which Inject has checked.
func stretched(d time.Duration, factor string) time.Duration {
	f := 1.0
	if _, err := fmt.Sscan(factor, &f); err != nil {
		return d
	}
	return time.Duration(float64(d) * f)
}

func (m *member) hostGone() {
	m.host.up = false
	m.host.endpoint.close()
	m.powerOff(absent, causeFailover)
}

// hostBack is the new Ubuntu: new root password, new SSH host key, nothing of the old disk.
func (m *member) hostBack() {
	c := m.gateway.cloud
	h := &m.host
	h.up, h.backup, h.machine = true, false, h.machine.reinstalled()
	h.provisioned, h.booted = c.clock.now, c.clock.now
	h.key, h.password = c.hostKey(), fakePassword(m.random, "host-root")
	record := credential{id: c.id(), username: "root", password: h.password, modified: c.clock.now}
	if _, wrong := c.armed("host-password-mismatch", m); wrong {
		record.password = c.password("stale")
	}
	if f, lags := c.armed("password-lag", m); lags {
		c.clock.after(c.duration(f.Arg), func() {
			if h.password == record.password {
				record.modified = c.clock.now
				h.record = record
			}
		})
	} else {
		h.record = record
	}
	c.trouble(h.endpoint.open())
}

// buildVM creates the new VM; IBM's automation keeps it off the cluster links until it is configured.
func (m *member) buildVM(version string) {
	c := m.gateway.cloud
	m.create(version)
	if _, lost := c.armed("licence-lost", m); lost {
		m.vm.licence = licenceMissing
	}
	if _, refuses := c.armed("vm-no-start", m); refuses {
		m.vm.refuses = true
		return
	}
	m.vm.power, m.vm.standing = running, booting
	m.vm.life++
}

// meet is the moment near the end when the new node joins its peer or takes its place.
func (m *member) meet(r *reload) {
	g, c := m.gateway, m.gateway.cloud
	peer := m.peer()
	_, noRejoin := c.armed("peer-no-rejoin", m)
	_, notOff := c.armed("peer-not-off", m)
	switch {
	case g.destroyed:
		m.powerOff(shutOff, causeFailover)
	case g.spec.Standalone:
		g.restoreFactory(m.vm.version)
		m.join(false)
	case m.stranded() || r.corrupted:
		m.join(true)
	case peer.vm.power == running && peer.vm.version != m.vm.version:
		m.join(true)
		g.setStatus(statusUpgradeActive)
		if !notOff {
			g.switchOver(r.captured)
		}
	case peer.vm.power != running:
		g.restore(r.captured, "restored after OS reload")
		m.join(false)
	default:
		m.join(noRejoin)
	}
}

// stranded tells whether IBM's automation cannot log in to configure the node (IBM: "Performing an OS reload").
func (m *member) stranded() bool {
	g := m.gateway
	return m.record("root") != g.rootPassword || g.config.text("system services ssh root-login") != "allow"
}

// switchOver is IBM's automation powering the old node off, so that the new one takes the traffic alone.
func (g *appliance) switchOver(captured *configuration) {
	for _, old := range g.members {
		fresh := old.peer()
		if fresh == nil || fresh.vm.standing != apart {
			continue
		}
		_, old.vm.autostart = g.cloud.armed("peer-autostart-left", old)
		_, fresh.vm.deaf = g.cloud.armed("no-traffic-after-A", fresh)
		if captured != nil {
			g.restore(captured, "restored after OS reload")
		}
		old.powerOff(shutOff, causeSwitchOver)
		return
	}
}

func (g *appliance) restore(config *configuration, log string) {
	restored := config.clone()
	if restored.active("chassis cluster redundancy-group 1 preempt") && g.cloud.chosen(settingPreempt, "disabled") {
		g.cloud.trouble(restored.apply("deactivate chassis cluster redundancy-group 1 preempt"))
	}
	g.adopt(restored, commit{user: "root", client: "junoscript", log: log})
	g.exported = false
}

func (g *appliance) restoreFactory(version string) {
	config, err := parseConfiguration(g.cloud.grammar, factoryConfiguration(g.spec, version, g.address))
	g.cloud.trouble(err)
	g.commits = nil
	g.restore(config, "default configuration")
}

// finish writes IBM's records at the end of the gateway configuration. A reload that was disturbed leaves them as they
// were.
func (m *member) finish(r *reload) {
	g := m.gateway
	if r.corrupted && !g.spec.Standalone {
		return
	}
	if m.version != r.installed {
		m.lastVersion, m.version = m.version, r.installed
		m.upgraded, m.upgradedAt = m.version != g.spec.Version, g.cloud.clock.now
	}
	for _, other := range g.members {
		if other.version != m.version {
			g.setStatus(statusUpgradeActive)
			return
		}
	}
	g.setStatus(statusActive)
}

// corrupt is what a commit does to the reloads that run beside it (IBM: "Upgrading the vSRX").
func (g *appliance) corrupt() {
	for _, m := range g.reloading() {
		m.reload.corrupted = true
	}
}

func (g *appliance) setStatus(s gatewayStatus) {
	g.status = s
	f, late := g.cloud.armed("status-lag", g.members[0])
	if !late {
		g.published = s
		return
	}
	g.cloud.clock.after(g.cloud.duration(f.Arg), func() { g.published = g.status })
}

// record is a vSRX user's password in the portal; "" if the portal has no such user.
func (m *member) record(user string) string {
	for _, p := range m.passwords {
		if p.username == user {
			return p.password
		}
	}
	return ""
}
