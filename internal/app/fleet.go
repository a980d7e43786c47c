package app

import (
	"context"
	"errors"

	"go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// RegisterFleets names the workflow and the activities of fleets for the worker.
func RegisterFleets(r worker.Registry, c client.Client, a *activities.Activities) {
	f := &activities.Fleets{Cloud: a.Cloud, Observe: a.Observe, Examine: a.Check, Upgrades: sights{upgrades{c}}, Now: a.Now}
	if cloud, ok := a.Cloud.(interface {
		Gateways(ctx context.Context) ([]upgrade.Listed, error)
	}); ok {
		f.List = cloud.Gateways
	}
	r.RegisterWorkflowWithOptions(workflows.UpgradeFleet, workflow.RegisterOptions{Name: workflows.TypeUpgradeFleet})
	r.RegisterActivityWithOptions(f, activity.RegisterOptions{})
}

// sights asks upgrades where they stand: running ones by their query, ended ones by their result.
type sights struct{ upgrades }

// Sight asks the latest upgrade of a gateway.
func (s sights) Sight(ctx context.Context, gatewayID int) (upgrade.Sighting, error) {
	id := workflows.UpgradeID(gatewayID)
	d, err := s.client.DescribeWorkflowExecution(ctx, id, "")
	switch {
	case isNotFound(err):
		return upgrade.Sighting{GatewayID: gatewayID, State: upgrade.GatewayFailed, Reason: "Temporal has no record of its upgrade any more"}, nil
	case err != nil:
		return upgrade.Sighting{}, asked(err, "looking at %s", id)
	}
	info := d.GetWorkflowExecutionInfo()
	seen := upgrade.Sighting{GatewayID: gatewayID, Run: info.GetFirstRunId()}
	if info.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		seen.Open = true
		report, err := s.Status(ctx, gatewayID)
		if err != nil {
			return upgrade.Sighting{}, err
		}
		seen.State, seen.Reason = report.Sight()
		if report.Outcome != "" { // it is about to close: its end is seen when it has
			seen.State, seen.Reason = upgrade.GatewayRunning, ""
		}
		return seen, nil
	}
	return s.ended(ctx, seen, info)
}

// ended reads how an upgrade that is closed has ended.
func (s sights) ended(ctx context.Context, seen upgrade.Sighting, info *workflowpb.WorkflowExecutionInfo) (upgrade.Sighting, error) {
	seen.Ended = info.GetCloseTime().AsTime()
	var report upgrade.Report
	err := s.client.GetWorkflow(ctx, info.GetExecution().GetWorkflowId(), info.GetExecution().GetRunId()).Get(ctx, &report)
	var closed *temporal.WorkflowExecutionError
	switch {
	case err == nil:
		seen.State, seen.Reason = report.Sight()
	case !errors.As(err, &closed):
		return upgrade.Sighting{}, asked(err, "reading the result of %s", info.GetExecution().GetWorkflowId())
	case temporal.IsCanceledError(err):
		seen.State, seen.Reason = upgrade.GatewayAborted, "cancelled"
	default:
		seen.State, seen.Reason = upgrade.GatewayFailed, upgrade.Brief(innermost(closed))
	}
	return seen, nil
}

// innermost is what the workflow itself said, without Temporal's wrapping.
func innermost(err *temporal.WorkflowExecutionError) string {
	var said *temporal.ApplicationError
	if errors.As(err, &said) {
		return said.Message()
	}
	if cause := errors.Unwrap(err); cause != nil {
		return cause.Error()
	}
	return err.Error()
}
