package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// pruning is what prune prints.
type pruning struct {
	Applied  bool              `json:"applied"`
	Verdicts []archive.Verdict `json:"verdicts"`
}

// archivePruneCommand deletes old upgrades. open asks for the run ids of the upgrades that have not ended; without an
// answer nothing is judged.
func archivePruneCommand(s *shared, open func(context.Context) (map[string]bool, error)) *cobra.Command {
	var keep int
	var older string
	var apply bool
	c := &cobra.Command{
		Use:   "prune --keep N --older-than AGE [--apply]",
		Short: "Show which stored upgrades a retention would delete, and delete them with --apply",
		Long: "Show which stored upgrades a retention would delete, and delete them with --apply.\n\nWith both limits an upgrade goes only when it exceeds both. What stays in any case: what belongs to an open upgrade, the\n" +
			"newest complete upgrade of each gateway, what is damaged, and what was written to within the last hour. Temporal must\nanswer, in the namespace of the upgrades, for it tells which ones are open.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			limits, err := retention(cmd, keep, older)
			if err != nil {
				return err
			}
			return archived(cmd.Context(), func(a *archive.Archive) error { return s.prune(cmd, a, limits, apply, open) })
		},
	}
	c.Flags().IntVar(&keep, "keep", 0, "how many upgrades of each gateway stay, the newest first")
	c.Flags().StringVar(&older, "older-than", "", "age up to which an upgrade stays, e.g. 90d or 36h")
	c.Flags().BoolVar(&apply, "apply", false, "delete; without it nothing is changed")
	return c
}

// retention reads the flags.
func retention(cmd *cobra.Command, keep int, older string) (archive.Retention, error) {
	if cmd.Flags().Changed("keep") && keep < 1 {
		return archive.Retention{}, upgrade.Errorf(upgrade.Invalid, "--keep: %d upgrades cannot be kept", keep).Advise("keep at least 1; leave the flag out to judge by age alone")
	}
	r := archive.Retention{Keep: keep}
	if cmd.Flags().Changed("older-than") {
		age, err := parseAge(older)
		if err != nil {
			return archive.Retention{}, err
		}
		r.OlderThan = age
	}
	if err := r.Validate(); err != nil {
		return archive.Retention{}, upgrade.Errorf(upgrade.Invalid, "%w", err).Advise("give --keep, --older-than, or both")
	}
	return r, nil
}

var days = regexp.MustCompile(`^[0-9]{1,5}d$`)

// parseAge reads 90d, or what time.ParseDuration reads.
func parseAge(text string) (time.Duration, error) {
	age, err := time.ParseDuration(text)
	if days.MatchString(text) {
		var n int
		n, err = strconv.Atoi(text[:len(text)-1])
		age = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || age <= 0 {
		return 0, upgrade.Errorf(upgrade.Invalid, "--older-than: %q is no age", text).Advise("say an age such as 90d or 36h")
	}
	return age, nil
}

// prune judges every upgrade, and deletes where it is told to. The archive is listed before the open upgrades are: what
// begins in between is not in the listing.
func (s *shared) prune(cmd *cobra.Command, a *archive.Archive, limits archive.Retention, apply bool, open func(context.Context) (map[string]bool, error)) error {
	ctx := cmd.Context()
	all, err := a.Upgrades(ctx, 0)
	if err != nil {
		return err
	}
	runs, err := open(ctx)
	if err != nil {
		return fmt.Errorf("asking which upgrades are open, without which nothing is deleted: %w", err)
	}
	verdicts := limits.Judge(all, runs, time.Now())
	for _, v := range verdicts {
		if !v.Delete || !apply {
			continue
		}
		if err := a.Remove(ctx, v.Upgrade); err != nil {
			return err
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "deleted upgrade %s of gateway %d\n", v.Upgrade.Run, v.Upgrade.Gateway)
	}
	return s.print(cmd.OutOrStdout(), pruning{Applied: apply, Verdicts: verdicts}, verdictTable(verdicts, apply))
}

// openRuns asks Temporal for the runs of the upgrades that have not ended. An upgrade keeps its files under the first run
// of its chain (a reset begins another one), which only the description of a workflow has.
func openRuns(ctx context.Context) (map[string]bool, error) {
	c, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	runs := map[string]bool{}
	var page []byte
	for {
		list, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("WorkflowType=%q AND ExecutionStatus='Running'", workflows.TypeUpgradeGateway), NextPageToken: page})
		if err != nil {
			return nil, upgrade.Errorf(upgrade.Unreachable, "listing the open upgrades: %w", err).Advise("check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE")
		}
		for _, e := range list.GetExecutions() {
			first, err := firstRun(ctx, c, e.GetExecution().GetWorkflowId(), e.GetExecution().GetRunId())
			if err != nil {
				return nil, err
			}
			runs[e.GetExecution().GetRunId()], runs[first] = true, true
		}
		if page = list.GetNextPageToken(); len(page) == 0 {
			return runs, nil
		}
	}
}

// firstRun is the first run of the chain that a run belongs to, or the run itself where it is gone by now.
func firstRun(ctx context.Context, c client.Client, id, run string) (string, error) {
	d, err := c.DescribeWorkflowExecution(ctx, id, run)
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return run, nil
	}
	if err != nil {
		return "", upgrade.Errorf(upgrade.Unreachable, "looking at %s: %w", id, err).Advise("retry")
	}
	first := d.GetWorkflowExecutionInfo().GetFirstRunId()
	if first == "" {
		return "", upgrade.Errorf(upgrade.Unsupported, "the Temporal server does not tell the first run of %s", id).Advise("prune when no upgrade is open, or update the server")
	}
	return first, nil
}
