package upgrade_test

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// refusal is one way in which a valid world becomes one that is not upgraded.
type refusal struct {
	spoil func(*upgrade.Request, *upgrade.Discovery)
	kind  upgrade.Kind
	says  string
}

// picture spoils only the picture.
func picture(change func(*upgrade.Picture)) func(*upgrade.Request, *upgrade.Discovery) {
	return func(_ *upgrade.Request, d *upgrade.Discovery) { change(&d.Picture) }
}

func runRefusals(t *testing.T, table map[string]refusal) {
	t.Helper()
	for name, c := range table {
		t.Run(name, func(t *testing.T) {
			req, d := validRequest(), validDiscovery()
			c.spoil(&req, &d)
			plan, err := upgrade.NewPlan(req, d)
			if err == nil {
				t.Fatalf("NewPlan planned %+v, want a refusal", plan.Steps)
			}
			if kind := upgrade.KindOf(err); kind != c.kind {
				t.Errorf("kind %q, want %q (%v)", kind, c.kind, err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("refusal %q does not say %q", err, c.says)
			}
			if upgrade.AdviceOf(err) == "" {
				t.Error("the refusal advises nothing")
			}
			if len(plan.Steps) > 0 {
				t.Errorf("a refused plan has steps %+v", plan.Steps)
			}
		})
	}
}

func TestNewPlanRefusesWhatIBMDoesNotUpgrade(t *testing.T) {
	table := map[string]refusal{
		"another vendor": {picture(func(p *upgrade.Picture) { p.Gateway.Vendor = "AT&T" }), upgrade.Unsupported, "not a Juniper vSRX"},
		"no vendor":      {picture(func(p *upgrade.Picture) { p.Gateway.Vendor = "" }), upgrade.Unsupported, "not a Juniper vSRX"},
		"three members":  {picture(func(p *upgrade.Picture) { p.Gateway.Members = append(p.Gateway.Members, p.Gateway.Members[1]) }), upgrade.Unsupported, "has 3 members"},
		"no members":     {picture(func(p *upgrade.Picture) { p.Gateway.Members = nil }), upgrade.Unsupported, "has 0 members"},
		"no pod":         {picture(func(p *upgrade.Picture) { p.Gateway.Pod = "" }), upgrade.Unsupported, "pod is unknown"},
		"15.1 on 1G": {picture(func(p *upgrade.Picture) {
			p.Gateway.Members[1].Version, p.Gateway.Members[1].UplinkMbps = "15.1X49-D170", 1000
		}), upgrade.Unsupported, "1000 Mbit/s"},
	}
	for _, processor := range []string{"E3-1270 v6", "E3-1270v6", "E3-1270-V6", "Xeon E3 1270 V6 @ 3.80GHz", "INTEL_XEON_E3_1270_V6", "Intel Single Processor 1270v6 (4 cores)"} {
		table["processor "+processor] = refusal{picture(func(p *upgrade.Picture) { p.Gateway.Members[1].Processor = processor }), upgrade.Unsupported, "quokka-b"}
	}
	runRefusals(t, table)
}

func TestNewPlanRefusesTargets(t *testing.T) {
	target := func(text string) func(*upgrade.Request, *upgrade.Discovery) {
		return func(req *upgrade.Request, d *upgrade.Discovery) {
			req.TargetVersion = text
			for i := range d.Offers {
				d.Offers[i].Prices[1].Version = text
			}
		}
	}
	running := func(text string) func(*upgrade.Picture) {
		return func(p *upgrade.Picture) {
			for i := range p.Device.Nodes {
				p.Device.Nodes[i].Version = text
			}
		}
	}
	runRefusals(t, map[string]refusal{
		"no release":      {target("newest"), upgrade.Invalid, "newest"},
		"nothing":         {func(req *upgrade.Request, _ *upgrade.Discovery) { req.TargetVersion = "" }, upgrade.Invalid, "empty version"},
		"not offered":     {func(req *upgrade.Request, _ *upgrade.Discovery) { req.TargetVersion = "24.4R1.9" }, upgrade.Unsupported, "offered are: 21.4R3, 23.4R2-S3"},
		"other spin":      {func(_ *upgrade.Request, d *upgrade.Discovery) { d.Offers[0].Prices[1].Version = "23.4R2-S3.8" }, upgrade.Unsupported, "quokka-a"},
		"S30 is not S3":   {func(_ *upgrade.Request, d *upgrade.Discovery) { d.Offers[0].Prices[1].Version = "23.4R2-S30" }, upgrade.Unsupported, "quokka-a"},
		"no offers":       {func(_ *upgrade.Request, d *upgrade.Discovery) { d.Offers = nil }, upgrade.Unsupported, "offered 0 times"},
		"unread offers":   {func(_ *upgrade.Request, d *upgrade.Discovery) { d.Offers[1].Prices[1].Version = "" }, upgrade.Unsupported, "quokka-b"},
		"not for one":     {func(_ *upgrade.Request, d *upgrade.Discovery) { d.Offers[1].Prices = d.Offers[1].Prices[:1] }, upgrade.Unsupported, "quokka-b"},
		"another's offer": {func(_ *upgrade.Request, d *upgrade.Discovery) { d.Offers[1].MemberID = 999 }, upgrade.Unsupported, "quokka-b"},
		"offered twice": {func(_ *upgrade.Request, d *upgrade.Discovery) {
			d.Offers[0].Prices = append(d.Offers[0].Prices, upgrade.Price{ID: 40199, Version: newRelease})
		}, upgrade.Unsupported, "offered 2 times"},
		"equal":              {target(oldRelease), upgrade.Unsupported, "offered 2 times"},
		"equal and offered":  {func(req *upgrade.Request, _ *upgrade.Discovery) { req.TargetVersion = oldRelease }, upgrade.Unsupported, "not newer"},
		"equal without spin": {func(req *upgrade.Request, _ *upgrade.Discovery) { req.TargetVersion = "21.4R3" }, upgrade.Unsupported, "not newer"},
		"older":              {target("20.4R2-S2.2"), upgrade.Unsupported, "not newer"},
		"older service release": {func(req *upgrade.Request, d *upgrade.Discovery) {
			target("21.4R3-S9.1")(req, d)
			running("21.4R3-S10.1")(&d.Picture)
		}, upgrade.Unsupported, "not newer"},
		"equal to one node": {picture(func(p *upgrade.Picture) { p.Device.Nodes[1].Version = newRelease }), upgrade.Unsupported, "node1"},
		"other branch": {func(req *upgrade.Request, d *upgrade.Discovery) {
			target("15.1R7.9")(req, d)
			running("15.1X49-D170.4")(&d.Picture)
		}, upgrade.Unsupported, "different branches"},
	})
}

func TestNewPlanRefusesAWorldItCannotSeeOrThatIsNotFit(t *testing.T) {
	runRefusals(t, map[string]refusal{
		"an unreachable device": {picture(func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "dial: no answer"} }), upgrade.Unreachable, "no answer"},
		"a wrong password": {picture(func(p *upgrade.Picture) {
			p.Device = upgrade.Device{Error: "root was refused", Denied: true}
		}), upgrade.Denied, "root was refused"},
		"a device without a version":    {picture(func(p *upgrade.Picture) { p.Device.Nodes = nil }), upgrade.Unreachable, "named no version"},
		"a device that failed half way": {picture(func(p *upgrade.Picture) { p.Device.Error = "cut off" }), upgrade.Unhealthy, "cut off"},
		"an unreachable host":           {picture(func(p *upgrade.Picture) { p.Hosts[0].Error = "no route" }), upgrade.Unreachable, "quokka-a: no route"},
		"a wrong host password":         {picture(func(p *upgrade.Picture) { p.Hosts[0].Error, p.Hosts[0].Denied = "refused", true }), upgrade.Denied, "quokka-a: refused"},
		"no proof of the nodes":         {picture(func(p *upgrade.Picture) { p.Device.NodeMACs = nil }), upgrade.Unhealthy, "no proof"},
		"an unhealthy pair":             {picture(func(p *upgrade.Picture) { p.Device.Cluster.Groups[1].Nodes[1].Failures = []string{"IF"} }), upgrade.Unhealthy, "monitor failures IF"},
		"groups on different nodes":     {picture(func(p *upgrade.Picture) { p.Device.Cluster.Groups[1] = wholeCluster("node1").Groups[1] }), upgrade.Unhealthy, "different nodes"},
		"no cluster":                    {picture(func(p *upgrade.Picture) { p.Device.Cluster = nil }), upgrade.Unhealthy, "no chassis cluster"},
		"a mixed pair":                  {picture(func(p *upgrade.Picture) { p.Device.Nodes[1].Version = "21.4R3.14" }), upgrade.Unhealthy, "node1 runs"},
		"a busy server":                 {picture(func(p *upgrade.Picture) { p.Servers[0].ActiveCount = 1 }), upgrade.Unhealthy, "transaction"},
		"IPMI off":                      {picture(func(p *upgrade.Picture) { p.Servers[1].IPMIDisabled = true }), upgrade.Unhealthy, "IPMI"},
		"a server not in use":           {picture(func(p *upgrade.Picture) { p.Servers[1].Status = "DEPLOY2" }), upgrade.Unhealthy, "DEPLOY2"},
		"an upgrade half done": {picture(func(p *upgrade.Picture) {
			p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusUpgradeActive, "Upgrade Active"
		}), upgrade.Unhealthy, "Upgrade Active"},
		"a neighbour in work": {picture(func(p *upgrade.Picture) {
			p.Neighbours[0].Status, p.Neighbours[0].Text = upgrade.StatusUpdating, "Updating"
		}), upgrade.Unhealthy, "edge-wombat"},
		"unknown neighbours": {picture(func(p *upgrade.Picture) { p.NeighboursError = "404" }), upgrade.Unhealthy, "unknown"},
		"root login closed":  {picture(func(p *upgrade.Picture) { p.Device.RootLogin = false }), upgrade.Unhealthy, "root login"},
		"a second machine on a host": {picture(func(p *upgrade.Picture) {
			p.Hosts[0].Domains = append(p.Hosts[0].Domains, upgrade.Domain{Name: "other", State: "running"})
		}), upgrade.Unhealthy, "2 vSRX machines"},
		"preempt and nobody to ask": {func(req *upgrade.Request, d *upgrade.Discovery) {
			req.Approval, d.Picture.Device.Preempt = upgrade.ApprovalNone, upgrade.PreemptActive
		}, upgrade.Invalid, "preempt"},
	})
}

func TestNewPlanNamesEveryFaultOfAnUnfitWorldAtOnce(t *testing.T) {
	d := validDiscovery()
	d.Picture.Servers[1].IPMIDisabled = true
	d.Picture.Device.RootLogin = false
	d.Picture.Neighbours[0].Status = upgrade.StatusOther
	_, err := upgrade.NewPlan(validRequest(), d)
	if err == nil {
		t.Fatal("NewPlan planned it")
	}
	for _, fault := range []string{"ipmi: ", "root-login: ", "pod: "} {
		if !strings.Contains(err.Error(), fault) {
			t.Errorf("refusal %q does not name %q", err, fault)
		}
	}
}
