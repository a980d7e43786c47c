package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func TestPlaceProvesTheHostOfEachNodeByAHardwareAddress(t *testing.T) {
	got, err := upgrade.Place(wholePicture(oldRelease))
	if err != nil {
		t.Fatal(err)
	}
	want := []upgrade.Placement{
		{HardwareID: primaryHardware, Node: "node0", Domain: "vSRXvQ1", Proof: primaryMAC},
		{HardwareID: secondaryHardware, Node: "node1", Domain: "vSRXvQ2", Proof: secondaryMAC},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Place (-want +got):\n%s", diff)
	}
}

// Names, order and priorities suggest the other host here; only the address counts.
func TestPlaceFollowsTheAddressAgainstEveryOtherHint(t *testing.T) {
	p := wholePicture(oldRelease)
	p.Hosts[0].Domains[0].MACs, p.Hosts[1].Domains[0].MACs = p.Hosts[1].Domains[0].MACs, p.Hosts[0].Domains[0].MACs
	slices.Reverse(p.Device.NodeMACs)
	got, err := upgrade.Place(p)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].HardwareID != primaryHardware || got[0].Node != "node1" || got[1].HardwareID != secondaryHardware || got[1].Node != "node0" {
		t.Errorf("Place = %+v", got)
	}
}

func TestPlaceIgnoresAMachineThatIsShutOff(t *testing.T) {
	p := wholePicture(oldRelease)
	leftover := upgrade.Domain{Name: "vSRXvOld", State: "shut off", MACs: []string{primaryMAC}}
	p.Hosts[0].Domains = append([]upgrade.Domain{leftover}, p.Hosts[0].Domains...)
	got, err := upgrade.Place(p)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Domain != "vSRXvQ1" {
		t.Errorf("the node was placed on %q", got[0].Domain)
	}
}

func TestPlaceRefusesToGuess(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*upgrade.Picture)
		kind  upgrade.Kind
		says  string
	}{
		"the host was not asked":        {func(p *upgrade.Picture) { p.Hosts = p.Hosts[:1] }, upgrade.Unreachable, "quokka-b"},
		"the host did not answer":       {func(p *upgrade.Picture) { p.Hosts[1].Error = "no route" }, upgrade.Unreachable, "no route"},
		"the host refused the password": {func(p *upgrade.Picture) { p.Hosts[1].Error, p.Hosts[1].Denied = "refused", true }, upgrade.Denied, "quokka-b"},
		"no machine runs":               {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "shut off" }, upgrade.Unhealthy, "quokka-a"},
		"no machine at all":             {func(p *upgrade.Picture) { p.Hosts[0].Domains = nil }, upgrade.Unhealthy, "quokka-a"},
		"no address in common":          {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].MACs = []string{"52:54:00:0c:00:01"} }, upgrade.Unhealthy, "quokka-a"},
		"libvirt names no address":      {func(p *upgrade.Picture) { p.Hosts[1].Domains[0].MACs = nil }, upgrade.Unhealthy, "quokka-b"},
		"the device names no address":   {func(p *upgrade.Picture) { p.Device.NodeMACs = nil }, upgrade.Unhealthy, "quokka-a"},
		"one node is not seen":          {func(p *upgrade.Picture) { p.Device.NodeMACs = p.Device.NodeMACs[:1] }, upgrade.Unhealthy, "quokka-b"},
		"both nodes on one machine":     {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].MACs = []string{primaryMAC, secondaryMAC} }, upgrade.Unhealthy, "quokka-a"},
		"both hosts show one node":      {func(p *upgrade.Picture) { p.Hosts[1].Domains[0].MACs = []string{primaryMAC} }, upgrade.Unhealthy, "quokka-b"},
		"two machines show one node":    {func(p *upgrade.Picture) { p.Hosts[0].Domains = append(p.Hosts[0].Domains, p.Hosts[0].Domains[0]) }, upgrade.Unhealthy, "quokka-a"},
		"two machines show both nodes":  {func(p *upgrade.Picture) { p.Hosts[0].Domains = append(p.Hosts[0].Domains, p.Hosts[1].Domains[0]) }, upgrade.Unhealthy, "quokka-a"},
		"nodes share a virtual address": {func(p *upgrade.Picture) { p.Device.NodeMACs[1].MACs = append(p.Device.NodeMACs[1].MACs, primaryMAC) }, upgrade.Unhealthy, "quokka-a"},
		"a paused machine shows a node too": {func(p *upgrade.Picture) {
			p.Hosts[1].Domains = append(p.Hosts[1].Domains, upgrade.Domain{Name: "copy", State: "paused", MACs: []string{secondaryMAC}})
		}, upgrade.Unhealthy, "quokka-b"},
	} {
		t.Run(name, func(t *testing.T) {
			p := wholePicture(oldRelease)
			c.spoil(&p)
			got, err := upgrade.Place(p)
			if err == nil {
				t.Fatalf("Place = %+v, want an error", got)
			}
			if kind := upgrade.KindOf(err); kind != c.kind {
				t.Errorf("kind %q, want %q", kind, c.kind)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q does not name %q", err, c.says)
			}
			if upgrade.AdviceOf(err) == "" {
				t.Error("the error advises nothing")
			}
		})
	}
}
