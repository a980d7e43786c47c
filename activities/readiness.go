package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/internal/upgrade"
)

// ReadinessInput says whose readiness IBM is to check.
type ReadinessInput struct {
	GatewayID int   `json:"gatewayId"`
	Servers   []int `json:"servers"`
	// Checks are the categories to run, one after the other; none given means both.
	Checks []upgrade.Category `json:"checks,omitempty"`
	Timing upgrade.Timing     `json:"timing"`
	// Folder of the archive is where the hosts' logs of the checks go; "" keeps none.
	Folder string `json:"folder,omitempty"`
	Look   Look   `json:"look,omitzero"` // how the hosts are trusted
}

// checking is the checkpoint of a round of checks.
type checking struct {
	Started     map[upgrade.Category]time.Time `json:"started"`
	Starts      map[upgrade.Category]int       `json:"starts"`
	SeenRunning map[upgrade.Category]time.Time `json:"seenRunning"`
	Done        map[upgrade.Category]bool      `json:"done"`
	Blocked     time.Time                      `json:"blocked,omitzero"` // since when a check of somebody else is in the way
	Doing       string                         `json:"doing"`            // for people
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
	r := checkRound{Activities: a, in: in, checking: checking{Started: map[upgrade.Category]time.Time{}, Starts: map[upgrade.Category]int{},
		SeenRunning: map[upgrade.Category]time.Time{}, Done: map[upgrade.Category]bool{}}}
	if activity.HasHeartbeatDetails(ctx) {
		var saved checking
		if err := activity.GetHeartbeatDetails(ctx, &saved); err == nil && saved.Started != nil && saved.Done != nil {
			r.checking = saved
		}
	}
	r.pulse = startPulse(ctx, r.checking)
	defer r.pulse.stop()
	if len(in.Servers) == 0 {
		g, err := a.Cloud.Gateway(ctx, in.GatewayID)
		if err != nil {
			return upgrade.Readiness{}, err
		}
		for _, m := range g.Members {
			r.in.Servers = append(r.in.Servers, m.HardwareID)
		}
	}
	for _, category := range upgrade.AllChecks(in.Checks) {
		for {
			if err := r.advance(ctx, category); err != nil {
				return upgrade.Readiness{}, err
			}
			if r.Done[category] {
				break
			}
			if err := r.pulse.wait(in.Timing.Poll.D(), r.checking); err != nil {
				return upgrade.Readiness{}, err
			}
		}
		if err := r.awaitIdle(ctx); err != nil {
			return upgrade.Readiness{}, err
		}
	}
	rows, err := a.Cloud.Readiness(ctx, in.GatewayID)
	if err != nil {
		return upgrade.Readiness{}, err
	}
	return upgrade.Readiness{Rows: rows, SeenRunning: r.SeenRunning, Logs: a.keepLogs(ctx, in)}, nil
}

// checkRound is one attempt at a round of checks.
type checkRound struct {
	*Activities
	checking
	in    ReadinessInput
	pulse *pulse
}

// advance takes one look at a check and starts it if it is not running and has not run in this round.
func (r *checkRound) advance(ctx context.Context, category upgrade.Category) error {
	if r.Done[category] {
		return nil
	}
	rows, err := r.Cloud.Readiness(ctx, r.in.GatewayID)
	if err != nil {
		return err
	}
	now := r.Now()
	if running(rows, category) {
		r.SeenRunning[category] = now
		if r.Started[category].IsZero() {
			r.Started[category] = now
		}
		r.Doing = fmt.Sprintf("%s running since %s", category, now.Sub(r.Started[category]).Round(time.Second))
		if now.Sub(r.Started[category]) > r.in.Timing.ReadinessEnd.D() {
			return upgrade.Errorf(upgrade.NotReady, "%s of gateway %d has been running for more than %s", category, r.in.GatewayID, r.in.Timing.ReadinessEnd).
				Advise("see it in the portal, ask IBM Support, retry when it has ended")
		}
		return nil
	}
	if !r.SeenRunning[category].IsZero() {
		r.Done[category] = true
		return nil
	}
	if started := r.Started[category]; started.IsZero() || now.Sub(started) > r.in.Timing.ReadinessStart.D() {
		return r.start(ctx, category, rows)
	}
	return nil
}

// start starts a check, unless another one runs: they go one after the other, whoever started them. A start whose
// answer is lost counts: the check may show up minutes later, and what a second start does then is documented nowhere.
func (r *checkRound) start(ctx context.Context, category upgrade.Category, rows []upgrade.ReadinessRow) error {
	now := r.Now()
	if slices.ContainsFunc(rows, func(row upgrade.ReadinessRow) bool { return row.Value == upgrade.Running }) {
		if r.Blocked.IsZero() {
			r.Blocked = now
		}
		r.Doing = fmt.Sprintf("%s waits for another check to end", category)
		if now.Sub(r.Blocked) > r.in.Timing.ReadinessEnd.D() {
			return upgrade.Errorf(upgrade.NotReady, "another check of gateway %d has been running for more than %s", r.in.GatewayID, r.in.Timing.ReadinessEnd).Advise("see it in the portal, retry when it has ended")
		}
		return nil
	}
	r.Blocked = time.Time{}
	if r.Starts[category] == 2 {
		return upgrade.Errorf(upgrade.NotReady, "%s of gateway %d was started twice and never seen running", category, r.in.GatewayID).Advise("start it in the portal; ask IBM Support if it does not run there")
	}
	r.Doing = fmt.Sprintf("%s: starting", category)
	r.Started[category] = now
	r.Starts[category]++
	r.pulse.beat(r.checking) // before the effect: the next attempt must know of it
	if err := r.Writer.StartCheck(ctx, r.in.GatewayID, category); err != nil && (ctx.Err() != nil || !upgrade.KindOf(err).Passing()) {
		return err
	}
	return nil
}

// awaitIdle waits for the end of the check's own transactions.
func (r *checkRound) awaitIdle(ctx context.Context) error {
	end := r.Now().Add(r.in.Timing.ReadinessEnd.D())
	for {
		idle := true
		for _, id := range r.in.Servers {
			s, err := r.Cloud.Server(ctx, id)
			if err != nil {
				return err
			}
			idle = idle && s.Idle()
		}
		if idle {
			return nil
		}
		if !r.Now().Before(end) {
			return upgrade.Errorf(upgrade.NotReady, "a transaction still runs on a server of gateway %d after its readiness check", r.in.GatewayID).Advise("see it in the portal, wait for its end, then retry")
		}
		r.Doing = "waiting for the check's transactions to end"
		if err := r.pulse.wait(r.in.Timing.Poll.D(), r.checking); err != nil {
			return err
		}
	}
}

func running(rows []upgrade.ReadinessRow, category upgrade.Category) bool {
	return slices.ContainsFunc(rows, func(r upgrade.ReadinessRow) bool { return r.Category == category && r.Value == upgrade.Running })
}
