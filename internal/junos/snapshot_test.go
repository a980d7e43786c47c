package junos_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func wholeSnapshot() upgrade.Snapshot {
	return upgrade.Snapshot{
		Nodes:   []upgrade.NodeVersion{{Node: "node0", Host: "edge-a", Version: "23.4R2-S3.9"}, {Node: "node1", Host: "edge-b", Version: "22.2R2-S2.3"}},
		Cluster: healthyCluster(upgrade.Yes),
		Interfaces: []upgrade.Interface{{Name: "ge-0/0/0", Admin: "up", Oper: "up"}, {Name: "ge-0/0/1", Admin: "up", Oper: "down"},
			{Name: "ge-7/0/0", Admin: "down", Oper: "down"}, {Name: "reth0", Admin: "up", Oper: "up"}, {Name: "st0", Admin: "up", Oper: "up"}},
		Routes:    []upgrade.RouteTable{{Name: "inet.0", Active: map[string]int{"Direct": 7, "Static": 4}}, {Name: "edge.inet.0", Active: map[string]int{"BGP": 310}}},
		Peers:     []upgrade.Peer{{Address: "198.51.100.9", State: "Established", Active: 310}, {Address: "198.51.100.13", State: "Active"}},
		Tunnels:   []string{"203.0.113.5", "203.0.113.77"},
		Sessions:  901,
		Alarms:    []upgrade.Alarm{{Class: "Major", Text: "FPC 0 Example errors"}, {Class: "Minor", Text: "Licence for feature Example(7) is about to expire"}},
		CoreDumps: []string{"node0:/var/tmp/exampled.core.0.gz", "node1:/var/crash/core.example.1.gz"},
		Licences:  []upgrade.Licence{{Feature: "Example Appliance", End: "permanent"}, {Feature: "Example Scale", Needed: 1, End: "2031-07-01"}},
		Config:    digestOf("active"),
	}
}

func TestSnapshotReadsEveryItem(t *testing.T) {
	got, err := newDevice(t, "active").peer().dial(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeSnapshot(), got); diff != "" {
		t.Errorf("Snapshot (-want +got):\n%s", diff)
	}
}

func TestSnapshotNamesWhatItCouldNotRead(t *testing.T) {
	for operation, c := range map[string]struct {
		item  string
		clear func(*upgrade.Snapshot)
	}{
		"get-software-information":                  {"nodes", func(s *upgrade.Snapshot) { s.Nodes = nil }},
		"get-chassis-cluster-status":                {"cluster", func(s *upgrade.Snapshot) { s.Cluster = nil }},
		"get-interface-information":                 {"interfaces", func(s *upgrade.Snapshot) { s.Interfaces = nil }},
		"get-route-summary-information":             {"routes", func(s *upgrade.Snapshot) { s.Routes = nil }},
		"get-bgp-summary-information":               {"peers", func(s *upgrade.Snapshot) { s.Peers = nil }},
		"get-ike-security-associations-information": {"tunnels", func(s *upgrade.Snapshot) { s.Tunnels = nil }},
		"get-flow-session-information":              {"sessions", func(s *upgrade.Snapshot) { s.Sessions = 0 }},
		"get-system-alarm-information":              {"alarms", func(s *upgrade.Snapshot) { s.Alarms = nil }},
		"get-alarm-information":                     {"alarms", func(s *upgrade.Snapshot) { s.Alarms = nil }},
		"get-system-core-dumps":                     {"coreDumps", func(s *upgrade.Snapshot) { s.CoreDumps = nil }},
		"get-license-summary-information":           {"licences", func(s *upgrade.Snapshot) { s.Licences = nil }},
		"get-configuration":                         {"config", func(s *upgrade.Snapshot) { s.Config = "" }},
	} {
		t.Run(operation, func(t *testing.T) {
			d := newDevice(t, "active")
			d.override = func(asked, _ string) (answer, bool) {
				return answer{inner: rpcError("the routing subsystem is not running")}, asked == operation
			}
			got, err := d.peer().dial(t).Snapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if reason, unknown := got.Unknown(c.item); !unknown || reason == "" {
				t.Errorf("%s is not named, but %v", c.item, got.Unread)
			}
			want := wholeSnapshot()
			c.clear(&want)
			want.Unread = got.Unread
			if diff := cmp.Diff(want, got); diff != "" || len(got.Unread) != 1 {
				t.Errorf("Snapshot (-want +got), unread %v:\n%s", got.Unread, diff)
			}
		})
	}
}

func TestADeviceWithoutBGPHasNoPeers(t *testing.T) {
	for name, inner := range map[string]string{
		"said in a text":   "<output>BGP is not running</output>",
		"said in an error": rpcError("error: BGP is not running"),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			d.override = func(asked, _ string) (answer, bool) {
				return answer{inner: inner}, asked == "get-bgp-summary-information"
			}
			got, err := d.peer().dial(t).Snapshot(t.Context())
			if err != nil || got.Peers != nil || got.Unread != nil {
				t.Errorf("peers %v, unread %v, error %v", got.Peers, got.Unread, err)
			}
		})
	}
}

func TestSnapshotFailsWithTheConnection(t *testing.T) {
	d := newDevice(t, "active")
	d.override = func(asked, _ string) (answer, bool) {
		return answer{hangUp: true}, asked == "get-route-summary-information"
	}
	_, err := d.peer().dial(t).Snapshot(t.Context())
	wantKind(t, err, upgrade.Unreachable)
}
