package e2e

import (
	"fmt"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// What passes by itself must not need a person.
func TestAFaultThatPassesNeedsNobody(t *testing.T) {
	for name, c := range map[string]struct {
		fault sim.Fault
		when  func(upgrade.Report) bool // nil: from the start
	}{
		"a reload that shows late":             {sim.Fault{Name: "txn-late", Arg: "10m"}, nil},
		"more transactions with gaps between":  {sim.Fault{Name: "txn-chain", Arg: "2,5m"}, nil},
		"a gateway status that lags":           {sim.Fault{Name: "status-lag", Arg: "20m"}, nil},
		"an API that is away for an hour":      {sim.Fault{Name: "api-down", Arg: "1h"}, firstReload},
		"a lone node that reports no failures": {sim.Fault{Name: "lone-clean"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := install(t)
			req := request()
			req.Approval = upgrade.ApprovalNone
			if c.when == nil {
				in.inject(c.fault)
			}
			in.upgrade(req)
			if c.when != nil {
				in.await(req.GatewayID, "the moment of the fault", c.when)
				in.inject(c.fault)
			}
			if r := in.result(req.GatewayID); r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("the upgrade ended as %q", r.Outcome)
			}
			in.wantWholeAndSafe(req)
		})
	}
}

func firstReload(r upgrade.Report) bool { return len(r.Nodes) == 1 && r.Nodes[0].ReloadID != 0 }

// What is not right is held, with the reason, and nothing more is reloaded.
func TestAFaultThatStaysIsHeldWithItsReason(t *testing.T) {
	for name, c := range map[string]struct {
		fault   sim.Fault
		kind    upgrade.Kind
		phase   upgrade.Phase
		reason  string
		reloads int
	}{
		"the old version came back":       {sim.Fault{Name: "reload-old-version"}, upgrade.Unhealthy, upgrade.PhaseReload, "22.2R2-S2", 1},
		"the peer was not powered off":    {sim.Fault{Name: "peer-not-off"}, upgrade.Unhealthy, upgrade.PhaseVerify, "powered on beside", 1},
		"the second node does not rejoin": {sim.Fault{Name: "peer-no-rejoin"}, upgrade.Unhealthy, upgrade.PhaseVerify, "lost", 2},
		"the API declines the reload":     {sim.Fault{Name: "reload-busy-500"}, upgrade.Refused, upgrade.PhaseReload, "not started", 0},
	} {
		t.Run(name, func(t *testing.T) {
			in := install(t)
			req := request()
			req.Approval = upgrade.ApprovalNone
			in.inject(c.fault)
			in.upgrade(req)
			r := in.await(req.GatewayID, "the hold", held)
			if r.Hold.Kind != c.kind || r.Phase != c.phase || !strings.Contains(r.Hold.Reason, c.reason) || r.Hold.Advice == "" {
				t.Errorf("it holds in %s at %+v, want %s in %s with %q", r.Phase, r.Hold, c.kind, c.phase, c.reason)
			}
			if n := in.Cloud.Verdict().Reloads; n != c.reloads {
				t.Errorf("%d reloads were accepted, want %d", n, c.reloads)
			}
			if v := in.Cloud.Verdict().Violations; len(v) > 0 {
				t.Errorf("the safety monitor saw %+v", v)
			}
		})
	}
}

// What is wrong beforehand is refused before anything is written.
func TestAFaultBeforehandIsRefused(t *testing.T) {
	in := install(t)
	req := request()
	for name, c := range map[string]struct {
		fault sim.Fault
		want  string
	}{
		"the vSRX has another root password": {sim.Fault{Name: "password-mismatch"}, "root"},
		"a host has another root password":   {sim.Fault{Name: "host-password-mismatch"}, "gw-a-h"},
		"the groups are on different nodes":  {sim.Fault{Name: "rg-split"}, "different nodes"},
		"a right is missing":                 {sim.Fault{Name: "perm-404"}, "4711"},
	} {
		t.Run(name, func(t *testing.T) {
			before := in.Cloud.Verdict().Writes
			c.fault.Gateway = req.GatewayID
			in.inject(c.fault)
			code, _, text := in.starter("upgrade", fmt.Sprint(req.GatewayID), "--input", in.file(req))
			if code != 3 || !strings.Contains(text, c.want) {
				t.Errorf("exit code %d, text %q, want 3 and %q", code, text, c.want)
			}
			in.Cloud.Clear(c.fault.Name)
			if after := in.Cloud.Verdict().Writes; after != before {
				t.Errorf("%d calls changed something", after-before)
			}
		})
	}
}
