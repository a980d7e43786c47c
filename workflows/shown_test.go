package workflows_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestTheListOfWorkflowsShowsGatewayPodTargetChangeAndEachPhase(t *testing.T) {
	s := newStage(t)
	if _, err := s.play(wanted(), approve()); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"VsrxGateway": "edge-fra", "VsrxPod": pod, "VsrxTarget": target, "VsrxChange": "CHG-31007", "VsrxPhase": "report"}
	if diff := cmp.Diff(want, s.seen.attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(slices.Values(workflows.Attributes()))); diff != "" {
		t.Errorf("registered attributes (-want +got):\n%s", diff)
	}
	phases := []string{"discover", "plan", "queue", "prepare", "export", "ready", "reload", "verify", "approve", "ready", "reload", "verify", "restore", "compare", "report"}
	if diff := cmp.Diff(phases, slices.Compact(s.seen.phases)); diff != "" {
		t.Errorf("phases (-want +got):\n%s", diff)
	}
}

func TestNoChangeTicketIsShownWhereNoneWasGiven(t *testing.T) {
	s, req := newStage(t), wanted()
	req.Change, req.DryRun = "", true
	if _, err := s.play(req); err != nil {
		t.Fatal(err)
	}
	if got, ok := s.seen.attributes["VsrxChange"]; ok {
		t.Errorf("the change is %q", got)
	}
}

func TestTheDetailsShowTheQuestionWhileItIsAsked(t *testing.T) {
	s := newStage(t)
	var asking, after string
	s.during["CheckReadiness 2"] = func() { after = s.details() }
	_, err := s.play(wanted(), asked("reload node0 on edge-a now?", func(s *stage) {
		asking = s.details()
		s.say(workflows.UpdateApprove)
	}))
	if err != nil || !strings.Contains(asking, "WAITING FOR APPROVAL") || !strings.Contains(asking, "node1 runs 24.2R2-S1.4 alone") {
		t.Errorf("%v, details:\n%s", err, asking)
	}
	if strings.Contains(after, "WAITING") {
		t.Errorf("the question still stands:\n%s", after)
	}
}

func TestTheDetailsNoLongerShowAHoldThatIsOver(t *testing.T) {
	s := newStage(t)
	s.export.fails(1, broken)
	var after string
	s.during["Export 2"] = func() { after = s.details() }
	if _, err := s.play(wanted(), retry(upgrade.PhaseExport, upgrade.Unreachable), approve()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(after, "HOLDING") || !strings.Contains(after, "retry by A. Lindqvist: night shift says retry") {
		t.Errorf("details after retry:\n%s", after)
	}
}

func TestASubmissionIsTheOneActivityThatIsNeverAttemptedTwice(t *testing.T) {
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
	s.during["AwaitPodFree 1"] = s.rivalLeaves
	if _, err := s.playAs("BesideRival", req, approve()); err != nil {
		t.Fatal(err)
	}
	long := []string{"AwaitPodFree", "CheckReadiness", "ConfirmReload", "AwaitReload", "Verify", "Compare"}
	for name, o := range s.seen.options {
		attempts := map[string]int32{"RequestReload": 1, "Discover": 3}[name]
		if o.RetryPolicy == nil || o.RetryPolicy.MaximumAttempts != attempts {
			t.Errorf("%s is attempted by %+v, wanted %d attempts at most (0 = any)", name, o.RetryPolicy, attempts)
		}
		if beats := o.HeartbeatTimeout > 0; beats != slices.Contains(long, name) {
			t.Errorf("%s has a heartbeat timeout of %s", name, o.HeartbeatTimeout)
		}
		if o.StartToCloseTimeout == 0 || o.Summary == "" || o.WaitForCancellation {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if len(s.seen.options) != 13 {
		t.Errorf("only %v ran", slices.Sorted(maps.Keys(s.seen.options)))
	}
	if limit := upgrade.DefaultTiming().ReloadEnd.D(); s.seen.options["AwaitReload"].StartToCloseTimeout <= limit {
		t.Errorf("Temporal gives up on a reload before the activity does: %s", limit)
	}
}

func TestAPodIsHeldUntilItIsReleasedAndBySignalOnly(t *testing.T) {
	for name, c := range map[string]struct {
		act      func(*stage)
		canceled bool
	}{
		"release": {func(s *stage) { s.env.SignalWorkflow(workflows.SignalRelease, nil) }, false},
		"release twice": {func(s *stage) {
			s.env.SignalWorkflow(workflows.SignalRelease, nil)
			s.env.SignalWorkflow(workflows.SignalRelease, nil)
		}, false},
		"another signal before": {func(s *stage) { s.env.SignalWorkflow("abort", nil) }, false},
		"a cancellation":        {func(s *stage) { s.env.CancelWorkflow() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			var details string
			open := false
			s.env.RegisterDelayedCallback(func() { details = s.details(); c.act(s) }, 1)
			s.env.RegisterDelayedCallback(func() {
				if open = !s.env.IsWorkflowCompleted(); open {
					s.env.SignalWorkflow(workflows.SignalRelease, nil)
				}
			}, 1000)
			s.env.ExecuteWorkflow(workflows.TypePodPermit, upgrade.PermitRequest{Holder: "upgrade/31", Gateway: "edge-old", Reason: "CHG-7"})
			if err := s.env.GetWorkflowError(); temporal.IsCanceledError(err) != c.canceled || err != nil && !c.canceled {
				t.Errorf("the permit ended with %v", err)
			}
			if open != (name == "another signal before") {
				t.Errorf("the permit stayed open: %t", open)
			}
			if !strings.Contains(details, "held by **upgrade/31** for gateway edge-old") || !strings.Contains(details, "CHG-7") {
				t.Errorf("details: %s", details)
			}
		})
	}
}
