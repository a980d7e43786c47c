package workflows_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestTheListOfWorkflowsShowsGatewayPodTargetChangeAndEachPhase(t *testing.T) {
	s := newStage(t)
	if _, err := s.play(wanted(), approve()); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"VsrxGateway": "edge-fra", "VsrxPod": pod, "VsrxTarget": target, "VsrxChange": "CHG-31007", "VsrxPhase": "report"}
	if diff := cmp.Diff(want, s.seen.attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(slices.Values(workflows.Attributes()))); diff != "" {
		t.Errorf("registered attributes (-want +got):\n%s", diff)
	}
	phases := []string{"discover", "plan", "queue", "prepare", "export", "ready", "reload", "verify", "approve", "ready", "reload", "verify", "restore", "compare", "report"}
	if diff := cmp.Diff(phases, slices.Compact(s.seen.phases)); diff != "" {
		t.Errorf("phases (-want +got):\n%s", diff)
	}
}

func TestNoChangeTicketIsShownWhereNoneWasGiven(t *testing.T) {
	s, req := newStage(t), wanted()
	req.Change, req.DryRun = "", true
	if _, err := s.play(req); err != nil {
		t.Fatal(err)
	}
	if got, ok := s.seen.attributes["VsrxChange"]; ok {
		t.Errorf("the change is %q", got)
	}
}

func TestTheDetailsShowTheQuestionWhileItIsAsked(t *testing.T) {
	s := newStage(t)
	var asking, after string
	s.during["CheckReadiness 2"] = func() { after = s.details() }
	_, err := s.play(wanted(), asked("reload node0 on edge-a now?", func(s *stage) {
		asking = s.details()
		s.say(workflows.UpdateApprove)
	}))
	if err != nil || !strings.Contains(asking, "WAITING FOR APPROVAL") || !strings.Contains(asking, "node1 runs 24.2R2-S1.4 alone") {
		t.Errorf("%v, details:\n%s", err, asking)
	}
	if strings.Contains(after, "WAITING") {
		t.Errorf("the question still stands:\n%s", after)
	}
}

func TestTheDetailsNoLongerShowAHoldThatIsOver(t *testing.T) {
	s := newStage(t)
	s.export.fails(1, broken)
	var after string
	s.during["Export 2"] = func() { after = s.details() }
	if _, err := s.play(wanted(), retry(upgrade.PhaseExport, upgrade.Unreachable), approve()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(after, "HOLDING") || !strings.Contains(after, "retry by A. Lindqvist: night shift says retry") {
		t.Errorf("details after retry:\n%s", after)
	}
}
