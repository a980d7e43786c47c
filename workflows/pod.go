package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// queue waits for the pod. Once it is ours the maintenance window is looked at again: one that became too short while
// waiting gives the pod back.
func (u *run) queue() error {
	return u.hold(upgrade.PhaseQueue, func() error {
		if err := u.awaitWindow(); err != nil {
			return err
		}
		if err := u.keepPermit(u.breakable); err != nil {
			return err
		}
		if err := u.req.Window.Fits(workflow.Now(u.ctx), u.plan.Needed); err != nil {
			u.release()
			return err
		}
		return nil
	})
}

// awaitWindow waits until the maintenance window opens.
func (u *run) awaitWindow() error {
	if u.req.Window == nil {
		return nil
	}
	wait := u.req.Window.Start.Sub(workflow.Now(u.ctx))
	if wait <= 0 {
		return nil
	}
	u.report.Waiting = "the maintenance window opens at " + u.req.Window.Start.Format(time.RFC3339)
	u.note("waiting: %s", u.report.Waiting)
	err := workflow.NewTimerWithOptions(u.breakable, wait, workflow.TimerOptions{Summary: u.report.Waiting}).Get(u.breakable, nil)
	u.report.Waiting = ""
	return err
}

// keepPermit makes sure that this upgrade holds the pod: it takes the permit if it has none, or none any more, and
// waits on ctx while another upgrade holds it. Holding is an open child workflow, so that two holders cannot be.
func (u *run) keepPermit(ctx workflow.Context) error {
	for !u.permitOpen {
		if ctx.Err() != nil {
			return errAborted
		}
		taken, err := u.takePermit()
		if err != nil || taken {
			return err
		}
		if err := u.waitForPod(ctx); err != nil {
			return err
		}
	}
	return nil
}

// takePermit starts the permit; it reports false when somebody else holds the pod.
func (u *run) takePermit() (bool, error) {
	id := PermitID(u.plan.Gateway.Account, u.plan.Gateway.Pod)
	ctx := workflow.WithChildOptions(u.ctx, workflow.ChildWorkflowOptions{WorkflowID: id, StaticSummary: "pod " + u.report.Pod + " held for " + u.report.Gateway})
	child := workflow.ExecuteChildWorkflow(ctx, PodPermit, upgrade.PermitRequest{
		Holder: workflow.GetInfo(u.ctx).WorkflowExecution.ID, Gateway: u.report.Gateway, Reason: u.req.Change})
	var started workflow.Execution
	err := child.GetChildWorkflowExecution().Get(u.ctx, &started)
	switch {
	case temporal.IsWorkflowExecutionAlreadyStartedError(err):
		return false, nil
	case err != nil:
		return false, err
	}
	u.permit, u.permitRun, u.permitOpen = upgrade.Permit{WorkflowID: started.ID, RunID: started.RunID}, child, true
	u.note("the pod %s is ours", u.report.Pod)
	workflow.Go(u.ctx, func(ctx workflow.Context) {
		_ = child.Get(ctx, nil) // its end is what counts, not how it ended
		if u.permit.RunID == started.RunID {
			u.permitOpen = false
		}
	})
	return true, nil
}

// waitForPod waits until whoever holds the pod has given it back.
func (u *run) waitForPod(ctx workflow.Context) error {
	in := activities.PodInput{WorkflowID: PermitID(u.plan.Gateway.Account, u.plan.Gateway.Pod), Timing: u.req.Timing}
	holder, err := call(ctx, quick("who holds the pod"), u.a.HolderOf, in)
	if err != nil || holder == "" {
		return err
	}
	u.report.Waiting = "pod " + u.report.Pod + " is held by " + holder
	u.note("waiting: %s", u.report.Waiting)
	_, err = call(ctx, patient("wait for pod "+u.report.Pod+", held by "+holder, queueLimit), u.a.AwaitPodFree, in)
	u.report.Waiting = ""
	return err
}

// release gives the pod back and waits until the permit is closed.
func (u *run) release() {
	if !u.permitOpen {
		return
	}
	child := u.permitRun
	if err := child.SignalChildWorkflow(u.ctx, SignalRelease, nil).Get(u.ctx, nil); err != nil {
		u.log.Warn("Permit not signalled", "error", err)
	}
	if err := child.Get(u.ctx, nil); err != nil {
		u.note("the pod permit ended abnormally: %s", textOf(err))
	}
	u.permitOpen = false
}
