package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// upgradeNode takes one member from readiness to verified.
func (u *run) upgradeNode(i int) error {
	u.report.Nodes = append(u.report.Nodes, upgrade.NodeReport{Step: u.plan.Steps[i]})
	for _, step := range []func(int) error{u.submit, u.awaitReload, u.verify} {
		if err := step(i); err != nil {
			return err
		}
	}
	return nil
}

// submit brings the reload of a step into being, exactly once.
func (u *run) submit(i int) error {
	u.readiness = nil
	return u.hold(upgrade.PhaseReady, func() error {
		for round := 1; ; round++ {
			if u.pending == nil {
				picture, err := u.clear(i)
				if err != nil {
					return err
				}
				if err := u.request(i, picture); err != nil {
					return err
				}
			}
			answer := u.pending.answer
			if err := u.confirm(i); err == nil || answer != upgrade.NotSent || u.pending != nil || round == rounds || u.aborting != nil {
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
func (u *run) clear(i int) (upgrade.Picture, error) {
	if err := u.keepPermit(u.breakable); err != nil {
		return upgrade.Picture{}, err
	}
	if u.drifted && i == 0 { // a person said retry: what is there now is exported anew
		if err := u.takeExport(); err != nil {
			return upgrade.Picture{}, err
		}
		u.drifted = false
	}
	step := u.plan.Steps[i]
	valid := u.req.Timing.ReadinessValid.D() - u.req.Timing.ReadinessMargin.D()
	if u.readiness == nil || !workflow.Now(u.ctx).Before(u.readiness.ValidUntil(valid)) {
		r, err := call(u.breakable, patient("IBM's readiness checks before the reload of "+step.Node, 4*u.req.Timing.ReadinessEnd), u.a.CheckReadiness,
			activities.ReadinessInput{GatewayID: u.req.GatewayID, Servers: u.servers(), Timing: u.req.Timing})
		if err != nil {
			return upgrade.Picture{}, err
		}
		u.readiness = &r
	}
	picture, err := call(u.breakable, quick("last look before the reload of "+step.Node), u.a.Observe, u.look())
	if err != nil {
		return upgrade.Picture{}, err
	}
	if u.drifted && picture.Device.Error == "" {
		u.note("the configuration as it is now is taken over: last commit %s", picture.Device.Mark.Commit)
		u.mark, u.drifted = picture.Device.Mark, false
	}
	return picture, u.judge(i, picture)
}

// judge refuses a submission with every reason at once.
func (u *run) judge(i int, picture upgrade.Picture) error {
	window := u.req.Window
	if u.late { // a person has said go on: a gateway left without its second node is worse than a late one
		window = nil
	}
	found := upgrade.JudgeSubmission(picture, upgrade.Clearance{Plan: u.plan, Step: i, Mark: u.mark, Readiness: *u.readiness,
		Window: window, Accepted: u.req.AcceptWarnings, Timing: u.req.Timing})
	kind := upgrade.Unhealthy
	for _, f := range found {
		switch f.Check {
		case "readiness", "readiness-age":
			u.readiness, kind = nil, upgrade.NotReady
		case "drift":
			u.drifted, kind = true, upgrade.Drifted
		case "window":
			u.late, kind = i > 0 && len(found) == 1, upgrade.TooLate
		}
	}
	return upgrade.Refusal(kind, found)
}

// request asks for the reload, once. Whatever comes back, also nothing, only observation decides afterwards.
func (u *run) request(i int, picture upgrade.Picture) error {
	step, node := u.plan.Steps[i], &u.report.Nodes[i]
	u.enter(upgrade.PhaseReload)
	if u.aborting != nil {
		return errAborted
	}
	baseline := upgrade.BaselineOf(picture, step)
	u.committed = true
	u.pending = &pending{baseline: baseline, answer: upgrade.Ambiguous}
	node.Round++
	node.Submitted = workflow.Now(u.ctx)
	said, err := call(u.ctx, once(fmt.Sprintf("submit the reload of %s (host %s) to %s", step.Node, step.Host, step.Price.Version)), u.a.RequestReload,
		activities.RequestInput{Step: step, Peer: u.peer(i).HardwareID, Baseline: baseline, Permit: u.permit})
	switch {
	case err == nil:
		u.pending.answer, node.Submission = said.Answer, &said
	case refusedBeforeSending(err):
		node.Round--
		u.withdraw(i)
		return err
	default:
		node.Submission = &upgrade.Submission{Answer: upgrade.Ambiguous, Text: textOf(err), At: workflow.Now(u.ctx)}
	}
	u.note("reload of %s submitted, round %d: %s %s", step.Node, node.Round, node.Submission.Answer, node.Submission.Text)
	return nil
}

// refusedBeforeSending tells the errors that RequestReload returns without having sent anything from a lost attempt.
func refusedBeforeSending(err error) bool {
	return slices.Contains([]upgrade.Kind{upgrade.LockLost, upgrade.Internal}, kindOf(err)) && isApplicationError(err)
}

// confirm settles whether the reload exists. An unclear one is never submitted again by the program.
func (u *run) confirm(i int) error {
	step, node := u.plan.Steps[i], &u.report.Nodes[i]
	u.enter(upgrade.PhaseReload)
	c, err := call(u.ctx, patient(fmt.Sprintf("settle whether the reload of %s (host %s) exists", step.Node, step.Host), u.req.Timing.Reconcile), u.a.ConfirmReload,
		activities.ConfirmInput{Baseline: u.pending.baseline, Answer: u.pending.answer, Timing: u.req.Timing})
	if err != nil {
		return err
	}
	switch c.Verdict {
	case upgrade.Adopted:
		node.ReloadID = c.ReloadID
		u.report.Reloads++
		u.pending = nil
		epoch := fmt.Sprintf("reload %d of server %d", c.ReloadID, step.HardwareID)
		u.hostEpochs[step.HardwareID], u.deviceEpoch = epoch, epoch
		u.note("reload %d of %s is on", c.ReloadID, step.Node)
		return nil
	case upgrade.NotStarted:
		u.withdraw(i)
		return upgrade.Errorf(upgrade.Refused, "the reload of %s was not started: %s %s", step.Node, node.Submission.Answer, node.Submission.Text).
			Advise("repair what the answer names, then retry: it submits a new one after a new look")
	}
	return upgrade.Errorf(upgrade.Undecided, "the reload of %s was submitted (%s %s) and is not to be seen in %d looks", step.Node, node.Submission.Answer, node.Submission.Text, c.Looks).
		Advise("look at host %s in the portal; retry looks again and never submits again", step.Host)
}

// withdraw forgets a submission that certainly reached nobody.
func (u *run) withdraw(i int) {
	u.pending = nil
	u.report.Nodes[i].Submitted = time.Time{}
	if u.committed = i > 0; !u.committed && u.cancelled {
		u.followCancel()
	}
}

// awaitReload follows the reload for hours, and never cuts the wait.
func (u *run) awaitReload(i int) error {
	step, node := u.plan.Steps[i], &u.report.Nodes[i]
	expected := upgrade.Expected{Step: step, Target: u.plan.Target, Status: upgrade.StatusUpgradeActive}
	if i > 0 {
		expected.Status = upgrade.StatusActive
	}
	return u.hold(upgrade.PhaseReload, func() error {
		limit := u.req.Timing.ReloadEnd
		end, err := call(u.ctx, patient(fmt.Sprintf("wait for the reload of %s (host %s)", step.Node, step.Host), limit), u.a.AwaitReload,
			activities.AwaitInput{GatewayID: u.req.GatewayID, Servers: u.servers(), Expected: expected, ReloadID: node.ReloadID,
				Since: node.Submitted, Deadline: workflow.Now(u.ctx).Add(limit.D()), Timing: u.req.Timing})
		if err != nil {
			return err
		}
		if err := upgrade.Refusal(upgrade.Unhealthy, end.Findings); err != nil {
			return err
		}
		node.Ended = end.At
		u.note("reload %d of %s has ended after %s", node.ReloadID, step.Node, end.At.Sub(node.Submitted).Round(1e9))
		return nil
	})
}

// verify waits until the gateway looks as it must after this reload, and takes the new mark for drift.
func (u *run) verify(i int) error {
	step, node := u.plan.Steps[i], &u.report.Nodes[i]
	moment, words := upgrade.Between, "runs alone and carries the traffic"
	if i > 0 {
		moment, words = upgrade.AfterSecond, "has joined: the pair is whole"
	}
	return u.hold(upgrade.PhaseVerify, func() error {
		v, err := call(u.ctx, patient("verify "+step.Node+" "+string(moment), u.req.Timing.Settle), u.a.Verify,
			activities.VerifyInput{Look: u.look(), Plan: u.plan, Moment: moment, Timing: u.req.Timing})
		if err != nil {
			return err
		}
		if err := upgrade.Refusal(upgrade.Unhealthy, v.Findings); err != nil {
			return err
		}
		for _, f := range v.Findings { // warnings only
			u.report.ToDo = append(u.report.ToDo, f.Text+": "+f.Advice)
			u.note("warning: %s", f.Text)
		}
		node.Verified, node.Version = workflow.Now(u.ctx), v.Picture.Device.Version(step.Node)
		u.mark = v.Picture.Device.Mark
		u.note("%s runs %s, %s", step.Node, node.Version, words)
		if u.mark.Digest != u.report.Export.Mark.Digest {
			u.note("the configuration is not the exported one: compare %s with the device", u.report.Export.Set.Key)
		}
		return nil
	})
}

// rest waits for a moment that an abort may cut short.
func (u *run) rest(summary string) error {
	return workflow.NewTimerWithOptions(u.breakable, u.req.Timing.Poll.D(), workflow.TimerOptions{Summary: summary}).Get(u.breakable, nil)
}

// servers are the ids of all members' servers.
func (u *run) servers() []int {
	ids := make([]int, len(u.plan.Steps))
	for i, s := range u.plan.Steps {
		ids[i] = s.HardwareID
	}
	return ids
}

// peer is the other member of the pair.
func (u *run) peer(i int) upgrade.Step { return u.plan.Steps[1-i] }
