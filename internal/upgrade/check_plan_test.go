package upgrade_test

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

func planBlots() map[string]blot {
	return map[string]blot{
		"another server under a member": {pairBefore, func(w *question) { w.q.Plan.Gateway.Members[1].HardwareID = 9199 }, []string{"members@gateway=fail"}, "9199"},
		"the plan has no such step": {pairBefore, func(w *question) { w.q.Step = 7 },
			[]string{"plan@gateway=error", "order@gateway=error"}, "none with the index 7"},
		"no version is planned": {pairBefore, func(w *question) { w.q.Plan.Target, w.q.Request.TargetVersion = "", "newest" }, []string{"target@quokka-a=error", "target@quokka-b=error"}, "newest"},
		"the target is not offered any more": {pairBefore, func(w *question) { w.f.Offers[1].Prices = w.f.Offers[1].Prices[:1] },
			[]string{"target@quokka-b=fail"}, "offered 0 times"},
		"the target is offered twice": {pairBefore, func(w *question) { w.f.Offers[0].Prices = append(w.f.Offers[0].Prices, w.f.Offers[0].Prices[1]) },
			[]string{"target@quokka-a=fail"}, "offered 2 times"},
		"the offers of one were not read": {pairBetween, func(w *question) { w.f.Offers = w.f.Offers[1:] }, []string{"target@quokka-a=error"}, "not read"},
		"no offers were read": {pairBefore, func(w *question) { w.f.Offers = nil },
			[]string{"target@quokka-a=error", "target@quokka-b=error", "rollback@gateway=error"}, "not read"},
		"the old version is not offered": {pairBefore, func(w *question) { w.f.Offers[0].Prices = w.f.Offers[0].Prices[1:] }, []string{"rollback@gateway=warn"}, "not orderable for member 611"},
		"the first step has become primary": {pairBefore, func(w *question) {
			w.f.Picture.Device.Cluster, w.f.Device.Answers = wholeCluster("node1"), "node1"
		}, []string{"order@gateway=fail"}, "node1 is primary"},
		"the window is not open yet":      {pairBefore, func(w *question) { w.q.Request.Window.Start = evening(3, 0) }, []string{"window@gateway=fail"}, "opens only at"},
		"too little of the window":        {pairBefore, func(w *question) { w.q.Request.Window.End = evening(11, 59) }, []string{"window@gateway=fail"}, "9h59m0s are left"},
		"enough for one node of a pair":   {pairBetween, func(w *question) { w.q.Request.Window.End = evening(7, 0) }, []string{}, ""},
		"too little for the second node":  {pairBetween, func(w *question) { w.q.Request.Window.End = evening(6, 59) }, []string{"window@gateway=warn"}, "4h59m0s are left"},
		"too little for a standalone":     {standalone, func(w *question) { w.q.Request.Window.End = evening(7, 59) }, []string{"window@gateway=fail"}, "6h0m0s are planned"},
		"no window":                       {pairBefore, func(w *question) { w.q.Request.Window = nil }, []string{}, ""},
		"nobody knows what time it is":    {standalone, func(w *question) { w.q.Now = time.Time{} }, []string{"licence-record@quokka-a=error/1185", "window@gateway=error", "licence-end@gateway=error/1185", "ibm-check-age@gateway=error"}, "time of the look"},
		"the old version left the offers": {pairBack, func(w *question) { w.f.Offers[1].Prices = w.f.Offers[1].Prices[1:] }, []string{"way-back@quokka-b=fail"}, "not offered exactly once"},
		"the way back without offers":     {pairBack, func(w *question) { w.f.Offers = nil }, []string{"way-back@quokka-b=error"}, "not read"},
		"the way back outside a window":   {pairBack, func(w *question) { w.q.Request.Window.End = evening(2, 1) }, []string{}, ""},
		"three members": {pairBefore, func(w *question) { thirdMember(w) }, []string{"members@gateway=fail", "target@quokka-c=error", "placement@gateway=fail", "ibm-upgrade-check@quokka-c=error",
			"ibm-reload-check@quokka-c=error"}, "3 members"},
		"the second node, outside a plan": {pairBetween, func(w *question) { w.q.Plan = nil }, []string{"plan@gateway=error"}, "no plan was handed over"},
		"the second node, and no record tells the first": {pairBetween, func(w *question) {
			w.q.Plan, w.f.Picture.Gateway.Members[1].Upgraded = nil, false
		}, []string{
			"plan@gateway=error", "machine@quokka-a=error/1118", "machine@quokka-b=error/1118", "peer-off@quokka-a=error", "peer-off@quokka-b=error", "peer-autostart@quokka-a=error",
			"peer-autostart@quokka-b=error", "peer-alive@quokka-a=error/1134", "peer-alive@quokka-b=error/1134", "version@gateway=error", "certified@gateway=error/1179", "storage@gateway=error/1109",
			"cluster@gateway=error", "cluster-primary@gateway=error/1141", "cluster-weight@gateway=error", "placement@gateway=error", "ibm-upgrade-check@quokka-b=fail"}, "no plan"},
	}
}

// thirdMember doubles everything of the second member under other ids.
func thirdMember(w *question) {
	m, server, host, facts, record := w.f.Picture.Gateway.Members[1], w.f.Picture.Servers[1], w.f.Picture.Hosts[1], w.f.Hosts[1], w.f.Records[1]
	m.ID, m.HardwareID, m.Host, server.ID, host.HardwareID, facts.HardwareID, record.HardwareID = 613, 9103, "quokka-c", 9103, 9103, 9103, 9103
	w.f.Picture.Gateway.Members = append(w.f.Picture.Gateway.Members, m)
	w.f.Picture.Servers, w.f.Picture.Hosts = append(w.f.Picture.Servers, server), append(w.f.Picture.Hosts, host)
	w.f.Hosts, w.f.Records = append(w.f.Hosts, facts), append(w.f.Records, record)
}

// Without a plan the facts themselves are planned with, and the check says why nothing can be done.
func TestWithoutAPlanTheFactsArePlannedWith(t *testing.T) {
	w := healthy(t, pairBefore)
	w.q.Plan = nil
	if list := spoken(w.ask()); len(list) > 0 {
		t.Errorf("the healthy pair cannot be planned: %v", list)
	}
	for name, c := range map[string]struct {
		at      situation
		spoil   func(*question)
		verdict upgrade.CheckVerdict
		says    string
	}{
		"a target that is not newer":   {pairBefore, func(w *question) { w.q.Request.TargetVersion = "21.4R3" }, upgrade.CheckFail, "not newer"},
		"a target that is not offered": {pairBefore, func(w *question) { w.q.Request.TargetVersion = "24.4R1" }, upgrade.CheckFail, "offered 0 times"},
		"a host that does not answer":  {pairBefore, func(w *question) { w.f.Picture.Hosts[0].Error = "timed out" }, upgrade.CheckError, "timed out"},
		"a host that refuses root":     {pairBefore, func(w *question) { w.f.Picture.Hosts[0].Denied, w.f.Picture.Hosts[0].Error = true, "refused" }, upgrade.CheckError, "refused"},
		"preempt that nobody approves": {pairBefore, func(w *question) {
			w.f.Picture.Device.Preempt, w.q.Request.Approval = upgrade.PreemptActive, upgrade.ApprovalNone
		}, upgrade.CheckFail, "preempt"},
		"a gateway that does not speak": {pairBefore, func(w *question) { w.f.Picture.Device = upgrade.Device{Error: "no route"} }, upgrade.CheckError, "no route"},
	} {
		t.Run(name, func(t *testing.T) {
			w := healthy(t, c.at)
			w.q.Plan = nil
			c.spoil(&w)
			for _, r := range w.ask() {
				if r.Name == "plan" && (r.Verdict != c.verdict || !strings.Contains(r.Evidence, c.says) || r.Remedy == "") {
					t.Errorf("%s: %s, remedy %q; want %s and %q", r.Verdict, r.Evidence, r.Remedy, c.verdict, c.says)
				}
			}
		})
	}
}

func TestWithoutATargetTheGatewayIsJudgedAsItStands(t *testing.T) {
	for _, at := range []situation{pairBefore, standalone} {
		w := healthy(t, at)
		w.q.Plan, w.q.Request.TargetVersion, w.f.Offers = nil, "", w.f.Offers[:len(w.f.Picture.Gateway.Members)]
		results := w.ask()
		if list := spoken(results); len(list) > 0 {
			t.Errorf("%s: %v", at, list)
		}
		for _, r := range results {
			if (r.Name == "plan" || r.Name == "target" || r.Name == "order") && r.Verdict != upgrade.CheckSkipped {
				t.Errorf("%s: %s is %s", at, r.Name, r.Verdict)
			}
		}
		w.f.Picture.Gateway.Members[0].Processor = "Xeon E3-1270 v6"
		if upgrade.Overall(w.ask()) != upgrade.CheckFail {
			t.Errorf("%s: an unsupported server passes", at)
		}
	}
}
