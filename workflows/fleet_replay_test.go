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

// replayAs runs a recorded history against the workflow that is given for a type.
func replayAs(name string, fn any, file string) error {
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(fn, workflow.RegisterOptions{Name: name})
	return replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), file)
}

// wantReplays demands that every recorded history of a folder replays with the workflow, and none with one that is wrong on
// purpose. No file is a failure: nothing would be proven.
func wantReplays(t *testing.T, folder, name string, fn, wrong any) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/%s holds no history (%v); record one with: temporal workflow show --workflow-id %s/NAME --output json", folder, err, folder)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if err := replayAs(name, fn, file); err != nil {
				t.Error(err)
			}
			if replayAs(name, wrong, file) == nil {
				t.Error("it replays also with a workflow that is wrong on purpose")
			}
		})
	}
}

// impatient is wrong on purpose: it waits before it plans.
func impatient(ctx workflow.Context, order upgrade.FleetOrder) (upgrade.FleetReport, error) {
	if err := workflow.Sleep(ctx, 1); err != nil {
		return upgrade.FleetReport{}, err
	}
	return workflows.UpgradeFleet(ctx, order)
}

func TestRecordedFleetsStillRunAndOneThatIsWrongOnPurposeDoesNot(t *testing.T) {
	wantReplays(t, "fleet", workflows.TypeUpgradeFleet, workflows.UpgradeFleet, impatient)
}

// drowsy is wrong on purpose: it waits before it looks which window is open.
func drowsy(ctx workflow.Context, order upgrade.WindowOrder) (upgrade.WindowReport, error) {
	if err := workflow.Sleep(ctx, 1); err != nil {
		return upgrade.WindowReport{}, err
	}
	return workflows.MaintenanceWindow(ctx, order)
}

func TestRecordedWindowsStillRunAndOneThatIsWrongOnPurposeDoesNot(t *testing.T) {
	wantReplays(t, "window", workflows.TypeMaintenanceWindow, workflows.MaintenanceWindow, drowsy)
}
