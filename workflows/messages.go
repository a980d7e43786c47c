package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// message is one thing that people may say to an upgrade.
type message struct {
	name, description string
	may               func() error // why it makes no sense now
	act               func(upgrade.Decision) string
}

func (u *run) messages() []message {
	return []message{
		{UpdateApprove, "Approve what the upgrade asks for, e.g. the reload of the second node. Needs by and reason.", u.mayApprove, u.approve},
		{UpdateRetry, "Try the step again that the upgrade holds at. Needs by and reason.", u.mayRetry, u.retry},
		{UpdateResubmit, "Submit a reload again that was submitted and is not to be seen. Only for a person who has seen in the portal that it does not run. Needs by and reason.", u.mayResubmit, u.resubmit},
		{UpdateAccept, "Accept readiness warnings by their codes. Needs codes, by and reason.", u.mayAccept, u.accept},
		{UpdatePause, "Stand still at the next safe point; a reload that is on goes on. Needs by and reason.", u.mayPause, u.pause},
		{UpdateResume, "Go on after a pause. Needs by and reason.", u.mayResume, u.resume},
		{UpdateRollback, "Between the two reloads: bring the old version back. Needs by and reason.", u.mayRollback, u.rollback},
		{UpdateAbort, "End the upgrade. Before the first reload what was prepared is undone; later the gateway is left as it is and its pod is tainted. Needs by and reason.", u.mayAbort, u.abort},
	}
}

// listen registers what people may ask and say. Validators refuse what makes no sense at the moment, and a refused
// update leaves no trace in the history.
func (u *run) listen() error {
	if err := workflow.SetQueryHandlerWithOptions(u.ctx, QueryStatus, func() (upgrade.Report, error) {
		u.report.Choices = u.choices()
		return u.report, nil
	},
		workflow.QueryHandlerOptions{Description: "Where the upgrade stands: phase, plan, nodes, what it waits for, its log."}); err != nil {
		return err
	}
	for _, m := range u.messages() {
		handle := func(ctx workflow.Context, in upgrade.Instruction) (upgrade.Receipt, error) {
			if err := m.may(); err != nil { // what the validator saw may have changed since
				return upgrade.Receipt{}, refusal(err)
			}
			d := upgrade.Decision{Name: m.name, By: in.By, Reason: in.Reason, Codes: in.Codes, At: workflow.Now(ctx)}
			u.decide(d)
			text := m.act(d)
			u.show()
			return upgrade.Receipt{Text: text}, nil
		}
		validate := func(in upgrade.Instruction) error {
			if err := in.Validate(); err != nil {
				return refusal(err)
			}
			if m.name == UpdateAccept {
				if err := upgrade.Warnings(in.Codes); err != nil {
					return refusal(err)
				}
			}
			return refused(m.may())
		}
		if err := workflow.SetUpdateHandlerWithOptions(u.ctx, m.name, handle,
			workflow.UpdateHandlerOptions{Validator: validate, Description: m.description}); err != nil {
			return err
		}
	}
	return nil
}

// choices are the names of the messages that make sense now, for people.
func (u *run) choices() []string {
	var names []string
	for _, m := range u.messages() {
		if m.may() == nil {
			names = append(names, m.name)
		}
	}
	return names
}

func (u *run) decide(d upgrade.Decision) {
	u.report.Decisions = append(u.report.Decisions, d)
	u.note("%s by %s: %s", d.Name, d.By, d.Reason)
}

func no(format, advice string, args ...any) error {
	return upgrade.Errorf(upgrade.Refused, format, args...).Advise("%s", advice)
}

// open refuses what an upgrade that has ended, or is being ended, cannot be told.
func (u *run) open() error {
	switch {
	case u.report.Outcome != "":
		return no("the upgrade has ended", "see its report")
	case u.aborting != nil:
		return no("the upgrade is being aborted already", "see its status")
	}
	return nil
}

// standing reports whether the upgrade waits for a person.
func (u *run) standing() bool {
	return u.report.Hold != nil || u.report.Ask != nil || u.report.Paused != nil
}

func (u *run) mayApprove() error {
	if u.report.Ask == nil {
		return no("the upgrade asks for no approval now; it is in phase %s", "see its status", u.report.Phase)
	}
	return u.open()
}

func (u *run) mayRetry() error {
	if u.report.Hold == nil {
		return no("the upgrade holds at nothing now; it is in phase %s", "see its status", u.report.Phase)
	}
	return u.open()
}

// mayResubmit allows a person to take it on himself that an undecided reload does not exist. The program never does.
func (u *run) mayResubmit() error {
	if u.report.Hold == nil || u.report.Hold.Kind != upgrade.Undecided || u.pending == nil {
		return no("no reload is undecided now", "see the status of the upgrade")
	}
	return u.open()
}

func (u *run) mayAccept() error { return u.open() }

func (u *run) mayPause() error {
	if u.said[UpdatePause] != nil {
		return no("the upgrade is paused already", "resume goes on")
	}
	return u.open()
}

func (u *run) mayResume() error {
	if u.said[UpdatePause] == nil {
		return no("the upgrade is not paused", "see its status")
	}
	return u.open()
}

// mayRollback allows a rollback between the end of the first reload and the submission of the second, as IBM does.
func (u *run) mayRollback() error {
	switch {
	case u.back || u.rolling != nil:
		return no("the rollback is under way already", "see its status")
	case !u.committed:
		return no("nothing has been reloaded yet", "abort undoes what was prepared")
	case len(u.plan.Steps) < 2:
		return no("a standalone gateway has no way back", "repair what the hold names and retry; the exported configuration is in the archive")
	case len(u.report.Nodes) > 1 && !u.report.Nodes[1].Submitted.IsZero():
		return no("the second node's reload has been submitted: the old version cannot come back", "let it go on, or call IBM Support")
	case u.inFlight:
		return no("the first node's reload is not over yet", "wait for its end; IBM cannot cancel a reload")
	}
	return u.open()
}

// mayAbort allows a person to end an upgrade, but not while a reload runs: it would go on without anybody watching.
func (u *run) mayAbort() error {
	if u.committed && (u.inFlight && u.report.Hold == nil || !u.standing()) {
		return no("a reload has been submitted: the gateway must be brought to an end", "wait until the upgrade holds or asks; between the reloads there is also rollback")
	}
	return u.open()
}

func (u *run) approve(d upgrade.Decision) string {
	u.said[UpdateApprove], u.report.Ask = &d, nil
	return "approved; the upgrade goes on"
}

func (u *run) retry(d upgrade.Decision) string {
	u.said[UpdateRetry], u.report.Hold = &d, nil
	return "the step is tried again"
}

func (u *run) resubmit(d upgrade.Decision) string {
	u.withdraw()
	u.retry(d)
	return "after a new look at everything the reload is submitted again"
}

func (u *run) accept(d upgrade.Decision) string {
	for _, code := range d.Codes {
		if !slices.Contains(u.req.AcceptWarnings, code) {
			u.req.AcceptWarnings = append(u.req.AcceptWarnings, code)
		}
	}
	return "accepted; retry goes on if the upgrade holds for them"
}

func (u *run) pause(d upgrade.Decision) string {
	u.said[UpdatePause] = &d
	return "the upgrade stands still at the next safe point"
}

func (u *run) resume(upgrade.Decision) string {
	u.said[UpdatePause] = nil
	return "the upgrade goes on"
}

func (u *run) rollback(d upgrade.Decision) string {
	u.rolling = &d
	u.said[UpdatePause] = nil // who decides this wants it done
	u.cut()
	return "the old version is brought back; see the status"
}

func (u *run) abort(d upgrade.Decision) string {
	u.aborting = &d
	u.cut()
	if u.committed {
		return "the upgrade ends here and leaves the gateway as it is; its pod is tainted"
	}
	return "the upgrade ends at the next safe point and undoes what it prepared"
}
