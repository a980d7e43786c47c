package main

import (
	"context"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// rolledBack is the other answer to the question between the two reloads.
func rolledBack() scenario {
	gateways := sim.DefaultGateways()
	return scenario{
		name: "rollback", about: "the second reload is not approved: the old version is brought back",
		gateways: gateways,
		tell: func(ctx context.Context, d *demo) (any, error) {
			pair := gateways[0]
			report, err := d.conduct(ctx, pair, exitAborted, func(ctx context.Context) error {
				return d.answer(ctx, pair.ID, workflows.UpdateRollback, "the application does not work through the upgraded node")
			})
			if err != nil {
				return nil, err
			}
			// Traffic stops at IBM's switch-over, and again from the upgraded machine's end to the old one's start.
			common, err := d.judge(ctx, pair, report, ending{outcome: upgrade.OutcomeRolledBack, version: pair.Version, reloads: 2, outages: 2})
			return struct {
				verdict
				BothDownSeconds float64 `json:"bothDownSeconds"` // virtual
			}{common, d.stage.Cloud.Verdict().OutageSeconds["both-down"]}, err
		},
	}
}
