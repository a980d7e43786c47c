package podlock

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// tainted makes a pod whose first holder was terminated while the host of its gateway does not answer, and a waiter.
func tainted(t *testing.T) (*world, *actor) {
	t.Helper()
	w := open(t, 2)
	a := w.start(0, before)
	a.holds()
	b := w.start(1, before)
	b.waits(1)
	if err := w.cloud.Inject(sim.Fault{Name: "host-unreachable", Gateway: a.gateway}); err != nil {
		t.Fatal(err)
	}
	a.terminate()
	w.until("the taint and its reason", func() bool {
		state := w.lock(0)
		return state.Taint != nil && strings.Contains(state.Blocked, "gateway edge-a")
	})
	w.until("the waiter's word for what it waits", func() bool {
		return strings.Contains(b.stance().Waiting, "nothing is granted: gateway edge-a")
	})
	return w, b
}

func TestPodLockATaintedPod(t *testing.T) {
	t.Run("is granted once it is seen whole", func(t *testing.T) {
		w, b := tainted(t)
		w.cloud.Clear("host-unreachable")
		b.holds()
		b.goOn()
		b.works()
		w.wantLostAndSeenWhole(0, "terminated")
	})
	t.Run("stays so while it is ill, also over a renewal", func(t *testing.T) {
		w, b := tainted(t)
		if err := w.instruct(0, workflows.UpdateRenew, says("")); err != nil {
			t.Fatal(err)
		}
		looks := len(w.cloud.Calls())
		w.until("more looks", func() bool { return w.count(workflows.TypePodLock) > 1 && len(w.cloud.Calls()) > looks+20 })
		if state := w.lock(0); state.Taint == nil || state.Current != nil || w.permit(0) != nil {
			t.Errorf("the pod is %+v", state)
		}
		w.cloud.Clear("host-unreachable")
		b.holds()
		b.goOn()
		b.works()
	})
	t.Run("is granted when an operator declares it well", func(t *testing.T) {
		w, b := tainted(t)
		if err := w.instruct(0, workflows.UpdateClearTaint, says("")); err != nil {
			t.Fatal(err)
		}
		b.holds()
		state := w.lock(0)
		if state.Taint != nil || len(state.Acts) != 1 || state.Acts[0].Name != workflows.UpdateClearTaint || state.Acts[0].By != "kim" {
			t.Errorf("taint %+v, acts %+v", state.Taint, state.Acts)
		}
		b.goOn()
		b.works()
	})
	t.Run("stays so when its only waiter leaves", func(t *testing.T) {
		w, b := tainted(t)
		b.cancel()
		w.until("an empty queue", func() bool { return len(w.lock(0).Queue) == 0 })
		if w.lock(0).Taint == nil {
			t.Error("the taint is gone")
		}
		w.cloud.Clear("host-unreachable")
		c := w.start(1, idle, func(_ *job, o *client.StartWorkflowOptions) { o.ID += "/again" })
		c.works()
	})
}

func TestPodLockAnActOfAnOperatorThatMakesNoSenseIsRefusedAndChangesNothing(t *testing.T) {
	w := open(t, 2)
	all := w.line(2)
	held := all[0].holds()
	was := w.lock(0)
	silentOperator := says(all[0].request())
	silentOperator.Reason = ""
	nobody := says(all[0].request())
	nobody.By = ""
	for name, c := range map[string]struct {
		update string
		in     upgrade.PodInstruction
		want   string
	}{
		"force-release of one that never asked": {workflows.UpdateForceRelease, says("nobody/1"), `request "nobody/1" does not hold pod`},
		"force-release of one that waits":       {workflows.UpdateForceRelease, says(all[1].request()), "does not hold pod"},
		"force-release of nothing":              {workflows.UpdateForceRelease, says(""), "does not hold pod"},
		"force-release without a reason":        {workflows.UpdateForceRelease, silentOperator, "reason"},
		"force-release by nobody":               {workflows.UpdateForceRelease, nobody, "by"},
		"removal of the one that holds":         {workflows.UpdateRemove, says(all[0].request()), "does not wait for pod"},
		"removal of one that never asked":       {workflows.UpdateRemove, says("nobody/1"), "does not wait for pod"},
		"clearing without a taint":              {workflows.UpdateClearTaint, says(""), "is not tainted"},
		"renewal without a reason":              {workflows.UpdateRenew, silentOperator, "reason"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := w.instruct(0, c.update, c.in); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("answered with %v, want %q in it", err, c.want)
			}
		})
	}
	if diff := cmp.Diff(was, w.lock(0)); diff != "" {
		t.Errorf("the lock changed (-was +is):\n%s", diff)
	}
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("the open permit is %+v, want %+v", p, held.Permit)
	}
	for _, a := range all {
		a.goOn()
		a.works()
	}
	w.wantServed(0, all...)
}

func TestPodLockARequestThatNobodyCouldServeIsRefused(t *testing.T) {
	w := open(t, 1)
	valid := upgrade.PodRequest{ID: "r/1", Holder: "upgrade/1", Run: "r", GatewayID: 6100, Gateway: "edge-a", Poll: 1}
	for name, spoil := range map[string]func(*upgrade.PodRequest){
		"without an id":      func(r *upgrade.PodRequest) { r.ID = "" },
		"without a holder":   func(r *upgrade.PodRequest) { r.Holder = "" },
		"without a run":      func(r *upgrade.PodRequest) { r.Run = "" },
		"without a gateway":  func(r *upgrade.PodRequest) { r.GatewayID = 0 },
		"without a pause":    func(r *upgrade.PodRequest) { r.Poll = 0 },
		"with a bad gateway": func(r *upgrade.PodRequest) { r.GatewayID = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			r := valid
			spoil(&r)
			_, err := w.pods.Acquire(t.Context(), w.account(), pod(0), r)
			if upgrade.KindOf(err) != upgrade.Invalid || !strings.Contains(err.Error(), "a request for a pod needs") {
				t.Errorf("answered with %v", err)
			}
		})
	}
	if state := w.lock(0); len(state.Queue) != 0 || state.Current != nil || state.Garbled != 0 {
		t.Errorf("the lock has %+v", state)
	}
}

func TestPodLockAPodWithoutALockHasNoPlaces(t *testing.T) {
	w := open(t, 1)
	w.start(0, idle).works()
	if ticket, err := w.pods.Place(t.Context(), w.account(), "fra02.pod99", "r/1"); err != nil || ticket.Position >= 0 {
		t.Errorf("the place is %+v, %v", ticket, err)
	}
}

func TestPodLockAMessageThatCannotBeReadIsRefusedAloudAndLosesNobody(t *testing.T) {
	w := open(t, 3)
	all := w.line(3)
	held := all[0].holds()
	was := w.lock(0)
	update := func(name string, args ...any) error {
		handle, err := w.client.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{WorkflowID: w.lockID(0), UpdateName: name, Args: args, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err != nil {
			return err
		}
		return handle.Get(t.Context(), nil)
	}
	for _, name := range []string{workflows.UpdateAcquire, workflows.UpdateForceRelease, workflows.UpdateRemove, workflows.UpdateClearTaint, workflows.UpdateRenew, "no-such-update"} {
		for what, args := range map[string][]any{"a number": {42}, "a list": {[]string{"x"}}, "nothing": {}} {
			t.Run(name+" with "+what, func(t *testing.T) {
				if err := update(name, args...); err == nil {
					t.Error("it was accepted")
				}
			})
		}
	}
	for _, payload := range []any{42, []string{"x"}, upgrade.PodGrant{}, nil} {
		if err := w.client.SignalWorkflow(t.Context(), w.lockID(0), "", workflows.SignalWithdraw, payload); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.client.SignalWorkflow(t.Context(), all[1].id, all[1].run, workflows.SignalGranted, 42); err != nil {
		t.Fatal(err)
	}
	if err := w.client.SignalWorkflow(t.Context(), all[1].id, all[1].run, workflows.SignalGranted, upgrade.PodGrant{Request: all[0].request()}); err != nil {
		t.Fatal(err)
	}
	w.until("the count of what could not be read", func() bool { return w.lock(0).Garbled == 4 })
	now := w.lock(0)
	now.Garbled = 0
	if diff := cmp.Diff(was, now); diff != "" {
		t.Errorf("the lock changed (-was +is):\n%s", diff)
	}
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("the open permit is %+v, want %+v", p, held.Permit)
	}
	for _, a := range all {
		a.goOn()
	}
	for _, a := range all {
		a.works()
	}
	w.wantServed(0, all...)
}

func TestPodLockAReleaseByForceIsWrittenDownTaintsThePodAndFencesTheHolder(t *testing.T) {
	w := open(t, 2)
	all := w.line(2)
	held := all[0].holds()
	if err := w.instruct(0, workflows.UpdateForceRelease, says(all[0].request())); err != nil {
		t.Fatal(err)
	}
	all[1].holds()
	if w.open(held.Permit.WorkflowID, held.Permit.RunID) {
		t.Error("the permit is still open")
	}
	state := w.lock(0)
	if len(state.Acts) != 1 || state.Acts[0].Name != workflows.UpdateForceRelease || state.Acts[0].Reason != "the test says so" || state.Acts[0].At.IsZero() {
		t.Errorf("the acts on record are %+v", state.Acts)
	}
	c := &crew{pods: w.pods}
	if err := c.Reload(t.Context(), task{Gateway: all[0].gateway, Permit: held.Permit}); err == nil || !strings.Contains(err.Error(), "the permit is not open") {
		t.Errorf("the fence said %v", err)
	}
	all[0].goOn() // it finds its permit closed and asks again
	all[1].goOn()
	all[1].works()
	all[0].works()
	w.wantLostAndSeenWhole(0, "kim: the test says so")
}

func TestPodLockAnOperatorMayTakeAGrantBackThatIsNeverTaken(t *testing.T) {
	w := open(t, 2)
	// The holder of this request is a workflow that knows nothing of pods.
	deaf := w.start(0, func(j *job, _ *client.StartWorkflowOptions) { j.Gateways, j.Before = nil, true })
	ghost := upgrade.PodRequest{ID: "ghost/1", Holder: deaf.id, Run: deaf.run, GatewayID: 6100, Gateway: "edge-a", Poll: upgrade.Duration(poll)}
	if _, err := w.pods.Acquire(t.Context(), w.account(), pod(0), ghost); err != nil {
		t.Fatal(err)
	}
	b := w.start(1)
	b.waits(1)
	if err := w.instruct(0, workflows.UpdateForceRelease, says(ghost.ID)); err != nil {
		t.Fatal(err)
	}
	b.works()
	deaf.goOn()
	deaf.works()
	if state := w.free(0); state.Taint != nil {
		t.Errorf("the pod is tainted: %+v", state.Taint)
	}
}

func TestPodLockAWaiterThatAnOperatorTakesOutStandsAtTheEnd(t *testing.T) {
	w := open(t, 3)
	all := w.line(3)
	if err := w.instruct(0, workflows.UpdateRemove, says(all[1].request())); err != nil {
		t.Fatal(err)
	}
	all[1].waits(2)
	for _, a := range all {
		a.goOn()
	}
	for _, a := range all {
		a.works()
	}
	w.wantServed(0, all[0], all[2], all[1])
}

func TestPodLockAPermitOpenedByHandIsFollowedAndMayBeReleased(t *testing.T) {
	w := open(t, 1)
	r, err := w.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: w.permitID(0), TaskQueue: workflows.TaskQueue}, workflows.TypePodPermit, upgrade.PodRequest{})
	if err != nil {
		t.Fatal(err)
	}
	a := w.start(0)
	a.waits(1)
	w.until("the word for whom it waits", func() bool { return strings.Contains(a.stance().Waiting, "by hand") })
	if err := w.instruct(0, workflows.UpdateForceRelease, says(r.GetRunID())); err != nil {
		t.Fatal(err)
	}
	a.works()
	w.wantLostAndSeenWhole(0, "kim: the test says so")
}
