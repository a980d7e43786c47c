package main

import (
	"context"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// wholeUpgrade is what everybody hopes for.
func wholeUpgrade() scenario {
	gateways := sim.DefaultGateways()
	return scenario{
		name: "upgrade", about: "one HA pair, from readiness to report, with one approval",
		gateways: gateways,
		tell: func(ctx context.Context, d *demo) (any, error) {
			pair := gateways[0]
			report, err := d.conduct(ctx, pair, exitDone, func(ctx context.Context) error {
				return d.answer(ctx, pair.ID, workflows.UpdateApprove, "traffic flows through the upgraded node")
			})
			if err != nil {
				return nil, err
			}
			return d.judge(ctx, pair, report, ending{outcome: upgrade.OutcomeCompleted, version: pair.Offered[0], reloads: 2, outages: 1})
		},
	}
}
