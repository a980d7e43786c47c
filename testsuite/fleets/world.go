package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/scenarios"
	"vsrx-upgrade/testsuite/sim"
)

// fleetName is that of the fleet that is measured.
const fleetName = "load"

// estate is the scenario's gateways dealt out to as many pods as upgrades are to be in flight: a pod has one at a time.
func estate(l load) ([]sim.Gateway, error) {
	world, err := scenarios.Load(l.scenario)
	if err != nil {
		return nil, fmt.Errorf("loading the scenario %s: %w", l.scenario, err)
	}
	if len(world.Gateways) < l.inFlight {
		return nil, fmt.Errorf("%s has %d gateways, too few for %d in flight", l.scenario, len(world.Gateways), l.inFlight)
	}
	for i := range world.Gateways {
		pod := i % l.inFlight
		world.Gateways[i].Pod = fmt.Sprintf("hel%02d.pod%02d", pod/10+1, pod%10+1)
	}
	return world.Gateways, nil
}

// order is one wave of everything: all at once as far as pods and limit allow.
func (l load) order(gateways []sim.Gateway) upgrade.FleetOrder {
	timing := upgrade.DefaultTiming().Faster(l.speed)
	timing.ConfirmMinutes = 240 // of the device, whose minutes are short too
	o := upgrade.FleetOrder{Name: fleetName, TargetVersion: gateways[0].Offered[0], Approval: upgrade.ApprovalNone, Preempt: upgrade.PreemptDeactivate,
		By: "load", Timing: timing, Look: upgrade.Duration(5 * time.Second), Limits: upgrade.FleetLimits{All: l.inFlight},
		Waves: []upgrade.FleetWave{{Name: "all", Rest: true}}}
	for _, g := range gateways {
		o.Gateways = append(o.Gateways, g.ID)
	}
	return o
}

// writeOrder puts an order into a file.
func writeOrder(o upgrade.FleetOrder, path string) error {
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the order: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("writing the order: %w", err)
	}
	return nil
}
