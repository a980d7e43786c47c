package workflows

import (
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// alone is the upgrade of a standalone gateway. It is an outage from the reload until the import, and there is no way
// back: a person is asked in any case.
func (u *run) alone() error {
	err := inOrder(
		u.queue,
		u.planAgain,
		u.export, // the reload erases the configuration: without an export off the box there is none
		u.askOutage,
		u.only, // comes back empty, with new keys and a new host password
		u.bringConfigurationBack,
		u.proveWhole,
		u.compare,
	)
	if errors.Is(err, errAborted) && u.report.Reloads > 0 && u.report.Import == nil {
		u.report.ToDo = append(u.report.ToDo, u.emptyHanded())
	}
	return err
}

// emptyHanded tells who ends the upgrade between reload and import what the gateway lacks, and where it is.
func (u *run) emptyHanded() string {
	return fmt.Sprintf("gateway %s has lost its configuration in the reload and carries no traffic: bring it back with starter config restore %d --from %.12s, which is %s in the archive",
		u.report.Gateway, u.report.GatewayID, u.report.Export.Set.Digest, u.report.Export.Set.Key)
}

// planAgain looks and plans again now that the pod is ours, for the wait may have been long.
func (u *run) planAgain() error {
	return u.hold(upgrade.PhasePrepare, func() error {
		found, err := call(u.breakable, quick("look again, the pod being ours"), u.a.Discover, u.look())
		if err != nil {
			return err
		}
		u.report.Preempt = &upgrade.PreemptReport{Found: upgrade.PreemptAbsent}
		return u.planFrom(found)
	})
}

// askOutage asks for the outage, with what will be lost in front of the person.
func (u *run) askOutage() error {
	u.enter(upgrade.PhaseApprove)
	step := u.plan.Steps[0]
	return u.ask(fmt.Sprintf("reload host %s of the standalone gateway %s to %s now? The configuration is stored as %s. Know that it means: %s",
		step.Host, u.report.Gateway, u.plan.Target, u.report.Export.Set.Key, strings.Join(u.plan.Notes, "; ")))
}

func (u *run) only() error { return u.reload(u.plan.Only()) }

// bringConfigurationBack imports the exported configuration; the interfaces stay those of the new version. It is a
// confirmed commit: one that locks the gateway takes itself back, and the upgrade holds with the reason.
func (u *run) bringConfigurationBack() error {
	tries := 0
	return u.hold(upgrade.PhaseImport, func() error {
		tries++ // a lost attempt may have stored what the gateway came with, and nothing stored is ever overwritten
		if err := u.keepPod(u.breakable); err != nil {
			return err
		}
		done, err := call(u.ctx, lengthy("bring the configuration back to "+u.report.Gateway), u.a.Restore, activities.RestoreInput{
			Gateway: u.plan.Gateway, Permit: u.pod.Permit(), DeviceEpoch: u.deviceEpoch, Saved: u.report.Export.Set, ConfirmMinutes: u.req.Timing.ConfirmMinutes,
			Log:    fmt.Sprintf("vsrx-upgrade %s %s: import", u.plan.Gateway.Name, workflow.GetInfo(u.ctx).FirstRunID),
			Folder: fmt.Sprintf("%s/fresh-%d", u.folder(), tries)})
		if err != nil {
			return err
		}
		u.report.Import = &upgrade.ImportReport{At: workflow.Now(u.ctx), Plan: done.Plan, Fresh: done.Fresh}
		u.note("the configuration is back: %s", strings.Join(done.Plan, "; "))
		return nil
	})
}

// proveWhole waits until the gateway is well, and says what differs from the exported configuration.
func (u *run) proveWhole() error {
	return u.hold(upgrade.PhaseVerify, func() error {
		picture, err := u.settle(u.leg.Step.Node, upgrade.AfterSecond)
		if err != nil {
			return err
		}
		u.mark = picture.Device.Mark
		u.note("gateway %s runs %s with its configuration%s", u.report.Gateway, picture.Device.Version(""), u.whatChanged())
		return nil
	})
}
