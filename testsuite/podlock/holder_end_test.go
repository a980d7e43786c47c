package podlock

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// reloading waits until the cloud works on a gateway.
func (w *world) reloading(gateway int) {
	w.t.Helper()
	w.until("a reload", func() bool {
		return slices.ContainsFunc(w.cloud.State(gateway).Members, func(m sim.MemberState) bool { return m.Reloading })
	})
}

// wantLostAndSeenWhole demands that the first turn was lost, that the pod was tainted by it, and that it is well again.
func (w *world) wantLostAndSeenWhole(n int, reason string) {
	w.t.Helper()
	state := w.free(n)
	if _, how := served(state); len(how) == 0 || how[0] != string(upgrade.PodLost) {
		w.t.Errorf("the turns ended as %v, want the first one lost", how)
	}
	if first := state.Last[len(state.Last)-1]; !strings.Contains(first.End, reason) {
		w.t.Errorf("the first turn ended by %q, want %q in it", first.End, reason)
	}
	if state.Taint != nil {
		w.t.Errorf("the pod is still tainted: %+v", state.Taint)
	}
}

func TestPodLockAHolderTerminatedAtWorkTaintsThePodAndTheNextWaitsForItsReload(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before)
	held := a.holds()
	b := w.start(1)
	b.waits(1)
	a.goOn()
	w.reloading(a.gateway)
	w.cloud.Pause()
	a.terminate()
	w.until("the end of the permit", func() bool { return !w.open(held.Permit.WorkflowID, held.Permit.RunID) })
	w.until("the taint", func() bool { return w.lock(0).Taint != nil })
	w.until("the second one's word for whom it waits", func() bool { return strings.Contains(b.stance().Waiting, "gateway edge-a") })
	if w.permit(0) != nil {
		t.Error("the pod was granted beside a reload")
	}
	w.cloud.Resume()
	b.works()
	w.wantLostAndSeenWhole(0, "terminated")
}

func TestPodLockAReloadThatIsNotVisibleYetIsNotOverlookedAfterItsHolder(t *testing.T) {
	// The documentation names no delay of a transaction; the product allows a quarter of an hour. The clock is slow enough
	// for a look at everything to fit into it.
	const slow = speed / 6
	w := furnish(t, server.FrontendHostPort(), func(o *sim.Options) { o.Speed, o.Physics.TransactionLag = slow, 14*time.Minute }, 2)
	w.startWorker()
	delayed := func(j *job, _ *client.StartWorkflowOptions) {
		j.Timing.Reconcile = upgrade.DefaultTiming().Faster(slow).Reconcile
	}
	a := w.start(0, before, delayed)
	a.holds()
	b := w.start(1, delayed)
	b.waits(1)
	a.goOn()
	w.reloading(a.gateway)
	a.terminate()
	b.works()
	w.wantLostAndSeenWhole(0, "terminated")
}

func TestPodLockAHolderThatHitsItsRunTimeoutTaintsThePod(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before, func(_ *job, o *client.StartWorkflowOptions) { o.WorkflowRunTimeout = 3 * time.Second })
	a.holds()
	b := w.start(1)
	b.works()
	w.wantLostAndSeenWhole(0, "terminated")
}

func TestPodLockAHolderThatFails(t *testing.T) {
	// fail lets the first holder fail while a second one waits, and gives both once the second works.
	fail := func(t *testing.T, how string) (w *world, a, b *actor) {
		w = open(t, 2)
		a = w.start(0, before, func(j *job, _ *client.StartWorkflowOptions) { j.Fails = how })
		a.holds()
		b = w.start(1)
		b.waits(1)
		a.goOn()
		if _, err := a.result(); err == nil {
			t.Error("the holder did not fail")
		}
		b.works()
		return w, a, b
	}
	t.Run("gives the pod back in its clean-up", func(t *testing.T) {
		w, a, b := fail(t, failsTidily)
		w.wantServed(0, a, b)
	})
	t.Run("without a clean-up taints it", func(t *testing.T) {
		w, _, _ := fail(t, failsRoughly)
		w.wantLostAndSeenWhole(0, "terminated")
	})
}

func TestPodLockAHolderThatPanicsKeepsThePodAndGoesOnWithAFixedWorker(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before)
	held := a.holds()
	b := w.start(1)
	b.waits(1)
	w.broken.Store(true)
	a.goOn()
	w.until("a failed task of the holder", func() bool {
		d, err := w.client.DescribeWorkflowExecution(t.Context(), a.id, a.run)
		return err == nil && d.GetPendingWorkflowTask().GetAttempt() > 1
	})
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("the open permit is %+v, want %+v", p, held)
	}
	b.waits(1)
	w.broken.Store(false)
	a.works()
	b.works()
	w.wantServed(0, a, b)
}

func TestPodLockAReleaseThatIsNotForThePermitChangesNothing(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before)
	old := a.holds()
	b := w.start(1, before)
	b.waits(1)
	a.goOn()
	a.works()
	held := b.holds()
	for name, c := range map[string]struct {
		run     string
		release any
		refused bool
	}{
		"the same release again":               {old.Permit.RunID, upgrade.PermitRelease{Request: a.request()}, true},
		"an old release to the new permit":     {held.Permit.RunID, upgrade.PermitRelease{Request: a.request()}, false},
		"one of somebody who never held it":    {"", upgrade.PermitRelease{Request: "nobody/1"}, false},
		"one that names nobody":                {"", upgrade.PermitRelease{}, false},
		"one without anything":                 {"", nil, false},
		"one that cannot be read":              {"", 42, false},
		"one whose force names another permit": {"", upgrade.PermitRelease{Request: a.request(), Forced: "kim: the test says so"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := w.client.SignalWorkflow(t.Context(), held.Permit.WorkflowID, c.run, workflows.SignalRelease, c.release)
			if (err != nil) != c.refused {
				t.Errorf("the signal was answered with %v", err)
			}
		})
	}
	if seen := b.stance(); len(seen.Held) != 1 || seen.Permit != held.Permit.RunID {
		t.Errorf("the holder holds %+v", seen)
	}
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("the open permit is %+v, want %+v", p, held)
	}
	b.goOn()
	b.works()
	w.wantServed(0, a, b)
}

func TestPodLockAHolderThatLostItsPermitSubmitsNothingMore(t *testing.T) {
	w := open(t, 1)
	a := w.start(0, before)
	held := a.holds()
	c := &crew{pods: w.pods}
	var err error
	if c.api, err = w.site.cloud(); err != nil {
		t.Fatal(err)
	}
	a.terminate()
	w.until("the end of the permit", func() bool { return !w.open(held.Permit.WorkflowID, held.Permit.RunID) })
	if err := c.Reload(t.Context(), task{Gateway: a.gateway, Permit: held.Permit}); err == nil || !strings.Contains(err.Error(), "the permit is not open") {
		t.Errorf("the fence said %v", err)
	}
	if n := w.cloud.Verdict().Reloads; n != 0 {
		t.Errorf("%d reloads were submitted", n)
	}
}

func TestPodLockAPodGivenBackAsUnhealthyIsSeenWholeBeforeTheNext(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before, func(j *job, _ *client.StartWorkflowOptions) { j.Unhealthy = "the second node was never reloaded" })
	a.holds()
	b := w.start(1)
	b.waits(1)
	a.goOn()
	a.works()
	b.works()
	w.wantLostAndSeenWhole(0, "the second node was never reloaded")
}
