package junos_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// simulated starts a simulated cloud and tells how to reach its one gateway.
func simulated(t *testing.T, gateways ...sim.Gateway) (*sim.Cloud, junos.Config, upgrade.Endpoint) {
	t.Helper()
	cloud, err := sim.Start(sim.Options{Gateways: gateways})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Error(err)
		}
	})
	store, err := sshdial.OpenKnownHosts(filepath.Join(t.TempDir(), "known_hosts"), true)
	if err != nil {
		t.Fatal(err)
	}
	g := cloud.Access().Gateways[0]
	config := junos.Config{Dialer: sshdial.Dialer{KnownHosts: store}, NETCONFPort: g.NetconfPort, SSHPort: g.SSHPort, Timeout: 30 * time.Second}
	return cloud, config, upgrade.Endpoint{Address: g.Address, User: "root", Password: upgrade.Secret(g.RootPassword)}
}

func TestASimulatedGatewayIsRead(t *testing.T) {
	_, config, e := simulated(t)
	for name, port := range map[string]int{"over NETCONF": config.NETCONFPort, "over SSH": config.SSHPort} {
		t.Run(name, func(t *testing.T) {
			config := config
			config.NETCONFPort = port
			session := open(t, config, e)
			view, err := session.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if view.Cluster == nil || len(view.Cluster.Whole()) > 0 || len(view.Nodes) != 2 || view.Preempt != upgrade.PreemptActive ||
				!view.RootLogin || view.Pending || view.Uncommitted || len(view.NodeMACs) != 2 || view.Mark.Commit == "" {
				t.Errorf("View gives %+v", view)
			}
			snapshot, err := session.Snapshot(t.Context())
			if err != nil || len(snapshot.Unread) > 0 {
				t.Fatalf("unread %v, error %v", snapshot.Unread, err)
			}
			if snapshot.Config != view.Mark.Digest || len(snapshot.Interfaces) == 0 || len(snapshot.Routes) == 0 || snapshot.Sessions == 0 {
				t.Errorf("Snapshot gives %+v", snapshot)
			}
			var set, text strings.Builder
			if err := session.Configuration(t.Context(), junos.Set, &set); err != nil {
				t.Fatal(err)
			}
			if err := session.Configuration(t.Context(), junos.Text, &text); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(set.String(), "\nset chassis cluster redundancy-group 1 preempt") || digest(text.String()) != view.Mark.Digest {
				t.Error("the configuration is not the one of the view")
			}
		})
	}
}

func TestASimulatedStandaloneIsRead(t *testing.T) {
	standalone := sim.DefaultGateways()[0]
	standalone.Standalone, standalone.Preempt = true, false
	_, config, e := simulated(t, standalone)
	session := open(t, config, e)
	view, err := session.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if view.Cluster != nil || len(view.Nodes) != 1 || view.Nodes[0].Version != standalone.Version || view.Preempt != upgrade.PreemptAbsent {
		t.Errorf("View gives %+v", view)
	}
	if snapshot, err := session.Snapshot(t.Context()); err != nil || len(snapshot.Unread) > 0 {
		t.Errorf("unread %v, error %v", snapshot.Unread, err)
	}
}

func TestPreemptOfASimulatedGatewayIsSwitched(t *testing.T) {
	cloud, config, e := simulated(t)
	for _, c := range []struct {
		on, changed bool
		log         string
	}{
		{true, false, "test: on, as it is"},
		{false, true, "test: off"},
		{false, false, "test: off again"},
		{true, true, "test: on"},
	} {
		changed, err := config.SetPreempt(t.Context(), e, c.on, 10, c.log)
		if err != nil || changed != c.changed {
			t.Fatalf("%s: changed %v, error %v", c.log, changed, err)
		}
		if active := cloud.State(cloud.Access().Gateways[0].ID).PreemptActive; active != c.on {
			t.Fatalf("%s: preempt of the gateway is %v", c.log, active)
		}
	}
	session := open(t, config, e)
	if view, err := session.View(t.Context()); err != nil || view.Pending || view.Uncommitted {
		t.Errorf("left behind: %+v, error %v", view, err)
	}
}
