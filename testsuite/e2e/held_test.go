package e2e

import (
	"os"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
	"vsrx-upgrade/workflows"
)

// stall makes an upgrade hold in one phase, and says how a person leaves it.
type stall struct {
	when     func(upgrade.Report) bool // the moment at which it is spoiled; nil: before it starts
	fault    string                    // of the cloud, until it is mended
	settings []string                  // of the worker, until it is mended
	does     func(*installation, int)  // what somebody does then to the upgrade of a gateway
	request  func(*upgrade.Request)
	gateway  sim.Gateway // other than the default pair

	phase   upgrade.Phase
	kind    upgrade.Kind
	word    string // that leaves the hold, once it is mended; "" is retry
	stays   bool   // it cannot be mended: it holds again, and is aborted
	outcome upgrade.Outcome
}

// unreadable are the settings of a worker that refuses to store anything, since nobody is named who could read it.
func unreadable() []string { return []string{"VSRX_ARCHIVE_RECIPIENTS=", "VSRX_ARCHIVE_IDENTITY="} }

// lone is a standalone gateway in the place of the default pair.
func lone() sim.Gateway {
	pair := sim.DefaultGateways()[0]
	return sim.Gateway{ID: pair.ID, Name: "gw-s", Pod: pair.Pod, Standalone: true, Version: pair.Version, Offered: pair.Offered}
}

// stalls lists every phase in which an upgrade can hold. Discover and plan refuse instead, and a report that cannot be
// stored is named in the result.
func stalls() map[string]stall {
	asked := func(r *upgrade.Request) { r.Approval = upgrade.ApprovalPerson }
	return map[string]stall{
		"queue":   {request: shortWindow, phase: upgrade.PhaseQueue, kind: upgrade.TooLate, stays: true, outcome: upgrade.OutcomeAborted},
		"prepare": {fault: "commit-refused", phase: upgrade.PhasePrepare, kind: upgrade.Refused, outcome: upgrade.OutcomeCompleted},
		"export":  {settings: unreadable(), phase: upgrade.PhaseExport, kind: upgrade.Invalid, outcome: upgrade.OutcomeCompleted},
		"ready":   {fault: "precheck-timeout", phase: upgrade.PhaseReady, kind: upgrade.NotReady, outcome: upgrade.OutcomeCompleted},
		"reload":  {fault: "reload-refused-500", phase: upgrade.PhaseReload, kind: upgrade.Refused, outcome: upgrade.OutcomeCompleted},
		"reload-resubmitted": {fault: "reload-200-error", phase: upgrade.PhaseReload, kind: upgrade.Undecided, word: workflows.UpdateResubmit,
			outcome: upgrade.OutcomeCompleted},
		"reload-abandoned": {fault: "reload-200-error", phase: upgrade.PhaseReload, kind: upgrade.Undecided, stays: true, outcome: upgrade.OutcomeAbandoned},
		"verify":           {fault: "peer-not-off", phase: upgrade.PhaseVerify, kind: upgrade.Unhealthy, outcome: upgrade.OutcomeCompleted},
		"approve":          {request: asked, when: asks, does: cancelAndApprove, phase: upgrade.PhaseApprove, kind: upgrade.Refused, outcome: upgrade.OutcomeCompleted},
		"import":           {gateway: lone(), when: reloads(1), fault: "commit-refused", phase: upgrade.PhaseImport, kind: upgrade.Refused, outcome: upgrade.OutcomeCompleted},
		"rollback": {request: asked, when: asks, fault: "shutdown-hangs", does: rollBack, phase: upgrade.PhaseRollback, kind: upgrade.Overdue,
			outcome: upgrade.OutcomeRolledBack},
		"restore": {request: func(r *upgrade.Request) { r.Preempt = upgrade.PreemptRestore }, when: reloads(2), fault: "commit-refused",
			phase: upgrade.PhaseRestore, kind: upgrade.Refused, outcome: upgrade.OutcomeCompleted},
		"compare": {when: reloads(2), settings: unreadable(), phase: upgrade.PhaseCompare, kind: upgrade.Invalid, outcome: upgrade.OutcomeCompleted},
	}
}

// shortWindow ends long before the upgrade could.
func shortWindow(r *upgrade.Request) {
	now := time.Now()
	r.Window = &upgrade.Window{Start: now.Add(-time.Hour), End: now.Add(5 * time.Second)}
}

// cancelAndApprove leaves a person to say what a cancellation means between the two reloads.
func cancelAndApprove(in *installation, gateway int) {
	if err := in.client.CancelWorkflow(in.t.Context(), workflows.UpgradeID(gateway), ""); err != nil {
		in.t.Fatal(err)
	}
	in.instruct(workflows.UpdateApprove, gateway)
}

func rollBack(in *installation, gateway int) { in.instruct(workflows.UpdateRollback, gateway) }

func asks(r upgrade.Report) bool { return r.Ask != nil }

// reloads waits until so many reloads are known to run or to have run.
func reloads(n int) func(upgrade.Report) bool {
	return func(r upgrade.Report) bool { return r.Reloads == n }
}

// What comes of a hold is tested elsewhere in less time. This one makes the histories that the replay tests read, an
// upgrade to its end for each.
func TestAnUpgradeThatHoldsInAnyPhaseGoesOnOrEndsAsThePersonSays(t *testing.T) {
	const recording = "RECORD_HISTORIES"
	if os.Getenv(recording) == "" {
		t.Skipf("it takes minutes; %s names the folder for the histories that it makes", recording)
	}
	for name, s := range stalls() {
		t.Run(name, func(t *testing.T) { s.tryOut(t, name) })
	}
}

// tryOut brings an upgrade into the hold and out of it to its end.
func (s stall) tryOut(t *testing.T, name string) {
	if s.gateway.ID == 0 {
		s.gateway = sim.DefaultGateways()[0]
	}
	in := prepare(t, s.gateway)
	var worker *stage.Worker
	if s.when == nil {
		worker = s.spoil(in, nil)
	} else {
		worker = in.startWorker()
	}
	req := request()
	req.Approval = upgrade.ApprovalNone
	if s.request != nil {
		s.request(&req)
	}
	in.upgrade(req)
	if s.gateway.Standalone { // is asked in any case
		in.await(req.GatewayID, "the question before the outage", asks)
		in.instruct(workflows.UpdateApprove, req.GatewayID)
	}
	if s.when != nil {
		in.await(req.GatewayID, "the moment to spoil it", s.when)
		worker = s.spoil(in, worker)
	}
	r := in.await(req.GatewayID, "the hold", held)
	if r.Phase != s.phase || r.Hold.Kind != s.kind || r.Hold.Advice == "" {
		t.Errorf("it holds in %s at %+v, want %s in %s with advice", r.Phase, r.Hold, s.kind, s.phase)
	}
	s.leave(in, r, worker)
	if report := in.result(req.GatewayID); report.Outcome != s.outcome {
		t.Errorf("it ended as %q, want %q: %s", report.Outcome, s.outcome, report.Markdown())
	}
	if v := in.Cloud.Verdict().Violations; len(v) > 0 {
		t.Errorf("the safety monitor saw %+v", v)
	}
	record(t, "held-in-"+name, in.history(workflows.UpgradeID(req.GatewayID)))
}

// spoil does what makes the upgrade hold, and gives the worker that serves from then on.
func (s stall) spoil(in *installation, worker *stage.Worker) *stage.Worker {
	in.t.Helper()
	if s.fault != "" {
		in.inject(sim.Fault{Name: s.fault})
	}
	if worker == nil || s.settings != nil {
		worker = in.relieve(worker, s.settings...)
	}
	if s.does != nil {
		s.does(in, s.gateway.ID)
	}
	return worker
}

// leave mends what was spoiled and says the word; what cannot be mended holds again, and is aborted.
func (s stall) leave(in *installation, r upgrade.Report, worker *stage.Worker) {
	in.t.Helper()
	word := s.word
	if word == "" {
		word = workflows.UpdateRetry
	}
	if s.fault != "" && !s.stays {
		in.Cloud.Clear(s.fault)
	}
	if s.settings != nil {
		in.relieve(worker)
	}
	in.instruct(word, r.GatewayID)
	if s.stays {
		in.await(r.GatewayID, "the hold after the retry", func(again upgrade.Report) bool { return again.Hold != nil && again.Hold.Since != r.Hold.Since })
		in.instruct(workflows.UpdateAbort, r.GatewayID)
	}
}

// relieve replaces a worker, if there is one, by another with other settings.
func (in *installation) relieve(worker *stage.Worker, settings ...string) *stage.Worker {
	in.t.Helper()
	if worker != nil {
		if err := worker.Stop(); err != nil {
			in.t.Fatalf("stopping the worker: %v", err)
		}
	}
	return in.startWorker(settings...)
}
