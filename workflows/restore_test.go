package workflows_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// bringingBack is an order to import a saved configuration by hand.
func bringingBack() upgrade.RestoreOrder {
	return upgrade.RestoreOrder{GatewayID: gatewayID, Saved: upgrade.Blob{Key: "upgrades/5150/x/before-1/configuration.set", Digest: "f00d", Size: 12},
		Sections: [][]string{{"security", "policies"}}, By: "A. Lindqvist", Reason: "CHG-31009"}
}

// restoring runs an order to its end.
func (s *stage) restoring(order upgrade.RestoreOrder) (report upgrade.RestoreReport, err error) {
	s.Helper()
	s.env.RegisterWorkflowWithOptions(workflows.RestoreConfiguration, workflow.RegisterOptions{Name: workflows.TypeRestore})
	s.env.ExecuteWorkflow(workflows.TypeRestore, order)
	s.working.Wait()
	if err := s.env.GetWorkflowError(); err != nil {
		return report, err
	}
	return report, s.env.GetWorkflowResult(&report)
}

var restoreRun = []string{"Observe", "AskForPod", "pod taken", "Restore", "pod given back"}

func TestASavedConfigurationIsBroughtBackWhileThePodIsHeld(t *testing.T) {
	s := aloneStage(t)
	r, err := s.restoring(bringingBack())
	if err != nil || r.Gateway != "edge-fra" || !r.Changed || r.Fresh.Key == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	if diff := cmp.Diff(restoreRun, s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	in := s.restore.asked[0]
	if in.Saved != bringingBack().Saved || cmp.Diff(bringingBack().Sections, in.Sections) != "" || in.Permit.WorkflowID != permitID || in.ConfirmMinutes == 0 || !strings.HasPrefix(in.Folder, "restores/5150/") {
		t.Errorf("asked for %+v", in)
	}
	if s.given[0].Unhealthy != "" {
		t.Errorf("given back by %+v", s.given)
	}
}

func TestAnImportByHandThatFailsTaintsThePodAndSaysWhy(t *testing.T) {
	s := aloneStage(t)
	s.restore.fails(1, says(upgrade.Refused, "error: syntax error"))
	_, err := s.restoring(bringingBack())
	s.refusedAs(err, upgrade.Refused)
	if len(s.given) != 1 || !strings.Contains(s.given[0].Unhealthy, "syntax error") {
		t.Errorf("given back by %+v", s.given)
	}
}

func TestAnImportByHandIsRefusedBeforeThePodIsTaken(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*stage, *upgrade.RestoreOrder)
		kind  upgrade.Kind
		calls []string
	}{
		"of a pair":                {func(s *stage, _ *upgrade.RestoreOrder) { s.view = nil }, upgrade.Unsupported, []string{"Observe"}},
		"of a gateway not seen":    {func(s *stage, _ *upgrade.RestoreOrder) { s.observe.fails(0, broken) }, upgrade.Unreachable, []string{"Observe"}},
		"without a gateway":        {func(_ *stage, o *upgrade.RestoreOrder) { o.GatewayID = 0 }, upgrade.Invalid, nil},
		"without a configuration":  {func(_ *stage, o *upgrade.RestoreOrder) { o.Saved = upgrade.Blob{} }, upgrade.Invalid, nil},
		"by nobody":                {func(_ *stage, o *upgrade.RestoreOrder) { o.By = "" }, upgrade.Invalid, nil},
		"without a reason":         {func(_ *stage, o *upgrade.RestoreOrder) { o.Reason = "" }, upgrade.Invalid, nil},
		"with a negative duration": {func(_ *stage, o *upgrade.RestoreOrder) { o.Timing.Poll = -1 }, upgrade.Invalid, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, order := aloneStage(t), bringingBack()
			c.spoil(s, &order)
			_, err := s.restoring(order)
			s.refusedAs(err, c.kind)
			if diff := cmp.Diff(c.calls, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestACancelledImportByHandGivesThePodBackAsUnhealthy(t *testing.T) {
	s := aloneStage(t)
	s.restore.on(1, func(*activities.Restored) error { return temporal.NewCanceledError() })
	s.during["Restore 1"] = s.env.CancelWorkflow
	_, err := s.restoring(bringingBack())
	if !temporal.IsCanceledError(err) || len(s.given) != 1 || s.given[0].Unhealthy == "" {
		t.Errorf("%v, given back by %+v", err, s.given)
	}
}
