package kvmhost_test

import (
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// startWorld starts a simulated cloud of one healthy pair whose clock stands still.
func startWorld(t *testing.T) *sim.Cloud {
	t.Helper()
	cloud, err := sim.Start(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Error(err)
		}
	})
	cloud.Pause()
	return cloud
}

// dialHost logs in to the host of a node.
func dialHost(t *testing.T, cloud *sim.Cloud, node int) *kvmhost.Host {
	t.Helper()
	host, err := tryHost(t, cloud, node)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	})
	return host
}

func tryHost(t *testing.T, cloud *sim.Cloud, node int) (*kvmhost.Host, error) {
	t.Helper()
	store, err := sshdial.OpenKnownHosts(filepath.Join(t.TempDir(), "known_hosts"), true)
	if err != nil {
		t.Fatal(err)
	}
	m := cloud.Access().Gateways[0].Members[node]
	config := kvmhost.Config{Dialer: sshdial.Dialer{KnownHosts: store}, Port: m.HostSSHPort, Timeout: 30 * time.Second}
	return config.Dial(t.Context(), upgrade.Endpoint{Address: m.HostAddress, User: "root", Password: upgrade.Secret(m.HostPassword)})
}

func TestSimulatedHostsAreRead(t *testing.T) {
	cloud := startWorld(t)
	for _, m := range cloud.Access().Gateways[0].Members {
		domains, err := dialHost(t, cloud, m.Node).Domains(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(domains) != 1 || domains[0].Name != m.Domain || !domains[0].Running() || !domains[0].Autostart || len(domains[0].MACs) == 0 {
			t.Errorf("the host of node%d carries %+v", m.Node, domains)
		}
	}
}

// factsOf asks the host of a node what readiness is judged by.
func factsOf(t *testing.T, cloud *sim.Cloud, node int) upgrade.HostFacts {
	t.Helper()
	g := cloud.Access().Gateways[0]
	return dialHost(t, cloud, node).Facts(t.Context(), kvmhost.Questions{
		PeerAddress: g.Members[1-node].HostAddress, DeviceAddress: g.Address, Domain: g.Members[node].Domain,
	})
}

func TestASimulatedHostIsFit(t *testing.T) {
	cloud := startWorld(t)
	cloud.DeclareDryRun()
	for node := range 2 {
		f := factsOf(t, cloud, node)
		right := map[string]bool{
			"asked": f.Error == "" && len(f.Unread) == 0 && !f.Denied && !f.NoShell, "root": f.RootFS == "ext4" && !f.RootReadOnly,
			"memory": f.MemoryKB > 32<<20, "telnet": f.Telnet, "network": f.Resolves && f.Mirror && f.ServiceRoute && f.Localhost,
			"bonds":    len(f.Bonds) == 2 && f.Bonds[0].Name == "bond0" && len(f.Bonds[0].Ports) == 2 && len(f.Bonds[1].Up) == 2,
			"consoles": len(f.Consoles) == 1 && !f.ConsoleOpen, "image": f.ImageBytes > 1<<30 && f.FreeBytes > f.ImageBytes,
			"ssh":   f.PeerSSH != nil && *f.PeerSSH && f.DeviceSSH != nil && *f.DeviceSSH,
			"links": len(f.ControlLinks) == 2 && f.ControlLinks[0].Name == "vnet0", "log": f.CheckLog == "",
		}
		for what, ok := range right {
			if !ok {
				t.Errorf("node%d: %s is not right in %+v", node, what, f)
			}
		}
	}
	if v := cloud.Verdict(); len(v.Violations) > 0 || v.Writes > 0 {
		t.Errorf("asking for facts wrote: %+v", v)
	}
}

func TestAFaultOfASimulatedHostChangesItsOwnFacts(t *testing.T) {
	no := false
	for name, c := range map[string]struct {
		fault sim.Fault
		want  func(*upgrade.HostFacts)
	}{
		"read-only":        {sim.Fault{Name: "host-readonly"}, func(f *upgrade.HostFacts) { f.RootReadOnly = true }},
		"small memory":     {sim.Fault{Name: "host-memory-small"}, func(f *upgrade.HostFacts) { f.MemoryKB /= 4 }},
		"no telnet":        {sim.Fault{Name: "host-telnet-missing"}, func(f *upgrade.HostFacts) { f.Telnet = false }},
		"full disk":        {sim.Fault{Name: "host-disk-full"}, func(f *upgrade.HostFacts) { f.FreeBytes = 0 }},
		"bond0 lacks one":  {sim.Fault{Name: "host-bond-nic-missing", Arg: "bond0"}, func(f *upgrade.HostFacts) { drop(&f.Bonds[0]) }},
		"bond1 lacks one":  {sim.Fault{Name: "host-bond-nic-missing", Arg: "bond1"}, func(f *upgrade.HostFacts) { drop(&f.Bonds[1]) }},
		"bond0 has more":   {sim.Fault{Name: "host-bond-nic-added", Arg: "bond0"}, func(f *upgrade.HostFacts) { add(&f.Bonds[0]) }},
		"bond1 has more":   {sim.Fault{Name: "host-bond-nic-added", Arg: "bond1"}, func(f *upgrade.HostFacts) { add(&f.Bonds[1]) }},
		"peer filtered":    {sim.Fault{Name: "host-firewall", Arg: "peer"}, func(f *upgrade.HostFacts) { f.PeerSSH = &no }},
		"gateway filtered": {sim.Fault{Name: "host-firewall", Arg: "gateway"}, func(f *upgrade.HostFacts) { f.DeviceSSH = &no }},
		"console in use":   {sim.Fault{Name: "console-open"}, func(f *upgrade.HostFacts) { f.ConsoleOpen = true }},
		"console editing":  {sim.Fault{Name: "console-open", Arg: "configure"}, func(f *upgrade.HostFacts) { f.ConsoleOpen = true }},
		"no console":       {sim.Fault{Name: "console-definition-lost"}, func(f *upgrade.HostFacts) { f.Consoles = nil }},
		"control links": {sim.Fault{Name: "control-link-down"}, func(f *upgrade.HostFacts) {
			for i := range f.ControlLinks {
				f.ControlLinks[i].State = "down"
			}
		}},
		"nameless": {sim.Fault{Name: "host-names-broken"}, func(f *upgrade.HostFacts) {
			f.Resolves, f.Mirror = false, false
			f.Unread = []upgrade.Unread{{Item: "mirror", Reason: "the name mirrors.sim.example does not resolve"}}
		}},
		"no shell": {sim.Fault{Name: "host-shell-broken"}, func(f *upgrade.HostFacts) { *f = upgrade.HostFacts{NoShell: true} }},
		"nothing":  {sim.Fault{Name: "no-backup-image"}, func(*upgrade.HostFacts) {}},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := startWorld(t)
			want, other := factsOf(t, cloud, 0), factsOf(t, cloud, 1)
			c.fault.Member = cloud.Access().Gateways[0].Members[0].ID
			if err := cloud.Inject(c.fault); err != nil {
				t.Fatal(err)
			}
			c.want(&want)
			got := factsOf(t, cloud, 0)
			if (got.Error != "") != want.NoShell {
				t.Errorf("the error is %q", got.Error)
			}
			got.Error = ""
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("facts of the host with the fault (-want +got):\n%s", diff)
			}
			if c.fault.Name == "control-link-down" { // it has two ends
				c.want(&other)
			}
			if diff := cmp.Diff(other, factsOf(t, cloud, 1)); diff != "" {
				t.Errorf("facts of the other host (-want +got):\n%s", diff)
			}
		})
	}
}

func drop(b *upgrade.Bond) { b.Ports, b.Up = b.Ports[:1], b.Up[:1] }
func add(b *upgrade.Bond) {
	b.Ports, b.Up = append(slices.Clone(b.Ports), "eth4"), append(slices.Clone(b.Up), "eth4")
}

func TestASimulatedHostInRescueModeLacksWhatIsOnItsDisk(t *testing.T) {
	cloud := startWorld(t)
	want := factsOf(t, cloud, 0)
	if err := cloud.Inject(sim.Fault{Name: "host-rescue", Member: cloud.Access().Gateways[0].Members[0].ID}); err != nil {
		t.Fatal(err)
	}
	got := factsOf(t, cloud, 0)
	lost := []string{"consoles", "consoleOpen", "imageBytes", "freeBytes"}
	unread := map[string]bool{}
	for _, u := range got.Unread {
		unread[u.Item] = true
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(lost)), slices.Sorted(maps.Keys(unread))); diff != "" {
		t.Errorf("unread (-want +got):\n%s", diff)
	}
	for _, field := range lost {
		byJSON(t, &want, field).SetZero()
	}
	want.RootFS, got.Unread = "tmpfs", nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

func TestTheLogOfASimulatedCheckIsRead(t *testing.T) {
	cloud := startWorld(t)
	g := cloud.Access().Gateways[0]
	for _, f := range []sim.Fault{{Name: "host-telnet-missing", Member: g.Members[0].ID}, {Name: "foreign-check"}} {
		if err := cloud.Inject(f); err != nil {
			t.Fatal(err)
		}
	}
	cloud.Step(time.Hour)
	if f := factsOf(t, cloud, 0); !strings.HasSuffix(f.CheckLog, "FAILURE - Return code:1116") {
		t.Errorf("the log says %q", f.CheckLog)
	}
	if f := factsOf(t, cloud, 1); !strings.Contains(f.CheckLog, "Return code:0") {
		t.Errorf("the other host's log says %q", f.CheckLog)
	}
}

func TestASimulatedHostThatCannotBeReachedIsNotAsked(t *testing.T) {
	for name, c := range map[string]struct {
		fault sim.Fault
		want  upgrade.Kind
	}{
		"filtered":       {sim.Fault{Name: "host-firewall", Arg: "inbound"}, upgrade.Unreachable},
		"away":           {sim.Fault{Name: "host-unreachable"}, upgrade.Unreachable},
		"another record": {sim.Fault{Name: "host-record-missing"}, ""}, // the host itself is as it was
	} {
		t.Run(name, func(t *testing.T) {
			cloud := startWorld(t)
			c.fault.Member = cloud.Access().Gateways[0].Members[0].ID
			if err := cloud.Inject(c.fault); err != nil {
				t.Fatal(err)
			}
			host, err := tryHost(t, cloud, 0)
			wantKind(t, err, c.want)
			if err == nil {
				host.Close()
			}
			peer := factsOf(t, cloud, 1)
			if reachable := c.want == ""; peer.PeerSSH == nil || *peer.PeerSSH != reachable {
				t.Errorf("the peer reaches it: %v, want %t", reflect.ValueOf(peer.PeerSSH), reachable)
			}
		})
	}
}
