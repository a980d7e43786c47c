package upgrade_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func snapshot() upgrade.Snapshot {
	return upgrade.Snapshot{
		Nodes:      []upgrade.NodeVersion{{Node: "node0", Version: oldRelease}, {Node: "node1", Version: oldRelease}},
		Cluster:    wholeCluster("node0"),
		Interfaces: []upgrade.Interface{{Name: "ge-0/0/1", Admin: "up", Oper: "up"}, {Name: "reth1", Admin: "up", Oper: "down"}},
		Routes: []upgrade.RouteTable{{Name: "inet.0", Active: map[string]int{"Direct": 40, "Local": 40, "Static": 30, "BGP": 200}},
			{Name: "branch.inet.0", Active: map[string]int{"OSPF": 9}}},
		Peers:     []upgrade.Peer{{Address: "192.0.2.1", State: "Established", Active: 200}, {Address: "192.0.2.2", State: "Idle"}},
		Tunnels:   []string{"198.51.100.7", "198.51.100.8"},
		Sessions:  1200,
		Alarms:    []upgrade.Alarm{{Class: "Minor", Text: "Rescue configuration is not set"}},
		CoreDumps: []string{"node1:/var/tmp/oldd.core.0.gz"},
		Licences:  []upgrade.Licence{{Feature: "Virtual Appliance", End: "2032-01-31"}},
		Config:    "c0ffee",
	}
}

func TestEqualSnapshotsDoNotDiffer(t *testing.T) {
	if diff := upgrade.Compare(snapshot(), snapshot()); len(diff) > 0 {
		t.Errorf("Compare = %+v", diff)
	}
	if diff := upgrade.Compare(upgrade.Snapshot{}, upgrade.Snapshot{}); len(diff) > 0 {
		t.Errorf("Compare of nothing = %+v", diff)
	}
}

// TestCompareFindsEachChange changes one thing after the upgrade.
func TestCompareFindsEachChange(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.Snapshot)
		want   upgrade.Difference
	}{
		"version":        {func(s *upgrade.Snapshot) { s.Nodes[1].Version = newRelease }, upgrade.Difference{Item: "version of node1", Before: oldRelease, After: newRelease, Expected: true}},
		"version unseen": {func(s *upgrade.Snapshot) { s.Nodes = s.Nodes[:1] }, upgrade.Difference{Item: "version of node1", Before: oldRelease}},
		"no cluster":     {func(s *upgrade.Snapshot) { s.Cluster = nil }, upgrade.Difference{Item: "cluster", Before: "true", After: "false"}},
		"group gone":     {func(s *upgrade.Snapshot) { s.Cluster.Groups = s.Cluster.Groups[:1] }, upgrade.Difference{Item: "redundancy group 1", Before: "present", After: "missing"}},
		"primary moved":  {func(s *upgrade.Snapshot) { s.Cluster.Groups[1] = wholeCluster("node1").Groups[1] }, upgrade.Difference{Item: "redundancy group 1 primary", Before: "node0", After: "node1"}},
		"no primary":     {func(s *upgrade.Snapshot) { s.Cluster.Groups[0].Nodes[0].State = "hold" }, upgrade.Difference{Item: "redundancy group 0 primary", Before: "node0"}},
		"preempt on":     {func(s *upgrade.Snapshot) { s.Cluster.Groups[1].Nodes[1].Preempt = upgrade.Yes }, upgrade.Difference{Item: "redundancy group 1 preempt on node1", Before: "no", After: "yes"}},
		"interface down": {func(s *upgrade.Snapshot) { s.Interfaces[0].Oper = "down" }, upgrade.Difference{Item: "interface ge-0/0/1", Before: "up/up", After: "up/down"}},
		"interface up":   {func(s *upgrade.Snapshot) { s.Interfaces[1].Oper = "up" }, upgrade.Difference{Item: "interface reth1", Before: "up/down", After: "up/up"}},
		"interface off":  {func(s *upgrade.Snapshot) { s.Interfaces[0].Admin = "down" }, upgrade.Difference{Item: "interface ge-0/0/1", Before: "up/up", After: "down/up"}},
		"interface gone": {func(s *upgrade.Snapshot) { s.Interfaces = s.Interfaces[:1] }, upgrade.Difference{Item: "interface reth1", Before: "up/down"}},
		"interface new": {func(s *upgrade.Snapshot) {
			s.Interfaces = append(s.Interfaces, upgrade.Interface{Name: "st0", Admin: "up", Oper: "up"})
		}, upgrade.Difference{Item: "interface st0", After: "up/up"}},
		"static route gone": {func(s *upgrade.Snapshot) { s.Routes[0].Active["Static"] = 29 }, upgrade.Difference{Item: "routes inet.0 Static", Before: "30", After: "29"}},
		"static route new":  {func(s *upgrade.Snapshot) { s.Routes[0].Active["Static"] = 31 }, upgrade.Difference{Item: "routes inet.0 Static", Before: "30", After: "31"}},
		"direct route gone": {func(s *upgrade.Snapshot) { s.Routes[0].Active["Direct"] = 39 }, upgrade.Difference{Item: "routes inet.0 Direct", Before: "40", After: "39"}},
		"local route new":   {func(s *upgrade.Snapshot) { s.Routes[0].Active["Local"] = 41 }, upgrade.Difference{Item: "routes inet.0 Local", Before: "40", After: "41"}},
		"learned fewer":     {func(s *upgrade.Snapshot) { s.Routes[0].Active["BGP"] = 179 }, upgrade.Difference{Item: "routes inet.0 BGP", Before: "200", After: "179"}},
		"learned more":      {func(s *upgrade.Snapshot) { s.Routes[0].Active["BGP"] = 221 }, upgrade.Difference{Item: "routes inet.0 BGP", Before: "200", After: "221"}},
		"few learned fewer": {func(s *upgrade.Snapshot) { s.Routes[1].Active["OSPF"] = 8 }, upgrade.Difference{Item: "routes branch.inet.0 OSPF", Before: "9", After: "8"}},
		"table gone":        {func(s *upgrade.Snapshot) { s.Routes = s.Routes[:1] }, upgrade.Difference{Item: "routes branch.inet.0 OSPF", Before: "9", After: "0"}},
		"protocol new":      {func(s *upgrade.Snapshot) { s.Routes[1].Active["RIP"] = 1 }, upgrade.Difference{Item: "routes branch.inet.0 RIP", Before: "0", After: "1"}},
		"peer down":         {func(s *upgrade.Snapshot) { s.Peers[0].State = "Active" }, upgrade.Difference{Item: "BGP peer 192.0.2.1", Before: "Established", After: "Active"}},
		"peer gone":         {func(s *upgrade.Snapshot) { s.Peers = nil }, upgrade.Difference{Item: "BGP peer 192.0.2.1", Before: "Established"}},
		"tunnel gone":       {func(s *upgrade.Snapshot) { s.Tunnels = s.Tunnels[:1] }, upgrade.Difference{Item: "IKE peer 198.51.100.8", Before: "present", After: "missing"}},
		"no sessions":       {func(s *upgrade.Snapshot) { s.Sessions = 0 }, upgrade.Difference{Item: "sessions", Before: "1200", After: "0"}},
		"major alarm":       {func(s *upgrade.Snapshot) { s.Alarms = append(s.Alarms, upgrade.Alarm{Class: "Major", Text: "fan"}) }, upgrade.Difference{Item: "alarm", After: "Major: fan"}},
		"alarm is worse":    {func(s *upgrade.Snapshot) { s.Alarms[0].Class = "Major" }, upgrade.Difference{Item: "alarm", After: "Major: Rescue configuration is not set"}},
		"core dump":         {func(s *upgrade.Snapshot) { s.CoreDumps = append(s.CoreDumps, "node0:/var/tmp/newd.core") }, upgrade.Difference{Item: "core dump", After: "node0:/var/tmp/newd.core"}},
		"licence gone":      {func(s *upgrade.Snapshot) { s.Licences = nil }, upgrade.Difference{Item: "licence Virtual Appliance", Before: "present", After: "missing"}},
		"configuration":     {func(s *upgrade.Snapshot) { s.Config = "decade" }, upgrade.Difference{Item: "configuration", Before: "c0ffee", After: "decade"}},
	} {
		t.Run(name, func(t *testing.T) {
			after := snapshot()
			c.change(&after)
			if diff := cmp.Diff([]upgrade.Difference{c.want}, upgrade.Compare(snapshot(), after)); diff != "" {
				t.Errorf("Compare (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompareToleratesWhatMovesByItself(t *testing.T) {
	for name, change := range map[string]func(before, after *upgrade.Snapshot){
		"a tenth fewer learned routes": func(_, s *upgrade.Snapshot) { s.Routes[0].Active["BGP"] = 180 },
		"a tenth more learned routes":  func(_, s *upgrade.Snapshot) { s.Routes[0].Active["BGP"] = 220 },
		"a table without routes": func(_, s *upgrade.Snapshot) {
			s.Routes = append(s.Routes, upgrade.RouteTable{Name: "empty.inet.0", Active: map[string]int{"BGP": 0}})
		},
		"failovers":           func(_, s *upgrade.Snapshot) { s.Cluster.Groups[1].Failovers = 99 },
		"a peer that came up": func(_, s *upgrade.Snapshot) { s.Peers[1].State = "Established" },
		"a new peer": func(_, s *upgrade.Snapshot) {
			s.Peers = append(s.Peers, upgrade.Peer{Address: "192.0.2.9", State: "Idle"})
		},
		"a peer that never was up":      func(_, s *upgrade.Snapshot) { s.Peers[1].State = "Connect" },
		"a tunnel that came up":         func(_, s *upgrade.Snapshot) { s.Tunnels = append(s.Tunnels, "198.51.100.9") },
		"somewhat fewer sessions":       func(_, s *upgrade.Snapshot) { s.Sessions = 1150 },
		"few sessions that ended":       func(b, s *upgrade.Snapshot) { b.Sessions, s.Sessions = 9, 0 },
		"more sessions":                 func(_, s *upgrade.Snapshot) { s.Sessions = 1300 },
		"an alarm that is over":         func(_, s *upgrade.Snapshot) { s.Alarms = nil },
		"core dumps of the old machine": func(_, s *upgrade.Snapshot) { s.CoreDumps = nil },
		"a licence more":                func(_, s *upgrade.Snapshot) { s.Licences = append(s.Licences, upgrade.Licence{Feature: "Another"}) },
		"a licence renewed":             func(_, s *upgrade.Snapshot) { s.Licences[0].End = "2034-01-31" },
		"no cluster on either side":     func(b, s *upgrade.Snapshot) { b.Cluster, s.Cluster = nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			before, after := snapshot(), snapshot()
			change(&before, &after)
			if diff := upgrade.Compare(before, after); len(diff) > 0 {
				t.Errorf("Compare = %+v", diff)
			}
		})
	}
}

// An item that could not be read on either side is unknown, never equal, and its values are not compared.
func TestCompareListsUnreadItemsAsUnknown(t *testing.T) {
	for item, clear := range map[string]func(*upgrade.Snapshot){
		"nodes":      func(s *upgrade.Snapshot) { s.Nodes = nil },
		"cluster":    func(s *upgrade.Snapshot) { s.Cluster = nil },
		"interfaces": func(s *upgrade.Snapshot) { s.Interfaces = nil },
		"routes":     func(s *upgrade.Snapshot) { s.Routes = nil },
		"peers":      func(s *upgrade.Snapshot) { s.Peers = nil },
		"tunnels":    func(s *upgrade.Snapshot) { s.Tunnels = nil },
		"sessions":   func(s *upgrade.Snapshot) { s.Sessions = 0 },
		"alarms":     func(s *upgrade.Snapshot) { s.Alarms = nil },
		"coreDumps":  func(s *upgrade.Snapshot) { s.CoreDumps = nil },
		"licences":   func(s *upgrade.Snapshot) { s.Licences = nil },
		"config":     func(s *upgrade.Snapshot) { s.Config = "" },
	} {
		t.Run(item, func(t *testing.T) {
			whole, unread := snapshot(), snapshot()
			unread.Unread = []upgrade.Unread{{Item: item, Reason: "syntax error"}}
			clear(&unread)
			for name, c := range map[string]struct {
				before, after upgrade.Snapshot
				want          upgrade.Difference
			}{
				"after":  {whole, unread, upgrade.Difference{Item: item, After: "unknown: syntax error"}},
				"before": {unread, whole, upgrade.Difference{Item: item, Before: "unknown: syntax error"}},
				"both":   {unread, unread, upgrade.Difference{Item: item, Before: "unknown: syntax error"}},
			} {
				if diff := cmp.Diff([]upgrade.Difference{c.want}, upgrade.Compare(c.before, c.after)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestCompareListsEveryDifferenceInOneOrder(t *testing.T) {
	change := func(s *upgrade.Snapshot) {
		s.Nodes[0].Version, s.Interfaces, s.Routes, s.Tunnels, s.Config = newRelease, nil, nil, nil, "decade"
	}
	first, second := snapshot(), snapshot()
	change(&first)
	change(&second)
	want := upgrade.Compare(snapshot(), first)
	if len(want) != 11 {
		t.Errorf("%d differences, want 11: %+v", len(want), want)
	}
	for range 20 { // maps must not show
		if diff := cmp.Diff(want, upgrade.Compare(snapshot(), second)); diff != "" {
			t.Fatalf("Compare (-want +got):\n%s", diff)
		}
	}
}

func TestWithPreemptIsWhatIsRightOnceItIsBack(t *testing.T) {
	before := snapshot()
	got := before.WithPreempt("facade")
	if got.Config != "facade" {
		t.Errorf("Config = %q", got.Config)
	}
	for _, g := range got.Cluster.Groups {
		for _, n := range g.Nodes {
			if (n.Preempt == upgrade.Yes) != (g.ID == 1) {
				t.Errorf("group %d: preempt of %s is %q", g.ID, n.Name, n.Preempt)
			}
		}
	}
	if diff := cmp.Diff(snapshot(), before); diff != "" {
		t.Errorf("the snapshot itself changed (-want +got):\n%s", diff)
	}
	alone := upgrade.Snapshot{Config: "c0ffee"}.WithPreempt("facade")
	if alone.Cluster != nil || alone.Config != "facade" {
		t.Errorf("without a cluster: %+v", alone)
	}
}

func TestUnknownNamesTheReason(t *testing.T) {
	s := snapshot()
	s.Unread = []upgrade.Unread{{Item: "peers", Reason: "not running"}, {Item: "routes", Reason: "timed out"}}
	if why, unknown := s.Unknown("routes"); !unknown || !strings.Contains(why, "timed out") {
		t.Errorf("Unknown(routes) = %q, %v", why, unknown)
	}
	if why, unknown := s.Unknown("tunnels"); unknown || why != "" {
		t.Errorf("Unknown(tunnels) = %q, %v", why, unknown)
	}
}
