package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// gatewayID is the only gateway of the default cloud, ready but for an active preempt, which an upgrade deactivates.
const gatewayID = "4711"

// native is a check by our own questions alone.
func (in *installation) native(extra ...string) (int, string, string) {
	in.t.Helper()
	return in.starter(append([]string{"check", gatewayID, "--native-only"}, extra...)...)
}

// whole is a check at the speed of the cloud, with IBM's own checks.
func (in *installation) whole(extra ...string) (int, string, string) {
	in.t.Helper()
	return in.starter(append([]string{"check", gatewayID, "--input", in.hurried()}, extra...)...)
}

// hurried writes an order at the speed of the cloud.
func (in *installation) hurried() string {
	in.t.Helper()
	text, err := json.Marshal(upgrade.CheckOrder{Timing: upgrade.DefaultTiming().Faster(speed)})
	if err != nil {
		in.t.Fatal(err)
	}
	path := filepath.Join(in.Dir, "check.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		in.t.Fatal(err)
	}
	return path
}

// starts are IBM's checks that were started, in order.
func starts(c *sim.Cloud) []string {
	var names []string
	for _, call := range c.Calls() {
		if call.Write {
			names = append(names, strings.TrimPrefix(call.Name, "SoftLayer_Network_Gateway_Precheck/"))
		}
	}
	return names
}

// repair ends a fault and gives the world the time that a pair needs to be whole again.
func (in *installation) repair(fault string) {
	in.Cloud.Clear(fault)
	in.Cloud.Step(time.Hour)
}

// wantVerdict demands the exit code, the texts on standard output, and after a code that is not 0 one line with advice.
func wantVerdict(t *testing.T, code int, out, text string, want int, said ...string) {
	t.Helper()
	if code != want {
		t.Errorf("exit code %d, want %d", code, want)
	}
	for _, s := range said {
		if !strings.Contains(out, s) {
			t.Errorf("standard output lacks %q", s)
		}
	}
	if advised := strings.Contains(text, "\n  → "); advised == (want == 0) {
		t.Errorf("advice is on standard error: %t", advised)
	}
	if t.Failed() {
		t.Logf("standard output:\n%s\nstandard error:\n%s", out, text)
	}
}

func TestACheckNamesWhatIsWrongWithItsCodeAndRemedy(t *testing.T) {
	in := install(t)
	for _, c := range []struct {
		name  string
		fault sim.Fault
		said  []string // the check, whose it is, its remedy
	}{
		{"a host without telnet", sim.Fault{Name: "host-telnet-missing"}, []string{"fail", "host-telnet (1116)", "gw-a-h0", "→ ", "apt-get install telnet"}},
		{"a bond that lost a port", sim.Fault{Name: "host-bond-nic-missing", Arg: "bond0"}, []string{"host-private-bond (1127)", "put the port back into bond0"}},
		{"a host whose recorded password is wrong", sim.Fault{Name: "host-password-mismatch"}, []string{"host-login (1107)", "make the record and the host agree"}},
		{"a record without the host's root", sim.Fault{Name: "host-record-missing"}, []string{"host-record (1003)", "add the user root"}},
		{"a record without the vSRX's root", sim.Fault{Name: "record-missing"}, []string{"device-record (1013)", "add the user root"}},
		{"a server without its management interface", sim.Fault{Name: "ipmi-disabled"}, []string{"ipmi (1025)", "enable the management interface"}},
		{"a vSRX whose recorded password is wrong", sim.Fault{Name: "password-mismatch"}, []string{"device-login (1108)", "make the record and the vSRX agree"}},
		{"a vSRX with a full file system", sim.Fault{Name: "vsrx-disk-full"}, []string{"storage (1110)", "request system storage cleanup"}},
		{"a peer that is lost", sim.Fault{Name: "peer-lost"}, []string{"cluster", "node1", "lost"}},
		{"groups on different nodes", sim.Fault{Name: "rg-split"}, []string{"cluster-primary (1141)", "bring all redundancy groups to one healthy node"}},
		{"a configuration that somebody edits", sim.Fault{Name: "config-locked"}, []string{"configuration-free", "opsadmin"}},
		{"a change that was not committed", sim.Fault{Name: "config-uncommitted"}, []string{"candidate", "commit or discard them"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in.inject(c.fault)
			defer in.repair(c.fault.Name)
			code, out, text := in.native()
			wantVerdict(t, code, out, text, 2, append(c.said, "NOT READY")...)
			if !strings.Contains(text, "is not ready") {
				t.Errorf("standard error says %q", text)
			}
		})
	}
	t.Run("and is content once all is repaired", func(t *testing.T) {
		code, out, text := in.native()
		wantVerdict(t, code, out, text, 0, "warn", "preempt", "gateway 4711: READY, with warnings", "0 failed, 0 could not be asked")
	})
	in.wantNothingWritten()
	in.wantNoSecret(in.secrets(), map[string]string{"history": in.history("check/" + gatewayID)})
}

func TestACheckNamesAStatementThatStopsTheUpgrade(t *testing.T) {
	in := install(t)
	in.inject(sim.Fault{Name: "config-drift", Arg: "set system services ssh connection-limit 5"})
	code, out, text := in.native()
	wantVerdict(t, code, out, text, 2, "lint-", "(1115)", "on the gateway: delete system services ssh connection-limit")
	in.wantNothingWritten()
}

func TestACheckThatCannotAskSaysSoAndAsksTheRest(t *testing.T) {
	in := install(t)
	for _, c := range []struct {
		name  string
		fault sim.Fault
		code  int
		said  []string
	}{
		{"hosts that do not answer", sim.Fault{Name: "host-unreachable"}, 3, []string{"COULD NOT TELL", "host-login (1005)", "gw-a-h0", "gw-a-h1"}},
		{"a vSRX that breaks off in the middle", sim.Fault{Name: "ssh-drop", Arg: "get-chassis-cluster-information"}, 3, []string{"COULD NOT TELL", "cluster-weight"}},
		{"a vSRX whose SSH is closed, as the hosts see it too", sim.Fault{Name: "ssh-refused"}, 2,
			[]string{"NOT READY", "host-to-gateway (1105)", "device-login", "connection refused"}},
		{"hosts that run nothing, which is an answer", sim.Fault{Name: "host-shell-broken"}, 2, []string{"NOT READY", "host-shell (1008)", "host-memory"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in.inject(c.fault)
			defer in.repair(c.fault.Name)
			code, out, text := in.native("--all")
			wantVerdict(t, code, out, text, c.code, append(c.said, "error ", "gateway-status")...)
			if n := strings.Count(out, "\npass "); n < 10 {
				t.Errorf("only %d lines pass: the rest was not asked", n)
			}
		})
	}
	in.wantNothingWritten()
}

func TestAWorkerWithoutAWayToTheVSRXCannotTell(t *testing.T) {
	in := prepare(t)
	in.startWorker("VSRX_DEVICE_SSH_PORT=9", "VSRX_DEVICE_NETCONF_PORT=9")
	code, out, text := in.native()
	wantVerdict(t, code, out, text, 3, "COULD NOT TELL", "device-login", "connection refused", "0 failed")
	in.wantNothingWritten()
}

func TestTheReportOfACheckIsJSON(t *testing.T) {
	in := install(t)
	for _, c := range []struct {
		name    string
		fault   string
		verdict upgrade.CheckVerdict
		code    int
	}{
		{"ready", "", upgrade.CheckWarn, 0},
		{"not ready", "ipmi-disabled", upgrade.CheckFail, 2},
		{"could not tell", "host-unreachable", upgrade.CheckError, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.fault != "" {
				in.inject(sim.Fault{Name: c.fault})
				defer in.repair(c.fault)
			}
			code, out, text := in.native("--json")
			var report upgrade.CheckReport
			if err := json.Unmarshal([]byte(out), &report); err != nil {
				t.Fatalf("%v in %q, standard error %q", err, out, text)
			}
			if code != c.code || report.Verdict != c.verdict || report.GatewayID != 4711 || len(report.Results) < 70 || report.IBM != nil {
				t.Errorf("exit code %d, verdict %q of gateway %d by %d results, IBM's %v", code, report.Verdict, report.GatewayID, len(report.Results), report.IBM)
			}
		})
	}
}

func TestAWholeCheckRunsIBMsChecksAndSaysUntilWhenTheyHold(t *testing.T) {
	in := install(t)
	code, out, text := in.whole()
	wantVerdict(t, code, out, text, 0, "READY", "IBM's checks are valid until 2")
	if got := strings.Join(starts(in.Cloud), " "); got != "upgradePrecheck osReloadPrecheck" {
		t.Errorf("what was written: %q, want the start of either check and nothing else", got)
	}
	if v := in.Cloud.Verdict(); len(v.Violations) > 0 || v.Reloads > 0 {
		t.Errorf("the safety monitor saw %+v", v)
	}
}

func TestWhatIBMsChecksFindIsTriedAgainOnlyIfItMayPassByItself(t *testing.T) {
	t.Run("a timeout that is over the second time", func(t *testing.T) {
		in := install(t)
		in.inject(sim.Fault{Name: "precheck-timeout"})
		done := make(chan struct{})
		go func() {
			defer close(done)
			in.awaitStarts(3) // the first of the second round, whose result is made at its end
			in.Cloud.Clear("precheck-timeout")
		}()
		code, out, text := in.whole()
		<-done
		wantVerdict(t, code, out, text, 0, "READY", "valid until")
		if n := len(starts(in.Cloud)); n != 4 {
			t.Errorf("%d checks were started, want both twice", n)
		}
	})
	t.Run("a full file system", func(t *testing.T) {
		in := install(t)
		in.inject(sim.Fault{Name: "precheck-code", Arg: "1110"})
		code, out, text := in.whole()
		wantVerdict(t, code, out, text, 2, "ibm-upgrade-check (1110)", "ibm-reload-check (1110)", "request system storage cleanup")
		if n := len(starts(in.Cloud)); n != 2 {
			t.Errorf("%d checks were started, want either once", n)
		}
	})
}

// awaitStarts waits until so many of IBM's checks were started.
func (in *installation) awaitStarts(n int) {
	for end := time.Now().Add(patience); len(starts(in.Cloud)) < n; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			in.t.Errorf("%d checks were started, want %d", len(starts(in.Cloud)), n)
			return
		}
	}
}

func TestAWarningStandsInTheWayUntilItIsAccepted(t *testing.T) {
	in := install(t)
	in.inject(sim.Fault{Name: "precheck-warning", Arg: "1176"})
	code, out, text := in.whole()
	wantVerdict(t, code, out, text, 2, "ibm-upgrade-check (1176)", "nobody accepted", "listing 1176 in acceptWarnings")
	code, out, text = in.whole("--accept-warning", "1176")
	wantVerdict(t, code, out, text, 0, "READY, with warnings", "accepted beforehand")
	code, out, text = in.whole("--accept-warning", "1177")
	wantVerdict(t, code, out, text, 2, "(1176)")
}

func TestACheckIsNotStartedBesideAnother(t *testing.T) {
	in := install(t)
	first := in.Starter(t.Context(), "check", gatewayID, "--input", in.hurried())
	done := make(chan struct{})
	var code int
	var out string
	go func() {
		defer close(done)
		code, out, _ = in.run(first)
	}()
	in.awaitStarts(1)
	second, _, text := in.native()
	if second != 3 || !strings.Contains(text, "check/4711 is running already") {
		t.Errorf("the second check exits with %d: %s", second, text)
	}
	<-done
	if code != 0 || !strings.Contains(out, "READY") {
		t.Errorf("the first check exits with %d: %s", code, out)
	}
}

func TestACheckWhileAnUpgradeRunsSeesItAndDisturbsNothing(t *testing.T) {
	in := install(t)
	req := request()
	req.Approval = upgrade.ApprovalNone
	in.upgrade(req)
	in.await(req.GatewayID, "the first reload", firstReload)
	code, out, text := in.native()
	wantVerdict(t, code, out, text, 2, "NOT READY", "a transaction runs on host gw-a-h1", "nobody can cancel it")
	if r := in.result(req.GatewayID); r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("the upgrade ended as %q", r.Outcome)
	}
	in.wantWholeAndSafe(req)
}

func TestACheckIsStartedByTheTemporalCLIToo(t *testing.T) {
	in := install(t)
	code, _, text := in.run(in.Temporal(context.Background(), "workflow", "start", "--type", workflows.TypeCheckReadiness,
		"--task-queue", workflows.TaskQueue, "--workflow-id", workflows.CheckID(4711), "--input", `{"gatewayId":4711,"nativeOnly":true}`))
	if code != 0 {
		t.Fatalf("temporal workflow start: %s", text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var report upgrade.CheckReport
	if err := in.client.GetWorkflow(ctx, workflows.CheckID(4711), "").Get(ctx, &report); err != nil {
		t.Fatal(err)
	}
	if report.Verdict != upgrade.CheckWarn {
		t.Errorf("the verdict is %q: %v", report.Verdict, upgrade.Unready(report.Results))
	}
	if report.Doing != "" {
		t.Errorf("it still says that it is %q", report.Doing)
	}
	in.wantNothingWritten()
}
