package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// queue waits for the pod. Once it is ours the maintenance window is looked at again: one that became too short while
// waiting gives the pod back.
func (u *run) queue() error {
	g := u.plan.Gateway
	u.pod = &Pod{Account: g.Account, Name: g.Pod, GatewayID: g.ID, Gateway: g.Name, Reason: u.req.Change, Timing: u.req.Timing, Waits: u.waits}
	return u.hold(upgrade.PhaseQueue, func() error {
		if err := u.awaitWindow(); err != nil {
			return err
		}
		if err := u.keepPod(u.breakable); err != nil {
			return err
		}
		if err := u.req.Window.Fits(workflow.Now(u.ctx), u.plan.Needed); err != nil {
			u.release()
			return err
		}
		return nil
	})
}

// awaitWindow waits until the maintenance window opens.
func (u *run) awaitWindow() error {
	if u.req.Window == nil {
		return nil
	}
	wait := u.req.Window.Start.Sub(workflow.Now(u.ctx))
	if wait <= 0 {
		return nil
	}
	text := "the maintenance window opens at " + u.req.Window.Start.Format(time.RFC3339)
	u.waits(text)
	defer u.waits("")
	return workflow.NewTimerWithOptions(u.breakable, wait, workflow.TimerOptions{Summary: text}).Get(u.breakable, nil)
}

// waits shows for what the upgrade waits.
func (u *run) waits(text string) {
	u.report.Waiting = text
	if text != "" {
		u.note("waiting: %s", text)
	}
	u.show()
}

// keepPod makes sure that this upgrade holds the pod: it takes it if it does not, or does not any more, and waits on ctx
// for its turn.
func (u *run) keepPod(ctx workflow.Context) error {
	if u.pod.Held() {
		return nil
	}
	if ctx.Err() != nil {
		return u.turned()
	}
	if err := u.pod.Take(ctx); err != nil {
		return err
	}
	u.note("the pod %s is ours", u.report.Pod)
	return nil
}

// release gives the pod back, and waits until the permit is closed.
func (u *run) release() {
	if u.pod == nil || !u.pod.Held() {
		return
	}
	if err := u.pod.Release(u.ctx, u.unhealthy()); err != nil {
		u.note("the pod permit ended abnormally: %s", textOf(err))
	}
}

// unhealthy says why the pod is not known to be well when this upgrade gives it back, "" when it is.
func (u *run) unhealthy() string {
	if u.report.Outcome != upgrade.OutcomeAbandoned {
		return ""
	}
	return "the upgrade of gateway " + u.report.Gateway + " was ended by a person after a reload: " + u.report.Reason
}
