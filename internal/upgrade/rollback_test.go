package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// kept is the backup that IBM keeps of the old machine.
func kept() upgrade.Backup {
	return upgrade.Backup{Host: "quokka-a", Domain: "vSRXvQ1", Exists: true, Bytes: 17_000_000_000}
}

func TestARollbackMayBeginBetweenTheReloads(t *testing.T) {
	ill := func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "no answer"} }
	off := func(p *upgrade.Picture) { p.Hosts[1].Domains[0].State = "shut off" }
	for name, change := range map[string]func(*upgrade.Picture){
		"while everything is well": func(*upgrade.Picture) {}, "while the upgraded node is silent": ill, "while the upgraded machine is off": off,
	} {
		t.Run(name, func(t *testing.T) {
			p := lonePicture()
			change(&p)
			if found := upgrade.JudgeRollback(p, validPlan(t), kept()); len(found) > 0 {
				t.Errorf("found:\n%s", texts(found))
			}
		})
	}
}

func TestJudgeRollbackFindsTheOneSpoiledDetail(t *testing.T) {
	for name, c := range map[string]struct {
		spoil   func(*upgrade.Picture, *upgrade.Backup)
		check   string
		says    string
		unknown bool
	}{
		"the status is active": {func(p *upgrade.Picture, _ *upgrade.Backup) {
			p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusActive, "Active"
		}, "gateway-status", "upgrade-active", false},
		"the status is strange":       {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Gateway.Status = upgrade.StatusOther }, "gateway-status", "upgrade-active", false},
		"a transaction on the first":  {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Servers[1].ActiveCount = 1 }, "transaction", "quokka-b", false},
		"a transaction on the second": {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Servers[0].ActiveCount = 1 }, "transaction", "quokka-a", false},
		"a server is missing":         {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Servers = p.Servers[1:] }, "server", "quokka-a", true},
		"a host was not asked":        {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Hosts = p.Hosts[1:] }, "host-login", "quokka-a", true},
		"a host is out of reach":      {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Hosts[1].Error = "timed out" }, "host-login", "timed out", true},
		"no machine on a host":        {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Hosts[0].Domains = nil }, "machine", "0 vSRX machines", false},
		"two machines on a host": {func(p *upgrade.Picture, _ *upgrade.Backup) {
			p.Hosts[1].Domains = append(p.Hosts[1].Domains, upgrade.Domain{Name: "stray"})
		}, "machine", "2 vSRX machines", false},
		"the old machine is on":       {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Hosts[0].Domains[0].State = "running" }, "peer-power", "powered on", false},
		"the old machine is paused":   {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Hosts[0].Domains[0].State = "paused" }, "peer-power", "powered on", false},
		"the backup is missing":       {func(_ *upgrade.Picture, b *upgrade.Backup) { b.Exists, b.Bytes = false, 0 }, "backup", "no backup image of vSRXvQ1", false},
		"the backup is empty":         {func(_ *upgrade.Picture, b *upgrade.Backup) { b.Bytes = 0 }, "backup", "no backup image", false},
		"the backup is unknown":       {func(_ *upgrade.Picture, b *upgrade.Backup) { *b = upgrade.Backup{Error: "no route"} }, "backup", "no route", true},
		"the second node is reloaded": {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Gateway.Members[0].Version = newRelease }, "version", "quokka-a", false},
		"the members are other ones":  {func(p *upgrade.Picture, _ *upgrade.Backup) { p.Gateway.Members[1].ID = 699 }, "members", "699", false},
	} {
		t.Run(name, func(t *testing.T) {
			p, b := lonePicture(), kept()
			c.spoil(&p, &b)
			found := upgrade.JudgeRollback(p, validPlan(t), b)
			if names := checksOf(t, found); !slices.Equal(names, []string{c.check}) || !strings.Contains(texts(found), c.says) {
				t.Fatalf("checks %v, want only %s with %q:\n%s", names, c.check, c.says, texts(found))
			}
			if found[0].Unknown != c.unknown {
				t.Errorf("unknown is %t, want %t", found[0].Unknown, c.unknown)
			}
		})
	}
}
