package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// A pod is seen whole after a hold that ended badly: nobody knows then which version a gateway should run.
func TestAPairIsWholeWhateverVersionItRuns(t *testing.T) {
	for _, m := range []upgrade.Moment{upgrade.BeforeFirst, upgrade.AfterSecond} {
		if found := upgrade.JudgeWhole(pictureAt(m)); len(found) > 0 {
			t.Errorf("the picture of %q is not whole:\n%s", m, texts(found))
		}
	}
}

func TestAPairBetweenItsReloadsIsNotWhole(t *testing.T) {
	found := upgrade.JudgeWhole(pictureAt(upgrade.Between))
	for _, want := range []string{"gateway-status", "machine", "cluster", "version"} {
		if names := checksOf(t, found); !slices.Contains(names, want) {
			t.Errorf("checks %v, want %s among them", names, want)
		}
	}
}

func TestEachBlemishKeepsAPairFromBeingWhole(t *testing.T) {
	for _, table := range []map[string]blemish{always(), particular()[upgrade.BeforeFirst]} {
		for name, c := range table {
			if c.check == "pod" { // of others: each is judged by itself
				continue
			}
			t.Run(name, func(t *testing.T) {
				p := pictureAt(upgrade.BeforeFirst)
				c.spoil(&p)
				if names := checksOf(t, upgrade.JudgeWhole(p)); !slices.Contains(names, c.check) {
					t.Errorf("checks %v, want %s", names, c.check)
				}
			})
		}
	}
}

func TestAGatewayIsWholeWhateverItsNeighboursDo(t *testing.T) {
	for name, c := range always() {
		if c.check != "pod" {
			continue
		}
		t.Run("when "+name, func(t *testing.T) {
			p := pictureAt(upgrade.BeforeFirst)
			c.spoil(&p)
			if found := upgrade.JudgeWhole(p); len(found) > 0 {
				t.Errorf("found:\n%s", texts(found))
			}
			if len(p.Neighbours) == 0 {
				t.Error("the judge changed the picture that it was given")
			}
		})
	}
}

// singlePicture is a gateway of one member, which has no cluster and no node names.
func singlePicture() upgrade.Picture {
	p := wholePicture(oldRelease)
	p.Gateway.Members, p.Servers, p.Hosts = p.Gateway.Members[:1], p.Servers[:1], p.Hosts[:1]
	p.Device.Cluster, p.Device.Nodes, p.Device.NodeMACs = nil, []upgrade.NodeVersion{{Host: "edge-q0", Version: oldRelease}}, nil
	return p
}

func TestAStandaloneIsWholeWithoutACluster(t *testing.T) {
	if found := upgrade.JudgeWhole(singlePicture()); len(found) > 0 {
		t.Errorf("found:\n%s", texts(found))
	}
	for name, c := range map[string]blemish{
		"is updating":             {func(p *upgrade.Picture) { p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusUpdating, "Updating" }, "gateway-status", "Updating"},
		"has a transaction":       {func(p *upgrade.Picture) { p.Servers[0].ActiveCount = 1 }, "transaction", "quokka-a"},
		"has no server":           {func(p *upgrade.Picture) { p.Servers = nil }, "server", "quokka-a is missing"},
		"has a host out of reach": {func(p *upgrade.Picture) { p.Hosts[0].Error = "timed out" }, "host-login", "timed out"},
		"has its machine off":     {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "shut off" }, "machine", "quokka-a"},
		"does not answer":         {func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "root was refused"} }, "device-login", "root was refused"},
	} {
		t.Run("not when it "+name, func(t *testing.T) {
			p := singlePicture()
			c.spoil(&p)
			found := upgrade.JudgeWhole(p)
			if names := checksOf(t, found); !slices.Equal(names, []string{c.check}) || !strings.Contains(texts(found), c.says) {
				t.Errorf("checks %v, want only %s with %q:\n%s", names, c.check, c.says, texts(found))
			}
		})
	}
}
