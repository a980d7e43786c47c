package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// A cancellation during a submission that reached nobody comes before the first reload, as the next round would.
func TestACancellationIsFollowedWhenTheSubmissionReachedNobody(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*world)
		during string
	}{
		"not sent, while it was being sent":    {func(w *world) { notSent(w, 1) }, "RequestReload 1"},
		"not sent, while it was being settled": {func(w *world) { notSent(w, 1) }, "ConfirmReload 1"},
		"refused by IBM":                       {func(w *world) { declined(w, 1) }, "RequestReload 1"},
		"refused by the fence":                 {func(w *world) { w.request.fails(1, says(upgrade.LockLost, "the permit is closed")) }, "RequestReload 1"},
	} {
		t.Run(name, func(t *testing.T) {
			s, req := newStage(t), wanted()
			s.preempt, req.Preempt, req.Approval = upgrade.PreemptActive, upgrade.PreemptRestore, upgrade.ApprovalNone
			c.spoil(s.world)
			s.during[c.during] = s.env.CancelWorkflow
			if _, err := s.play(req); !temporal.IsCanceledError(err) || s.count("RequestReload") != 1 || s.preempt != upgrade.PreemptActive {
				t.Errorf("closed with %v after %d submissions, preempt %s", err, s.count("RequestReload"), s.preempt)
			}
		})
	}
}

// What an abort puts back needs the pod; where the permit was ended by others it has to be taken again for that.
func TestAnAbortPutsPreemptBackAlsoAfterThePermitWasLost(t *testing.T) {
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
	s.export.fails(1, broken)
	s.during["Export 1"] = func() { s.env.CancelWorkflowByID(permitID, "") }
	r, err := s.play(req, holding(upgrade.PhaseExport, upgrade.Unreachable, sends(workflows.UpdateAbort)))
	if err != nil || s.preempt != upgrade.PreemptActive || len(r.ToDo) != 0 {
		t.Errorf("%v, preempt %s, to do %q, calls %q", err, s.preempt, r.ToDo, s.calls)
	}
	if s.count("pod taken") != s.count("pod given back")+s.count("pod lost") {
		t.Errorf("the pod is still held: %q", s.calls)
	}
}

// Whoever reads the report of an aborted upgrade must not take preempt for being off.
func TestTheReportOfAnAbortSaysThatPreemptIsBack(t *testing.T) {
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptDeactivate
	s.export.fails(1, broken)
	r, err := s.play(req, holding(upgrade.PhaseExport, upgrade.Unreachable, sends(workflows.UpdateAbort)))
	if err != nil {
		t.Fatal(err)
	}
	want := &upgrade.PreemptReport{Found: upgrade.PreemptActive, Deactivated: true, Restored: true}
	if diff := cmp.Diff(want, r.Preempt); diff != "" {
		t.Errorf("preempt (-want +got):\n%s", diff)
	}
}

// A device that did not answer has no configuration that could be taken over: the person's word stays good for the
// next look.
func TestDriftIsNotTakenOverFromADeviceThatDidNotAnswer(t *testing.T) {
	s := newStage(t)
	s.during["CheckReadiness 2"] = func() { s.commit("2026-03-03 someone") }
	s.observe.changes(3, func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "no route to host"} })
	r, err := s.play(wanted(), approve(), retry(upgrade.PhaseReady, upgrade.Drifted), retry(upgrade.PhaseReady, upgrade.Unhealthy))
	if err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("%s, %v", r.Outcome, err)
	}
}

// A hold may last longer than a check is valid. Running into the expired check costs a second retry, at night, by the
// same person.
func TestARetryAfterAnOldCheckHasExpiredRunsANewOneAtOnce(t *testing.T) {
	s := newStage(t)
	s.observe.changes(1, func(p *upgrade.Picture) { p.Device.Pending = true })
	r, err := s.play(wanted(), later(6*time.Hour, retry(upgrade.PhaseReady, upgrade.Unhealthy)), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("CheckReadiness") != 3 {
		t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
	}
}

// A person's abort is under way; a cancellation on top of it changes neither who ended the upgrade nor why.
func TestACancellationDuringAnAbortDoesNotReplaceItsReason(t *testing.T) {
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
	s.export.fails(1, broken)
	s.during["SetPreempt 2"] = s.env.CancelWorkflow
	_, err := s.play(req, holding(upgrade.PhaseExport, upgrade.Unreachable, sends(workflows.UpdateAbort)))
	var canceled *temporal.CanceledError
	if err != nil && !errors.As(err, &canceled) {
		t.Fatal(err)
	}
	if r := s.stored; r.Reason != "night shift says abort" || len(r.Decisions) != 1 {
		t.Errorf("reason %q, decisions %+v", r.Reason, r.Decisions)
	}
}

// Nothing was sent, so nothing was submitted at any time.
func TestASubmissionThatTheFenceStoppedIsNotShownAsSubmitted(t *testing.T) {
	s := newStage(t)
	s.request.fails(1, says(upgrade.LockLost, "the permit is closed"))
	r, err := s.play(wanted(), holding(upgrade.PhaseReload, upgrade.LockLost, sends(workflows.UpdateAbort)))
	if err != nil || r.Outcome != upgrade.OutcomeAborted {
		t.Fatalf("%s, %v", r.Outcome, err)
	}
	if n := r.Nodes[0]; !n.Submitted.IsZero() || n.Submission != nil {
		t.Errorf("node: %+v", n)
	}
}

// The wait for a pod or a window may take days, in which people may commit. What was found before that wait is no
// measure of what must be there after the upgrade.
func TestPreemptIsComparedWithTheConfigurationRightBeforeItWasSwitchedOff(t *testing.T) {
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
	s.ahead = 1
	s.during["KeepPlace 1"] = func() { s.commit("2026-03-02 someone") }
	if _, err := s.play(req, approve()); err != nil {
		t.Fatal(err)
	}
	if stale := s.compare.asked[0].Preempt; stale == "d1" {
		t.Errorf("compared with the configuration %q of before the wait", stale)
	}
}

// One approval is one approval: the retry of a step that failed after it is a decision of its own.
func TestARetryDoesNotAskAgainForWhatWasApproved(t *testing.T) {
	s := newStage(t)
	s.preempt = upgrade.PreemptActive
	s.setting.fails(1, broken)
	r, err := s.play(wanted(), asked(askPreempt, sends(workflows.UpdateApprove)), retry(upgrade.PhasePrepare, upgrade.Unreachable), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("%s, %v", r.Outcome, err)
	}
}
