package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// fleetEstate is an account of many pairs under the real activities of fleets; its upgrades are played: they take their time and
// end, fail or hold as a test says.
type fleetEstate struct {
	testing.TB
	env *testsuite.TestWorkflowEnvironment

	mu       sync.Mutex
	gateways map[int]upgrade.Gateway
	takes    map[int]time.Duration
	fate     map[int][]string         // of each attempt at a gateway: "" completes, "fail", "hold" until it is repaired
	ill      map[int]string           // what is wrong with a gateway after its upgrade
	sights   map[int]upgrade.Sighting // of the upgrades that were started
	started  []int                    // in order, one entry for each start
	begun    map[int]time.Time
	open     map[string]int // by pod, data centre, and "all"
	most     map[string]int // the same at its height
	now      func() time.Time
	looks    int
}

const fleetPods = 4

// newFleetEstate has so many pairs, dealt out to the pods; pod 1 and 2 stand in one data centre.
func newFleetEstate(t testing.TB, pairs, pods int) *fleetEstate {
	t.Helper()
	e := &fleetEstate{TB: t, gateways: map[int]upgrade.Gateway{}, takes: map[int]time.Duration{}, fate: map[int][]string{}, ill: map[int]string{},
		sights: map[int]upgrade.Sighting{}, begun: map[int]time.Time{}, open: map[string]int{}, most: map[string]int{}}
	for i := range pairs {
		pod := i % pods
		g := upgrade.Gateway{ID: 501 + i, Name: fmt.Sprintf("edge-%03d", i+1), Account: 88001, Pod: fmt.Sprintf("osa%02d.pod%02d", pod/2+1, pod%2+1), Vendor: "Juniper", Status: upgrade.StatusActive}
		for n := range 2 {
			g.Members = append(g.Members, upgrade.Member{ID: 10*g.ID + n, HardwareID: 100*g.ID + n, Host: fmt.Sprintf("%s-%d", g.Name, n), Version: "21.4R3-S2", Processor: "Gold 6248", UplinkMbps: 10000})
		}
		e.gateways[g.ID], e.takes[g.ID] = g, 9*time.Hour
	}
	e.stage()
	return e
}

// stage makes a new test environment over the same estate: what a fresh run finds.
func (e *fleetEstate) stage() {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	e.env = suite.NewTestWorkflowEnvironment()
	start := time.Date(2027, 5, 8, 20, 0, 0, 0, time.UTC)
	if e.now != nil {
		start = e.now()
	}
	e.env.SetStartTime(start)
	e.now = e.env.Now
	e.env.SetTestTimeout(time.Minute) // of silence in real time; a loaded machine must not end a play
	e.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute, Interceptors: []interceptor.WorkerInterceptor{&untiring{}}})
	e.env.RegisterWorkflowWithOptions(workflows.UpgradeFleet, workflow.RegisterOptions{Name: workflows.TypeUpgradeFleet})
	e.env.RegisterWorkflowWithOptions(e.upgrade, workflow.RegisterOptions{Name: workflows.TypeUpgradeGateway})
	e.env.RegisterActivity(&activities.Fleets{Cloud: e, Observe: e.observe, Examine: e.examine, Upgrades: e, Now: func() time.Time { return e.now() },
		List: func(context.Context) (list []upgrade.Listed, err error) {
			for id, g := range e.gateways {
				list = append(list, upgrade.Listed{ID: id, Name: g.Name})
			}
			slices.SortFunc(list, func(a, b upgrade.Listed) int { return a.ID - b.ID })
			return list, nil
		}})
}

func (e *fleetEstate) Gateway(_ context.Context, id int) (upgrade.Gateway, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	g, ok := e.gateways[id]
	if !ok {
		return g, upgrade.Errorf(upgrade.NotFound, "no such gateway, or no right to see it")
	}
	return g, nil
}

func (e *fleetEstate) Prices(context.Context, int, int) ([]upgrade.Price, error) {
	return []upgrade.Price{{ID: 7, Version: "23.2R2-S3.5"}}, nil
}

func (e *fleetEstate) observe(_ context.Context, in activities.Look) (upgrade.Picture, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if text := e.ill[in.GatewayID]; text != "" {
		return upgrade.Picture{}, errors.New(text)
	}
	return upgraded("23.2R2-S3.5"), nil
}

// upgraded is a whole pair on a release.
func upgraded(version string) upgrade.Picture {
	w := newWorld()
	w.now, w.ended = func() time.Time { return time.Time{} }, 2
	p := w.picture()
	for i := range p.Device.Nodes {
		p.Device.Nodes[i].Version = version
	}
	return p
}

func (e *fleetEstate) examine(_ context.Context, in activities.CheckInput) ([]upgrade.CheckResult, error) {
	verdict := upgrade.CheckPass
	if e.ill[in.Look.GatewayID] != "" {
		verdict = upgrade.CheckFail
	}
	return []upgrade.CheckResult{{Name: "storage", Subject: "node1", Verdict: verdict, Evidence: e.ill[in.Look.GatewayID]}}, nil
}

func (e *fleetEstate) Sight(_ context.Context, id int) (upgrade.Sighting, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.looks++
	return e.sights[id], nil
}

// upgrade plays the upgrade of one gateway.
func (e *fleetEstate) upgrade(ctx workflow.Context, req upgrade.Request) (upgrade.Report, error) {
	fate, run := e.begin(req.GatewayID), workflow.GetInfo(ctx).WorkflowExecution.RunID
	e.stands(req.GatewayID, upgrade.Sighting{GatewayID: req.GatewayID, State: upgrade.GatewayRunning, Open: true, Run: run})
	if err := workflow.Sleep(ctx, e.takes[req.GatewayID]); err != nil {
		return upgrade.Report{}, err
	}
	end := upgrade.Sighting{GatewayID: req.GatewayID, State: upgrade.GatewayCompleted, Run: run}
	switch fate {
	case "hold":
		e.stands(req.GatewayID, upgrade.Sighting{GatewayID: req.GatewayID, State: upgrade.GatewayHeld, Reason: "storage is full", Open: true, Run: run})
		workflow.GetSignalChannel(ctx, "repaired").Receive(ctx, nil)
		e.stands(req.GatewayID, upgrade.Sighting{GatewayID: req.GatewayID, State: upgrade.GatewayRunning, Open: true, Run: run})
		if err := workflow.Sleep(ctx, time.Hour); err != nil {
			return upgrade.Report{}, err
		}
	case "fail":
		end.State, end.Reason = upgrade.GatewayFailed, "node1 is lost"
	}
	e.stands(req.GatewayID, end)
	if fate == "fail" {
		return upgrade.Report{}, temporal.NewNonRetryableApplicationError("node1 is lost", string(upgrade.Unhealthy), nil)
	}
	return upgrade.Report{GatewayID: req.GatewayID, Outcome: upgrade.OutcomeCompleted}, nil
}

// begin counts a start and gives the fate of this attempt.
func (e *fleetEstate) begin(id int) (fate string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	tries := 0
	for _, s := range e.started {
		if s == id {
			tries++
		}
	}
	e.started, e.begun[id] = append(e.started, id), e.now()
	e.count(id, 1)
	if fates := e.fate[id]; tries < len(fates) {
		fate = fates[tries]
	}
	return fate
}

func (e *fleetEstate) count(id, n int) {
	pod := e.gateways[id].Pod
	for _, key := range []string{pod, pod[:5], "all"} {
		e.open[key] += n
		e.most[key] = max(e.most[key], e.open[key])
	}
}

// stands says where an upgrade stands from now on.
func (e *fleetEstate) stands(id int, s upgrade.Sighting) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !s.Open {
		s.Ended = e.now()
		e.count(id, -1)
	}
	e.sights[id] = s
}

// order is a fleet of the whole estate.
func (e *fleetEstate) order(waves ...upgrade.FleetWave) upgrade.FleetOrder {
	o := upgrade.FleetOrder{Name: "spring", TargetVersion: "23.2R2-S3.5", By: "R. Lindqvist", Look: upgrade.Duration(time.Minute), Waves: waves, Limits: upgrade.FleetLimits{}}
	for id := range e.gateways {
		o.Gateways = append(o.Gateways, id)
	}
	slices.Sort(o.Gateways)
	return o
}

// event is what a person waits for and then does.
type event struct {
	name string
	when func(*upgrade.FleetReport) bool
	do   func()
}

// play runs a fleet to its end, a person acting on the way.
func (e *fleetEstate) play(o upgrade.FleetOrder, events ...event) (report upgrade.FleetReport, err error) {
	e.Helper()
	e.watch(&events, 0)
	e.env.ExecuteWorkflow(workflows.TypeUpgradeFleet, o)
	if len(events) > 0 {
		e.Errorf("it never came to %q", events[0].name)
	}
	if err := e.env.GetWorkflowError(); err != nil {
		return report, err
	}
	return report, e.env.GetWorkflowResult(&report)
}

// watch looks at the status every five simulated minutes; a fleet that goes nowhere for two months is cancelled.
func (e *fleetEstate) watch(events *[]event, looks int) {
	e.env.RegisterDelayedCallback(func() {
		if e.env.IsWorkflowCompleted() {
			return
		}
		r := e.status()
		if len(*events) > 0 && (*events)[0].when(&r) {
			do := (*events)[0].do
			*events = (*events)[1:]
			do()
		}
		if looks > 20_000 {
			e.Errorf("it goes nowhere: %s", r.Markdown())
			e.env.CancelWorkflow()
			return
		}
		e.watch(events, looks+1)
	}, 5*time.Minute)
}

func (e *fleetEstate) status() (r upgrade.FleetReport) {
	e.Helper()
	v, err := e.env.QueryWorkflow(workflows.QueryStatus)
	if err == nil {
		err = v.Get(&r)
	}
	if err != nil {
		e.Errorf("status: %v", err)
	}
	return r
}

// say sends an update and fails the test if it is refused.
func (e *fleetEstate) say(name string, gateways ...int) func() {
	return func() {
		e.env.UpdateWorkflow(name, fmt.Sprintf("%s-%d", name, e.now().UnixNano()), &verdictOf{e, name, ""}, told(gateways...))
	}
}

// hears sends an update that must be refused with a text in it.
func (e *fleetEstate) hears(text, name string, in upgrade.FleetInstruction) {
	e.env.UpdateWorkflow(name, fmt.Sprintf("%s-%d-%s", name, e.now().UnixNano(), text), &verdictOf{e, name, text}, in)
}

func told(gateways ...int) upgrade.FleetInstruction {
	return upgrade.FleetInstruction{Instruction: upgrade.Instruction{By: "R. Lindqvist", Reason: "seen and repaired"}, Gateways: gateways}
}

// repair lets a held upgrade go on.
func (e *fleetEstate) repair(id int) func() {
	return func() {
		if err := e.env.SignalWorkflowByID(workflows.UpgradeID(id), "repaired", nil); err != nil {
			e.Errorf("repairing: %v", err)
		}
	}
}

// after tells how long after another gateway's start one was started.
func (e *fleetEstate) after(one, other int) time.Duration { return e.begun[other].Sub(e.begun[one]) }
