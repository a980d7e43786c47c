package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// broughtBackPicture is the rollback before the reload back: node0 alone on the old release, the upgraded machine off.
func broughtBackPicture() upgrade.Picture {
	p := lonePicture()
	p.Hosts[0].Domains[0].State, p.Hosts[0].Domains[0].Autostart = "running", true
	p.Hosts[1].Domains[0].State, p.Hosts[1].Domains[0].Autostart = "shut off", false
	p.Device.Cluster = loneCluster("node0", "node1")
	p.Device.Nodes = []upgrade.NodeVersion{{Node: "node0", Host: "edge-q0", Version: oldRelease}}
	return p
}

// alonePicture is a standalone gateway on a release.
func alonePicture(version string) upgrade.Picture {
	p := singlePicture()
	p.Gateway.Members[0].Version, p.Device.Nodes[0].Version = version, version
	return p
}

func singleDiscovery() upgrade.Discovery {
	d := validDiscovery()
	d.Picture, d.Offers = alonePicture(oldRelease), d.Offers[:1]
	return d
}

func singlePlan(t *testing.T) upgrade.Plan {
	t.Helper()
	plan, err := upgrade.NewPlan(validRequest(), singleDiscovery())
	if err != nil {
		t.Fatalf("planning the standalone gateway: %v", err)
	}
	return plan
}

func TestTheLegsOfAnUpgradeAndOfItsRollback(t *testing.T) {
	plan, single := validPlan(t), singlePlan(t)
	first, second := plan.Steps[0], plan.Steps[1]
	back := first
	back.Price = plan.Old
	both := []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck}
	for name, c := range map[string]struct{ got, want upgrade.Leg }{
		"the first": {plan.First(), upgrade.Leg{Step: first, Peer: second, Target: plan.Target, Before: upgrade.BeforeFirst, After: upgrade.Between,
			Status: upgrade.StatusUpgradeActive, Checks: both, Needed: hours(10)}},
		"the second": {plan.Second(upgrade.DefaultTiming()), upgrade.Leg{Step: second, Peer: first, Target: plan.Target, Before: upgrade.Between, After: upgrade.AfterSecond,
			Status: upgrade.StatusActive, Checks: both, Done: []int{secondaryMember}, Needed: hours(5)}},
		"the way back": {plan.Back(plan.Old), upgrade.Leg{Step: back, Peer: second, Target: oldRelease, Before: upgrade.BroughtBack, After: upgrade.BeforeFirst,
			Status: upgrade.StatusActive, Checks: []upgrade.Category{upgrade.ReloadCheck}}},
		"the only one": {single.Only(), upgrade.Leg{Step: single.Steps[0], Target: single.Target, Before: upgrade.BeforeFirst, After: upgrade.Erased,
			Status: upgrade.StatusActive, Checks: both, Needed: hours(6)}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if plan.Old.ID != 40200 || plan.Steps[0].Price.ID != 40201 {
		t.Errorf("the old price is %+v, the step keeps %+v", plan.Old, plan.Steps[0].Price)
	}
}

func TestJudgeKnowsTheNodeThatWasBroughtBack(t *testing.T) {
	plan := validPlan(t)
	if found := upgrade.Judge(broughtBackPicture(), plan, upgrade.BroughtBack); len(found) > 0 {
		t.Fatalf("the right picture is refused:\n%s", texts(found))
	}
	for name, c := range map[string]blemish{
		"the upgraded machine runs":    {func(p *upgrade.Picture) { p.Hosts[1].Domains[0].State = "running" }, "peer-power", "quokka-b is powered on"},
		"the upgraded one would start": {func(p *upgrade.Picture) { p.Hosts[1].Domains[0].Autostart = true }, "peer-autostart", "vSRXvQ2"},
		"the old machine is off":       {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "shut off" }, "machine", "quokka-a"},
		"the new version answers":      {func(p *upgrade.Picture) { p.Device.Nodes[0].Version = newRelease }, "version", "not " + oldRelease},
		"the upgraded node carries":    {func(p *upgrade.Picture) { p.Device.Cluster = loneCluster("node1", "node0") }, "cluster", "not node0"},
		"the peer is there again":      {func(p *upgrade.Picture) { p.Device.Cluster.Groups[0].Nodes[1].State = "secondary" }, "cluster", "not lost"},
		"the status is active":         {func(p *upgrade.Picture) { p.Gateway.Status = upgrade.StatusActive }, "gateway-status", "not upgrade-active"},
		"a transaction runs":           {func(p *upgrade.Picture) { p.Servers[1].ActiveCount = 1 }, "transaction", "quokka-b"},
		"the device does not answer":   {func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "timed out"} }, "device-login", "timed out"},
		"the upgraded host is silent":  {func(p *upgrade.Picture) { p.Hosts[1].Error = "timed out" }, "host-login", "timed out"},
		"the old machine has a brother": {func(p *upgrade.Picture) {
			p.Hosts[0].Domains = append(p.Hosts[0].Domains, upgrade.Domain{Name: "stray", State: "running"})
		}, "machine", "2 vSRX"},
	} {
		t.Run(name, func(t *testing.T) {
			p := broughtBackPicture()
			c.spoil(&p)
			found := upgrade.Judge(p, plan, upgrade.BroughtBack)
			if names := checksOf(t, found); !slices.Equal(names, []string{c.check}) || !strings.Contains(texts(found), c.says) {
				t.Errorf("checks %v, want only %s with %q:\n%s", names, c.check, c.says, texts(found))
			}
		})
	}
}

func TestJudgeKnowsTheMomentsOfAStandaloneGateway(t *testing.T) {
	plan := singlePlan(t)
	for _, m := range []upgrade.Moment{upgrade.BeforeFirst, upgrade.Erased, upgrade.AfterSecond} {
		right, wrong := newRelease, oldRelease
		if m == upgrade.BeforeFirst {
			right, wrong = oldRelease, newRelease
		}
		if found := upgrade.Judge(alonePicture(right), plan, m); len(found) > 0 {
			t.Errorf("%s: %s is refused:\n%s", m, right, texts(found))
		}
		for name, c := range map[string]blemish{
			"the other version":    {func(p *upgrade.Picture) { p.Device.Nodes[0].Version = wrong }, "version", wrong},
			"a cluster":            {func(p *upgrade.Picture) { p.Device.Cluster = wholeCluster("node0") }, "cluster", "the records name one member"},
			"upgrade active":       {func(p *upgrade.Picture) { p.Gateway.Status = upgrade.StatusUpgradeActive }, "gateway-status", "not active"},
			"the machine is off":   {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "shut off" }, "machine", "0 vSRX"},
			"no root login":        {func(p *upgrade.Picture) { p.Device.RootLogin = false }, "root-login", "root login"},
			"a transaction":        {func(p *upgrade.Picture) { p.Servers[0].ActiveCount = 1 }, "transaction", "quokka-a"},
			"the device is silent": {func(p *upgrade.Picture) { p.Device.Error = "timed out" }, "device-login", "timed out"},
		} {
			t.Run(string(m)+"/"+name, func(t *testing.T) {
				p := alonePicture(right)
				c.spoil(&p)
				found := upgrade.Judge(p, plan, m)
				if !slices.Contains(checksOf(t, found), c.check) || !strings.Contains(texts(found), c.says) {
					t.Errorf("want %s with %q:\n%s", c.check, c.says, texts(found))
				}
			})
		}
	}
}

func TestJudgeWholeAsksForNoCertainVersion(t *testing.T) {
	for name, c := range map[string]struct {
		picture upgrade.Picture
		whole   bool
	}{
		"a pair on the old version":                {wholePicture(oldRelease), true},
		"a pair on the new version":                {pictureAt(upgrade.AfterSecond), true},
		"a standalone":                             {alonePicture(newRelease), true},
		"a pair between the reloads":               {lonePicture(), false},
		"a pair in its rollback":                   {broughtBackPicture(), false},
		"a pair whose nodes differ":                {edited(wholePicture(oldRelease), func(p *upgrade.Picture) { p.Device.Nodes[1].Version = newRelease }), false},
		"a standalone whose machine is off":        {edited(alonePicture(oldRelease), func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "shut off" }), false},
		"a standalone that is silent":              {edited(alonePicture(oldRelease), func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "timed out"} }), false},
		"a pair beside a neighbour that is ill":    {edited(wholePicture(oldRelease), func(p *upgrade.Picture) { p.Neighbours[0].Status = upgrade.StatusUpdating }), true},
		"a pair whose neighbours cannot be listed": {edited(wholePicture(oldRelease), func(p *upgrade.Picture) { p.NeighboursError = "timed out" }), true},
	} {
		t.Run(name, func(t *testing.T) {
			if found := upgrade.JudgeWhole(c.picture); (len(found) == 0) != c.whole {
				t.Errorf("whole is %t, want %t:\n%s", len(found) == 0, c.whole, texts(found))
			}
		})
	}
}

func edited(p upgrade.Picture, change func(*upgrade.Picture)) upgrade.Picture {
	change(&p)
	return p
}

func TestThePriceOfAReleaseIsTheOneThatNamesIt(t *testing.T) {
	price := func(id int, version string) upgrade.Price { return upgrade.Price{ID: id, Version: version} }
	offers := []upgrade.Offer{{MemberID: 1, Prices: []upgrade.Price{price(10, "21.4R3"), price(11, newRelease), price(12, "22.4R3-S1")}},
		{MemberID: 2, Prices: []upgrade.Price{price(20, "21.4R3"), price(21, "21.4R3")}}}
	for name, c := range map[string]struct {
		release string
		member  int
		want    int
	}{
		"named in short":              {oldRelease, 1, 10},
		"named in full":               {newRelease, 1, 11},
		"of another service release":  {"22.4R3-S2.4", 1, 0},
		"not offered":                 {"20.2R1", 1, 0},
		"offered twice":               {oldRelease, 2, 0},
		"offered to the other member": {newRelease, 2, 0},
		"of a member without offers":  {oldRelease, 3, 0},
		"of no name":                  {"", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := upgrade.PriceOf(c.release, c.member, offers)
			if got.ID != c.want || ok != (c.want != 0) {
				t.Errorf("got %+v, %t; want %d", got, ok, c.want)
			}
		})
	}
}

func TestTheOneRunningMachineOfAStandaloneIsItsNode(t *testing.T) {
	stray := func(state string) func(*upgrade.Picture) {
		return func(p *upgrade.Picture) {
			p.Hosts[0].Domains = append(p.Hosts[0].Domains, upgrade.Domain{Name: "stray", State: state})
		}
	}
	for name, c := range map[string]struct {
		change func(*upgrade.Picture)
		kind   upgrade.Kind
	}{
		"alone":                  {func(*upgrade.Picture) {}, ""},
		"beside one that is off": {stray("shut off"), ""},
		"beside another":         {stray("running"), upgrade.Unhealthy},
		"not, when it is off":    {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "shut off" }, upgrade.Unhealthy},
		"not, when the host denies": {func(p *upgrade.Picture) {
			p.Hosts[0] = upgrade.Host{HardwareID: primaryHardware, Error: "refused", Denied: true}
		}, upgrade.Denied},
		"not, when it is silent": {func(p *upgrade.Picture) { p.Hosts = nil }, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			places, err := upgrade.Place(edited(alonePicture(oldRelease), c.change))
			if c.kind != "" {
				if upgrade.KindOf(err) != c.kind {
					t.Errorf("got %v, want %s", err, c.kind)
				}
				return
			}
			want := []upgrade.Placement{{HardwareID: primaryHardware, Node: "node0", Domain: "vSRXvQ1"}}
			if diff := cmp.Diff(want, places); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}
