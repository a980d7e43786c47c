package activities_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// seen is the picture of the healthy world.
func seen() upgrade.Picture {
	return upgrade.Picture{At: start, Gateway: pair(), Servers: []upgrade.Server{idle(host1, 501), idle(host2, 502)},
		Hosts: []upgrade.Host{
			{HardwareID: host1, Domains: []upgrade.Domain{{Name: "vsrx-one", State: "running", Autostart: true}}},
			{HardwareID: host2, Domains: []upgrade.Domain{{Name: "vsrx-two", State: "running", Autostart: true}}}},
		Device: device(oldVersion),
		Readiness: []upgrade.ReadinessRow{
			{Category: upgrade.UpgradeCheck, MemberID: member1, Value: upgrade.Expired, Raw: "expired"}, {Category: upgrade.UpgradeCheck, MemberID: member2, Value: upgrade.Expired, Raw: "expired"},
			{Category: upgrade.ReloadCheck, MemberID: member1, Value: upgrade.Expired, Raw: "expired"}, {Category: upgrade.ReloadCheck, MemberID: member2, Value: upgrade.Expired, Raw: "expired"}},
		Neighbours: []upgrade.Neighbour{{ID: 81002, Name: "gw-south", Status: upgrade.StatusActive, Text: "Active"}}}
}

func TestObserveShows(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		want   func(*upgrade.Picture)
	}{
		"a healthy pair": {func(*world) {}, func(*upgrade.Picture) {}},
		"a host that refuses the password on record": {
			func(w *world) { w.hostLogins[address2] = fails[string](denied()) },
			func(p *upgrade.Picture) {
				p.Hosts[1] = upgrade.Host{HardwareID: host2, Denied: true, Error: "the login as root is refused"}
			}},
		"a host that does not answer": {
			func(w *world) { w.hostLogins[address1] = fails[string](unreachable()) },
			func(p *upgrade.Picture) {
				p.Hosts[0] = upgrade.Host{HardwareID: host1, Error: "no answer within two minutes"}
			}},
		"a host that cannot list its machines": {
			func(w *world) { w.domains[address1] = fails[[]upgrade.Domain](unreachable()) },
			func(p *upgrade.Picture) {
				p.Hosts[0] = upgrade.Host{HardwareID: host1, Error: "no answer within two minutes"}
			}},
		"a host whose password is not on record": {
			func(w *world) {
				w.hostPasswords[host2] = fails[upgrade.Secret](upgrade.Errorf(upgrade.NotFound, "no password of server %d", host2))
			},
			func(p *upgrade.Picture) {
				p.Hosts[1] = upgrade.Host{HardwareID: host2, Error: "no password of server 83002"}
			}},
		"a device that refuses the password on record": {
			func(w *world) { w.deviceLogin = fails[string](denied()) },
			func(p *upgrade.Picture) {
				p.Device = upgrade.Device{Denied: true, Error: "the login as root is refused"}
			}},
		"a device that does not answer": {
			func(w *world) { w.deviceLogin = fails[string](unreachable()) },
			func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "no answer within two minutes"} }},
		"a device that ends the session": {
			func(w *world) { w.views = fails[upgrade.Device](unreachable()) },
			func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "no answer within two minutes"} }},
		"a device whose password is not on record": {
			func(w *world) { w.devicePasswords[member2] = fails[upgrade.Secret](unreachable()) },
			func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "no answer within two minutes"} }},
		"root passwords on record that differ": {
			func(w *world) { w.devicePasswords[member2] = says(otherSecret) },
			func(p *upgrade.Picture) {
				p.Device = upgrade.Device{Denied: true, Error: "the members of gateway gw-north have different root passwords on record"}
			}},
		"neighbours that are not known": {
			func(w *world) { w.neighbours = fails[[]upgrade.Neighbour](unreachable()) },
			func(p *upgrade.Picture) {
				p.Neighbours, p.NeighboursError = nil, "no answer within two minutes"
			}},
		"a pair without neighbours": {
			func(w *world) { w.neighbours = says([]upgrade.Neighbour(nil)) },
			func(p *upgrade.Picture) { p.Neighbours = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			w, want := newWorld(t), seen()
			c.change(w)
			c.want(&want)
			got, err := run(w, w.activities().Observe, activities.Look{GatewayID: gatewayID})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, withoutDials(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// withoutDials cuts what the world's dialers put in front of an error: the endpoint, in every detail.
func withoutDials(p upgrade.Picture) upgrade.Picture {
	for i, h := range p.Hosts {
		p.Hosts[i].Error = h.Error[strings.LastIndex(h.Error, "}: ")+1:]
		p.Hosts[i].Error = strings.TrimPrefix(p.Hosts[i].Error, ": ")
	}
	p.Device.Error = strings.TrimPrefix(p.Device.Error[strings.LastIndex(p.Device.Error, "}: ")+1:], ": ")
	return p
}

func TestWithoutIBMsRecordsThereIsNoPicture(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		kind   upgrade.Kind
	}{
		"the gateway cannot be read now": {func(w *world) { w.gateways = fails[upgrade.Gateway](unreachable()) }, upgrade.Unreachable},
		"the gateway is not there":       {func(w *world) { w.gateways = fails[upgrade.Gateway](upgrade.Errorf(upgrade.NotFound, "no gateway")) }, upgrade.NotFound},
		"a server cannot be read now":    {func(w *world) { w.servers[host2] = fails[upgrade.Server](unreachable()) }, upgrade.Unreachable},
		"a server is not ours to see": {func(w *world) {
			w.servers[host1] = fails[upgrade.Server](upgrade.Errorf(upgrade.NotFound, "no server"))
		}, upgrade.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			_, err := run(w, w.activities().Observe, activities.Look{GatewayID: gatewayID})
			wantKind(t, err, c.kind)
			_, err = run(w, w.activities().Discover, activities.Look{GatewayID: gatewayID})
			wantKind(t, err, c.kind)
			if len(w.dialled) > 0 {
				t.Errorf("logged in at %v without knowing the records", w.dialled)
			}
		})
	}
}

func TestDiscoverListsWhatMayBeOrderedForEachMember(t *testing.T) {
	w := newWorld(t)
	w.prices = says([]upgrade.Price{{ID: 9201, Version: newVersion}}, []upgrade.Price{{ID: 9202, Version: newVersion}, {ID: 9100, Version: oldVersion}})
	got, err := run(w, w.activities().Discover, activities.Look{GatewayID: gatewayID})
	if err != nil {
		t.Fatal(err)
	}
	want := upgrade.Discovery{Picture: seen(), Offers: []upgrade.Offer{
		{MemberID: member1, Prices: []upgrade.Price{{ID: 9201, Version: newVersion}}},
		{MemberID: member2, Prices: []upgrade.Price{{ID: 9202, Version: newVersion}, {ID: 9100, Version: oldVersion}}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	w.prices = fails[[]upgrade.Price](unreachable())
	_, err = run(w, w.activities().Discover, activities.Look{GatewayID: gatewayID})
	wantKind(t, err, upgrade.Unreachable)
}

func TestALookLogsInAsRootWithThePasswordsOfTheMoment(t *testing.T) {
	w := newWorld(t)
	w.hostPasswords[host1] = says(hostSecret1, otherSecret) // KEY-ROTATION: a reload changes the record
	for range 2 {
		if _, err := run(w, w.activities().Observe, activities.Look{GatewayID: gatewayID}); err != nil {
			t.Fatal(err)
		}
	}
	var passwords []upgrade.Secret
	for _, e := range w.dialled {
		if e.User != "root" {
			t.Errorf("logged in as %s at %s", e.User, e.Address)
		}
		if e.Address == address1 {
			passwords = append(passwords, e.Password)
		}
	}
	if want := []upgrade.Secret{hostSecret1, otherSecret}; !slices.Equal(passwords, want) {
		t.Errorf("the second look did not use the record of its moment: %q", passwords)
	}
}

func TestANewHostKeyIsAcceptedOnlyWhereAReloadExplainsIt(t *testing.T) {
	w := newWorld(t)
	in := activities.Look{GatewayID: gatewayID, HostEpochs: map[int]string{host2: "reload 777 of server 83002"}, DeviceEpoch: "reload 777"}
	if _, err := run(w, w.activities().Observe, in); err != nil {
		t.Fatal(err)
	}
	got := map[string]upgrade.Endpoint{}
	for _, e := range w.dialled {
		got[e.Address] = e
	}
	want := map[string]upgrade.Endpoint{
		address1: {Address: address1, User: "root", Password: hostSecret1},
		address2: {Address: address2, User: "root", Password: hostSecret2, Trust: upgrade.Trust{Epoch: "reload 777 of server 83002"}},
		floating: {Address: floating, User: "root", Password: deviceSecret, Trust: upgrade.Trust{Epoch: "reload 777", Floating: true}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
