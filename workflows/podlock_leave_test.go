package workflows_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAWithdrawalKeepsTheOrderOfTheOthers(t *testing.T) {
	for name, c := range map[string]struct {
		leaves int
		served []int
		last   string
	}{
		"of the one that is served": {1, []int{1, 2, 3, 4}, "q-4 released, q-3 released, q-2 released, q-1 withdrawn"},
		"of the next":               {2, []int{1, 3, 4}, "q-4 released, q-3 released, q-1 released"},
		"of one in the middle":      {3, []int{1, 2, 4}, "q-4 released, q-2 released, q-1 released"},
		"of the last":               {4, []int{1, 2, 3}, "q-3 released, q-2 released, q-1 released"},
		"of nobody":                 {9, []int{1, 2, 3, 4}, "q-4 released, q-3 released, q-2 released, q-1 released"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.during["ServePod 1"] = func() { s.leaves(c.leaves); s.leaves(c.leaves) }
			l := s.guard(freeLock(1, 2, 3, 4))
			if diff := cmp.Diff(c.served, s.serves()); diff != "" || ended(l) != c.last || l.Taint != nil || l.Garbled != 0 {
				t.Errorf("last %q, taint %+v, served (-want +got):\n%s", ended(l), l.Taint, diff)
			}
		})
	}
}

func TestAWithdrawalDuringALookAtThePodIsNoVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		leaves int
		fits   []string
	}{
		"of the one it is for":  {1, []string{"q-1", "q-2"}},
		"of one further behind": {2, []string{"q-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			var tainted bool
			s.during["AwaitFit 1"] = func() { s.leaves(c.leaves) }
			s.during["AwaitFit 2"] = func() { tainted = s.state().Taint != nil }
			l := s.guard(taintedLock(1, 2))
			var fits []string
			for _, in := range s.looked {
				fits = append(fits, in.For.ID)
			}
			if diff := cmp.Diff(c.fits, fits); diff != "" || len(s.served) != 1 || s.served[0].Request.GatewayID-40 != 3-c.leaves || l.Taint != nil {
				t.Errorf("served %v, looked for (-want +got):\n%s", s.serves(), diff)
			}
			if len(c.fits) == 2 && !tainted {
				t.Error("a look that was cut short cleared the taint")
			}
		})
	}
}

func TestTheLastThatLeavesATaintedPodLeavesItTainted(t *testing.T) {
	s := newStage(t)
	s.during["AwaitFit 1"] = func() { s.leaves(1) }
	if l := s.guard(taintedLock(1)); l.Taint == nil || len(s.served) != 0 || len(l.Queue) != 0 {
		t.Errorf("taint %+v, queue %q, calls %q", l.Taint, waiting(l), s.calls)
	}
}
