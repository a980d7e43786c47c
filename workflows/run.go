package workflows

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// run is one upgrade under way. Everything in it is rebuilt by replay.
type run struct {
	ctx       workflow.Context // never cancelled: what has begun is brought to a safe point
	breakable workflow.Context // for waits that an abort may cut short
	cut       workflow.CancelFunc
	log       log.Logger
	a         *activities.Activities // nil: only method names are read

	req    upgrade.Request
	plan   upgrade.Plan
	report upgrade.Report

	pod *Pod // ours while its permit is open

	found       upgrade.Mark // of the configuration before anything was touched
	mark        upgrade.Mark // of the configuration that drift is judged by
	exports     int
	checks      int
	inquiries   int                // rounds of IBM's checks
	drifted     bool               // a submission was refused because the mark does not fit
	late        bool               // the second reload was held because the maintenance window is too short for it
	adoption    upgrade.Adoption   // where an upgrade stood that was begun by hand
	leg         upgrade.Leg        // the reload at hand
	readiness   *upgrade.Readiness // for it; nil asks for new checks
	pending     *pending           // a submission whose fate is not known yet
	inFlight    bool               // a reload is asked for and not known to be over
	hostEpochs  map[int]string     // by server id: the reload after which a new host key is due
	deviceEpoch string             // the same for the private address

	said      map[string]*upgrade.Decision // the newest decision of each name, not yet acted upon
	aborting  *upgrade.Decision
	rolling   *upgrade.Decision // a rollback is asked for
	cancelled bool              // also when it could not be followed
	asked     bool              // what to do about a cancellation that could not be followed
	committed bool              // a reload has been asked for: no way back but forward or by rollback
	back      bool              // the rollback is under way
	undo      []undo            // what an abort puts back, last first
}

// pending is a submission that is to be settled by observation.
type pending struct {
	baseline upgrade.Baseline
	answer   upgrade.Answer
}

// undo is one change of ours that an abort takes back.
type undo struct {
	name string
	back func() error
}

// These end the runbook early because a person said so.
var (
	errAborted  = errors.New("aborted")
	errRollback = errors.New("to be rolled back")
)

// deferral ends an upgrade whose window is too short, before its first reload.
type deferral struct{ reason string }

func (d deferral) Error() string { return d.reason }

// begin validates the request and makes the upgrade visible and steerable.
func begin(ctx workflow.Context, req upgrade.Request) (*run, error) {
	if err := req.Validate(); err != nil {
		return nil, refusal(err)
	}
	u := &run{req: req.OrDefaults(), hostEpochs: map[int]string{}, said: map[string]*upgrade.Decision{},
		log: log.With(workflow.GetLogger(ctx), "gateway", req.GatewayID)}
	u.ctx, _ = workflow.NewDisconnectedContext(ctx)
	u.breakable, u.cut = workflow.WithCancel(u.ctx)
	u.report = upgrade.Report{GatewayID: req.GatewayID, Target: req.TargetVersion, Change: req.Change, RequestedBy: req.By}
	if err := u.listen(); err != nil {
		return nil, err
	}
	workflow.Go(ctx, func(ctx workflow.Context) { u.watchCancel(ctx) })
	return u, nil
}

// watchCancel turns a cancellation into an abort where that is still possible, and only notes it where it is not.
func (u *run) watchCancel(ctx workflow.Context) {
	ctx.Done().Receive(ctx, nil)
	u.cancelled = true
	if u.committed {
		u.note("cancellation noted: a reload has been submitted and is brought to its end; at the next safe point a person is asked")
		return
	}
	u.followCancel()
}

// followCancel aborts a cancelled upgrade, unless a person has done so already.
func (u *run) followCancel() {
	if u.aborting == nil {
		u.abort(upgrade.Decision{Name: UpdateAbort, By: canceller, Reason: "the workflow was cancelled", At: workflow.Now(u.ctx)})
	}
}

// canceller is who asks for an abort when the workflow is cancelled: Temporal does not say who did it.
const canceller = "Temporal"

// enter makes a phase the current one, in the report, in the details shown by Temporal Web and in the list of
// workflows.
func (u *run) enter(phase upgrade.Phase) {
	u.report.Phase, u.report.Since = phase, workflow.Now(u.ctx)
	updates := []temporal.SearchAttributeUpdate{AttributePhase.ValueSet(string(phase))}
	switch phase {
	case upgrade.PhaseDiscover:
		updates = append(updates, AttributeTarget.ValueSet(u.req.TargetVersion))
		if u.req.Change != "" {
			updates = append(updates, AttributeChange.ValueSet(u.req.Change))
		}
	case upgrade.PhasePlan:
		updates = append(updates, AttributeGateway.ValueSet(u.report.Gateway), AttributePod.ValueSet(u.report.Pod))
	}
	if err := workflow.UpsertTypedSearchAttributes(u.ctx, updates...); err != nil {
		u.log.Warn("Search attributes not set", "error", err)
	}
	u.show()
}

// note adds a line to the upgrade's log.
func (u *run) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	u.report.Log = append(u.report.Log, upgrade.Entry{At: workflow.Now(u.ctx), Phase: u.report.Phase, Text: text})
	u.log.Info(text, "phase", u.report.Phase, "pod", u.report.Pod)
	u.show()
}

// show renders the report for Temporal Web. It costs no history.
func (u *run) show() {
	u.report.Choices = u.choices()
	workflow.SetCurrentDetails(u.ctx, u.report.Markdown())
}

// look says where to look and which new host keys are due by now.
func (u *run) look() activities.Look {
	return activities.Look{GatewayID: u.req.GatewayID, HostEpochs: u.hostEpochs, DeviceEpoch: u.deviceEpoch, ByRecord: u.req.Resume}
}

// folder is where this run keeps its files in the archive.
func (u *run) folder() string {
	return fmt.Sprintf("upgrades/%d/%s", u.req.GatewayID, workflow.GetInfo(u.ctx).FirstRunID)
}

// refusal ends a workflow that has changed nothing.
func refusal(err error) error {
	return temporal.NewApplicationErrorWithOptions(textOf(err), string(kindOf(err)), temporal.ApplicationErrorOptions{
		NonRetryable: true, Details: []any{adviceOf(err)}})
}

// finish brings an upgrade to its end: an abort is undone, the pod given back, the report stored.
func (u *run) finish(err error) (upgrade.Report, error) {
	var late deferral
	switch {
	case errors.As(err, &late):
		u.undoPreparation()
		u.report.Outcome, u.report.Reason = upgrade.OutcomeDeferred, late.reason
	case errors.Is(err, errAborted) && u.committed:
		u.report.Outcome, u.report.Reason = upgrade.OutcomeAbandoned, u.aborting.Reason
		u.report.ToDo = append(u.report.ToDo, u.leftBehind()...)
	case errors.Is(err, errAborted):
		u.undoPreparation()
		u.report.Outcome, u.report.Reason = upgrade.OutcomeAborted, u.aborting.Reason
	case err != nil:
		u.report.Outcome, u.report.Reason = upgrade.OutcomeRefused, textOf(err)
	case u.req.DryRun:
		u.report.Outcome = upgrade.OutcomePlanned
	case u.back:
		u.report.Outcome, u.report.Reason = upgrade.OutcomeRolledBack, u.rolling.Reason
	default:
		u.report.Outcome = upgrade.OutcomeCompleted
	}
	u.report.Hold, u.report.Ask, u.report.Paused, u.report.Waiting = nil, nil, nil, ""
	u.release()
	u.enter(upgrade.PhaseReport)
	if !u.req.DryRun && u.report.Outcome != upgrade.OutcomeRefused {
		u.store()
	}
	if waitErr := workflow.Await(u.ctx, func() bool { return workflow.AllHandlersFinished(u.ctx) }); waitErr != nil {
		u.log.Warn("Handlers not finished", "error", waitErr)
	}
	switch {
	case u.report.Outcome == upgrade.OutcomeRefused:
		return upgrade.Report{}, refusal(err)
	case u.report.Outcome == upgrade.OutcomeAborted && u.aborting.By == canceller:
		return upgrade.Report{}, temporal.NewCanceledError(u.report)
	}
	return u.report, nil
}

// store puts the report into the archive. A report that cannot be stored is still the workflow's result.
func (u *run) store() {
	blob, err := call(u.ctx, quick("store the report"), u.a.StoreReport, activities.StoreInput{Key: u.folder() + "/report.json", Report: u.report})
	if err != nil {
		u.report.ToDo = append(u.report.ToDo, "the report could not be stored in the archive: "+textOf(err))
		return
	}
	u.report.Stored = &blob
}

// undoPreparation undoes our changes, last first. One that fails is left to people, by name; the others go on.
func (u *run) undoPreparation() {
	for i := len(u.undo) - 1; i >= 0; i-- {
		if err := u.undo[i].back(); err != nil {
			u.report.ToDo = append(u.report.ToDo, u.undo[i].name+" did not succeed: "+textOf(err))
			u.note("%s did not succeed: %s", u.undo[i].name, textOf(err))
			continue
		}
		u.note("%s", u.undo[i].name)
	}
	u.undo = nil
}

// leftBehind names what a person who ends an upgrade after a reload takes over.
func (u *run) leftBehind() []string {
	left := []string{fmt.Sprintf("gateway %s is left as it is in phase %s: look at every node, every host and the portal, and open an IBM case where they do not agree", u.report.Gateway, u.report.Phase),
		"the pod is tainted: no other gateway of it is upgraded until all of them have been seen whole, or an operator clears the taint"}
	for _, n := range u.report.Nodes {
		left = append(left, fmt.Sprintf("host %s and the gateway show new SSH keys after reload %d; where they were never learned, remove the old ones: ssh-keygen -f KNOWN_HOSTS -R %s and -R %s",
			n.Step.Host, n.ReloadID, n.Step.Address, u.plan.Gateway.Address))
	}
	if u.report.Preempt != nil && u.report.Preempt.Deactivated {
		left = append(left, "preempt of redundancy group 1 is still off: activate it again if it is wanted")
	}
	return left
}
