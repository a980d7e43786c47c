package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func TestNewPlanTakesTheSecondaryFirstWithThePriceOfEachMember(t *testing.T) {
	first := upgrade.Step{MemberID: secondaryMember, HardwareID: secondaryHardware, Host: "quokka-b", Address: "10.77.8.12", Node: "node1", Domain: "vSRXvQ2",
		Price: upgrade.Price{ID: 40201, Version: "23.4R2-S3", Text: "Juniper vSRX 23.4R2-S3"}}
	second := upgrade.Step{MemberID: primaryMember, HardwareID: primaryHardware, Host: "quokka-a", Address: "10.77.8.11", Node: "node0", Domain: "vSRXvQ1",
		Price: upgrade.Price{ID: 40101, Version: "23.4R2-S3", Text: "Juniper vSRX 23.4R2-S3"}}
	for primary, want := range map[string][]upgrade.Step{"node0": {first, second}, "node1": {second, first}} {
		t.Run(primary+" is primary", func(t *testing.T) {
			d := validDiscovery()
			d.Picture.Device.Cluster = wholeCluster(primary)
			plan, err := upgrade.NewPlan(validRequest(), d)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, plan.Steps); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewPlanFollowsTheProofNotTheOrderOfMembers(t *testing.T) {
	d := validDiscovery()
	p := &d.Picture
	p.Hosts[0].Domains[0].MACs, p.Hosts[1].Domains[0].MACs = p.Hosts[1].Domains[0].MACs, p.Hosts[0].Domains[0].MACs
	slices.Reverse(d.Offers)
	plan, err := upgrade.NewPlan(validRequest(), d)
	if err != nil {
		t.Fatal(err)
	}
	if s := plan.Steps[0]; s.Host != "quokka-a" || s.Node != "node1" || s.Price.ID != 40101 {
		t.Errorf("first step %+v, want node1 on quokka-a at price 40101", s)
	}
}

func TestNewPlanSaysWhatTheUpgradeIs(t *testing.T) {
	plan := validPlan(t)
	if plan.From != oldRelease || plan.Target != newRelease || plan.Preempt != upgrade.PreemptAbsent || plan.Gateway.ID != 5150 {
		t.Errorf("plan from %q to %q, preempt %q, gateway %d", plan.From, plan.Target, plan.Preempt, plan.Gateway.ID)
	}
	if want := hours(10); plan.Needed != want {
		t.Errorf("a pair needs %s, want %s (IBM: 8 to 10 hours)", plan.Needed, want)
	}
	notes := strings.Join(plan.Notes, "\n")
	for _, loss := range []string{"sessions", "failover", "certificates", "/var/tmp", "passwords", "host keys"} {
		if !strings.Contains(notes, loss) {
			t.Errorf("the notes do not speak of %s:\n%s", loss, notes)
		}
	}
	if strings.Contains(notes, "preempt") {
		t.Errorf("the notes speak of a preempt that is absent:\n%s", notes)
	}
}

func TestNewPlanCountsTheNeededTimeFromTheRequest(t *testing.T) {
	req := validRequest()
	req.Timing.PlanNode = hours(3)
	plan, err := upgrade.NewPlan(req, validDiscovery())
	if err != nil || plan.Needed != hours(6) {
		t.Errorf("Needed = %s, %v, want 6h", plan.Needed, err)
	}
}

func TestNewPlanReadsTheTargetThroughWords(t *testing.T) {
	req := validRequest()
	req.TargetVersion = "Junos " + newRelease
	plan, err := upgrade.NewPlan(req, validDiscovery())
	if err != nil || plan.Target != newRelease {
		t.Errorf("Target = %q, %v", plan.Target, err)
	}
}

func TestNewPlanSaysWhetherTheOldReleaseCanStillBeOrdered(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.Discovery)
		says   string
	}{
		"offered for both":       {func(*upgrade.Discovery) {}, "possible between"},
		"offered for the second": {func(d *upgrade.Discovery) { d.Offers[1].Prices = d.Offers[1].Prices[1:] }, "support case"},
		"offered for none": {func(d *upgrade.Discovery) {
			d.Offers[0].Prices, d.Offers[1].Prices = d.Offers[0].Prices[1:], d.Offers[1].Prices[1:]
		}, "support case"},
		"another service release": {func(d *upgrade.Discovery) {
			d.Offers[0].Prices[0].Version, d.Offers[1].Prices[0].Version = "21.4R3-S1", "21.4R3-S1"
		}, "support case"},
	} {
		t.Run(name, func(t *testing.T) {
			d := validDiscovery()
			c.change(&d)
			plan, err := upgrade.NewPlan(validRequest(), d)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(plan.Rollback, c.says) {
				t.Errorf("Rollback = %q, want %q in it", plan.Rollback, c.says)
			}
		})
	}
}

func TestNewPlanKeepsAnActivePreemptForSomebodyToDecide(t *testing.T) {
	for name, c := range map[string]struct {
		policy   upgrade.PreemptPolicy
		approval upgrade.Approval
	}{
		"a person is asked":           {upgrade.PreemptAsk, upgrade.ApprovalPerson},
		"nobody named means a person": {upgrade.PreemptAsk, ""},
		"deactivation was allowed":    {upgrade.PreemptDeactivate, upgrade.ApprovalNone},
		"restoring was asked for":     {upgrade.PreemptRestore, upgrade.ApprovalNone},
	} {
		t.Run(name, func(t *testing.T) {
			req, d := validRequest(), validDiscovery()
			req.Preempt, req.Approval, d.Picture.Device.Preempt = c.policy, c.approval, upgrade.PreemptActive
			plan, err := upgrade.NewPlan(req, d)
			if err != nil {
				t.Fatal(err)
			}
			if plan.Preempt != upgrade.PreemptActive || !strings.Contains(strings.Join(plan.Notes, "\n"), "preempt") {
				t.Errorf("preempt %q, notes %q", plan.Preempt, plan.Notes)
			}
		})
	}
}

func TestNewPlanWarnsThatRestoringPreemptMayMoveTheTrafficAgain(t *testing.T) {
	for policy, want := range map[upgrade.PreemptPolicy]bool{upgrade.PreemptRestore: true, upgrade.PreemptDeactivate: false, upgrade.PreemptAsk: false} {
		req, d := validRequest(), validDiscovery()
		req.Preempt, d.Picture.Device.Preempt = policy, upgrade.PreemptActive
		plan, err := upgrade.NewPlan(req, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(plan.Notes, "\n"), "once more"); got != want {
			t.Errorf("policy %q: notes %q", policy, plan.Notes)
		}
	}
}

func TestNewPlanTakesOtherProcessorsAnd10GOn15(t *testing.T) {
	for name, change := range map[string]func(*upgrade.Discovery){
		"E3-1270 v5":            func(d *upgrade.Discovery) { d.Picture.Gateway.Members[0].Processor = "E3-1270 v5" },
		"Xeon 4210":             func(d *upgrade.Discovery) { d.Picture.Gateway.Members[0].Processor = "Xeon Silver 4210" },
		"no processor on file":  func(d *upgrade.Discovery) { d.Picture.Gateway.Members[0].Processor = "" },
		"1G on a newer release": func(d *upgrade.Discovery) { d.Picture.Gateway.Members[0].UplinkMbps = 1000 },
		"15.1 on 10G": func(d *upgrade.Discovery) {
			for i := range d.Picture.Gateway.Members {
				d.Picture.Gateway.Members[i].Version = "15.1X49-D170"
				d.Picture.Device.Nodes[i].Version = "15.1X49-D170.4"
			}
		},
		"a lower-case vendor": func(d *upgrade.Discovery) { d.Picture.Gateway.Vendor = "juniper" },
	} {
		t.Run(name, func(t *testing.T) {
			d := validDiscovery()
			change(&d)
			if _, err := upgrade.NewPlan(validRequest(), d); err != nil {
				t.Error(err)
			}
		})
	}
}
