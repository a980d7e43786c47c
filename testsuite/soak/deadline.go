package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// bringForward lets the start-to-close timeouts of lost workers fire early. They are about workers and run in real time,
// five or twenty minutes: here, where an hour of the cloud takes seconds, that is days of standing still. What fires is the
// same failure, only sooner, and only for activities without heartbeats whose worker is certainly dead. It stays longer
// than a commit waits for its confirmation, as the policy's timeout does.
func (s *soak) bringForward(ctx context.Context) {
	grace := time.Duration(1.5*confirmMinutes*60/s.options.speed*float64(time.Second)) + 10*time.Second
	for pause(ctx, 2*time.Second) {
		graves := s.crew.graves()
		open, err := s.runs(ctx, "ExecutionStatus='Running'")
		if err != nil {
			continue // the server is away
		}
		for _, e := range open {
			d, err := s.client.DescribeWorkflowExecution(ctx, e.id, e.run)
			if err != nil {
				continue
			}
			for _, a := range d.GetPendingActivities() {
				if orphaned(a, graves, grace, time.Now()) && s.fire(ctx, e, a) == nil {
					s.tally.count("timeouts brought forward")
				}
			}
		}
	}
}

// orphaned tells whether an activity waits for nothing but the timeout of a worker that has ended.
func orphaned(a *workflowpb.PendingActivityInfo, graves map[int]time.Time, grace time.Duration, now time.Time) bool {
	if a.GetState() != enums.PENDING_ACTIVITY_STATE_STARTED || a.GetActivityOptions().GetHeartbeatTimeout().AsDuration() > 0 {
		return false
	}
	for pid, since := range graves {
		if strings.HasPrefix(a.GetLastWorkerIdentity(), fmt.Sprint(pid, "@")) && a.GetLastStartedTime().AsTime().Before(since) && now.Sub(since) > grace {
			return true
		}
	}
	return false
}

func (s *soak) fire(ctx context.Context, e execution, a *workflowpb.PendingActivityInfo) error {
	_, err := s.client.WorkflowService().RespondActivityTaskFailedById(ctx, &workflowservice.RespondActivityTaskFailedByIdRequest{
		Namespace: s.stage.Namespace, WorkflowId: e.id, RunId: e.run, ActivityId: a.GetActivityId(), Identity: fmt.Sprint("soak ", os.Getpid()),
		Failure: &failurepb.Failure{Message: "activity StartToClose timeout", Source: "Server",
			FailureInfo: &failurepb.Failure_TimeoutFailureInfo{TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{TimeoutType: enums.TIMEOUT_TYPE_START_TO_CLOSE}}}})
	return err
}
