package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// order is the upgrade that the flags ask for.
type order struct {
	resume                 bool
	input                  string
	target, change, by     string
	preempt                string
	approve                bool
	windowStart, windowEnd string
	accept                 []int
	wait                   bool
}

// upgradeCommand starts an upgrade and returns when its plan stands, or follows it to its end.
func upgradeCommand(s *shared) *cobra.Command {
	var o order
	c := &cobra.Command{
		Use:   "upgrade GATEWAY --to VERSION",
		Short: "Start the upgrade of a gateway",
		Long:  "Start the upgrade of a gateway. Returns once the plan stands or the upgrade is refused; with --wait, follows it to its end.",
		Args:  gatewayArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			req, err := o.request(gatewayID(args), cmd.InOrStdin())
			if err != nil {
				return err
			}
			return s.start(cmd, req, workflows.UpgradeID(req.GatewayID), o.wait)
		},
	}
	o.flags(c)
	c.Flags().BoolVar(&o.approve, "approve", false, "approve the reload of the second node beforehand: nobody is asked")
	c.Flags().BoolVar(&o.wait, "wait", false, "show the progress and wait for the end")
	return c
}

// planCommand shows what an upgrade would do. It writes nothing anywhere.
func planCommand(s *shared) *cobra.Command {
	var o order
	c := &cobra.Command{
		Use:   "plan GATEWAY --to VERSION",
		Short: "Show what an upgrade would do, without writing anything",
		Args:  gatewayArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			req, err := o.request(gatewayID(args), cmd.InOrStdin())
			if err != nil {
				return err
			}
			req.DryRun = true
			return s.start(cmd, req, fmt.Sprintf("plan/%d", req.GatewayID), true)
		},
	}
	o.flags(c)
	return c
}

func (o *order) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.target, "to", "", "target version, e.g. 23.4R2-S5.5")
	f.StringVar(&o.change, "change", "", "change ticket, kept in the report")
	f.StringVar(&o.by, "by", os.Getenv("USER"), "who asks for it")
	f.StringVar(&o.preempt, "preempt", "", "an active preempt: deactivate or restore (deactivate now, activate at the end); without it a person is asked")
	f.StringVar(&o.windowStart, "window-start", "", "start of the maintenance window, RFC 3339")
	f.StringVar(&o.windowEnd, "window-end", "", "end of the maintenance window, RFC 3339")
	f.BoolVar(&o.resume, "resume", false, "take over an upgrade that was begun by hand (gateway in Upgrade Active, or in its first reload)")
	f.IntSliceVar(&o.accept, "accept-warning", nil, "accept a readiness warning by its code (1176-1185)")
	f.StringVar(&o.input, "input", "", "read the request as JSON from a file, - for standard input; flags override it")
}

// request puts file and flags together and refuses what makes no sense before anything is started.
func (o *order) request(gateway int, stdin io.Reader) (req upgrade.Request, err error) {
	if o.input != "" {
		if err = readJSON(o.input, stdin, &req); err != nil {
			return req, err
		}
		if req.GatewayID != 0 && req.GatewayID != gateway {
			return req, upgrade.Errorf(upgrade.Invalid, "the input names gateway %d, the command %d", req.GatewayID, gateway).Advise("make them agree")
		}
	}
	req.GatewayID = gateway
	for _, set := range []struct {
		to    *string
		value string
	}{{&req.TargetVersion, o.target}, {&req.Change, o.change}, {&req.By, o.by}, {(*string)(&req.Preempt), o.preempt}} {
		if set.value != "" {
			*set.to = set.value
		}
	}
	if req.TargetVersion == "" {
		return req, upgrade.Errorf(kindUsage, "no target version").Advise("add --to VERSION, e.g. --to 23.4R2-S5.5")
	}
	if o.approve {
		req.Approval = upgrade.ApprovalNone
	}
	req.Resume = req.Resume || o.resume
	req.AcceptWarnings = append(req.AcceptWarnings, o.accept...)
	if o.windowStart != "" || o.windowEnd != "" {
		if req.Window, err = readWindow(o.windowStart, o.windowEnd); err != nil {
			return req, err
		}
	}
	return req, req.Validate()
}

// readJSON reads a file, or standard input for "-", and refuses what it does not know.
func readJSON(path string, stdin io.Reader, to any) error {
	source := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return upgrade.Errorf(upgrade.Invalid, "reading the request: %w", err).Advise("check the path")
		}
		defer file.Close()
		source = file
	}
	decoder := json.NewDecoder(source)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(to); err != nil {
		return upgrade.Errorf(upgrade.Invalid, "reading the request from %s: %w", path, err).Advise("the README shows its fields")
	}
	return nil
}

func readWindow(start, end string) (*upgrade.Window, error) {
	var w upgrade.Window
	for _, bound := range []struct {
		name, value string
		to          *time.Time
	}{{"--window-start", start, &w.Start}, {"--window-end", end, &w.End}} {
		t, err := time.Parse(time.RFC3339, bound.value)
		if err != nil {
			return nil, upgrade.Errorf(upgrade.Invalid, "%s: %w", bound.name, err).Advise("give both as RFC 3339, e.g. 2026-01-31T01:00:00+01:00")
		}
		*bound.to = t
	}
	return &w, nil
}

// start launches the workflow and follows it to its plan or its end.
func (s *shared) start(cmd *cobra.Command, req upgrade.Request, id string, wait bool) error {
	ctx := cmd.Context()
	c, err := connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.TaskQueue,
		WorkflowIDConflictPolicy:                 enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		StaticSummary:                            fmt.Sprintf("gateway %d → %s %s", req.GatewayID, req.TargetVersion, req.Change),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.AttributeGateway.ValueSet(fmt.Sprint(req.GatewayID)), workflows.AttributeTarget.ValueSet(req.TargetVersion)),
	}, workflows.TypeUpgradeGateway, req)
	if err != nil {
		return startError(ctx, c, id, err)
	}
	f := &follower{client: c, run: run, progress: cmd.ErrOrStderr(), until: planned, quietLog: s.json}
	if wait {
		f.until = ended
	}
	report, err := f.follow(ctx)
	if err != nil {
		return err
	}
	if err := s.print(cmd.OutOrStdout(), report, summary(report)); err != nil {
		return err
	}
	switch report.Outcome {
	case upgrade.OutcomeAborted, upgrade.OutcomeAbandoned, upgrade.OutcomeRolledBack:
		return upgrade.Errorf(kindAborted, "the upgrade of %s was %s: %s", report.Gateway, report.Outcome, report.Reason)
	}
	return nil
}

// startError says in one line why an upgrade could not be started.
func startError(ctx context.Context, c client.Client, id string, err error) error {
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	var invalid *serviceerror.InvalidArgument
	switch {
	case errors.As(err, &started):
		since := ""
		if d, err := c.DescribeWorkflowExecution(ctx, id, ""); err == nil {
			since = " since " + d.GetWorkflowExecutionInfo().GetStartTime().AsTime().Format(time.RFC3339)
		}
		return upgrade.Errorf(upgrade.Refused, "%s is running already%s, run %s", id, since, started.RunId).Advise("see: starter status; only one upgrade of a gateway at a time")
	case errors.As(err, &invalid):
		return upgrade.Errorf(upgrade.Invalid, "Temporal refuses to start %s: %w", id, err).Advise("if search attributes are missing, run: starter setup")
	}
	return upgrade.Errorf(upgrade.Unreachable, "starting %s: %w", id, err).Advise("check the Temporal server")
}
