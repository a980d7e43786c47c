package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// What the server writes on a run that a schedule has started. The start time is the one that the schedule means, also
// when the run starts late; of a run that was triggered it is the trigger's.
var (
	attributeScheduledStart = temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime")
	attributeScheduledBy    = temporal.NewSearchAttributeKeyKeyword("TemporalScheduledById")
)

// MaintenanceWindow starts the upgrades of one maintenance window and tells at its end how they fared. It ends an upgrade
// that still waits for its pod then, and never one that works: what has begun finishes, or holds and asks.
func MaintenanceWindow(ctx workflow.Context, order upgrade.WindowOrder) (upgrade.WindowReport, error) {
	if err := order.Validate(); err != nil {
		return upgrade.WindowReport{}, refusal(err)
	}
	w := &shift{ctx: ctx, order: order.OrDefaults(), report: upgrade.WindowReport{Name: order.Name, Calendar: order.Calendar.Name}}
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryStatus, func() (upgrade.WindowReport, error) { return w.report, nil },
		workflow.QueryHandlerOptions{Description: "Which upgrades were started in this window, and how they fare."}); err != nil {
		return upgrade.WindowReport{}, err
	}
	if err := w.run(); err != nil {
		if temporal.IsCanceledError(err) {
			return upgrade.WindowReport{}, err
		}
		return upgrade.WindowReport{}, refusal(err)
	}
	w.report.Ended = true
	w.show()
	return w.report, nil
}

// shift is one maintenance window under way.
type shift struct {
	ctx    workflow.Context
	a      *activities.Windows // nil: only method names are read
	order  upgrade.WindowOrder
	report upgrade.WindowReport
	begun  []*begun
}

// begun is an upgrade that this window has started.
type begun struct {
	at    int // in the report's list
	child workflow.ChildWorkflowFuture
	cut   workflow.CancelFunc
	open  bool
}

func (w *shift) run() error {
	if w.order.DryRun {
		return w.resolve()
	}
	w.renew()
	if err := w.open(); err != nil || w.report.Skipped != "" {
		return err
	}
	if err := w.resolve(); err != nil {
		return err
	}
	w.start()
	if err := w.await(); err != nil {
		return err
	}
	return w.close()
}

// renew writes the next occurrences into the schedule that started this run. Where that fails the window takes place all
// the same: the schedule still holds the next 99.
func (w *shift) renew() {
	id, ok := workflow.GetTypedSearchAttributes(w.ctx).GetKeyword(attributeScheduledBy)
	if !ok {
		return
	}
	if _, err := call(w.ctx, first("renew "+id), w.a.RenewSchedule, id); err != nil {
		w.report.Notes = append(w.report.Notes, "the schedule was not renewed: "+textOf(err)+"; see: starter schedule renew")
	}
}

// open finds the window that this run is in: the one its schedule meant, however late it starts.
func (w *shift) open() error {
	at, scheduled := workflow.GetTypedSearchAttributes(w.ctx).GetTime(attributeScheduledStart)
	if scheduled {
		w.report.Scheduled = at
	} else {
		at = workflow.Now(w.ctx)
	}
	found, err := call(w.ctx, first("which window of "+w.order.Calendar.Name+" is open"), w.a.FindOpening, activities.OpeningInput{Calendar: w.order.Calendar, At: at})
	if err != nil {
		return err
	}
	now := workflow.Now(w.ctx)
	switch {
	case found.Window != nil && now.Before(found.Window.End):
		w.report.Window = found.Window
	case w.order.Attended:
		w.report.Notes = append(w.report.Notes, "attended: the upgrades have no window to keep")
	case found.Window != nil:
		w.report.Skipped = fmt.Sprintf("the window from %s to %s was over when a worker took it up at %s",
			found.Window.Start.Format(time.RFC3339), found.Window.End.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	default:
		w.report.Skipped = found.Outside
	}
	w.show()
	return nil
}

// resolve lists the gateways of the order, and what is to become of each.
func (w *shift) resolve() error {
	targets, err := call(w.ctx, lengthyWithBeat("find the gateways of "+w.order.Name), w.a.ResolveGateways, w.order)
	if err != nil {
		return err
	}
	fit := 0
	for _, t := range targets {
		u := upgrade.WindowUpgrade{WindowTarget: t, State: upgrade.WindowFit}
		late := t.Late(w.report.Window, workflow.Now(w.ctx))
		switch {
		case t.Refused != "":
			u.State, u.Reason = upgrade.WindowRefused, t.Refused
		case t.Done:
			u.State, u.Reason = upgrade.WindowSkipped, "every member is on record with "+w.order.TargetVersion
		case late != nil:
			u.State, u.Reason = upgrade.WindowDeferred, late.Error()
		case fit == upgrade.MaxWindowUpgrades:
			u.State, u.Reason = upgrade.WindowDeferred, fmt.Sprintf("a window starts at most %d upgrades", fit)
		default:
			fit++
		}
		w.report.Upgrades = append(w.report.Upgrades, u)
	}
	w.show()
	return nil
}

// start starts everything that fits; who waits for whom in a pod is the pod lock's business.
func (w *shift) start() {
	for i, u := range w.report.Upgrades {
		if u.State == upgrade.WindowFit {
			w.begun = append(w.begun, w.begin(i, u))
		}
	}
	for _, b := range w.begun {
		u := &w.report.Upgrades[b.at]
		var started workflow.Execution
		switch err := b.child.GetChildWorkflowExecution().Get(w.ctx, &started); {
		case err == nil:
			b.open, u.State, u.Started = true, upgrade.WindowRunning, workflow.Now(w.ctx)
		case temporal.IsWorkflowExecutionAlreadyStartedError(err):
			u.State, u.Reason = upgrade.WindowSkipped, "an upgrade of it is running already: "+UpgradeID(u.GatewayID)
		default:
			u.State, u.Reason = upgrade.WindowRefused, "it could not be started: "+textOf(err)
		}
	}
	w.show()
}

// begin starts one upgrade. It outlives this run, whatever becomes of it: cancelling a window must not cancel a reload.
func (w *shift) begin(at int, u upgrade.WindowUpgrade) *begun {
	own, _ := workflow.NewDisconnectedContext(w.ctx)
	own, cut := workflow.WithCancel(own)
	child := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(own, workflow.ChildWorkflowOptions{
		WorkflowID: UpgradeID(u.GatewayID), ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
		StaticSummary: fmt.Sprintf("gateway %d → %s %s", u.GatewayID, w.order.TargetVersion, w.order.Change),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			AttributeGateway.ValueSet(fmt.Sprint(u.GatewayID)), AttributeTarget.ValueSet(w.order.TargetVersion)),
	}), TypeUpgradeGateway, w.order.Request(u.GatewayID, w.report.Window))
	return &begun{at: at, child: child, cut: cut}
}

// await waits until every upgrade has ended, or the window has.
func (w *shift) await() error {
	over, cancelled := false, false
	either := workflow.NewNamedSelector(w.ctx, "the end of the upgrades or of the window")
	either.AddReceive(w.ctx.Done(), func(workflow.ReceiveChannel, bool) { cancelled = true })
	if w.report.Window != nil {
		timer, stop := workflow.WithCancel(w.ctx)
		defer stop()
		either.AddFuture(workflow.NewTimerWithOptions(timer, w.report.Window.End.Sub(workflow.Now(w.ctx)), workflow.TimerOptions{Summary: "the window ends"}),
			func(workflow.Future) { over = true })
	}
	for _, b := range w.begun {
		if b.open {
			either.AddFuture(b.child, func(workflow.Future) { w.ended(b) })
		}
	}
	for w.working() > 0 && !over && !cancelled {
		either.Select(w.ctx)
	}
	if cancelled {
		return w.ctx.Err()
	}
	return nil
}

// working counts the upgrades that have not ended.
func (w *shift) working() (n int) {
	for _, b := range w.begun {
		if b.open {
			n++
		}
	}
	return n
}

// ended reads how an upgrade ended. Of its report only this much is needed.
func (w *shift) ended(b *begun) {
	u := &w.report.Upgrades[b.at]
	var report struct {
		Outcome upgrade.Outcome `json:"outcome"`
		Reason  string          `json:"reason"`
	}
	err := b.child.Get(w.ctx, &report)
	b.open = false
	switch {
	case err != nil && temporal.IsCanceledError(err):
		u.State, u.Reason = upgrade.WindowEnded, "cancelled"
	case err != nil:
		u.State, u.Reason = upgrade.WindowEnded, textOf(err)
	case report.Outcome == upgrade.OutcomeCompleted:
		u.State, u.Reason = upgrade.WindowCompleted, ""
	case report.Outcome == upgrade.OutcomeDeferred:
		u.State, u.Reason = upgrade.WindowDeferred, report.Reason
	default:
		u.State, u.Reason = upgrade.WindowEnded, fmt.Sprintf("%s %s", report.Outcome, report.Reason)
	}
	w.show()
}

// close looks at the upgrades that have not ended with the window. One that still waits for its pod is ended: it has
// written nothing, and never would, since even its turn would come too late. The others go on.
func (w *shift) close() error {
	var ids []int
	byID := map[int]*begun{}
	for _, b := range w.begun {
		if b.open {
			id := w.report.Upgrades[b.at].GatewayID
			ids, byID[id] = append(ids, id), b
		}
	}
	if len(ids) == 0 {
		return nil
	}
	standings, err := call(w.ctx, lengthyWithBeat("where the upgrades stand at the window's end"), w.a.LookAtUpgrades, ids)
	if err != nil {
		return err
	}
	var queued []*begun
	for _, s := range standings {
		b := byID[s.GatewayID]
		if b.child.IsReady() { // it ended meanwhile
			w.ended(b)
			continue
		}
		u := &w.report.Upgrades[b.at]
		switch u.Reason = s.Text; {
		case s.Held:
			u.State = upgrade.WindowHeld
		case s.Queued:
			queued = append(queued, b)
			b.cut()
		}
	}
	for _, b := range queued {
		text := w.report.Upgrades[b.at].Reason
		if w.ended(b); w.report.Upgrades[b.at].State == upgrade.WindowEnded {
			w.report.Upgrades[b.at].State, w.report.Upgrades[b.at].Reason = upgrade.WindowDeferred, "the window ended while it waited: "+text
		}
	}
	return nil
}

func (w *shift) show() { workflow.SetCurrentDetails(w.ctx, w.report.Markdown()) }

// lengthyWithBeat is for many short questions one after another, about a thousand gateways at five a second.
func lengthyWithBeat(summary string) workflow.ActivityOptions {
	o := lengthy(summary)
	o.HeartbeatTimeout = heartbeat
	return o
}
