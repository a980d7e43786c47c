package podlock

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// resetHolder resets a holder to its first task, or to its last, and follows the new run.
func (a *actor) resetHolder(late bool) *actor {
	a.w.t.Helper()
	again := *a
	again.run = a.w.reset(a.id, late)
	return &again
}

func TestPodLockAHolderThatIsResetAfterItTookThePodGoesOnUnderTheSamePermit(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before)
	held := a.holds()
	w.until("the holder's knowledge of its permit", func() bool { return a.stance().Permit == held.Permit.RunID })
	b := w.start(1)
	b.waits(1)
	again := a.resetHolder(true)
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("the open permit is %+v, want %+v", p, held.Permit)
	}
	again.goOn()
	again.works()
	b.works()
	w.wantServed(0, a, b)
}

func TestPodLockAPermitThatItsResetHolderLeftIsShownAndReleasedByAnOperator(t *testing.T) {
	for _, lost := range []bool{false, true} {
		name := "as the lock knows it"
		if lost {
			name = "by a lock that adopts it"
		}
		t.Run(name, func(t *testing.T) {
			w := open(t, 2)
			a := w.start(0, before)
			held := a.holds()
			again := a.resetHolder(false)
			if lost {
				w.loseLock(0)
			}
			w.until("the new run's request", func() bool {
				state, err := w.ask(0)
				return err == nil && state.Current != nil && state.Current.Request.ID == a.request() && state.Place(again.request()).Position == 1
			})
			w.until("its word for whom it waits", func() bool { return strings.Contains(again.stance().Waiting, a.id) })
			if p := w.permit(0); p == nil || p.Permit != held.Permit {
				t.Errorf("the open permit is %+v, want %+v", p, held.Permit)
			}
			if err := w.instruct(0, workflows.UpdateForceRelease, says(a.request())); err != nil {
				t.Fatal(err)
			}
			again.goOn()
			again.works()
			state := w.free(0)
			if _, how := served(state); !slices.Equal(how, []string{string(upgrade.PodLost), string(upgrade.PodReleased)}) {
				t.Errorf("the turns ended as %v", how)
			}
			if !strings.Contains(state.Last[1].End, "kim: the test says so") {
				t.Errorf("the first turn ended by %q, want who forced it and why", state.Last[1].End)
			}
		})
	}
}

func TestPodLockAWaiterThatIsResetWaitsOn(t *testing.T) {
	for _, late := range []bool{false, true} {
		name := "from its beginning"
		if late {
			name = "from where it stood"
		}
		t.Run(name, func(t *testing.T) {
			w := open(t, 2)
			all := w.line(2)
			again := all[1].resetHolder(late)
			all[0].goOn()
			all[0].works()
			again.goOn()
			again.works()
			if state := w.free(0); state.Taint != nil {
				t.Errorf("the pod is tainted: %+v", state.Taint)
			}
		})
	}
}
