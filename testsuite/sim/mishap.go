package sim

import "fmt"

// This file holds what the faults do to the world when they are injected or cleared.

// losePeer takes the links from the node without RG0; it cannot take over any more.
func losePeer(_ *Cloud, _ Fault, m *member) {
	g := m.gateway
	if holder := g.answering(); holder != nil && holder.peer().active() {
		holder.peer().vm.standing = cutLoose
		g.settle(causeFailover)
	}
}

func repairPeer(_ *Cloud, _ Fault, m *member) {
	for _, x := range m.gateway.members {
		if x.vm.standing == cutLoose {
			x.rejoin()
		}
	}
}

func setPreempt(verb string) func(*Cloud, Fault, *member) {
	return func(c *Cloud, _ Fault, m *member) {
		m.gateway.changeByHand(verb + " chassis cluster redundancy-group 1 preempt")
		m.gateway.honourPreempt()
	}
}

// changeByHand commits one statement as a person on the CLI does.
func (g *appliance) changeByHand(line string) {
	config := g.config.clone()
	g.cloud.trouble(config.apply(line))
	g.corrupt()
	g.adopt(config, commit{user: "opsadmin", client: "cli"})
	g.exported = false
}

func driftConfig(c *Cloud, f Fault, m *member) {
	line := f.Arg
	if line == "" {
		line = fmt.Sprintf("set system syslog file drift-%d any any", len(m.gateway.commits))
	}
	m.gateway.changeByHand(line)
}

// splitGroups leaves RG0 where it is and moves RG1 to its peer, as a failover long ago did.
func splitGroups(_ *Cloud, _ Fault, m *member) {
	g := m.gateway
	if holder := g.node(g.primary[0]); holder != nil && holder.peer().able() {
		g.primary[1] = holder.peer().node
		g.failovers[1]++
	}
}

func uniteGroups(_ *Cloud, _ Fault, m *member) {
	m.gateway.primary[1] = m.gateway.primary[0]
	m.gateway.tally()
}

func spoilRecord(c *Cloud, f Fault, m *member) {
	for _, x := range m.gateway.members {
		for i := range x.passwords {
			if f.hits(x) && x.passwords[i].username == "root" {
				x.passwords[i].password, x.passwords[i].modified = c.password("stale"), c.clock.now
			}
		}
	}
}

func repairRecord(c *Cloud, f Fault, m *member) {
	for _, x := range m.gateway.members {
		for i := range x.passwords {
			if f.hits(x) && x.passwords[i].username == "root" {
				x.passwords[i].password, x.passwords[i].modified = m.gateway.rootPassword, c.clock.now
			}
		}
	}
}

func spoilHostRecord(c *Cloud, f Fault, m *member) {
	for _, x := range m.gateway.members {
		if f.hits(x) {
			x.host.record.password, x.host.record.modified = c.password("stale"), c.clock.now
		}
	}
}

func repairHostRecord(c *Cloud, f Fault, m *member) {
	for _, x := range m.gateway.members {
		if f.hits(x) {
			x.host.record.password, x.host.record.modified = x.host.password, c.clock.now
		}
	}
}

func dropBackup(_ *Cloud, f Fault, m *member) {
	for _, x := range m.gateway.members {
		if f.hits(x) {
			x.host.backup = false
		}
	}
}

// completeSwitchOver is IBM's automation powering the old node off after all.
func completeSwitchOver(_ *Cloud, _ Fault, m *member) {
	m.gateway.switchOver(nil)
}

// completeRejoin lets a node that stayed off the links join its peer after all.
func completeRejoin(_ *Cloud, _ Fault, m *member) {
	for _, x := range m.gateway.members {
		if x.vm.standing == apart && x.peer().vm.version == x.vm.version {
			x.rejoin()
		}
	}
}

// reloadByHand is a person reloading a member in the portal, past all rules; the argument names the version.
func reloadByHand(_ *Cloud, f Fault, m *member) {
	version := f.Arg
	if version == "" {
		version = m.version
	}
	if !m.busy() {
		m.begin(&reload{requested: version, installed: version, foreign: true})
	}
}
