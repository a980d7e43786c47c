package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// listen registers what holders and operators may say to a lock. What makes no sense is refused by a validator: it
// changes nothing and leaves no trace in the history.
func (l *podLock) listen() error {
	l.pending = workflow.GetSignalChannelWithOptions(l.ctx, SignalWithdraw, workflow.SignalChannelOptions{Description: "A holder leaves the queue or gives up its turn."})
	workflow.Go(l.ctx, l.drain)
	l.stop = func() {}
	if err := workflow.SetQueryHandlerWithOptions(l.ctx, QueryState, func() (upgrade.PodLock, error) { return l.PodLock, nil },
		workflow.QueryHandlerOptions{Description: "Holder, queue, taint and the last holds of the pod."}); err != nil {
		return err
	}
	if err := workflow.SetQueryHandlerWithOptions(l.ctx, QueryPlace, func(id string) (upgrade.Ticket, error) { return l.Place(id), nil },
		workflow.QueryHandlerOptions{Description: "Place of a request, by its id."}); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(l.ctx, UpdateAcquire, l.acquire, workflow.UpdateHandlerOptions{
		Validator:   func(r upgrade.PodRequest) error { return refused(r.Validate()) },
		Description: "Ask for the pod. Returns the place at once; the grant comes as a signal."}); err != nil {
		return err
	}
	for _, m := range []struct {
		name, description string
		act               func(workflow.Context, upgrade.PodInstruction) error
	}{
		{UpdateForceRelease, "Close the permit of the current request (its id, by, reason). The pod is tainted by it.", l.forceRelease},
		{UpdateRemove, "Take a waiting request out of the queue (its id, by, reason).", func(_ workflow.Context, in upgrade.PodInstruction) error { l.withdraw(in.Request); return nil }},
		{UpdateClearTaint, "Declare the pod well (by, reason).", func(workflow.Context, upgrade.PodInstruction) error {
			l.Fit()
			l.stop() // the look at the pod; nothing is served while it is tainted
			return nil
		}},
		{UpdateRenew, "Carry the state over into a fresh run (by, reason).", func(workflow.Context, upgrade.PodInstruction) error { l.renew = true; return nil }},
	} {
		check := func(in upgrade.PodInstruction) error { return refused(l.sense(m.name, in)) }
		handle := func(ctx workflow.Context, in upgrade.PodInstruction) (upgrade.Receipt, error) {
			if err := check(in); err != nil { // what the validator saw may have changed since
				return upgrade.Receipt{}, err
			}
			l.Acted(upgrade.Decision{Name: m.name, By: in.By, Reason: in.Reason, At: workflow.Now(ctx)})
			if err := m.act(ctx, in); err != nil {
				return upgrade.Receipt{}, refusal(err)
			}
			l.show()
			return upgrade.Receipt{Text: m.name + " done"}, nil
		}
		if err := workflow.SetUpdateHandlerWithOptions(l.ctx, m.name, handle, workflow.UpdateHandlerOptions{Validator: check, Description: m.description}); err != nil {
			return err
		}
	}
	return nil
}

// acquire queues a request. One that is being served may have lost its grant: its service begins anew. One whose gateway
// is what nobody else is served for goes first.
func (l *podLock) acquire(ctx workflow.Context, r upgrade.PodRequest) (upgrade.Ticket, error) {
	if l.Ask(r, workflow.Now(ctx)).Position == 0 || l.Hasten() {
		l.stop()
	}
	l.show()
	return l.Place(r.ID), nil
}

// sense refuses an instruction that makes none as the lock stands.
func (l *podLock) sense(update string, in upgrade.PodInstruction) error {
	if err := in.Validate(); err != nil {
		return err
	}
	place, why := l.Place(in.Request).Position, ""
	switch {
	case update == UpdateForceRelease && place != 0:
		why = fmt.Sprintf("request %q does not hold pod %s", in.Request, l.Pod)
	case update == UpdateRemove && place <= 0:
		why = fmt.Sprintf("request %q does not wait for pod %s", in.Request, l.Pod)
	case update == UpdateClearTaint && l.Taint == nil:
		why = fmt.Sprintf("pod %s is not tainted", l.Pod)
	default:
		return nil
	}
	return upgrade.Errorf(upgrade.Refused, "%s", why).Advise("see its state: starter pod %s queue", l.Pod)
}

// refused turns a refusal into what travels to the one who asked, and nothing into nothing.
func refused(err error) error {
	if err == nil {
		return nil
	}
	return refusal(err)
}
