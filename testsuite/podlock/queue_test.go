package podlock

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
)

func TestPodLockTwoHoldersAtOnceOneWorksAndOneWaits(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before)
	a.holds()
	b := w.start(1)
	b.waits(1)
	w.until("the second one's word for whom it waits", func() bool { return strings.Contains(b.stance().Waiting, a.id) })
	a.goOn()
	a.works()
	b.works()
	w.wantServed(0, a, b)
}

// line starts holders of all gateways of the first pod: the first one holds it, the others wait in their order.
func (w *world) line(n int, change ...func(*job, *client.StartWorkflowOptions)) []*actor {
	w.t.Helper()
	var all []*actor
	for i := range n {
		a := w.start(i, append(change, before)...)
		if all = append(all, a); i == 0 {
			a.holds()
		} else {
			a.waits(i)
		}
	}
	return all
}

func TestPodLockWaitersAreServedInTheOrderOfTheirRequests(t *testing.T) {
	w := open(t, 5)
	all := w.line(5)
	for _, a := range all {
		a.goOn()
	}
	for _, a := range all {
		a.works()
	}
	w.wantServed(0, all...)
}

func TestPodLockACancelledWaiterReturnsAtOnceAndTheOthersKeepTheirOrder(t *testing.T) {
	for place, name := range []string{1: "head", 2: "middle", 3: "tail"} {
		if name == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := open(t, 4)
			all := w.line(4)
			gone := all[place]
			gone.cancel()
			if _, err := gone.result(); !temporal.IsCanceledError(err) {
				t.Errorf("the cancelled waiter ended with %v", err)
			}
			gone.wantNothingBegunAfterCancellation()
			if state := w.lock(0); state.Place(gone.request()).Position >= 0 || len(state.Queue) != 2 {
				t.Errorf("the queue is %+v", state.Queue)
			}
			rest := slices.Delete(slices.Clone(all), place, place+1)
			for _, a := range rest {
				a.goOn()
			}
			for _, a := range rest {
				a.works()
			}
			w.wantServed(0, rest...)
		})
	}
}

// wantNothingBegunAfterCancellation demands that a cancelled waiter did nothing but leave, once it knew.
func (a *actor) wantNothingBegunAfterCancellation() {
	a.w.t.Helper()
	h, err := a.w.history(a.w.t.Context(), a.id, a.run)
	if err != nil {
		a.w.t.Fatal(err)
	}
	var cancelled int64
	began := map[int64]int64{} // a task's start by its completion
	late := map[int64]string{} // what was begun in spite of the cancellation
	note := func(e *historypb.HistoryEvent, completion int64) {
		if cancelled > 0 && began[completion] > cancelled {
			late[e.GetEventId()] = e.GetEventType().String()
		}
	}
	for _, e := range h.Events {
		switch e.GetEventType() {
		case enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			began[e.GetEventId()] = e.GetWorkflowTaskCompletedEventAttributes().GetStartedEventId()
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
			cancelled = e.GetEventId()
		case enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			note(e, e.GetActivityTaskScheduledEventAttributes().GetWorkflowTaskCompletedEventId())
		case enums.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED: // an answer that came with the cancellation was read first
			delete(late, e.GetActivityTaskCancelRequestedEventAttributes().GetScheduledEventId())
		case enums.EVENT_TYPE_TIMER_STARTED:
			note(e, e.GetTimerStartedEventAttributes().GetWorkflowTaskCompletedEventId())
		case enums.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
			note(e, e.GetStartChildWorkflowExecutionInitiatedEventAttributes().GetWorkflowTaskCompletedEventId())
		}
	}
	if len(late) > 0 {
		a.w.t.Errorf("the waiter knew of its cancellation and began %v", late)
	}
	if cancelled == 0 {
		a.w.t.Error("the waiter's history has no cancellation")
	}
}

func TestPodLockACancellationRacingWithTheGrantLeavesNothingBehind(t *testing.T) {
	w := open(t, 3)
	for round := range 6 {
		a := w.start(0, before, idle)
		a.holds()
		b := w.start(1, before, idle)
		b.waits(1)
		c := w.start(2, before, idle)
		c.waits(2)
		var both sync.WaitGroup
		both.Go(a.goOn)
		both.Go(func() {
			for range round { // each round a little later: before, while and after the turn passes on
				w.lock(0)
			}
			b.cancel()
		})
		both.Wait()
		a.works()
		if _, err := b.result(); !temporal.IsCanceledError(err) {
			t.Fatalf("round %d: the cancelled one ended with %v", round, err)
		}
		c.holds()
		c.goOn()
		c.works()
		if state := w.free(0); state.Taint != nil {
			t.Errorf("round %d: the pod is tainted: %+v", round, state.Taint)
		}
	}
}

func TestPodLockATerminatedWaiterIsSkippedAtItsTurn(t *testing.T) {
	w := open(t, 3)
	all := w.line(3)
	all[1].terminate()
	all[0].goOn()
	all[2].goOn()
	all[0].works()
	all[2].works()
	state := w.free(0)
	got, how := served(state)
	want := []string{string(upgrade.PodReleased), string(upgrade.PodGone), string(upgrade.PodReleased)}
	if !slices.Equal(how, want) || got[2] != all[2].gateway || state.Taint != nil {
		t.Errorf("turns %v ended as %v, want %v; taint %v", got, how, want, state.Taint)
	}
}

func TestPodLockARequestThatArrivesWhenItIsOverIsNotQueuedAnyMore(t *testing.T) {
	w := open(t, 3)
	all := w.line(3)
	all[1].cancel()
	if _, err := all[1].result(); !temporal.IsCanceledError(err) {
		t.Fatal(err)
	}
	all[0].goOn()
	all[0].works()
	all[2].holds()
	for name, a := range map[string]*actor{"after it was withdrawn": all[1], "after its hold": all[0]} {
		t.Run(name, func(t *testing.T) {
			late := upgrade.PodRequest{ID: a.request(), Holder: a.id, Run: a.run, GatewayID: a.gateway, Gateway: "edge", Poll: upgrade.Duration(poll)}
			ticket, err := w.pods.Acquire(t.Context(), w.account(), pod(0), late)
			if err != nil || ticket.Position >= 0 || len(w.lock(0).Queue) != 0 {
				t.Errorf("its place is %s, %v", ticket, err)
			}
		})
	}
	all[2].goOn()
	all[2].works()
	w.wantServed(0, all[0], all[2])
}

func TestPodLockMoreThanTenWaitersAtOnceAreAllQueued(t *testing.T) {
	const waiters = 12 // a workflow takes ten updates at a time
	w := open(t, 2)
	first := w.start(0, before)
	first.holds()
	all := make([]*actor, waiters)
	var starts sync.WaitGroup
	for i := range all {
		starts.Go(func() {
			all[i] = w.start(1, idle, func(_ *job, o *client.StartWorkflowOptions) { o.ID += fmt.Sprint("/", i) })
		})
	}
	starts.Wait()
	w.until("everybody in the queue", func() bool { return len(w.lock(0).Queue) == waiters })
	first.goOn()
	first.works()
	for _, a := range all {
		a.works()
	}
	w.free(0)
}

func TestPodLockAHolderOfTwoPodsTakesThemInSortedOrderSoThatNothingDeadlocks(t *testing.T) {
	w := open(t, 2, 2)
	both := func(i, k int) func(*job, *client.StartWorkflowOptions) {
		return func(j *job, _ *client.StartWorkflowOptions) {
			j.Gateways = nil
			for _, g := range []int{i, k} {
				a := w.Access.Gateways[g]
				j.Gateways = append(j.Gateways, target{a.Pod, a.ID, a.Name})
			}
		}
	}
	a, b := w.start(0, both(2, 0)), w.start(1, both(1, 3))
	a.works()
	b.works()
	w.free(0)
	w.free(1)
}

func TestPodLockPodsOfOneAccountDoNotWaitForEachOther(t *testing.T) {
	w := open(t, 1, 1)
	a := w.start(0, before)
	a.holds()
	b := w.start(1)
	b.works()
	a.goOn()
	a.works()
}

func TestPodLockAWorkflowThatTakesThePodAgainStandsAtTheEnd(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before)
	held := a.holds()
	b := w.start(1, before)
	b.waits(1)
	if err := w.client.TerminateWorkflow(t.Context(), held.Permit.WorkflowID, held.Permit.RunID, "the test says so"); err != nil {
		t.Fatal(err)
	}
	b.holds() // the pod was seen whole
	a.goOn()  // it looks at its permit, finds it closed and asks again
	w.until("the first one's second request", func() bool {
		state := w.lock(0)
		return state.Place(a.run+"/"+pod(0)+"/2").Position == 1
	})
	b.goOn()
	b.works()
	a.works()
	w.free(0)
}
