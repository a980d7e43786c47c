package upgrade

import (
	"fmt"
	"slices"
	"time"
)

// Baseline is what the API said of a server right before its reload is asked for. IBM's reload call returns no id: the
// reload is recognised by what differs from the baseline. Ids are compared for equality only.
type Baseline struct {
	HardwareID int       `json:"hardwareId"`
	LastReload int       `json:"lastReload"`
	At         time.Time `json:"at"`
}

// BaselineOf takes the baseline of a step from a picture that was found fit for its submission.
func BaselineOf(p Picture, step Step) Baseline {
	s, _ := p.Server(step.HardwareID)
	return Baseline{HardwareID: step.HardwareID, LastReload: s.LastReload, At: p.At}
}

// Holds reports whether the server still is as the baseline says: idle, and no newer reload.
func (b Baseline) Holds(s Server) bool { return s.Idle() && s.LastReload == b.LastReload }

// Submission is what the one request for a reload said.
type Submission struct {
	Answer Answer    `json:"answer"`
	Text   string    `json:"text,omitempty"`
	At     time.Time `json:"at"`
}

// Verdict says whether a reload that was asked for exists.
type Verdict string

// The verdicts. Looking means: look again.
const (
	Looking    Verdict = "looking"
	Adopted    Verdict = "adopted"     // a new reload is on the server; its id is known
	NotStarted Verdict = "not-started" // certainly none: a new round is allowed
	Unclear    Verdict = "unclear"     // accepted or unanswered, and nothing to see: never repeated by the program
)

// declinedLooks is how often a server is looked at after a refusal: "already running" is a refusal too.
const declinedLooks = 3

// Reconcile settles whether the reload exists, from one more valid look at the server. looks counts the valid looks
// including this one; over says that the time for it is up.
func (b Baseline) Reconcile(s Server, answer Answer, looks int, over bool) (Verdict, int) {
	if s.LastReload != 0 && s.LastReload != b.LastReload {
		return Adopted, s.LastReload
	}
	switch {
	case (answer == NotSent || answer == Changed) && s.Idle():
		return NotStarted, 0
	case answer == Declined && s.Idle() && looks >= declinedLooks:
		return NotStarted, 0
	case over:
		return Unclear, 0
	}
	return Looking, 0
}

// Round is one look at everything IBM records about a reload under way.
type Round struct {
	At      time.Time
	Gateway Gateway
	Servers []Server
}

// LastReload is the last reload of a step's server, 0 when it was not seen.
func (r Round) LastReload(step Step) int {
	for _, s := range r.Servers {
		if s.ID == step.HardwareID {
			return s.LastReload
		}
	}
	return 0
}

// Watch is what has been seen of a reload so far. It is small and complete: an observer that dies is replaced by one
// that goes on from it, or from nothing.
type Watch struct {
	ReloadID   int          `json:"reloadId"`
	Started    time.Time    `json:"started"`
	Step       *Transaction `json:"step,omitempty"`
	Changed    time.Time    `json:"changed,omitzero"` // when the step last changed
	Quiet      int          `json:"quiet"`            // consecutive looks without any transaction
	QuietSince time.Time    `json:"quietSince,omitzero"`
	Invalid    int          `json:"invalid,omitempty"` // consecutive looks that could not be read
	Problem    string       `json:"problem,omitempty"` // of the last such look, or what still lags
}

// Expected is what IBM's records must say once a step's reload is over.
type Expected struct {
	Step   Step   `json:"step"`
	Target string `json:"target"`
	Status Status `json:"status"`
}

// Look takes one valid round into account. over is true when the reload has ended; findings then tell what of IBM's
// records is not as expected after the grace they are given. One quiet look proves nothing: transactions of a reload
// leave gaps, answers may be stale, so several looks over a time must agree on all members.
func (w Watch) Look(r Round, e Expected, t Timing) (next Watch, over bool, found []Finding) {
	w.Invalid, w.Problem = 0, ""
	if busy := busyServer(r.Servers); busy != nil {
		if step := busy.Active; step != nil && (w.Step == nil || w.Step.ID != step.ID || w.Step.Step != step.Step) {
			w.Step, w.Changed = step, r.At
		}
		w.Quiet, w.QuietSince = 0, time.Time{}
		return w, false, nil
	}
	if w.Quiet == 0 {
		w.QuietSince = r.At
	}
	w.Quiet++
	quiet := r.At.Sub(w.QuietSince)
	if w.Quiet < t.QuietRounds || quiet < t.Quiet.D() {
		return w, false, nil
	}
	found = w.unexpected(r, e)
	if len(found) > 0 && quiet < t.Quiet.D()+t.StatusGrace.D() {
		w.Problem = found[0].Text
		return w, false, nil
	}
	return w, true, found
}

// Notice is something about a reload under way that people should hear of. Nothing is cancelled or repeated for it.
type Notice string

// The notices: slow is longer than documented while the steps go on, stuck is no new step for longer than any takes.
const (
	NoticeSlow  Notice = "slow"
	NoticeStuck Notice = "stuck"
)

// Notice tells slow from stuck: a slow reload changes its steps, a stuck one does not. A step is stuck when it takes five
// times the average that IBM gives for it, and longer than the limit in any case; an outage of the API is neither. What
// was noticed before is not noticed again.
func (w Watch) Notice(now time.Time, t Timing, before ...Notice) (Notice, string) {
	if w.Step != nil && w.Invalid == 0 && w.Quiet == 0 && !w.Changed.IsZero() {
		limit := max(t.StepStuck.D(), 5*time.Duration(w.Step.AverageMinutes*float64(t.StepStuck.D())/90)) // 90 minutes by default
		if still := now.Sub(w.Changed); still > limit && !slices.Contains(before, NoticeStuck) {
			return NoticeStuck, fmt.Sprintf("transaction %d has been in the step %q for %s: open an IBM case naming it, touch nothing", w.Step.ID, w.Step.Step, still.Round(time.Minute))
		}
	}
	if elapsed := now.Sub(w.Started); elapsed > t.ReloadSlow.D() && !slices.Contains(before, NoticeSlow) {
		return NoticeSlow, fmt.Sprintf("the reload takes longer than documented: %s so far", elapsed.Round(time.Minute))
	}
	return "", ""
}

func busyServer(servers []Server) *Server {
	i := slices.IndexFunc(servers, func(s Server) bool { return !s.Idle() })
	if i < 0 {
		return nil
	}
	return &servers[i]
}

// unexpected compares the settled records with what the end of this reload must look like.
func (w Watch) unexpected(r Round, e Expected) []Finding {
	var found []Finding
	seen := false
	add := func(check, advice, format string, args ...any) {
		found = append(found, Finding{Check: check, Text: fmt.Sprintf(format, args...), Advice: advice})
	}
	for _, s := range r.Servers {
		if s.ID != e.Step.HardwareID {
			continue
		}
		seen = true
		if s.LastReload != w.ReloadID {
			add("foreign-reload", "find out who reloads this server, e.g. IBM Support going on with it; retry takes that reload for this step's", "the last reload of host %s is %d, not %d", e.Step.Host, s.LastReload, w.ReloadID)
		}
		if s.Status != "ACTIVE" || !s.Provisioned {
			add("server", "ask IBM Support, naming the transaction", "host %s has the status %q after its reload", e.Step.Host, s.Status)
		}
	}
	if !seen {
		add("server", "check the rights of the API user on this server", "IBM's record of host %s is missing", e.Step.Host)
	}
	if m, _ := r.Gateway.Member(e.Step.HardwareID); !SameRelease(m.Version, e.Target) {
		add("version", "do not reload anything else; compare the ordered price with the version on the device", "IBM's record says %q for host %s, not %s", m.Version, e.Step.Host, e.Target)
	}
	if r.Gateway.Status != e.Status {
		add("gateway-status", "see the gateway in the portal; ask IBM Support if it does not change", "the gateway's status is %q, not %s", r.Gateway.StatusText, e.Status)
	}
	return found
}
