package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"go.temporal.io/api/enums/v1"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// verdict is what the last line says of every scenario with one gateway.
type verdict struct {
	Outcome       upgrade.Outcome `json:"outcome"`
	Gateway       int             `json:"gateway"`
	From          string          `json:"from"`
	To            string          `json:"to"`
	Reloads       int             `json:"reloads"`
	Violations    int             `json:"violations"`
	OutageSeconds float64         `json:"outageSeconds"` // virtual
	HistoryEvents int64           `json:"historyEvents"`
}

// ending is how a scenario must end.
type ending struct {
	outcome upgrade.Outcome
	version string // that both nodes run
	reloads int
	outages int
}

// judge holds the result against the simulated world and its safety monitor, and shows where to look.
func (d *demo) judge(ctx context.Context, gateway sim.Gateway, report upgrade.Report, want ending) (verdict, error) {
	seen, state := d.stage.Cloud.Verdict(), d.stage.Cloud.State(gateway.ID)
	v := verdict{Outcome: report.Outcome, Gateway: gateway.ID, From: report.From, To: report.Target, Reloads: seen.Reloads, Violations: len(seen.Violations)}
	for _, seconds := range seen.OutageSeconds {
		v.OutageSeconds += seconds
	}
	description, err := d.client.DescribeWorkflowExecution(ctx, workflows.UpgradeID(gateway.ID), "")
	if err != nil {
		return v, fmt.Errorf("looking at the workflow: %w", err)
	}
	v.HistoryEvents = description.GetWorkflowExecutionInfo().GetHistoryLength()
	d.show(report, v)
	errs := []error{
		unless(report.Outcome == want.outcome, "the upgrade ended as %q, not %q", report.Outcome, want.outcome),
		unless(description.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, "the workflow did not complete"),
		unless(state.Healthy && state.Traffic, "the pair is not whole: %+v", state),
		unless(len(seen.Violations) == 0, "the monitor saw violations: %+v", seen.Violations),
		unless(seen.Outages == want.outages, "traffic stopped %d times, not %d: %v", seen.Outages, want.outages, seen.OutageSeconds),
		unless(seen.Reloads == want.reloads, "%d reloads were submitted, not %d", seen.Reloads, want.reloads),
	}
	for _, m := range state.Members {
		errs = append(errs, unless(m.Version == want.version, "node%d runs %s, not %s", m.Node, m.Version, want.version))
	}
	return v, errors.Join(errs...)
}

func unless(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// show says where to look.
func (d *demo) show(report upgrade.Report, v verdict) {
	fmt.Println()
	fmt.Printf("traffic outage:   %.0f s in all\n", v.OutageSeconds)
	fmt.Printf("safety monitor:   %d violations\n", v.Violations)
	if report.Stored != nil {
		fmt.Printf("report:           %s\n", filepath.Join(d.stage.Archive(), filepath.FromSlash(cmp.Or(report.Stored.Object, report.Stored.Key))))
	}
	fmt.Printf("Temporal Web:     %s/namespaces/default/workflows/upgrade%%2F%d\n", d.stage.Server.UI, v.Gateway)
}
