package matrix

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// injector brings the fault of a cell into one attempt of its activity.
type injector struct {
	interceptor.WorkerInterceptorBase
	site   *site
	client client.Client
}

func (i *injector) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &attempt{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, injector: i}
}

func (i *injector) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &inbound{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, cell: i.site.Cell}
}

// attempt is one attempt of an activity.
type attempt struct {
	interceptor.ActivityInboundInterceptorBase
	*injector
}

func (a *attempt) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	c, name := a.site.Cell, activity.GetInfo(ctx).ActivityType.Name
	a.site.ran(name)
	if name != c.Activity || c.Fault == death { // a death strikes in the middle
		return a.Next.ExecuteActivity(ctx, in)
	}
	if !a.site.take() {
		if a.site.struck() {
			a.site.wakes.ring()
		}
		return a.Next.ExecuteActivity(ctx, in)
	}
	switch c.Fault {
	case failure:
		return nil, temporal.NewApplicationError("no route to the other side", string(upgrade.Unreachable))
	case lost:
		if _, err := a.Next.ExecuteActivity(ctx, in); err != nil {
			return nil, err
		}
		return nil, activity.ErrResultPending
	case hang:
		select {
		case <-a.site.wakes.rung: // a successor is at work, or the cell is over
		case <-ctx.Done():
		}
		_, _ = a.Next.ExecuteActivity(ctx, in) // whatever comes of it reaches nobody
		return nil, activity.ErrResultPending
	case cancel:
		if err := a.cancelUpgrade(ctx); err != nil {
			return nil, err
		}
	case twice:
		if _, err := a.Next.ExecuteActivity(ctx, in); err != nil {
			return nil, err
		}
		return nil, temporal.NewApplicationErrorWithOptions("it succeeded and is attempted again", string(upgrade.Unreachable), temporal.ApplicationErrorOptions{NextRetryDelay: time.Millisecond})
	}
	return a.Next.ExecuteActivity(ctx, in)
}

// cancelUpgrade cancels the workflow and waits until it has taken note, so that the activity is still under way then.
func (a *attempt) cancelUpgrade(ctx context.Context) error {
	if err := a.client.CancelWorkflow(ctx, workflows.UpgradeID(pair().ID), ""); err != nil {
		return err
	}
	for !a.noted(ctx) {
		if activity.GetInfo(ctx).HeartbeatTimeout > 0 {
			activity.RecordHeartbeat(ctx, "the workflow is being cancelled")
		}
		select {
		case <-ctx.Done():
			return nil // the cancellation has reached the activity itself
		case <-time.After(look):
		}
	}
	return nil
}

// noted tells whether the workflow has run since it was cancelled. Without an answer it is asked again.
func (a *attempt) noted(ctx context.Context) bool {
	cancelled := false
	for events := a.client.GetWorkflowHistory(ctx, workflows.UpgradeID(pair().ID), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		event, err := events.Next()
		if err != nil {
			return false
		}
		switch event.GetEventType() {
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
			cancelled = true
		case enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			if cancelled {
				return true
			}
		}
	}
	return false
}

// inbound hands the cell on to what a workflow schedules.
type inbound struct {
	interceptor.WorkflowInboundInterceptorBase
	cell cell
}

func (i *inbound) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&outbound{WorkflowOutboundInterceptorBase: interceptor.WorkflowOutboundInterceptorBase{Next: next}, cell: i.cell})
}

type outbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	cell cell
}

// These replace the timeouts of the activity that a fault befalls: a dead attempt would be noticed after up to twenty
// minutes of real time, and nothing but the waiting would differ. The others get a shorter one too, for a busy server
// sometimes starts an attempt of which no worker hears.
const (
	attemptTimeout   = 15 * time.Second
	heartbeatTimeout = 15 * time.Second
	unheardTimeout   = 45 * time.Second
)

func (o *outbound) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	options := workflow.GetActivityOptions(ctx)
	once := options.RetryPolicy.MaximumAttempts == 1
	switch {
	case name == o.cell.Activity && slices.Contains([]fault{lost, hang, death}, o.cell.Fault):
		if options.HeartbeatTimeout > 0 {
			options.HeartbeatTimeout = heartbeatTimeout
		} else {
			options.StartToCloseTimeout = attemptTimeout
		}
	case name == o.cell.Activity && o.cell.Fault == twice && once:
		// Temporal never attempts a submission twice; the activity defends itself all the same.
		policy := *options.RetryPolicy
		policy.MaximumAttempts, options.RetryPolicy = 2, &policy
	case options.HeartbeatTimeout == 0:
		options.StartToCloseTimeout = unheardTimeout
	}
	return o.Next.ExecuteActivity(workflow.WithActivityOptions(ctx, options), name, args...)
}
