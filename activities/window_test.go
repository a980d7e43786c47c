package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"
	sdktest "go.temporal.io/sdk/testsuite"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// shore is two gateways of Juniper's on record, and what can go wrong with reading them.
type shore struct {
	read, priced error
	asked        []int
}

func (s *shore) Gateway(_ context.Context, id int) (upgrade.Gateway, error) {
	s.asked = append(s.asked, id)
	if id > 62 {
		return upgrade.Gateway{}, upgrade.Errorf(upgrade.NotFound, "there is no gateway %d", id)
	}
	name := map[int]string{61: "shore-a", 62: "shore-b"}[id]
	return upgrade.Gateway{ID: id, Name: name, Account: 5, Pod: "che01.pod01", Vendor: "Juniper", Members: []upgrade.Member{{ID: 7, Version: "22.2R2"}}}, s.read
}

func (s *shore) Prices(context.Context, int, int) ([]upgrade.Price, error) {
	return []upgrade.Price{{ID: 3, Version: "23.4R2-S4"}}, s.priced
}

func (s *shore) list(context.Context) ([]upgrade.Listed, error) {
	return []upgrade.Listed{{ID: 61, Name: "shore-a"}, {ID: 62, Name: "shore-b"}, {ID: 63, Name: "hill"}}, nil
}

func shoreOrder() upgrade.WindowOrder {
	return upgrade.WindowOrder{Name: "shore", Gateways: []int{61, 62}, TargetVersion: "23.4R2-S4", Calendar: upgrade.Calendar{Name: "x", Length: upgrade.Duration(12 * time.Hour)}}
}

// resolve runs the activity as a worker does.
func resolve(t *testing.T, w *activities.Windows, order upgrade.WindowOrder) ([]upgrade.WindowTarget, error) {
	t.Helper()
	env := (&sdktest.WorkflowTestSuite{}).NewTestActivityEnvironment()
	env.RegisterActivity(w)
	value, err := env.ExecuteActivity(w.ResolveGateways, order)
	if err != nil {
		return nil, err
	}
	var targets []upgrade.WindowTarget
	return targets, value.Get(&targets)
}

func TestTheGatewaysOfAnOrderAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.WindowOrder)
		fit    []int
		asked  []int
		kind   upgrade.Kind
		spoil  func(*shore, *activities.Windows)
	}{
		"by id":                 {fit: []int{61, 62}, asked: []int{61, 62}},
		"by id in a dry run":    {change: func(o *upgrade.WindowOrder) { o.DryRun = true }, fit: []int{61, 62}, asked: []int{61, 62}},
		"one that is not there": {change: func(o *upgrade.WindowOrder) { o.Gateways = []int{61, 99} }, fit: []int{61}, asked: []int{61, 99}},
		"by name":               {change: func(o *upgrade.WindowOrder) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "shore-*"} }, fit: []int{61, 62}, asked: []int{61, 62}},
		"by name and version": {change: func(o *upgrade.WindowOrder) {
			o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "shore-*", FromVersion: "21.4R3"}
		}, asked: []int{61, 62}},
		"by a query without a list": {change: func(o *upgrade.WindowOrder) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "*"} }, kind: upgrade.Unsupported, spoil: func(_ *shore, w *activities.Windows) { w.List = nil }},
		"with a list that fails": {change: func(o *upgrade.WindowOrder) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "*"} }, kind: upgrade.Unreachable, spoil: func(_ *shore, w *activities.Windows) {
			w.List = func(context.Context) ([]upgrade.Listed, error) {
				return nil, upgrade.Errorf(upgrade.Unreachable, "no answer")
			}
		}},
		"without an answer": {kind: upgrade.Unreachable, asked: []int{61}, spoil: func(s *shore, _ *activities.Windows) { s.read = upgrade.Errorf(upgrade.Unreachable, "no answer") }},
		"without the right": {kind: upgrade.Denied, asked: []int{61}, spoil: func(s *shore, _ *activities.Windows) { s.read = upgrade.Errorf(upgrade.Denied, "401") }},
		"without prices": {change: func(o *upgrade.WindowOrder) { o.DryRun = true }, kind: upgrade.Unreachable, asked: []int{61}, spoil: func(s *shore, _ *activities.Windows) {
			s.priced = upgrade.Errorf(upgrade.Unreachable, "no answer")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s, order := &shore{}, shoreOrder()
			w := &activities.Windows{Cloud: s, List: s.list, Now: time.Now}
			if c.change != nil {
				c.change(&order)
			}
			if c.spoil != nil {
				c.spoil(s, w)
			}
			targets, err := resolve(t, w, order)
			var fit []int
			for _, target := range targets {
				if target.Refused == "" {
					fit = append(fit, target.GatewayID)
				}
			}
			var app *temporal.ApplicationError
			if kind := ""; errors.As(err, &app) {
				if kind = app.Type(); kind != string(c.kind) {
					t.Errorf("the error is %v, want kind %q", err, c.kind)
				}
			} else if err != nil || c.kind != "" {
				t.Errorf("the error is %v, want kind %q", err, c.kind)
			}
			if diff := cmp.Diff([][]int{c.fit, c.asked}, [][]int{fit, s.asked}); diff != "" {
				t.Errorf("fit and asked (-want +got):\n%s", diff)
			}
		})
	}
}

// answers are upgrades by their gateways.
type answers map[int]upgrade.Report

func (a answers) Status(_ context.Context, id int) (upgrade.Report, error) {
	r, ok := a[id]
	if !ok {
		return r, upgrade.Errorf(upgrade.Unreachable, "no answer")
	}
	return r, nil
}

func TestUpgradesAreAskedWhereTheyStand(t *testing.T) {
	w := &activities.Windows{Upgrades: answers{
		1: {Phase: upgrade.PhaseReady, Hold: &upgrade.Hold{Reason: "code 1110"}}, 2: {Phase: upgrade.PhaseApprove, Ask: &upgrade.Ask{Text: "go on?"}},
		3: {Phase: upgrade.PhaseQueue, Waiting: "place 2 of 2"}, 4: {Phase: upgrade.PhaseReload}, 5: {Phase: upgrade.PhaseQueue, Hold: &upgrade.Hold{Reason: "no lock"}},
		6: {Phase: upgrade.PhaseVerify, Paused: &upgrade.Decision{By: "I. Brandt", Reason: "call"}},
	}}
	env := (&sdktest.WorkflowTestSuite{}).NewTestActivityEnvironment()
	env.RegisterActivity(w)
	value, err := env.ExecuteActivity(w.LookAtUpgrades, []int{1, 2, 3, 4, 5, 6, 7})
	if err != nil {
		t.Fatal(err)
	}
	var got []activities.Standing
	if err := value.Get(&got); err != nil {
		t.Fatal(err)
	}
	want := []activities.Standing{{GatewayID: 1, Held: true, Text: "code 1110"}, {GatewayID: 2, Held: true, Text: "asks for approval: go on?"}, {GatewayID: 3, Queued: true, Text: "place 2 of 2"},
		{GatewayID: 4, Text: "in phase reload"}, {GatewayID: 5, Held: true, Text: "no lock"}, {GatewayID: 6, Held: true, Text: "paused by I. Brandt: call"}, {GatewayID: 7, Text: "it could not be asked: no answer"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
