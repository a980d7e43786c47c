package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
	"vsrx-upgrade/workflows"
)

// demo is everything that runs.
type demo struct {
	stage  *stage.Stage
	worker *stage.Worker
	client client.Client
	speed  float64
	bin    string // folder of the built programs
}

// verdict is the last line of the demo.
type verdict struct {
	Outcome       upgrade.Outcome `json:"outcome"`
	Gateway       int             `json:"gateway"`
	From          string          `json:"from"`
	To            string          `json:"to"`
	Reloads       int             `json:"reloads"`
	Violations    int             `json:"violations"`
	OutageSeconds float64         `json:"outageSeconds"`
	HistoryEvents int64           `json:"historyEvents"`
}

// open starts the server, the cloud and the worker, and registers what the namespace needs.
func open(ctx context.Context, speed float64) (_ *demo, err error) {
	dir, err := os.MkdirTemp("", "vsrx-upgrade-demo-")
	if err != nil {
		return nil, err
	}
	bin, err := os.MkdirTemp("", "vsrx-upgrade-bin-")
	if err != nil {
		return nil, err
	}
	d := &demo{speed: speed, bin: bin, stage: &stage.Stage{Namespace: "default", Dir: dir}}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.stage.Tools, err = stage.Build(ctx, bin, os.Stdout); err != nil {
		return nil, err
	}
	logger, err := app.NewLogger(io.Discard, "error", true)
	if err != nil {
		return nil, err
	}
	if d.stage.Server, err = d.stage.Tools.StartServer(ctx, filepath.Join(dir, "temporal.db"), io.Discard, logger); err != nil {
		return nil, err
	}
	d.client = d.stage.Server.Client()
	fmt.Println("Temporal Web:   ", d.stage.Server.UI)
	if d.stage.Cloud, err = sim.Start(sim.Options{Speed: speed}); err != nil {
		return nil, fmt.Errorf("starting the simulated cloud: %w", err)
	}
	fmt.Printf("simulated cloud: %s, one hour passes in %.0f s\n", d.stage.Cloud.Access().API, 3600/speed)
	if out, err := d.stage.Starter(ctx, "setup").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("starter setup: %w\n%s", err, out)
	}
	if d.worker, err = d.stage.StartWorker(); err != nil {
		return nil, err
	}
	fmt.Println("worker's log:   ", d.stage.WorkerLog())
	return d, nil
}

// close stops all that runs, in reverse order; the folder stays, for it holds report and logs.
func (d *demo) close() {
	var errs []error
	if d.worker != nil {
		errs = append(errs, d.worker.Stop())
	}
	if d.stage.Cloud != nil {
		errs = append(errs, d.stage.Cloud.Close())
	}
	if d.stage.Server != nil {
		d.client.Close()
		errs = append(errs, d.stage.Server.Stop())
	}
	errs = append(errs, os.RemoveAll(d.bin))
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, "demo: stopping:", err)
	}
}

// upgrade runs the starter as a user would and answers the one question that comes.
func (d *demo) upgrade(ctx context.Context, gateway sim.Gateway) (report upgrade.Report, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("the demo got nowhere for too long"))
	defer cancel()
	input := filepath.Join(d.stage.Dir, "request.json")
	text, err := json.MarshalIndent(request(gateway, d.speed), "", "  ")
	if err != nil {
		return report, err
	}
	if err := os.WriteFile(input, text, 0o600); err != nil {
		return report, err
	}
	id := fmt.Sprint(gateway.ID)
	fmt.Printf("\n$ starter upgrade %s --wait --input %s\n", id, input)
	start := d.stage.Starter(ctx, "upgrade", id, "--wait", "--input", input)
	start.Stdout, start.Stderr = os.Stdout, os.Stdout
	if err := start.Start(); err != nil {
		return report, err
	}
	approved := make(chan error, 1)
	go func() { approved <- d.approve(ctx, gateway.ID) }()
	if err := start.Wait(); err != nil {
		cancel()
		return report, errors.Join(fmt.Errorf("starter upgrade: %w", err), <-approved)
	}
	if err := <-approved; err != nil {
		return report, err
	}
	return report, d.client.GetWorkflow(ctx, workflows.UpgradeID(gateway.ID), "").Get(ctx, &report)
}

// approve waits for the upgrade's question and says go, as the person on call would.
func (d *demo) approve(ctx context.Context, gateway int) error {
	for {
		var report upgrade.Report
		if value, err := d.client.QueryWorkflow(ctx, workflows.UpgradeID(gateway), "", workflows.QueryStatus); err == nil {
			if err := value.Get(&report); err != nil {
				return err
			}
		}
		if report.Ask != nil {
			args := []string{"approve", fmt.Sprint(gateway), "--by", "demo", "--reason", "traffic flows through the upgraded node"}
			fmt.Printf("$ starter approve %d --by demo --reason \"traffic flows through the upgraded node\"\n", gateway)
			out, err := d.stage.Starter(ctx, args...).CombinedOutput()
			if err != nil {
				return fmt.Errorf("starter approve: %w\n%s", err, out)
			}
			return nil
		}
		if report.Outcome != "" {
			return errors.New("the upgrade ended without asking for an approval")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
}

// judge holds the result against the simulated world and its safety monitor.
func (d *demo) judge(ctx context.Context, gateway sim.Gateway, report upgrade.Report) (verdict, error) {
	seen, state := d.stage.Cloud.Verdict(), d.stage.Cloud.State(gateway.ID)
	v := verdict{Outcome: report.Outcome, Gateway: gateway.ID, From: report.From, To: report.Target, Reloads: seen.Reloads, Violations: len(seen.Violations)}
	for _, seconds := range seen.OutageSeconds {
		v.OutageSeconds += seconds
	}
	description, err := d.client.DescribeWorkflowExecution(ctx, workflows.UpgradeID(gateway.ID), "")
	if err != nil {
		return v, err
	}
	v.HistoryEvents = description.GetWorkflowExecutionInfo().GetHistoryLength()
	errs := []error{
		unless(report.Outcome == upgrade.OutcomeCompleted, "the upgrade ended as %q", report.Outcome),
		unless(description.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, "the workflow did not complete"),
		unless(state.Healthy && state.Traffic, "the pair is not whole: %+v", state),
		unless(len(seen.Violations) == 0, "the monitor saw violations: %+v", seen.Violations),
		unless(seen.Outages == 1, "traffic stopped %d times, not once: %v", seen.Outages, seen.OutageSeconds),
		unless(seen.Reloads == 2, "%d reloads were submitted, not two", seen.Reloads),
	}
	for _, m := range state.Members {
		errs = append(errs, unless(m.Version == gateway.Offered[0], "node%d runs %s", m.Node, m.Version))
	}
	return v, errors.Join(errs...)
}

func unless(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// tell shows where to look.
func (d *demo) tell(report upgrade.Report, v verdict) {
	fmt.Println()
	fmt.Printf("traffic outage:   %.0f s in all\n", v.OutageSeconds)
	fmt.Printf("safety monitor:   %d violations\n", v.Violations)
	if report.Stored != nil {
		fmt.Printf("report:           %s\n", filepath.Join(d.stage.Archive(), filepath.FromSlash(report.Stored.Key)))
	}
	fmt.Printf("Temporal Web:     %s/namespaces/default/workflows/upgrade%%2F%d\n", d.stage.Server.UI, v.Gateway)
}
