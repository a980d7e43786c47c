package e2e

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

func TestAReloadWhoseAnswerWasLostIsFoundAndNotSubmittedAgain(t *testing.T) {
	in := install(t)
	req := request()
	req.Approval = upgrade.ApprovalNone
	in.inject(sim.Fault{Name: "reload-timeout-done", Gateway: req.GatewayID})
	in.upgrade(req)
	r := in.await(req.GatewayID, "the first reload", func(r upgrade.Report) bool { return len(r.Nodes) == 1 && r.Nodes[0].ReloadID != 0 })
	if s := r.Nodes[0].Submission; s == nil || s.Answer != upgrade.Ambiguous || r.Nodes[0].Round != 1 {
		t.Errorf("the submission was %+v in round %d, want an ambiguous one in round 1", s, r.Nodes[0].Round)
	}
	if n := submissions(in.Cloud); n != 1 {
		t.Errorf("%d requests for a reload were sent, want 1", n)
	}
}

func TestAReloadThatNeverShowsIsAPersonsDecision(t *testing.T) {
	in := install(t)
	req := request()
	in.inject(sim.Fault{Name: "reload-200-error", Gateway: req.GatewayID})
	in.upgrade(req)
	r := in.await(req.GatewayID, "the hold", held)
	if r.Hold.Kind != upgrade.Undecided || !slices.Contains(r.Choices, workflows.UpdateRetry) {
		t.Errorf("it holds at %+v, want undecided, and retry as the only choice", r.Hold)
	}
	in.instruct(workflows.UpdateRetry, req.GatewayID)
	in.await(req.GatewayID, "the hold after looking again", func(r upgrade.Report) bool { return r.Hold != nil && len(r.Decisions) == 1 })
	if n := submissions(in.Cloud); n != 1 {
		t.Errorf("%d requests for a reload were sent, want 1", n)
	}
	record(t, "undecided", in.history(workflows.UpgradeID(req.GatewayID)))
}

func TestAChangeOfTheConfigurationStopsTheFirstReload(t *testing.T) {
	in := install(t)
	req := request()
	in.upgrade(req)
	in.await(req.GatewayID, "the readiness checks", func(r upgrade.Report) bool { return r.Phase == upgrade.PhaseReady })
	in.inject(sim.Fault{Name: "config-drift", Gateway: req.GatewayID})
	r := in.await(req.GatewayID, "the hold", held)
	if r.Hold.Kind != upgrade.Drifted {
		t.Errorf("it holds at %+v, want drifted", r.Hold)
	}
	in.instruct(workflows.UpdateRetry, req.GatewayID)
	in.await(req.GatewayID, "the first reload after a new export", func(r upgrade.Report) bool { return r.Reloads == 1 && r.Export.Mark != (upgrade.Mark{}) })
	if v := in.Cloud.Verdict().Violations; len(v) > 0 {
		t.Errorf("the safety monitor saw %+v", v)
	}
}

// submissions counts the requests for a reload that reached the API, whatever was answered.
func submissions(c *sim.Cloud) int {
	n := 0
	for _, call := range c.Calls() {
		if strings.HasSuffix(call.Name, "/reloadOperatingSystem") {
			n++
		}
	}
	return n
}
