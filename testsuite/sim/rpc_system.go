package sim

import (
	"fmt"
	"strings"
	"time"
)

// moment is a Junos date element with its seconds.
func moment(tag string, at time.Time) string {
	return fmt.Sprintf("<%s junos:seconds=\"%d\">%s</%s>\n", tag, at.Unix(), at.UTC().Format("2006-01-02 15:04:05 MST"), tag)
}

// hostName is the node's; a group that applies to "${node}" may give each node its own.
func (m *member) hostName() string { return m.gateway.config.textOn(m.name(), "system host-name") }

// name is the node's in a cluster.
func (m *member) name() string { return fmt.Sprintf("node%d", m.node) }

// protocolsStart is how long after its boot a node routes.
const protocolsStart = 2 * time.Minute

func softwareInformation(m *member) string {
	v := m.vm.version
	return fmt.Sprintf("<software-information>\n<host-name>%s</host-name>\n<product-model>vSRX</product-model>\n<product-name>vsrx</product-name>\n"+
		"<os-name>junos-es</os-name>\n<junos-version>%s</junos-version>\n<package-information>\n<name>os-kernel</name>\n"+
		"<comment>JUNOS OS Kernel 64-bit XEN [20250101.sim0001_builder]</comment>\n</package-information>\n<package-information>\n"+
		"<name>junos</name>\n<comment>JUNOS Software Release [%s]</comment>\n</package-information>\n</software-information>\n",
		escape(m.hostName()), v, v)
}

func uptimeInformation(m *member) string {
	now := m.gateway.cloud.clock.now
	up := now.Sub(m.vm.booted)
	started := m.vm.booted.Add(protocolsStart)
	length := fmt.Sprintf("<time-length junos:seconds=\"%d\">%s</time-length>\n", int(up.Seconds()), up.Truncate(time.Minute))
	return "<system-uptime-information>\n<current-time>\n" + moment("date-time", now) + "</current-time>\n<time-source> NTP CLOCK </time-source>\n" +
		"<system-booted-time>\n" + moment("date-time", m.vm.booted) + length + "</system-booted-time>\n" +
		"<protocols-started-time>\n" + moment("date-time", started) + length + "</protocols-started-time>\n" +
		"<last-configured-time>\n" + moment("date-time", m.gateway.commits[0].at) + length +
		"<user>" + escape(m.gateway.commits[0].user) + "</user>\n</last-configured-time>\n</system-uptime-information>\n"
}

// feature is a licensed feature and how many licences of it there are.
type feature struct {
	name              string
	installed, needed int
	end               time.Time     // by date
	left              time.Duration // counting down, of a licence for evaluation
}

func (m *member) licensed() bool {
	_, gone := m.gateway.cloud.armed("no-licence", m)
	return !gone && m.vm.licence != licenceMissing
}

// licences ends with IBM's subscription. Those for evaluation count down 60 days from the start (Juniper: "vSRX
// evaluation license").
func (m *member) licences() []feature {
	end, left := time.Date(2028, 3, 31, 0, 0, 0, 0, time.UTC), time.Duration(0)
	if m.vm.licence == licenceEvaluation {
		left = m.vm.booted.AddDate(0, 0, 60).Sub(m.gateway.cloud.clock.now)
	}
	have := count(m.licensed())
	return []feature{{"Virtual Appliance", have, 1 - have, end, left}, {"VCPU Scale", have, 1 - have, end, left}}
}

// days is how Junos writes what is left of a validity.
func days(left time.Duration) string { return fmt.Sprintf("%d days", max(0, left)/(24*time.Hour)) }

func licenceInformation(m *member) string {
	var out strings.Builder
	out.WriteString("<license-summary-information>\n<license-usage-summary>\n")
	for _, l := range m.licences() {
		end := ""
		switch {
		case l.installed == 0:
		case m.vm.licence == licenceEvaluation:
			end = "<validity-type>count-down</validity-type>\n<remaining-time>" + days(l.left) + "</remaining-time>\n"
		default:
			end = moment("end-date", l.end)
		}
		fmt.Fprintf(&out, "<feature-summary>\n<name>%s</name>\n<description>%s</description>\n<licensed>%d</licensed>\n"+
			"<used-licensed>%d</used-licensed>\n<needed>%d</needed>\n%s</feature-summary>\n", l.name, l.name, l.installed, l.installed, l.needed, end)
	}
	out.WriteString("</license-usage-summary>\n</license-summary-information>\n")
	return out.String()
}

// alarm is a class and a description.
type alarm struct {
	class, text string
	since       time.Time
}

func (m *member) systemAlarms() []alarm {
	list := []alarm{{"Minor", "Rescue configuration is not set", m.vm.booted}}
	if !m.licensed() {
		list = append(list, alarm{"Minor", "License for feature Virtual Appliance(67) is about to expire", m.vm.booted})
	}
	return list
}

func systemAlarms(m *member) string { return alarmInformation(m.systemAlarms()) }

func alarmInformation(alarms []alarm) string {
	if len(alarms) == 0 {
		return "<alarm-information>\n<alarm-summary>\n<no-active-alarms/>\n</alarm-summary>\n</alarm-information>\n"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "<alarm-information>\n<alarm-summary>\n<active-alarm-count>%d</active-alarm-count>\n</alarm-summary>\n", len(alarms))
	for _, a := range alarms {
		fmt.Fprintf(&out, "<alarm-detail>\n%s<alarm-class>%s</alarm-class>\n<alarm-description>%s</alarm-description>\n"+
			"<alarm-type>Configuration</alarm-type>\n</alarm-detail>\n", moment("alarm-time", a.since), a.class, escape(a.text))
	}
	out.WriteString("</alarm-information>\n")
	return out.String()
}

func coreDumps(*member) string {
	return "<output>\n/var/crash/*core*: No such file or directory\n/var/tmp/*core*: No such file or directory\n</output>\n"
}

// filesystem is one of the file systems of a node, in blocks of 512 bytes.
type filesystem struct {
	name, mount        string
	total, used, share int
}

func (m *member) filesystems() []filesystem {
	return []filesystem{
		{"/dev/gpt/junos", "/.mount", 27000000, 4590000, 18},
		{"/dev/vtbd1s1e", "/var/", 8000000, 80000 * m.vm.varUsed, m.vm.varUsed},
	}
}

func storageInformation(m *member) string {
	var out strings.Builder
	out.WriteString("<system-storage-information junos:style=\"brief\">\n")
	for _, f := range m.filesystems() {
		fmt.Fprintf(&out, "<filesystem>\n<filesystem-name>\n%s\n</filesystem-name>\n<total-blocks>\n%d\n</total-blocks>\n<used-blocks>\n%d\n</used-blocks>\n"+
			"<available-blocks>\n%d\n</available-blocks>\n<used-percent>\n %d\n</used-percent>\n<mounted-on>\n%s\n</mounted-on>\n</filesystem>\n",
			f.name, f.total, f.used, f.total-f.used, f.share, f.mount)
	}
	out.WriteString("</system-storage-information>\n")
	return out.String()
}

func routeEngineInformation(m *member) string {
	return "<route-engine-information>\n<route-engine>\n<status>Testing</status>\n<memory-system-total>8190</memory-system-total>\n" +
		"<memory-system-total-util>41</memory-system-total-util>\n<cpu-idle>82</cpu-idle>\n<model>VSRX RE</model>\n" +
		moment("start-time", m.vm.booted) + "<last-reboot-reason>Router rebooted after a normal shutdown.</last-reboot-reason>\n" +
		"</route-engine>\n</route-engine-information>\n"
}

// validSessions is what the node forwards; the one without RG1 forwards nothing.
func (m *member) validSessions() int {
	if m.gateway.primary[1] == m.node && m.gateway.traffic.stopped == "" {
		return 4200 + m.gateway.spec.ID%97
	}
	return 0
}

func flowSessions(m *member) string {
	valid := m.validSessions()
	return fmt.Sprintf("<flow-session-information>\n<flow-session-summary-information>\n<active-unicast-sessions>\n%d\n</active-unicast-sessions>\n"+
		"<active-multicast-sessions>\n0\n</active-multicast-sessions>\n<failed-sessions>\n0\n</failed-sessions>\n<active-sessions>\n%d\n</active-sessions>\n"+
		"<active-session-valid>\n%d\n</active-session-valid>\n<active-session-pending>\n0\n</active-session-pending>\n"+
		"<active-session-invalidated>\n0\n</active-session-invalidated>\n<active-session-other>\n0\n</active-session-other>\n"+
		"<max-sessions>\n524288\n</max-sessions>\n</flow-session-summary-information>\n</flow-session-information>\n", valid, valid, valid)
}

func routeSummary(g *appliance) string {
	static := strings.Count(g.config.setForm(), "set routing-options static route ")
	if !g.config.active("routing-options static") {
		static = 0
	}
	table := func(name string, routes int, protocols ...string) string {
		return fmt.Sprintf("<route-table>\n<table-name>%s</table-name>\n<destination-count>%d</destination-count>\n<total-route-count>%d</total-route-count>\n"+
			"<active-route-count>%d</active-route-count>\n<holddown-route-count>0</holddown-route-count>\n<hidden-route-count>0</hidden-route-count>\n%s</route-table>\n",
			name, routes, routes, routes, strings.Join(protocols, ""))
	}
	protocol := func(name string, n int) string {
		return fmt.Sprintf("<protocols>\n<protocol-name>%s</protocol-name>\n<protocol-route-count>%d</protocol-route-count>\n<active-route-count>%d</active-route-count>\n</protocols>\n", name, n, n)
	}
	addresses := strings.Count(g.config.setForm(), "family inet address ")
	return "<route-summary-information>\n" +
		table("inet.0", static+2*addresses, protocol("Direct", addresses), protocol("Local", addresses), protocol("Static", static)) +
		table("inet6.0", 1, protocol("INET6", 1)) + "</route-summary-information>\n"
}
