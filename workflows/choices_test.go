package workflows_test

import (
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// The checks before a reload take half an hour and more. Who says pause in that time has not seen a reload begin, and
// does not expect one.
func TestAPauseSaidBeforeASubmissionKeepsItFromBeingSent(t *testing.T) {
	for _, during := range []string{"Check 1", "CheckReadiness 1", "Observe 1"} {
		t.Run("during "+during, func(t *testing.T) {
			s := newStage(t)
			pausedAt(during)(s)
			r, err := s.play(wanted(), paused(func(s *stage) {
				if s.count("RequestReload") != 0 {
					t.Errorf("while paused a reload was submitted: %q", s.calls)
				}
				s.say(workflows.UpdateResume)
			}), approve())
			if err != nil || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("%s, %v", r.Outcome, err)
			}
		})
	}
}

// Status is what people choose from. What it offers in the middle of a submission must not be what was right before it.
func TestTheChoicesAreTrueInTheMiddleOfASubmission(t *testing.T) {
	for during, rollback := range map[string]string{"RequestReload 1": notOver, "RequestReload 2": tooFar} {
		t.Run(during, func(t *testing.T) {
			s := newStage(t)
			texts := refusals(map[string]string{workflows.UpdateRollback: rollback, workflows.UpdateAbort: unstoppable})
			s.during[during] = func() { s.offers(texts); s.refuses(texts) }
			if r, err := s.play(wanted(), approve()); err != nil || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("%s, %v", r.Outcome, err)
			}
		})
	}
}

// A rollback is the answer of the person who had paused: nobody has to say resume to it.
func TestARollbackEndsThePauseInWhichItIsSaid(t *testing.T) {
	s := backStage(t)
	pausedAt("AwaitReload 1")(s)
	r, err := s.play(wanted(), paused(sends(workflows.UpdateRollback)))
	if err != nil || r.Outcome != upgrade.OutcomeRolledBack {
		t.Errorf("%s, %v", r.Outcome, err)
	}
}

// IBM's record may name the old version in short. Once the old node answers again, it says itself what it runs: the
// price is looked up, and the pair judged, by that.
func TestARollbackOfATakenOverUpgradeGoesBackToWhatTheOldNodeRuns(t *testing.T) {
	s := backStage(t)
	firstDone(s)
	r, err := s.play(adopting(), goBack())
	if err != nil || r.Outcome != upgrade.OutcomeRolledBack || r.Nodes[len(r.Nodes)-1].Target != old {
		t.Errorf("%s, %v, nodes %+v", r.Outcome, err, r.Nodes)
	}
}
