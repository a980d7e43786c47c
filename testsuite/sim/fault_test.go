package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

func TestFaultsDoWhatTheirNamesSay(t *testing.T) {
	const ok = "no problem"
	unless := func(good bool, format string, args ...any) string {
		if good {
			return ok
		}
		return fmt.Sprintf(format, args...)
	}
	reloads := func(o operator) int { return o.state().Members[1].Reloads }
	for _, test := range []struct {
		fault sim.Fault
		look  func(o operator) string
	}{
		{sim.Fault{Name: "peer-lost"}, func(o operator) string {
			lost := o.netconf().cells()
			o.cloud.Clear("peer-lost")
			o.cloud.Step(time.Hour)
			return unless(lost[3] == "node1 0 lost n/a" && lost[2] == "node0 0 primary CS" && o.state().Healthy, "%v", lost)
		}},
		{sim.Fault{Name: "preempt-active"}, func(o operator) string {
			on := o.state().PreemptActive
			o.cloud.Clear("preempt-active")
			return unless(on && !o.state().PreemptActive, "%+v", o.state())
		}},
		{sim.Fault{Name: "rg-split"}, func(o operator) string {
			split := o.state().Primary
			o.cloud.Clear("rg-split")
			return unless(split == [2]int{0, 1} && o.state().Primary == [2]int{0, 0}, "%v", split)
		}},
		{sim.Fault{Name: "config-drift"}, func(o operator) string {
			commits := o.netconf().rpc("<get-commit-information/>")
			return unless(strings.Contains(commits, "<user>opsadmin</user>") && len(o.rules()) == 0, "%s", commits)
		}},
		{sim.Fault{Name: "host-password-mismatch"}, func(o operator) string {
			record := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(1).HardwareID), "mask[operatingSystem[passwords[password]]]")
			return unless(!strings.Contains(record, o.member(1).HostPassword), "%s", record)
		}},
		{sim.Fault{Name: "reload-200-error"}, func(o operator) string {
			status, text, err := o.reload(o.member(1), newVersion)
			return unless(status == http.StatusOK && text == `{"error":"Internal Error","code":"SoftLayer_Exception_Public"}` && reloads(o) == 0, "%d %s %v", status, text, err)
		}},
		{sim.Fault{Name: "reload-timeout-done"}, func(o operator) string {
			_, _, err := o.reload(o.member(1), newVersion)
			return unless(err != nil && reloads(o) == 1, "%v, %d reloads", err, reloads(o))
		}},
		{sim.Fault{Name: "reload-timeout-lost"}, func(o operator) string {
			_, _, err := o.reload(o.member(1), newVersion)
			return unless(err != nil && reloads(o) == 0, "%v, %d reloads", err, reloads(o))
		}},
		{sim.Fault{Name: "reload-busy-500"}, func(o operator) string {
			status, _, _ := o.reload(o.member(1), newVersion)
			refused := reloads(o)
			o.mustReload(o.member(1), newVersion)
			return unless(status == 500 && refused == 0 && len(o.rules()) == 0, "%d, %v", status, o.rules())
		}},
		{sim.Fault{Name: "reload-token"}, func(o operator) string {
			_, text, _ := o.reload(o.member(1), newVersion)
			return unless(text != `"1"`, "%s", text)
		}},
		{sim.Fault{Name: "reload-old-version"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			s := o.state()
			return unless(s.Members[1].Version == "22.2R2-S2.3" && s.Healthy && s.Status == "ACTIVE" && !s.Upgrading, "%+v", s)
		}},
		{sim.Fault{Name: "txn-late", Arg: "20m"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(19 * time.Minute)
			return unless(!o.transacting(1) && o.state().Members[1].HostUp, "visible early")
		}},
		{sim.Fault{Name: "txn-chain", Arg: "2,30m"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			return unless(o.state().Members[1].Reloading, "over already")
		}},
		{sim.Fault{Name: "txn-slow", Arg: "3"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(9 * time.Hour)
			return unless(o.state().Members[1].Reloading, "over already")
		}},
		{sim.Fault{Name: "api-down", Arg: "2h"}, func(o operator) string {
			down, _, _ := o.try("SoftLayer_Account", nil)
			o.cloud.Step(2 * time.Hour)
			up, _, _ := o.try("SoftLayer_Account", nil)
			return unless(down == 503 && up == 200, "%d then %d", down, up)
		}},
		{sim.Fault{Name: "auth-401"}, func(o operator) string {
			status, _, _ := o.try("SoftLayer_Account", nil)
			return unless(status == 401, "%d", status)
		}},
		{sim.Fault{Name: "perm-404"}, func(o operator) string {
			status, text, _ := o.try(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID), nil)
			return unless(status == 404, "%d %s", status, text)
		}},
		{sim.Fault{Name: "peer-not-off"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			s := o.state()
			o.cloud.Clear("peer-not-off")
			return unless(s.Members[0].VM == "running" && s.Members[1].VM == "running" && s.Primary[1] == 0 && s.Traffic &&
				o.state().Primary == [2]int{1, 1} && len(o.rules()) == 0, "%+v then %+v", s, o.state())
		}},
		{sim.Fault{Name: "peer-no-rejoin"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(0), newVersion)
			o.cloud.Step(reloadTime)
			s := o.state()
			o.cloud.Clear("peer-no-rejoin")
			o.cloud.Step(time.Hour)
			return unless(!s.Healthy && s.Members[0].Role == "lost" && o.state().Healthy && !o.state().Upgrading, "%+v then %+v", s, o.state())
		}},
		{sim.Fault{Name: "status-lag", Arg: "5h"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			shown := o.call(fmt.Sprintf("SoftLayer_Network_Gateway/%d/getStatus", o.gateway().ID))
			return unless(strings.Contains(shown, `"keyName":"ACTIVE"`) && o.state().Status == "UPGRADE_ACTIVE", "%s", shown)
		}},
		{sim.Fault{Name: "password-mismatch", Member: 0}, func(o operator) string {
			record := o.call(fmt.Sprintf("SoftLayer_Network_Gateway_Member/%d/getPasswords", o.member(1).ID))
			o.cloud.Clear("password-mismatch")
			repaired := o.call(fmt.Sprintf("SoftLayer_Network_Gateway_Member/%d/getPasswords", o.member(1).ID))
			return unless(!strings.Contains(record, o.gateway().RootPassword) && strings.Contains(repaired, o.gateway().RootPassword), "%s", record)
		}},
		{sim.Fault{Name: "peer-autostart-left"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			return unless(o.state().Members[0].VM == "shut off" && o.state().Members[0].Autostart, "%+v", o.state())
		}},
		{sim.Fault{Name: "lone-clean"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			cells := o.netconf().cells()
			return unless(cells[3] == "node1 1 primary None", "%v", cells)
		}},
		{sim.Fault{Name: "precheck-peer-off", Arg: "1118"}, func(o operator) string {
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(reloadTime)
			o.checkReadiness(o.gateway().ID)
			rows := o.call("SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", o.gateway().ID, true)
			return unless(strings.Contains(rows, `"returnCode":1118`), "%s", rows)
		}},
		{sim.Fault{Name: "precheck-wire", Arg: "quoted"}, func(o operator) string {
			rows := o.call("SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", o.gateway().ID, true)
			return unless(strings.Contains(rows, `"memberReadinessValue":"0"`), "%s", rows)
		}},
		{sim.Fault{Name: "no-backup-image"}, func(o operator) string {
			out, exit := o.onHost(o.member(0), "ls -l /var/lib/libvirt/images/"+o.member(0).Domain+"/vSRX_Image.qcow2.backup")
			return unless(exit == 2, "%s", out)
		}},
		{sim.Fault{Name: "old-price-missing"}, func(o operator) string {
			ids := o.call(fmt.Sprintf("SoftLayer_Network_Gateway/%d/getAllowedOsPriceIds", o.gateway().ID), o.member(0).ID)
			return unless(!strings.Contains(ids, ",") && ids != "[]", "%s", ids)
		}},
		{sim.Fault{Name: "ipmi-disabled"}, func(o operator) string {
			text := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID), "mask[id,isIpmiDisabled]")
			return unless(strings.Contains(text, `"isIpmiDisabled":true`), "%s", text)
		}},
		{sim.Fault{Name: "shutdown-hangs"}, func(o operator) string {
			o.onHost(o.member(1), "virsh shutdown "+o.member(1).Domain)
			o.cloud.Step(time.Hour)
			return unless(o.state().Members[1].VM == "running", "%+v", o.state())
		}},
		{sim.Fault{Name: "html-502"}, func(o operator) string {
			status, text, _ := o.try("SoftLayer_Account", nil)
			return unless(status == 502 && strings.HasPrefix(text, "<html>"), "%d %s", status, text)
		}},
		{sim.Fault{Name: "empty-200"}, func(o operator) string {
			status, text, _ := o.try("SoftLayer_Account", nil)
			return unless(status == 200 && text == "", "%d %s", status, text)
		}},
		{sim.Fault{Name: "null-object"}, func(o operator) string {
			status, text, _ := o.try("SoftLayer_Account", nil)
			return unless(status == 200 && text == "null", "%d %s", status, text)
		}},
		{sim.Fault{Name: "rate-limit"}, func(o operator) string {
			status, text, _ := o.try("SoftLayer_Account", nil)
			return unless(status == 500 && strings.Contains(text, "RateLimitExceeded"), "%d %s", status, text)
		}},
		{sim.Fault{Name: "foreign-reload", Member: 0}, func(o operator) string {
			s := o.state()
			return unless(s.Members[0].Reloading && o.cloud.Verdict().Reloads == 0, "%+v", s)
		}},
	} {
		t.Run(test.fault.Name, func(t *testing.T) {
			o := ready(t)
			o.checkReadiness(o.gateway().ID)
			o.inject(test.fault)
			if got := test.look(o); got != ok {
				t.Error(got)
			}
		})
	}
}

// transacting tells whether the API shows a transaction on a member's server.
func (o operator) transacting(member int) bool {
	o.t.Helper()
	text := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(member).HardwareID), "mask[id,activeTransactionCount]")
	return !strings.Contains(text, `"activeTransactionCount":0`)
}

func TestInjectRefusesWhatMakesNoSense(t *testing.T) {
	o := ready(t)
	for _, f := range []sim.Fault{
		{Name: "no-such-fault"}, {Name: "precheck-code", Arg: "soon"}, {Name: "txn-late", Arg: "1"}, {Name: "txn-chain", Arg: "2"},
		{Name: "txn-slow", Arg: "-1"}, {Name: "peer-lost", Gateway: 1}, {Name: "peer-lost", Member: 1},
	} {
		if err := o.cloud.Inject(f); err == nil {
			t.Errorf("%+v was accepted", f)
		}
	}
}

func TestPreemptPullsTheTrafficBackWhenTheSecondNodeRejoins(t *testing.T) {
	o := start(t, sim.Options{})
	o.upgradeFirst()
	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(0), newVersion)
	o.cloud.Step(reloadTime)
	v := o.cloud.Verdict()
	if diff := cmp.Diff(map[string]float64{"switch-over": 48, "preempt": 4}, v.OutageSeconds); diff != "" || v.Outages != 2 {
		t.Errorf("%d outages, seconds (-want +got):\n%s", v.Outages, diff)
	}
	if s := o.state(); s.Primary != [2]int{1, 0} {
		t.Errorf("primaries: %v", s.Primary)
	}
}
