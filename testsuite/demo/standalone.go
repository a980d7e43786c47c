package main

import (
	"context"
	"errors"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// standalone is a gateway that loses its configuration in the reload and gets it back.
func standalone() scenario {
	gateways := []sim.Gateway{{ID: 4811, Name: "gw-s", Pod: "dal09.pod01", Standalone: true, Version: "15.1X49-D160.2", Offered: []string{"23.4R2-S5.5"}}}
	return scenario{
		name: "standalone", about: "a gateway without a peer, of the legacy architecture, gets its configuration back",
		gateways: gateways,
		tell: func(ctx context.Context, d *demo) (any, error) {
			gateway := gateways[0]
			report, err := d.conduct(ctx, gateway, 0, func(ctx context.Context) error {
				return d.answer(ctx, gateway.ID, workflows.UpdateApprove, "the outage is announced")
			})
			if err != nil {
				return nil, err
			}
			common, err := d.judge(ctx, gateway, report, ending{outcome: upgrade.OutcomeCompleted, version: gateway.Offered[0], reloads: 1, outages: 1})
			different := 0
			if report.Changes != nil {
				different = report.Changes.Count
			}
			for _, difference := range report.Differences {
				if !difference.Expected {
					different++
				}
			}
			outage := 0.0 // virtual, from the submission to the end of the import
			if report.Import != nil {
				outage = report.Import.At.Sub(report.Nodes[0].Submitted).Seconds() * d.speed
			}
			return struct {
				verdict
				ReloadAndImportSeconds float64 `json:"reloadAndImportSeconds"` // virtual
				Different              int     `json:"different"`
			}{common, outage, different}, errors.Join(err, unless(different == 0, "%d things are not as before or as planned", different))
		},
	}
}
