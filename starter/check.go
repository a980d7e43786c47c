package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// answer is an error with an exit code of its own.
type answer struct {
	error
	code int
}

// ExitCode is what a script reads.
func (a answer) ExitCode() int { return a.code }

// Unwrap gives the cause, for its advice.
func (a answer) Unwrap() error { return a.error }

// The exit codes of check, beside 0.
const (
	checkNotReady     = 2
	checkCouldNotTell = 3
)

// checkCommand tells whether a gateway is ready to be upgraded. Its exit codes are its own: 0 ready, 2 not ready, 3 could
// not tell.
func checkCommand(s *shared) *cobra.Command {
	var o upgrade.CheckOrder
	var input string
	var everything bool
	c := &cobra.Command{
		Use:   "check GATEWAY [--target VERSION] [--native-only]",
		Short: "Tell whether a gateway is ready to be upgraded, and what to do if not",
		Long: "Tell whether a gateway is ready to be upgraded: with --native-only by our own checks in seconds, otherwise also by IBM's,\n" +
			"which take about half an hour each. Nothing is changed.\n\nExit codes: 0 ready, 2 not ready, 3 could not tell.",
		Args: func(cmd *cobra.Command, args []string) error {
			if err := gatewayArgument(cmd, args); err != nil {
				return couldNotTell(err)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := s.check(cmd, o, input, gatewayID(args))
			if err != nil {
				return couldNotTell(err)
			}
			if err := s.print(cmd.OutOrStdout(), report, checkTable(report, everything)); err != nil {
				return couldNotTell(err)
			}
			switch report.Verdict {
			case upgrade.CheckFail:
				return answer{upgrade.Errorf(upgrade.NotReady, "gateway %d is not ready", report.GatewayID).Advise("repair what failed, then check again"), checkNotReady}
			case upgrade.CheckError:
				return couldNotTell(upgrade.Errorf(upgrade.Unreachable, "not everything could be asked of gateway %d", report.GatewayID).Advise("see the lines that say error"))
			}
			return nil
		},
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return couldNotTell(upgrade.Errorf(kindUsage, "%w", err).Advise("see --help"))
	})
	f := c.Flags()
	f.StringVar(&o.TargetVersion, "target", "", "target version; without it the newest that IBM offers")
	f.BoolVar(&o.NativeOnly, "native-only", false, "leave out IBM's own checks")
	f.IntSliceVar(&o.AcceptWarnings, "accept-warning", nil, "accept a readiness warning by its code (1176-1185)")
	f.StringVar(&o.By, "by", os.Getenv("USER"), "who asks for it")
	f.StringVar(&input, "input", "", "read the order as JSON from a file, - for standard input; flags override it")
	f.BoolVar(&everything, "all", false, "show also what passed and what does not apply")
	return c
}

// check runs the check as a workflow and waits for its report.
func (s *shared) check(cmd *cobra.Command, o upgrade.CheckOrder, input string, gateway int) (report upgrade.CheckReport, err error) {
	if input != "" {
		var base upgrade.CheckOrder
		if err := readJSON(input, cmd.InOrStdin(), &base); err != nil {
			return report, err
		}
		o = o.Over(base)
	}
	o.GatewayID = gateway
	if err := o.Validate(); err != nil {
		return report, err
	}
	c, err := connect(cmd.Context())
	if err != nil {
		return report, err
	}
	defer c.Close()
	id := workflows.CheckID(gateway)
	run, err := c.ExecuteWorkflow(cmd.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue,
		StaticSummary: fmt.Sprintf("is gateway %d ready?", gateway), WorkflowExecutionErrorWhenAlreadyStarted: true}, workflows.TypeCheckReadiness, o)
	if err != nil {
		return report, startError(cmd.Context(), c, id, err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "checking; see workflow %s\n", id)
	if err := run.Get(cmd.Context(), &report); err != nil {
		if errors.Is(err, context.Canceled) {
			return report, upgrade.Errorf(upgrade.Internal, "stopped waiting; the check itself goes on")
		}
		return report, err
	}
	return report, nil
}

// couldNotTell gives a fault the exit code of a check without an answer.
func couldNotTell(err error) error { return answer{err, checkCouldNotTell} }

// checkTable shows what a person must know first: failures, unasked questions, warnings; then how much was fine.
func checkTable(r upgrade.CheckReport, everything bool) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	counts := map[upgrade.CheckVerdict]int{}
	shown := 0
	for _, verdict := range []upgrade.CheckVerdict{upgrade.CheckFail, upgrade.CheckError, upgrade.CheckWarn, upgrade.CheckPass, upgrade.CheckSkipped} {
		for _, c := range r.Results {
			if c.Verdict != verdict {
				continue
			}
			counts[verdict]++
			if !everything && (verdict == upgrade.CheckPass || verdict == upgrade.CheckSkipped) {
				continue
			}
			shown++
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.Verdict, c.Label(), c.Subject, c.Evidence)
			if c.Remedy != "" && c.Blocks() || verdict == upgrade.CheckWarn && c.Remedy != "" {
				fmt.Fprintf(w, "\t\t\t→ %s\n", c.Remedy)
			}
		}
	}
	_ = w.Flush() // a strings.Builder takes everything
	if shown > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "gateway %d: %s%s (%d passed, %d warn, %d failed, %d could not be asked, %d do not apply)", r.GatewayID, verdictWords[r.Verdict], r.Towards(),
		counts[upgrade.CheckPass], counts[upgrade.CheckWarn], counts[upgrade.CheckFail], counts[upgrade.CheckError], counts[upgrade.CheckSkipped])
	if !r.ValidTo.IsZero() {
		fmt.Fprintf(&b, "\nIBM's checks are valid until %s", r.ValidTo.Local().Format(time.DateTime))
	}
	return b.String()
}

var verdictWords = map[upgrade.CheckVerdict]string{upgrade.CheckPass: "READY", upgrade.CheckWarn: "READY, with warnings", upgrade.CheckFail: "NOT READY", upgrade.CheckError: "COULD NOT TELL"}
