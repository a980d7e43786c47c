package sim

import "strings"

// obstacle is one code of IBM's "vSRX readiness check error codes" and the state of the world that causes it. Rows stand
// in the order in which a check comes across them: it reports the first one only.
type obstacle struct {
	code  int
	found func(m *member) bool
}

// obstacles are the codes that have a cause in this world. Codes below 1100 are about reaching the machines, above
// about what is found on them.
func obstacles() []obstacle {
	return append([]obstacle{
		{1025, (*member).managementOff},
		{1003, func(m *member) bool { return m.host.record.username != "root" }},
		{1004, func(m *member) bool { return m.host.record.password == "" }},
		{1005, func(m *member) bool { return !m.host.up }},
		{1009, func(m *member) bool { return m.host.machine.drops("inbound") }},
		{1107, func(m *member) bool { return m.host.record.password != m.host.password }},
		{1008, func(m *member) bool { return m.host.machine.shellBroken }},
		{1168, func(m *member) bool { return m.host.machine.rescue }},
		{1026, func(m *member) bool { return m.host.machine.readOnly }},
		{1102, func(m *member) bool { return m.host.machine.full }},
		{1023, func(m *member) bool { return m.host.machine.noNames }},
		{1116, func(m *member) bool { return m.host.machine.noTelnet }},
		{1114, func(m *member) bool { return m.host.machine.memory < 32<<20 }},
		{1127, func(m *member) bool { return len(m.host.machine.bonds[0]) < 2 }},
		{1128, func(m *member) bool { return len(m.host.machine.bonds[1]) < 2 }},
		{1129, func(m *member) bool { return len(m.host.machine.bonds[0]) > 2 }},
		{1130, func(m *member) bool { return len(m.host.machine.bonds[1]) > 2 }},
		{1000, func(m *member) bool { return m.peer() != nil && m.peer().reload != nil }},
		{1154, func(m *member) bool { return m.peer() != nil && m.gateway.primary[0] == none }},
		{1118, (*member).missingVM},
		{1013, func(m *member) bool { return !m.recorded("root") }},
		{1011, func(m *member) bool { return m.record("root") == "" }},
		{1019, func(m *member) bool { return m.answered() && m.gateway.sshFiltered() }},
		{1017, func(m *member) bool { return m.answered() && !m.gateway.ssh.listening() }},
		{1108, func(m *member) bool { return m.answered() && m.record("root") != m.gateway.rootPassword }},
		{1012, func(m *member) bool {
			return m.answered() && m.gateway.config.text("system services ssh root-login") != "allow"
		}},
		{1105, func(m *member) bool { return m.host.machine.drops("gateway") }},
		{1106, func(m *member) bool { return m.peer() != nil && m.host.machine.drops("peer") }},
		{1132, func(m *member) bool { return m.vm.power == running && m.host.machine.noConsole }},
		{1119, func(m *member) bool {
			return m.vm.power == running && (m.host.machine.console == consoleOpen || m.gateway.consoleClosed())
		}},
		{1123, func(m *member) bool { return m.vm.power == running && m.host.machine.console == consoleConfigure }},
		{1110, func(m *member) bool { return m.vm.power == running && m.vm.varUsed >= 100 }},
		{1120, func(m *member) bool {
			return m.vm.power == running && (!m.licensed() || m.vm.licence == licenceEvaluation)
		}},
		{1126, func(m *member) bool { return m.peer() != nil && m.gateway.controlDown }},
		{1141, func(m *member) bool { return m.gateway.splitGroups() }},
		{1112, func(m *member) bool { return m.gateway.unhealthyGroups() }},
		{1134, func(m *member) bool { return m.peer() != nil && !m.peer().host.up }},
	}, statementObstacles()...)
}

// warnings are codes that a Ready row may carry.
func warnings() []obstacle {
	return append([]obstacle{
		{1179, func(m *member) bool { return m.vm.power == running && !certified(m.vm.version) }},
	}, statementWarnings()...)
}

// certifiedVersions are those of IBM's "IBM Cloud Juniper vSRX version notes" of 2025-07-22.
const certifiedVersions = " 23.4R2-S5 23.4R2-S3 23.4R1-S2 23.2R1-S1 22.2R2-S2 21.4R3 21.3R2-S1 20.4R2-S2 19.4R3-S2 19.4R2-S3 19.4R2-S1 18.4R1-S1 15.1X49 "

func certified(version string) bool {
	for _, form := range []string{version, base(version)} {
		if strings.Contains(certifiedVersions, " "+form+" ") {
			return true
		}
	}
	return strings.HasPrefix(version, "15.1X49")
}

// missingVM is a VM that does not run, unless it is the one that IBM powered off for the upgrade.
func (m *member) missingVM() bool {
	return m.vm.power != running && m.gateway.status != statusUpgradeActive
}

// answered tells whether a node has the gateway's address, so that it can be asked at all.
func (m *member) answered() bool { return m.gateway.answering() != nil }

// recorded tells whether the portal knows a user of the vSRX.
func (m *member) recorded(user string) bool {
	for _, p := range m.passwords {
		if p.username == user {
			return true
		}
	}
	return false
}

// sshFiltered is a filter on the private interface that accepts no SSH.
func (g *appliance) sshFiltered() bool {
	list := g.statements()
	input := ""
	for _, words := range list {
		if match(words, "interfaces * unit 0 family inet filter input *") && (words[1] == "reth0" || words[1] == "ae0") {
			input = words[len(words)-1]
		}
	}
	if input == "" {
		return false
	}
	for _, words := range list {
		if match(words, "firewall filter "+input+" term * from destination-port ssh") || match(words, "firewall filter "+input+" term * from destination-port 22") {
			return false
		}
	}
	return true
}

func (g *appliance) consoleClosed() bool {
	return g.config.active("system ports console disable") || g.config.active("system ports console insecure")
}

// splitGroups tells whether no node or not the same node is primary of all groups; IBM's check cannot tell the primary
// then.
func (g *appliance) splitGroups() bool {
	return !g.spec.Standalone && (g.mixed || g.primary[0] != none && g.primary[0] != g.primary[1])
}

// unhealthyGroups is a peer that should be in redundancy group 0 and is lost. A node that its reload left outside is none:
// reloading it again is the cure that IBM documents.
func (g *appliance) unhealthyGroups() bool {
	for _, m := range g.members {
		if m.vm.power == running && (m.vm.standing == cutLoose || m.vm.standing == disabled) {
			return true
		}
	}
	return false
}

// listening tells whether the endpoint answers.
func (e *endpoint) listening() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.listener != nil
}
