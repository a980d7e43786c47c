package kvmhost_test

import (
	"path/filepath"
	"testing"
	"time"

	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

func TestSimulatedHostsAreRead(t *testing.T) {
	cloud, err := sim.Start(sim.Options{})
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
	for _, m := range cloud.Access().Gateways[0].Members {
		config := kvmhost.Config{Dialer: sshdial.Dialer{KnownHosts: store}, Port: m.HostSSHPort, Timeout: 30 * time.Second}
		host, err := config.Dial(t.Context(), upgrade.Endpoint{Address: m.HostAddress, User: "root", Password: upgrade.Secret(m.HostPassword)})
		if err != nil {
			t.Fatal(err)
		}
		defer host.Close()
		domains, err := host.Domains(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(domains) != 1 || domains[0].Name != m.Domain || !domains[0].Running() || !domains[0].Autostart || len(domains[0].MACs) == 0 {
			t.Errorf("the host of node%d carries %+v", m.Node, domains)
		}
	}
}
