package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// refresh is how often the progress is looked at.
const refresh = 500 * time.Millisecond

// patience is how long nobody may answer before the follower says that no worker does.
const patience = 30 * time.Second

// follower shows the progress of a run until it is as far as wanted.
type follower struct {
	client   client.Client
	run      client.WorkflowRun
	progress io.Writer
	until    func(upgrade.Report) bool
	shown    int    // lines of the log
	standing string // the hold or question shown last
	quietLog bool   // show no progress: only the report counts
}

// planned is true once the plan stands: from here on the upgrade goes on by itself.
func planned(r upgrade.Report) bool { return r.Plan != nil || r.Outcome != "" }

// ended is true at the end only.
func ended(r upgrade.Report) bool { return r.Outcome != "" }

// follow polls the status query; a worker or a server that dies and comes back is waited for. The workflow's own end decides.
func (f *follower) follow(ctx context.Context) (upgrade.Report, error) {
	silent, reached := time.Now(), false
	for {
		closed, err := f.closed(ctx)
		if err != nil && !(reached && upgrade.KindOf(err) == upgrade.Unreachable) {
			return upgrade.Report{}, err
		}
		reached = true // from here on a server that is away for a while is waited for, as a worker is
		report, err := f.status(ctx)
		switch {
		case err == nil:
			silent = time.Now()
			if !f.quietLog {
				f.show(report)
			}
		case !closed && time.Since(silent) > patience:
			fmt.Fprintf(f.progress, "nobody answers for %s: are server and worker running? (%s)\n", f.run.GetID(), err)
			silent = time.Now()
		}
		if closed {
			return f.result(ctx, report)
		}
		if err == nil && !ended(report) && f.until(report) {
			return report, nil
		}
		select {
		case <-ctx.Done():
			return report, upgrade.Errorf(upgrade.Internal, "stopped following; the upgrade itself goes on")
		case <-time.After(refresh):
		}
	}
}

// closed asks the server whether the run has ended.
func (f *follower) closed(ctx context.Context) (bool, error) {
	d, err := f.client.DescribeWorkflowExecution(ctx, f.run.GetID(), f.run.GetRunID())
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return false, upgrade.Errorf(upgrade.NotFound, "there is no workflow %s", f.run.GetID()).Advise("start it first: starter upgrade")
	case err != nil:
		return false, upgrade.Errorf(upgrade.Unreachable, "looking at %s: %w", f.run.GetID(), err).Advise("the upgrade itself goes on; look again")
	}
	return d.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

// result reads how a closed run ended.
func (f *follower) result(ctx context.Context, last upgrade.Report) (report upgrade.Report, err error) {
	if err := f.run.Get(ctx, &report); err != nil {
		if last.Outcome == upgrade.OutcomeAborted { // by a cancellation
			return last, nil
		}
		return last, err
	}
	return report, nil
}

func (f *follower) status(ctx context.Context) (report upgrade.Report, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	value, err := f.client.QueryWorkflow(ctx, f.run.GetID(), f.run.GetRunID(), workflows.QueryStatus)
	if err != nil {
		return report, err
	}
	return report, value.Get(&report)
}

// show prints what is new in the log, and what the upgrade waits for.
func (f *follower) show(r upgrade.Report) {
	for ; f.shown < len(r.Log); f.shown++ {
		e := r.Log[f.shown]
		fmt.Fprintf(f.progress, "%s  %-8s  %s\n", e.At.Local().Format(time.TimeOnly), e.Phase, e.Text)
	}
	standing := ""
	switch {
	case r.Hold != nil:
		standing = fmt.Sprintf("HOLDING: %s\n  → %s\n  → then: starter retry %d --reason …", r.Hold.Reason, r.Hold.Advice, r.GatewayID)
	case r.Ask != nil:
		standing = fmt.Sprintf("WAITING FOR APPROVAL: %s\n  → starter approve %d --reason …", r.Ask.Text, r.GatewayID)
	}
	if standing != f.standing && standing != "" {
		fmt.Fprintln(f.progress, standing)
	}
	f.standing = standing
}
