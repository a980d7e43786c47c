package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// pods reaches locks and permits through the Temporal client.
type pods struct{ client client.Client }

// answer is how long one call to Temporal may take. A call that is lost would otherwise be waited for as long as its
// activity may run; each of them may be repeated.
const answer = 20 * time.Second

// NewPods gives the activities' port to locks and permits.
func NewPods(c client.Client) activities.Pods { return pods{c} }

// Acquire asks a pod's lock, which it starts if there is none: update-with-start, so that a lock can never be asked before
// it is there.
func (p pods) Acquire(ctx context.Context, account int, pod string, r upgrade.PodRequest) (upgrade.Ticket, error) {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	id := workflows.LockID(account, pod)
	start := p.client.NewWithStartWorkflowOperation(client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue,
		StaticSummary: "queue for pod " + pod, WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING},
		workflows.TypePodLock, upgrade.PodLock{Account: account, Pod: pod})
	handle, err := p.client.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{UpdateName: workflows.UpdateAcquire, WaitForStage: client.WorkflowUpdateStageCompleted, Args: []any{r}}})
	var t upgrade.Ticket
	if err == nil {
		err = handle.Get(ctx, &t)
	}
	return t, asked(err, "asking for %s", id)
}

// Place asks a pod's lock where a request stands.
func (p pods) Place(ctx context.Context, account int, pod, request string) (upgrade.Ticket, error) {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	id := workflows.LockID(account, pod)
	reply, err := p.client.QueryWorkflowWithOptions(ctx, &client.QueryWorkflowWithOptionsRequest{WorkflowID: id, QueryType: workflows.QueryPlace, Args: []any{request},
		QueryRejectCondition: enums.QUERY_REJECT_CONDITION_NOT_OPEN})
	switch {
	case isNotFound(err):
		return upgrade.Ticket{Position: -1}, nil
	case err != nil:
		return upgrade.Ticket{}, asked(err, "asking %s", id)
	case reply.QueryRejected != nil: // closed: nobody stands there any more
		return upgrade.Ticket{Position: -1}, nil
	}
	var t upgrade.Ticket
	return t, asked(reply.QueryResult.Get(&t), "reading the answer of %s", id)
}

// Grant tells a holder that it is its turn.
func (p pods) Grant(ctx context.Context, r upgrade.PodRequest) error {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	err := p.client.SignalWorkflow(ctx, r.Holder, r.Run, workflows.SignalGranted, upgrade.PodGrant{Request: r.ID})
	if isNotFound(err) {
		return upgrade.Errorf(upgrade.NotFound, "run %s of %s has ended", r.Run, r.Holder)
	}
	return asked(err, "telling %s", r.Holder)
}

// Alive reports whether the holder's run is open.
func (p pods) Alive(ctx context.Context, r upgrade.PodRequest) (bool, error) {
	return p.Open(ctx, upgrade.Permit{WorkflowID: r.Holder, RunID: r.Run})
}

// Latest finds the permit of a pod that was opened last. Its memo names the request; one without a memo was started by
// hand and belongs to nobody.
func (p pods) Latest(ctx context.Context, account int, pod string) (*upgrade.PodPermit, error) {
	id := workflows.PermitID(account, pod)
	d, err := p.describe(ctx, upgrade.Permit{WorkflowID: id})
	if d == nil || err != nil {
		return nil, err
	}
	info := d.GetWorkflowExecutionInfo()
	found := upgrade.PodPermit{Permit: upgrade.Permit{WorkflowID: id, RunID: info.GetExecution().GetRunId()},
		Request: upgrade.PodRequest{ID: info.GetExecution().GetRunId(), Holder: id, Gateway: "of nobody: the permit was opened by hand", Since: info.GetStartTime().AsTime()},
		Open:    info.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING}
	if memo := info.GetMemo().GetFields()["request"]; memo != nil {
		if err := converter.GetDefaultDataConverter().FromPayload(memo, &found.Request); err != nil {
			return nil, upgrade.Errorf(upgrade.Malformed, "reading the memo of %s: %w", id, err)
		}
	}
	return &found, nil
}

// Open reports whether this run of the permit is open.
func (p pods) Open(ctx context.Context, permit upgrade.Permit) (bool, error) {
	d, err := p.describe(ctx, permit)
	return d != nil && d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING, err
}

// Attempt reports whether Temporal still waits for this very attempt of a workflow's activity.
func (p pods) Attempt(ctx context.Context, workflow upgrade.Permit, activityID string, attempt int32) (bool, error) {
	d, err := p.describe(ctx, workflow)
	if d == nil || err != nil {
		return false, err
	}
	for _, a := range d.GetPendingActivities() {
		if a.GetActivityId() == activityID {
			return a.GetAttempt() == attempt && a.GetState() == enums.PENDING_ACTIVITY_STATE_STARTED, nil
		}
	}
	return false, nil
}

// AwaitEnd follows one run of a permit, by long poll, and tells how it ended.
func (p pods) AwaitEnd(ctx context.Context, permit upgrade.Permit) (upgrade.PodEnd, error) {
	var release upgrade.PermitRelease
	err := p.client.GetWorkflow(ctx, permit.WorkflowID, permit.RunID).GetWithOptions(ctx, &release, client.WorkflowRunGetOptions{DisableFollowingRuns: true})
	var closed *temporal.WorkflowExecutionError
	switch {
	case errors.As(err, &closed):
		return upgrade.PodEnd{How: upgrade.PodLost, Text: "its permit being closed without a release: " + errors.Unwrap(closed).Error()}, nil
	case isNotFound(err):
		return upgrade.PodEnd{How: upgrade.PodLost, Text: "its permit being gone from Temporal's records"}, nil
	case err != nil:
		return upgrade.PodEnd{}, asked(err, "following %s", permit.WorkflowID)
	case release.Forced != "":
		return upgrade.PodEnd{How: upgrade.PodLost, Text: "a release by force, " + release.Forced}, nil
	case release.Unhealthy != "":
		return upgrade.PodEnd{How: upgrade.PodLost, Text: "a release as unhealthy: " + release.Unhealthy}, nil
	}
	return upgrade.PodEnd{How: upgrade.PodReleased}, nil
}

// describe gives nil for a run that Temporal does not know.
func (p pods) describe(ctx context.Context, w upgrade.Permit) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	d, err := p.client.DescribeWorkflowExecution(ctx, w.WorkflowID, w.RunID)
	if isNotFound(err) {
		return nil, nil
	}
	return d, asked(err, "looking at %s", w.WorkflowID)
}

// asked names what was asked of Temporal. Without an answer a retry helps; what a workflow refused keeps its kind.
func asked(err error, doing string, args ...any) error {
	var app *temporal.ApplicationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &app) && app.Type() == string(upgrade.Invalid):
		return upgrade.Errorf(upgrade.Invalid, "%s: %s", fmt.Sprintf(doing, args...), app.Message())
	}
	return upgrade.Errorf(upgrade.Unreachable, "%s: %w", fmt.Sprintf(doing, args...), err)
}

func isNotFound(err error) bool {
	var missing *serviceerror.NotFound
	return errors.As(err, &missing)
}
