package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// reload takes one member from readiness to verified.
func (u *run) reload(leg upgrade.Leg) error {
	u.begin(leg)
	return inOrder(u.submit, u.awaitReload, u.verify)
}

// begin makes a leg the one at hand.
func (u *run) begin(leg upgrade.Leg) {
	u.leg = leg
	u.report.Nodes = append(u.report.Nodes, upgrade.NodeReport{Step: leg.Step, Target: leg.Target})
}

// node is the report of the reload at hand.
func (u *run) node() *upgrade.NodeReport { return &u.report.Nodes[len(u.report.Nodes)-1] }

// awaitReload follows the reload for hours, and never cuts the wait. Twice at most the wait comes back early, to make it
// known that the reload is slow or stands still.
func (u *run) awaitReload() error {
	leg, node := u.leg, u.node()
	limit := u.req.Timing.ReloadEnd
	in := activities.AwaitInput{GatewayID: u.req.GatewayID, Servers: u.servers(), Expected: upgrade.Expected{Step: leg.Step, Target: leg.Target, Status: leg.Status},
		ReloadID: node.ReloadID, Since: node.Submitted, Timing: u.req.Timing}
	other := 0 // a reload of the server that somebody else has begun
	return u.hold(upgrade.PhaseReload, func() error {
		if other != 0 { // a person has said retry, knowing of it
			u.note("reload %d of %s is followed in place of %d", other, leg.Step.Node, node.ReloadID)
			u.follow(other)
			in.ReloadID, in.Watch, other = other, nil, 0
		}
		in.Deadline = workflow.Now(u.ctx).Add(limit.D())
		for {
			end, err := call(u.ctx, patient(fmt.Sprintf("wait for the reload of %s (host %s)", leg.Step.Node, leg.Step.Host), limit), u.a.AwaitReload, in)
			if err != nil {
				return err
			}
			if end.Notice != "" {
				in.Watch, in.Noticed = &end.Watch, append(in.Noticed, end.Notice)
				u.notice(leg, end)
				continue
			}
			if err := upgrade.Refusal(upgrade.Unhealthy, end.Findings); err != nil {
				if end.Latest != in.ReloadID {
					other = end.Latest
				}
				return err
			}
			node.Ended = end.At
			u.inFlight = false
			u.note("reload %d of %s has ended after %s", node.ReloadID, leg.Step.Node, end.At.Sub(node.Submitted).Round(1e9))
			return nil
		}
	})
}

// notice makes known that a reload takes longer than it should. Nothing is cancelled or repeated for that.
func (u *run) notice(leg upgrade.Leg, end activities.ReloadEnd) {
	u.report.Notices = append(u.report.Notices, fmt.Sprintf("reload %d of %s: %s", u.node().ReloadID, leg.Step.Node, end.Text))
	u.note("NOTICE: %s", end.Text)
	u.log.Warn("A reload takes long", "node", leg.Step.Node, "notice", end.Notice, "text", end.Text)
}

// verify waits until the gateway looks as it must after this reload, and takes the new mark for drift.
func (u *run) verify() error {
	leg, node := u.leg, u.node()
	return u.hold(upgrade.PhaseVerify, func() error {
		picture, err := u.settle(leg.Step.Node, leg.After)
		if err != nil {
			return err
		}
		node.Verified, node.Version = workflow.Now(u.ctx), picture.Device.Version(leg.Step.Node)
		u.mark = picture.Device.Mark
		u.note("%s runs %s, %s", leg.Step.Node, node.Version, leg.After)
		if u.report.Export != nil && u.mark.Digest != u.report.Export.Mark.Digest {
			u.note("the configuration is not the exported one%s", u.whatChanged())
		}
		return nil
	})
}

// settle waits until the gateway is as it must be at a moment.
func (u *run) settle(node string, moment upgrade.Moment) (upgrade.Picture, error) {
	v, err := call(u.breakable, patient("verify "+node+" "+string(moment), u.req.Timing.Settle), u.a.Verify,
		activities.VerifyInput{Look: u.look(), Plan: u.plan, Moment: moment, Timing: u.req.Timing})
	if err != nil {
		return upgrade.Picture{}, err
	}
	if err := upgrade.Refusal(upgrade.Unhealthy, v.Findings); err != nil {
		return upgrade.Picture{}, err
	}
	for _, f := range v.Findings { // warnings only
		u.report.ToDo = append(u.report.ToDo, f.Text+": "+f.Advice)
		u.note("warning: %s", f.Text)
	}
	return v.Picture, nil
}

// servers are the ids of all members' servers.
func (u *run) servers() []int {
	ids := make([]int, len(u.plan.Steps))
	for i, s := range u.plan.Steps {
		ids[i] = s.HardwareID
	}
	return ids
}
