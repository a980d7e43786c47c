package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// advance starts what is due of a wave and waits for the next change, or for its window.
func (f *fleet) advance(w *upgrade.WaveReport) error {
	now := workflow.Now(f.ctx)
	if f.start(w, f.report.Due(f.order.Limits, now)) || w.Settled() {
		return nil // the budget may be used up, or the wave over
	}
	var until time.Time
	if w.Window != nil && now.Before(w.Window.Start) {
		until = w.Window.Start
		f.show(upgrade.FleetUpgrading, w.Name+" waits for its window, which opens at "+until.UTC().Format(time.RFC3339))
	}
	return f.follow(until)
}

// start starts the upgrades of gateways and reports whether one of them did not start. It returns when all are known to
// run: a fresh run of this fleet must not begin before that.
func (f *fleet) start(w *upgrade.WaveReport, due []*upgrade.FleetGateway) (refused bool) {
	// Cancelling the fleet must not cancel a reload.
	own, _ := workflow.NewDisconnectedContext(f.ctx)
	children := make([]workflow.ChildWorkflowFuture, len(due))
	for i, g := range due {
		children[i] = f.begin(own, w, g)
	}
	for i, g := range due {
		var started workflow.Execution
		err := children[i].GetChildWorkflowExecution().Get(own, &started)
		switch {
		case err == nil:
			g.State, g.Open, g.Run, g.Reason = upgrade.GatewayRunning, true, started.RunID, ""
		case temporal.IsWorkflowExecutionAlreadyStartedError(err):
			// By an earlier run of this order, or by a person: either way this gateway is at work, and is followed.
			g.State, g.Open, g.Reason = upgrade.GatewayRunning, true, ""
			f.note("gateway %d: its upgrade was running already and is followed", g.ID)
		default:
			g.State, g.Reason, refused = upgrade.GatewayFailed, upgrade.Brief("it could not be started: "+textOf(err)), true
		}
		g.From, g.To = int64(workflow.Now(f.ctx).Sub(f.report.Begun).Seconds()), 0
	}
	if len(due) > 0 {
		f.note("%s: started %s", w.Name, names(due))
		f.show(upgrade.FleetUpgrading, "")
	}
	f.keepBudget()
	return refused
}

// names lists the first of many gateways.
func names(list []*upgrade.FleetGateway) string {
	const shown = 5
	text := ""
	for _, g := range list[:min(shown, len(list))] {
		text += fmt.Sprintf(" %d", g.ID)
	}
	if len(list) > shown {
		text += fmt.Sprintf(" and %d more", len(list)-shown)
	}
	return text[1:]
}

// begin starts one upgrade. It outlives this run, whatever becomes of it.
func (f *fleet) begin(ctx workflow.Context, w *upgrade.WaveReport, g *upgrade.FleetGateway) workflow.ChildWorkflowFuture {
	return workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: UpgradeID(g.ID), ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
		StaticSummary: fmt.Sprintf("fleet %s, %s: gateway %d → %s", f.order.Name, w.Name, g.ID, f.order.TargetVersion),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			AttributeGateway.ValueSet(fmt.Sprint(g.ID)), AttributeTarget.ValueSet(f.order.TargetVersion)),
	}), TypeUpgradeGateway, f.order.Request(g.ID, w.Window))
}

// follow waits until an open upgrade stands elsewhere, a person has said something, the history is to be renewed, or a
// moment has come; the zero moment never comes. The upgrades are asked in one activity, by their workflow ids: so the fleet
// hears of a hold as it hears of an end, and a fresh run follows what an earlier one has started.
func (f *fleet) follow(until time.Time) error {
	watching, cancel := workflow.WithCancel(f.ctx)
	defer cancel()
	var seen workflow.Future
	if known := f.report.Known(); len(known) > 0 {
		options := standing(fmt.Sprintf("follow %d upgrades", len(known)))
		seen = workflow.ExecuteActivity(workflow.WithActivityOptions(watching, options), f.a.FollowFleet, f.followInput(known))
	}
	due := func() bool { return f.woken || seen != nil && seen.IsReady() }
	if until.IsZero() {
		if err := workflow.Await(f.ctx, due); err != nil {
			return err
		}
	} else if _, err := workflow.AwaitWithTimeout(f.ctx, until.Sub(workflow.Now(f.ctx)), due); err != nil {
		return err
	}
	if seen == nil || !seen.IsReady() {
		return nil
	}
	var changed []upgrade.Sighting
	if err := seen.Get(f.ctx, &changed); err != nil {
		return fmt.Errorf("following the upgrades: %w", err)
	}
	f.hear(changed)
	return nil
}

// hear writes down where upgrades stand now.
func (f *fleet) hear(changed []upgrade.Sighting) {
	byID := map[int]upgrade.Sighting{}
	for _, s := range changed {
		byID[s.GatewayID] = s
	}
	for _, g := range f.report.All() {
		s, ok := byID[g.ID]
		if ok && g.Open && g.See(s, f.report.Begun) && (!g.Open || g.State.Trouble()) {
			f.note("gateway %d (%s) %s %s", g.ID, g.Name, g.State, g.Reason)
		}
	}
	f.keepBudget()
}
