package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// renewed checks that a lock goes on in a fresh run.
func renewed(t *testing.T, err error) {
	t.Helper()
	var renewal *workflow.ContinueAsNewError
	if !errors.As(err, &renewal) {
		t.Fatalf("the run ended with %v, not for a fresh one", err)
	}
}

func TestALockCarriesItsWholeStateIntoAFreshRun(t *testing.T) {
	for name, renew := range map[string]func(*stage){
		"when Temporal suggests it": func(s *stage) { s.env.SetContinueAsNewSuggested(true); s.asks(4) },
		"when an operator wants it": func(s *stage) { s.asks(4); s.steers(workflows.UpdateRenew, "") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			var before upgrade.PodLock
			s.during["ServePod 2"] = func() { before = s.state(); renew(s) }
			after, err := s.guardUntil(freeLock(1, 2, 3))
			renewed(t, err)
			if after.Current == nil || after.Current.Request.ID != "q-2" || waiting(after) != "q-3, q-4" || ended(after) != "q-1 released" {
				t.Errorf("carried over: %+v", after)
			}
			after.Queue, after.Acts = after.Queue[:1], nil
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("but for what was done meanwhile (-before +after):\n%s", diff)
			}
		})
	}
}

// The next run takes the same turn again: whoever is served stays served, since the same moment.
func TestAFreshRunGoesOnWithTheOneThatIsServed(t *testing.T) {
	s := newStage(t)
	from := freeLock(1, 2)
	from.Serve(night.Add(-3 * time.Hour))
	l := s.guard(from)
	if in := s.served[0]; in.Request.ID != "q-1" || !in.Granted.Equal(night.Add(-3*time.Hour)) {
		t.Errorf("served first: %+v", in)
	}
	if ended(l) != "q-2 released, q-1 released" || !l.Last[1].Granted.Equal(night.Add(-3*time.Hour)) {
		t.Errorf("last: %+v", l.Last)
	}
}

func TestAFreshRunGoesOnWithATaint(t *testing.T) {
	s := newStage(t)
	from := taintedLock(1)
	from.Blocked = "gateway edge-9 (49): node1 is lost"
	s.guard(from)
	if len(s.looked) != 1 || !s.looked[0].Whole || s.looked[0].Known != from.Blocked {
		t.Errorf("looked %+v, calls %q", s.looked, s.calls)
	}
}

func TestARenewalDuringALookAtThePodKeepsTheTaint(t *testing.T) {
	s := newStage(t)
	s.during["AwaitFit 1"] = func() { s.steers(workflows.UpdateRenew, "") }
	after, err := s.guardUntil(taintedLock(1, 2))
	renewed(t, err)
	if after.Taint == nil || waiting(after) != "q-1, q-2" || after.Current != nil {
		t.Errorf("carried over: %+v", after)
	}
}

// A lock that nobody needs begins anew soon, so that nearly no run is older than the code.
func TestAnIdleLockRenewsItselfAndABusyOneDoesNot(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		s := newStage(t)
		s.env.SetCurrentHistoryLength(150)
		after, err := s.guardUntil(freeLock(1))
		renewed(t, err)
		if ended(after) != "q-1 released" {
			t.Errorf("carried over: %+v", after)
		}
	})
	t.Run("idle, with a short history", func(t *testing.T) {
		s := newStage(t)
		s.env.SetCurrentHistoryLength(60)
		s.guard(freeLock(1))
	})
	t.Run("busy", func(t *testing.T) {
		s := newStage(t)
		s.env.SetCurrentHistoryLength(150)
		s.during["ServePod 1"] = func() { s.asks(3) }
		after, err := s.guardUntil(freeLock(1, 2))
		renewed(t, err)
		if diff := cmp.Diff([]int{1, 2, 3}, s.serves()); diff != "" || len(after.Queue) != 0 {
			t.Errorf("served in one run (-want +got):\n%s", diff)
		}
	})
}

// Work of a waiting lock comes with messages, so the task in which Temporal first suggests a fresh run is one that brings a
// message. What it brings must not be lost.
func TestAWithdrawalInTheLastTaskOfARunIsHeard(t *testing.T) {
	for name, n := range map[string]int{"of one that waits": 2, "of the one that is served": 1} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.during["ServePod 1"] = func() { s.env.SetContinueAsNewSuggested(true); s.leaves(n) }
			after, err := s.guardUntil(freeLock(1, 2, 3))
			renewed(t, err)
			if place := after.Place(requestID(n)); place.Position >= 0 {
				t.Errorf("the fresh run begins with it at %+v, queue %q", place, waiting(after))
			}
		})
	}
}
