package podlock

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// judge is what every test ends with: the cloud's monitor saw no rule broken, permits never overlapped, and every
// history of this world replays (case 27).
func (w *world) judge() {
	w.t.Helper()
	for _, v := range w.cloud.Verdict().Violations {
		w.t.Errorf("the safety monitor saw %s: %s (gateway %d)", v.Rule, v.Text, v.Gateway)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	runs, err := w.runs(ctx)
	if err != nil {
		w.t.Error(err)
		return
	}
	if len(runs) == 0 {
		w.t.Error("no workflow ran: nothing is proven")
	}
	permits := map[string][]span{}
	for _, r := range runs {
		history, err := w.history(ctx, r.id, r.run)
		if err != nil {
			w.t.Error(err)
			continue
		}
		if r.kind == workflows.TypePodPermit {
			permits[r.id] = append(permits[r.id], spanOf(history))
		}
		if err := w.replay(history, r); err != nil {
			w.t.Errorf("%s %s does not replay: %v", r.id, r.run, err)
		}
	}
	for id, spans := range permits {
		slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
		for i := range spans[1:] {
			if spans[i].to.IsZero() || spans[i].to.After(spans[i+1].from) {
				w.t.Errorf("%s was open twice: %v and %v", id, spans[i], spans[i+1])
			}
		}
	}
	if w.t.Failed() {
		w.t.Logf("the workers' log:\n%s", w.log)
	}
}

// execution is one run of a workflow.
type execution struct{ kind, id, run string }

// runs lists every run of the namespace.
func (w *world) runs(ctx context.Context) (list []execution, err error) {
	var page []byte
	for {
		answer, err := w.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{NextPageToken: page})
		if err != nil {
			return nil, fmt.Errorf("listing the runs: %w", err)
		}
		for _, e := range answer.GetExecutions() {
			list = append(list, execution{e.GetType().GetName(), e.GetExecution().GetWorkflowId(), e.GetExecution().GetRunId()})
		}
		if page = answer.GetNextPageToken(); len(page) == 0 {
			return list, nil
		}
	}
}

// history reads the whole history of a run.
func (w *world) history(ctx context.Context, id, run string) (*historypb.History, error) {
	h := &historypb.History{}
	events := w.client.GetWorkflowHistory(ctx, id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("reading the history of %s: %w", id, err)
		}
		h.Events = append(h.Events, e)
	}
	return h, nil
}

// replay runs a history against today's code.
func (w *world) replay(h *historypb.History, e execution) error {
	return w.replayAs(workflows.PodLock, h, e)
}

// impatient is a lock that is wrong on purpose: it pauses before it serves.
func impatient(ctx workflow.Context, state upgrade.PodLock) error {
	if err := workflow.Sleep(ctx, time.Minute); err != nil {
		return err
	}
	return workflows.PodLock(ctx, state)
}

// replayAs runs a history against the workflow that is given for locks.
func (w *world) replayAs(lock any, h *historypb.History, e execution) error {
	if len(h.Events) < 4 {
		return nil // no workflow task was ever completed: there is nothing to replay
	}
	r := worker.NewWorkflowReplayer()
	r.RegisterWorkflowWithOptions(lock, workflow.RegisterOptions{Name: workflows.TypePodLock})
	r.RegisterWorkflowWithOptions(workflows.PodPermit, workflow.RegisterOptions{Name: workflows.TypePodPermit})
	r.RegisterWorkflowWithOptions((&site{}).hold, workflow.RegisterOptions{Name: typeHolder})
	return r.ReplayWorkflowHistoryWithOptions(silent(), h, worker.ReplayWorkflowHistoryOptions{OriginalExecution: workflow.Execution{ID: e.id, RunID: e.run}})
}

// span is when a permit was open; a zero end is still open.
type span struct{ from, to time.Time }

func spanOf(h *historypb.History) span {
	s := span{from: h.Events[0].GetEventTime().AsTime()}
	switch last := h.Events[len(h.Events)-1]; last.GetEventType() {
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
		enums.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		s.to = last.GetEventTime().AsTime()
	}
	return s
}
