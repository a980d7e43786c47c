package podlock

import (
	"slices"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// reloads counts the accepted reloads of a gateway.
func (w *world) reloads(gateway int) (n int) {
	for _, m := range w.cloud.State(gateway).Members {
		n += m.Reloads
	}
	return n
}

func TestPodLockARequestWhoseAnswerIsLostIsQueuedOnce(t *testing.T) {
	w := open(t, 3)
	a := w.start(0, before)
	a.holds()
	w.stalled.Store(true)
	asked := w.asked.Load()
	b := w.start(1)
	b.waits(1)
	w.until("a repeated request", func() bool { return w.asked.Load() >= asked+2 })
	if state := w.lock(0); len(state.Queue) != 1 {
		t.Errorf("the queue is %+v, want one entry", state.Queue)
	}
	c := w.start(2)
	c.waits(2)
	a.goOn()
	a.works()
	b.works() // by its grant: the answer never came
	c.works()
	w.wantServed(0, a, b, c)
}

func TestPodLockAWorkerThatDiesBetweenRequestAndAnswerLeavesOneEntry(t *testing.T) {
	w := furnish(t, server.FrontendHostPort(), func(*sim.Options) {}, 2)
	dying := w.startChild(func(s *site) { s.Dies = diesAsking })
	a := w.start(0, before)
	dying.died()
	w.startWorker()
	a.holds()
	if state := w.lock(0); len(state.Queue) != 0 || state.Current == nil || state.Current.Request.ID != a.request() {
		t.Errorf("the lock has %+v", state)
	}
	b := w.start(1)
	b.waits(1)
	a.goOn()
	a.works()
	b.works()
	w.wantServed(0, a, b)
}

func TestPodLockAWorkerThatDiesWhileThePodIsHeldIsFollowedByOneThatGoesOn(t *testing.T) {
	w := furnish(t, server.FrontendHostPort(), func(*sim.Options) {}, 2)
	dying := w.startChild(func(s *site) { s.Dies = diesWorking })
	a := w.start(0, before)
	held := a.holds()
	b := w.start(1)
	b.waits(1)
	a.goOn()
	dying.died()
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("after the crash the open permit is %+v, want %+v", p, held.Permit)
	}
	w.startWorker()
	a.works()
	b.works()
	if n := w.reloads(a.gateway); n != 1 {
		t.Errorf("the gateway was reloaded %d times", n)
	}
	w.wantServed(0, a, b)
}

func TestPodLockAWorkerThatIsReplacedHandsItsWatchOver(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before)
	held := a.holds()
	b := w.start(1)
	b.waits(1)
	w.stopWorker()
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("the open permit is %+v, want %+v", p, held.Permit)
	}
	w.startWorker()
	b.waits(1)
	a.goOn()
	a.works()
	b.works()
	w.wantServed(0, a, b)
}

func TestPodLockWorksWhereEveryTaskIsAReplay(t *testing.T) {
	w := furnish(t, server.FrontendHostPort(), func(*sim.Options) {}, 4)
	w.startChild(func(s *site) { s.Replays = true })
	all := w.line(4)
	all[2].terminate()
	all[1].cancel()
	all[0].goOn()
	all[3].goOn()
	all[0].works()
	all[3].works()
	state := w.free(0)
	if _, how := served(state); !slices.Equal(how, []string{string(upgrade.PodReleased), string(upgrade.PodGone), string(upgrade.PodReleased)}) {
		t.Errorf("the turns ended as %v", how)
	}
}

func TestPodLockManyWaitersDoNotTakeTheWorkersPlacesFromTheOneTheyWaitFor(t *testing.T) {
	w := furnish(t, server.FrontendHostPort(), func(*sim.Options) {}, 3)
	w.Slots = 1
	w.startWorker()
	all := w.line(3)
	for _, a := range all {
		a.goOn()
	}
	for _, a := range all {
		a.works()
	}
	w.wantServed(0, all...)
}
