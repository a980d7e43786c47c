package podlock

import (
	"path/filepath"
	"sync"
	"testing"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// loseLock terminates a pod's lock.
func (w *world) loseLock(n int) {
	w.t.Helper()
	if err := w.client.TerminateWorkflow(w.t.Context(), w.lockID(n), "", "the test says so"); err != nil {
		w.t.Fatal(err)
	}
}

// reset resets the latest run of a workflow to its first task or, if late, to its last completed one.
func (w *world) reset(id string, late bool) (run string) {
	w.t.Helper()
	d, err := w.client.DescribeWorkflowExecution(w.t.Context(), id, "")
	if err != nil {
		w.t.Fatal(err)
	}
	of := d.GetWorkflowExecutionInfo().GetExecution()
	h, err := w.history(w.t.Context(), id, of.GetRunId())
	if err != nil {
		w.t.Fatal(err)
	}
	var at int64
	for _, e := range h.Events {
		if e.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED && (at == 0 || late) {
			at = e.GetEventId()
		}
	}
	answer, err := w.client.ResetWorkflowExecution(w.t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: w.Namespace, WorkflowExecution: &common.WorkflowExecution{WorkflowId: id, RunId: of.GetRunId()},
		Reason: "the test says so", WorkflowTaskFinishEventId: at, RequestId: id + of.GetRunId()})
	if err != nil {
		w.t.Fatalf("resetting %s to event %d: %v", id, at, err)
	}
	return answer.GetRunId()
}

func TestPodLockItsLossHealsWithoutAnOperator(t *testing.T) {
	for name, lose := range map[string]func(*world){
		"terminated":              func(w *world) { w.loseLock(0) },
		"reset to its beginning":  func(w *world) { w.reset(w.lockID(0), false) },
		"reset to where it stood": func(w *world) { w.reset(w.lockID(0), true) },
		"cancelled": func(w *world) {
			if err := w.client.CancelWorkflow(w.t.Context(), w.lockID(0), ""); err != nil {
				w.t.Fatal(err)
			}
		},
	} {
		t.Run(name+" while it is idle", func(t *testing.T) {
			w := open(t, 2)
			w.start(0).works()
			w.free(0)
			lose(w)
			w.start(1).works()
		})
		t.Run(name+" while the pod is held", func(t *testing.T) {
			w := open(t, 2)
			a := w.start(0, before)
			held := a.holds()
			lose(w)
			b := w.start(1)
			b.waits(1)
			if p := w.permit(0); p == nil || p.Permit != held.Permit {
				t.Errorf("the open permit is %+v, want %+v", p, held.Permit)
			}
			a.goOn()
			a.works()
			b.works()
			w.free(0)
		})
		t.Run(name+" while others wait", func(t *testing.T) {
			w := open(t, 4)
			all := w.line(4)
			lose(w)
			w.until("everybody in the queue again", func() bool { return len(w.lock(0).Queue) == 3 })
			for _, a := range all {
				a.goOn()
			}
			for _, a := range all {
				a.works()
			}
			if state := w.free(0); state.Taint != nil {
				t.Errorf("the pod is tainted: %+v", state.Taint)
			}
		})
	}
}

func TestPodLockATaintOutlivesTheLoss(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before)
	held := a.holds()
	w.cloud.Pause() // nothing is seen whole meanwhile
	a.goOn()
	w.reloading(a.gateway)
	w.loseLock(0)
	a.terminate()
	w.until("the end of the permit", func() bool { return !w.open(held.Permit.WorkflowID, held.Permit.RunID) })
	b := w.start(1)
	w.until("the taint", func() bool { return w.lock(0).Taint != nil })
	w.cloud.Resume()
	b.works()
	w.wantLostAndSeenWhole(0, "terminated")
}

func TestPodLockRenewedWhileHeldWithAQueueAndWithRequestsOnTheirWayLosesNothing(t *testing.T) {
	const more = 4
	w := open(t, 3+more)
	all := w.line(3)
	held := all[0].holds()
	late := make([]*actor, more)
	var at sync.WaitGroup
	at.Go(func() {
		for range 5 {
			if err := w.instruct(0, workflows.UpdateRenew, says("")); err != nil {
				t.Errorf("renewing: %v", err)
			}
		}
	})
	for i := range late {
		at.Go(func() { late[i] = w.start(3+i, before) })
	}
	at.Wait()
	w.until("everybody in the queue", func() bool { return len(w.lock(0).Queue) == 2+more })
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("the open permit is %+v, want %+v", p, held.Permit)
	}
	if n := w.count(workflows.TypePodLock); n < 2 {
		t.Errorf("the lock had %d runs: it was never renewed", n)
	}
	for _, a := range append(all, late...) {
		a.goOn()
	}
	for _, a := range append(all, late...) {
		a.works()
	}
	state := w.free(0)
	got, _ := served(state)
	if len(got) != 3+more || got[1] != all[1].gateway || got[2] != all[2].gateway {
		t.Errorf("served were %v", got)
	}
	if len(state.Acts) != 5 {
		t.Errorf("%d acts are on record, want 5", len(state.Acts))
	}
}

func TestPodLockAWithdrawalThatMeetsARenewalIsNotLost(t *testing.T) {
	w := open(t, 4)
	all := w.line(4)
	var both sync.WaitGroup
	both.Go(func() {
		for range 4 {
			if err := w.instruct(0, workflows.UpdateRenew, says("")); err != nil {
				t.Errorf("renewing: %v", err)
			}
		}
	})
	for _, a := range all[1:3] {
		both.Go(a.cancel)
	}
	both.Wait()
	for _, a := range all[1:3] {
		if _, err := a.result(); err == nil {
			t.Errorf("%s was not cancelled", a.id)
		}
	}
	w.until("the queue without those who left", func() bool {
		state := w.lock(0)
		return len(state.Queue) == 1 && state.Queue[0].ID == all[3].request()
	})
	all[0].goOn()
	all[3].goOn()
	all[0].works()
	all[3].works()
	w.wantServed(0, all[0], all[3])
}

// count counts the runs of a workflow type.
func (w *world) count(kind string) (n int) {
	w.t.Helper()
	runs, err := w.runs(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range runs {
		if r.kind == kind {
			n++
		}
	}
	return n
}

func TestPodLockRequestsThatRaceWithItsEndAreAllServed(t *testing.T) {
	const holders = 6
	w := open(t, holders)
	all := make([]*actor, holders)
	var race sync.WaitGroup
	for i := range all {
		race.Go(func() { all[i] = w.start(i, idle) })
	}
	race.Go(func() {
		for range 4 {
			// There may be no lock at this moment: then there is nothing to end.
			_ = w.client.TerminateWorkflow(t.Context(), w.lockID(0), "", "the test says so")
		}
	})
	race.Wait()
	for _, a := range all {
		a.works()
	}
	w.free(0)
}

func TestPodLockAnIdleLockIsRenewedSoThatItsHistoryStaysShort(t *testing.T) {
	w := open(t, 1)
	const holds = 12
	for range holds {
		w.start(0, idle).works()
		w.free(0)
	}
	if n := w.count(workflows.TypePodLock); n < 2 {
		t.Errorf("after %d holds the lock is in run %d", holds, n)
	}
	d, err := w.client.DescribeWorkflowExecution(t.Context(), w.lockID(0), "")
	if err != nil {
		t.Fatal(err)
	}
	if n := d.GetWorkflowExecutionInfo().GetHistoryLength(); n > 110 {
		t.Errorf("its history has %d events", n)
	}
	if state := w.lock(0); len(state.Last) != 10 {
		t.Errorf("it shows %d holds", len(state.Last))
	}
}

func TestPodLockAServerThatRestartsOnItsDatabaseStillHasTheHold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "temporal.db")
	s, err := startServer(file, "")
	if err != nil {
		t.Fatal(err)
	}
	address := s.FrontendHostPort()
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stopping the server: %v", err)
		}
	})
	w := furnish(t, address, func(*sim.Options) {}, 2)
	w.startWorker()
	a := w.start(0, before)
	held := a.holds()
	b := w.start(1)
	b.waits(1)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if s, err = startServer(file, address); err != nil { // worker and client find it again by themselves
		t.Fatal(err)
	}
	w.until("the permit", func() bool {
		p, err := w.pods.Latest(t.Context(), w.account(), pod(0))
		return err == nil && p != nil && p.Open && p.Permit == held.Permit
	})
	a.goOn()
	a.works()
	b.works()
	w.wantServed(0, a, b)
}

func TestPodLockOneThatIsStartedByHandForNoPodIsRefused(t *testing.T) {
	w := open(t, 1)
	r, err := w.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: w.lockID(0), TaskQueue: workflows.TaskQueue}, workflows.TypePodLock, upgrade.PodLock{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Get(t.Context(), nil); err == nil {
		t.Error("it runs")
	}
	w.start(0).works()
}
