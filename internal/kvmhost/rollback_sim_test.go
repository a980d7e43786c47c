package kvmhost_test

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

func TestASimulatedMachineIsRolledBackInTheOrderOfIBM(t *testing.T) {
	cloud := startWorld(t)
	ctx, m := t.Context(), cloud.Access().Gateways[0].Members[1]
	host := dialHost(t, cloud, 1)
	state := func() sim.MemberState { return cloud.State(4711).Members[1] }

	wantKind(t, host.RestoreImage(ctx, m.Domain), upgrade.Unhealthy) // it runs
	for range 2 {                                                    // each step may be repeated
		if err := host.Shutdown(ctx, m.Domain); err != nil {
			t.Fatal(err)
		}
		if err := host.SetAutostart(ctx, m.Domain, false); err != nil {
			t.Fatal(err)
		}
		cloud.Step(time.Minute)
	}
	if s := state(); s.VM != "shut off" || s.Autostart {
		t.Fatalf("after the shutdown: %+v", s)
	}
	if size, there, err := host.Backup(ctx, m.Domain); err != nil || !there || size < 1<<30 {
		t.Errorf("the backup: %d, %t, %v", size, there, err)
	}
	before := writes(cloud)
	if err := host.RestoreImage(ctx, m.Domain); err != nil {
		t.Fatal(err)
	}
	if writes(cloud) == before {
		t.Error("restoring the image wrote nothing")
	}
	before = writes(cloud)
	if err := host.RestoreImage(ctx, m.Domain); err != nil {
		t.Fatal(err)
	}
	if writes(cloud) != before {
		t.Error("an image that was restored already was written again")
	}
	for range 2 {
		if err := host.Start(ctx, m.Domain); err != nil {
			t.Fatal(err)
		}
		if err := host.SetAutostart(ctx, m.Domain, true); err != nil {
			t.Fatal(err)
		}
	}
	cloud.Step(time.Hour)
	if s := cloud.State(4711); !s.Healthy || !s.Members[1].Autostart {
		t.Errorf("after the start: %+v", s)
	}
	if v := cloud.Verdict(); len(v.Violations) > 0 {
		t.Errorf("rules were broken: %+v", v.Violations)
	}
}

// writes counts the calls that changed a host.
func writes(cloud *sim.Cloud) (n int) {
	for _, call := range cloud.Calls() {
		if call.Face == "host" && call.Write {
			n++
		}
	}
	return n
}

func TestASimulatedRollbackMeets(t *testing.T) {
	t.Run("a missing backup", func(t *testing.T) {
		cloud := startWorld(t)
		m := cloud.Access().Gateways[0].Members[1]
		inject(t, cloud, sim.Fault{Name: "no-backup-image", Member: m.ID})
		host := dialHost(t, cloud, 1)
		if size, there, err := host.Backup(t.Context(), m.Domain); size != 0 || there || err != nil {
			t.Errorf("found %d, %t, %v", size, there, err)
		}
		powerOff(t, cloud, 1)
		wantKind(t, host.RestoreImage(t.Context(), m.Domain), upgrade.NotFound)
	})
	t.Run("a machine that does not go off", func(t *testing.T) {
		cloud := startWorld(t)
		m := cloud.Access().Gateways[0].Members[1]
		inject(t, cloud, sim.Fault{Name: "shutdown-hangs"})
		host := dialHost(t, cloud, 1)
		if err := host.Shutdown(t.Context(), m.Domain); err != nil {
			t.Fatal(err)
		}
		cloud.Step(time.Hour)
		if domains, err := host.Domains(t.Context()); err != nil || len(domains) != 1 || !domains[0].Running() {
			t.Errorf("got %+v, %v, want it running", domains, err)
		}
		wantKind(t, host.RestoreImage(t.Context(), m.Domain), upgrade.Unhealthy)
	})
	t.Run("a machine that does not start", func(t *testing.T) {
		cloud := startWorld(t)
		m := cloud.Access().Gateways[0].Members[1]
		powerOff(t, cloud, 1)
		inject(t, cloud, sim.Fault{Name: "vm-no-start", Member: m.ID})
		err := dialHost(t, cloud, 1).Start(t.Context(), m.Domain)
		wantKind(t, err, upgrade.Refused)
		if err != nil && !strings.Contains(err.Error(), "vfio") {
			t.Errorf("the error %q hides what libvirt said", err)
		}
	})
	for name, fault := range map[string]string{"a full disk": "host-disk-full", "a disk that is read-only": "host-readonly"} {
		t.Run(name+", and goes on when it is mended", func(t *testing.T) {
			cloud := startWorld(t)
			m := cloud.Access().Gateways[0].Members[1]
			powerOff(t, cloud, 1)
			inject(t, cloud, sim.Fault{Name: fault, Member: m.ID})
			host := dialHost(t, cloud, 1)
			wantKind(t, host.RestoreImage(t.Context(), m.Domain), upgrade.Refused)
			cloud.Clear(fault)
			if err := host.Start(t.Context(), m.Domain); err != nil {
				t.Errorf("the image did not survive: %v", err)
			}
			powerOff(t, cloud, 1)
			if err := host.RestoreImage(t.Context(), m.Domain); err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Run("a host in rescue mode", func(t *testing.T) {
		cloud := startWorld(t)
		m := cloud.Access().Gateways[0].Members[1]
		inject(t, cloud, sim.Fault{Name: "host-rescue", Member: m.ID})
		_, there, err := dialHost(t, cloud, 1).Backup(t.Context(), m.Domain)
		wantKind(t, err, upgrade.Refused)
		if there {
			t.Error("a disk that is not mounted has a backup")
		}
	})
}

func inject(t *testing.T, cloud *sim.Cloud, f sim.Fault) {
	t.Helper()
	if err := cloud.Inject(f); err != nil {
		t.Fatal(err)
	}
}

// powerOff shuts the machine of a node down and lives through the time it takes.
func powerOff(t *testing.T, cloud *sim.Cloud, node int) {
	t.Helper()
	if err := dialHost(t, cloud, node).Shutdown(t.Context(), cloud.Access().Gateways[0].Members[node].Domain); err != nil {
		t.Fatal(err)
	}
	cloud.Step(time.Minute)
	if s := cloud.State(4711).Members[node]; s.VM != "shut off" {
		t.Fatalf("the machine is %s", s.VM)
	}
}
