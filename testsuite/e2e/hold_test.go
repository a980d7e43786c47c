package e2e

import (
	"strings"
	"testing"

	"go.temporal.io/api/enums/v1"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

func held(r upgrade.Report) bool { return r.Hold != nil }

func TestNotReadyHoldsAndRetryGoesOnOnceItIsRepaired(t *testing.T) {
	in := install(t)
	req := request()
	req.Approval = upgrade.ApprovalNone
	in.inject(sim.Fault{Name: "precheck-code", Arg: "1110", Gateway: req.GatewayID})
	in.upgrade(req)
	r := in.await(req.GatewayID, "the hold", held)
	if r.Hold.Kind != upgrade.NotReady || !strings.Contains(r.Hold.Reason, "1110") || r.Phase != upgrade.PhaseReady {
		t.Errorf("it holds in %s at %+v, want code 1110 in phase ready", r.Phase, r.Hold)
	}
	if n := in.Cloud.Verdict().Reloads; n != 0 {
		t.Errorf("%d reloads were submitted without a Ready check", n)
	}
	in.Cloud.Clear("precheck-code")
	in.instruct(workflows.UpdateRetry, req.GatewayID)
	if report := in.result(req.GatewayID); report.Outcome != upgrade.OutcomeCompleted || len(report.Decisions) != 1 {
		t.Errorf("the upgrade ended as %q after %+v", report.Outcome, report.Decisions)
	}
	in.wantWholeAndSafe(req)
	record(t, "held-and-retried", in.history(workflows.UpgradeID(req.GatewayID)))
}

func TestAbortBeforeTheFirstReloadUndoesWhatWasPreparedAndFreesThePod(t *testing.T) {
	in := install(t)
	req := request()
	in.inject(sim.Fault{Name: "precheck-code", Arg: "1110", Gateway: req.GatewayID})
	in.upgrade(req)
	r := in.await(req.GatewayID, "the hold", held)
	if in.Cloud.State(req.GatewayID).PreemptActive {
		t.Error("preempt is still active although the upgrade is past prepare")
	}
	permit := workflows.PermitID(r.Plan.Gateway.Account, r.Pod)
	if !in.open(permit) {
		t.Error("the pod is not held while the upgrade holds")
	}
	in.instruct(workflows.UpdateAbort, req.GatewayID)
	report := in.result(req.GatewayID)
	if report.Outcome != upgrade.OutcomeAborted || report.Stored == nil {
		t.Errorf("the upgrade ended as %q, report stored: %v", report.Outcome, report.Stored)
	}
	if !in.Cloud.State(req.GatewayID).PreemptActive {
		t.Error("preempt was not put back")
	}
	if in.open(permit) {
		t.Error("the pod is still held")
	}
	if v := in.Cloud.Verdict(); v.Reloads != 0 || v.Outages != 0 || len(v.Violations) != 0 {
		t.Errorf("the monitor saw %+v, want nothing", v)
	}
	record(t, "aborted", in.history(workflows.UpgradeID(req.GatewayID)))
}

func TestTheSecondGatewayOfAPodWaitsForTheFirst(t *testing.T) {
	first := sim.DefaultGateways()[0]
	second := first
	second.ID, second.Name = 4712, "gw-b"
	in := install(t, first, second)
	a, b := request(), request()
	b.GatewayID = second.ID
	in.inject(sim.Fault{Name: "precheck-code", Arg: "1110"})
	in.upgrade(a)
	in.await(a.GatewayID, "the first one's hold", held)
	in.upgrade(b)
	r := in.await(b.GatewayID, "the second one's wait", func(r upgrade.Report) bool { return r.Waiting != "" })
	if !strings.Contains(r.Waiting, workflows.UpgradeID(a.GatewayID)) {
		t.Errorf("it says %q, want for whom it waits", r.Waiting)
	}
	in.instruct(workflows.UpdateAbort, a.GatewayID)
	in.await(b.GatewayID, "the second one's turn", func(r upgrade.Report) bool { return r.Waiting == "" && r.Phase != upgrade.PhaseQueue })
	in.instruct(workflows.UpdateAbort, b.GatewayID)
	in.result(b.GatewayID)
	if v := in.Cloud.Verdict().Violations; len(v) > 0 {
		t.Errorf("the safety monitor saw %+v", v)
	}
	record(t, "waited-for-the-pod", in.history(workflows.UpgradeID(b.GatewayID)))
}

// open reports whether a workflow is running.
func (in *installation) open(id string) bool {
	in.t.Helper()
	d, err := in.client.DescribeWorkflowExecution(in.t.Context(), id, "")
	if err != nil {
		in.t.Fatal(err)
	}
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
}
