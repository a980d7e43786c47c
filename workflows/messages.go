package workflows

import (
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// listen registers what people may ask and say. Validators refuse what makes no sense at the moment, and a refused
// update leaves no trace in the history.
func (u *run) listen() error {
	if err := workflow.SetQueryHandlerWithOptions(u.ctx, QueryStatus, func() (upgrade.Report, error) { return u.report, nil },
		workflow.QueryHandlerOptions{Description: "Where the upgrade stands: phase, plan, nodes, what it waits for, its log."}); err != nil {
		return err
	}
	for _, m := range []struct {
		name, description string
		allowed           func() error
		act               func(upgrade.Decision) string
	}{
		{UpdateApprove, "Approve what the upgrade asks for, e.g. the reload of the second node. Needs by and reason.", u.mayApprove, u.approve},
		{UpdateRetry, "Try the step again that the upgrade holds at. Needs by and reason.", u.mayRetry, u.retry},
		{UpdateAbort, "End the upgrade before the first reload; what was prepared is undone. Needs by and reason.", u.mayAbort, u.abort},
	} {
		handle := func(ctx workflow.Context, in upgrade.Instruction) (upgrade.Receipt, error) {
			if err := m.allowed(); err != nil { // what the validator saw may have changed since
				return upgrade.Receipt{}, refusal(err)
			}
			return upgrade.Receipt{Text: m.act(upgrade.Decision{Name: m.name, By: in.By, Reason: in.Reason, At: workflow.Now(ctx)})}, nil
		}
		validate := func(in upgrade.Instruction) error {
			if err := in.Validate(); err != nil {
				return refusal(err)
			}
			if err := m.allowed(); err != nil {
				return refusal(err)
			}
			return nil
		}
		if err := workflow.SetUpdateHandlerWithOptions(u.ctx, m.name, handle,
			workflow.UpdateHandlerOptions{Validator: validate, Description: m.description}); err != nil {
			return err
		}
	}
	return nil
}

func (u *run) mayApprove() error {
	if u.report.Ask == nil {
		return upgrade.Errorf(upgrade.Refused, "the upgrade asks for no approval now; it is in phase %s", u.report.Phase).Advise("see its status")
	}
	return nil
}

func (u *run) mayRetry() error {
	if u.report.Hold == nil {
		return upgrade.Errorf(upgrade.Refused, "the upgrade holds at nothing now; it is in phase %s", u.report.Phase).Advise("see its status")
	}
	return nil
}

func (u *run) mayAbort() error {
	switch {
	case u.committed:
		return upgrade.Errorf(upgrade.Refused, "a reload has been submitted: the gateway must be brought to an end").
			Advise("let it go on, or repair and retry; ask IBM Support about a rollback by hand between the reloads")
	case u.aborting != nil:
		return upgrade.Errorf(upgrade.Refused, "the upgrade is being aborted already").Advise("see its status")
	case u.report.Outcome != "":
		return upgrade.Errorf(upgrade.Refused, "the upgrade has ended").Advise("see its report")
	}
	return nil
}

func (u *run) approve(d upgrade.Decision) string {
	u.decide(d)
	u.approved, u.report.Ask = &d, nil
	return "approved; the upgrade goes on"
}

func (u *run) retry(d upgrade.Decision) string {
	u.decide(d)
	u.retried, u.report.Hold = &d, nil
	return "the step is tried again"
}

func (u *run) abort(d upgrade.Decision) string {
	u.decide(d)
	u.aborting = &d
	u.cut()
	return "the upgrade ends at the next safe point and undoes what it prepared"
}

func (u *run) decide(d upgrade.Decision) {
	u.report.Decisions = append(u.report.Decisions, d)
	u.note("%s by %s: %s", d.Name, d.By, d.Reason)
}

// ask waits until a person approves; silence means wait.
func (u *run) ask(text string) error {
	u.approved, u.report.Ask = nil, &upgrade.Ask{Text: text, Since: workflow.Now(u.ctx)}
	u.note("asking for approval: %s", text)
	if err := workflow.Await(u.ctx, func() bool { return u.approved != nil || u.aborting != nil }); err != nil {
		return err
	}
	u.report.Ask = nil
	if u.aborting != nil { // also when somebody approved in the same moment
		return errAborted
	}
	return nil
}

// hold runs a step until it succeeds. A failure does not fail the workflow: it stands still, the pod kept and the
// reason shown, until a person says retry or, before the first reload, abort.
func (u *run) hold(phase upgrade.Phase, step func() error) error {
	for {
		if u.aborting != nil {
			return errAborted
		}
		u.enter(phase)
		err := step()
		switch {
		case u.aborting != nil:
			return errAborted
		case err == nil:
			return nil
		}
		choices := []string{UpdateRetry}
		if !u.committed {
			choices = append(choices, UpdateAbort)
		}
		u.retried = nil
		u.report.Hold = &upgrade.Hold{Kind: kindOf(err), Reason: textOf(err), Advice: adviceOf(err), Choices: choices, Since: workflow.Now(u.ctx)}
		u.note("holding: %s", textOf(err))
		if err := workflow.Await(u.ctx, func() bool { return u.retried != nil || u.aborting != nil }); err != nil {
			return err
		}
		u.report.Hold = nil
	}
}
