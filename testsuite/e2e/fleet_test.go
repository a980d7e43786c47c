package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// rims are so many gateways, dealt out to the pods.
func rims(n, pods int) (list []sim.Gateway) {
	for i := range n {
		list = append(list, sim.Gateway{ID: 8100 + i, Name: fmt.Sprintf("rim-%02d", i+1), Pod: fmt.Sprintf("lon%02d.pod01", i%pods+2),
			Version: "22.2R2-S2.3", Offered: []string{"23.4R2-S5.5", "22.2R2-S2.3"}})
	}
	return list
}

// fleetOrder is a canary and the rest of some gateways, at the speed of the cloud.
func fleetOrder(gateways []sim.Gateway) upgrade.FleetOrder {
	one := request()
	o := upgrade.FleetOrder{Name: "rims", TargetVersion: one.TargetVersion, Approval: upgrade.ApprovalNone, Preempt: upgrade.PreemptDeactivate, Timing: one.Timing,
		Look: upgrade.Duration(time.Second), Waves: []upgrade.FleetWave{{Name: "canary", Gateways: []int{gateways[0].ID}}, {Name: "rest", Rest: true}}}
	for _, g := range gateways {
		o.Gateways = append(o.Gateways, g.ID)
	}
	return o
}

// fleetFile writes an order to a file.
func (in *installation) fleetFile(o upgrade.FleetOrder) string {
	in.t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		in.t.Fatal(err)
	}
	path := filepath.Join(in.Dir, "fleet.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		in.t.Fatal(err)
	}
	return path
}

// fleet runs a command of the starter's fleet and demands its exit code.
func (in *installation) fleet(want int, args ...string) (out, text string) {
	in.t.Helper()
	code, out, text := in.starter(append([]string{"fleet"}, args...)...)
	if code != want {
		in.t.Fatalf("starter fleet %s exits with %d, want %d:\n%s\n%s", strings.Join(args, " "), code, want, out, text)
	}
	return out, text
}

// say tells a fleet something.
func (in *installation) say(name string, extra ...string) {
	in.t.Helper()
	in.fleet(0, append([]string{name, "rims", "--by", "tester", "--reason", "the test says so"}, extra...)...)
}

// fleetStatus reads where a fleet stands.
func (in *installation) fleetStatus() (r upgrade.FleetReport) {
	in.t.Helper()
	code, out, _ := in.starter("--json", "fleet", "status", "rims")
	if code == 0 {
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			in.t.Fatal(err)
		}
	}
	return r
}

// awaitFleet waits until a fleet stands as wanted.
func (in *installation) awaitFleet(what string, wanted func(*upgrade.FleetReport) bool) {
	in.t.Helper()
	var r upgrade.FleetReport
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if r = in.fleetStatus(); wanted(&r) {
			return
		}
	}
	in.t.Fatalf("waited for %s; the fleet stands at: %s\n%s", what, r.Markdown(), strings.Join(r.Notes, "\n"))
}

// upgrades counts those that were ever started.
func (in *installation) upgrades() int64 {
	in.t.Helper()
	found, err := in.client.CountWorkflow(context.Background(), &workflowservice.CountWorkflowExecutionsRequest{Query: fmt.Sprintf("WorkflowType=%q", workflows.TypeUpgradeGateway)})
	if err != nil {
		in.t.Fatal(err)
	}
	return found.GetCount()
}

// wantAllUpgraded demands that every pair is whole on the target after one reload of each node.
func (in *installation) wantAllUpgraded(gateways []sim.Gateway, target string) {
	in.t.Helper()
	for _, g := range gateways {
		state := in.Cloud.State(g.ID)
		for _, m := range state.Members {
			if !state.Healthy || m.Version != target || m.Reloads != 1 {
				in.t.Errorf("gateway %d: %+v", g.ID, state)
				break
			}
		}
	}
	if v := in.Cloud.Verdict(); len(v.Violations) > 0 || v.Reloads != 2*len(gateways) {
		in.t.Errorf("%d reloads, violations %+v", v.Reloads, v.Violations)
	}
}

func TestAFleetWhoseCanaryHoldsStartsNothingElseUntilItIsRepairedRetriedAndResumed(t *testing.T) {
	gateways := rims(3, 3)
	in := brisk(t, gateways...)
	canary := fmt.Sprint(gateways[0].ID)
	in.inject(sim.Fault{Name: "precheck-code", Arg: "1110", Gateway: gateways[0].ID})
	order := fleetOrder(gateways)
	_, text := in.fleet(3, "start", in.fleetFile(order), "--wait")
	if !strings.Contains(text, "has halted") || !strings.Contains(text, "→ ") {
		t.Errorf("standard error says %q", text)
	}
	r := in.fleetStatus()
	if r.Count(upgrade.GatewayHeld) != 1 || r.Count(upgrade.GatewayWaiting) != 2 || in.upgrades() != 1 {
		t.Errorf("it stands at %s, %d upgrades were started", r.Summary(), in.upgrades())
	}
	if n := in.Cloud.Verdict().Reloads; n != 0 {
		t.Errorf("%d reloads were submitted", n)
	}
	in.Cloud.Clear("precheck-code")
	in.instruct(workflows.UpdateAbort, gateways[0].ID)
	in.awaitFleet("the abort", func(r *upgrade.FleetReport) bool { return r.Count(upgrade.GatewayAborted) == 1 && len(r.Open()) == 0 })
	in.say(workflows.UpdateRetry)
	in.say(workflows.UpdateResume)
	out, _ := in.fleet(0, "watch", "rims")
	if !strings.Contains(out, "3 completed") || !strings.Contains(out, canary) {
		t.Errorf("standard output says %q", out)
	}
	in.wantAllUpgraded(gateways, order.TargetVersion)
	in.wantReports(gateways)
	if n := in.upgrades(); n != 4 {
		t.Errorf("%d upgrades were started, want the canary's twice", n)
	}
	history := in.history(workflows.FleetID("rims"))
	in.wantNoSecret(in.secrets(), map[string]string{"history": history})
	record(t, "../fleet/halted-and-resumed", history)
}

// wantReports demands the fleet's report in every form, and each upgrade's report where the fleet's says that it is.
func (in *installation) wantReports(gateways []sim.Gateway) {
	in.t.Helper()
	r := in.fleetStatus()
	for _, g := range r.All() {
		if code, _, text := in.starter("archive", "get", g.Report()); code != 0 {
			in.t.Errorf("starter archive get %s: %s", g.Report(), text)
		}
	}
	for format, start := range map[string]string{"html": "<!DOCTYPE html>", "csv": "wave,gateway,name", "json": "{", "text": "fleet rims"} {
		out, _ := in.fleet(0, "report", "rims", "--format", format)
		if !strings.HasPrefix(out, start) || strings.Count(out, gateways[1].Name) < 1 {
			in.t.Errorf("the report as %s begins with %.60q", format, out)
		}
	}
}

func TestAFleetThatIsTerminatedLeavesItsUpgradesWholeAndGoesOnWhenStartedAgain(t *testing.T) {
	gateways := rims(3, 2)
	in := brisk(t, gateways...)
	order := fleetOrder(gateways)
	in.fleet(0, "start", in.fleetFile(order))
	in.await(gateways[0].ID, "the canary's first reload", func(r upgrade.Report) bool { return len(r.Nodes) == 1 && r.Nodes[0].ReloadID != 0 })
	if err := in.client.TerminateWorkflow(t.Context(), workflows.FleetID("rims"), "", "the test says so"); err != nil {
		t.Fatal(err)
	}
	if _, text := in.fleet(3, "watch", "rims"); !strings.Contains(text, "was ended") {
		t.Errorf("of a terminated fleet watch says %q", text)
	}
	if !in.open(workflows.UpgradeID(gateways[0].ID)) {
		t.Fatal("the canary's upgrade has ended with the fleet")
	}
	in.fleet(0, "start", in.fleetFile(order), "--wait")
	r := in.fleetStatus()
	if !strings.Contains(strings.Join(r.Notes, "\n"), "was running already and is followed") || in.upgrades() != 3 {
		t.Errorf("%d upgrades were started; notes %q", in.upgrades(), r.Notes)
	}
	in.wantAllUpgraded(gateways, order.TargetVersion)
}

func TestAFleetWithGatewaysOfAnotherAccountOrNotOfferedTheTargetIsRefusedWithEveryReason(t *testing.T) {
	gateways := rims(3, 3)
	gateways[2].Offered = gateways[2].Offered[1:]
	in := install(t, gateways...)
	order := fleetOrder(gateways)
	order.Gateways = append(order.Gateways, 990001, 990002)
	for _, command := range []string{"plan", "start"} {
		_, text := in.fleet(3, command, in.fleetFile(order))
		for _, said := range []string{"gateway 990001: ", "gateway 990002: ", "gateway 8102 (rim-03): target 23.4R2-S5.5 is offered 0 times", "→ "} {
			if !strings.Contains(text, said) {
				t.Errorf("fleet %s says %q, want %q in it", command, text, said)
			}
		}
	}
	if in.upgrades() != 0 {
		t.Errorf("%d upgrades were started", in.upgrades())
	}
	in.wantNothingWritten()
}

func TestThePlanOfAFleetNamesWhatIsNotReady(t *testing.T) {
	gateways := rims(3, 3)
	in := install(t, gateways...)
	order := fleetOrder(gateways)
	if out, _ := in.fleet(0, "plan", in.fleetFile(order)); !strings.Contains(out, "READY") || !strings.Contains(out, "about ") {
		t.Errorf("the plan says %q", out)
	}
	in.inject(sim.Fault{Name: "vsrx-disk-full", Gateway: gateways[1].ID})
	if out, text := in.fleet(3, "plan", in.fleetFile(order)); !strings.Contains(out, "storage") || !strings.Contains(text, "1 gateway is not ready") {
		t.Errorf("the plan says %q and %q", out, text)
	}
	in.wantNothingWritten()
}

func TestAFleetByQueryIsThoseThatFitAllOfIt(t *testing.T) {
	gateways := rims(4, 2)
	gateways[3].Name, gateways[2].Version = "core-01", "21.4R3.15"
	in := brisk(t, gateways...)
	order := fleetOrder(gateways)
	order.Gateways, order.Waves = nil, []upgrade.FleetWave{{Name: "all", Rest: true}}
	for _, c := range []struct {
		name  string
		query upgrade.GatewayQuery
		found []string
		code  int
	}{
		{"by name", upgrade.GatewayQuery{NamePattern: "rim-*"}, []string{"rim-01", "rim-02", "rim-03"}, 0},
		{"by pod", upgrade.GatewayQuery{Pod: "lon03.pod01"}, []string{"rim-02", "core-01"}, 0},
		{"by version", upgrade.GatewayQuery{FromVersion: "21.4R3"}, []string{"rim-03"}, 0},
		{"by all of them", upgrade.GatewayQuery{NamePattern: "rim-*", Pod: "lon02.pod01", FromVersion: "22.2R2-S2"}, []string{"rim-01"}, 0},
		{"none", upgrade.GatewayQuery{NamePattern: "edge-*"}, nil, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			order.Query = &c.query
			code, out, text := in.starter("fleet", "plan", in.fleetFile(order))
			if code != c.code {
				t.Fatalf("exit code %d, want %d:\n%s\n%s", code, c.code, out, text)
			}
			for _, g := range gateways {
				if strings.Contains(out, g.Name) != slices.Contains(c.found, g.Name) {
					t.Errorf("want %q found:\n%s", c.found, out)
				}
			}
		})
	}
	in.wantNothingWritten()
	order.Query = &upgrade.GatewayQuery{NamePattern: "rim-*", Pod: "lon02.pod01", FromVersion: "22.2R2-S2"}
	in.fleet(0, "start", in.fleetFile(order), "--wait")
	in.wantAllUpgraded(gateways[:1], order.TargetVersion)
}

// A fleet goes on in fresh runs while its upgrades run: each is started once and none is lost.
func TestAFleetGoesOnInFreshRunsWhileItsUpgradesRun(t *testing.T) {
	gateways := rims(4, 4)
	in := brisk(t, gateways...)
	order := fleetOrder(gateways)
	order.RenewAfter = 12
	in.fleet(0, "start", in.fleetFile(order), "--wait")
	r := in.fleetStatus()
	if r.Renewals < 2 || r.Count(upgrade.GatewayCompleted) != 4 || in.upgrades() != 4 {
		t.Errorf("%d renewals, %s, %d upgrades were started", r.Renewals, r.Summary(), in.upgrades())
	}
	in.wantAllUpgraded(gateways, order.TargetVersion)
	record(t, "../fleet/last-of-many-runs", in.history(workflows.FleetID("rims")))
	if status := in.statusOf(workflows.FleetID("rims")); status != enums.WORKFLOW_EXECUTION_STATUS_COMPLETED {
		t.Errorf("the fleet's last run is %s", status)
	}
}

func (in *installation) statusOf(id string) enums.WorkflowExecutionStatus {
	in.t.Helper()
	d, err := in.client.DescribeWorkflowExecution(in.t.Context(), id, "")
	if err != nil {
		in.t.Fatal(err)
	}
	return d.GetWorkflowExecutionInfo().GetStatus()
}
