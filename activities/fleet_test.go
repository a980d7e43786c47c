package activities_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// account is what the activities of fleets ask; a test spoils one answer.
type fleetAccount struct {
	mu      sync.Mutex
	spoilt  map[int]error // of a gateway's record
	offered []upgrade.Price
	sights  map[int]upgrade.Sighting
	silent  map[int]error // upgrades that do not answer
	ill     map[int]error // gateways that cannot be looked at
	atOnce  int
	most    int
}

func newFleetAccount() *fleetAccount {
	return &fleetAccount{spoilt: map[int]error{}, offered: []upgrade.Price{{ID: 3, Version: "23.2R2-S1.6"}}, sights: map[int]upgrade.Sighting{}, silent: map[int]error{}, ill: map[int]error{}}
}

func (a *fleetAccount) fleets() *activities.Fleets {
	return &activities.Fleets{Cloud: a, Upgrades: a, Now: func() time.Time { return time.Date(2027, 3, 1, 2, 0, 0, 0, time.UTC) },
		List: func(context.Context) ([]upgrade.Listed, error) {
			return []upgrade.Listed{{ID: 61, Name: "hub-61"}, {ID: 62, Name: "hub-62"}, {ID: 63, Name: "spoke-63"}}, nil
		},
		Observe: func(_ context.Context, in activities.Look) (upgrade.Picture, error) {
			if err := a.ill[in.GatewayID]; err != nil {
				return upgrade.Picture{}, err
			}
			return upgrade.Picture{Gateway: a.gateway(in.GatewayID), Device: upgrade.Device{Error: "connection refused"}}, nil
		},
		Examine: func(_ context.Context, in activities.CheckInput) ([]upgrade.CheckResult, error) {
			if err := a.ill[in.Look.GatewayID]; err != nil {
				return nil, err
			}
			verdict := map[bool]upgrade.CheckVerdict{true: upgrade.CheckPass, false: upgrade.CheckFail}[in.Look.GatewayID%2 == 1 && in.Request.NativeOnly]
			return []upgrade.CheckResult{{Name: "storage", Subject: "node0", Verdict: verdict, Evidence: "92 % are used"}}, nil
		}}
}

func (a *fleetAccount) gateway(id int) upgrade.Gateway {
	return upgrade.Gateway{ID: id, Name: fmt.Sprintf("hub-%d", id), Account: 12, Pod: fmt.Sprintf("sao01.pod0%d", id%3+1), Vendor: "Juniper", Status: upgrade.StatusActive,
		Members: []upgrade.Member{{ID: 10 * id, HardwareID: 100 * id, Host: "h", Version: "22.1R1"}}}
}

func (a *fleetAccount) Gateway(_ context.Context, id int) (upgrade.Gateway, error) {
	a.mu.Lock()
	a.atOnce++
	a.most = max(a.most, a.atOnce)
	err := a.spoilt[id]
	a.mu.Unlock()
	defer func() { a.mu.Lock(); a.atOnce--; a.mu.Unlock() }()
	return a.gateway(id), err
}

func (a *fleetAccount) Prices(context.Context, int, int) ([]upgrade.Price, error) {
	return a.offered, nil
}

func (a *fleetAccount) Sight(_ context.Context, id int) (upgrade.Sighting, error) {
	return a.sights[id], a.silent[id]
}

func fleetOf(ids ...int) upgrade.FleetOrder {
	return upgrade.FleetOrder{Name: "hubs", TargetVersion: "23.2R2-S1.6", Gateways: ids, Waves: []upgrade.FleetWave{{Rest: true}}}
}

// playFleet runs one activity of fleets.
func playFleet[Out any](t *testing.T, act, in any) (out Out, err error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quietLog{})
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(act)
	value, err := env.ExecuteActivity(act, in)
	if err == nil {
		err = value.Get(&out)
	}
	return out, err
}

type quietLog struct{}

func (quietLog) Debug(string, ...any) {}
func (quietLog) Info(string, ...any)  {}
func (quietLog) Warn(string, ...any)  {}
func (quietLog) Error(string, ...any) {}

func TestAFleetIsPlannedFromTheRecords(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fleetAccount, *activities.Fleets, *upgrade.FleetOrder)
		want   int    // gateways
		said   string // of a refusal
		final  bool
	}{
		"by ids": {func(*fleetAccount, *activities.Fleets, *upgrade.FleetOrder) {}, 3, "", false},
		"by a query": {func(_ *fleetAccount, _ *activities.Fleets, o *upgrade.FleetOrder) {
			o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "hub-*"}
		}, 2, "", false},
		"by a query for a pod": {func(_ *fleetAccount, _ *activities.Fleets, o *upgrade.FleetOrder) {
			o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "hub-*", Pod: "sao01.pod02"}
		}, 1, "", false},
		"by a query where nobody can list": {func(_ *fleetAccount, f *activities.Fleets, o *upgrade.FleetOrder) {
			f.List, o.Gateways, o.Query = nil, nil, &upgrade.GatewayQuery{NamePattern: "hub-*"}
		}, 0, "cannot list", true},
		"an order that makes no sense": {func(_ *fleetAccount, _ *activities.Fleets, o *upgrade.FleetOrder) { o.Name = "" }, 0, "fleet name", true},
		"one that is not there, and one more": {func(a *fleetAccount, _ *activities.Fleets, _ *upgrade.FleetOrder) {
			a.spoilt[62], a.spoilt[63] = upgrade.Errorf(upgrade.NotFound, "no object 62"), upgrade.Errorf(upgrade.NotFound, "no object 63")
		}, 0, "no object 63", true},
		"a target that nobody offers": {func(a *fleetAccount, _ *activities.Fleets, _ *upgrade.FleetOrder) { a.offered = nil }, 0, "offered 0 times", true},
		"an API that refuses the key": {func(a *fleetAccount, _ *activities.Fleets, _ *upgrade.FleetOrder) {
			a.spoilt[62] = upgrade.Errorf(upgrade.Denied, "the API key is refused")
		}, 0, "API key is refused", true},
		"an API that does not answer": {func(a *fleetAccount, _ *activities.Fleets, _ *upgrade.FleetOrder) {
			a.spoilt[62] = upgrade.Errorf(upgrade.Unreachable, "no answer")
		}, 0, "no answer", false},
	} {
		t.Run(name, func(t *testing.T) {
			a, o := newFleetAccount(), fleetOf(61, 62, 63)
			f := a.fleets()
			c.change(a, f, &o)
			plan, err := playFleet[upgrade.FleetPlan](t, f.PlanFleet, o)
			if c.said == "" {
				if err != nil || len(plan.Waves) != 1 || len(plan.Waves[0].Gateways) != c.want {
					t.Errorf("planned %+v, error %v", plan, err)
				}
				return
			}
			var app *temporal.ApplicationError
			if !errors.As(err, &app) || !strings.Contains(app.Message(), c.said) || app.NonRetryable() != c.final {
				t.Errorf("refused with %v, final %t; want %q, %t", err, app != nil && app.NonRetryable(), c.said, c.final)
			}
		})
	}
}

func TestManyRecordsAreReadSomeAtATime(t *testing.T) {
	a := newFleetAccount()
	var ids []int
	for id := range 300 {
		ids = append(ids, 61+id)
	}
	plan, err := playFleet[upgrade.FleetPlan](t, a.fleets().PlanFleet, fleetOf(ids...))
	if err != nil || len(plan.Waves[0].Gateways) != 300 || a.most > 8 {
		t.Errorf("%d planned, %d read at once, error %v", len(plan.Waves[0].Gateways), a.most, err)
	}
}

func TestTheGatewaysOfAFleetAreChecked(t *testing.T) {
	a := newFleetAccount()
	a.ill[63] = errors.New("no route to host")
	found, err := playFleet[[]upgrade.Fitness](t, a.fleets().CheckFleet, activities.FleetCheckInput{GatewayIDs: []int{61, 62, 63}, TargetVersion: "23.2R2-S1.6"})
	if err != nil || len(found) != 3 {
		t.Fatalf("%+v, error %v", found, err)
	}
	for i, want := range []upgrade.Fitness{{GatewayID: 61, Verdict: upgrade.CheckPass}, {GatewayID: 62, Verdict: upgrade.CheckFail, Text: "storage of node0: 92 % are used"},
		{GatewayID: 63, Verdict: upgrade.CheckError, Text: "no route to host"}} {
		if found[i] != want {
			t.Errorf("found %+v, want %+v", found[i], want)
		}
	}
}

func TestAGatewayThatCannotBeAskedIsNotWhole(t *testing.T) {
	a := newFleetAccount()
	a.ill[62] = errors.New("no route to host")
	ill, err := playFleet[[]upgrade.Illness](t, a.fleets().JudgeFleet, activities.FleetCheckInput{GatewayIDs: []int{61, 62}, TargetVersion: "23.2R2-S1.6"})
	if err != nil || len(ill) != 2 || !strings.Contains(ill[1].Text, "no route to host") || ill[0].GatewayID != 61 || ill[0].Text == "" {
		t.Errorf("%+v, error %v", ill, err)
	}
}

func TestAFleetHearsOnlyOfWhatIsNew(t *testing.T) {
	running := func(id int) upgrade.Sighting {
		return upgrade.Sighting{GatewayID: id, State: upgrade.GatewayRunning, Open: true, Run: "r"}
	}
	for name, c := range map[string]struct {
		change func(a *fleetAccount, known []upgrade.Sighting)
		want   []int // gateways that are told of; none means that it waits on
		said   string
	}{
		"nothing": {func(*fleetAccount, []upgrade.Sighting) {}, nil, "2 upgrades stand where they stood"},
		"an end": {func(a *fleetAccount, _ []upgrade.Sighting) {
			a.sights[62] = upgrade.Sighting{GatewayID: 62, State: upgrade.GatewayCompleted, Run: "r", Ended: time.Unix(1, 0)}
		}, []int{62}, ""},
		"a hold": {func(a *fleetAccount, _ []upgrade.Sighting) {
			a.sights[61] = upgrade.Sighting{GatewayID: 61, State: upgrade.GatewayHeld, Reason: "code 1110", Open: true, Run: "r"}
		}, []int{61}, ""},
		"a skipped one that is held": {func(a *fleetAccount, known []upgrade.Sighting) {
			known[0].State = upgrade.GatewaySkipped
			a.sights[61] = upgrade.Sighting{GatewayID: 61, State: upgrade.GatewayHeld, Open: true, Run: "r"}
		}, nil, "stand where they stood"},
		"a skipped one that has ended": {func(a *fleetAccount, known []upgrade.Sighting) {
			known[0].State = upgrade.GatewaySkipped
			a.sights[61] = upgrade.Sighting{GatewayID: 61, State: upgrade.GatewayAborted, Run: "r"}
		}, []int{61}, ""},
		"one that does not answer": {func(a *fleetAccount, _ []upgrade.Sighting) { a.silent[62] = errors.New("the worker is away") },
			nil, "gateway 62: the worker is away"},
		"one that does not answer beside an end": {func(a *fleetAccount, _ []upgrade.Sighting) {
			a.silent[62] = errors.New("the worker is away")
			a.sights[61] = upgrade.Sighting{GatewayID: 61, State: upgrade.GatewayFailed, Run: "r"}
		}, []int{61}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := newFleetAccount()
			a.sights[61], a.sights[62] = running(61), running(62)
			known := []upgrade.Sighting{running(61), running(62)}
			c.change(a, known)
			changed, err := playFleet[[]upgrade.Sighting](t, a.fleets().FollowFleet, activities.FollowInput{Known: known, Look: upgrade.Duration(time.Minute)})
			var app *temporal.ApplicationError
			if c.want == nil {
				if !errors.As(err, &app) || app.NonRetryable() || app.Category() != temporal.ApplicationErrorCategoryBenign || app.NextRetryDelay() != time.Minute || !strings.Contains(app.Message(), c.said) {
					t.Errorf("it answers %+v, error %v; want to be asked again", changed, err)
				}
				return
			}
			if err != nil || len(changed) != len(c.want) || changed[0].GatewayID != c.want[0] {
				t.Errorf("it tells of %+v, error %v; want %v", changed, err, c.want)
			}
		})
	}
}
