package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// fleetFollower shows the progress of a fleet until it is as far as wanted. It follows the fleet by name: a fleet goes on
// in fresh runs.
type fleetFollower struct {
	client   client.Client
	name     string
	progress io.Writer
	until    func(*upgrade.FleetReport) bool
	shown    string // the line shown last
	silent   time.Time
}

// fleetPlanned is true once the plan stands.
func fleetPlanned(r *upgrade.FleetReport) bool { return r.Waves != nil }

// fleetStands is true when a fleet has halted and nothing of it runs any more: without a person nothing changes.
func fleetStands(r *upgrade.FleetReport) bool {
	moving := 0
	for _, g := range r.Open() {
		if !g.State.Trouble() {
			moving++
		}
	}
	return r.State == upgrade.FleetHalted && moving == 0
}

// fetchFleet follows a fleet until it is as far as wanted.
func fetchFleet(cmd *cobra.Command, name string, until func(*upgrade.FleetReport) bool, progress io.Writer) (upgrade.FleetReport, error) {
	c, err := connect(cmd.Context())
	if err != nil {
		return upgrade.FleetReport{}, err
	}
	defer c.Close()
	return (&fleetFollower{client: c, name: name, progress: progress, until: until}).follow(cmd.Context())
}

// follow polls the status query; the workflow's own end decides. A worker that is away for a while is waited for.
func (f *fleetFollower) follow(ctx context.Context) (upgrade.FleetReport, error) {
	id := workflows.FleetID(f.name)
	f.silent = time.Now()
	for {
		d, err := f.client.DescribeWorkflowExecution(ctx, id, "")
		var missing *serviceerror.NotFound
		switch {
		case errors.As(err, &missing):
			return upgrade.FleetReport{}, upgrade.Errorf(upgrade.NotFound, "there is no fleet %s", f.name).Advise("start it first: starter fleet start FILE")
		case err != nil && ctx.Err() == nil:
			return upgrade.FleetReport{}, upgrade.Errorf(upgrade.Unreachable, "looking at %s: %w", id, err).Advise("the fleet itself goes on; look again")
		case err == nil && closed(d.GetWorkflowExecutionInfo().GetStatus()):
			return f.result(ctx, d.GetWorkflowExecutionInfo().GetExecution().GetRunId())
		}
		report, err := f.status(ctx, "")
		if err == nil {
			f.silent = time.Now()
			f.show(&report)
			if f.until(&report) {
				return report, nil
			}
		} else if time.Since(f.silent) > patience {
			fmt.Fprintf(f.progress, "nobody answers for %s: are server and worker running? (%s)\n", id, err)
			f.silent = time.Now()
		}
		select {
		case <-ctx.Done():
			return report, upgrade.Errorf(upgrade.Internal, "stopped following; the fleet itself goes on")
		case <-time.After(refresh):
		}
	}
}

// closed reports whether a fleet has ended: a run that is continued as new has not.
func closed(s enums.WorkflowExecutionStatus) bool {
	return s != enums.WORKFLOW_EXECUTION_STATUS_RUNNING && s != enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW
}

// result reads how a fleet has ended. One that was cancelled or terminated still tells where it stood.
func (f *fleetFollower) result(ctx context.Context, run string) (report upgrade.FleetReport, err error) {
	ended := f.client.GetWorkflow(ctx, workflows.FleetID(f.name), run).Get(ctx, &report)
	if ended == nil {
		return report, nil
	}
	if report, err = f.status(ctx, run); err != nil || report.Waves == nil {
		return report, ended
	}
	_, text, _ := explain(ended)
	report.Halt = "its workflow was ended: " + text + "; what runs goes on, and the same order started again takes it up"
	return report, nil
}

func (f *fleetFollower) status(ctx context.Context, run string) (report upgrade.FleetReport, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	value, err := f.client.QueryWorkflow(ctx, workflows.FleetID(f.name), run, workflows.QueryStatus)
	if err != nil {
		return report, err
	}
	return report, value.Get(&report)
}

// show prints one line when something has changed.
func (f *fleetFollower) show(r *upgrade.FleetReport) {
	line := fmt.Sprintf("%-9s  %s", r.State, r.Summary())
	if r.Reason != "" {
		line += "  (" + r.Reason + ")"
	}
	if line != f.shown {
		fmt.Fprintf(f.progress, "%s  %s\n", time.Now().Format(time.DateTime), line)
		f.shown = line
	}
}
