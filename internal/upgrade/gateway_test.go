package upgrade_test

import (
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func TestReadStatusSeesThroughCaseBlanksAndUnderscores(t *testing.T) {
	for _, c := range []struct {
		keyName, name string
		want          upgrade.Status
	}{
		{"ACTIVE", "Active", upgrade.StatusActive},
		{"", "Active", upgrade.StatusActive},
		{"UPDATING", "Updating", upgrade.StatusUpdating},
		{"UPGRADE_ACTIVE", "Upgrade Active", upgrade.StatusUpgradeActive},
		{"UPGRADEACTIVE", "", upgrade.StatusUpgradeActive},
		{"upgrade-active", "", upgrade.StatusUpgradeActive},
		{"", "upgrade  active", upgrade.StatusUpgradeActive},
		{"STATE_7", "Upgrade Active", upgrade.StatusUpgradeActive},
		{"UPGRADE_ACTIVE", "Active", upgrade.StatusUpgradeActive},
	} {
		if got := upgrade.ReadStatus(c.keyName, c.name); got != c.want {
			t.Errorf("ReadStatus(%q, %q) = %q, want %q", c.keyName, c.name, got, c.want)
		}
	}
}

func TestReadStatusNeverTakesAnUnknownOneForActive(t *testing.T) {
	for _, text := range []string{"", "INACTIVE", "Not Active", "ACTIVE_UPGRADE", "ACTIVATING", "Upgrade", "DEACTIVATED", "Rollback Active", "0"} {
		for _, pair := range [][2]string{{text, ""}, {"", text}, {text, text}} {
			if got := upgrade.ReadStatus(pair[0], pair[1]); got != upgrade.StatusOther {
				t.Errorf("ReadStatus(%q, %q) = %q, want %q", pair[0], pair[1], got, upgrade.StatusOther)
			}
		}
	}
}

func TestAServerIsIdleOnlyWhenNothingSpeaksOfATransaction(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.Server)
		idle   bool
	}{
		"nothing":                   {func(*upgrade.Server) {}, true},
		"a former reload":           {func(s *upgrade.Server) { s.LastReload = 31090 }, true},
		"an active transaction":     {func(s *upgrade.Server) { s.Active = &upgrade.Transaction{ID: 31090} }, false},
		"only a count":              {func(s *upgrade.Server) { s.ActiveCount = 1 }, false},
		"only an id":                {func(s *upgrade.Server) { s.ActiveIDs = []int{31090} }, false},
		"the last reload is active": {func(s *upgrade.Server) { s.Active = &upgrade.Transaction{ID: s.LastReload} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(primaryHardware, 31001)
			c.change(&s)
			if got := s.Idle(); got != c.idle {
				t.Errorf("Idle() = %v, want %v", got, c.idle)
			}
		})
	}
}

func TestAGatewayIsAPairOnlyWithTwoMembers(t *testing.T) {
	g := wholePicture(oldRelease).Gateway
	for n, want := range map[int]bool{0: false, 1: false, 2: true} {
		g := g
		g.Members = g.Members[:n]
		if got := g.HA(); got != want {
			t.Errorf("HA() with %d members = %v", n, got)
		}
	}
}

func TestPicturePartsAreFoundByIDAndNotGuessed(t *testing.T) {
	p := wholePicture(oldRelease)
	if m, ok := p.Gateway.Member(secondaryHardware); !ok || m.ID != secondaryMember {
		t.Errorf("Member = %+v, %v", m, ok)
	}
	if s, ok := p.Server(secondaryHardware); !ok || s.LastReload != 31002 {
		t.Errorf("Server = %+v, %v", s, ok)
	}
	if h, ok := p.Host(secondaryHardware); !ok || h.Domains[0].Name != "vSRXvQ2" {
		t.Errorf("Host = %+v, %v", h, ok)
	}
	if v := p.Device.Version("node2"); v != "" {
		t.Errorf("Version(node2) = %q", v)
	}
	_, member := p.Gateway.Member(1)
	_, server := p.Server(1)
	_, host := p.Host(1)
	if member || server || host {
		t.Errorf("an unknown id was found: member %v, server %v, host %v", member, server, host)
	}
}

func TestOnlyAMachineThatIsShutOffDoesNotRun(t *testing.T) {
	for state, running := range map[string]bool{"running": true, "paused": true, "in shutdown": true, "idle": true, "": true, "shut off": false} {
		if got := (upgrade.Domain{State: state}).Running(); got != running {
			t.Errorf("Running() in state %q = %v", state, got)
		}
	}
}
