package workflows

import (
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// turned says whether a person has turned the runbook away from where it goes.
func (u *run) turned() error {
	switch {
	case u.aborting != nil:
		return errAborted
	case u.rolling != nil && !u.back:
		return errRollback
	}
	return nil
}

// hold runs a step until it succeeds. A failure does not fail the workflow: it stands still, the pod kept and the
// reason shown, until a person says what to do.
func (u *run) hold(phase upgrade.Phase, step func() error) error {
	for {
		if err := u.safePoint(); err != nil {
			return err
		}
		u.enter(phase)
		err := step()
		if turned := u.turned(); turned != nil || err == nil {
			return turned
		}
		if kindOf(err) == upgrade.TooLate && u.req.Defer && !u.committed {
			u.note("deferred: %s", textOf(err))
			return deferral{textOf(err)}
		}
		if err := u.stand(kindOf(err), textOf(err), adviceOf(err)); err != nil {
			return err
		}
	}
}

// stand waits, with the reason shown, until a person says retry or turns the runbook.
func (u *run) stand(kind upgrade.Kind, reason, advice string) error {
	u.said[UpdateRetry] = nil
	u.report.Hold = &upgrade.Hold{Kind: kind, Reason: reason, Advice: advice, Since: workflow.Now(u.ctx)}
	u.note("holding: %s", reason)
	err := workflow.Await(u.ctx, func() bool { return u.said[UpdateRetry] != nil || u.turned() != nil })
	u.report.Hold = nil
	return err
}

// safePoint is where nothing is half done: here an upgrade pauses, turns back, and asks about a cancellation that it did
// not follow at once.
func (u *run) safePoint() error {
	if u.cancelled && u.committed && !u.inFlight && !u.asked {
		u.asked = true
		if err := u.stand(upgrade.Refused, "the workflow was cancelled after a reload had been submitted",
			"retry goes on with the upgrade, rollback brings the old version back while that is possible, abort ends here and leaves the gateway as it is"); err != nil {
			return err
		}
	}
	for u.said[UpdatePause] != nil && !u.inFlight && u.turned() == nil {
		if u.report.Paused == nil {
			u.report.Paused = u.said[UpdatePause]
			u.note("paused")
		}
		if err := workflow.Await(u.ctx, func() bool { return u.said[UpdatePause] == nil || u.turned() != nil }); err != nil {
			return err
		}
	}
	u.report.Paused = nil
	return u.turned()
}

// ask waits until a person approves; silence means wait.
func (u *run) ask(text string) error {
	u.said[UpdateApprove] = nil
	u.report.Ask = &upgrade.Ask{Text: text, Since: workflow.Now(u.ctx)}
	u.note("asking for approval: %s", text)
	if err := workflow.Await(u.ctx, func() bool { return u.said[UpdateApprove] != nil || u.turned() != nil }); err != nil {
		return err
	}
	u.report.Ask = nil
	return u.turned() // also when somebody approved in the same moment
}
