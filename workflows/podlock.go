package workflows

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// PodLock keeps the queue for one pod of one account and grants in order. It is not trusted for safety: what it grants
// is the right to try to open the permit, whose workflow id is the mutual exclusion. So it may be terminated, reset or
// lost at any moment; those who wait notice and ask again.
func PodLock(ctx workflow.Context, state upgrade.PodLock) error {
	if state.Account <= 0 || state.Pod == "" {
		return refusal(upgrade.Errorf(upgrade.Invalid, "a pod's lock needs account and pod").Advise("a lock is started by the first upgrade that asks for it"))
	}
	l := &podLock{ctx: ctx, PodLock: state}
	if err := l.listen(); err != nil {
		return err
	}
	for {
		l.show()
		if err := workflow.Await(ctx, func() bool { return l.due() || l.mayRenew() }); err != nil {
			return err
		}
		if l.mayRenew() {
			return workflow.NewContinueAsNewError(ctx, TypePodLock, l.PodLock)
		}
		if err := l.turn(); err != nil {
			return err
		}
	}
}

// podLock is a run of the lock. Its state is what the next run begins with.
type podLock struct {
	upgrade.PodLock
	ctx     workflow.Context
	a       *activities.Activities // nil: only method names are read
	stop    workflow.CancelFunc    // ends the service of the current request
	leaving bool                   // the current request was withdrawn
	renew   bool                   // an operator wants a fresh run
	pending workflow.ReceiveChannel
}

// due tells whether somebody is served or could be.
func (l *podLock) due() bool { return l.Current != nil || len(l.Queue) > 0 }

// idleEvents is how long the history of an idle lock may grow: short, so that nearly no run is older than the code.
const idleEvents = 100

// mayRenew tells whether the state may be carried over into a fresh run now: no message is half handled.
func (l *podLock) mayRenew() bool {
	info := workflow.GetInfo(l.ctx)
	wanted := l.renew || info.GetContinueAsNewSuggested() || !l.due() && info.GetCurrentHistoryLength() > idleEvents
	return wanted && workflow.AllHandlersFinished(l.ctx) && l.pending.Len() == 0
}

// turn serves one request, or looks until the pod is fit to be granted. It ends early when the history is to be renewed;
// the next run takes the same turn again.
func (l *podLock) turn() error {
	l.leaving = false
	if l.Current == nil && (l.Taint != nil || l.Blocked != "") {
		return l.awaitFit()
	}
	now := workflow.Now(l.ctx)
	if l.Current == nil {
		l.Serve(now)
	}
	l.show()
	var end upgrade.PodEnd
	over, err := l.run("serve gateway "+l.Current.Request.Gateway, l.a.ServePod,
		activities.ServeInput{Account: l.Account, Pod: l.Pod, Request: l.Current.Request, Granted: l.Current.Granted, Seen: l.Seen}, &end)
	switch {
	case !over:
		return err
	case l.leaving:
		end = upgrade.PodEnd{How: upgrade.PodWithdrawn}
	}
	switch end.How {
	case upgrade.PodBlocked:
		l.PutBack()
		if l.Blocked, l.By = end.Text, end.By; l.Hasten() {
			l.Blocked, l.By = "", nil
		}
	case upgrade.PodOther:
		l.PutBack()
		l.Leave(end.Other.ID) // it may have asked anew before its old grant arrived
		l.Current = &upgrade.PodHold{Request: *end.Other, Granted: end.Other.Since}
	default:
		l.End(end, workflow.Now(l.ctx))
	}
	return nil
}

// awaitFit waits until no gateway of the pod is at work or ill, but for the one that is first in the queue. An operator
// may clear a taint meanwhile, and the first may leave.
func (l *podLock) awaitFit() error {
	in := activities.FitInput{Account: l.Account, Pod: l.Pod, For: l.Queue[0], Whole: l.Taint != nil, Known: l.Blocked}
	if in.Whole {
		in.Since = l.Taint.Since
	}
	var found string
	over, err := l.run("look whether pod "+l.Pod+" is fit", l.a.AwaitFit, in, &found)
	if !over || len(l.Queue) == 0 || l.Queue[0].ID != in.For.ID || (l.Taint != nil) != in.Whole {
		return err
	}
	switch {
	case in.Whole && found != "":
		l.Blocked = found
	default: // served anew, which also tells which gateway is in the way
		l.Fit()
	}
	return nil
}

// run waits for an activity that may take for ever. It reports false when the lock is to do something else first.
func (l *podLock) run(summary string, act, in, out any) (over bool, err error) {
	ctx, cancel := workflow.WithCancel(workflow.WithActivityOptions(l.ctx, forever(summary)))
	stopped := false
	l.stop = func() { stopped = true; cancel() }
	defer cancel()
	future := workflow.ExecuteActivity(ctx, act, in)
	if err := workflow.Await(l.ctx, func() bool { return stopped || future.IsReady() || l.mayRenew() }); err != nil {
		return false, err
	}
	switch {
	case stopped:
		return l.leaving, nil
	case !future.IsReady():
		return false, nil
	}
	if err := future.Get(l.ctx, out); err != nil {
		return false, fmt.Errorf("%s: %w", summary, err)
	}
	return true, nil
}

// withdraw takes a request out, wherever it stands. A permit that is open already is not touched: the next turn finds it.
func (l *podLock) withdraw(id string) {
	switch {
	case l.Current != nil && l.Current.Request.ID == id:
		l.leaving = true
		l.stop()
	case l.Current == nil && l.Place(id).Position == 1:
		l.Leave(id)
		l.stop() // the look at the pod was for this one
	default:
		l.Leave(id)
	}
}

// drain reads the signals. One that cannot be read is counted and shown; it changes nothing. It waits for one to be there
// and not for the channel itself: what the channel handed over already would not count as pending when the run is renewed.
func (l *podLock) drain(ctx workflow.Context) {
	for {
		if err := workflow.Await(ctx, func() bool { return l.pending.Len() > 0 }); err != nil {
			return
		}
		var raw converter.RawValue
		if !l.pending.ReceiveAsync(&raw) {
			continue
		}
		var in upgrade.PodGrant
		if err := converter.GetDefaultDataConverter().FromPayload(raw.Payload(), &in); err != nil || in.Request == "" {
			l.Garbled++
			workflow.GetLogger(ctx).Error("A signal could not be read", "signal", SignalWithdraw, "error", err)
		} else {
			l.withdraw(in.Request)
			l.Forget(in.Request)
		}
		l.show()
	}
}

// show renders the state for Temporal Web.
func (l *podLock) show() { workflow.SetCurrentDetails(l.ctx, l.Markdown()) }

// forceRelease closes the permit of the current request from outside. It is for a holder that will never release it.
func (l *podLock) forceRelease(ctx workflow.Context, in upgrade.PodInstruction) error {
	release := upgrade.PermitRelease{Request: in.Request, Forced: in.By + ": " + in.Reason}
	err := workflow.SignalExternalWorkflow(ctx, PermitID(l.Account, l.Pod), "", SignalRelease, release).Get(ctx, nil)
	var unknown *temporal.UnknownExternalWorkflowExecutionError
	if errors.As(err, &unknown) { // granted and never taken
		l.withdraw(in.Request)
		return nil
	}
	return err
}
