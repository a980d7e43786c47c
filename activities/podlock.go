package activities

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
)

// Pods reaches locks and permits in Temporal.
type Pods interface {
	// Acquire asks a pod's lock, which it starts if there is none.
	Acquire(ctx context.Context, account int, pod string, r upgrade.PodRequest) (upgrade.Ticket, error)
	// Place asks a pod's lock where a request stands; without a lock the position is below 0.
	Place(ctx context.Context, account int, pod, request string) (upgrade.Ticket, error)
	// Grant tells a holder that it is its turn; an error of kind NotFound means that the holder's run has ended.
	Grant(ctx context.Context, r upgrade.PodRequest) error
	// Alive reports whether the holder's run is open.
	Alive(ctx context.Context, r upgrade.PodRequest) (bool, error)
	// Latest finds the permit of a pod that was opened last, nil when there was none.
	Latest(ctx context.Context, account int, pod string) (*upgrade.PodPermit, error)
	// Open reports whether this very run of the permit is open: the fence before every irrevocable step.
	Open(ctx context.Context, p upgrade.Permit) (bool, error)
	// Attempt reports whether Temporal still waits for this very attempt of a workflow's activity.
	Attempt(ctx context.Context, workflow upgrade.Permit, activityID string, attempt int32) (bool, error)
	// AwaitEnd waits until this run of the permit is closed and tells how it ended.
	AwaitEnd(ctx context.Context, p upgrade.Permit) (upgrade.PodEnd, error)
}

// PlaceInput is a request for a pod, with the place that the asking workflow knows of.
type PlaceInput struct {
	Account int                `json:"account"`
	Pod     string             `json:"pod"`
	Request upgrade.PodRequest `json:"request"`
	Known   upgrade.Ticket     `json:"known,omitzero"`
}

// AskForPod puts a request into a pod's queue and gives its place. Repeating it changes nothing, except that a grant which
// may have been lost is given again.
func (a *Activities) AskForPod(ctx context.Context, in PlaceInput) (upgrade.Ticket, error) {
	t, err := a.Pods.Acquire(ctx, in.Account, in.Pod, in.Request)
	return t, classified(ctx, err)
}

// KeepPlace looks at a request's place until it is worth telling: the lock does not know the request any more, the place
// came much nearer, or what is in the way has changed. It changes nothing. Between two looks it is Temporal that waits: a
// thousand waiters would otherwise take every place among the worker's activities, also that of the one they wait for.
func (a *Activities) KeepPlace(ctx context.Context, in PlaceInput) (upgrade.Ticket, error) {
	t, err := a.Pods.Place(ctx, in.Account, in.Pod, in.Request.ID)
	if err != nil {
		return t, classified(ctx, err)
	}
	if worthTelling(in.Known, t) {
		return t, nil
	}
	// Far back in a long queue nothing changes soon, and a thousand waiters share one server.
	return t, again(in.Request.Poll.D()*time.Duration(1+max(0, t.Position)/10), t.String())
}

// again ends an attempt that is to be followed by another one after a pause: nothing failed, and text says what is
// waited for.
func again(pause time.Duration, text string) error {
	return temporal.NewApplicationErrorWithOptions(text, standing, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: max(pause, time.Millisecond)})
}

// standing is the type of the error by which an attempt ends that has nothing to tell yet.
const standing = "standing"

// worthTelling keeps a history short while a long queue moves up: each of the last places, and then every halving.
func worthTelling(known, now upgrade.Ticket) bool {
	moved := now.Position != known.Position && (now.Position <= 5 || now.Position <= known.Position/2)
	return now.Position < 0 || moved || now.Blocked != known.Blocked || now.Position == 1 && now.Holder != known.Holder
}

// ServeInput is a request whose turn it is.
type ServeInput struct {
	Account int                `json:"account"`
	Pod     string             `json:"pod"`
	Request upgrade.PodRequest `json:"request"`
	Granted time.Time          `json:"granted"`
	Seen    string             `json:"seen,omitempty"` // the request whose permit was the last to end, as the lock knows
}

// ServePod grants a pod to a holder, waits until its permit is open, and follows that permit, by its run, to its end. A
// permit that is open already is followed and not granted again, so that repeating this is harmless. It is Temporal that
// is watched, by long poll, and neither heartbeats nor attempts are history: a hold of ten hours costs no event.
func (a *Activities) ServePod(ctx context.Context, in ServeInput) (upgrade.PodEnd, error) {
	var s service
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &s) != nil {
		s = service{} // a checkpoint of another form: everything is looked at anew
	}
	pulse := startPulse(ctx, s)
	defer pulse.stop()
	end, err := a.servePod(ctx, in, s, pulse)
	if err != nil && ctx.Err() != nil {
		return upgrade.PodEnd{}, ctx.Err()
	}
	return end, classified(ctx, err)
}

// shift is how long one attempt follows a permit: real time, as it is about our worker, whose activities are counted. As
// many holds as it has places for activities would otherwise leave none for the work that they are held for.
const shift = 10 * time.Second

// takeUp is the first pause between two looks for the permit of a holder that was just told: real time too. A holder whose
// worker is well opens it within some of its tasks; each pause is twice as long as the one before.
const takeUp = 10 * time.Millisecond

// service is how far a request was served, kept from attempt to attempt.
type service struct {
	Note    string         `json:"note"` // for people
	Granted bool           `json:"granted,omitempty"`
	Permit  upgrade.Permit `json:"permit,omitzero"`
}

func (a *Activities) servePod(ctx context.Context, in ServeInput, s service, pulse *pulse) (upgrade.PodEnd, error) {
	start, ended, pause := time.Now(), false, takeUp
	for s.Permit.RunID == "" {
		latest, err := a.Pods.Latest(ctx, in.Account, in.Pod)
		switch {
		case err != nil:
			return upgrade.PodEnd{}, err
		case latest != nil && latest.Request.ID == in.Request.ID:
			s.Permit = latest.Permit
		case latest != nil && (latest.Open || latest.Request.ID != in.Seen): // how that one ends, or ended, says whether the pod is well
			return upgrade.PodEnd{How: upgrade.PodOther, Other: &latest.Request}, nil
		case ended:
			return upgrade.PodEnd{How: upgrade.PodGone, Text: "the holder ended before it took the permit"}, nil
		case s.Granted:
			alive, err := a.Pods.Alive(ctx, in.Request)
			if err != nil {
				return upgrade.PodEnd{}, err
			}
			if ended = !alive; ended {
				continue // its permit may have come and gone since the look above
			}
			if time.Since(start) > shift {
				return upgrade.PodEnd{}, again(in.Request.Poll.D(), s.Note)
			}
			if err := pulse.wait(pause, s); err != nil {
				return upgrade.PodEnd{}, err
			}
			pause *= 2
		default:
			text, by := a.atWork(ctx, in.Account, in.Pod, in.Request.GatewayID)
			if text != "" {
				return upgrade.PodEnd{How: upgrade.PodBlocked, Text: text, By: by}, ctx.Err()
			}
			err := a.Pods.Grant(ctx, in.Request)
			if ended = upgrade.KindOf(err) == upgrade.NotFound; err != nil && !ended {
				return upgrade.PodEnd{}, err
			}
			s.Granted, s.Note = true, "granted to "+in.Request.Holder+", whose permit is not open yet"
		}
	}
	s.Note = fmt.Sprintf("held by %s since %s", in.Request.Holder, in.Granted.UTC().Format(time.DateTime))
	pulse.beat(s)
	return a.followed(ctx, s)
}

// followed waits for the end of a permit. It ends early when the activity is cancelled, its worker stops or the attempt
// has taken its place for long enough.
func (a *Activities) followed(ctx context.Context, s service) (upgrade.PodEnd, error) {
	following, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	room := time.AfterFunc(shift, func() { cancel(again(0, s.Note)) })
	defer room.Stop()
	go func() {
		select {
		case <-activity.GetWorkerStopChannel(ctx):
			cancel(handOver())
		case <-following.Done():
		}
	}()
	end, err := a.Pods.AwaitEnd(following, s.Permit)
	if cause := context.Cause(following); err != nil && cause != nil {
		return upgrade.PodEnd{}, cause
	}
	return end, err
}

// FitInput asks whether a pod is fit to be granted to a request.
type FitInput struct {
	Account int                `json:"account"`
	Pod     string             `json:"pod"`
	For     upgrade.PodRequest `json:"for"`
	Whole   bool               `json:"whole,omitempty"` // also look at hosts and devices of every gateway
	Since   time.Time          `json:"since,omitzero"`  // end of the hold that makes this necessary
	Known   string             `json:"known,omitempty"` // what the lock shows already
}

// AwaitFit looks at the gateways of a pod until what is in the way is something else than what is known, "" when nothing
// is: no gateway but the waiting one at work and, after a hold that ended badly, every gateway seen whole at a time when
// no reload of that hold can be hidden any more. A gateway that cannot be asked is in the way. It changes nothing.
func (a *Activities) AwaitFit(ctx context.Context, in FitInput) (string, error) {
	pulse := startPulse(ctx, in.Known)
	defer pulse.stop()
	seen := a.Now()
	text, _ := a.atWork(ctx, in.Account, in.Pod, in.For.GatewayID)
	if text == "" && in.Whole {
		text = a.ill(ctx, in)
	}
	if shows := in.Since.Add(in.For.Lag.D()); text == "" && in.Whole && seen.Before(shows) {
		text = "a reload that was asked for before the hold ended may stay invisible until " + shows.UTC().Format(time.DateTime)
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case text != in.Known || text == "":
		return text, nil
	}
	return "", again(in.For.Poll.D(), text)
}

// atWork names the gateways of a pod that are being upgraded or reloaded, but for the one that is to be served. Nobody
// holds the pod, so whoever works does so outside of this program. What cannot be asked is at work.
func (a *Activities) atWork(ctx context.Context, account int, pod string, except int) (text string, by []int) {
	neighbours, err := a.Cloud.Neighbours(ctx, upgrade.Gateway{ID: except, Account: account, Pod: pod})
	if err != nil {
		return "the gateways of the pod cannot be listed: " + err.Error(), nil
	}
	var busy []string
	for _, n := range neighbours {
		if n.Status == upgrade.StatusActive {
			if n.Text, err = a.reloading(ctx, n.ID); err != nil {
				n.Text = "cannot be asked: " + err.Error()
			}
			if n.Text == "" {
				continue
			}
		}
		busy, by = append(busy, fmt.Sprintf("gateway %s (%d) %s", n.Name, n.ID, n.Text)), append(by, n.ID)
	}
	return strings.Join(busy, "; "), by
}

// reloading names the server of a gateway on which an OS reload runs. Other transactions, such as readiness checks, are
// nobody's harm.
func (a *Activities) reloading(ctx context.Context, gatewayID int) (string, error) {
	g, err := a.Cloud.Gateway(ctx, gatewayID)
	if err != nil {
		return "", err
	}
	for _, m := range g.Members {
		s, err := a.Cloud.Server(ctx, m.HardwareID)
		if err != nil {
			return "", err
		}
		switch {
		case s.Reloading():
			return fmt.Sprintf("host %s is being reloaded by transaction %d", m.Host, s.LastReload), nil
		case s.ActiveCount > 0 && s.Active == nil && len(s.ActiveIDs) == 0:
			return fmt.Sprintf("host %s has a transaction of which IBM says nothing", m.Host), nil
		}
	}
	return "", nil
}

// ill names the gateways of a pod that are not whole, the waiting one included.
func (a *Activities) ill(ctx context.Context, in FitInput) string {
	all, err := a.Cloud.Neighbours(ctx, upgrade.Gateway{ID: in.For.GatewayID, Account: in.Account, Pod: in.Pod})
	if err != nil {
		return "the gateways of the pod cannot be listed: " + err.Error()
	}
	var found []string
	for _, n := range append(all, upgrade.Neighbour{ID: in.For.GatewayID, Name: in.For.Gateway}) {
		p, err := a.look(ctx, Look{GatewayID: n.ID, ByRecord: true})
		if err != nil {
			found = append(found, fmt.Sprintf("gateway %s (%d) cannot be asked: %s", n.Name, n.ID, err))
			continue
		}
		for _, f := range upgrade.JudgeWhole(p) {
			found = append(found, fmt.Sprintf("gateway %s (%d): %s", n.Name, n.ID, f.Text))
		}
	}
	return strings.Join(found, "; ")
}
