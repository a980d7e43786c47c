package upgrade_test

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// byHand is an upgrade that somebody began, seen at one of the points at which it may be taken over.
func byHand(p upgrade.Picture) upgrade.Discovery {
	d := validDiscovery()
	d.Picture = p
	return d
}

// inFirst shows the first reload under way: node0 answers alone from quokka-a.
func inFirst(p *upgrade.Picture) {
	p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusUpdating, "Updating"
	p.Servers[1] = serverWith(ourReload, ourReload)
	p.Hosts[1] = upgrade.Host{HardwareID: secondaryHardware, Error: "no route to host"}
}

// inSecond shows the second reload under way: node1 answers alone from quokka-b.
func inSecond(p *upgrade.Picture) {
	p.Servers[0].LastReload, p.Servers[0].ActiveIDs, p.Servers[0].ActiveCount = 31088, []int{31088}, 1
	p.Hosts[0] = upgrade.Host{HardwareID: primaryHardware, Error: "no route to host"}
	p.Gateway.Members[1].LastVersion = oldRelease
}

func TestAdoptFindsThePointAtWhichAnUpgradeByHandStands(t *testing.T) {
	for name, c := range map[string]struct {
		picture upgrade.Picture
		want    upgrade.Adoption
		says    string
	}{
		"between the reloads": {lonePicture(), upgrade.Adoption{Reloads: 1}, "the first node is reloaded, the second is not"},
		"in the first":        {edited(wholePicture(oldRelease), inFirst), upgrade.Adoption{Reloads: 1, ReloadID: ourReload}, "the first reload is on, transaction 31077"},
		"in the second":       {edited(lonePicture(), inSecond), upgrade.Adoption{Reloads: 2, ReloadID: 31088}, "the second reload is on, transaction 31088"},
	} {
		t.Run(name, func(t *testing.T) {
			plan, at, err := upgrade.Adopt(validRequest(), byHand(c.picture))
			if err != nil || at != c.want || at.String() != c.says {
				t.Fatalf("%+v (%s), %v", at, at, err)
			}
			if len(plan.Steps) != 2 || plan.Steps[0].MemberID != secondaryMember || plan.Steps[0].Node != "node1" || plan.Steps[1].Node != "node0" {
				t.Errorf("steps: %+v", plan.Steps)
			}
			if plan.From != oldRelease || plan.Target != newRelease || plan.Old.ID != 40200 || plan.Steps[1].Price.ID != 40101 || plan.Needed != hours(5) {
				t.Errorf("plan: from %s to %s, old %+v, needed %s, steps %+v", plan.From, plan.Target, plan.Old, plan.Needed, plan.Steps)
			}
		})
	}
}

func TestAdoptRefuses(t *testing.T) {
	pictures := func(p upgrade.Picture, change func(*upgrade.Picture)) upgrade.Discovery {
		return byHand(edited(p, change))
	}
	for name, c := range map[string]struct {
		found upgrade.Discovery
		kind  upgrade.Kind
		says  string
	}{
		"a pair on which nothing was begun": {byHand(wholePicture(oldRelease)), upgrade.Unhealthy, "0 reloads running, 0 members on"},
		"a pair that is done":               {byHand(wholePicture(newRelease)), upgrade.Unhealthy, "2 members on"},
		"two reloads at once": {pictures(wholePicture(oldRelease), func(p *upgrade.Picture) {
			inFirst(p)
			inSecond(p)
		}), upgrade.Unhealthy, "2 reloads running"},
		"one node done and the gateway active": {pictures(lonePicture(), func(p *upgrade.Picture) { p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusActive, "Active" }), upgrade.Unhealthy, "no point"},
		"a standalone":                         {byHand(alonePicture(oldRelease)), upgrade.Unsupported, "standalone"},
		"another vendor":                       {pictures(lonePicture(), func(p *upgrade.Picture) { p.Gateway.Vendor = "Other" }), upgrade.Unsupported, "not a Juniper"},
		"a pod that is unknown":                {pictures(lonePicture(), func(p *upgrade.Picture) { p.Gateway.Pod = "" }), upgrade.Unsupported, "pod"},
		"a host that must be asked and is not": {pictures(lonePicture(), func(p *upgrade.Picture) { p.Hosts[1].Error = "timed out" }), upgrade.Unreachable, "quokka-b"},
		"a host of the node that is left": {pictures(wholePicture(oldRelease), func(p *upgrade.Picture) {
			inFirst(p)
			p.Hosts[0].Error = "timed out"
		}), upgrade.Unreachable, "quokka-a"},
		"a node without proof": {pictures(lonePicture(), func(p *upgrade.Picture) { p.Device.NodeMACs = nil }), upgrade.Unhealthy, "no proof of which node host quokka-b"},
		"a target not offered": {func() upgrade.Discovery {
			d := byHand(lonePicture())
			d.Offers[0].Prices = d.Offers[0].Prices[:1]
			return d
		}(), upgrade.Unsupported, "offered 0 times"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := upgrade.Adopt(validRequest(), c.found)
			if upgrade.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || upgrade.AdviceOf(err) == "" {
				t.Errorf("got %v, want %s with %q", err, c.kind, c.says)
			}
		})
	}
}

func TestATransactionThatIsNoReloadIsNotTakenOver(t *testing.T) {
	p := edited(wholePicture(oldRelease), func(p *upgrade.Picture) { p.Servers[1] = serverWith(formerReload, 40077) })
	if _, _, err := upgrade.Adopt(validRequest(), byHand(p)); upgrade.KindOf(err) != upgrade.Unhealthy {
		t.Errorf("got %v", err)
	}
}
