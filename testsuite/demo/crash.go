package main

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/enums/v1"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// workerCrash kills the only worker while a host is being reinstalled.
func workerCrash() scenario {
	gateways := sim.DefaultGateways()
	return scenario{
		name: "worker-crash", about: "the worker is killed in the middle of a reload, and another one goes on",
		gateways: gateways,
		tell: func(ctx context.Context, d *demo) (any, error) {
			pair := gateways[0]
			report, err := d.conduct(ctx, pair, exitDone, func(ctx context.Context) error {
				if err := d.crash(ctx, pair.ID); err != nil {
					return err
				}
				return d.answer(ctx, pair.ID, workflows.UpdateApprove, "traffic flows through the upgraded node")
			})
			if err != nil {
				return nil, err
			}
			common, err := d.judge(ctx, pair, report, ending{outcome: upgrade.OutcomeCompleted, version: pair.Offered[0], reloads: 2, outages: 1})
			if err != nil {
				return nil, err
			}
			attempts, err := d.attempts(ctx, pair.ID, "AwaitReload")
			return struct {
				verdict
				WorkersKilled int   `json:"workersKilled"`
				WaitAttempts  int32 `json:"waitAttempts"` // of the wait in which the worker was killed
			}{common, 1, attempts}, errors.Join(err, unless(attempts > 1, "the wait for the reload was not taken over: one attempt did it all"))
		},
	}
}

// crash waits until the first host is being reinstalled, kills the worker and starts another one.
func (d *demo) crash(ctx context.Context, gateway int) error {
	if _, err := d.await(ctx, gateway, func(r upgrade.Report) bool {
		return r.Phase == upgrade.PhaseReload && len(r.Nodes) == 1 && r.Nodes[0].ReloadID != 0 && d.reinstalling(gateway)
	}); err != nil {
		return fmt.Errorf("waiting for the first reload: %w", err)
	}
	fmt.Println("$ kill -9 the worker: the host is wiped, and nobody watches")
	killed := d.worker
	d.worker = nil
	if err := killed.Kill(); err != nil {
		return fmt.Errorf("killing the worker: %w", err)
	}
	fmt.Println("$ worker &")
	next, err := d.stage.StartWorker()
	d.worker = next
	return err
}

// reinstalling tells whether a host of the gateway is gone for its reload.
func (d *demo) reinstalling(gateway int) bool {
	for _, m := range d.stage.Cloud.State(gateway).Members {
		if m.Reloading && !m.HostUp {
			return true
		}
	}
	return false
}

// attempts is the highest attempt that the history of an upgrade shows for an activity.
func (d *demo) attempts(ctx context.Context, gateway int, activity string) (most int32, err error) {
	names := map[int64]string{}
	events := d.client.GetWorkflowHistory(ctx, workflows.UpgradeID(gateway), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return 0, fmt.Errorf("reading the history: %w", err)
		}
		if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
			names[e.GetEventId()] = a.GetActivityType().GetName()
		}
		if a := e.GetActivityTaskStartedEventAttributes(); a != nil && names[a.GetScheduledEventId()] == activity {
			most = max(most, a.GetAttempt())
		}
	}
	return most, nil
}
