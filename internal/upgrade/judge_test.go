package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func moments() []upgrade.Moment {
	return []upgrade.Moment{upgrade.BeforeFirst, upgrade.Between, upgrade.AfterSecond}
}

// The same picture is right at one moment and a failure at the two others (IBM: loss of the peer is right between the
// reloads, and only there).
func TestEachPictureIsRightAtItsOwnMomentOnly(t *testing.T) {
	plan := validPlan(t)
	for _, taken := range moments() {
		for _, judged := range moments() {
			found := upgrade.Judge(pictureAt(taken), plan, judged)
			if taken == judged && len(found) > 0 {
				t.Errorf("the picture of %q is refused:\n%s", taken, texts(found))
			}
			if taken != judged && len(found) == 0 {
				t.Errorf("the picture of %q passes %q", taken, judged)
			}
		}
	}
}

func TestBeforeTheFirstReloadThePlanNeedsNoSteps(t *testing.T) {
	plan := validPlan(t)
	plan.Steps = nil
	if found := upgrade.Judge(pictureAt(upgrade.BeforeFirst), plan, upgrade.BeforeFirst); len(found) > 0 {
		t.Errorf("found:\n%s", texts(found))
	}
}

// blemish is one detail that is wrong, with the check that must say so and a word of what it says.
type blemish struct {
	spoil func(*upgrade.Picture)
	check string
	says  string
}

// always are the details that are wrong at every moment.
func always() map[string]blemish {
	return map[string]blemish{
		"the gateway is updating":     {func(p *upgrade.Picture) { p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusUpdating, "Updating" }, "gateway-status", `"Updating"`},
		"the status is unknown":       {func(p *upgrade.Picture) { p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusOther, "Recovering" }, "gateway-status", `"Recovering"`},
		"a server is missing":         {func(p *upgrade.Picture) { p.Servers = p.Servers[:1] }, "server", "quokka-b is missing"},
		"a server is not in use":      {func(p *upgrade.Picture) { p.Servers[1].Status = "RECLAIM" }, "server", "RECLAIM"},
		"a server has no status":      {func(p *upgrade.Picture) { p.Servers[0].Status = "" }, "server", "quokka-a"},
		"a transaction on the first":  {func(p *upgrade.Picture) { p.Servers[1].Active = &upgrade.Transaction{ID: 31200} }, "transaction", "quokka-b"},
		"a transaction on the second": {func(p *upgrade.Picture) { p.Servers[0].ActiveCount = 1 }, "transaction", "quokka-a"},
		"only a transaction's id":     {func(p *upgrade.Picture) { p.Servers[0].ActiveIDs = []int{31200} }, "transaction", "quokka-a"},
		"IPMI is off":                 {func(p *upgrade.Picture) { p.Servers[0].IPMIDisabled = true }, "ipmi", "quokka-a"},
		"neighbours are unknown":      {func(p *upgrade.Picture) { p.NeighboursError = "404" }, "pod", "404"},
		"a neighbour is updating":     {func(p *upgrade.Picture) { p.Neighbours[0].Status = upgrade.StatusUpdating }, "pod", "edge-wombat"},
		"a neighbour is half done":    {func(p *upgrade.Picture) { p.Neighbours[0].Status = upgrade.StatusUpgradeActive }, "pod", "edge-wombat"},
		"a neighbour's is unknown":    {func(p *upgrade.Picture) { p.Neighbours[0].Status = upgrade.StatusOther }, "pod", "edge-wombat"},
		"the second of two neighbours": {func(p *upgrade.Picture) {
			p.Neighbours = append(p.Neighbours, upgrade.Neighbour{ID: 5152, Name: "edge-numbat", Status: upgrade.StatusUpdating})
		}, "pod", "edge-numbat"},
		"a host was not asked":     {func(p *upgrade.Picture) { p.Hosts = p.Hosts[1:] }, "host-login", "quokka-a"},
		"a host does not answer":   {func(p *upgrade.Picture) { p.Hosts[1].Error = "timed out" }, "host-login", "timed out"},
		"no machine on the first":  {func(p *upgrade.Picture) { p.Hosts[1].Domains = nil }, "machine", "0 vSRX machines run on host quokka-b"},
		"the first machine is off": {func(p *upgrade.Picture) { p.Hosts[1].Domains[0].State = "shut off" }, "machine", "quokka-b"},
		"two machines on the first": {func(p *upgrade.Picture) {
			p.Hosts[1].Domains = append(p.Hosts[1].Domains, upgrade.Domain{Name: "stray", State: "running"})
		}, "machine", "2 vSRX machines"},
		"the device does not answer": {func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "root was refused", Denied: true} }, "device-login", "root was refused"},
		"root login is closed":       {func(p *upgrade.Picture) { p.Device.RootLogin = false }, "root-login", "root login"},
		"no cluster any more":        {func(p *upgrade.Picture) { p.Device.Cluster = nil }, "cluster", "no chassis cluster"},
		"a failing interface":        {func(p *upgrade.Picture) { p.Device.Cluster.Groups[1].Nodes[1].Failures = []string{"IF"} }, "cluster", "IF"},
		"no data group":              {func(p *upgrade.Picture) { p.Device.Cluster.Groups = p.Device.Cluster.Groups[:1] }, "cluster", "lacks redundancy group"},
		"two primaries": {func(p *upgrade.Picture) {
			for i := range 2 {
				p.Device.Cluster.Groups[1].Nodes[i].State = "primary"
			}
		}, "cluster", "group 1"},
		"a version of no plan":        {func(p *upgrade.Picture) { p.Device.Nodes[len(p.Device.Nodes)-1].Version = "22.2R2-S2.3" }, "version", `"22.2R2-S2.3"`},
		"a version that was not seen": {func(p *upgrade.Picture) { p.Device.Nodes = nil }, "version", `""`},
	}
}

// particular are the details that are wrong at one moment.
func particular() map[upgrade.Moment]map[string]blemish {
	whole := map[string]blemish{
		"the second machine is off": {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "shut off" }, "machine", "quokka-a"},
		"a node is lost":            {func(p *upgrade.Picture) { p.Device.Cluster.Groups[0].Nodes[0].State = "lost" }, "cluster", "node0 is lost"},
		"a manual failover":         {func(p *upgrade.Picture) { p.Device.Cluster.Groups[1].Nodes[0].Manual = upgrade.Yes }, "cluster", "manual failover"},
		"cold sync is not over":     {func(p *upgrade.Picture) { p.Device.Cluster.Groups[1].Nodes[1].Failures = []string{"CS"} }, "cluster", "CS"},
		"the first node differs":    {func(p *upgrade.Picture) { p.Device.Nodes[0].Version = "22.2R2-S2.3" }, "version", "node0 runs"},
		"one node's version unseen": {func(p *upgrade.Picture) { p.Device.Nodes = p.Device.Nodes[:1] }, "version", "node1 runs"},
		"the status is half done":   {func(p *upgrade.Picture) { p.Gateway.Status = upgrade.StatusUpgradeActive }, "gateway-status", "not active"},
		"the other spin on one node": {func(p *upgrade.Picture) {
			p.Device.Nodes[1].Version = strings.TrimSuffix(p.Device.Nodes[1].Version, "5") + "77"
		}, "version", "node1 runs"},
		"the groups are on two nodes": {func(p *upgrade.Picture) {
			nodes := p.Device.Cluster.Groups[1].Nodes
			nodes[0].State, nodes[1].State = nodes[1].State, nodes[0].State
		}, "cluster", "different nodes"},
	}
	return map[upgrade.Moment]map[string]blemish{
		upgrade.BeforeFirst: whole,
		upgrade.AfterSecond: whole,
		upgrade.Between: {
			"the old machine runs":      {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "running" }, "peer-power", "quokka-a is powered on"},
			"the old machine is paused": {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "paused" }, "peer-power", "quokka-a is powered on"},
			"another machine runs there": {func(p *upgrade.Picture) {
				p.Hosts[0].Domains = append(p.Hosts[0].Domains, upgrade.Domain{Name: "stray", State: "running"})
			}, "peer-power", "quokka-a"},
			"the old machine would start": {func(p *upgrade.Picture) { p.Hosts[0].Domains[0].Autostart = true }, "peer-autostart", "vSRXvQ1"},
			"the peer came back":          {func(p *upgrade.Picture) { p.Device.Cluster.Groups[0].Nodes[0].State = "secondary" }, "cluster", "not lost"},
			"the wrong node is alone":     {func(p *upgrade.Picture) { p.Device.Cluster = loneCluster("node0", "node1") }, "cluster", `not node1`},
			"the old version came back":   {func(p *upgrade.Picture) { p.Device.Nodes[0].Version = oldRelease }, "version", "not " + newRelease},
			"the status is active again":  {func(p *upgrade.Picture) { p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusActive, "Active" }, "gateway-status", "not upgrade-active"},
		},
	}
}

func TestJudgeFindsTheOneSpoiledDetail(t *testing.T) {
	plan := validPlan(t)
	for _, m := range moments() {
		for _, table := range []map[string]blemish{always(), particular()[m]} {
			for name, c := range table {
				t.Run(string(m)+"/"+name, func(t *testing.T) {
					p := pictureAt(m)
					c.spoil(&p)
					found := upgrade.Judge(p, plan, m)
					if names := checksOf(t, found); !slices.Equal(names, []string{c.check}) {
						t.Errorf("checks %v, want only %s:\n%s", names, c.check, texts(found))
					}
					if !strings.Contains(texts(found), c.says) {
						t.Errorf("found %q, want %q in it", texts(found), c.says)
					}
				})
			}
		}
	}
}

// Wording "could not be asked" apart from "is wrong" keeps a person from repairing what nobody has seen.
func TestWhatCouldNotBeAskedIsMarkedUnknown(t *testing.T) {
	plan := validPlan(t)
	for name, unseen := range map[string]bool{
		"a server is missing": true, "neighbours are unknown": true, "a host was not asked": true, "a host does not answer": true,
		"the device does not answer": true, "IPMI is off": false, "a neighbour is updating": false, "root login is closed": false, "the gateway is updating": false,
	} {
		t.Run(name, func(t *testing.T) {
			p := pictureAt(upgrade.BeforeFirst)
			always()[name].spoil(&p)
			for _, f := range upgrade.Judge(p, plan, upgrade.BeforeFirst) {
				if f.Unknown != unseen {
					t.Errorf("finding %+v: Unknown is %v, want %v", f, f.Unknown, unseen)
				}
			}
		})
	}
}

func TestJudgeNamesEveryFaultAtOnce(t *testing.T) {
	p := pictureAt(upgrade.Between)
	p.Servers[0].IPMIDisabled = true
	p.Hosts[0].Domains[0].State = "running"
	p.Device.RootLogin = false
	p.Gateway.Status = upgrade.StatusOther
	want := []string{"gateway-status", "ipmi", "peer-power", "root-login"}
	if names := checksOf(t, upgrade.Judge(p, validPlan(t), upgrade.Between)); !slices.Equal(names, want) {
		t.Errorf("checks %v, want %v", names, want)
	}
}

func TestRefusalJoinsFindingsIntoOneErrorOfTheKind(t *testing.T) {
	for _, none := range [][]upgrade.Finding{nil, {}} {
		if err := upgrade.Refusal(upgrade.Unhealthy, none); err != nil {
			t.Errorf("no findings gave %v", err)
		}
	}
	err := upgrade.Refusal(upgrade.NotReady, []upgrade.Finding{
		{Check: "ipmi", Text: "it is off", Advice: "turn it on (100% safe)"}, {Check: "pod", Text: "busy at 50%", Advice: "wait"}})
	if kind := upgrade.KindOf(err); kind != upgrade.NotReady {
		t.Errorf("kind %q", kind)
	}
	if got, want := err.Error(), "ipmi: it is off; pod: busy at 50%"; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
	if got, want := upgrade.AdviceOf(err), "turn it on (100% safe)"; got != want {
		t.Errorf("advice %q, want %q", got, want)
	}
}
