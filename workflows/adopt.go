package workflows

import (
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// takeOver goes on with an upgrade that somebody began by hand, from the point at which it stands once the pod is ours.
// What it is compared with at the end is the state that was found, not the one before the upgrade.
func (u *run) takeOver() error {
	return inOrder(
		u.queue,
		u.lookAgain,
		u.export,
		u.firstTakenOver,
		u.secondTakenOver,
		u.restore,
		u.compare,
	)
}

// lookAgain finds out anew where the upgrade stands: the wait for the pod may have been long.
func (u *run) lookAgain() error {
	return u.hold(upgrade.PhasePrepare, func() error {
		found, err := call(u.breakable, quick("look again, the pod being ours"), u.a.Discover, u.look())
		if err != nil {
			return err
		}
		if err := u.planFrom(found); err != nil {
			return err
		}
		u.report.Preempt = &upgrade.PreemptReport{Found: u.plan.Preempt}
		u.note("taken over: %s", u.adoption)
		return nil
	})
}

// firstTakenOver follows the first reload, if it still runs, and verifies it, unless the second one is on already.
func (u *run) firstTakenOver() error {
	u.committed = true
	u.begin(u.plan.First())
	u.node().Submitted = workflow.Now(u.ctx)
	switch {
	case u.adoption.Reloads == 2:
		u.node().Version = u.plan.Target
		return nil
	case u.adoption.ReloadID == 0:
		return u.verify()
	}
	u.adoptRunning()
	return inOrder(u.awaitReload, u.verify)
}

// secondTakenOver asks for the second reload, or follows it if it is on.
func (u *run) secondTakenOver() error {
	if u.adoption.Reloads < 2 {
		return inOrder(u.askApproval, u.second)
	}
	u.begin(u.plan.Second(u.req.Timing))
	u.node().Submitted = workflow.Now(u.ctx)
	u.adoptRunning()
	return inOrder(u.awaitReload, u.verify)
}

// adoptRunning takes the reload that was found running for ours.
func (u *run) adoptRunning() {
	u.inFlight = true
	u.adopt(u.adoption.ReloadID)
	u.note("reload %d of %s is followed", u.adoption.ReloadID, u.leg.Step.Node)
}
