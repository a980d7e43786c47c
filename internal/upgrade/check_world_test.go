package upgrade_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// situation is a kind of gateway at a moment.
type situation string

const (
	pairBefore  situation = "a pair before the first reload"
	pairBetween situation = "a pair between the reloads"
	pairBack    situation = "a pair on its way back to the old version"
	standalone  situation = "a standalone gateway"
)

func situations() []situation { return []situation{pairBefore, pairBetween, pairBack, standalone} }

// question is a world and what it is judged for.
type question struct {
	f upgrade.Facts
	q upgrade.CheckRequest
}

func (w question) ask() []upgrade.CheckResult { return upgrade.Checks(w.f, w.q) }

// healthy is a world in which nothing is to be said, fresh each time.
func healthy(t *testing.T, at situation) question {
	t.Helper()
	plan, mark := validPlan(t), exportedMark()
	request := validRequest()
	request.Window = &upgrade.Window{Start: evening(0, 0), End: evening(16, 0)}
	w := question{q: upgrade.CheckRequest{Moment: upgrade.BeforeFirst, Request: request, Plan: &plan, Mark: &mark, Now: evening(2, 0),
		SeenRunning: map[upgrade.Category]time.Time{upgrade.UpgradeCheck: evening(0, 30), upgrade.ReloadCheck: evening(1, 0)}}}
	switch at {
	case pairBetween:
		w.q.Moment, w.q.Step = upgrade.Between, 1
		w.f = factsOf(lonePicture(), "node1")
		w.f.Hosts[0].ControlLinks = nil // the machine is off
		w.f.Picture.Readiness[1].Value, w.f.Picture.Readiness[1].Raw = upgrade.Current, "Current"
		w.f.Device.Monitored[0].State, w.f.Device.Interfaces[0].Oper = "down", "down" // of the absent peer
		w.f.Device.Control[0].State, w.f.Device.Fabric[0].State = "down", "down"
	case pairBack:
		w.q.Moment = upgrade.BroughtBack
		w.f = factsOf(backPicture(), "node0")
		w.f.Hosts[1].ControlLinks = nil
		w.f.Device.Monitored[1].State, w.f.Device.Interfaces[1].Oper = "down", "down"
		delete(w.q.SeenRunning, upgrade.UpgradeCheck)
	case standalone:
		w.f = factsOf(standalonePicture(), "")
		w.q.Plan = standalonePlan(w.f.Picture.Gateway)
	default:
		w.f = factsOf(wholePicture(oldRelease), "node0", "node1")
	}
	return w
}

// factsOf puts healthy facts round a picture; nodes are those that run, the first one answers.
func factsOf(p upgrade.Picture, nodes ...string) upgrade.Facts {
	f := upgrade.Facts{Picture: p, Offers: validDiscovery().Offers[:len(p.Gateway.Members)]}
	for _, category := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
		for _, m := range p.Gateway.Members {
			f.Picture.Readiness = append(f.Picture.Readiness, upgrade.ReadinessRow{Category: category, MemberID: m.ID, Value: upgrade.Ready, Raw: "Ready"})
		}
	}
	for i, m := range p.Gateway.Members {
		f.Records = append(f.Records, upgrade.Record{MemberID: m.ID, HardwareID: m.HardwareID, HostRoot: upgrade.RecordPresent,
			DeviceRoot: upgrade.RecordPresent, MemoryGB: 64, LicenceEnd: "2034-09-30"})
		f.Hosts = append(f.Hosts, hostFacts(m.HardwareID, p.Hosts[i].Domains[0].Name, len(p.Gateway.Members) == 2))
	}
	f.Device = deviceFacts(nodes...)
	return f
}

func hostFacts(hardwareID int, domain string, paired bool) upgrade.HostFacts {
	yes := true
	h := upgrade.HostFacts{HardwareID: hardwareID, RootFS: "xfs", MemoryKB: 65_702_144, Telnet: true, Resolves: true, Mirror: true, ServiceRoute: true,
		Localhost: true, Bonds: []upgrade.Bond{{Name: "bond0", Ports: []string{"enp1", "enp3"}, Up: []string{"enp1", "enp3"}},
			{Name: "bond1", Ports: []string{"enp2", "enp4"}, Up: []string{"enp2", "enp4"}}},
		Consoles: []string{domain}, ImageBytes: 21 << 30, FreeBytes: 600 << 30, DeviceSSH: &yes,
		ControlLinks: []upgrade.Link{{Name: "vnet0", State: "unknown"}, {Name: "vnet1", State: "up"}},
		CheckLog:     "Host: quokka SUCCESS"}
	if paired {
		h.PeerSSH = &yes
	}
	return h
}

func deviceFacts(nodes ...string) upgrade.DeviceFacts {
	d := upgrade.DeviceFacts{Way: "22 subsystem", Answers: nodes[0],
		Commits:   []upgrade.Commit{{Number: 0, User: "platypus", Client: "netconf", At: "2031-05-16 09:12:44 UTC"}, {Number: 1, User: "root", Client: "cli", At: "2031-02-02 01:00:00 UTC", Pending: true}},
		Control:   []upgrade.Link{{Name: "em0", State: "up"}},
		Fabric:    []upgrade.Link{{Name: "fab0", State: "up"}},
		Monitored: []upgrade.Monitored{{Name: "ge-0/0/1", Group: 1, Weight: 130, State: "up"}, {Name: "ge-7/0/1", Group: 1, Weight: 130, State: "up"}},
		Reths:     []upgrade.Link{{Name: "reth0", State: "up"}, {Name: "reth2", State: "up"}},
		Licences:  []upgrade.Licence{{Feature: "Virtual Appliance", End: "2034-09-30"}, {Feature: "logical-system", End: "permanent"}},
		Interfaces: []upgrade.Interface{{Name: "ge-0/0/1", Admin: "up", Oper: "up"}, {Name: "ge-7/0/1", Admin: "up", Oper: "up"},
			{Name: "reth0", Admin: "up", Oper: "up"}, {Name: "dsc", Admin: "up", Oper: "down"}, {Name: "ge-7/0/4", Admin: "down", Oper: "down"}}}
	for _, node := range nodes {
		d.Storage = append(d.Storage, upgrade.Filesystem{Node: node, Mount: "/.mount/packages/mnt/junos", UsedPercent: 100},
			upgrade.Filesystem{Node: node, Mount: "/.mount/var", UsedPercent: 31, FreeKB: 9 << 20}, upgrade.Filesystem{Node: node, Mount: "/.mount", UsedPercent: 12, FreeKB: 11 << 20})
		for group := range 2 {
			d.Weights = append(d.Weights, upgrade.Weight{Node: node, Group: group, Value: 255})
		}
	}
	if len(nodes) == 1 && nodes[0] != "" {
		d.Weights[1].Value = 0 // cold sync fails without a peer
	}
	return d
}

// backPicture is the rollback before its reload: node0 alone on the old release again, the upgraded quokka-b shut off.
func backPicture() upgrade.Picture {
	p := wholePicture(oldRelease)
	p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusUpgradeActive, "Upgrade Active"
	p.Gateway.Members[1].Version, p.Gateway.Members[1].Upgraded = newRelease, true
	p.Hosts[1].Domains[0].State, p.Hosts[1].Domains[0].Autostart = "shut off", false
	p.Device.Cluster = loneCluster("node0", "node1")
	p.Device.Nodes, p.Device.NodeMACs = p.Device.Nodes[:1], p.Device.NodeMACs[:1]
	return p
}

// standalonePicture is the gateway of one member that wholePicture's first one would make.
func standalonePicture() upgrade.Picture {
	p := wholePicture(oldRelease)
	p.Gateway.Members, p.Servers, p.Hosts = p.Gateway.Members[:1], p.Servers[:1], p.Hosts[:1]
	p.Device.Cluster, p.Device.NodeMACs = nil, nil
	p.Device.Nodes = []upgrade.NodeVersion{{Host: "edge-q0", Version: oldRelease}}
	return p
}

func standalonePlan(g upgrade.Gateway) *upgrade.Plan {
	m := g.Members[0]
	return &upgrade.Plan{Gateway: g, From: oldRelease, Target: newRelease, Needed: hours(6), Preempt: upgrade.PreemptAbsent,
		Steps: []upgrade.Step{{MemberID: m.ID, HardwareID: m.HardwareID, Host: m.Host, Address: m.Address, Domain: "vSRXvQ1"}}}
}

// spoken lists the results that are neither pass nor skipped as name@subject=verdict/code.
func spoken(results []upgrade.CheckResult) []string {
	list := []string{}
	for _, r := range results {
		if r.Verdict != upgrade.CheckPass && r.Verdict != upgrade.CheckSkipped {
			list = append(list, said(r))
		}
	}
	return list
}

func said(r upgrade.CheckResult) string {
	text := fmt.Sprintf("%s@%s=%s", r.Name, r.Subject, r.Verdict)
	if r.Code != 0 {
		text += fmt.Sprintf("/%d", r.Code)
	}
	return text
}

// verdicts gives the worst verdict of each check and subject.
func verdicts(results []upgrade.CheckResult) map[string]upgrade.CheckVerdict {
	all := map[string][]upgrade.CheckResult{}
	for _, r := range results {
		all[r.Name+"@"+r.Subject] = append(all[r.Name+"@"+r.Subject], r)
	}
	worst := map[string]upgrade.CheckVerdict{}
	for key, list := range all {
		skipped := !slices.ContainsFunc(list, func(r upgrade.CheckResult) bool { return r.Verdict != upgrade.CheckSkipped })
		if worst[key] = upgrade.Overall(list); skipped {
			worst[key] = upgrade.CheckSkipped
		}
	}
	return worst
}

func coded(text string, code int) string { return fmt.Sprintf("%s/%d", text, code) }
