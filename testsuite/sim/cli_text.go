package sim

import (
	"fmt"
	"strings"
	"time"
)

// versionText is "show version".
func (g *appliance) versionText() string {
	section := func(m *member) string {
		return fmt.Sprintf("Hostname: %s\nModel: vSRX\nFamily: junos-es\nJunos: %s\nJUNOS OS Kernel 64-bit XEN [20250101.sim0001_builder]\n",
			m.hostName(), m.vm.version)
	}
	if g.spec.Standalone {
		return section(g.members[0])
	}
	out := ""
	for _, m := range g.members {
		if m.active() {
			out += fmt.Sprintf("%s:\n%s\n%s\n", m.name(), strings.Repeat("-", 74), section(m))
		}
	}
	return out + fmt.Sprintf("{primary:node%d}\n", g.answering().node)
}

func (g *appliance) commitText() string {
	var out strings.Builder
	for i, entry := range g.commits {
		fmt.Fprintf(&out, "%-3d %s by %s via %s", i, junosTime(entry.at), entry.user, entry.client)
		if entry.comment != "" {
			out.WriteString(" " + entry.comment)
		}
		out.WriteString("\n")
		if entry.log != "" {
			fmt.Fprintf(&out, "    %s\n", entry.log)
		}
	}
	return out.String()
}

func uptimeText(m *member) string {
	now := m.gateway.cloud.clock.now
	last := m.gateway.commits[0]
	ago := func(at time.Time) string { return now.Sub(at).Truncate(time.Minute).String() + " ago" }
	return fmt.Sprintf("Current time: %s\nTime Source:  NTP CLOCK \nSystem booted: %s (%s)\nProtocols started: %s (%s)\nLast configured: %s (%s) by %s\n",
		junosTime(now), junosTime(m.vm.booted), ago(m.vm.booted), junosTime(m.vm.booted.Add(protocolsStart)), ago(m.vm.booted.Add(protocolsStart)), junosTime(last.at), ago(last.at), last.user)
}

func licenceText(m *member) string {
	var out strings.Builder
	out.WriteString("License usage: \n                                 Licenses     Licenses    Licenses    Expiry\n" +
		"  Feature name                       used    installed      needed \n")
	for _, l := range m.licences() {
		expiry := "invalid"
		switch {
		case l.installed == 0:
		case m.vm.licence == licenceEvaluation:
			expiry = days(l.left)
		default:
			expiry = junosTime(l.end)
		}
		fmt.Fprintf(&out, "  %-34s %4d %12d %11d    %s\n", l.name, l.installed, l.installed, l.needed, expiry)
	}
	if !m.licensed() {
		out.WriteString("\nLicenses installed: none\n")
	}
	return out.String()
}

func alarmText(alarms []alarm) string {
	if len(alarms) == 0 {
		return "No alarms currently active\n"
	}
	out := fmt.Sprintf("%d alarms currently active\nAlarm time               Class  Description\n", len(alarms))
	for _, a := range alarms {
		out += fmt.Sprintf("%-24s %-6s %s\n", junosTime(a.since), a.class, a.text)
	}
	return out
}

func storageText(m *member) string {
	out := "Filesystem              Size       Used      Avail  Capacity   Mounted on\n"
	for _, f := range m.filesystems() {
		out += fmt.Sprintf("%-20s %6dM %9dM %9dM %8d%%  %s\n", f.name, f.total/2048, f.used/2048, (f.total-f.used)/2048, f.share, f.mount)
	}
	return out
}

func hardwareText(m *member) string {
	return fmt.Sprintf("Hardware inventory:\nItem             Version  Part number  Serial number     Description\n"+
		"Chassis                                %-17s VSRX\nMidplane        \nSystem IO       \nRouting Engine                                           VSRX RE\n"+
		"FPC 0                                                    Virtual FPC\n  PIC 0                                                  Virtual GE\nPower Supply 0  \n", m.serial())
}

func flowText(m *member) string {
	n := m.validSessions()
	return fmt.Sprintf("Unicast-sessions: %d\nMulticast-sessions: 0\nServices-offload-sessions: 0\nFailed-sessions: 0\nSessions-in-use: %d\n"+
		"  Valid sessions: %d\n  Pending sessions: 0\n  Invalidated sessions: 0\n  Sessions in other states: 0\nMaximum-sessions: 524288\n", n, n, n)
}

func (s *cliSession) interfacesTerse() string {
	out := "Interface               Admin Link Proto    Local                 Remote\n"
	for _, p := range s.gateway.portsSeenBy(s.member) {
		link := strings.ToLower(upDown(p.up))
		out += fmt.Sprintf("%-23s %-5s %s\n", p.name, "up", link)
		if p.address != "" {
			out += fmt.Sprintf("%-23s %-5s %-4s %-8s %s\n", p.name+".0", "up", link, "inet", p.address)
		}
	}
	return out
}

// linksText is "show chassis cluster interfaces".
func (g *appliance) linksText() string {
	link := upDown(g.paired())
	out := fmt.Sprintf("Control link status: %s\n\nControl interfaces: \n    Index   Interface   Monitored-Status   Internal-SA   Security\n"+
		"    0       em0         %-16s   Disabled      Disabled  \n\nFabric link status: %s\n\nFabric interfaces: \n"+
		"    Name    Child-interface    Status                    Security\n                               (Physical/Monitored)\n", link, link, link)
	for n, base := range []int{0, 7} {
		for _, port := range []int{0, 9} {
			out += fmt.Sprintf("    fab%d    ge-%d/0/%d           %-4s / %-4s               Disabled  \n", n, base, port, upDown(g.node(n).active()), link)
		}
	}
	out += "\nRedundant-ethernet Information:     \n    Name         Status      Redundancy-group\n"
	for i := range 4 {
		out += fmt.Sprintf("    reth%d        Up          1                \n", i)
	}
	return out
}

func informationText(m *member) string {
	out := "Redundancy Group Information:\n"
	for group := range 2 {
		r := m.gateway.rows(group)[m.node]
		weight := 255
		if r.failures != "None" {
			weight = 0
		}
		out += fmt.Sprintf("\n    Redundancy Group %d , Current State: %s, Weight: %d\n", group, r.status, weight)
	}
	return out
}
