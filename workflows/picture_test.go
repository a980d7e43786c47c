package workflows_test

import (
	"vsrx-upgrade/internal/upgrade"
)

// The pair of the tests: node0 runs on edge-a and carries the traffic, node1 on edge-b is the secondary and goes first.
const (
	gatewayID = 5150
	account   = 990
	pod       = "fra02.pod07"
	old       = "22.4R3-S2.11"
	target    = "24.2R2-S1"
	landed    = "24.2R2-S1.4" // the target as the device prints it

	memberA, serverA, macA = 611, 7101, "52:54:00:aa:00:01"
	memberB, serverB, macB = 612, 7102, "52:54:00:bb:00:01"
)

// members is IBM's record of the two hosts, with the versions that are on record by now.
func (w *world) members() []upgrade.Member {
	a := upgrade.Member{ID: memberA, HardwareID: serverA, Host: "edge-a", Address: "10.9.8.11", Version: "22.4R3", Processor: "Xeon 6250"}
	b := upgrade.Member{ID: memberB, HardwareID: serverB, Host: "edge-b", Address: "10.9.8.12", Version: "22.4R3", Processor: "Xeon 6250"}
	if w.ended > 0 {
		b.Version, b.Upgraded = target, true
	}
	if w.ended > 1 {
		a.Version, a.Upgraded = target, true
	}
	return []upgrade.Member{a, b}
}

// picture is what a look shows while nothing is wrong: a whole pair, the upgraded node alone, a whole pair again.
func (w *world) picture() upgrade.Picture {
	status := upgrade.StatusActive
	if w.ended == 1 {
		status = upgrade.StatusUpgradeActive
	}
	off := map[bool]string{true: "shut off", false: "running"}[w.ended == 1]
	return upgrade.Picture{
		At: w.now(),
		Gateway: upgrade.Gateway{ID: gatewayID, Name: "edge-fra", Account: account, Pod: pod, Vendor: "Juniper", Status: status,
			StatusText: string(status), Address: "10.9.8.10", Members: w.members()},
		Servers: []upgrade.Server{w.server(serverA, 1), w.server(serverB, 0)},
		Hosts: []upgrade.Host{
			{HardwareID: serverA, Domains: []upgrade.Domain{{Name: "vsrx-a", State: off, MACs: []string{macA}}}},
			{HardwareID: serverB, Domains: []upgrade.Domain{{Name: "vsrx-b", State: "running", MACs: []string{macB}}}},
		},
		Readiness: w.rows(),
		Device:    w.device(),
	}
}

// server shows the reload of a member as the last one once it has ended; step counts from 0.
func (w *world) server(id, step int) upgrade.Server {
	s := upgrade.Server{ID: id, Status: "ACTIVE", Provisioned: true, Billed: true}
	if w.ended > step {
		s.LastReload = reloadID(step)
	}
	return s
}

// reloadID is the id that the simulated API gives to the reload of a step; step counts from 0.
func reloadID(step int) int { return 88001 + step }

func (w *world) device() upgrade.Device {
	versions := [][2]string{{old, old}, {"", landed}, {landed, landed}}[w.ended]
	primary := map[bool]string{true: "node0", false: "node1"}[w.ended == 0]
	d := upgrade.Device{RootLogin: true, Preempt: w.preempt, Mark: w.mark, Cluster: &upgrade.Cluster{ID: 1},
		NodeMACs: []upgrade.NodeMACs{{Node: "node0", MACs: []string{macA}}, {Node: "node1", MACs: []string{macB}}}}
	for id := range 2 {
		g := upgrade.Group{ID: id}
		for i, name := range []string{"node0", "node1"} {
			n := upgrade.Node{Name: name, Priority: 100 + i, State: "secondary", Preempt: upgrade.No, Manual: upgrade.No, FailuresKnown: true}
			switch {
			case name == primary:
				n.State = "primary"
			case w.ended == 1:
				n.State, n.Priority = "lost", 0
			}
			if id == 1 && w.preempt == upgrade.PreemptActive {
				n.Preempt = upgrade.Yes
			}
			g.Nodes = append(g.Nodes, n)
		}
		d.Cluster.Groups = append(d.Cluster.Groups, g)
	}
	for i, name := range []string{"node0", "node1"} {
		if versions[i] != "" {
			d.Nodes = append(d.Nodes, upgrade.NodeVersion{Node: name, Version: versions[i]})
		}
	}
	return d
}

// rows are IBM's readiness results; a member that was upgraded is Current and no more Ready.
func (w *world) rows() []upgrade.ReadinessRow {
	var rows []upgrade.ReadinessRow
	for _, category := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
		for _, m := range w.members() {
			value := upgrade.Ready
			if m.Upgraded {
				value = upgrade.Current
			}
			rows = append(rows, upgrade.ReadinessRow{Category: category, MemberID: m.ID, Value: value, Raw: string(value)})
		}
	}
	return rows
}
