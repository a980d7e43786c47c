package upgrade_test

import (
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// silentDevice is what every question beyond the view gives when it cannot be asked, before the first reload.
func silentDevice() []string {
	return strings.Fields("netconf@gateway=error/1111 storage@gateway=error/1109 licence@gateway=error/1120 licence-end@gateway=error/1185 alarms@gateway=error " +
		"core-dumps@gateway=error certificates@gateway=error interfaces@gateway=error cluster-weight@gateway=error address-owner@gateway=error " +
		"control-link@gateway=error/1126 fabric-link@gateway=error redundant-interfaces@gateway=error monitored-interfaces@gateway=error configuration-free@gateway=error " +
		"candidate@gateway=error pending-commit@gateway=error console-users@gateway=error/1123 users@gateway=error")
}

// silentView is what the questions of one look give when it failed, on a standalone.
func silentView() []string {
	return strings.Fields("device-login@gateway=error/1012 root-login@gateway=error version@gateway=error certified@gateway=error/1179 candidate@gateway=error " +
		"pending-commit@gateway=error mark@gateway=error")
}

func deviceBlots() map[string]blot {
	facts := func(spoil func(*upgrade.DeviceFacts)) func(*question) {
		return func(w *question) { spoil(&w.f.Device) }
	}
	view := func(spoil func(*upgrade.Device)) func(*question) {
		return func(w *question) { spoil(&w.f.Picture.Device) }
	}
	return map[string]blot{
		"the gateway refuses root": {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Denied = true }), append([]string{"device-login@gateway=fail/1108"}, silentDevice()...), "refuses root"},
		"the gateway does not answer": {standalone, view(func(d *upgrade.Device) { d.Error = "no route to host" }), silentView(),
			"no route to host"},
		"the connection is lost half way": {pairBefore, facts(func(d *upgrade.DeviceFacts) { *d = upgrade.DeviceFacts{Error: "connection reset"} }), append([]string{"device-login@gateway=error/1012"}, silentDevice()...), "connection reset"},
		"nobody knows the way":            {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Way = "" }), []string{"netconf@gateway=error/1111"}, "how NETCONF was reached"},
		"root login is closed":            {pairBetween, view(func(d *upgrade.Device) { d.RootLogin = false }), []string{"root-login@gateway=fail"}, "not configured"},
		"a node runs another version": {pairBefore, view(func(d *upgrade.Device) { d.Nodes[1].Version = "22.2R2-S2.3" }),
			[]string{"version@node0=fail", "version@node1=fail"}, "must be the same"},
		"the other spin on one node": {pairBefore, func(w *question) {
			w.q.Plan.From, w.f.Picture.Device.Nodes[1].Version = "21.4R3", "21.4R3.14"
		}, []string{"version@node0=fail", "version@node1=fail"}, "last number"},
		"the version is not the planned one":  {pairBefore, func(w *question) { w.q.Plan.From = "20.4R2-S2.2" }, []string{"version@node0=fail", "version@node1=fail"}, "not 20.4R2-S2.2"},
		"the new version on the way back":     {pairBack, view(func(d *upgrade.Device) { d.Nodes[0].Version = newRelease }), []string{"version@node0=fail"}, "not 21.4R3.15"},
		"the old version came back":           {pairBetween, view(func(d *upgrade.Device) { d.Nodes[0].Version = oldRelease }), []string{"version@node1=fail"}, "it runs 21.4R3.15, not 23.4R2-S3.9"},
		"a version was not seen":              {pairBefore, view(func(d *upgrade.Device) { d.Nodes = d.Nodes[:1] }), []string{"version@node1=error", "certified@node1=error/1179"}, `""`},
		"a version that IBM does not certify": {standalone, func(w *question) { runOn(w, "22.4R1.10", 10000) }, []string{"certified@gateway=warn/1179"}, "22.4R1.10"},
		"the file system is full":             {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Storage[4].UsedPercent = 90 }), []string{"storage@node1=fail/1110"}, "/.mount/var is 90% full"},
		"the file system is crowded":          {pairBetween, facts(func(d *upgrade.DeviceFacts) { d.Storage[2].UsedPercent = 80 }), []string{"storage@node1=warn/1110"}, "/.mount is 80% full"},
		"a node's storage is not listed":      {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Storage = d.Storage[:3] }), []string{"storage@node1=error/1109"}, "no writable"},
		"storage was not read": {pairBefore, facts(func(d *upgrade.DeviceFacts) {
			d.Storage, d.Unread = nil, []upgrade.Unread{{Item: "storage", Reason: "syntax error"}}
		}), []string{"storage@gateway=error/1109"}, "syntax error"},
		"no licence":          {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Licences = nil }), []string{"licence@gateway=fail/1120", "licence-end@gateway=error/1185"}, "no licence"},
		"a licence is needed": {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Licences[0].Needed = 2 }), []string{"licence@gateway=fail/1120"}, "2 licences for Virtual Appliance"},
		"a licence for evaluation": {pairBefore, facts(func(d *upgrade.DeviceFacts) {
			d.Licences[1] = upgrade.Licence{Feature: "Virtual Appliance", End: "2034-09-30", Evaluation: "the order type of a key is trial"}
		}), []string{"licence@gateway=fail/1120"}, "evaluation: the order type"},
		"a licence has ended":            {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Licences[0].End = "2031-05-16 00:00:00 UTC" }), []string{"licence-end@gateway=warn/1185"}, "ended on 2031-05-16"},
		"a licence ends soon":            {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Licences[0].End = "2031-06-02" }), []string{"licence-end@gateway=warn/1185"}, "in 15 days"},
		"a licence's end makes no sense": {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Licences[0].End = "" }), []string{"licence-end@gateway=warn/1185"}, "cannot be read"},
		"a major alarm": {pairBefore, facts(func(d *upgrade.DeviceFacts) {
			d.Alarms = []upgrade.Alarm{{Class: "Minor", Text: "a"}, {Class: "Major", Text: "fan"}}
		}), []string{"alarms@gateway=fail"}, "1 of 2 alarms major"},
		"a minor alarm": {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Alarms = []upgrade.Alarm{{Class: "Minor", Text: "rescue is not set"}} }), []string{"alarms@gateway=warn"}, "rescue is not set"},
		"core dumps":    {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.CoreDumps = []string{"1", "2", "3", "4", "5", "6", "7"} }), []string{"core-dumps@gateway=warn"}, "7 core dumps, lost with the machine's files: 1, 2, 3, 4, 5 and 2 more"},
		"a certificate": {pairBefore, facts(func(d *upgrade.DeviceFacts) {
			d.Certificates = []upgrade.Certificate{{ID: "tunnel-cert", End: "2033-01-01"}}
		}), []string{"certificates@gateway=warn"}, "tunnel-cert 2033-01-01"},
		"a port without link":                  {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Interfaces[1].Oper = "down" }), []string{"interfaces@gateway=warn"}, "1 of 3 interfaces have no link: ge-7/0/1"},
		"a port of the lone node without link": {pairBetween, facts(func(d *upgrade.DeviceFacts) { d.Interfaces[1].Oper = "down" }), []string{"interfaces@gateway=warn"}, "ge-7/0/1"},
		"no interface":                         {standalone, facts(func(d *upgrade.DeviceFacts) { d.Interfaces = nil }), []string{"interfaces@gateway=error"}, "no interface"},
		"another node answers":                 {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Answers = "node1" }), []string{"address-owner@gateway=fail"}, "node1 answers on the gateway's address and node0 is primary"},
		"nobody knows who answers":             {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Answers = "" }), []string{"address-owner@gateway=error"}, "not read"},
	}
}
