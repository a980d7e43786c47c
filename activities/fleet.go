package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// Fleets holds what the activities of fleets need. Every field is required but List.
type Fleets struct {
	Cloud WindowCloud
	// List lists the gateways of the account; a worker without it refuses an order that asks by a query.
	List     func(ctx context.Context) ([]upgrade.Listed, error)
	Observe  func(ctx context.Context, in Look) (upgrade.Picture, error)
	Examine  func(ctx context.Context, in CheckInput) ([]upgrade.CheckResult, error)
	Upgrades Sights
	Now      func() time.Time
}

// Sights asks upgrades where they stand, running ones and those that have ended.
type Sights interface {
	Sight(ctx context.Context, gatewayID int) (upgrade.Sighting, error)
}

// abreast is how many gateways or workflows are asked at a time: what reaches them has limits of its own.
const abreast = 8

// PlanFleet finds the gateways of an order and plans their upgrades, or refuses the order with every reason. It is an
// activity so that the plan stands in the history: a fleet runs for weeks, and a newer planner may plan otherwise.
func (f *Fleets) PlanFleet(ctx context.Context, order upgrade.FleetOrder) (upgrade.FleetPlan, error) {
	pulse := startPulse(ctx, "reading the gateways' records")
	defer pulse.stop()
	plan, err := f.planFleet(ctx, order.OrDefaults(), pulse)
	return plan, classified(ctx, err)
}

func (f *Fleets) planFleet(ctx context.Context, order upgrade.FleetOrder, pulse *pulse) (upgrade.FleetPlan, error) {
	if err := order.Validate(); err != nil {
		return upgrade.FleetPlan{}, err
	}
	windows := Windows{Cloud: f.Cloud, List: f.List}
	ids, err := windows.choose(ctx, upgrade.WindowOrder{Gateways: order.Gateways, Query: order.Query})
	if err != nil {
		return upgrade.FleetPlan{}, err
	}
	candidates := make([]upgrade.Candidate, len(ids))
	if err := each(ctx, len(ids), func(i int) {
		candidates[i] = windows.candidate(ctx, ids[i], true)
		if i%100 == 99 {
			pulse.beat(fmt.Sprintf("read %d of %d gateways", i+1, len(ids)))
		}
	}); err != nil {
		return upgrade.FleetPlan{}, err
	}
	facts := upgrade.FleetFacts{Now: f.Now()}
	for _, c := range candidates {
		if kind := upgrade.KindOf(c.Error); kind.Passing() || kind == upgrade.Denied {
			return upgrade.FleetPlan{}, c.Error // about the way to the API, not about this gateway
		}
		if order.Query == nil || c.Error != nil || order.Query.Finds(c.Gateway) {
			facts.Gateways = append(facts.Gateways, order.FleetFactOf(c))
		}
	}
	return upgrade.PlanFleet(order, facts)
}

// each does something for every index, some at a time, until all is done or ctx ends.
func each(ctx context.Context, n int, do func(i int)) error {
	var working sync.WaitGroup
	next := make(chan int)
	for range min(n, abreast) {
		working.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	defer working.Wait()
	defer close(next)
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// FleetCheckInput says which gateways to look at, and for what.
type FleetCheckInput struct {
	GatewayIDs     []int          `json:"gatewayIds"`
	TargetVersion  string         `json:"targetVersion"`
	AcceptWarnings []int          `json:"acceptWarnings,omitempty"`
	Timing         upgrade.Timing `json:"timing,omitzero"`
}

// CheckFleet judges gateways by our own readiness checks. It changes nothing. A gateway that cannot be asked is one whose
// answer is unknown.
func (f *Fleets) CheckFleet(ctx context.Context, in FleetCheckInput) ([]upgrade.Fitness, error) {
	pulse := startPulse(ctx, "checking the gateways")
	defer pulse.stop()
	found := make([]upgrade.Fitness, len(in.GatewayIDs))
	err := each(ctx, len(found), func(i int) {
		id := in.GatewayIDs[i]
		question := upgrade.CheckOrder{GatewayID: id, TargetVersion: in.TargetVersion, NativeOnly: true, AcceptWarnings: in.AcceptWarnings, Timing: in.Timing}.Question()
		results, err := f.Examine(ctx, CheckInput{Look: Look{GatewayID: id}, Request: question})
		if err != nil {
			found[i] = upgrade.Fitness{GatewayID: id, Verdict: upgrade.CheckError, Text: upgrade.Brief(err.Error())}
			return
		}
		found[i] = upgrade.FitnessOf(id, results)
	})
	return found, classified(ctx, err)
}

// JudgeFleet looks at upgraded gateways and names those that are not whole on the target. It changes nothing. One that
// cannot be asked is not known to be whole.
func (f *Fleets) JudgeFleet(ctx context.Context, in FleetCheckInput) ([]upgrade.Illness, error) {
	pulse := startPulse(ctx, "looking at the upgraded gateways")
	defer pulse.stop()
	texts := make([]string, len(in.GatewayIDs))
	err := each(ctx, len(texts), func(i int) {
		picture, err := f.Observe(ctx, Look{GatewayID: in.GatewayIDs[i]})
		if err != nil {
			texts[i] = upgrade.Brief("it cannot be asked: " + err.Error())
			return
		}
		texts[i] = upgrade.Ill(picture, in.TargetVersion)
	})
	if err != nil {
		return nil, classified(ctx, err)
	}
	var ill []upgrade.Illness
	for i, text := range texts {
		if text != "" {
			ill = append(ill, upgrade.Illness{GatewayID: in.GatewayIDs[i], Text: text})
		}
	}
	return ill, nil
}

// FollowInput is what a fleet knows of its open upgrades.
type FollowInput struct {
	Known []upgrade.Sighting `json:"known"`
	Look  upgrade.Duration   `json:"look"` // between two looks, real time
}

// FollowFleet asks the open upgrades of a fleet where they stand until one of them stands elsewhere than the fleet knows,
// and gives those that do. Between two looks it is Temporal that waits: attempts are no history, so that a wait of days
// costs a fleet of any size no event. An upgrade that does not answer is taken to stand where it stood.
func (f *Fleets) FollowFleet(ctx context.Context, in FollowInput) ([]upgrade.Sighting, error) {
	pulse := startPulse(ctx, fmt.Sprintf("asking %d upgrades", len(in.Known)))
	defer pulse.stop()
	seen := make([]upgrade.Sighting, len(in.Known))
	var silent sync.Map
	if err := each(ctx, len(seen), func(i int) {
		s, err := f.Upgrades.Sight(ctx, in.Known[i].GatewayID)
		if err != nil {
			silent.Store(in.Known[i].GatewayID, err)
			s = in.Known[i]
		}
		seen[i] = s
	}); err != nil {
		return nil, classified(ctx, err)
	}
	var changed []upgrade.Sighting
	for i, s := range seen {
		if !s.Same(in.Known[i]) {
			changed = append(changed, s)
		}
	}
	if len(changed) > 0 {
		return changed, nil
	}
	return nil, again(in.Look.D(), waitingFor(len(in.Known), &silent))
}

// waitingFor says for whom the fleet waits, and who did not answer.
func waitingFor(upgrades int, silent *sync.Map) string {
	var errs []error
	silent.Range(func(id, err any) bool {
		errs = append(errs, fmt.Errorf("gateway %v: %w", id, err.(error)))
		return len(errs) < 3
	})
	text := fmt.Sprintf("%d upgrades stand where they stood", upgrades)
	if len(errs) > 0 {
		text += "; not all of them answer: " + errors.Join(errs...).Error()
	}
	return text
}
