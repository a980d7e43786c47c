package workflows_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

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
			s.env.RegisterDelayedCallback(func() { details = s.details(); c.act(s) }, time.Second)
			s.env.RegisterDelayedCallback(func() {
				if open = !s.env.IsWorkflowCompleted(); open {
					s.env.SignalWorkflow(workflows.SignalRelease, nil)
				}
			}, time.Minute)
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
