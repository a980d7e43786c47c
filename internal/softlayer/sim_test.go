package softlayer_test

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// startWorld starts a simulated cloud of one healthy pair whose clock stands still.
func startWorld(t *testing.T) (*sim.Cloud, *softlayer.Client, sim.GatewayAccess) {
	t.Helper()
	world, err := sim.Start(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := world.Close(); err != nil {
			t.Error(err)
		}
	})
	world.Pause()
	access := world.Access()
	client, err := softlayer.New(softlayer.Config{
		Endpoint: access.API, User: access.Username, APIKey: upgrade.Secret(access.APIKey), PerSecond: 10000,
	})
	if err != nil {
		t.Fatal(err)
	}
	return world, client, access.Gateways[0]
}

func TestTheSimulatedCloudIsReadAsItIs(t *testing.T) {
	_, client, there := startWorld(t)
	ctx, reader := t.Context(), client.Reader()
	g, err := reader.Gateway(ctx, there.ID)
	if err != nil {
		t.Fatal(err)
	}
	if g.Name != there.Name || g.Account != there.Account || g.Pod != there.Pod || g.Address != there.Address ||
		g.Status != upgrade.StatusActive || len(g.Members) != len(there.Members) {
		t.Errorf("read %+v, want %+v", g, there)
	}
	if neighbours, err := reader.Neighbours(ctx, g); err != nil || len(neighbours) != 0 {
		t.Errorf("neighbours %v, %v, want none", neighbours, err)
	}
	for _, want := range there.Members {
		m, found := g.Member(want.HardwareID)
		if !found || m.ID != want.ID || m.Address != want.HostAddress || m.Processor == "" || m.UplinkMbps != 10000 {
			t.Errorf("member %+v, want %+v", m, want)
		}
		if s, err := reader.Server(ctx, want.HardwareID); err != nil || !s.Idle() || s.Status != "ACTIVE" || !s.Provisioned || !s.Billed {
			t.Errorf("server %+v, %v, want it in use and idle", s, err)
		}
		if p, err := reader.HostPassword(ctx, want.HardwareID); err != nil || string(p) != want.HostPassword {
			t.Errorf("the host password of %d is not the host's: %v", want.HardwareID, err)
		}
		if p, err := reader.DevicePassword(ctx, want.ID); err != nil || string(p) != there.RootPassword {
			t.Errorf("the vSRX password of %d is not the vSRX's: %v", want.ID, err)
		}
		prices, err := reader.Prices(ctx, there.ID, want.ID)
		if err != nil || len(prices) != 2 {
			t.Errorf("prices %v, %v, want two", prices, err)
		}
		for _, p := range prices {
			if _, err := upgrade.ParseVersion(p.Version); err != nil || p.Text == "" {
				t.Errorf("price %+v names no release: %v", p, err)
			}
		}
	}
}

func TestACheckOfTheSimulatedCloudIsStartedAndWatched(t *testing.T) {
	world, client, there := startWorld(t)
	all := func(want upgrade.ReadinessValue) {
		t.Helper()
		rows, err := client.Reader().Readiness(t.Context(), there.ID)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, row := range rows {
			if row.Category != upgrade.UpgradeCheck {
				continue
			}
			if seen++; row.Value != want {
				t.Errorf("member %d is %q (%s), want %q", row.MemberID, row.Value, row.Raw, want)
			}
		}
		if seen != len(there.Members) {
			t.Errorf("%d rows, want one a member", seen)
		}
	}
	all(upgrade.Unchecked)
	if err := client.Writer().StartCheck(t.Context(), there.ID, upgrade.UpgradeCheck); err != nil {
		t.Fatal(err)
	}
	all(upgrade.Running)
	s, err := client.Reader().Server(t.Context(), there.Members[0].HardwareID)
	if err != nil || s.Idle() || s.Active == nil || s.Active.Step == "" || s.Active.Since.IsZero() || s.LastReload != 0 {
		t.Errorf("server %+v, %v, want a check on it", s, err)
	}
	world.Step(31 * time.Minute)
	all(upgrade.Ready)
}

func TestAReloadOfTheSimulatedCloudIsPostedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		want  upgrade.Answer
	}{
		"a device that refuses nothing": {"", upgrade.Accepted},
		"an error under status 200":     {"reload-200-error", upgrade.Ambiguous},
		"a token":                       {"reload-token", upgrade.Ambiguous},
		"a server at work":              {"reload-busy-500", upgrade.Declined},
	} {
		t.Run(name, func(t *testing.T) {
			world, client, there := startWorld(t)
			ctx, server := t.Context(), there.Members[0].HardwareID
			for _, check := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
				if err := client.Writer().StartCheck(ctx, there.ID, check); err != nil {
					t.Fatal(err)
				}
				world.Step(31 * time.Minute)
			}
			prices, err := client.Reader().Prices(ctx, there.ID, there.Members[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			if c.fault != "" {
				if err := world.Inject(sim.Fault{Name: c.fault}); err != nil {
					t.Fatal(err)
				}
			}
			got, text, err := client.Writer().Reload(ctx, server, prices[0].ID)
			if err != nil || got != c.want || text == "" {
				t.Errorf("the reload ended as %q, %q, %v, want %q", got, text, err, c.want)
			}
			posts := 0
			for _, call := range world.Calls() {
				if strings.Contains(call.Name, "reloadOperatingSystem") {
					posts++
				}
			}
			if posts != 1 {
				t.Errorf("%d reloads were posted, want 1", posts)
			}
		})
	}
}
