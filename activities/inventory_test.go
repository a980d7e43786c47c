package activities_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// The private addresses of the pair: a readiness check accepts no others.
const (
	private1 = "10.93.7.21"
	private2 = "10.93.7.22"
	inside   = "10.93.7.30"
)

// inventory is what a check of readiness asks: a whole pair, its hosts and IBM's records, with nothing to object to. A test
// breaks one call, or lets calls meet.
type inventory struct {
	t          *testing.T
	broken     map[string]error // by call
	deviceRoot map[int]upgrade.Secret

	mu        sync.Mutex
	calls     []string
	endpoints map[string]upgrade.Endpoint
	askedFor  map[string]string // of hosts, by address
	open      int
	meeting   map[string]bool // calls that have not come yet
	all       chan struct{}   // closed when they have
}

func newInventory(t *testing.T) *inventory {
	return &inventory{t: t, broken: map[string]error{}, deviceRoot: map[int]upgrade.Secret{member1: deviceSecret, member2: deviceSecret},
		endpoints: map[string]upgrade.Endpoint{}, askedFor: map[string]string{}, meeting: map[string]bool{}}
}

func (i *inventory) activities() *activities.Activities {
	return &activities.Activities{Cloud: shelf{inventory: i}, Devices: rack{inventory: i}, Hosts: floor{inventory: i}, Now: func() time.Time { return start }}
}

func (i *inventory) secrets() []upgrade.Secret {
	return []upgrade.Secret{hostSecret1, hostSecret2, deviceSecret, otherSecret}
}

// meet lets calls come back only when all of them have begun.
func (i *inventory) meet(calls ...string) {
	i.all = make(chan struct{})
	for _, call := range calls {
		i.meeting[call] = true
	}
}

// patience is far longer than calls need that begin side by side.
const patience = 20 * time.Second

// call notes a call and gives its error.
func (i *inventory) call(name string) error {
	i.mu.Lock()
	i.calls = append(i.calls, name)
	waits, err := i.meeting[name], i.broken[name]
	delete(i.meeting, name)
	if waits && len(i.meeting) == 0 {
		close(i.all)
	}
	i.mu.Unlock()
	if !waits {
		return err
	}
	select {
	case <-i.all:
	case <-time.After(patience):
		i.t.Errorf("%s waits for calls that do not begin before it is answered", name)
	}
	return err
}

func (i *inventory) begun(call string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Contains(i.calls, call)
}

func (i *inventory) dial(e upgrade.Endpoint) error {
	i.mu.Lock()
	i.endpoints[e.Address] = e
	i.mu.Unlock()
	if err := i.call("login to " + e.Address); err != nil {
		return fmt.Errorf("dialling %+v: %w", e, err)
	}
	i.opened(1)
	return nil
}

func (i *inventory) opened(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.open += n
}

// shelf holds IBM's records.
type shelf struct {
	activities.Cloud
	*inventory
}

func (s shelf) Gateway(context.Context, int) (upgrade.Gateway, error) {
	g := pair()
	for n := range g.Members {
		g.Members[n].Processor, g.Members[n].UplinkMbps = "Xeon Gold 5218", 10000
		g.Members[n].Address = []string{private1, private2}[n]
	}
	g.Address = inside
	return g, s.call("gateway")
}

func (s shelf) Neighbours(context.Context, upgrade.Gateway) ([]upgrade.Neighbour, error) {
	return nil, s.call("neighbours")
}

func (s shelf) Server(_ context.Context, id int) (upgrade.Server, error) {
	return idle(id, 41), s.call(fmt.Sprintf("server of %d", id))
}

func (s shelf) Prices(_ context.Context, _, member int) ([]upgrade.Price, error) {
	return []upgrade.Price{{ID: 9100, Version: oldVersion}, {ID: 9150, Version: "23.4R2-S5"}, {ID: 9201, Version: newVersion}}, s.call(fmt.Sprintf("prices of %d", member))
}

func (s shelf) Readiness(context.Context, int) ([]upgrade.ReadinessRow, error) {
	return nil, s.call("readiness")
}

func (s shelf) Records(_ context.Context, g upgrade.Gateway) ([]upgrade.Record, error) {
	var records []upgrade.Record
	for _, m := range g.Members {
		records = append(records, upgrade.Record{MemberID: m.ID, HardwareID: m.HardwareID, HostRoot: upgrade.RecordPresent, DeviceRoot: upgrade.RecordPresent,
			MemoryGB: 128, LicenceEnd: "2036-01-31"})
	}
	return records, s.call("records")
}

func (s shelf) HostPassword(_ context.Context, id int) (upgrade.Secret, error) {
	return map[int]upgrade.Secret{host1: hostSecret1, host2: hostSecret2}[id], s.call(fmt.Sprintf("password of host %d", id))
}

func (s shelf) DevicePassword(_ context.Context, id int) (upgrade.Secret, error) {
	return s.deviceRoot[id], s.call(fmt.Sprintf("password of member %d", id))
}

// rack opens the pair.
type rack struct {
	activities.Devices
	*inventory
}

func (r rack) Dial(_ context.Context, e upgrade.Endpoint) (activities.Device, error) {
	if err := r.dial(e); err != nil {
		return nil, err
	}
	return drawer{inventory: r.inventory}, nil
}

// drawer is the open pair.
type drawer struct {
	activities.Device
	*inventory
}

func (d drawer) Survey(_ context.Context, config io.Writer) (upgrade.Device, upgrade.DeviceFacts, error) {
	text := "system {\n    host-name north;\n    services {\n        ssh {\n            root-login allow;\n        }\n    }\n}\n"
	if d.broken["configuration"] != nil {
		text = text[:len(text)/2]
	}
	if _, err := io.WriteString(config, text); err != nil {
		return upgrade.Device{}, upgrade.DeviceFacts{}, err
	}
	view := device(oldVersion)
	view.NodeMACs = []upgrade.NodeMACs{{Node: "node0", MACs: []string{"52:54:00:0a:00:01"}}, {Node: "node1", MACs: []string{"52:54:00:0b:00:01"}}}
	for g := range view.Cluster.Groups {
		view.Cluster.Groups[g].Nodes[0].Priority, view.Cluster.Groups[g].Nodes[1].Priority = 100, 1
	}
	return view, deviceFacts(), d.call("survey")
}

func (d drawer) Close() error { d.opened(-1); return nil }

func deviceFacts() upgrade.DeviceFacts {
	f := upgrade.DeviceFacts{Way: "830", Answers: "node0", Commits: []upgrade.Commit{{User: "ops", Client: "cli", At: "2031-03-01 09:00:00 UTC"}},
		Control: []upgrade.Link{{Name: "em0", State: "up"}}, Fabric: []upgrade.Link{{Name: "fab0", State: "up"}}, Reths: []upgrade.Link{{Name: "reth0", State: "up"}},
		Monitored:  []upgrade.Monitored{{Name: "ge-0/0/2", Group: 1, Weight: 128, State: "up"}},
		Licences:   []upgrade.Licence{{Feature: "Virtual Appliance", End: "2036-01-31"}},
		Interfaces: []upgrade.Interface{{Name: "reth0", Admin: "up", Oper: "up"}}}
	for _, node := range []string{"node0", "node1"} {
		f.Storage = append(f.Storage, upgrade.Filesystem{Node: node, Mount: "/.mount/var", UsedPercent: 18, FreeKB: 8 << 20})
		f.Weights = append(f.Weights, upgrade.Weight{Node: node, Value: 255}, upgrade.Weight{Node: node, Group: 1, Value: 255})
	}
	return f
}

// floor opens the hosts.
type floor struct {
	activities.Hosts
	*inventory
}

func (f floor) Dial(_ context.Context, e upgrade.Endpoint) (activities.Host, error) {
	if err := f.dial(e); err != nil {
		return nil, err
	}
	return box{inventory: f.inventory, address: e.Address}, nil
}

// box is an open host.
type box struct {
	activities.Host
	*inventory
	address string
}

func (b box) Domains(context.Context) ([]upgrade.Domain, error) {
	err := b.call("machines of " + b.address)
	if err != nil {
		return nil, err
	}
	d := upgrade.Domain{Name: "vsrx-one", State: "running", Autostart: true, MACs: []string{"52:54:00:0a:00:01"}}
	if b.address == private2 {
		d.Name, d.MACs = "vsrx-two", []string{"52:54:00:0b:00:01"}
	}
	return []upgrade.Domain{d}, nil
}

func (b box) Facts(_ context.Context, peer, device, domain string) upgrade.HostFacts {
	if err := b.call("facts of " + b.address); err != nil {
		return upgrade.HostFacts{Error: err.Error()}
	}
	b.mu.Lock()
	b.askedFor[b.address] = peer + " " + device + " " + domain
	b.mu.Unlock()
	yes := true
	return upgrade.HostFacts{RootFS: "ext4", MemoryKB: 131_000_000, Telnet: true, Resolves: true, Mirror: true, ServiceRoute: true, Localhost: true,
		Bonds:    []upgrade.Bond{{Name: "bond0", Ports: []string{"eno1", "eno3"}, Up: []string{"eno1", "eno3"}}, {Name: "bond1", Ports: []string{"eno2", "eno4"}, Up: []string{"eno2", "eno4"}}},
		Consoles: []string{"vsrx-one", "vsrx-two"}, ImageBytes: 18 << 30, FreeBytes: 400 << 30, PeerSSH: &yes, DeviceSSH: &yes,
		ControlLinks: []upgrade.Link{{Name: "vnet0", State: "up"}}}
}

func (b box) Close() error { b.opened(-1); return nil }
