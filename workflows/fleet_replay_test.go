package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// replayFleet runs a recorded history of a fleet against the workflow that is given.
func replayFleet(fleet any, file string) error {
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(fleet, workflow.RegisterOptions{Name: workflows.TypeUpgradeFleet})
	return replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), file)
}

// impatient is wrong on purpose: it waits before it plans.
func impatient(ctx workflow.Context, order upgrade.FleetOrder) (upgrade.FleetReport, error) {
	if err := workflow.Sleep(ctx, 1); err != nil {
		return upgrade.FleetReport{}, err
	}
	return workflows.UpgradeFleet(ctx, order)
}

func TestRecordedFleetsStillRunAndOneThatIsWrongOnPurposeDoesNot(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "fleet", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/fleet holds no history (%v); record one with: temporal workflow show --workflow-id fleet/NAME --output json", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if err := replayFleet(workflows.UpgradeFleet, file); err != nil {
				t.Error(err)
			}
			if replayFleet(impatient, file) == nil {
				t.Error("it replays also with a workflow that waits before it plans")
			}
		})
	}
}
