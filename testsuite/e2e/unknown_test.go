package e2e

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// What IBM documents nowhere is a setting of the simulated cloud; an upgrade must come to the same end either way.
func TestAnUpgradeDependsOnNothingThatIsDocumentedNowhere(t *testing.T) {
	for name, settings := range map[string]map[string]string{
		"one way": {"readiness-wire": "upper", "upgrade-active-key": "UPGRADING", "status-during-reload": "UPDATING", "version-form": "spin",
			"empty-relation": "null", "reload-answer": "number", "lone-node": "clean", "upgrade-check-after-reload": "ready"},
		"another way": {"readiness-wire": "number", "upgrade-active-key": "none", "version-form": "junos", "reload-answer": "true",
			"reload-not-ready": "accepted", "warnings-in": "attribute", "preempt-after-upgrade": "disabled", "old-version-price": "no"},
		"a third way": {"readiness-wire": "quoted", "rate-limit-status": "429", "warnings-in": "both", "autostart-at-upgrade-active": "enabled"},
	} {
		t.Run(name, func(t *testing.T) {
			in := install(t)
			for setting, value := range settings {
				if err := in.Cloud.Set(setting, value); err != nil {
					t.Fatal(err)
				}
			}
			req := request()
			req.Approval = upgrade.ApprovalNone
			in.upgrade(req)
			if r := in.result(req.GatewayID); r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("the upgrade ended as %q", r.Outcome)
			}
			in.wantWholeAndSafe(req)
		})
	}
}

// IBM may find fault with the peer that it powered off itself: a person decides, and nothing is started to please the check.
func TestACheckThatMissesThePoweredOffPeerIsHeld(t *testing.T) {
	in := install(t)
	if err := in.Cloud.Set("check-with-peer-off", "1118"); err != nil {
		t.Fatal(err)
	}
	req := request()
	req.Approval = upgrade.ApprovalNone
	in.upgrade(req)
	r := in.await(req.GatewayID, "the hold before the second reload", held)
	if r.Hold.Kind != upgrade.NotReady || !strings.Contains(r.Hold.Reason, "1118") || len(r.Nodes) != 2 {
		t.Errorf("it holds with %d nodes begun at %+v", len(r.Nodes), r.Hold)
	}
	if s := in.Cloud.State(req.GatewayID); s.Members[0].VM != "shut off" || !s.Traffic {
		t.Errorf("the peer's machine is %q, traffic flows: %t", s.Members[0].VM, s.Traffic)
	}
	if v := in.Cloud.Verdict().Violations; len(v) > 0 {
		t.Errorf("the safety monitor saw %+v", v)
	}
}
