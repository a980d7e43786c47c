package e2e

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestARollbackBetweenTheReloadsMakesThePairWholeOnTheOldVersion(t *testing.T) {
	in := install(t)
	req := request()
	in.upgrade(req)
	asked := in.await(req.GatewayID, "the question before the second reload", func(r upgrade.Report) bool { return r.Ask != nil })
	if !strings.Contains(asked.Ask.Text, "possible between the two reloads") || !strings.Contains(strings.Join(asked.Choices, " "), workflows.UpdateRollback) {
		t.Errorf("it asks %q and offers %q, want the rollback in both", asked.Ask.Text, asked.Choices)
	}
	in.instruct(workflows.UpdateRollback, req.GatewayID)
	report := in.result(req.GatewayID)
	if report.Outcome != upgrade.OutcomeRolledBack || report.Reloads != 2 || report.Rollback == nil {
		t.Errorf("it ended as %q after %d reloads: %s", report.Outcome, report.Reloads, report.Markdown())
	}
	for _, d := range report.Differences {
		if !d.Expected {
			t.Errorf("after the rollback %s is %q, was %q", d.Item, d.After, d.Before)
		}
	}
	in.wantWholeOn(req, report.From, 2)
	history := in.history(workflows.UpgradeID(req.GatewayID))
	t.Logf("the history has %d events", strings.Count(history, `"eventId"`))
	record(t, "rolled-back", history)
}

// wantWholeOn demands a whole pair on a version after so many reloads in all, and nothing for the monitor to object to.
func (in *installation) wantWholeOn(req upgrade.Request, version string, reloads int) {
	in.t.Helper()
	state, verdict := in.Cloud.State(req.GatewayID), in.Cloud.Verdict()
	if !state.Healthy || !state.Traffic || verdict.Reloads != reloads || len(verdict.Violations) > 0 {
		in.t.Errorf("healthy %t, traffic %t, %d reloads (want %d), violations %+v", state.Healthy, state.Traffic, verdict.Reloads, reloads, verdict.Violations)
	}
	for _, m := range state.Members {
		if m.Version != version {
			in.t.Errorf("node%d runs %s, want %s", m.Node, m.Version, version)
		}
	}
}
