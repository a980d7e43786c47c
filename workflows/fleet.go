package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// UpgradeFleet upgrades many gateways in waves. It starts upgrades, follows them and stops starting when too many of them
// are in trouble; it never touches one that runs. Terminating or cancelling it leaves the running ones whole, and the same
// order started again goes on where it stood: what is upgraded is done, what runs is followed.
func UpgradeFleet(ctx workflow.Context, order upgrade.FleetOrder) (upgrade.FleetReport, error) {
	if err := order.Validate(); err != nil {
		return upgrade.FleetReport{}, refusal(err)
	}
	f := newFleet(ctx, order)
	if err := f.listen(); err != nil {
		return upgrade.FleetReport{}, err
	}
	err := f.run()
	switch {
	case err == nil:
		return f.report, nil
	case workflow.IsContinueAsNewError(err) || temporal.IsCanceledError(err):
		return upgrade.FleetReport{}, err
	}
	return upgrade.FleetReport{}, refusal(err)
}

// fleet is a run of a fleet's workflow. Its report is what the next run begins with.
type fleet struct {
	ctx    workflow.Context
	a      *activities.Fleets // nil: only method names are read
	log    log.Logger
	order  upgrade.FleetOrder
	report upgrade.FleetReport
	woken  bool // a person has said something that may change what is to be done
}

func newFleet(ctx workflow.Context, order upgrade.FleetOrder) *fleet {
	f := &fleet{ctx: ctx, order: order.OrDefaults(), log: log.With(workflow.GetLogger(ctx), "fleet", order.Name)}
	if f.order.Progress != nil {
		f.report = *f.order.Progress
		f.order.Progress = nil
		return f
	}
	f.report = upgrade.FleetReport{Name: order.Name, Target: order.TargetVersion, Change: order.Change, RequestedBy: order.By,
		State: upgrade.FleetPlanning, Begun: workflow.Now(ctx)}
	return f
}

// run is the fleet from its plan to its end, or to a fresh run.
func (f *fleet) run() error {
	if f.report.Waves == nil {
		if err := f.plan(); err != nil {
			return err
		}
	}
	if f.order.DryRun {
		return f.examine()
	}
	for w := f.report.Current(); w != nil; w = f.report.Current() {
		if f.mayRenew() {
			return f.renew()
		}
		if err := f.turn(w); err != nil {
			return err
		}
	}
	f.report.Ended, f.report.Reason = workflow.Now(f.ctx), ""
	f.note("ended: %s", f.report.Summary())
	f.show(upgrade.FleetEnded, "")
	return workflow.Await(f.ctx, func() bool { return workflow.AllHandlersFinished(f.ctx) })
}

// plan reads all gateways and plans, or refuses before anything is started.
func (f *fleet) plan() error {
	f.show(upgrade.FleetPlanning, "the gateways' records are read")
	plan, err := call(f.ctx, patient("plan the fleet "+f.order.Name, reading), f.a.PlanFleet, f.order)
	if err != nil {
		return err
	}
	f.report.FleetPlan = plan
	f.note("planned: %d gateways in %d waves, about %s", len(f.report.All()), len(plan.Waves), plan.Makespan)
	return nil
}

// reading is how long the records of 10,000 gateways may take, three questions for each at a few a second.
const reading = upgrade.Duration(6 * time.Hour)

// batch is how many gateways one activity looks at: a retry looks at so many again.
const batch = 50

// examine is what a dry run ends with: our own readiness checks of every gateway that is to be upgraded.
func (f *fleet) examine() error {
	var todo []*upgrade.FleetGateway
	for _, g := range f.report.All() {
		if g.State == upgrade.GatewayWaiting {
			todo = append(todo, g)
		}
	}
	for first := 0; first < len(todo); first += batch {
		part := todo[first:min(first+batch, len(todo))]
		f.show(upgrade.FleetChecking, fmt.Sprintf("%d of %d gateways checked", first, len(todo)))
		found, err := call(f.ctx, lengthyWithBeat(fmt.Sprintf("check gateways %d to %d of %d", first+1, first+len(part), len(todo))), f.a.CheckFleet, f.question(part))
		if err != nil {
			return err
		}
		for i, g := range part {
			g.Ready, g.Reason = found[i].Verdict, found[i].Text
		}
	}
	f.report.Ended = workflow.Now(f.ctx)
	f.show(upgrade.FleetPlanned, "")
	return nil
}

// question is what gateways are looked at for.
func (f *fleet) question(part []*upgrade.FleetGateway) activities.FleetCheckInput {
	in := activities.FleetCheckInput{TargetVersion: f.order.TargetVersion, AcceptWarnings: f.order.AcceptWarnings, Timing: f.order.Timing}
	for _, g := range part {
		in.GatewayIDs = append(in.GatewayIDs, g.ID)
	}
	return in
}

// turn does what is due now and then waits until something else may be.
func (f *fleet) turn(w *upgrade.WaveReport) error {
	f.woken = false
	if f.stopped() {
		return f.follow(time.Time{})
	}
	if !w.Settled() {
		w.SoakEnds = time.Time{}
		f.show(upgrade.FleetUpgrading, "")
		return f.advance(w)
	}
	if w.SoakEnds.IsZero() {
		w.SoakEnds = workflow.Now(f.ctx)
		if worked(w) {
			w.SoakEnds = w.SoakEnds.Add(w.Soak.D())
			f.note("%s: all settled; looked at after %s", w.Name, w.Soak)
		}
	}
	if workflow.Now(f.ctx).Before(w.SoakEnds) {
		f.show(upgrade.FleetSoaking, w.Name+" soaks until "+w.SoakEnds.UTC().Format(time.RFC3339))
		return f.follow(w.SoakEnds)
	}
	return f.judge(w)
}

// stopped reports whether nothing new may start, and shows it.
func (f *fleet) stopped() bool {
	switch r := &f.report; {
	case r.Paused != nil:
		f.show(upgrade.FleetPaused, "by "+r.Paused.By+": "+r.Paused.Reason)
	case r.Halt != "":
		f.show(upgrade.FleetHalted, r.Halt)
	default:
		return false
	}
	return true
}

// worked reports whether the fleet has upgraded anything in the wave.
func worked(w *upgrade.WaveReport) bool {
	for _, g := range w.Gateways {
		if g.State == upgrade.GatewayCompleted {
			return true
		}
	}
	return false
}

// judge looks at what the wave has upgraded and lets the next one begin, or halts.
func (f *fleet) judge(w *upgrade.WaveReport) error {
	var upgraded []*upgrade.FleetGateway
	for i := range w.Gateways {
		if g := &w.Gateways[i]; g.State == upgrade.GatewayCompleted && !g.Pardoned {
			upgraded = append(upgraded, g)
		}
	}
	var ill []upgrade.Illness
	for first := 0; first < len(upgraded); first += batch {
		part := upgraded[first:min(first+batch, len(upgraded))]
		f.show(upgrade.FleetChecking, w.Name+" is looked at")
		found, err := call(f.ctx, lengthyWithBeat(fmt.Sprintf("look at %s, %d to %d of %d", w.Name, first+1, first+len(part), len(upgraded))), f.a.JudgeFleet, f.question(part))
		if err != nil {
			return err
		}
		ill = append(ill, found...)
	}
	switch left := count(w, upgrade.GatewayDeferred); {
	case f.woken: // a person spoke meanwhile: what was seen may count no more
	case len(upgraded) == 0 && inTrouble(w):
		f.halt("no gateway of %s was upgraded; resume goes on all the same", w.Name)
	case len(ill) > 0:
		f.halt("%s is not well: %d of %d upgraded gateways, first gateway %d: %s", w.Name, len(ill), len(upgraded), ill[0].GatewayID, ill[0].Text)
	case left > 0:
		f.halt("%s leaves %d gateways that did not fit its window; resume goes on without them", w.Name, left)
	default:
		w.Passed = true
		f.note("%s has passed: %d upgraded gateways are whole", w.Name, len(upgraded))
	}
	return nil
}

// inTrouble reports whether the wave has troubles that nobody has pardoned.
func inTrouble(w *upgrade.WaveReport) bool {
	for _, g := range w.Gateways {
		if g.State.Trouble() && !g.Pardoned {
			return true
		}
	}
	return false
}

func count(w *upgrade.WaveReport, state upgrade.GatewayState) (n int) {
	for _, g := range w.Gateways {
		if g.State == state && !g.Pardoned {
			n++
		}
	}
	return n
}

// halt lets nothing new start until a person resumes.
func (f *fleet) halt(format string, args ...any) {
	f.report.Halt = fmt.Sprintf(format, args...)
	f.note("halted: %s", f.report.Halt)
}

// keepBudget halts the fleet when too many of its upgrades are in trouble.
func (f *fleet) keepBudget() {
	troubled := f.report.Troubled()
	if f.report.Halt != "" || len(troubled) < f.order.HaltAt {
		return
	}
	last := troubled[len(troubled)-1]
	f.halt("%d in trouble, and the fleet halts at %d; gateway %d (%s) %s: %s", len(troubled), f.order.HaltAt, last.ID, last.Name, last.State, last.Reason)
}

// mayRenew tells whether to go on in a fresh run: the history is long and no message is half handled.
func (f *fleet) mayRenew() bool {
	info := workflow.GetInfo(f.ctx)
	long := info.GetContinueAsNewSuggested() || f.order.RenewAfter > 0 && info.GetCurrentHistoryLength() > f.order.RenewAfter
	return long && workflow.AllHandlersFinished(f.ctx)
}

// renew hands everything over to a fresh run. The upgrades are not told: they are followed by their workflow ids.
func (f *fleet) renew() error {
	f.report.Renewals++
	next := f.order
	next.Progress = &f.report
	return workflow.NewContinueAsNewError(f.ctx, TypeUpgradeFleet, next)
}

func (f *fleet) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	f.report.Note(workflow.Now(f.ctx), text)
	f.log.Info(text)
}

// show tells people where the fleet stands. It costs no history.
func (f *fleet) show(state upgrade.FleetState, reason string) {
	f.report.State, f.report.Reason = state, reason
	workflow.SetCurrentDetails(f.ctx, f.report.Markdown())
}
