package sim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

func TestVerdictTellsTheGatewaysApart(t *testing.T) {
	list := append(sim.DefaultGateways(), sim.DefaultGateways()...)
	list = append(list, sim.DefaultGateways()...)
	for i := range list {
		list[i].Preempt, list[i].ID, list[i].Name = false, 4711+i, "gw-"+string(rune('a'+i))
		list[i].Pod = "dal09.pod0" + string(rune('1'+i))
	}
	o := start(t, sim.Options{Gateways: list})
	o.upgradeFirst()
	second := o.cloud.Access().Gateways[1]
	for _, m := range second.Members {
		o.onHost(m, "virsh destroy "+m.Domain)
	}
	o.cloud.Step(time.Minute)
	o.netconf().commit("set system host-name other")
	want := []sim.GatewayVerdict{
		{ID: 4711, Name: "gw-a", OutageSeconds: map[string]float64{"switch-over": 48}, Outages: 1, Reloads: 1, Rules: []string{"S5"}},
		{ID: 4712, Name: "gw-b", OutageSeconds: map[string]float64{"both-down": 60}, Outages: 1, Stopped: "both-down", Rules: []string{}},
	}
	v := o.cloud.Verdict()
	if diff := cmp.Diff(want, v.Gateways); diff != "" {
		t.Errorf("gateways (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]float64{"switch-over": 48, "both-down": 60}, v.OutageSeconds); diff != "" || v.Outages != 2 {
		t.Errorf("%d outages in all (-want +got):\n%s", v.Outages, diff)
	}
	text, err := json.Marshal(v)
	for _, key := range []string{`"violations":[{"rule":"S5"`, `"gateways":[{"id":4711`, `"outageSeconds":{`, `"stopped":"both-down"`, `"rules":["S5"]`} {
		if err != nil || !strings.Contains(string(text), key) {
			t.Errorf("no %s in %s (%v)", key, text, err)
		}
	}
}

func TestARepetitionIsJudgedByWhatTheFirstReloadCameTo(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(o operator)
		want []string
	}{
		{"nothing of the first is seen yet", func(o operator) {
			o.inject(sim.Fault{Name: "txn-never"})
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(10 * time.Minute)
			o.mustReload(o.member(1), newVersion)
		}, []string{"S3"}},
		{"nothing of the first has come in the time that one waits for it", func(o operator) {
			o.inject(sim.Fault{Name: "txn-never"})
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(16 * time.Minute)
			o.cloud.Clear("txn-never")
			o.mustReload(o.member(1), newVersion)
		}, []string{}},
		{"the first is stuck", func(o operator) {
			o.inject(sim.Fault{Name: "txn-stuck", Arg: "2"})
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(24 * time.Hour)
			_, _, _ = o.reload(o.member(1), newVersion) // it is refused, and judged all the same
		}, []string{"S3"}},
		{"the first was broken by a commit, after it has ended", func(o operator) {
			o.mustReload(o.member(1), newVersion)
			o.inject(sim.Fault{Name: "config-drift"})
			o.cloud.Step(reloadTime)
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			if s := o.state(); s.Status != "UPGRADE_ACTIVE" || s.Primary != [2]int{1, 1} {
				o.t.Errorf("the second reload did not cure it: %+v", s)
			}
		}, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ready(t)
			o.checkReadiness(o.gateway().ID)
			test.do(o)
			if diff := cmp.Diff(test.want, o.rules()); diff != "" {
				t.Errorf("rules broken (-want +got):\n%s\n%+v", diff, o.cloud.Verdict().Violations)
			}
		})
	}
}
