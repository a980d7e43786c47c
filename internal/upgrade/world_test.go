package upgrade_test

import (
	"slices"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// The valid world is a healthy pair on oldRelease whose node0 on host quokka-a is primary, so that node1 on quokka-b is
// reloaded first. Every test takes a fresh copy and changes one thing.
const (
	oldRelease = "21.4R3.15"
	newRelease = "23.4R2-S3.9"

	primaryMember, secondaryMember     = 611, 612
	primaryHardware, secondaryHardware = 9101, 9102
	primaryMAC, secondaryMAC           = "52:54:00:0a:00:01", "52:54:00:0b:00:01"
)

// evening is a moment of the night of the upgrade, as hours and minutes after 20:00 UTC.
func evening(hours, minutes int) time.Time {
	return time.Date(2031, time.May, 17, 20+hours, minutes, 0, 0, time.UTC)
}

func hours(n int) upgrade.Duration { return upgrade.Duration(n) * upgrade.Duration(time.Hour) }

// pictureAt is the picture that is right at the moment.
func pictureAt(m upgrade.Moment) upgrade.Picture {
	switch m {
	case upgrade.Between:
		return lonePicture()
	case upgrade.AfterSecond:
		p := wholePicture(newRelease)
		p.Device.Cluster = wholeCluster("node1")
		return p
	default:
		return wholePicture(oldRelease)
	}
}

func wholePicture(version string) upgrade.Picture {
	return upgrade.Picture{
		At: evening(2, 0),
		Gateway: upgrade.Gateway{
			ID: 5150, Name: "edge-quokka", Account: 88001, Pod: "par05.pod07", Vendor: "Juniper Networks",
			Status: upgrade.StatusActive, StatusText: "Active", Address: "10.77.8.40",
			Members: []upgrade.Member{member(primaryMember, primaryHardware, "quokka-a", "10.77.8.11", version),
				member(secondaryMember, secondaryHardware, "quokka-b", "10.77.8.12", version)},
		},
		Servers: []upgrade.Server{server(primaryHardware, 31001), server(secondaryHardware, 31002)},
		Hosts: []upgrade.Host{
			{HardwareID: primaryHardware, Domains: []upgrade.Domain{{Name: "vSRXvQ1", State: "running", Autostart: true, MACs: []string{primaryMAC, "52:54:00:0a:00:02"}}}},
			{HardwareID: secondaryHardware, Domains: []upgrade.Domain{{Name: "vSRXvQ2", State: "running", Autostart: true, MACs: []string{secondaryMAC, "52:54:00:0b:00:02"}}}},
		},
		Device: upgrade.Device{
			Cluster:   wholeCluster("node0"),
			Nodes:     []upgrade.NodeVersion{{Node: "node0", Host: "edge-q0", Version: version}, {Node: "node1", Host: "edge-q1", Version: version}},
			RootLogin: true, Preempt: upgrade.PreemptAbsent, Mark: exportedMark(),
			NodeMACs: []upgrade.NodeMACs{{Node: "node0", MACs: []string{"52:54:00:0a:00:09", primaryMAC}}, {Node: "node1", MACs: []string{"52:54:00:0b:00:09", secondaryMAC}}},
		},
		Neighbours: []upgrade.Neighbour{{ID: 5151, Name: "edge-wombat", Status: upgrade.StatusActive, Text: "Active"}},
	}
}

// lonePicture is the hold between the reloads: node1 alone on the new release, the old machine on quokka-a shut off.
func lonePicture() upgrade.Picture {
	p := wholePicture(oldRelease)
	p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusUpgradeActive, "Upgrade Active"
	p.Gateway.Members[1].Version, p.Gateway.Members[1].LastVersion, p.Gateway.Members[1].Upgraded = newRelease, oldRelease, true
	p.Servers[1].LastReload = 31077
	p.Hosts[0].Domains[0].State, p.Hosts[0].Domains[0].Autostart = "shut off", false
	p.Device.Cluster = loneCluster("node1", "node0")
	p.Device.Nodes = []upgrade.NodeVersion{{Node: "node1", Host: "edge-q1", Version: newRelease}}
	p.Device.NodeMACs = p.Device.NodeMACs[1:]
	return p
}

func member(id, hardware int, host, address, version string) upgrade.Member {
	return upgrade.Member{ID: id, HardwareID: hardware, Host: host, Domain: "example.net", Address: address, Version: version,
		NetworkModel: "SR-IOV", Processor: "Xeon Gold 5218", UplinkMbps: 10000}
}

func server(id, lastReload int) upgrade.Server {
	return upgrade.Server{ID: id, Status: "ACTIVE", Provisioned: true, Billed: true, LastReload: lastReload}
}

func wholeCluster(primary string) *upgrade.Cluster {
	rows := func() []upgrade.Node {
		nodes := []upgrade.Node{{Name: "node0", Priority: 120}, {Name: "node1", Priority: 1}}
		for i := range nodes {
			nodes[i].State, nodes[i].Preempt, nodes[i].Manual, nodes[i].FailuresKnown = "secondary", upgrade.No, upgrade.No, true
			if nodes[i].Name == primary {
				nodes[i].State = "primary"
			}
		}
		return nodes
	}
	return &upgrade.Cluster{ID: 3, Groups: []upgrade.Group{{ID: 0, Failovers: 1, Nodes: rows()}, {ID: 1, Failovers: 4, Nodes: rows()}}}
}

// loneCluster is what a lone node shows: its peer lost, and on the data group the priority and the failure that the
// missing peer causes (IBM: sample of an unhealthy cluster).
func loneCluster(node, peer string) *upgrade.Cluster {
	rows := func(priority int, failures ...string) []upgrade.Node {
		nodes := []upgrade.Node{{Name: node, Priority: priority, State: "primary", Preempt: upgrade.No, Manual: upgrade.No, Failures: failures, FailuresKnown: true},
			{Name: peer, State: "lost"}}
		slices.SortFunc(nodes, func(a, b upgrade.Node) int { return int(a.Name[4]) - int(b.Name[4]) })
		return nodes
	}
	return &upgrade.Cluster{ID: 3, Groups: []upgrade.Group{{ID: 0, Failovers: 2, Nodes: rows(1)}, {ID: 1, Failovers: 5, Nodes: rows(0, "CS")}}}
}

func exportedMark() upgrade.Mark {
	return upgrade.Mark{Digest: "5eed", Commit: "2031-05-16 09:12:44 UTC by platypus via netconf"}
}

func validRequest() upgrade.Request {
	return upgrade.Request{GatewayID: 5150, TargetVersion: newRelease, Change: "CHG-3301", By: "platypus"}.OrDefaults()
}

func validDiscovery() upgrade.Discovery {
	prices := func(id int) []upgrade.Price {
		return []upgrade.Price{{ID: id, Version: "21.4R3", Text: "Juniper vSRX 21.4R3"}, {ID: id + 1, Version: "23.4R2-S3", Text: "Juniper vSRX 23.4R2-S3"}}
	}
	return upgrade.Discovery{Picture: wholePicture(oldRelease),
		Offers: []upgrade.Offer{{MemberID: primaryMember, Prices: prices(40100)}, {MemberID: secondaryMember, Prices: prices(40200)}}}
}

func validPlan(t *testing.T) upgrade.Plan {
	t.Helper()
	plan, err := upgrade.NewPlan(validRequest(), validDiscovery())
	if err != nil {
		t.Fatalf("planning the valid world: %v", err)
	}
	return plan
}

// checksOf names the checks that found something, each once and in order.
func checksOf(t *testing.T, found []upgrade.Finding) []string {
	t.Helper()
	names := []string{}
	for _, f := range found {
		if f.Check == "" || f.Text == "" || f.Advice == "" {
			t.Errorf("finding %+v lacks its check, its text or its advice", f)
		}
		if !slices.Contains(names, f.Check) {
			names = append(names, f.Check)
		}
	}
	return names
}
