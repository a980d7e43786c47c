package workflows_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// recorded lists the histories of runs of released code. No file is a failure: nothing would be proven.
func recorded(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "replay", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("testdata/replay holds no history; record one with: temporal workflow show --workflow-id upgrade/<gatewayID> --output json")
	}
	return files
}

// replay runs a recorded history against the workflow that is given for upgrades.
func replay(upgradeGateway any, file string) error {
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(upgradeGateway, workflow.RegisterOptions{Name: workflows.TypeUpgradeGateway})
	for name, fn := range map[string]any{workflows.TypePodPermit: workflows.PodPermit, workflows.TypePodLock: workflows.PodLock,
		workflows.TypeCheckReadiness: workflows.CheckReadiness, workflows.TypeRestore: workflows.RestoreConfiguration} {
		replayer.RegisterWorkflowWithOptions(fn, workflow.RegisterOptions{Name: name})
	}
	return replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), file)
}

// typeOf reads the workflow type that a history begins with.
func typeOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var history struct {
		Events []struct {
			Started struct {
				Type struct {
					Name string `json:"name"`
				} `json:"workflowType"`
			} `json:"workflowExecutionStartedEventAttributes"`
		} `json:"events"`
	}
	if err := json.Unmarshal(text, &history); err != nil || len(history.Events) == 0 {
		t.Fatalf("%s is no history: %v", file, err)
	}
	return history.Events[0].Started.Type.Name
}

func TestRecordedHistoriesStillRun(t *testing.T) {
	for _, file := range recorded(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if err := replay(workflows.UpgradeGateway, file); err != nil {
				t.Error(err)
			}
		})
	}
}

// hasty is wrong on purpose: it takes the pod before it has looked at anything.
func hasty(ctx workflow.Context, req upgrade.Request) (upgrade.Report, error) {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: permitID})
	if err := workflow.ExecuteChildWorkflow(ctx, workflows.TypePodPermit, upgrade.PodRequest{}).Get(ctx, nil); err != nil {
		return upgrade.Report{}, err
	}
	return workflows.UpgradeGateway(ctx, req)
}

func TestAWorkflowThatIsWrongOnPurposeFailsTheReplay(t *testing.T) {
	upgrades := 0
	for _, file := range recorded(t) {
		if typeOf(t, file) != workflows.TypeUpgradeGateway {
			continue
		}
		upgrades++
		if err := replay(hasty, file); err == nil {
			t.Errorf("%s replays with a workflow that takes the pod before it looks", file)
		}
	}
	if upgrades == 0 {
		t.Errorf("no history is one of %s", workflows.TypeUpgradeGateway)
	}
}
