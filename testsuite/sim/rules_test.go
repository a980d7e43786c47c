package sim_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

// inject arms a fault that has to be accepted.
func (o operator) inject(f sim.Fault) {
	o.t.Helper()
	if err := o.cloud.Inject(f); err != nil {
		o.t.Fatal(err)
	}
}

func TestMonitorCatchesEveryWrongUpgrade(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(o operator)
		want []string
	}{
		{"S2: the second node is reloaded while the first one's reload runs", func(o operator) {
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(1), newVersion)
			o.mustReload(o.member(0), newVersion)
			o.cloud.Step(reloadTime)
			if s := o.state(); s.Traffic || s.Stopped != "both-down" {
				o.t.Errorf("the cluster survived: %+v", s)
			}
		}, []string{"S2"}},
		{"S3: the same reload is submitted again", func(o operator) {
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(1), newVersion)
			if status, _, _ := o.reload(o.member(1), newVersion); status != http.StatusInternalServerError {
				o.t.Errorf("the second submission got %d", status)
			}
		}, []string{"S3"}},
		{"S3: a member that is on the target already is reloaded once more", func(o operator) {
			o.upgradeFirst()
			o.checkReadiness(o.gateway().ID)
			o.reload(o.member(1), newVersion)
		}, []string{"S3", "S7"}},
		{"S4: nothing was checked", func(o operator) {
			if status, _, _ := o.reload(o.member(1), newVersion); status != http.StatusInternalServerError {
				o.t.Errorf("the submission got %d", status)
			}
		}, []string{"S4"}},
		{"S4: the check has expired", func(o operator) {
			o.checkReadiness(o.gateway().ID)
			o.cloud.Step(5 * time.Hour)
			o.reload(o.member(1), newVersion)
		}, []string{"S4"}},
		{"S5: a commit between the reloads", func(o operator) {
			o.upgradeFirst()
			o.netconf().commit("set system host-name other")
		}, []string{"S5"}},
		{"S5: a commit while a reload runs", func(o operator) {
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(1), newVersion)
			o.netconf().commit("set system host-name other")
		}, []string{"S5"}},
		{"S5: an unconfirmed commit rolls back while a reload runs", func(o operator) {
			o.checkReadiness(o.gateway().ID)
			n := o.netconf()
			n.rpc("<lock-configuration/>")
			n.rpc(`<load-configuration action="set" format="text"><configuration-set>set system host-name x</configuration-set></load-configuration>`)
			n.rpc("<commit-configuration><confirmed/><confirm-timeout>10</confirm-timeout></commit-configuration>")
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(11 * time.Minute)
		}, []string{"S5"}},
		{"S6: the old node is started beside the new one", func(o operator) {
			o.upgradeFirst()
			o.onHost(o.member(0), "virsh start "+o.member(0).Domain)
			o.cloud.Step(10 * time.Minute)
			if s := o.state(); s.Stopped != "split-brain" {
				o.t.Errorf("no split brain: %+v", s)
			}
		}, []string{"S6"}},
		{"S7: the primary is reloaded while its peer is lost", func(o operator) {
			o.checkReadiness(o.gateway().ID)
			o.inject(sim.Fault{Name: "peer-lost"})
			o.mustReload(o.member(0), newVersion)
			o.cloud.Step(time.Hour)
			if s := o.state(); s.Stopped != "both-down" {
				o.t.Errorf("the lost peer took over: %+v", s)
			}
		}, []string{"S7"}},
		{"S8: preempt is active", func(o operator) {
			o.inject(sim.Fault{Name: "preempt-active"})
			o.checkReadiness(o.gateway().ID)
			o.reload(o.member(1), newVersion)
		}, []string{"S8"}},
		{"S9: the portal has another root password", func(o operator) {
			o.checkReadiness(o.gateway().ID)
			o.inject(sim.Fault{Name: "password-mismatch"})
			o.reload(o.member(1), newVersion)
		}, []string{"S9"}},
		{"S9: root may not log in", func(o operator) {
			o.checkReadiness(o.gateway().ID)
			o.netconf().commit("set system services ssh root-login deny")
			o.reload(o.member(1), newVersion)
		}, []string{"S9"}},
		{"S11: a dry run starts a check", func(o operator) {
			o.cloud.DeclareDryRun()
			o.call("SoftLayer_Network_Gateway_Precheck/upgradePrecheck.json", o.gateway().ID)
		}, []string{"S11"}},
		{"S11: a dry run switches autostart off", func(o operator) {
			o.cloud.DeclareDryRun()
			o.onHost(o.member(0), "virsh autostart --disable "+o.member(0).Domain)
		}, []string{"S11"}},
		{"a dry run that only reads", func(o operator) {
			o.cloud.DeclareDryRun()
			o.netconf().cells()
			o.onHost(o.member(0), "virsh list --all")
			o.call(fmt.Sprintf("SoftLayer_Network_Gateway/%d.json", o.gateway().ID))
		}, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ready(t)
			test.do(o)
			if diff := cmp.Diff(test.want, o.rules()); diff != "" {
				t.Errorf("rules broken (-want +got):\n%s\n%+v", diff, o.cloud.Verdict().Violations)
			}
		})
	}
}

func TestMonitorCatchesTwoGatewaysOfOnePodAtWork(t *testing.T) {
	two := append(sim.DefaultGateways(), sim.DefaultGateways()...)
	two[0].Preempt, two[1].Preempt = false, false
	two[1].ID, two[1].Name = 4712, "gw-b"
	for _, test := range []struct {
		name, pod string
		want      []string
	}{
		{"same pod", two[0].Pod, []string{"S1"}},
		{"another pod", "dal09.pod02", []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			two[1].Pod = test.pod
			o := start(t, sim.Options{Gateways: two})
			o.upgradeFirst()
			o.checkReadiness(4712)
			o.mustReload(o.cloud.Access().Gateways[1].Members[1], newVersion)
			if diff := cmp.Diff(test.want, o.rules()); diff != "" {
				t.Errorf("rules broken (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMonitorCatchesAStandaloneReloadWithoutExport(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(n *netconf)
		want []string
	}{
		{"nothing was read", func(*netconf) {}, []string{"S10"}},
		{"only a part was read", func(n *netconf) {
			n.rpc("<get-configuration><configuration><system/></configuration></get-configuration>")
		}, []string{"S10"}},
		{"the configuration changed after the export", func(n *netconf) {
			n.rpc(`<get-configuration format="text"/>`)
			n.commit("set system host-name later")
		}, []string{"S10"}},
		{"all of it was read", func(n *netconf) { n.rpc(`<get-configuration format="text"/>`) }, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := start(t, sim.Options{Gateways: []sim.Gateway{{ID: 62, Name: "solo", Pod: "dal09.pod01", Standalone: true,
				Version: "22.2R2-S2.3", Offered: []string{"23.4R2-S5.5"}}}})
			test.do(o.netconf())
			o.checkReadiness(62)
			o.reload(o.member(0), newVersion)
			if diff := cmp.Diff(test.want, o.rules()); diff != "" {
				t.Errorf("rules broken (-want +got):\n%s", diff)
			}
		})
	}
}
