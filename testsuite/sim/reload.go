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
}

// moments of a reload as shares of its length, counted from its visible start. IBM documents their order, not their
// times.
const (
	shareHostGone  = 0.03
	shareHostBack  = 0.52
	shareVMBuilt   = 0.78
	shareChain     = 0.80 // first transaction ends, the follow-up comes after a gap
	shareMeet      = 0.89 // the new VM meets its peer, or takes its place
	defaultAverage = 150  // minutes, as transactionGroup.averageTimeToComplete shows it
)

// begin starts the physics of a reload that was accepted.
func (m *member) begin(r *reload) {
	g, c := m.gateway, m.gateway.cloud
	r.member, r.captured = m, g.config.clone()
	if _, wrong := c.spend("reload-old-version", m); wrong {
		r.installed = m.version
	}
	if !g.spec.Standalone && r.installed != m.vm.version || r.requested != m.vm.version && !g.spec.Standalone {
		g.upgrading = true
	}
	m.reload, m.accepted = r, r.requested
	m.reloads++
	if len(g.reloading()) > 1 {
		// IBM: reloading both servers of a pair at the same time destroys the cluster.
		g.destroyed = true
	}
	start := c.clock.now.Add(c.lag(m))
	length := c.reloadLength(m)
	at := func(share float64, do func()) {
		c.clock.at(start.Add(time.Duration(share*float64(length))), do)
	}
	at(shareHostGone, m.hostGone)
	at(shareHostBack, m.hostBack)
	at(shareVMBuilt, func() { m.buildVM(r.installed) })
	at(shareMeet, func() { m.meet(r) })
	at(1, func() { m.finish(r) })
	c.clock.at(m.planTransactions(start, length), func() {
		m.reload = nil
		g.settle(causeFailover)
	})
	g.settle(causeFailover)
}

func (c *Cloud) lag(m *member) time.Duration {
	if f, armed := c.armed("txn-late", m); armed {
		d, err := time.ParseDuration(f.Arg)
		c.trouble(err)
		return d
	}
	return c.physics.TransactionLag
}

func (c *Cloud) reloadLength(m *member) time.Duration {
	p := c.physics
	length := float64(p.ReloadMin) + m.random.Float64()*float64(p.ReloadMax-p.ReloadMin)
	if f, armed := c.armed("txn-slow", m); armed {
		factor := 1.0
		_, err := fmt.Sscan(f.Arg, &factor)
		c.trouble(err)
		length *= factor
	}
	return time.Duration(length)
}

// planTransactions books the reload's transaction and those that follow it, and returns the end of the last.
func (m *member) planTransactions(start time.Time, length time.Duration) time.Time {
	c := m.gateway.cloud
	end := start.Add(length)
	first := start.Add(time.Duration(shareChain * float64(length)))
	t := m.addTransaction("SIM OS Reload", defaultAverage, start, first,
		"SIM_PREPARE", "SIM_WIPE_DISK", "SIM_HOST_INSTALL", "SIM_HOST_SETUP", "SIM_KVM_INSTALL", "SIM_VM_CREATE")
	t.reload = true
	m.addTransaction("SIM Gateway Configure", 20, first.Add(c.physics.ChainGap), end,
		"SIM_GATEWAY_CONFIGURE", "SIM_CLUSTER_CONFIGURE", "SIM_VERIFY")
	f, armed := c.armed("txn-chain", m)
	if !armed {
		return end
	}
	n, gap, err := parseChain(f.Arg)
	c.trouble(err)
	for range n {
		from := end.Add(gap)
		end = from.Add(8 * time.Minute)
		m.addTransaction("SIM Housekeeping", 8, from, end, "SIM_HOUSEKEEPING")
	}
	return end
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
	h.up, h.backup = true, false
	h.provisioned, h.booted = c.clock.now, c.clock.now
	h.key, h.password = c.hostKey(), fakePassword(m.random, "host-root")
	h.record = credential{id: c.id(), username: "root", password: h.password, modified: c.clock.now}
	if _, wrong := c.armed("host-password-mismatch", m); wrong {
		h.record.password = c.password("stale")
	}
	c.trouble(h.endpoint.open())
}

// buildVM creates the new VM; IBM's automation keeps it off the cluster links until it is configured.
func (m *member) buildVM(version string) {
	m.create(version)
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
		g.restoreFactory()
		m.join(false)
	case m.stranded():
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
		if old.peer().vm.standing != apart {
			continue
		}
		_, old.vm.autostart = g.cloud.armed("peer-autostart-left", old)
		if captured != nil {
			g.restore(captured, "restored after OS reload")
		}
		old.powerOff(shutOff, causeSwitchOver)
		return
	}
}

func (g *appliance) restore(config *configuration, log string) {
	g.adopt(config.clone(), commit{user: "root", client: "junoscript", log: log})
	g.exported = false
}

func (g *appliance) restoreFactory() {
	config, err := parseConfiguration(g.cloud.grammar, factoryConfiguration(g.spec, g.address))
	g.cloud.trouble(err)
	g.commits = nil
	g.restore(config, "default configuration")
}

// finish writes IBM's records at the end of the gateway configuration.
func (m *member) finish(r *reload) {
	g := m.gateway
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

func (g *appliance) setStatus(s gatewayStatus) {
	g.status = s
	f, late := g.cloud.armed("status-lag", g.members[0])
	if !late {
		g.published = s
		return
	}
	d, err := time.ParseDuration(f.Arg)
	g.cloud.trouble(err)
	g.cloud.clock.after(d, func() { g.published = g.status })
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
