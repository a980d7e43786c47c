package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// fleetCommand upgrades many gateways in waves.
func fleetCommand(s *shared) *cobra.Command {
	c := &cobra.Command{
		Use:   "fleet",
		Short: "Upgrade many gateways in waves that stop before they spread harm",
		Long: "Upgrade many gateways in waves that stop before they spread harm. An order is a YAML or JSON file; docs/fleets.md shows its form.\n\n" +
			"Exit codes: 0 done, 2 bad order, 3 refused, not ready, halted, or ended with gateways left, 5 somebody does not answer.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return upgrade.Errorf(kindUsage, "%q is no command of fleet", args[0]).Advise("see: starter fleet --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(fleetPlanCommand(s), fleetStartCommand(s), fleetStatusCommand(s), fleetWatchCommand(s), fleetReportCommand(s),
		fleetInstructCommand(s, workflows.UpdatePause, "Start nothing new; what runs goes on", ""),
		fleetInstructCommand(s, workflows.UpdateResume, "Go on after a pause or a halt", ""),
		fleetInstructCommand(s, workflows.UpdateSkip, "Go on without gateways", "those to go on without"),
		fleetInstructCommand(s, workflows.UpdateRetry, "Start upgrades again that failed or were left", "those to start again; all that failed or were left where none is named"))
	return c
}

// one demands exactly one argument.
func one(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return upgrade.Errorf(kindUsage, "exactly one %s is needed, not %d", what, len(args)).Advise("see --help")
		}
		return nil
	}
}

// fleetPlanCommand shows what a fleet would do. It writes nothing anywhere.
func fleetPlanCommand(s *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "plan FILE",
		Short: "Show waves, readiness and the estimated calendar of a fleet, without writing anything",
		Args:  one("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			order, err := readFleet(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			order.DryRun = true
			c, err := connect(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			run, err := launch(cmd.Context(), c, order)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "reading the records and checking every gateway; see workflow %s\n", run.GetID())
			var report upgrade.FleetReport
			if err := run.Get(cmd.Context(), &report); err != nil {
				return err
			}
			if err := s.print(cmd.OutOrStdout(), report, planTable(&report, time.Local)); err != nil {
				return err
			}
			return unready(&report)
		},
	}
}

// unready says what a fleet would stumble over.
func unready(r *upgrade.FleetReport) error {
	n := 0
	for _, g := range r.All() {
		if g.State == upgrade.GatewayWaiting && g.Ready != upgrade.CheckPass && g.Ready != upgrade.CheckWarn {
			n++
		}
	}
	switch {
	case n > 0:
		return upgrade.Errorf(upgrade.NotReady, "%s not ready", plural(n, "gateway is", "gateways are")).Advise("repair what the table names, then plan again: starter check shows one gateway at length")
	case len(r.Unfit) > 0:
		return upgrade.Errorf(upgrade.TooLate, "%s the windows of their waves", plural(len(r.Unfit), "gateway does not fit", "gateways do not fit")).Advise("give the wave a longer window, or fewer gateways")
	}
	return nil
}

// fleetStartCommand starts a fleet and returns when its plan stands.
func fleetStartCommand(s *shared) *cobra.Command {
	var wait bool
	c := &cobra.Command{
		Use:   "start FILE",
		Short: "Start a fleet",
		Long:  "Start a fleet. Returns once its plan stands or it is refused; with --wait, follows it as watch does.",
		Args:  one("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			order, err := readFleet(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			order.DryRun = false
			c, err := connect(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			if _, err := launch(cmd.Context(), c, order); err != nil {
				return err
			}
			f := &fleetFollower{client: c, name: order.Name, progress: cmd.ErrOrStderr(), until: fleetPlanned}
			if wait {
				f.until = fleetStands
			}
			return s.showFleet(cmd, f)
		},
	}
	c.Flags().BoolVar(&wait, "wait", false, "show the progress and wait for the end, or until the fleet halts")
	return c
}

// readFleet reads an order from a file, or from standard input for "-", and refuses what makes no sense.
func readFleet(path string, stdin io.Reader) (order upgrade.FleetOrder, err error) {
	var text []byte
	if path == "-" {
		text, err = io.ReadAll(stdin)
	} else {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return order, upgrade.Errorf(upgrade.Invalid, "reading the fleet: %w", err).Advise("check the path")
	}
	if order, err = upgrade.ReadFleet(text); err != nil {
		return order, err
	}
	if order.By == "" {
		order.By = os.Getenv("USER")
	}
	return order, order.Validate()
}

// launch starts the workflow of a fleet, or of its dry run.
func launch(ctx context.Context, c client.Client, order upgrade.FleetOrder) (client.WorkflowRun, error) {
	id, summary := workflows.FleetID(order.Name), "fleet "+order.Name+" → "+order.TargetVersion
	if order.DryRun {
		id, summary = workflows.FleetPlanID(order.Name), "what would fleet "+order.Name+" do?"
	}
	attributes := []temporal.SearchAttributeUpdate{workflows.AttributeTarget.ValueSet(order.TargetVersion)}
	if order.Change != "" {
		attributes = append(attributes, workflows.AttributeChange.ValueSet(order.Change))
	}
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue, StaticSummary: summary,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL, WorkflowExecutionErrorWhenAlreadyStarted: true,
		TypedSearchAttributes: temporal.NewSearchAttributes(attributes...)}, workflows.TypeUpgradeFleet, order)
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &started) {
		return nil, upgrade.Errorf(upgrade.Refused, "%s is running already", id).Advise("see: starter fleet status %s", order.Name)
	}
	if err != nil {
		return nil, startError(ctx, c, id, err)
	}
	return run, nil
}

// fleetStatusCommand shows where a fleet stands.
func fleetStatusCommand(s *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "status NAME",
		Short: "Show where a fleet stands",
		Args:  one("fleet"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := fetchFleet(cmd, args[0], func(*upgrade.FleetReport) bool { return true }, io.Discard)
			if err != nil {
				return err
			}
			return s.print(cmd.OutOrStdout(), r, fleetTable(&r, time.Local))
		},
	}
}

// fleetWatchCommand follows a fleet.
func fleetWatchCommand(s *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "watch NAME",
		Short: "Follow a fleet to its end, or until it halts and nothing of it runs any more",
		Args:  one("fleet"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := connect(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			return s.showFleet(cmd, &fleetFollower{client: c, name: args[0], progress: cmd.ErrOrStderr(), until: fleetStands})
		},
	}
}

// showFleet follows a fleet, prints it, and says by the exit code how it stands.
func (s *shared) showFleet(cmd *cobra.Command, f *fleetFollower) error {
	r, err := f.follow(cmd.Context())
	if err != nil {
		return err
	}
	if err := s.print(cmd.OutOrStdout(), r, fleetTable(&r, time.Local)); err != nil {
		return err
	}
	return verdictOf(&r)
}

// verdictOf is nil for a fleet that goes on or has left nothing behind.
func verdictOf(r *upgrade.FleetReport) error {
	left := len(r.Left())
	switch {
	case r.Halt != "":
		return upgrade.Errorf(upgrade.Unhealthy, "fleet %s has halted: %s", r.Name, r.Halt).
			Advise("repair the cause; then starter retry GATEWAY for an upgrade that holds or starter fleet retry %s for one that failed, and starter fleet resume %s", r.Name, r.Name)
	case r.State == upgrade.FleetEnded && left > 0:
		return upgrade.Errorf(upgrade.Unhealthy, "fleet %s has ended and %s not on %s", r.Name, plural(left, "gateway is", "gateways are"), r.Target).Advise("see the table; start another fleet with them")
	}
	return nil
}

// fleetInstructCommand tells a running fleet something, with who and why.
func fleetInstructCommand(s *shared, name, short, gateways string) *cobra.Command {
	var in upgrade.FleetInstruction
	c := &cobra.Command{
		Use:   name + " NAME --reason TEXT",
		Short: short,
		Args:  one("fleet"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := in.Validate(); err != nil {
				return err
			}
			if name == workflows.UpdateSkip && len(in.Gateways) == 0 {
				return upgrade.Errorf(upgrade.Invalid, "no gateway is named").Advise("add --gateway ID")
			}
			c, err := connect(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			id := workflows.FleetID(args[0])
			handle, err := c.UpdateWorkflow(cmd.Context(), client.UpdateWorkflowOptions{
				WorkflowID: id, UpdateName: name, Args: []any{in}, WaitForStage: client.WorkflowUpdateStageCompleted})
			var receipt upgrade.Receipt
			if err == nil {
				err = handle.Get(cmd.Context(), &receipt)
			}
			var missing *serviceerror.NotFound
			if errors.As(err, &missing) {
				return upgrade.Errorf(upgrade.NotFound, "there is no running fleet %s", args[0]).Advise("see: starter fleet status %s", args[0])
			}
			if err != nil {
				return fmt.Errorf("telling %s to %s: %w", id, name, err)
			}
			return s.print(cmd.OutOrStdout(), receipt, receipt.Text)
		},
	}
	c.Flags().StringVar(&in.By, "by", os.Getenv("USER"), "who says it")
	c.Flags().StringVar(&in.Reason, "reason", "", "why")
	if gateways != "" {
		c.Flags().IntSliceVar(&in.Gateways, "gateway", nil, gateways+", separated by commas")
	}
	return c
}

// seconds gives a moment or a length that a fleet keeps as seconds.
func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

func gatewayText(g *upgrade.FleetGateway) string { return strconv.Itoa(g.ID) + " " + g.Name }
