package workflows_test

import (
	"maps"
	"slices"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func TestASubmissionIsTheOneActivityThatIsNeverAttemptedTwice(t *testing.T) {
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
	s.ahead = 1
	if _, err := s.play(req, approve()); err != nil {
		t.Fatal(err)
	}
	long := []string{"SetPreempt", "Export", "CheckReadiness", "ConfirmReload", "AwaitReload", "Verify", "Compare"}
	for name, o := range s.seen.options {
		attempts := map[string]int32{"RequestReload": 1}[name]
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
	if len(s.seen.options) != 14 {
		t.Errorf("only %v ran", slices.Sorted(maps.Keys(s.seen.options)))
	}
	if limit := upgrade.DefaultTiming().ReloadEnd.D(); s.seen.options["AwaitReload"].StartToCloseTimeout <= limit {
		t.Errorf("Temporal gives up on a reload before the activity does: %s", limit)
	}
}
