package activities

import (
	"context"
	"errors"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// Windows holds what the activities of maintenance windows need. Every field is required but List.
type Windows struct {
	Cloud WindowCloud
	// List lists the gateways of the account; a worker without it refuses an order that asks by a query.
	List      func(ctx context.Context) ([]upgrade.Listed, error)
	Schedules Schedules
	Upgrades  Upgrades
	Now       func() time.Time
}

// WindowCloud reads of IBM Cloud's records what an order is judged by.
type WindowCloud interface {
	Gateway(ctx context.Context, id int) (upgrade.Gateway, error)
	Prices(ctx context.Context, gatewayID, memberID int) ([]upgrade.Price, error)
}

// Schedules reaches the schedules of windows.
type Schedules interface {
	// Renew writes the next occurrences of its calendar into a schedule, by its id, and tells the last one.
	Renew(ctx context.Context, id string, now time.Time) (upgrade.Renewal, error)
}

// Upgrades asks running upgrades where they stand.
type Upgrades interface {
	Status(ctx context.Context, gatewayID int) (upgrade.Report, error)
}

// OpeningInput asks which window is open at a moment.
type OpeningInput struct {
	Calendar upgrade.Calendar `json:"calendar"`
	At       time.Time        `json:"at"`
}

// FindOpening tells the window that is open at a moment. It is an activity because the worker's time zones are no part of
// a workflow's history: a newer worker may know other ones.
func (w *Windows) FindOpening(ctx context.Context, in OpeningInput) (upgrade.Opening, error) {
	opening, err := in.Calendar.Opening(in.At)
	return opening, classified(ctx, err)
}

// RenewSchedule writes the next occurrences into a schedule.
func (w *Windows) RenewSchedule(ctx context.Context, id string) (upgrade.Renewal, error) {
	renewal, err := w.Schedules.Renew(ctx, id, w.Now())
	return renewal, classified(ctx, err)
}

// ResolveGateways finds the gateways of an order and judges them. It changes nothing.
func (w *Windows) ResolveGateways(ctx context.Context, order upgrade.WindowOrder) ([]upgrade.WindowTarget, error) {
	order = order.OrDefaults()
	pulse := startPulse(ctx, "reading the gateways' records")
	defer pulse.stop()
	ids, err := w.choose(ctx, order)
	if err != nil {
		return nil, classified(ctx, err)
	}
	var candidates []upgrade.Candidate
	for _, id := range ids {
		c := w.candidate(ctx, id, order.DryRun)
		if upgrade.KindOf(c.Error).Passing() || upgrade.KindOf(c.Error) == upgrade.Denied {
			return nil, classified(ctx, c.Error) // about the way to the API, not about this gateway
		}
		if order.Query == nil || c.Error != nil || order.Query.Finds(c.Gateway) {
			candidates = append(candidates, c)
		}
	}
	return order.Judge(candidates), nil
}

// choose gives the ids of an order, those of a query as far as names tell.
func (w *Windows) choose(ctx context.Context, order upgrade.WindowOrder) ([]int, error) {
	if order.Query == nil {
		return order.Gateways, nil
	}
	if w.List == nil {
		return nil, upgrade.Errorf(upgrade.Unsupported, "this worker cannot list the gateways of the account").Advise("name the gateways by their ids")
	}
	list, err := w.List(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int
	for _, g := range list {
		if order.Query.MayName(g.Name) {
			ids = append(ids, g.ID)
		}
	}
	return ids, nil
}

// candidate reads one gateway, and with offers also what may be ordered for its members.
func (w *Windows) candidate(ctx context.Context, id int, offers bool) upgrade.Candidate {
	c := upgrade.Candidate{ID: id}
	if c.Gateway, c.Error = w.Cloud.Gateway(ctx, id); c.Error != nil || !offers {
		return c
	}
	for _, m := range c.Gateway.Members {
		prices, err := w.Cloud.Prices(ctx, id, m.ID)
		if c.Error = errors.Join(c.Error, err); err != nil {
			return c
		}
		c.Offers = append(c.Offers, upgrade.Offer{MemberID: m.ID, Prices: prices})
	}
	return c
}

// Standing is where an upgrade stands, as far as a window cares.
type Standing struct {
	GatewayID int    `json:"gatewayId"`
	Queued    bool   `json:"queued,omitempty"` // it waits for its pod and has written nothing
	Held      bool   `json:"held,omitempty"`   // it waits for a person
	Text      string `json:"text,omitempty"`
}

// LookAtUpgrades asks upgrades where they stand. One that cannot be asked is at work: nothing else is known of it.
func (w *Windows) LookAtUpgrades(ctx context.Context, gatewayIDs []int) ([]Standing, error) {
	pulse := startPulse(ctx, "asking the upgrades")
	defer pulse.stop()
	standings := make([]Standing, 0, len(gatewayIDs))
	for _, id := range gatewayIDs {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r, err := w.Upgrades.Status(ctx, id)
		if err != nil {
			standings = append(standings, Standing{GatewayID: id, Text: "it could not be asked: " + err.Error()})
			continue
		}
		standings = append(standings, standingOf(id, r))
	}
	return standings, nil
}

func standingOf(id int, r upgrade.Report) Standing {
	s := Standing{GatewayID: id, Text: "in phase " + string(r.Phase)}
	switch {
	case r.Hold != nil:
		s.Held, s.Text = true, r.Hold.Reason
	case r.Ask != nil:
		s.Held, s.Text = true, "asks for approval: "+r.Ask.Text
	case r.Paused != nil:
		s.Held, s.Text = true, "paused by "+r.Paused.By+": "+r.Paused.Reason
	case r.Phase == upgrade.PhaseQueue:
		s.Queued, s.Text = true, r.Waiting
	}
	return s
}
