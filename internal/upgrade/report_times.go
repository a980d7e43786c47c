package upgrade

import (
	"strings"
	"time"
)

// Times is when the parts of an upgrade began and ended, in the order of their beginnings. An end that is zero has not
// come yet.
type Times struct {
	Begun  time.Time `json:"begun,omitzero"`
	Stages []Stage   `json:"stages,omitempty"`
	Stops  []Stop    `json:"stops,omitempty"`
}

// Stage is a phase from its beginning to its end.
type Stage struct {
	Phase Phase     `json:"phase"`
	Begin time.Time `json:"begin"`
	End   time.Time `json:"end,omitzero"`
}

// Stop is a time in which an upgrade stood still for somebody.
type Stop struct {
	Kind   StopKind  `json:"kind"`
	Reason string    `json:"reason"`
	Begin  time.Time `json:"begin"`
	End    time.Time `json:"end,omitzero"`
	By     string    `json:"by,omitempty"` // who let it go on
}

// StopKind says for whom or what an upgrade stands still.
type StopKind string

// The kinds of stops.
const (
	StopHold     StopKind = "hold"     // a step failed: for a person
	StopApproval StopKind = "approval" // for a person's yes
	StopPause    StopKind = "pause"    // a person said so
	StopQueue    StopKind = "queue"    // for the pod, or for the maintenance window
)

// Enter ends the stage at hand and begins the one of the phase. The phase at hand goes on: a retry enters it again.
func (t *Times) Enter(phase Phase, now time.Time) {
	if t.Begun.IsZero() {
		t.Begun = now
	}
	if last := len(t.Stages) - 1; last >= 0 {
		if t.Stages[last].Phase == phase && t.Stages[last].End.IsZero() {
			return
		}
		t.Stages[last].End = now
	}
	t.Stages = append(t.Stages, Stage{Phase: phase, Begin: now})
}

// Stand begins a stop. A stop of the same kind that is open goes on: a place in a queue is told again and again.
func (t *Times) Stand(kind StopKind, reason string, now time.Time) {
	for _, s := range t.Stops {
		if s.Kind == kind && s.End.IsZero() {
			return
		}
	}
	t.Stops = append(t.Stops, Stop{Kind: kind, Reason: reason, Begin: now})
}

// Go ends the open stop of a kind; by is who said so, "" where nobody had to. Without an open stop nothing happens.
func (t *Times) Go(kind StopKind, by string, now time.Time) {
	for i := range t.Stops {
		if s := &t.Stops[i]; s.Kind == kind && s.End.IsZero() {
			s.End, s.By = now, by
		}
	}
}

// Finish ends whatever is open.
func (t *Times) Finish(now time.Time) {
	for _, kind := range []StopKind{StopHold, StopApproval, StopPause, StopQueue} {
		t.Go(kind, "", now)
	}
	if last := len(t.Stages) - 1; last >= 0 && t.Stages[last].End.IsZero() {
		t.Stages[last].End = now
	}
}

// Timeline gives the times of an upgrade as its log and its decisions tell them. A line of the log is written when
// something is done, so a phase is taken to begin with the last line of the one before; the wait for readiness, which
// writes no line, ends where the reload was submitted.
func (r Report) Timeline() Times {
	var t Times
	var before time.Time
	for _, e := range r.Log {
		if before.IsZero() {
			before = e.At
		}
		if e.Phase == PhaseReload {
			r.enterReload(&t, before, e.At)
		}
		if e.Phase != PhaseReport {
			t.Enter(e.Phase, before)
		}
		r.follow(&t, e)
		before = e.At
	}
	switch {
	case r.Outcome != "":
		t.Finish(r.Since)
	case !r.Since.IsZero():
		t.Enter(r.Phase, r.Since)
		r.goOn(&t, time.Time{})
	}
	return t
}

// enterReload puts the wait for readiness between the phase before and the submission.
func (r Report) enterReload(t *Times, from, to time.Time) {
	for _, n := range r.Nodes {
		if n.Submitted.After(from) && !n.Submitted.After(to) {
			t.Enter(PhaseReady, from)
			t.Enter(PhaseReload, n.Submitted)
		}
	}
}

// follow begins the stop that a line of the log tells of, and ends those that somebody has ended by then.
func (r Report) follow(t *Times, e Entry) {
	r.goOn(t, e.At)
	for _, said := range []struct {
		kind   StopKind
		prefix string
	}{{StopHold, "holding: "}, {StopApproval, "asking for approval: "}, {StopPause, "paused"}, {StopQueue, "waiting: "}} {
		if reason, ok := strings.CutPrefix(e.Text, said.prefix); ok {
			if said.kind == StopPause {
				reason = r.whyPaused(e.At)
			}
			t.Stand(said.kind, reason, e.At)
			return
		}
	}
	if e.Phase != PhaseQueue || strings.HasSuffix(e.Text, " is ours") {
		t.Go(StopQueue, "", e.At)
	}
}

// whyPaused is what the person said who let an upgrade pause: its log names no reason.
func (r Report) whyPaused(at time.Time) (reason string) {
	for _, d := range r.Decisions {
		if d.Name == "pause" && !d.At.After(at) {
			reason = d.Reason
		}
	}
	return reason
}

// goOn ends the stops that a decision ended until now; a zero now means all decisions so far.
func (r Report) goOn(t *Times, now time.Time) {
	ends := map[StopKind]string{StopHold: "retry", StopApproval: "approve", StopPause: "resume"}
	for i := range t.Stops {
		s := &t.Stops[i]
		for _, d := range r.Decisions {
			ending := d.Name == ends[s.Kind] || d.Name == "rollback" || d.Name == "abort"
			if s.End.IsZero() && ending && !d.At.Before(s.Begin) && (now.IsZero() || !d.At.After(now)) {
				s.End, s.By = d.At, d.By
			}
		}
	}
}
