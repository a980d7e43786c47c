package workflows

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// RestoreConfiguration brings a saved configuration back to a standalone gateway by hand, with the safety of an upgrade:
// the pod is held, what was there is stored, the commit is confirmed only over a new connection. It never runs beside an
// upgrade of the gateway: that holds the pod.
func RestoreConfiguration(ctx workflow.Context, order upgrade.RestoreOrder) (report upgrade.RestoreReport, err error) {
	if err := order.Validate(); err != nil {
		return report, refusal(err)
	}
	order.Timing = order.Timing.OrDefaults()
	var a *activities.Activities
	found, err := call(ctx, first("look at the gateway"), a.Observe, activities.Look{GatewayID: order.GatewayID})
	if err != nil {
		return report, refusal(err)
	}
	g := found.Gateway
	if report.Gateway = g.Name; g.HA() {
		return report, refusal(upgrade.Errorf(upgrade.Unsupported, "gateway %s is a pair: IBM keeps the configuration of a pair, and an import would fight with it", g.Name).
			Advise("compare and correct single statements on the device"))
	}
	pod := &Pod{Account: g.Account, Name: g.Pod, GatewayID: g.ID, Gateway: g.Name, Reason: order.Reason, Timing: order.Timing,
		Waits: func(text string) { workflow.SetCurrentDetails(ctx, text) }}
	if err := pod.Take(ctx); err != nil {
		return report, err
	}
	done, failed := call(ctx, lengthy("bring the configuration back to "+g.Name), a.Restore, activities.RestoreInput{Gateway: g, Permit: pod.Permit(), Saved: order.Saved, Sections: order.Sections,
		ConfirmMinutes: order.Timing.ConfirmMinutes, Log: fmt.Sprintf("vsrx-upgrade %s %s: import", g.Name, workflow.GetInfo(ctx).FirstRunID),
		Folder: fmt.Sprintf("restores/%d/%s", g.ID, workflow.GetInfo(ctx).FirstRunID)})
	unhealthy := ""
	if failed != nil {
		unhealthy = "the import of gateway " + g.Name + " failed: " + textOf(failed)
	}
	if err := pod.Release(ctx, unhealthy); err != nil {
		workflow.GetLogger(ctx).Warn("The pod permit ended abnormally", "error", err)
	}
	switch {
	case temporal.IsCanceledError(failed):
		return report, failed
	case failed != nil:
		return report, refusal(failed)
	}
	report.Changed, report.Plan, report.Fresh = done.Changed, done.Plan, done.Fresh
	return report, nil
}
