package activities_test

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// world is everything the activities touch: one healthy pair, the hosts under it, the archive, the pod permit and the
// clock. A test starts from it and changes one thing.
type world struct {
	t  *testing.T
	mu sync.Mutex

	gateways        script[upgrade.Gateway]
	others          map[int]script[upgrade.Gateway] // where one gateway answers otherwise than all
	neighboursOf    []upgrade.Gateway               // that neighbours were asked for
	neighbours      script[[]upgrade.Neighbour]
	servers         map[int]script[upgrade.Server]
	prices          script[[]upgrade.Price]
	rows            map[upgrade.Category]script[upgrade.ReadinessValue]
	readiness       script[string] // whether the rows can be read at all
	hostPasswords   map[int]script[upgrade.Secret]
	devicePasswords map[int]script[upgrade.Secret]

	begins    map[upgrade.Category]script[upgrade.ReadinessValue] // what the rows say after a start
	starts    map[upgrade.Category]script[string]
	reloads   script[upgrade.Answer]
	reloadSay string

	hostLogins    map[string]script[string]
	domains       map[string]script[[]upgrade.Domain]
	checkLogs     map[string]script[string]
	deviceLogin   script[string]
	views         script[upgrade.Device]
	snapshots     script[upgrade.Snapshot]
	configuration map[string]script[string]
	documents     map[upgrade.Document]script[string]
	preempt       script[bool]
	preemptAsked  []string
	dialled       []upgrade.Endpoint
	open          int           // sessions
	streamed      chan struct{} // one for each configuration that was streamed to its end or to an error

	puts   script[string]
	reads  script[string]
	stored map[string]string

	permitOpen script[bool]
	givenUp    bool // Temporal does not wait for this attempt any more
	tickets    script[upgrade.Ticket]
	places     script[upgrade.Ticket]
	latest     script[*upgrade.PodPermit]
	grants     script[string]
	alive      script[bool]
	ends       script[upgrade.PodEnd] // without a way the permit stays open

	now     time.Time
	step    time.Duration // what the clock moves between two looks
	looked  bool          // something was asked since the last pause
	pauses  int
	at      map[int]func()           // what happens in the pause of this number, counting from 1
	when    map[string]func()        // what happens in the middle of a call
	slow    map[string]time.Duration // how long a call takes to be answered; for tests whose time is not real
	calls   []string
	beats   []string    // heartbeat details as JSON
	beatAt  []time.Time // when they were recorded, on the machine's clock
	attempt int32
	silence time.Duration // heartbeat timeout, 0 for none
	resume  string        // heartbeat details of the attempt before, "" for none
	stop    chan struct{}
	cancel  func(error)

	ports func(*activities.Activities) // takes the place of ports that answer otherwise in a test
}

// The ids and addresses of the pair: node1 lives on the second host and is reloaded first.
const (
	gatewayID  = 81001
	member1    = 82001
	member2    = 82002
	host1      = 83001
	host2      = 83002
	address1   = "198.51.100.31"
	address2   = "198.51.100.32"
	floating   = "198.51.100.40"
	oldVersion = "22.4R3-S2"
	newVersion = "24.2R1-S1"
)

// The passwords on record. None of them may ever be seen outside an endpoint.
const (
	hostSecret1  = upgrade.Secret("obviously-fake-host-one")
	hostSecret2  = upgrade.Secret("obviously-fake-host-two")
	deviceSecret = upgrade.Secret("obviously-fake-device")
	otherSecret  = upgrade.Secret("obviously-fake-other")
)

var start = time.Date(2031, time.March, 4, 22, 0, 0, 0, time.UTC)

func newWorld(t *testing.T) *world {
	return &world{
		t:          t,
		gateways:   says(pair()),
		others:     map[int]script[upgrade.Gateway]{},
		neighbours: says([]upgrade.Neighbour{{ID: 81002, Name: "gw-south", Status: upgrade.StatusActive, Text: "Active"}}),
		servers:    map[int]script[upgrade.Server]{host1: says(idle(host1, 501)), host2: says(idle(host2, 502))},
		prices:     says([]upgrade.Price{{ID: 9201, Version: newVersion, Text: "vSRX " + newVersion}}),
		rows: map[upgrade.Category]script[upgrade.ReadinessValue]{
			upgrade.UpgradeCheck: says(upgrade.Expired), upgrade.ReloadCheck: says(upgrade.Expired)},
		readiness:       says(""),
		hostPasswords:   map[int]script[upgrade.Secret]{host1: says(hostSecret1), host2: says(hostSecret2)},
		devicePasswords: map[int]script[upgrade.Secret]{member1: says(deviceSecret), member2: says(deviceSecret)},
		begins: map[upgrade.Category]script[upgrade.ReadinessValue]{
			upgrade.UpgradeCheck: says(upgrade.Running, upgrade.Running, upgrade.Ready),
			upgrade.ReloadCheck:  says(upgrade.Running, upgrade.Running, upgrade.Ready)},
		starts:     map[upgrade.Category]script[string]{upgrade.UpgradeCheck: says(""), upgrade.ReloadCheck: says("")},
		reloads:    says(upgrade.Accepted),
		reloadSay:  "1",
		hostLogins: map[string]script[string]{address1: says(""), address2: says("")},
		domains: map[string]script[[]upgrade.Domain]{
			address1: says([]upgrade.Domain{{Name: "vsrx-one", State: "running", Autostart: true}}),
			address2: says([]upgrade.Domain{{Name: "vsrx-two", State: "running", Autostart: true}})},
		checkLogs:     map[string]script[string]{address1: says("one is ready\n"), address2: says("two is ready\n")},
		deviceLogin:   says(""),
		views:         says(device(oldVersion)),
		snapshots:     says(snapshot()),
		configuration: map[string]script[string]{"text": says("system { host-name north; }\n"), "set": says("set system host-name north\n"), "xml": says("<configuration/>\n")},
		documents:     documents(),
		preempt:       says(true),
		streamed:      make(chan struct{}, 8),
		puts:          says(""),
		reads:         says(""),
		stored:        map[string]string{},
		permitOpen:    says(true),
		tickets:       says(upgrade.Ticket{Position: 1, Waiting: 1}),
		places:        says(upgrade.Ticket{Position: 1, Waiting: 1}),
		latest:        says(nil, opened(asking())),
		grants:        says(""),
		alive:         says(true),
		ends:          says(upgrade.PodEnd{How: upgrade.PodReleased}),
		now:           start,
		step:          time.Minute,
		at:            map[int]func(){},
		when:          map[string]func(){},
		slow:          map[string]time.Duration{},
		attempt:       1,
		silence:       30 * time.Second,
		stop:          make(chan struct{}),
	}
}

func (w *world) activities() *activities.Activities {
	a := &activities.Activities{Cloud: cloud{w}, Writer: writer{w}, Devices: devices{w}, Hosts: hosts{w}, Archive: archive{w}, Pods: pods{w}, Now: w.clock}
	if w.ports != nil {
		w.ports(a)
	}
	return a
}

func pair() upgrade.Gateway {
	return upgrade.Gateway{ID: gatewayID, Name: "gw-north", Account: 990017, Pod: "fra02.pod03", Vendor: "Juniper",
		Status: upgrade.StatusActive, StatusText: "Active", Address: floating, Members: []upgrade.Member{
			{ID: member1, HardwareID: host1, Host: "north-h1", Address: address1, Version: oldVersion},
			{ID: member2, HardwareID: host2, Host: "north-h2", Address: address2, Version: oldVersion}}}
}

func idle(id, lastReload int) upgrade.Server {
	return upgrade.Server{ID: id, Status: "ACTIVE", Provisioned: true, Billed: true, LastReload: lastReload}
}

// busy is a server on which a transaction runs; lastReload equals it when it is a reload.
func busy(id, transaction, lastReload int, step string) upgrade.Server {
	s := idle(id, lastReload)
	s.Active, s.ActiveIDs, s.ActiveCount = &upgrade.Transaction{ID: transaction, Step: step}, []int{transaction}, 1
	return s
}

// device is a whole pair on one version, node0 primary.
func device(version string) upgrade.Device {
	group := func(id int) upgrade.Group {
		return upgrade.Group{ID: id, Nodes: []upgrade.Node{
			{Name: "node0", Priority: 200, State: "primary", Preempt: upgrade.No, Manual: upgrade.No, FailuresKnown: true},
			{Name: "node1", Priority: 100, State: "secondary", Preempt: upgrade.No, Manual: upgrade.No, FailuresKnown: true}}}
	}
	return upgrade.Device{RootLogin: true, Preempt: upgrade.PreemptAbsent, Cluster: &upgrade.Cluster{ID: 3, Groups: []upgrade.Group{group(0), group(1)}},
		Nodes: []upgrade.NodeVersion{{Node: "node0", Version: version}, {Node: "node1", Version: version}},
		Mark:  upgrade.Mark{Digest: "c0ffee", Commit: "2031-03-01 09:00:00 UTC by ops via cli"}}
}

// joining is a pair whose second node is not in yet.
func joining() upgrade.Device {
	d := device(oldVersion)
	d.Cluster.Groups[1].Nodes[1].State = "secondary-hold"
	return d
}

func snapshot() upgrade.Snapshot {
	return upgrade.Snapshot{Nodes: device(oldVersion).Nodes, Interfaces: []upgrade.Interface{{Name: "reth0", Admin: "up", Oper: "up"}},
		Sessions: 420, Config: "c0ffee"}
}

// plan reloads node1 first.
func plan() upgrade.Plan {
	price := upgrade.Price{ID: 9201, Version: newVersion}
	return upgrade.Plan{Gateway: pair(), From: oldVersion, Target: newVersion, Steps: []upgrade.Step{
		{MemberID: member2, HardwareID: host2, Host: "north-h2", Address: address2, Node: "node1", Domain: "vsrx-two", Price: price},
		{MemberID: member1, HardwareID: host1, Host: "north-h1", Address: address1, Node: "node0", Domain: "vsrx-one", Price: price}}}
}

// timing has the documented durations, which pass on the world's clock; only the pauses between looks are real time.
func timing() upgrade.Timing {
	const pause = upgrade.Duration(time.Millisecond)
	t := upgrade.DefaultTiming()
	t.Poll, t.ReconcilePoll, t.SettlePoll, t.PermitPoll = pause, pause, pause, pause
	return t
}

// hourly lets a pause end only by what the test does in it.
func hourly() upgrade.Timing {
	const pause = upgrade.Duration(time.Hour)
	t := upgrade.DefaultTiming()
	t.Poll, t.ReconcilePoll, t.SettlePoll, t.PermitPoll = pause, pause, pause, pause
	return t
}

// script is what something answers, one look after the other; the last answer stays.
type script[T any] []answer[T]

type answer[T any] struct {
	value T
	err   error
}

func says[T any](values ...T) (s script[T]) {
	for _, v := range values {
		s = append(s, answer[T]{value: v})
	}
	return s
}

func fails[T any](err error) script[T] { return script[T]{{err: err}} }

// keyed notes the call and gives the next answer of the script that m holds under the key.
func keyed[K comparable, T any](w *world, m map[K]script[T], key K, call string) (T, error) {
	time.Sleep(w.slow[call])
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(call)
	s := m[key]
	v, err := s.take(call)
	m[key] = s
	return v, err
}

// next notes the call and gives the next answer.
func next[T any](w *world, s *script[T], call string) (T, error) {
	time.Sleep(w.slow[call])
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(call)
	return s.take(call)
}

func (s *script[T]) take(call string) (T, error) {
	if len(*s) == 0 {
		return *new(T), fmt.Errorf("%s: the world has no answer", call)
	}
	said := (*s)[0]
	if len(*s) > 1 {
		*s = (*s)[1:]
	}
	return said.value, said.err
}

func (w *world) note(call string) {
	w.calls, w.looked = append(w.calls, call), w.looked || !strings.HasPrefix(call, "start ") // a change is no look
	if during := w.when[call]; during != nil {
		during()
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// count tells how many calls begin with the prefix.
func (w *world) count(prefix string) (n int) {
	for _, call := range w.calls {
		if strings.HasPrefix(call, prefix) {
			n++
		}
	}
	return n
}

// has tells whether a heartbeat holds the text.
func (w *world) has(text string) bool {
	for _, beat := range w.beats {
		if strings.Contains(beat, text) {
			return true
		}
	}
	return false
}

// content streams a text, then ends with the error.
func content(dst io.Writer, text string, err error) error {
	if _, wrote := io.WriteString(dst, text); wrote != nil {
		return wrote
	}
	return err
}
