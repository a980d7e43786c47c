package e2e

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

func TestAStandaloneGatewayComesBackWithItsConfiguration(t *testing.T) {
	for _, from := range []string{"15.1X49-D160.2", "18.4R1-S1.3", "21.4R3.15"} {
		t.Run(from, func(t *testing.T) {
			gateway := sim.Gateway{ID: 4811, Name: "gw-s", Pod: "dal09.pod01", Standalone: true, Version: from, Offered: []string{"23.4R2-S5.5", from}}
			in := install(t, gateway)
			req := request()
			req.GatewayID = gateway.ID
			req.Approval = upgrade.ApprovalNone // is asked all the same: it is an outage
			in.upgrade(req)
			asked := in.await(req.GatewayID, "the question before the outage", func(r upgrade.Report) bool { return r.Ask != nil })
			if !strings.Contains(asked.Ask.Text, "no way back") || asked.Reloads != 0 {
				t.Errorf("it asks %q after %d reloads", asked.Ask.Text, asked.Reloads)
			}
			in.instruct(workflows.UpdateApprove, req.GatewayID)
			report := in.result(req.GatewayID)
			if report.Outcome != upgrade.OutcomeCompleted || report.Import == nil {
				t.Fatalf("it ended as %q: %s", report.Outcome, report.Markdown())
			}
			in.wantWholeOn(req, req.TargetVersion, 1)
			for _, d := range report.Differences {
				if !d.Expected {
					t.Errorf("after the upgrade %s is %q, was %q", d.Item, d.After, d.Before)
				}
			}
			if report.Changes == nil || report.Changes.Count != 0 {
				t.Errorf("the configuration differs from the planned one: %v", report.Changes)
			}
			record(t, "standalone-from-"+from, in.history(workflows.UpgradeID(req.GatewayID)))
			if renamed := strings.Contains(strings.Join(report.Import.Plan, "\n"), "ge-0/0/0 becomes ae0"); renamed != strings.HasPrefix(from, "15.1") {
				t.Errorf("the import was planned as %q", report.Import.Plan)
			}
		})
	}
}

func TestAnImportThatFailsHoldsAndIsRepeatedOnceItsCauseIsGone(t *testing.T) {
	in := install(t, sim.Gateway{ID: 4811, Name: "gw-s", Pod: "dal09.pod01", Standalone: true, Version: "22.2R2-S2.3", Offered: []string{"23.4R2-S5.5"}})
	req := request()
	req.GatewayID = 4811
	in.upgrade(req)
	in.await(req.GatewayID, "the question before the outage", func(r upgrade.Report) bool { return r.Ask != nil })
	in.instruct(workflows.UpdateApprove, req.GatewayID)
	in.await(req.GatewayID, "the reload", func(r upgrade.Report) bool { return r.Reloads == 1 })
	in.inject(sim.Fault{Name: "commit-refused", Arg: `user admin: encrypted-password "$6$invalid$not-a-real-hash-admin" is of no known kind`})
	held := in.await(req.GatewayID, "the hold", func(r upgrade.Report) bool { return r.Hold != nil })
	if held.Phase != upgrade.PhaseImport || held.Hold.Kind != upgrade.Refused || !strings.Contains(held.Hold.Reason, `user admin: encrypted-password *** is of no known kind`) {
		t.Errorf("it holds in phase %s as %s: %s", held.Phase, held.Hold.Kind, held.Hold.Reason)
	}
	in.Cloud.Clear("commit-refused")
	in.instruct(workflows.UpdateRetry, req.GatewayID)
	if report := in.result(req.GatewayID); report.Outcome != upgrade.OutcomeCompleted || report.Changes.Count != 0 {
		t.Errorf("it ended as %q: %s", report.Outcome, report.Markdown())
	}
	in.wantWholeOn(req, req.TargetVersion, 1)
	t.Run("and the same configuration can be brought back by hand", func(t *testing.T) {
		code, out, text := in.starter("config", "restore", "4811", "--from", held.Export.Set.Digest[:12], "--by", "tester", "--reason", "the test says so")
		if code != 0 || !strings.Contains(out, "nothing had to be changed") {
			t.Errorf("it exits with %d: %s%s", code, out, text)
		}
		code, out, text = in.starter("config", "restore", "4811", "--from", "00000000", "--by", "tester", "--reason", "the test says so")
		if code != 3 || !strings.Contains(text, "no configuration of gateway 4811") {
			t.Errorf("an unknown digest exits with %d: %s%s", code, out, text)
		}
	})
}
