package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// submit brings the reload of the leg into being, exactly once.
func (u *run) submit() error {
	u.readiness = nil
	return u.hold(upgrade.PhaseReady, func() error {
		for round := 1; ; round++ {
			if u.pending == nil {
				picture, err := u.clear()
				if err != nil {
					return err
				}
				if letOthersSpeak(u.ctx); u.said[UpdatePause] != nil { // what was just seen will be old by then
					if err := u.safePoint(); err != nil {
						return err
					}
					round--
					continue
				}
				if err := u.request(picture); err != nil {
					return err
				}
			}
			answer := u.pending.answer
			if err := u.confirm(); err == nil || answer != upgrade.NotSent || u.pending != nil || round == rounds || u.turned() != nil {
				return err
			}
			u.enter(upgrade.PhaseReady)
			if err := u.rest("before the next round"); err != nil {
				return err
			}
		}
	})
}

// clear makes sure of everything a reload is submitted on, and returns the picture it was judged by.
func (u *run) clear() (upgrade.Picture, error) {
	if err := u.keepPod(u.breakable); err != nil {
		return upgrade.Picture{}, err
	}
	if u.drifted && u.leg.Before == upgrade.BeforeFirst { // a person said retry: what is there now is exported anew
		if err := u.takeExport(); err != nil {
			return upgrade.Picture{}, err
		}
		u.drifted = false
	}
	if err := u.check(); err != nil {
		return upgrade.Picture{}, err
	}
	node := u.leg.Step.Node
	valid := u.req.Timing.ReadinessValid.D() - u.req.Timing.ReadinessMargin.D()
	if u.readiness == nil || !workflow.Now(u.ctx).Before(u.readiness.ValidUntil(valid, u.leg.Checks...)) {
		if err := u.askIBM(); err != nil {
			return upgrade.Picture{}, err
		}
	}
	picture, err := call(u.breakable, quick("last look before the reload of "+node), u.a.Observe, u.look())
	if err != nil {
		return upgrade.Picture{}, err
	}
	if u.drifted && picture.Device.Error == "" {
		u.note("the configuration as it is now is taken over: last commit %s", picture.Device.Mark.Commit)
		u.mark, u.drifted = picture.Device.Mark, false
	}
	return picture, u.judge(picture)
}

// askIBM runs IBM's checks, which take an hour and hold for five.
func (u *run) askIBM() error {
	u.inquiries++ // nothing stored is ever overwritten
	r, err := call(u.breakable, patient("IBM's readiness checks before the reload of "+u.leg.Step.Node, 4*u.req.Timing.ReadinessEnd), u.a.CheckReadiness,
		activities.ReadinessInput{GatewayID: u.req.GatewayID, Servers: u.servers(), Checks: u.leg.Checks, Timing: u.req.Timing,
			Folder: fmt.Sprintf("%s/readiness-%d", u.folder(), u.inquiries), Look: u.look()})
	if err != nil {
		return err
	}
	u.readiness, u.node().Readiness = &r, r.Rows
	for _, text := range r.Logs {
		u.note("%s", text)
	}
	return nil
}

// check runs our own checks, which take seconds, before IBM's, which take an hour. In a rollback what matters is judged by
// the last look: the node that is to be reloaded is off on purpose.
func (u *run) check() error {
	if u.leg.Before == upgrade.BroughtBack {
		return nil
	}
	step := slices.IndexFunc(u.plan.Steps, func(s upgrade.Step) bool { return s.MemberID == u.leg.Step.MemberID })
	u.checks++ // nothing stored is ever overwritten
	results, err := call(u.breakable, quick("our own checks before the reload of "+u.leg.Step.Node), u.a.Check, activities.CheckInput{Look: u.look(), Folder: fmt.Sprintf("%s/checks-%d", u.folder(), u.checks),
		Request: upgrade.CheckRequest{Moment: u.leg.Before, Request: u.req, Plan: &u.plan, Step: step, Timing: u.req.Timing, NativeOnly: true}})
	if err != nil {
		return err
	}
	u.report.Checks = results
	return upgrade.Unready(results)
}

// judge refuses a submission with every reason at once.
func (u *run) judge(picture upgrade.Picture) error {
	window := u.req.Window
	if u.late { // a person has said go on: a gateway left without its second node is worse than a late one
		window = nil
	}
	found := upgrade.JudgeSubmission(picture, upgrade.Clearance{Plan: u.plan, Leg: u.leg, Mark: u.mark, Readiness: *u.readiness,
		Window: window, Accepted: u.req.AcceptWarnings, Timing: u.req.Timing})
	kind := upgrade.Unhealthy
	for i, f := range found {
		switch f.Check {
		case "readiness", "readiness-age":
			u.readiness, kind = nil, upgrade.NotReady
		case "drift":
			u.drifted, kind = true, upgrade.Drifted
			found[i].Text += u.whatChanged()
		case "window":
			u.late, kind = u.leg.Before.Lone() && len(found) == 1, upgrade.TooLate
		}
	}
	return upgrade.Refusal(kind, found)
}

// whatChanged says which statements differ from the exported configuration, and who committed last.
func (u *run) whatChanged() string {
	if u.report.Export == nil {
		return ""
	}
	in := activities.DifferInput{Gateway: u.plan.Gateway, DeviceEpoch: u.deviceEpoch, Stored: u.report.Export.Set}
	if u.report.Import != nil {
		in.Fresh = &u.report.Import.Fresh
	}
	c, err := call(u.breakable, quick("what has changed in the configuration"), u.a.Differ, in)
	if err != nil {
		return "; what has changed could not be read: " + textOf(err)
	}
	u.report.Changes = &c
	return "; " + c.String()
}

// request asks for the reload, once. Whatever comes back, also nothing, only observation decides afterwards.
func (u *run) request(picture upgrade.Picture) error {
	step, node := u.leg.Step, u.node()
	u.enter(upgrade.PhaseReload)
	letOthersSpeak(u.ctx)
	if err := u.turned(); err != nil {
		return err
	}
	baseline := upgrade.BaselineOf(picture, step)
	u.committed, u.inFlight = true, true
	u.pending = &pending{baseline: baseline, answer: upgrade.Ambiguous}
	node.Round++
	node.Submitted = workflow.Now(u.ctx)
	u.show()
	said, err := call(u.ctx, once(fmt.Sprintf("submit the reload of %s (host %s) to %s", step.Node, step.Host, step.Price.Version)), u.a.RequestReload,
		activities.RequestInput{Step: step, Peer: u.leg.Peer.HardwareID, Baseline: baseline, Permit: u.pod.Permit(), NotAfter: u.notAfter()})
	switch {
	case err == nil:
		u.pending.answer, node.Submission = said.Answer, &said
	case refusedBeforeSending(err):
		node.Round--
		u.withdraw()
		return err
	default:
		node.Submission = &upgrade.Submission{Answer: upgrade.Ambiguous, Text: textOf(err), At: workflow.Now(u.ctx)}
	}
	u.note("reload of %s submitted, round %d: %s %s", step.Node, node.Round, node.Submission.Answer, node.Submission.Text)
	return nil
}

// notAfter is the moment from which what was judged does not hold any more.
func (u *run) notAfter() time.Time {
	t := u.req.Timing
	end := u.readiness.ValidUntil(t.ReadinessValid.D()-t.ReadinessMargin.D(), u.leg.Checks...)
	if w := u.req.Window; w != nil && !u.late && u.leg.Needed > 0 {
		if last := w.End.Add(-u.leg.Needed.D()); last.Before(end) {
			end = last
		}
	}
	return end
}

// letOthersSpeak lets a cancellation or an update be heard that came with the same task as what the runbook goes on with:
// the runbook runs before the coroutines that hear them.
func letOthersSpeak(ctx workflow.Context) {
	spoken := workflow.NewChannel(ctx)
	workflow.Go(ctx, func(ctx workflow.Context) { spoken.Send(ctx, true) })
	spoken.Receive(ctx, nil)
}

// refusedBeforeSending tells the errors that RequestReload returns without having sent anything from a lost attempt.
func refusedBeforeSending(err error) bool {
	return slices.Contains([]upgrade.Kind{upgrade.LockLost, upgrade.Internal}, kindOf(err)) && isApplicationError(err)
}

// confirm settles whether the reload exists. An unclear one is never submitted again by the program.
func (u *run) confirm() error {
	step, node := u.leg.Step, u.node()
	u.enter(upgrade.PhaseReload)
	c, err := call(u.ctx, patient(fmt.Sprintf("settle whether the reload of %s (host %s) exists", step.Node, step.Host), u.req.Timing.Reconcile), u.a.ConfirmReload,
		activities.ConfirmInput{Baseline: u.pending.baseline, Answer: u.pending.answer, Timing: u.req.Timing})
	if err != nil {
		return err
	}
	switch c.Verdict {
	case upgrade.Adopted:
		u.adopt(c.ReloadID)
		u.note("reload %d of %s is on", c.ReloadID, step.Node)
		return nil
	case upgrade.NotStarted:
		u.withdraw()
		return upgrade.Errorf(upgrade.Refused, "the reload of %s was not started: %s %s", step.Node, node.Submission.Answer, node.Submission.Text).
			Advise("repair what the answer names, then retry: it submits a new one after a new look")
	}
	return upgrade.Errorf(upgrade.Undecided, "the reload of %s was submitted (%s %s) and is not to be seen in %d looks", step.Node, node.Submission.Answer, node.Submission.Text, c.Looks).
		Advise("look at host %s in the portal; retry looks again and never submits again, resubmit does: only if you see that no reload runs", step.Host)
}

// adopt takes a reload that is on for the one of this leg.
func (u *run) adopt(reloadID int) {
	u.report.Reloads++
	u.pending = nil
	u.follow(reloadID)
}

// follow makes a reload the one that is watched. From now on new keys are due.
func (u *run) follow(reloadID int) {
	u.node().ReloadID = reloadID
	epoch := upgrade.KeyEpoch(reloadID, u.leg.Step.HardwareID)
	u.hostEpochs[u.leg.Step.HardwareID], u.deviceEpoch = epoch, epoch
}

// withdraw forgets a submission that certainly reached nobody.
func (u *run) withdraw() {
	u.pending, u.inFlight = nil, false
	u.node().Submitted = time.Time{}
	if u.committed = u.leg.Before != upgrade.BeforeFirst; !u.committed && u.cancelled {
		u.followCancel()
	}
}

// rest waits for a moment that an abort may cut short.
func (u *run) rest(summary string) error {
	return workflow.NewTimerWithOptions(u.breakable, u.req.Timing.Poll.D(), workflow.TimerOptions{Summary: summary}).Get(u.breakable, nil)
}
