package workflows

import (
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// UpgradeGateway upgrades one HA gateway, node by node. It fails only where nothing has been changed; after that it
// holds, and its result is the report.
func UpgradeGateway(ctx workflow.Context, req upgrade.Request) (upgrade.Report, error) {
	u, err := begin(ctx, req)
	if err != nil {
		return upgrade.Report{}, err
	}
	err = u.runbook()
	if errors.Is(err, errRollback) {
		err = u.rollBack()
	}
	return u.finish(err)
}

// runbook is the upgrade of a pair as an engineer would do it by hand.
func (u *run) runbook() error {
	if err := u.makePlan(); err != nil || u.req.DryRun {
		return err
	}
	switch {
	case u.req.Resume:
		return u.takeOver()
	case !u.plan.Gateway.HA():
		return u.alone()
	}
	return inOrder(
		u.queue,       // one gateway of a pod at a time
		u.prepare,     // nothing may pull traffic back in the middle
		u.export,      // configuration and state off the box, read back
		u.first,       // the current secondary: traffic stays where it is until the switch-over
		u.askApproval, // the last moment at which the old version can come back
		u.second,
		u.restore,
		u.compare,
	)
}

// inOrder does one step after the other, as far as they succeed.
func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (u *run) first() error  { return u.reload(u.plan.First()) }
func (u *run) second() error { return u.reload(u.plan.Second(u.req.Timing)) }

// makePlan looks at everything and decides, or refuses before anything is touched.
func (u *run) makePlan() error {
	u.enter(upgrade.PhaseDiscover)
	found, err := call(u.breakable, first("look at gateway, hosts and device"), u.a.Discover, u.look())
	if u.aborting != nil {
		return errAborted
	}
	if err != nil {
		return err
	}
	u.report.Gateway, u.report.Pod = found.Picture.Gateway.Name, found.Picture.Gateway.Pod
	u.enter(upgrade.PhasePlan)
	waits := found.Picture.Busy()
	found.Picture.Neighbours, found.Picture.NeighboursError = nil, "" // what they do now is for the queue: the pod is not ours yet
	if err := u.planFrom(found); err != nil {
		return err
	}
	if waits != "" {
		u.plan.Notes = append(u.plan.Notes, "the pod has to be waited for: "+waits)
	}
	u.report.Plan, u.report.From, u.report.Target = &u.plan, u.plan.From, u.plan.Target
	var order []string
	for _, step := range u.plan.Steps {
		order = append(order, step.Node+" on "+step.Host)
	}
	u.note("%s → %s: %s", u.plan.From, u.plan.Target, strings.Join(order, " first, then "))
	return nil
}

// planFrom makes the plan of what was found.
func (u *run) planFrom(found upgrade.Discovery) (err error) {
	if !u.req.Resume {
		u.plan, err = upgrade.NewPlan(u.req, found)
		return err
	}
	u.plan, u.adoption, err = upgrade.Adopt(u.req, found)
	u.report.Adopted = u.adoption.String()
	return err
}

// prepare looks and plans again now that the pod is ours, for the wait may have been long: a lock orders the work and
// proves no health. It switches an active preempt off, remembers it, and puts it back if the upgrade is aborted.
func (u *run) prepare() error {
	approved := u.req.Preempt != upgrade.PreemptAsk
	return u.hold(upgrade.PhasePrepare, func() error {
		found, err := call(u.breakable, quick("look again, the pod being ours"), u.a.Discover, u.look())
		if err != nil {
			return err
		}
		plan, err := upgrade.NewPlan(u.req, found)
		if err != nil {
			return err
		}
		u.plan = plan
		if u.report.Preempt == nil { // a retry would find our own change
			u.found = found.Picture.Device.Mark
			u.report.Preempt = &upgrade.PreemptReport{Found: u.plan.Preempt}
		}
		if u.report.Preempt.Found != upgrade.PreemptActive {
			return nil
		}
		if !approved {
			if err := u.ask("deactivate preempt of redundancy group 1; it is not activated again by the upgrade"); err != nil {
				return err
			}
			approved = true
		}
		// Registered before the change: a change that was half done must be undone too.
		u.undo = []undo{{name: "activating preempt of redundancy group 1 again", back: u.preemptBack}}
		if err := u.setPreempt(u.breakable, false); err != nil {
			return err
		}
		u.report.Preempt.Deactivated = true
		u.note("preempt of redundancy group 1 is off")
		return nil
	})
}

// preemptBack activates preempt again as it was found.
func (u *run) preemptBack() error {
	if err := u.setPreempt(u.ctx, true); err != nil {
		return err
	}
	u.report.Preempt.Restored = true
	return nil
}

// setPreempt waits for the pod on ctx if it has been lost; the change itself is never cut short: what has begun on the
// device is brought to its end.
func (u *run) setPreempt(ctx workflow.Context, on bool) error {
	if err := u.keepPod(ctx); err != nil {
		return err
	}
	word := map[bool]string{true: "activate", false: "deactivate"}[on]
	_, err := call(u.ctx, lengthy(word+" preempt of redundancy group 1"), u.a.SetPreempt, activities.PreemptInput{
		Gateway: u.plan.Gateway, Permit: u.pod.Permit(), DeviceEpoch: u.deviceEpoch, On: on, ConfirmMinutes: u.req.Timing.ConfirmMinutes,
		Log: fmt.Sprintf("vsrx-upgrade %s %s: %s preempt", u.plan.Gateway.Name, workflow.GetInfo(u.ctx).FirstRunID, word)})
	return err
}

// export takes configuration and state off the box. Its mark is what drift is judged by.
func (u *run) export() error {
	return u.hold(upgrade.PhaseExport, u.takeExport)
}

func (u *run) takeExport() error {
	u.exports++ // also a failed export may have stored something, and nothing stored is ever overwritten
	x, err := call(u.breakable, lengthy("store configuration and state off the box"), u.a.Export, activities.ExportInput{
		Gateway: u.plan.Gateway, DeviceEpoch: u.deviceEpoch, Folder: fmt.Sprintf("%s/before-%d", u.folder(), u.exports)})
	if err != nil {
		return err
	}
	u.mark, u.report.Export = x.Mark, &x
	u.note("configuration stored: %s (%d bytes)", x.Set.Key, x.Set.Size)
	return nil
}

// askApproval asks a person to release the second node, with what was seen of the first in front of them.
func (u *run) askApproval() error {
	u.enter(upgrade.PhaseApprove)
	if u.req.Approval == upgrade.ApprovalNone {
		u.note("no approval asked for: the request says so")
		return nil
	}
	done, next := u.plan.Steps[0], u.plan.Steps[1]
	return u.ask(fmt.Sprintf("%s runs %s alone and carries the traffic; reload %s on %s now? After that there is no way back; rollback until then: %s",
		done.Node, u.report.Nodes[0].Version, next.Node, next.Host, u.plan.Rollback))
}

// restore puts preempt back as it was, if that was asked for.
func (u *run) restore() error {
	u.undo = nil
	return u.hold(upgrade.PhaseRestore, func() error {
		switch {
		case !u.report.Preempt.Deactivated:
			return nil
		case u.req.Preempt != upgrade.PreemptRestore:
			u.report.ToDo = append(u.report.ToDo, "preempt of redundancy group 1 is still off: activate it again if it is wanted")
			return nil
		}
		if err := u.preemptBack(); err != nil {
			return err
		}
		u.note("preempt of redundancy group 1 is on again")
		return nil
	})
}

// compare lists what is not as it was before.
func (u *run) compare() error {
	tries := 0
	return u.hold(upgrade.PhaseCompare, func() error {
		tries++ // a lost attempt may have stored its snapshot, and nothing stored is ever overwritten
		preempt := ""
		if u.report.Preempt.Restored {
			preempt = u.found.Digest
		}
		c, err := call(u.ctx, patient("compare the state with the one before", u.req.Timing.Settle), u.a.Compare, activities.CompareInput{
			Gateway: u.plan.Gateway, DeviceEpoch: u.deviceEpoch, Before: u.report.Export.Snapshot, Preempt: preempt, Folder: fmt.Sprintf("%s/after-%d", u.folder(), tries), Timing: u.req.Timing})
		if err != nil {
			return err
		}
		u.report.Differences = c.Differences
		u.sameStatements()
		open := 0
		for _, d := range c.Differences {
			if !d.Expected {
				open++
				u.report.ToDo = append(u.report.ToDo, fmt.Sprintf("%s was %q and is %q", d.Item, d.Before, d.After))
			}
		}
		u.note("compared with before: %d differences, %d of them not expected", len(c.Differences), open)
		return nil
	})
}

// sameStatements accepts a configuration whose digest is another one while its statements are the exported ones, or the
// planned ones of an import: their order may differ.
func (u *run) sameStatements() {
	for i, d := range u.report.Differences {
		if d.Item != "configuration" || d.Expected {
			continue
		}
		text := u.whatChanged()
		if c := u.report.Changes; c != nil && c.Count == 0 {
			u.report.Differences[i].Expected = true
		}
		u.note("the configuration's digest differs%s", text)
	}
}
