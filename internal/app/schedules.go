package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // windows are in local time, also on a machine without a zone database

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// ahead is how many occurrences a schedule holds: two years of weekly windows. Each run renews them.
const ahead = 100

// leastCatchup is the shortest catch-up window that Temporal takes (Temporal: Schedules, catchup window).
const leastCatchup = 10 * time.Second

// Schedules creates and steers the schedules of maintenance windows. Their times are exact instants in UTC, computed from
// the window's calendar: Temporal matches the times of a zone by the letter, so that 02:30 is lost on one day of the year
// and comes twice on another.
type Schedules struct{ client client.Client }

// NewSchedules gives the schedules of a namespace.
func NewSchedules(c client.Client) Schedules { return Schedules{c} }

// ScheduleID is the id of a window's schedule, and the beginning of the ids of its runs.
func ScheduleID(name string) string { return "window/" + name }

// RegisterWindows names the workflow and the activities of maintenance windows for the worker.
func RegisterWindows(r worker.Registry, c client.Client, a *activities.Activities) {
	w := &activities.Windows{Cloud: a.Cloud, Schedules: NewSchedules(c), Upgrades: upgrades{c}, Now: a.Now}
	if cloud, ok := a.Cloud.(interface {
		Gateways(ctx context.Context) ([]upgrade.Listed, error)
	}); ok {
		w.List = cloud.Gateways
	}
	r.RegisterWorkflowWithOptions(workflows.MaintenanceWindow, workflow.RegisterOptions{Name: workflows.TypeMaintenanceWindow})
	r.RegisterActivityWithOptions(w, activity.RegisterOptions{})
}

// upgrades asks upgrades by their status query.
type upgrades struct{ client client.Client }

// askTimeout is for one upgrade whose worker may be busy.
const askTimeout = 10 * time.Second

// Status asks the latest upgrade of a gateway.
func (u upgrades) Status(ctx context.Context, gatewayID int) (r upgrade.Report, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	value, err := u.client.QueryWorkflow(ctx, workflows.UpgradeID(gatewayID), "", workflows.QueryStatus)
	if err == nil {
		err = value.Get(&r)
	}
	return r, asked(err, "asking %s", workflows.UpgradeID(gatewayID))
}

// Examine asks a worker to judge the gateways of an order; nothing is started and nothing is written.
func (s Schedules) Examine(ctx context.Context, order upgrade.WindowOrder) (report upgrade.WindowReport, err error) {
	order.DryRun = true
	run, err := s.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "examine/" + order.Name, TaskQueue: workflows.TaskQueue,
		StaticSummary: "may the gateways of " + order.Name + " be upgraded?", WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING},
		workflows.TypeMaintenanceWindow, order)
	if err == nil {
		err = run.Get(ctx, &report)
	}
	var app *temporal.ApplicationError
	switch {
	case err == nil || errors.As(err, &app):
		return report, err
	case errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
		return report, upgrade.Errorf(upgrade.Unreachable, "no worker has judged the gateways in time").Advise("start a worker; nothing was created")
	}
	return report, asked(err, "asking a worker to judge the gateways")
}

// Create makes the schedule of an order. needed is how much of a window its longest upgrade takes: a run that could not
// start it any more is not caught up. Errors are of kind Refused when there is one of that name, Invalid when the
// calendar does not open any more.
func (s Schedules) Create(ctx context.Context, order upgrade.WindowOrder, needed upgrade.Duration, paused bool, note string, now time.Time) (upgrade.Renewal, error) {
	spec, renewal := specOf(order.Calendar, now)
	if renewal.Occurrences == 0 {
		return renewal, upgrade.Errorf(upgrade.Invalid, "window %s does not open any more", order.Calendar.Name).Advise("correct its dates")
	}
	_, err := s.client.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: ScheduleID(order.Name), Spec: spec, Paused: paused, Note: note,
		Action: &client.ScheduleWorkflowAction{ID: ScheduleID(order.Name), Workflow: workflows.TypeMaintenanceWindow, Args: []any{order},
			TaskQueue: workflows.TaskQueue, StaticSummary: "maintenance window " + order.Calendar.Name + " → " + order.TargetVersion},
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP, PauseOnFailure: true,
		CatchupWindow: max(leastCatchup, (order.Calendar.Length - needed).D()),
	})
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return renewal, upgrade.Errorf(upgrade.Refused, "there is a schedule %s already", order.Name).Advise("choose another name, or delete it: starter schedule delete %s", order.Name)
	}
	return renewal, asked(err, "creating schedule %s", order.Name)
}

// specOf are the next occurrences of a calendar, those included that are open now.
func specOf(c upgrade.Calendar, now time.Time) (client.ScheduleSpec, upgrade.Renewal) {
	var spec client.ScheduleSpec
	var renewal upgrade.Renewal
	exactly := func(n int) []client.ScheduleRange { return []client.ScheduleRange{{Start: n}} }
	for _, w := range c.Next(now.Add(-c.Length.D()), ahead) {
		at := w.Start.UTC()
		spec.Calendars = append(spec.Calendars, client.ScheduleCalendarSpec{Comment: at.Format(time.RFC3339),
			Year: exactly(at.Year()), Month: exactly(int(at.Month())), DayOfMonth: exactly(at.Day()),
			Hour: exactly(at.Hour()), Minute: exactly(at.Minute()), Second: exactly(at.Second())})
		renewal.Last = at
	}
	renewal.Occurrences = len(spec.Calendars)
	return spec, renewal
}

// Renew writes the next occurrences of its calendar into a schedule.
func (s Schedules) Renew(ctx context.Context, id string, now time.Time) (renewal upgrade.Renewal, err error) {
	err = s.client.ScheduleClient().GetHandle(ctx, id).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			order, err := orderOf(in.Description.Schedule.Action)
			if err != nil {
				return nil, err
			}
			schedule := in.Description.Schedule
			var spec client.ScheduleSpec
			if spec, renewal = specOf(order.Calendar, now); renewal.Occurrences == 0 || same(schedule.Spec, spec) {
				return nil, temporal.ErrSkipScheduleUpdate // one without times would go on for ever or at once
			}
			schedule.Spec = &spec
			return &client.ScheduleUpdate{Schedule: &schedule}, nil
		}})
	return renewal, missing(err, id, "renewing schedule %s", id)
}

// same reports whether a schedule holds these occurrences already: an update costs it history.
func same(have *client.ScheduleSpec, want client.ScheduleSpec) bool {
	comment := func(c client.ScheduleCalendarSpec) string { return c.Comment }
	return have != nil && slices.EqualFunc(have.Calendars, want.Calendars, func(a, b client.ScheduleCalendarSpec) bool { return comment(a) == comment(b) })
}

// orderOf reads the order that a schedule starts its runs with.
func orderOf(action client.ScheduleAction) (order upgrade.WindowOrder, err error) {
	start, ok := action.(*client.ScheduleWorkflowAction)
	if !ok || start.Workflow != workflows.TypeMaintenanceWindow || len(start.Args) != 1 {
		return order, upgrade.Errorf(upgrade.Invalid, "it is no schedule of a maintenance window")
	}
	payload, ok := start.Args[0].(*commonpb.Payload)
	if !ok {
		return order, upgrade.Errorf(upgrade.Malformed, "its order is %T, not a payload", start.Args[0])
	}
	if err := converter.GetDefaultDataConverter().FromPayload(payload, &order); err != nil {
		return order, upgrade.Errorf(upgrade.Malformed, "reading its order: %w", err)
	}
	return order, nil
}

// missing names a schedule that is not there.
func missing(err error, id, doing string, args ...any) error {
	var own *upgrade.Error
	switch {
	case isNotFound(err):
		return upgrade.Errorf(upgrade.NotFound, "there is no schedule %s", id).Advise("see: starter schedule list")
	case errors.As(err, &own):
		return fmt.Errorf(doing+": %w", append(args, err)...)
	}
	return asked(err, doing, args...)
}
