package podlock

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/workflows"
)

// The plain mutex is what most people build first from a workflow and signals: a request by signal-with-start, a grant by
// signal, a release by signal, and a timeout that hands the lock on. It has no order over a restart, no fence and no
// watch: it is here to be measured beside the lock, not to be used.
const (
	typePlainMutex  = "PlainMutex"
	typePlainHolder = "PlainHolder"
	plainRequest    = "request"
	plainGrant      = "granted"
	plainTimeout    = time.Hour
)

// plainMutex grants to one after another; without requests it ends.
func plainMutex(ctx workflow.Context) error {
	requests := workflow.GetSignalChannel(ctx, plainRequest)
	for {
		var holder string
		if !requests.ReceiveAsync(&holder) {
			return nil
		}
		var release string
		if err := workflow.SideEffect(ctx, func(workflow.Context) any { return "release-" + holder }).Get(&release); err != nil {
			return err
		}
		if workflow.SignalExternalWorkflow(ctx, holder, "", plainGrant, release).Get(ctx, nil) != nil {
			continue // the holder has ended
		}
		timer, stop := workflow.WithCancel(ctx)
		workflow.NewSelector(ctx).
			AddFuture(workflow.NewTimer(timer, plainTimeout), func(workflow.Future) {}).
			AddReceive(workflow.GetSignalChannel(ctx, release), func(c workflow.ReceiveChannel, _ bool) { c.ReceiveAsync(nil) }).
			Select(ctx)
		stop()
	}
}

// plainCrew asks for the plain mutex.
type plainCrew struct{ client client.Client }

// RequestPlain sends the request and starts the mutex if there is none.
func (p *plainCrew) RequestPlain(ctx context.Context, mutex string) error {
	_, err := p.client.SignalWithStartWorkflow(ctx, mutex, plainRequest, activity.GetInfo(ctx).WorkflowExecution.ID,
		client.StartWorkflowOptions{TaskQueue: workflows.TaskQueue}, typePlainMutex)
	return err
}

// plainHolder is the bench's holder with the plain mutex.
func (g *gauge) plainHolder(ctx workflow.Context, in benchJob) error {
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: patience})
	var p *plainCrew
	if err := workflow.ExecuteLocalActivity(local, p.RequestPlain, in.Mutex).Get(ctx, nil); err != nil {
		return err
	}
	var release string
	workflow.GetSignalChannel(ctx, plainGrant).Receive(ctx, &release)
	g.started(ctx)
	if in.First {
		workflow.GetSignalChannel(ctx, signalGoOn).Receive(ctx, nil)
	}
	g.released(ctx)
	return workflow.SignalExternalWorkflow(ctx, in.Mutex, "", release, nil).Get(ctx, nil)
}
