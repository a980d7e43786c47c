package upgrade_test

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

func TestAnUpgradesReportSaysHowItsGatewayFares(t *testing.T) {
	for name, c := range map[string]struct {
		report upgrade.Report
		state  upgrade.GatewayState
		reason string
	}{
		"at work":     {upgrade.Report{Phase: upgrade.PhaseReload}, upgrade.GatewayRunning, ""},
		"holding":     {upgrade.Report{Hold: &upgrade.Hold{Reason: "code 1110"}}, upgrade.GatewayHeld, "code 1110"},
		"asking":      {upgrade.Report{Ask: &upgrade.Ask{Text: "reload node0?"}}, upgrade.GatewayAsking, "reload node0?"},
		"paused":      {upgrade.Report{Paused: &upgrade.Decision{By: "V. Moreau", Reason: "lunch"}}, upgrade.GatewayPaused, "by V. Moreau: lunch"},
		"completed":   {upgrade.Report{Outcome: upgrade.OutcomeCompleted}, upgrade.GatewayCompleted, ""},
		"rolled back": {upgrade.Report{Outcome: upgrade.OutcomeRolledBack, Reason: "latency"}, upgrade.GatewayRolledBack, "latency"},
		"aborted":     {upgrade.Report{Outcome: upgrade.OutcomeAborted, Reason: "wrong night"}, upgrade.GatewayAborted, "aborted: wrong night"},
		"abandoned":   {upgrade.Report{Outcome: upgrade.OutcomeAbandoned, Reason: "IBM case"}, upgrade.GatewayAborted, "abandoned: IBM case"},
		"deferred":    {upgrade.Report{Outcome: upgrade.OutcomeDeferred, Reason: "2h are left"}, upgrade.GatewayDeferred, "2h are left"},
		"refused":     {upgrade.Report{Outcome: upgrade.OutcomeRefused, Reason: "not newer"}, upgrade.GatewayFailed, "refused: not newer"},
		"a long text": {upgrade.Report{Hold: &upgrade.Hold{Reason: strings.Repeat("ä", 500)}}, upgrade.GatewayHeld, strings.Repeat("ä", 159) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			if state, reason := c.report.Sight(); state != c.state || reason != c.reason {
				t.Errorf("it is %s: %q, want %s: %q", state, reason, c.state, c.reason)
			}
		})
	}
}

func TestAPardonIsForTheTroubleOfItsTime(t *testing.T) {
	held := upgrade.Sighting{GatewayID: 9, State: upgrade.GatewayHeld, Reason: "code 1110", Open: true, Run: "r"}
	g := upgrade.FleetGateway{ID: 9, State: upgrade.GatewayRunning, Open: true, Run: "r"}
	begun := dusk()
	if !g.See(held, begun) || g.See(held, begun) {
		t.Error("a hold is new once")
	}
	g.Pardoned = true
	other := held
	if other.Reason = "code 1111"; !g.See(other, begun) || !g.Pardoned {
		t.Error("it is pardoned no more though it holds on")
	}
	running := held
	running.State, running.Reason = upgrade.GatewayRunning, ""
	if !g.See(running, begun) || g.Pardoned {
		t.Error("a pardon outlives its trouble")
	}
	ended := upgrade.Sighting{GatewayID: 9, State: upgrade.GatewayFailed, Run: "r", Ended: begun.Add(time.Hour)}
	if !g.See(ended, begun) || g.Open || g.To != 3600 || !g.State.Trouble() || g.Report() != "upgrades/9/r/report.json" {
		t.Errorf("at its end it is %+v", g)
	}
}

func TestOnlyTheEndOfASkippedUpgradeCounts(t *testing.T) {
	g := upgrade.FleetGateway{ID: 9, State: upgrade.GatewaySkipped, Reason: "by V. Moreau: sold", Open: true, Run: "r"}
	if g.See(upgrade.Sighting{GatewayID: 9, State: upgrade.GatewayHeld, Open: true, Run: "r"}, dusk()) {
		t.Error("a skipped upgrade that holds is news")
	}
	if !g.See(upgrade.Sighting{GatewayID: 9, State: upgrade.GatewayFailed, Run: "r"}, dusk()) || g.Open || g.State != upgrade.GatewaySkipped {
		t.Errorf("at its end it is %+v", g)
	}
}
