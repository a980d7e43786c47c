package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/internal/upgrade"
)

// ReadinessInput says whose readiness IBM is to check.
type ReadinessInput struct {
	GatewayID int            `json:"gatewayId"`
	Servers   []int          `json:"servers"`
	Timing    upgrade.Timing `json:"timing"`
}

// checking is the checkpoint of a round of checks.
type checking struct {
	Started     map[upgrade.Category]time.Time `json:"started"`
	Starts      map[upgrade.Category]int       `json:"starts"`
	SeenRunning map[upgrade.Category]time.Time `json:"seenRunning"`
	Done        map[upgrade.Category]bool      `json:"done"`
	Now         string                         `json:"now"` // for people
}

// CheckReadiness runs IBM's readiness checks for a version-changing reload one after the other, each about half an
// hour, and waits until the servers are idle again: a check is a transaction, and no reload may be submitted while one
// runs. A check already running is adopted. A result counts only after the check was seen running, since the former
// result stays visible until the new run begins.
func (a *Activities) CheckReadiness(ctx context.Context, in ReadinessInput) (upgrade.Readiness, error) {
	r, err := a.checkReadiness(ctx, in)
	return r, classified(ctx, err)
}

func (a *Activities) checkReadiness(ctx context.Context, in ReadinessInput) (upgrade.Readiness, error) {
	c := checking{Started: map[upgrade.Category]time.Time{}, Starts: map[upgrade.Category]int{},
		SeenRunning: map[upgrade.Category]time.Time{}, Done: map[upgrade.Category]bool{}}
	if activity.HasHeartbeatDetails(ctx) {
		var saved checking
		if err := activity.GetHeartbeatDetails(ctx, &saved); err == nil && saved.Started != nil && saved.Done != nil {
			c = saved
		}
	}
	for _, category := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
		for !c.Done[category] {
			if err := a.advance(ctx, in, category, &c); err != nil {
				return upgrade.Readiness{}, err
			}
			if c.Done[category] {
				break
			}
			if err := a.beat(ctx, in.Timing.Poll.D(), c); err != nil {
				return upgrade.Readiness{}, err
			}
		}
		if err := a.awaitIdle(ctx, in, c); err != nil {
			return upgrade.Readiness{}, err
		}
	}
	rows, err := a.Cloud.Readiness(ctx, in.GatewayID)
	if err != nil {
		return upgrade.Readiness{}, err
	}
	return upgrade.Readiness{Rows: rows, SeenRunning: c.SeenRunning}, nil
}

// advance takes one look at a check and starts it if it is not running and has not run in this round.
func (a *Activities) advance(ctx context.Context, in ReadinessInput, category upgrade.Category, c *checking) error {
	rows, err := a.Cloud.Readiness(ctx, in.GatewayID)
	if err != nil {
		return err
	}
	now := a.Now()
	if running(rows, category) {
		c.SeenRunning[category] = now
		if c.Started[category].IsZero() {
			c.Started[category] = now
		}
		c.Now = fmt.Sprintf("%s running since %s", category, now.Sub(c.Started[category]).Round(time.Second))
		if now.Sub(c.Started[category]) > in.Timing.ReadinessEnd.D() {
			return upgrade.Errorf(upgrade.NotReady, "%s of gateway %d has been running for more than %s", category, in.GatewayID, in.Timing.ReadinessEnd).
				Advise("see it in the portal, ask IBM Support, retry when it has ended")
		}
		return nil
	}
	if !c.SeenRunning[category].IsZero() {
		c.Done[category] = true
		return nil
	}
	if started := c.Started[category]; started.IsZero() || now.Sub(started) > in.Timing.ReadinessStart.D() {
		if c.Starts[category] == 2 {
			return upgrade.Errorf(upgrade.NotReady, "%s of gateway %d was started twice and never seen running", category, in.GatewayID).Advise("start it in the portal; ask IBM Support if it does not run there")
		}
		c.Now = fmt.Sprintf("%s: starting", category)
		c.Started[category] = now
		c.Starts[category]++
		return a.Writer.StartCheck(ctx, in.GatewayID, category)
	}
	return nil
}

// awaitIdle waits for the end of the check's own transactions.
func (a *Activities) awaitIdle(ctx context.Context, in ReadinessInput, c checking) error {
	end := a.Now().Add(in.Timing.ReadinessEnd.D())
	for {
		idle := true
		for _, id := range in.Servers {
			s, err := a.Cloud.Server(ctx, id)
			if err != nil {
				return err
			}
			idle = idle && s.Idle()
		}
		if idle {
			return nil
		}
		if !a.Now().Before(end) {
			return upgrade.Errorf(upgrade.NotReady, "a transaction still runs on a server of gateway %d after its readiness check", in.GatewayID).Advise("see it in the portal, wait for its end, then retry")
		}
		c.Now = "waiting for the check's transactions to end"
		if err := a.beat(ctx, in.Timing.Poll.D(), c); err != nil {
			return err
		}
	}
}

func running(rows []upgrade.ReadinessRow, category upgrade.Category) bool {
	for _, row := range rows {
		if row.Category == category && row.Value == upgrade.Running {
			return true
		}
	}
	return false
}
