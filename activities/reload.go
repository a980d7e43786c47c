package activities

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/internal/upgrade"
)

// RequestInput is everything a reload is submitted on.
type RequestInput struct {
	Step     upgrade.Step     `json:"step"`
	Peer     int              `json:"peer"` // server id of the other member
	Baseline upgrade.Baseline `json:"baseline"`
	Permit   upgrade.Permit   `json:"permit"`
	// NotAfter is when the readiness check or the maintenance window ends that this was decided on: it may have waited long
	// for a worker.
	NotAfter time.Time `json:"notAfter,omitzero"`
}

// RequestReload submits the OS reload of one server, at most once, and reports what was answered. IBM's call is not
// idempotent and returns no id, so this activity is never attempted twice; whether the reload exists is settled by
// ConfirmReload, whatever was answered and also when the worker died in between.
func (a *Activities) RequestReload(ctx context.Context, in RequestInput) (upgrade.Submission, error) {
	s, err := a.requestReload(ctx, in)
	return s, classified(ctx, err)
}

func (a *Activities) requestReload(ctx context.Context, in RequestInput) (upgrade.Submission, error) {
	answer := func(a upgrade.Answer, text string, at time.Time) (upgrade.Submission, error) {
		return upgrade.Submission{Answer: a, Text: text, At: at}, nil
	}
	if activity.GetInfo(ctx).Attempt > 1 {
		return answer(upgrade.Ambiguous, "an earlier attempt may have sent it", a.Now())
	}
	if in.Step.Price.ID == 0 || in.Step.HardwareID != in.Baseline.HardwareID {
		return upgrade.Submission{}, upgrade.Errorf(upgrade.Internal, "reload of server %d without its price or baseline", in.Step.HardwareID)
	}
	for _, id := range []int{in.Step.HardwareID, in.Peer} {
		if id == 0 { // a standalone gateway has no peer
			continue
		}
		s, err := a.Cloud.Server(ctx, id)
		if err != nil {
			return answer(upgrade.NotSent, err.Error(), a.Now())
		}
		if id == in.Step.HardwareID && !in.Baseline.Holds(s) || !s.Idle() {
			return answer(upgrade.Changed, fmt.Sprintf("server %d is not as it was a moment ago", id), a.Now())
		}
	}
	if err := a.fence(ctx, in.Permit); err != nil {
		if upgrade.KindOf(err) == upgrade.LockLost {
			return upgrade.Submission{}, err
		}
		return answer(upgrade.NotSent, err.Error(), a.Now())
	}
	if now := a.Now(); !in.NotAfter.IsZero() && now.After(in.NotAfter) {
		return answer(upgrade.NotSent, "what it was decided on has ended at "+in.NotAfter.Format(time.RFC3339)+", before a worker came to it", now)
	}
	said, text, err := a.Writer.Reload(ctx, in.Step.HardwareID, in.Step.Price.ID)
	if err != nil {
		return upgrade.Submission{}, err
	}
	return answer(said, text, a.Now())
}

// ConfirmInput is a submission to settle.
type ConfirmInput struct {
	Baseline upgrade.Baseline `json:"baseline"`
	Answer   upgrade.Answer   `json:"answer"`
	Timing   upgrade.Timing   `json:"timing"`
}

// Confirmation says whether the reload exists, and its id.
type Confirmation struct {
	Verdict  upgrade.Verdict `json:"verdict"`
	ReloadID int             `json:"reloadId,omitempty"`
	Looks    int             `json:"looks"`
}

// leastLooks is how many valid looks at a server are needed before silence means anything.
const leastLooks = 3

// ConfirmReload looks at the server until the reload that was asked for is seen, is certainly absent, or the time for
// it to show is up. It changes nothing.
func (a *Activities) ConfirmReload(ctx context.Context, in ConfirmInput) (Confirmation, error) {
	c, err := a.confirmReload(ctx, in)
	return c, classified(ctx, err)
}

func (a *Activities) confirmReload(ctx context.Context, in ConfirmInput) (c Confirmation, err error) {
	end := a.Now().Add(in.Timing.Reconcile.D())
	pulse := startPulse(ctx, "first look")
	defer pulse.stop()
	for {
		note := ""
		s, err := a.Cloud.Server(ctx, in.Baseline.HardwareID)
		switch {
		case err == nil:
			c.Looks++
			over := c.Looks >= leastLooks && !a.Now().Before(end)
			if c.Verdict, c.ReloadID = in.Baseline.Reconcile(s, in.Answer, c.Looks, over); c.Verdict != upgrade.Looking {
				return c, nil
			}
			note = fmt.Sprintf("look %d: no new reload on server %d yet (answer: %s)", c.Looks, s.ID, in.Answer)
		case ctx.Err() != nil || !upgrade.KindOf(err).Passing():
			return c, err
		default:
			note = err.Error()
		}
		if err := pulse.wait(in.Timing.ReconcilePoll.D(), note); err != nil {
			return c, err
		}
	}
}

// AwaitInput is an adopted reload to wait for.
type AwaitInput struct {
	GatewayID int              `json:"gatewayId"`
	Servers   []int            `json:"servers"` // of all members
	Expected  upgrade.Expected `json:"expected"`
	ReloadID  int              `json:"reloadId"`
	Since     time.Time        `json:"since"`    // of the submission
	Deadline  time.Time        `json:"deadline"` // when a person is asked
	// Watch is what an earlier wait for the same reload had seen, and Noticed what it made known.
	Watch   *upgrade.Watch   `json:"watch,omitempty"`
	Noticed []upgrade.Notice `json:"noticed,omitempty"`
	Timing  upgrade.Timing   `json:"timing"`
}

// ReloadEnd is how a reload ended in IBM's records, or what is to be made known of one that has not.
type ReloadEnd struct {
	At       time.Time         `json:"at"`
	Findings []upgrade.Finding `json:"findings,omitempty"`
	Watch    upgrade.Watch     `json:"watch"`
	Notice   upgrade.Notice    `json:"notice,omitempty"` // "" when the reload is over
	Text     string            `json:"text,omitempty"`   // of the notice
	Latest   int               `json:"latest,omitempty"` // the server's last reload as IBM records it now
}

// Progress is what the heartbeat of a reload says, for people.
type Progress struct {
	Watch   upgrade.Watch  `json:"watch"`
	Text    string         `json:"text"`
	Elapsed string         `json:"elapsed"`
	Usual   string         `json:"usual"`
	Notice  upgrade.Notice `json:"notice,omitempty"`
}

// AwaitReload follows an adopted reload to its end through gaps between its transactions, unreadable answers and
// outages of the API. It comes back early, once for each, to have it made known that the reload is slow or stands still.
// It changes nothing; a new attempt goes on from the last heartbeat.
func (a *Activities) AwaitReload(ctx context.Context, in AwaitInput) (ReloadEnd, error) {
	e, err := a.awaitReload(ctx, in)
	return e, classified(ctx, err)
}

func (a *Activities) awaitReload(ctx context.Context, in AwaitInput) (ReloadEnd, error) {
	w := upgrade.Watch{ReloadID: in.ReloadID, Started: in.Since}
	if in.Watch != nil {
		w = *in.Watch
	}
	if activity.HasHeartbeatDetails(ctx) {
		var last Progress
		if err := activity.GetHeartbeatDetails(ctx, &last); err == nil && last.Watch.ReloadID == in.ReloadID {
			w = last.Watch
			w.Quiet = 0 // quiet looks must be consecutive, and nobody looked in between
		}
	}
	pulse := startPulse(ctx, progress(w, a.Now().Sub(in.Since), in))
	defer pulse.stop()
	for {
		round, err := a.round(ctx, in)
		switch {
		case err == nil:
			next, over, findings := w.Look(round, in.Expected, in.Timing)
			if w = next; over {
				return ReloadEnd{At: w.QuietSince, Findings: findings, Watch: w, Latest: round.LastReload(in.Expected.Step)}, nil
			}
		case ctx.Err() != nil || !upgrade.KindOf(err).Passing():
			return ReloadEnd{}, err
		default:
			w.Invalid, w.Problem = w.Invalid+1, err.Error()
		}
		now := a.Now()
		elapsed := now.Sub(in.Since)
		if notice, text := w.Notice(now, in.Timing, in.Noticed...); notice != "" {
			return ReloadEnd{Watch: w, Notice: notice, Text: text}, nil
		}
		if now.After(in.Deadline) {
			return ReloadEnd{}, upgrade.Errorf(upgrade.Overdue, "the reload %d of host %s has not ended after %s", in.ReloadID, in.Expected.Step.Host, elapsed.Round(time.Minute)).
				Advise("open an IBM case naming transaction %d; retry waits on", in.ReloadID)
		}
		if err := pulse.wait(jittered(in.Timing.Poll.D(), now), progress(w, elapsed, in)); err != nil {
			return ReloadEnd{}, err
		}
	}
}

// round reads IBM's records of all members and the gateway; one that cannot be read makes the whole round invalid.
func (a *Activities) round(ctx context.Context, in AwaitInput) (r upgrade.Round, err error) {
	for _, id := range in.Servers {
		s, err := a.Cloud.Server(ctx, id)
		if err != nil {
			return r, err
		}
		r.Servers = append(r.Servers, s)
	}
	if r.Gateway, err = a.Cloud.Gateway(ctx, in.GatewayID); err != nil {
		return r, err
	}
	r.At = a.Now()
	return r, nil
}

func progress(w upgrade.Watch, elapsed time.Duration, in AwaitInput) Progress {
	p := Progress{Watch: w, Elapsed: elapsed.Round(time.Second).String(), Usual: "2h to 5h"}
	switch {
	case w.Invalid > 0:
		p.Text = fmt.Sprintf("%d looks in a row could not be read: %s", w.Invalid, w.Problem)
	case w.Problem != "":
		p.Text = "no transaction any more, but " + w.Problem
	case w.Quiet > 0:
		p.Text = fmt.Sprintf("no transaction in %d looks", w.Quiet)
	case w.Step != nil:
		p.Text = fmt.Sprintf("transaction %d: %s since %s", w.Step.ID, w.Step.Step, w.Changed.UTC().Format(time.TimeOnly))
	default:
		p.Text = "a transaction runs, without details"
	}
	if p.Notice, _ = w.Notice(in.Since.Add(elapsed), in.Timing); p.Notice != "" {
		p.Text = strings.ToUpper(string(p.Notice)) + ": " + p.Text
	}
	return p
}

// jittered spreads the looks of many upgrades, which began in the same moment of the same night, by a tenth: the last
// digits of the clock are chance enough.
func jittered(pause time.Duration, now time.Time) time.Duration {
	return pause*9/10 + time.Duration(now.Nanosecond())%(pause/5+1)
}
