package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// ScheduleLine is one schedule in a list.
type ScheduleLine struct {
	Name   string    `json:"name"`
	Paused bool      `json:"paused"`
	Note   string    `json:"note,omitempty"`
	Next   time.Time `json:"next,omitzero"`
}

// ScheduleView is one schedule at length.
type ScheduleView struct {
	ScheduleLine
	Order    upgrade.WindowOrder `json:"order"`
	Created  time.Time           `json:"created"`
	Catchup  upgrade.Duration    `json:"catchup"`
	Held     int                 `json:"occurrences"` // that the schedule holds from now on
	Last     time.Time           `json:"last,omitzero"`
	Overlap  int                 `json:"skippedOverlap"`      // runs not started because one was still open
	Missed   int                 `json:"missedCatchupWindow"` // runs not started because it was too late
	Runs     []ScheduleRun       `json:"runs,omitempty"`      // the last ten
	Unserved []upgrade.Window    `json:"unserved,omitempty"`  // windows that passed without a run
}

// ScheduleRun is one run of a schedule.
type ScheduleRun struct {
	Workflow  string                `json:"workflow"`
	Scheduled time.Time             `json:"scheduled"`
	Started   time.Time             `json:"started"`
	Result    *upgrade.WindowReport `json:"result,omitempty"` // absent while it runs and where it failed
	Error     string                `json:"error,omitempty"`
}

// List lists the schedules of maintenance windows. It may lag a moment behind.
func (s Schedules) List(ctx context.Context) ([]ScheduleLine, error) {
	lines := []ScheduleLine{}
	list, err := s.client.ScheduleClient().List(ctx, client.ScheduleListOptions{})
	for err == nil && list.HasNext() {
		var e *client.ScheduleListEntry
		if e, err = list.Next(); err != nil {
			break
		}
		name, ours := strings.CutPrefix(e.ID, ScheduleID(""))
		if !ours || e.WorkflowType.Name != workflows.TypeMaintenanceWindow {
			continue
		}
		line := ScheduleLine{Name: name, Paused: e.Paused, Note: e.Note}
		if len(e.NextActionTimes) > 0 {
			line.Next = e.NextActionTimes[0]
		}
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b ScheduleLine) int { return strings.Compare(a.Name, b.Name) })
	return lines, asked(err, "listing the schedules")
}

// Show describes a schedule with its last runs and the windows that had none.
func (s Schedules) Show(ctx context.Context, name string, now time.Time) (v ScheduleView, err error) {
	d, err := s.client.ScheduleClient().GetHandle(ctx, ScheduleID(name)).Describe(ctx)
	if err != nil {
		return v, missing(err, name, "looking at schedule %s", name)
	}
	if v.Order, err = orderOf(d.Schedule.Action); err != nil {
		return v, missing(err, name, "looking at schedule %s", name)
	}
	v.ScheduleLine = ScheduleLine{Name: name, Paused: d.Schedule.State.Paused, Note: d.Schedule.State.Note}
	if len(d.Info.NextActionTimes) > 0 {
		v.Next = d.Info.NextActionTimes[0]
	}
	v.Created, v.Catchup = d.Info.CreatedAt, upgrade.Duration(d.Schedule.Policy.CatchupWindow)
	v.Overlap, v.Missed = d.Info.NumActionsSkippedOverlap, d.Info.NumActionsMissedCatchupWindow
	for _, c := range d.Schedule.Spec.Calendars {
		if at, err := time.Parse(time.RFC3339, c.Comment); err == nil && at.After(now) {
			v.Held++
			if at.After(v.Last) {
				v.Last = at
			}
		}
	}
	for _, r := range d.Info.RecentActions {
		v.Runs = append(v.Runs, s.run(ctx, r))
	}
	v.Unserved = Unserved(v.Order.Calendar, d.Info.CreatedAt, now, v.Runs)
	return v, nil
}

// recentRuns is how many runs Temporal remembers of a schedule.
const recentRuns = 10

// Unserved lists the windows that opened and closed without a run: those between the first thing known of a schedule and
// now for which no run was meant.
func Unserved(c upgrade.Calendar, created, now time.Time, runs []ScheduleRun) []upgrade.Window {
	since := created
	if len(runs) >= recentRuns && runs[0].Scheduled.After(since) { // of older windows nothing is known
		since = runs[0].Scheduled
	}
	var list []upgrade.Window
	for at := since; ; {
		next := c.Next(at, 1)
		if len(next) == 0 || next[0].End.After(now) {
			return list
		}
		w := next[0]
		if at = w.Start; !slices.ContainsFunc(runs, func(r ScheduleRun) bool { return r.Scheduled.Equal(w.Start) }) {
			list = append(list, w)
		}
	}
}

// run reads how a run ended; one that is open, or forgotten by Temporal, has no result.
func (s Schedules) run(ctx context.Context, r client.ScheduleActionResult) ScheduleRun {
	run := ScheduleRun{Scheduled: r.ScheduleTime, Started: r.ActualTime}
	if r.StartWorkflowResult == nil {
		return run
	}
	run.Workflow = r.StartWorkflowResult.WorkflowID
	d, err := s.client.DescribeWorkflowExecution(ctx, run.Workflow, r.StartWorkflowResult.FirstExecutionRunID)
	if err != nil {
		run.Error = asked(err, "looking at it").Error()
		return run
	}
	if d.GetWorkflowExecutionInfo().GetCloseTime() == nil {
		return run
	}
	var report upgrade.WindowReport
	if err := s.client.GetWorkflow(ctx, run.Workflow, r.StartWorkflowResult.FirstExecutionRunID).Get(ctx, &report); err != nil {
		if cause := errors.Unwrap(err); cause != nil { // without Temporal's wrapping
			err = cause
		}
		run.Error = err.Error()
		return run
	}
	run.Result = &report
	return run
}

// Pause stops a schedule; its windows pass without a run until Resume.
func (s Schedules) Pause(ctx context.Context, name, note string) error {
	return missing(s.handle(ctx, name).Pause(ctx, client.SchedulePauseOptions{Note: note}), name, "pausing schedule %s", name)
}

// Resume lets a paused schedule go on.
func (s Schedules) Resume(ctx context.Context, name, note string) error {
	return missing(s.handle(ctx, name).Unpause(ctx, client.ScheduleUnpauseOptions{Note: note}), name, "resuming schedule %s", name)
}

// Trigger starts a run now, also of a paused schedule, unless one is open. Outside of every window the run is skipped.
func (s Schedules) Trigger(ctx context.Context, name string) error {
	return missing(s.handle(ctx, name).Trigger(ctx, client.ScheduleTriggerOptions{}), name, "triggering schedule %s", name)
}

// Delete removes a schedule. A run that is open goes on to its end.
func (s Schedules) Delete(ctx context.Context, name string) error {
	return missing(s.handle(ctx, name).Delete(ctx), name, "deleting schedule %s", name)
}

func (s Schedules) handle(ctx context.Context, name string) client.ScheduleHandle {
	return s.client.ScheduleClient().GetHandle(ctx, ScheduleID(name))
}
