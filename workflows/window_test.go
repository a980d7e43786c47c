package workflows_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// opened is when the window of these tests opens; it lasts twelve hours.
var opened = time.Date(2027, time.January, 3, 1, 0, 0, 0, time.UTC)

// estate answers the activities of a window: the real ones, over records that a test changes. By default three pairs of
// different pods that may be upgraded.
type estate struct {
	mu       sync.Mutex
	gateways []upgrade.Gateway
	standing map[int]upgrade.Report // of upgrades that are asked
	renewed  []string
	renewal  error
	unread   error
}

func newEstate() *estate {
	e := &estate{standing: map[int]upgrade.Report{}}
	for id := 41; id <= 43; id++ {
		e.gateways = append(e.gateways, upgrade.Gateway{ID: id, Name: fmt.Sprintf("edge-%d", id), Account: 77001, Pod: fmt.Sprintf("osa21.pod%02d", id), Vendor: "Juniper",
			Members: []upgrade.Member{{ID: 10 * id, HardwareID: 100 * id, Version: "22.2R2"}, {ID: 10*id + 1, HardwareID: 100*id + 1, Version: "22.2R2"}}})
	}
	return e
}

func (e *estate) Gateway(_ context.Context, id int) (upgrade.Gateway, error) {
	if e.unread != nil {
		return upgrade.Gateway{}, e.unread
	}
	if i := slices.IndexFunc(e.gateways, func(g upgrade.Gateway) bool { return g.ID == id }); i >= 0 {
		return e.gateways[i], nil
	}
	return upgrade.Gateway{}, upgrade.Errorf(upgrade.NotFound, "there is no gateway %d", id)
}

func (e *estate) Prices(context.Context, int, int) ([]upgrade.Price, error) {
	return []upgrade.Price{{ID: 5, Version: "23.4R2-S4"}}, nil
}

func (e *estate) Renew(_ context.Context, id string, _ time.Time) (upgrade.Renewal, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.renewed = append(e.renewed, id)
	return upgrade.Renewal{}, e.renewal
}

func (e *estate) Status(_ context.Context, id int) (upgrade.Report, error) {
	r, ok := e.standing[id]
	if !ok {
		return r, upgrade.Errorf(upgrade.Unreachable, "nobody answers")
	}
	return r, nil
}

// play is one window in the SDK's test environment.
type windowPlay struct {
	*estate
	env     *testsuite.TestWorkflowEnvironment
	order   upgrade.WindowOrder
	fate    map[int]func(workflow.Context) (upgrade.Report, error) // how an upgrade ends; it completes without one
	started []upgrade.Request
}

func newWindowPlay(t *testing.T) *windowPlay {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	p := &windowPlay{estate: newEstate(), env: suite.NewTestWorkflowEnvironment(), fate: map[int]func(workflow.Context) (upgrade.Report, error){},
		order: upgrade.WindowOrder{Name: "weekly", Gateways: []int{41, 42, 43}, TargetVersion: "23.4R2-S4",
			Calendar: upgrade.Calendar{Name: "sundays", Zone: "UTC", Weekdays: []upgrade.Weekday{upgrade.Sunday}, Start: "01:00", Length: upgrade.Duration(12 * time.Hour)}}}
	p.env.SetStartTime(opened.Add(time.Minute))
	p.env.SetTestTimeout(time.Minute)
	p.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute})
	p.env.RegisterWorkflowWithOptions(workflows.MaintenanceWindow, workflow.RegisterOptions{Name: workflows.TypeMaintenanceWindow})
	p.env.RegisterWorkflowWithOptions(p.upgrade, workflow.RegisterOptions{Name: workflows.TypeUpgradeGateway})
	p.env.RegisterActivityWithOptions(&activities.Windows{Cloud: p.estate, Schedules: p.estate, Upgrades: p.estate, Now: p.env.Now,
		List: func(context.Context) (list []upgrade.Listed, err error) {
			for _, g := range p.gateways {
				list = append(list, upgrade.Listed{ID: g.ID, Name: g.Name})
			}
			return list, nil
		}}, activity.RegisterOptions{})
	return p
}

// upgrade stands for the upgrade of a gateway.
func (p *windowPlay) upgrade(ctx workflow.Context, req upgrade.Request) (upgrade.Report, error) {
	p.started = append(p.started, req)
	if fate := p.fate[req.GatewayID]; fate != nil {
		return fate(ctx)
	}
	return upgrade.Report{Outcome: upgrade.OutcomeCompleted}, workflow.Sleep(ctx, 9*time.Hour)
}

// stays is an upgrade that is not over when the window is, and follows a cancellation.
func stays(ctx workflow.Context) (upgrade.Report, error) {
	return upgrade.Report{Outcome: upgrade.OutcomeCompleted}, workflow.Sleep(ctx, 300*time.Hour)
}

func ends(outcome upgrade.Outcome, reason string) func(workflow.Context) (upgrade.Report, error) {
	return func(workflow.Context) (upgrade.Report, error) {
		return upgrade.Report{Outcome: outcome, Reason: reason}, nil
	}
}

// scheduled makes it a run that a schedule has started for a time.
func (p *windowPlay) scheduled(t *testing.T, at time.Time) {
	t.Helper()
	if err := p.env.SetTypedSearchAttributesOnStart(temporal.NewSearchAttributes(
		temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime").ValueSet(at),
		temporal.NewSearchAttributeKeyKeyword("TemporalScheduledById").ValueSet("window/weekly"))); err != nil {
		t.Fatal(err)
	}
}

func (p *windowPlay) play() (r upgrade.WindowReport, err error) {
	p.env.ExecuteWorkflow(workflows.TypeMaintenanceWindow, p.order)
	if err := p.env.GetWorkflowError(); err != nil {
		return r, err
	}
	return r, p.env.GetWorkflowResult(&r)
}

// states shows how the gateways fared, with the reasons.
func states(r upgrade.WindowReport) []string {
	list := []string{}
	for _, u := range r.Upgrades {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%d %s %s", u.GatewayID, u.State, u.Reason)))
	}
	return list
}

func TestAWindowTellsHowEachOfItsUpgradesFared(t *testing.T) {
	whole := []string{"41 completed", "42 completed", "43 completed"}
	with := func(one string) []string { return []string{"41 completed", one, "43 completed"} }
	for name, c := range map[string]struct {
		change func(*windowPlay)
		want   []string
	}{
		"all complete": {func(*windowPlay) {}, whole},
		"one is refused by its plan": {func(p *windowPlay) {
			p.fate[42] = func(workflow.Context) (upgrade.Report, error) {
				return upgrade.Report{}, temporal.NewNonRetryableApplicationError("node1 is lost", string(upgrade.Unhealthy), nil)
			}
		}, with("42 ended node1 is lost")},
		"one is deferred by its pod": {func(p *windowPlay) { p.fate[42] = ends(upgrade.OutcomeDeferred, "1h is left") }, with("42 deferred 1h is left")},
		"one is rolled back":         {func(p *windowPlay) { p.fate[42] = ends(upgrade.OutcomeRolledBack, "no traffic") }, with("42 ended rolled-back no traffic")},
		"one holds at the end": {func(p *windowPlay) {
			p.fate[42], p.standing[42] = stays, upgrade.Report{Hold: &upgrade.Hold{Reason: "1110"}}
		}, with("42 held 1110")},
		"one asks at the end": {func(p *windowPlay) {
			p.fate[42], p.standing[42] = stays, upgrade.Report{Ask: &upgrade.Ask{Text: "go?"}}
		}, with("42 held asks for approval: go?")},
		"one is paused at the end": {func(p *windowPlay) {
			p.fate[42], p.standing[42] = stays, upgrade.Report{Paused: &upgrade.Decision{By: "N. Okafor", Reason: "lunch"}}
		}, with("42 held paused by N. Okafor: lunch")},
		"one is at work at the end": {func(p *windowPlay) { p.fate[42], p.standing[42] = stays, upgrade.Report{Phase: upgrade.PhaseReload} }, with("42 running in phase reload")},
		"one cannot be asked":       {func(p *windowPlay) { p.fate[42] = stays }, with("42 running it could not be asked: nobody answers")},
		"one waits for its pod": {func(p *windowPlay) {
			p.fate[42], p.standing[42] = stays, upgrade.Report{Phase: upgrade.PhaseQueue, Waiting: "place 2 of 3"}
		}, with("42 deferred the window ended while it waited: place 2 of 3")},
		"one is done already": {func(p *windowPlay) {
			p.gateways[1].Members[0].Version, p.gateways[1].Members[1].Version = "23.4R2-S4.2", "23.4R2-S4"
		}, with("42 skipped every member is on record with 23.4R2-S4")},
		"one node of one is done already": {func(p *windowPlay) { p.gateways[1].Members[0].Version = "23.4R2-S4" }, whole},
		"one is of another account":       {func(p *windowPlay) { p.gateways[1].Account = 9 }, with("42 refused gateway 42 (edge-42) is of account 9, the first one of account 77001")},
		"one is unknown":                  {func(p *windowPlay) { p.gateways[1].ID = 4 }, with("42 refused there is no gateway 42")},
		"one does not fit":                {func(p *windowPlay) { p.env.SetStartTime(opened.Add(2*time.Hour + time.Minute)) }, []string{"41 deferred 9h59m0s are left in the maintenance window and 10h0m0s are planned", "42 deferred 9h59m0s are left in the maintenance window and 10h0m0s are planned", "43 deferred 9h59m0s are left in the maintenance window and 10h0m0s are planned"}},
		"a standalone still fits": {func(p *windowPlay) {
			p.order.Gateways, p.gateways[0].Members = []int{41}, p.gateways[0].Members[:1]
			p.env.SetStartTime(opened.Add(5 * time.Hour))
			p.fate[41] = ends(upgrade.OutcomeCompleted, "")
		}, []string{"41 completed"}},
		"a query finds them": {func(p *windowPlay) {
			p.order.Gateways, p.order.Query = nil, &upgrade.GatewayQuery{NamePattern: "edge-*", Pod: "osa21.pod42"}
		}, []string{"42 completed"}},
		"a query finds none": {func(p *windowPlay) {
			p.order.Gateways, p.order.Query = nil, &upgrade.GatewayQuery{NamePattern: "core-*"}
		}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newWindowPlay(t)
			c.change(p)
			r, err := p.play()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, states(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if r.Window == nil || !r.Window.Start.Equal(opened) || !r.Ended {
				t.Errorf("the window is %+v", r.Window)
			}
			for _, req := range p.started {
				if !req.Defer || req.Window == nil || !req.Window.End.Equal(opened.Add(12*time.Hour)) {
					t.Errorf("gateway %d was started with %+v", req.GatewayID, req)
				}
			}
		})
	}
}

func TestAWindowStartsOnlySoManyUpgrades(t *testing.T) {
	p := newWindowPlay(t)
	p.order.Gateways = nil
	for id := 1001; id <= 1000+upgrade.MaxWindowUpgrades+2; id++ {
		g := p.gateways[0]
		g.ID = id
		p.estate.gateways, p.order.Gateways = append(p.estate.gateways, g), append(p.order.Gateways, id)
		p.fate[id] = ends(upgrade.OutcomeCompleted, "")
	}
	r, err := p.play()
	if err != nil || r.Count(upgrade.WindowCompleted) != upgrade.MaxWindowUpgrades || r.Count(upgrade.WindowDeferred) != 2 {
		t.Errorf("%s, %v", r.Summary(), err)
	}
}

func TestARunIsInTheWindowThatItsScheduleMeant(t *testing.T) {
	for name, c := range map[string]struct {
		now, scheduled time.Time
		attended       bool
		skipped        string
		upgrades       int
	}{
		"on time":                     {now: opened, scheduled: opened, upgrades: 3},
		"late, while it is open":      {now: opened.Add(time.Hour), scheduled: opened, upgrades: 3},
		"so late that it is over":     {now: opened.Add(13 * time.Hour), scheduled: opened, skipped: "the window from 2027-01-03T01:00:00Z to 2027-01-03T13:00:00Z was over when a worker took it up at 2027-01-03T14:00:00Z"},
		"late by a week, in the next": {now: opened.Add(7 * 24 * time.Hour), scheduled: opened, skipped: "was over when a worker took it up at 2027-01-10T01:00:00Z"},
		"triggered outside":           {now: opened.Add(-time.Hour), scheduled: opened.Add(-time.Hour), skipped: "2027-01-03T00:00:00Z is outside of every window of sundays; the next one opens at 2027-01-03T01:00:00Z"},
		"by hand, outside":            {now: opened.Add(-time.Hour), skipped: "is outside of every window"},
		"by hand, inside":             {now: opened.Add(time.Minute), upgrades: 3},
		"by hand, attended":           {now: opened.Add(-time.Hour), attended: true, upgrades: 3},
	} {
		t.Run(name, func(t *testing.T) {
			p := newWindowPlay(t)
			p.env.SetStartTime(c.now)
			p.order.Attended = c.attended
			if !c.scheduled.IsZero() {
				p.scheduled(t, c.scheduled)
			}
			r, err := p.play()
			if err != nil || !strings.Contains(r.Skipped, c.skipped) || (r.Skipped == "") != (c.skipped == "") || len(p.started) != c.upgrades {
				t.Errorf("%d upgrades, skipped %q, %v; want %d and %q", len(p.started), r.Skipped, err, c.upgrades, c.skipped)
			}
			if c.attended && (r.Window != nil || p.started[0].Window != nil || p.started[0].Defer) {
				t.Errorf("attended upgrades keep window %+v", p.started[0].Window)
			}
			if renewed := len(p.renewed) == 1; renewed == c.scheduled.IsZero() {
				t.Errorf("renewed: %q", p.renewed)
			}
		})
	}
}

func TestAFrozenWindowIsSkipped(t *testing.T) {
	p := newWindowPlay(t)
	p.order.Calendar.Freezes = []upgrade.Freeze{{Name: "audit", From: "2027-01-03", To: "2027-01-03"}}
	if r, err := p.play(); err != nil || !strings.Contains(r.Skipped, "kept shut by freeze audit") || len(p.started) > 0 {
		t.Errorf("skipped %q, %v", r.Skipped, err)
	}
}

func TestAScheduleThatCannotBeRenewedIsNoted(t *testing.T) {
	p := newWindowPlay(t)
	p.scheduled(t, opened)
	p.renewal = upgrade.Errorf(upgrade.NotFound, "there is no schedule window/weekly")
	r, err := p.play()
	if err != nil || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "there is no schedule") || r.Count(upgrade.WindowCompleted) != 3 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestADryRunOfAWindowStartsNothing(t *testing.T) {
	p := newWindowPlay(t)
	p.order.DryRun, p.gateways[2].Vendor = true, "Fortinet"
	r, err := p.play()
	if err != nil || len(p.started) > 0 || r.Count(upgrade.WindowFit) != 2 || r.Count(upgrade.WindowRefused) != 1 {
		t.Errorf("%q, %v", states(r), err)
	}
}

func TestAnUpgradeThatRunsAlreadyIsNotStartedAgain(t *testing.T) {
	p := newWindowPlay(t)
	p.env.RegisterWorkflowWithOptions(func(ctx workflow.Context, order upgrade.WindowOrder) (upgrade.WindowReport, error) {
		other := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: workflows.UpgradeID(42)})
		if err := workflow.ExecuteChildWorkflow(other, workflows.TypeUpgradeGateway, upgrade.Request{GatewayID: 42}).GetChildWorkflowExecution().Get(ctx, nil); err != nil {
			return upgrade.WindowReport{}, err
		}
		return workflows.MaintenanceWindow(ctx, order)
	}, workflow.RegisterOptions{Name: "BesideAnUpgrade"})
	p.env.ExecuteWorkflow("BesideAnUpgrade", p.order)
	var r upgrade.WindowReport
	if err := p.env.GetWorkflowResult(&r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"41 completed", "42 skipped an upgrade of it is running already: upgrade/42", "43 completed"}, states(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestACancelledWindowLeavesItsUpgradesAlone(t *testing.T) {
	p := newWindowPlay(t)
	cut := 0
	for _, id := range p.order.Gateways {
		p.fate[id] = func(ctx workflow.Context) (upgrade.Report, error) {
			err := workflow.Sleep(ctx, 9*time.Hour)
			if temporal.IsCanceledError(err) {
				cut++
			}
			return upgrade.Report{}, err
		}
	}
	p.env.RegisterDelayedCallback(p.env.CancelWorkflow, time.Hour)
	if _, err := p.play(); !temporal.IsCanceledError(err) {
		t.Errorf("the window ended with %v", err)
	}
	if len(p.started) != 3 || cut != 0 {
		t.Errorf("%d upgrades were started, %d of them cancelled", len(p.started), cut)
	}
}

func TestAWindowThatCannotBeJudgedFails(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*windowPlay)
		kind   upgrade.Kind
	}{
		"an order without sense":     {func(p *windowPlay) { p.order.TargetVersion = "newest" }, upgrade.Invalid},
		"a calendar without sense":   {func(p *windowPlay) { p.order.Calendar.Zone = "Mars/Olympus" }, upgrade.Invalid},
		"an API that lets nobody in": {func(p *windowPlay) { p.unread = upgrade.Errorf(upgrade.Denied, "401") }, upgrade.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			p := newWindowPlay(t)
			c.change(p)
			_, err := p.play()
			(&stage{T: t}).refusedAs(err, c.kind)
			if len(p.started) > 0 {
				t.Errorf("%d upgrades were started", len(p.started))
			}
		})
	}
}
