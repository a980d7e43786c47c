package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"vsrx-upgrade/internal/upgrade"
	shipped "vsrx-upgrade/testsuite/scenarios"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// fleetPatience ends a fleet that does not get anywhere: at the slowest speed it takes half of it.
const fleetPatience = time.Hour

// wholeFleet is a hundred pairs in twenty pods, in three waves: those of the scenario fleet-100. One that cannot be read
// leaves the demo without them, and the story says why.
func wholeFleet() scenario {
	options, err := shipped.Load("fleet-100")
	return scenario{
		name: "fleet", about: "a hundred HA pairs in twenty pods: a canary, five more, the rest",
		gateways: options.Gateways,
		tell: func(ctx context.Context, d *demo) (any, error) {
			if err != nil {
				return nil, err
			}
			return upgradeFleet(ctx, d, options.Gateways)
		},
	}
}

// fleetVerdict is the last line of the story.
type fleetVerdict struct {
	Completed     int     `json:"completed"`
	Of            int     `json:"of"`
	Reloads       int     `json:"reloads"`
	Violations    int     `json:"violations"`
	Outages       int     `json:"outages"`
	Hours         float64 `json:"hours"`      // virtual, from the start to the last end
	BoundHours    float64 `json:"boundHours"` // virtual: the sum over the waves of their busiest pods
	Seconds       float64 `json:"seconds"`    // real
	HistoryEvents int64   `json:"historyEvents"`
}

func upgradeFleet(ctx context.Context, d *demo, gateways []sim.Gateway) (any, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, fleetPatience, errors.New("the fleet got nowhere for too long"))
	defer cancel()
	order := fleetOrder(gateways, d.speed)
	file, err := d.writeFleet(order)
	if err != nil {
		return nil, err
	}
	fmt.Printf("\n$ starter fleet start %s --wait\n", file)
	start := d.stage.Starter(ctx, "fleet", "start", file, "--wait")
	start.Stdout, start.Stderr = os.Stdout, os.Stdout
	if err := start.Run(); err != nil {
		return nil, fmt.Errorf("starter fleet start: %w", err)
	}
	var report upgrade.FleetReport
	if err := d.client.GetWorkflow(ctx, workflows.FleetID(order.Name), "").Get(ctx, &report); err != nil {
		return nil, fmt.Errorf("reading the fleet's report: %w", err)
	}
	return d.judgeFleet(ctx, order, &report)
}

// fleetOrder is everything that the cloud has.
func fleetOrder(gateways []sim.Gateway, speed float64) upgrade.FleetOrder {
	one := request(gateways[0], speed)
	o := upgrade.FleetOrder{Name: "demo", TargetVersion: one.TargetVersion, Approval: upgrade.ApprovalNone, Preempt: one.Preempt, Change: one.Change, By: one.By,
		Timing: one.Timing, Look: upgrade.Duration(time.Second),
		Waves: []upgrade.FleetWave{{Name: "canary", Size: 1}, {Name: "few", Size: 5}, {Name: "rest", Rest: true}}}
	for _, g := range gateways {
		o.Gateways = append(o.Gateways, g.ID)
	}
	return o
}

func (d *demo) writeFleet(o upgrade.FleetOrder) (string, error) {
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return "", err
	}
	path := filepath.Join(d.stage.Dir, "fleet.json")
	return path, os.WriteFile(path, text, 0o600)
}

// judgeFleet holds the result against the simulated world and its safety monitor.
func (d *demo) judgeFleet(ctx context.Context, o upgrade.FleetOrder, r *upgrade.FleetReport) (any, error) {
	seen := d.stage.Cloud.Verdict()
	makespan, bound := spans(r)
	v := fleetVerdict{Completed: r.Count(upgrade.GatewayCompleted), Of: len(o.Gateways), Reloads: seen.Reloads, Violations: len(seen.Violations), Outages: seen.Outages,
		Hours: makespan.Hours() * d.speed, BoundHours: bound.Hours() * d.speed, Seconds: r.Ended.Sub(r.Begun).Seconds()}
	description, err := d.client.DescribeWorkflowExecution(ctx, workflows.FleetID(o.Name), "")
	if err != nil {
		return v, fmt.Errorf("looking at the workflow: %w", err)
	}
	v.HistoryEvents = description.GetWorkflowExecutionInfo().GetHistoryLength()
	errs := []error{
		unless(v.Completed == v.Of, "%d of %d gateways were upgraded", v.Completed, v.Of),
		unless(v.Violations == 0, "the monitor saw violations: %+v", seen.Violations),
		unless(v.Reloads == 2*v.Of, "%d reloads were submitted, not %d", v.Reloads, 2*v.Of),
		unless(v.Outages == v.Of, "traffic stopped %d times, not once for each gateway", v.Outages),
	}
	for _, id := range o.Gateways {
		state := d.stage.Cloud.State(id)
		for _, m := range state.Members {
			errs = append(errs, unless(state.Healthy && m.Version == o.TargetVersion, "gateway %d: node%d runs %s; healthy: %t", id, m.Node, m.Version, state.Healthy))
		}
	}
	return v, errors.Join(errs...)
}

// spans are the real time that the upgrades took from first to last, and what no order of them can beat.
func spans(r *upgrade.FleetReport) (makespan, bound time.Duration) {
	for _, w := range r.Waves {
		work, busiest := map[string]int64{}, int64(0)
		for _, g := range w.Gateways {
			work[g.Pod] += g.To - g.From
			busiest = max(busiest, work[g.Pod])
			makespan = max(makespan, time.Duration(g.To)*time.Second)
		}
		bound += time.Duration(busiest) * time.Second
	}
	return makespan, bound
}
