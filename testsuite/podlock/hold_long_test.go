package podlock

import (
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// TestPodLockNothingIsReleasedByTime holds a pod while everything passes by that ends by itself: the shift after which an
// activity gives its place back, hours of the cloud's time, dozens of the looks of those who wait. Then it proves from the
// histories that nothing is left to run out: no timer, and no timeout but that of a year.
func TestPodLockNothingIsReleasedByTime(t *testing.T) {
	w := open(t, 2)
	a := w.start(0, before, idle)
	held := a.holds()
	b := w.start(1, idle)
	b.waits(1)
	w.until("a second attempt to follow the permit", func() bool { return w.attempt(w.lockID(0), "ServePod") > 1 })
	if p := w.permit(0); p == nil || p.Permit != held.Permit {
		t.Errorf("the open permit is %+v, want %+v", p, held.Permit)
	}
	if state := w.lock(0); state.Current == nil || state.Current.Request.ID != a.request() || state.Place(b.request()).Position != 1 || len(state.Last) > 0 {
		t.Errorf("the lock says %+v", state)
	}
	for _, id := range []string{w.lockID(0), w.permitID(0)} {
		h, err := w.history(t.Context(), id, "")
		if err != nil {
			t.Fatal(err)
		}
		wantNoClock(t, id, h)
	}
	a.goOn()
	a.works()
	b.works()
	w.wantServed(0, a, b)
}

// attempt is how often a workflow's pending activity of a type was begun, 0 when there is none.
func (w *world) attempt(id, activity string) int {
	w.t.Helper()
	d, err := w.client.DescribeWorkflowExecution(w.t.Context(), id, "")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range d.GetPendingActivities() {
		if a.GetActivityType().GetName() == activity {
			return int(a.GetAttempt())
		}
	}
	return 0
}

// wantNoClock refuses a history in which something runs out by itself while a pod is held.
func wantNoClock(t *testing.T, id string, h *historypb.History) {
	t.Helper()
	const year = 365 * 24 * time.Hour // of an activity: an upgrade that takes as long has other troubles
	for _, e := range h.Events {
		switch e.GetEventType() {
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
			s := e.GetWorkflowExecutionStartedEventAttributes()
			if run, whole := s.GetWorkflowRunTimeout().AsDuration(), s.GetWorkflowExecutionTimeout().AsDuration(); run != 0 || whole != 0 {
				t.Errorf("%s ends by itself after %s or %s", id, run, whole)
			}
		case enums.EVENT_TYPE_TIMER_STARTED:
			t.Errorf("%s has a timer of %s", id, e.GetTimerStartedEventAttributes().GetStartToFireTimeout().AsDuration())
		case enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			s := e.GetActivityTaskScheduledEventAttributes()
			if one, all, most := s.GetStartToCloseTimeout().AsDuration(), s.GetScheduleToCloseTimeout().AsDuration(), s.GetRetryPolicy().GetMaximumAttempts(); one < year || all < year || most != 0 {
				t.Errorf("%s follows a permit for %s at a time, %s in all, %d times", id, one, all, most)
			}
		}
	}
}
