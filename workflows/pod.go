package workflows

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// Pod is a workflow's side of a pod's lock: it waits for its turn, opens the permit and gives it back. A workflow that
// holds a pod must not continue as new: its permit would be terminated with the old run. One that needs several pods takes
// them one after another, sorted by name: then two such workflows cannot wait for each other.
type Pod struct {
	Account   int
	Name      string
	GatewayID int
	Gateway   string
	Reason    string
	Timing    upgrade.Timing
	// Waits is told for whom the workflow waits, "" when it does not wait any more.
	Waits func(text string)

	permit  upgrade.Permit
	request upgrade.PodRequest
	child   workflow.ChildWorkflowFuture
	open    bool
	asker   string // run that made the request at hand: another one after a reset
	takes   int    // requests made so far
	granted bool   // the request at hand
	a       *activities.Activities
}

// Held reports whether the permit is open, as far as this workflow knows.
func (p *Pod) Held() bool { return p.open }

// Permit is the fencing token of the hold.
func (p *Pod) Permit() upgrade.Permit { return p.permit }

// Take returns when the pod is ours. Cancelling ctx ends the wait and leaves no entry in the queue.
func (p *Pod) Take(ctx workflow.Context) error {
	if p.open {
		return nil
	}
	base, _ := workflow.NewDisconnectedContext(ctx)
	if err := p.ask(base); err != nil {
		return err
	}
	defer p.Waits("")
	for {
		opened, err := p.tryOnce(ctx, base)
		if err != nil {
			p.withdraw(base)
			return err
		}
		if opened {
			return nil
		}
	}
}

// tryOnce waits for one grant and opens the permit by it. It reports false when somebody's permit is still open: the lock
// finds that, follows it, and grants again.
func (p *Pod) tryOnce(ctx, base workflow.Context) (bool, error) {
	if err := p.awaitTurn(ctx); err != nil {
		return false, err
	}
	opened, err := p.openPermit(base)
	if opened || err != nil {
		return opened, err
	}
	return false, workflow.NewTimerWithOptions(ctx, p.Timing.PermitPoll.D(), workflow.TimerOptions{Summary: "another permit is open"}).Get(ctx, nil)
}

// ask makes a new request. Its id is its own, so that a grant of an earlier one means nothing; it is kept in the history,
// so that a run that was reset to a later point still knows the grant that was meant for it.
func (p *Pod) ask(ctx workflow.Context) error {
	info := workflow.GetInfo(ctx)
	p.takes++
	if err := workflow.SideEffect(ctx, func(workflow.Context) any { return info.WorkflowExecution.RunID }).Get(&p.asker); err != nil {
		return fmt.Errorf("asking for pod %s: %w", p.Name, err)
	}
	p.request = upgrade.PodRequest{ID: fmt.Sprintf("%s/%s/%d", p.asker, p.Name, p.takes), Holder: info.WorkflowExecution.ID, Run: info.WorkflowExecution.RunID,
		GatewayID: p.GatewayID, Gateway: p.Gateway, Reason: p.Reason, Poll: p.Timing.PermitPoll, Lag: p.Timing.Reconcile}
	return nil
}

// awaitTurn stands in the queue until the grant comes. A lock that lost its queue is asked anew; one that takes the request
// for over, because it was released by force after a reset, gets a new one.
func (p *Pod) awaitTurn(ctx workflow.Context) error {
	p.granted = false
	known := upgrade.Ticket{Position: -1}
	for !p.granted {
		asks := known.Position < 0
		options, act := standing("wait for pod "+p.Name+": "+known.String()), p.a.KeepPlace
		if asks {
			options, act = quick("ask for pod "+p.Name), p.a.AskForPod
		}
		ticket, err := p.hearOf(ctx, options, act, activities.PlaceInput{Account: p.Account, Pod: p.Name, Request: p.request, Known: known})
		switch {
		case err != nil:
			return err
		case p.granted:
			return nil
		case asks && ticket.Position < 0:
			if err := p.ask(ctx); err != nil {
				return err
			}
		}
		known = ticket
		p.Waits(ticket.String())
	}
	return nil
}

// hearOf runs an activity that tells our place. The grant may overtake it, also where its answer was lost.
func (p *Pod) hearOf(ctx workflow.Context, options workflow.ActivityOptions, act func(context.Context, activities.PlaceInput) (upgrade.Ticket, error), in activities.PlaceInput) (ticket upgrade.Ticket, err error) {
	asking, cancel := workflow.WithCancel(workflow.WithActivityOptions(ctx, options))
	defer cancel()
	place := workflow.ExecuteActivity(asking, act, in)
	done := false
	either := workflow.NewNamedSelector(ctx, options.Summary).
		AddReceive(workflow.GetSignalChannelWithOptions(ctx, SignalGranted, workflow.SignalChannelOptions{Description: "The pod's lock says that it is our turn."}), p.hear).
		AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) { done, err = true, ctx.Err() }).
		AddFuture(place, func(f workflow.Future) { done, err = true, f.Get(ctx, &ticket) })
	for !done && !p.granted {
		either.Select(ctx)
	}
	return ticket, err
}

// hear reads one grant. What is meant for another request, or cannot be read, means nothing.
func (p *Pod) hear(grants workflow.ReceiveChannel, _ bool) {
	var grant upgrade.PodGrant
	if grants.ReceiveAsync(&grant) {
		p.granted = p.granted || grant.Request == p.request.ID
	}
}

// openPermit starts the permit; it reports false when somebody else's is open.
func (p *Pod) openPermit(ctx workflow.Context) (bool, error) {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: PermitID(p.Account, p.Name),
		StaticSummary: "pod " + p.Name + " held for " + p.Gateway, Memo: map[string]any{"request": p.request}})
	child := workflow.ExecuteChildWorkflow(ctx, PodPermit, p.request)
	var started workflow.Execution
	switch err := child.GetChildWorkflowExecution().Get(ctx, &started); {
	case temporal.IsWorkflowExecutionAlreadyStartedError(err):
		return false, nil
	case err != nil:
		return false, err
	}
	p.permit, p.child, p.open = upgrade.Permit{WorkflowID: started.ID, RunID: started.RunID}, child, true
	workflow.Go(ctx, func(ctx workflow.Context) {
		_ = child.Get(ctx, nil) // its end is what counts, not how it ended
		if p.permit.RunID == started.RunID {
			p.open = false
		}
	})
	return true, nil
}

// Release gives the pod back and waits until the permit is closed. A pod that is not known to be well is given back with
// the reason, and nobody else gets it before it has been seen whole.
func (p *Pod) Release(ctx workflow.Context, unhealthy string) error {
	if !p.open {
		return nil
	}
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	release := upgrade.PermitRelease{Request: p.request.ID, Unhealthy: unhealthy}
	p.open = false
	if p.asker != workflow.GetInfo(ctx).WorkflowExecution.RunID {
		return p.releaseAfterReset(ctx, release)
	}
	signalled := p.child.SignalChildWorkflow(ctx, SignalRelease, release).Get(ctx, nil)
	return errors.Join(signalled, p.child.Get(ctx, nil))
}

// releaseAfterReset gives back a pod that was taken before this run was made by a reset. A permit stays the child of the
// run that opened it: the server refuses a parent's signal to it and never tells this run of its end. So it is the lock
// that tells.
func (p *Pod) releaseAfterReset(ctx workflow.Context, release upgrade.PermitRelease) error {
	signalled := workflow.SignalExternalWorkflow(ctx, p.permit.WorkflowID, p.permit.RunID, SignalRelease, release).Get(ctx, nil)
	in := activities.PlaceInput{Account: p.Account, Pod: p.Name, Request: p.request}
	looking, cancel := workflow.WithCancel(workflow.WithActivityOptions(ctx, standing("wait for the end of the hold of pod "+p.Name)))
	defer cancel()
	gone := workflow.ExecuteActivity(looking, p.a.KeepPlace, in)
	if err := workflow.Await(ctx, func() bool { return p.child.IsReady() || gone.IsReady() }); err != nil {
		return err
	}
	return signalled
}

// withdraw leaves the queue. A lock that does not exist has no entry of ours either.
func (p *Pod) withdraw(ctx workflow.Context) {
	err := workflow.SignalExternalWorkflow(ctx, LockID(p.Account, p.Name), "", SignalWithdraw, upgrade.PodGrant{Request: p.request.ID}).Get(ctx, nil)
	if err != nil {
		workflow.GetLogger(ctx).Warn("The request for the pod could not be withdrawn", "pod", p.Name, "error", err)
	}
}
