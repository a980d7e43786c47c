package main

import (
	"context"
	"fmt"
	"os"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/failure/v1"
	"go.temporal.io/api/history/v1"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// attempts is what did not succeed at once, by the histories of the upgrades and by what they wait for now.
type attempts struct {
	Retried           int `json:"retriedActivities"`
	HeartbeatTimeouts int `json:"heartbeatTimeouts"`
	TaskTimeouts      int `json:"workflowTaskTimeouts"` // of tasks that a worker had taken
	Unstuck           int `json:"stickyTimeouts"`       // of tasks that it had not, within the SDK's five seconds
	TaskFailures      int `json:"workflowTaskFailures"`

	said map[string]int // how often the last failures of attempts said what
}

// attempts reads the histories of all upgrades that were started.
func (s *site) attempts(ctx context.Context, r *upgrade.FleetReport) (a attempts, err error) {
	a.said = map[string]int{}
	for _, g := range r.All() {
		if g.Run == "" {
			continue
		}
		id := workflows.UpgradeID(g.ID)
		for events := s.client.GetWorkflowHistory(ctx, id, g.Run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			e, err := events.Next()
			if err != nil {
				return a, fmt.Errorf("reading the history of %s: %w", id, err)
			}
			a.event(e)
		}
		now, err := s.client.DescribeWorkflowExecution(ctx, id, g.Run)
		if err != nil {
			return a, fmt.Errorf("looking at %s: %w", id, err)
		}
		for _, p := range now.GetPendingActivities() {
			a.attempt(p.GetAttempt(), p.GetActivityType().GetName(), p.GetLastFailure())
		}
	}
	for text, n := range a.said {
		fmt.Fprintf(os.Stderr, "%4d × %s\n", n, text)
	}
	return a, nil
}

// event counts one event. Of an activity that was retried the history keeps the last failure.
func (a *attempts) event(e *history.HistoryEvent) {
	switch e.GetEventType() {
	case enums.EVENT_TYPE_ACTIVITY_TASK_STARTED:
		started := e.GetActivityTaskStartedEventAttributes()
		a.attempt(started.GetAttempt(), "", started.GetLastFailure())
	case enums.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		timeout := e.GetWorkflowTaskTimedOutEventAttributes().GetTimeoutType()
		a.said["workflow task timed out: "+timeout.String()]++
		if timeout == enums.TIMEOUT_TYPE_SCHEDULE_TO_START { // the worker that has the history cached was busy: any other takes it
			a.Unstuck++
			return
		}
		a.TaskTimeouts++
	case enums.EVENT_TYPE_WORKFLOW_TASK_FAILED:
		a.TaskFailures++
	}
}

func (a *attempts) attempt(n int32, activity string, last *failure.Failure) {
	if n <= 1 || last == nil {
		return
	}
	a.Retried++
	text := activity + " " + upgrade.Brief(last.GetMessage())
	if timeout := last.GetTimeoutFailureInfo(); timeout != nil {
		text += " " + timeout.GetTimeoutType().String()
		if timeout.GetTimeoutType() == enums.TIMEOUT_TYPE_HEARTBEAT {
			a.HeartbeatTimeouts++
		}
	}
	a.said[text]++
}
