package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// release sends a permit what asks it to close.
func release(in any) func(*stage) {
	return func(s *stage) { s.env.SignalWorkflow(workflows.SignalRelease, in) }
}

func TestAPermitIsHeldUntilItsOwnReleaseComes(t *testing.T) {
	ours := upgrade.PermitRelease{Request: rival().ID}
	last := upgrade.PermitRelease{Request: rival().ID, Unhealthy: "sent by the test at the end"}
	for name, c := range map[string]struct {
		act  func(*stage)
		want upgrade.PermitRelease // last where the act must not close it
	}{
		"its release": {release(ours), ours},
		"its release twice, of which the first counts": {func(s *stage) { release(ours)(s); release(last)(s) }, ours},
		"a release as unhealthy":                       {release(upgrade.PermitRelease{Request: rival().ID, Unhealthy: "node1 is gone"}), upgrade.PermitRelease{Request: rival().ID, Unhealthy: "node1 is gone"}},
		"a release by force":                           {release(upgrade.PermitRelease{Request: rival().ID, Forced: "A. Lindqvist: stuck"}), upgrade.PermitRelease{Request: rival().ID, Forced: "A. Lindqvist: stuck"}},
		"not a stale release of another request":       {release(upgrade.PermitRelease{Request: "rival/0"}), last},
		"not a release by force of another request":    {release(upgrade.PermitRelease{Request: "rival/0", Forced: "A. Lindqvist: stuck"}), last},
		"not a release that names no request":          {release(upgrade.PermitRelease{Unhealthy: "who?"}), last},
		"not a release without anything":               {release(nil), last},
		"not a release that cannot be read":            {release("rival/1"), last},
		"not a release of other letters":               {release([]byte{0xff, 0}), last},
		"not another signal":                           {func(s *stage) { s.env.SignalWorkflow("abort", ours) }, last},
		"its release after one that cannot be read":    {func(s *stage) { release(7)(s); release(ours)(s) }, ours},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			open := false
			s.env.RegisterDelayedCallback(func() { c.act(s) }, time.Second)
			s.env.RegisterDelayedCallback(func() {
				if open = !s.env.IsWorkflowCompleted(); open {
					release(last)(s)
				}
			}, time.Minute)
			s.env.ExecuteWorkflow(workflows.TypePodPermit, rival())
			if err := s.env.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			var got upgrade.PermitRelease
			if err := s.env.GetWorkflowResult(&got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || open != (c.want == last) {
				t.Errorf("open a minute later: %t, result (-want +got):\n%s", open, diff)
			}
		})
	}
}

func TestACancelledPermitDoesNotCloseAsReleased(t *testing.T) {
	s := newStage(t)
	s.env.RegisterDelayedCallback(s.env.CancelWorkflow, time.Second)
	s.env.ExecuteWorkflow(workflows.TypePodPermit, rival())
	if err := s.env.GetWorkflowError(); !temporal.IsCanceledError(err) {
		t.Errorf("the permit ended with %v", err)
	}
}

func TestThePermitShowsWhoHoldsThePodAndWhy(t *testing.T) {
	s := newStage(t)
	var details string
	s.env.RegisterDelayedCallback(func() { details = s.details(); release(upgrade.PermitRelease{Request: rival().ID})(s) }, time.Second)
	r := rival()
	r.Reason = "CHG-7"
	s.env.ExecuteWorkflow(workflows.TypePodPermit, r)
	if want := "held by **upgrade/31** for gateway edge-old since 2026-03-02 22:00:00. CHG-7"; !strings.Contains(details, want) {
		t.Errorf("details: %s", details)
	}
}

// A permit that was opened by hand has no request; the lock shows it under its run id. An operator who is told that it was
// released must find it closed.
func TestAPermitThatWasOpenedByHandIsReleasedUnderItsRunID(t *testing.T) {
	const run = "default-test-run-id" // as the test environment calls it
	s := newStage(t)
	open := false
	s.env.RegisterDelayedCallback(func() { release(upgrade.PermitRelease{Request: run, Forced: "A. Lindqvist: opened by hand"})(s) }, time.Second)
	s.env.RegisterDelayedCallback(func() {
		if open = !s.env.IsWorkflowCompleted(); open {
			s.env.CancelWorkflow()
		}
	}, time.Minute)
	s.env.ExecuteWorkflow(workflows.TypePodPermit, upgrade.PodRequest{})
	if open {
		t.Error("the permit stays open")
	}
}
