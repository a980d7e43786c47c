package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// rollBack brings the old version back between the two reloads, as IBM documents it (vSRX rollback page): the upgraded
// machine off and disarmed, the old one restored and started on the other host, then the first host reloaded to the old
// version. Traffic stops from the first to the second of these.
func (u *run) rollBack() error {
	u.beginRollback()
	return inOrder(
		u.mayGoBack,  // nothing is changed yet: the backup is there, nothing runs
		u.powerOff,   // nodes of different versions must never hear each other
		u.bringBack,  // the old version carries the traffic again
		u.chooseOld,  // what IBM must offer for the way back
		u.reloadBack, // the first host joins with the old version
		u.putBack,    // preempt as it was found
		u.compare,
	)
}

// beginRollback leaves what the upgrade was about: from here on only a person can end it otherwise.
func (u *run) beginRollback() {
	u.back, u.late, u.drifted = true, false, false
	u.breakable, u.cut = workflow.WithCancel(u.ctx)
	u.report.Rollback = &upgrade.RollbackReport{Asked: *u.rolling}
}

// mayGoBack looks at everything that the rollback stands on.
func (u *run) mayGoBack() error {
	return u.hold(upgrade.PhaseRollback, func() error {
		if err := u.keepPod(u.breakable); err != nil {
			return err
		}
		seen, err := call(u.breakable, quick("look whether the old version can be brought back"), u.a.LookBack,
			activities.BackInput{Look: u.look(), Plan: u.plan})
		if err != nil {
			return err
		}
		if err := upgrade.Refusal(upgrade.Unhealthy, upgrade.JudgeRollback(seen.Picture, u.plan, seen.Backup)); err != nil {
			return err
		}
		u.committed = true
		if lost := seen.Picture.Device.Mark; u.report.Export != nil && lost.Commit != u.report.Export.Mark.Commit {
			u.note("changes since the export are lost by the rollback; the last commit is %s", lost.Commit)
		}
		return nil
	})
}

// powerOff shuts the upgraded machine down and keeps it from starting by itself.
func (u *run) powerOff() error {
	first := u.plan.Steps[0]
	return u.hold(upgrade.PhaseRollback, func() error {
		if err := u.keepPod(u.breakable); err != nil {
			return err
		}
		off, err := call(u.ctx, patient(fmt.Sprintf("shut down %s on host %s", first.Node, first.Host), u.req.Timing.Settle), u.a.PowerOff,
			activities.PowerInput{Step: first, Permit: u.pod.Permit(), HostEpoch: u.hostEpochs[first.HardwareID], Timing: u.req.Timing})
		if err != nil {
			return err
		}
		if u.report.Rollback.TrafficStopped.IsZero() {
			u.report.Rollback.TrafficStopped = off.At
		}
		u.note("%s (%s) is off and disarmed", first.Node, off.Domain)
		return nil
	})
}

// bringBack restores the old machine on the other host, starts it, and waits until it carries the traffic.
func (u *run) bringBack() error {
	first, second := u.plan.Steps[0], u.plan.Steps[1]
	return u.hold(upgrade.PhaseRollback, func() error {
		if err := u.keepPod(u.breakable); err != nil {
			return err
		}
		on, err := call(u.ctx, patient(fmt.Sprintf("restore and start %s on host %s", second.Node, second.Host), 2*u.req.Timing.Settle), u.a.BringBack,
			activities.BringBackInput{Off: first, On: second, Permit: u.pod.Permit(), HostEpochs: u.hostEpochs, Timing: u.req.Timing})
		if err != nil {
			return err
		}
		u.deviceEpoch = fmt.Sprintf("rollback after reload %d", u.report.Nodes[0].ReloadID) // the old machine answers with its old key
		u.note("%s (%s) is started from its backup", second.Node, on.Domain)
		if u.req.Resume { // IBM's record may name the old version in short
			u.plan.From = ""
		}
		picture, err := u.settle(second.Node, upgrade.BroughtBack)
		if err != nil {
			return err
		}
		u.plan.From = picture.Device.Version(second.Node)
		u.mark = picture.Device.Mark
		if u.report.Rollback.TrafficBack.IsZero() {
			u.report.Rollback.TrafficBack = workflow.Now(u.ctx)
		}
		u.note("%s runs %s alone and carries the traffic", second.Node, picture.Device.Version(second.Node))
		return nil
	})
}

// chooseOld finds the OS price of the old version. IBM offers the newest release only, as a rule: without a price the
// pair waits, on one node, for IBM Support.
func (u *run) chooseOld() error {
	return u.hold(upgrade.PhaseRollback, func() error {
		found, err := call(u.breakable, quick("look what may be ordered"), u.a.Discover, u.look())
		if err != nil {
			return err
		}
		first := u.plan.Steps[0]
		price, ok := upgrade.PriceOf(u.plan.From, first.MemberID, found.Offers)
		if !ok {
			return upgrade.Errorf(upgrade.Unsupported, "IBM offers no OS price of %s for host %s", u.plan.From, first.Host).
				Advise("open an IBM case: host %s needs an OS reload to %s; retry goes on once it is offered, abort ends here if IBM reloads it", first.Host, u.plan.From)
		}
		u.plan.Old = price
		return nil
	})
}

// reloadBack reloads the first host to the old version and waits until the pair is whole on it.
func (u *run) reloadBack() error { return u.reload(u.plan.Back(u.plan.Old)) }

// putBack makes preempt what it was before the upgrade touched it.
func (u *run) putBack() error {
	u.undo = nil
	return u.hold(upgrade.PhaseRestore, func() error {
		if !u.report.Preempt.Deactivated {
			return nil
		}
		if err := u.preemptBack(); err != nil {
			return err
		}
		u.note("preempt of redundancy group 1 is as it was found")
		return nil
	})
}
