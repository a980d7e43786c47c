package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// CheckReadiness tells whether a gateway is ready to be upgraded: our own checks in seconds, then IBM's in about half an
// hour each, and our own again, which also judge what IBM said. A class of code that passes by itself is tried once more.
func CheckReadiness(ctx workflow.Context, order upgrade.CheckOrder) (upgrade.CheckReport, error) {
	if err := order.Validate(); err != nil {
		return upgrade.CheckReport{}, refusal(err)
	}
	c := &checkup{ctx: ctx, order: order.OrDefaults(), report: upgrade.CheckReport{GatewayID: order.GatewayID, Target: order.TargetVersion}}
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryStatus, func() (upgrade.CheckReport, error) { return c.report, nil },
		workflow.QueryHandlerOptions{Description: "What the checks have found so far."}); err != nil {
		return upgrade.CheckReport{}, err
	}
	if err := c.run(); err != nil {
		if temporal.IsCanceledError(err) {
			return upgrade.CheckReport{}, err
		}
		return upgrade.CheckReport{}, refusal(err)
	}
	return c.report, nil
}

// checkup is one readiness check under way.
type checkup struct {
	ctx    workflow.Context
	a      *activities.Activities // nil: only method names are read
	order  upgrade.CheckOrder
	report upgrade.CheckReport
}

func (c *checkup) run() error {
	if err := c.native("the gateway", nil); err != nil || c.order.NativeOnly {
		return err
	}
	for try := 1; ; try++ {
		ibm, err := c.ibm()
		if err != nil {
			return err
		}
		c.report.IBM = &ibm
		c.report.ValidTo = ibm.ValidUntil(c.order.Timing.ReadinessValid.D())
		if err := c.native("the gateway again, with what IBM said", ibm.SeenRunning); err != nil {
			return err
		}
		if try == checkTries || !ibm.MayPass() {
			return nil
		}
	}
}

// checkTries is how often IBM's checks are run when what they find passes by itself, as often as not.
const checkTries = 2

// native runs our own checks.
func (c *checkup) native(what string, seenRunning map[upgrade.Category]time.Time) error {
	c.show("checking " + what)
	q := c.order.Question()
	q.Request.TargetVersion = c.report.Target // what was chosen at first is judged to the end, also when IBM offers another meanwhile
	q.SeenRunning, q.NativeOnly = seenRunning, seenRunning == nil
	results, err := call(c.ctx, first("check "+what), c.a.Check, activities.CheckInput{Look: activities.Look{GatewayID: c.order.GatewayID}, Request: q})
	if err != nil {
		return err
	}
	c.report.Found(results, workflow.Now(c.ctx))
	if seenRunning != nil || c.order.NativeOnly {
		c.report.Verdict = upgrade.Overall(results)
	}
	c.show("")
	return nil
}

// ibm runs IBM's own checks and waits for their end.
func (c *checkup) ibm() (upgrade.Readiness, error) {
	c.show("IBM's own checks run, about half an hour each")
	return call(c.ctx, patient(fmt.Sprintf("IBM's readiness checks of gateway %d", c.order.GatewayID), 4*c.order.Timing.ReadinessEnd), c.a.CheckReadiness,
		activities.ReadinessInput{GatewayID: c.order.GatewayID, Timing: c.order.Timing})
}

func (c *checkup) show(doing string) {
	c.report.Doing = doing
	workflow.SetCurrentDetails(c.ctx, c.report.Markdown())
}
