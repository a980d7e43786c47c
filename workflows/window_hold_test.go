package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// Between the nodes of a pair a window that has ended cuts nothing and decides nothing: who says nothing leaves it held.
func TestAWindowThatEndsBetweenTheNodesHoldsAndOffersToGoOnRollBackOrHandOver(t *testing.T) {
	for say, want := range map[string]struct {
		outcome upgrade.Outcome
		reloads int
	}{
		workflows.UpdateRetry:    {upgrade.OutcomeCompleted, 2},
		workflows.UpdateRollback: {upgrade.OutcomeRolledBack, 2},
		workflows.UpdateAbort:    {upgrade.OutcomeAbandoned, 1},
	} {
		t.Run(say, func(t *testing.T) {
			s, req := backStage(t), wanted()
			req.Window = &upgrade.Window{Start: night, End: night.Add(11 * time.Hour)}
			late := asked("reload node0 on edge-a now?", sends(workflows.UpdateApprove))
			late.when = func(s *stage, r upgrade.Report) bool { return r.Ask != nil && s.env.Now().After(req.Window.End) }
			held := later(20*time.Hour, holding(upgrade.PhaseReady, upgrade.TooLate, func(s *stage) {
				status := s.status()
				for _, choice := range []string{workflows.UpdateRetry, workflows.UpdateRollback, workflows.UpdateAbort} {
					if !slices.Contains(status.Choices, choice) {
						t.Errorf("it offers %q, want %s among them", status.Choices, choice)
					}
				}
				if !strings.Contains(status.Hold.Reason, "maintenance window") || s.count("RequestReload") != 1 || s.count("pod given back") != 0 {
					t.Errorf("it holds because %q; calls %q", status.Hold.Reason, s.calls)
				}
				s.say(say)
			}))
			r, err := s.play(req, late, held)
			if err != nil || r.Outcome != want.outcome || s.count("RequestReload") != want.reloads {
				t.Errorf("%s, %v, %d reloads; want %s and %d", r.Outcome, err, s.count("RequestReload"), want.outcome, want.reloads)
			}
		})
	}
}
