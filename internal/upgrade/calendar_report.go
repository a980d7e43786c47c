package upgrade

import (
	"fmt"
	"strings"
	"time"
)

// WindowState is how a gateway fared in a maintenance window.
type WindowState string

// The states. All but the last five say that the upgrade was started.
const (
	WindowRunning   WindowState = "running"   // at work; a window never cuts an upgrade
	WindowHeld      WindowState = "held"      // standing still until a person acts
	WindowCompleted WindowState = "completed" // whole, on the target
	WindowEnded     WindowState = "ended"     // otherwise than completed: rolled back, aborted, failed
	WindowDeferred  WindowState = "deferred"  // too late for this window: the next one takes it up
	WindowSkipped   WindowState = "skipped"   // nothing to do here: done already, or being upgraded by somebody else
	WindowRefused   WindowState = "refused"   // not to be upgraded as ordered
	WindowFit       WindowState = "fit"       // to be started; the end of a dry run
)

// WindowUpgrade is one gateway of a window.
type WindowUpgrade struct {
	WindowTarget
	State   WindowState `json:"state"`
	Reason  string      `json:"reason,omitempty"`
	Started time.Time   `json:"started,omitzero"`
}

// WindowReport is how a maintenance window went. It is the answer of the status query and the workflow's result.
type WindowReport struct {
	Name      string          `json:"name"`
	Calendar  string          `json:"calendar"`
	Scheduled time.Time       `json:"scheduled,omitzero"` // when the schedule meant it to begin
	Window    *Window         `json:"window,omitempty"`   // the occurrence; none outside of all, and for attended work
	Skipped   string          `json:"skipped,omitempty"`  // why nothing was done at all
	Upgrades  []WindowUpgrade `json:"upgrades,omitempty"`
	Notes     []string        `json:"notes,omitempty"`
	Ended     bool            `json:"ended,omitempty"`
}

// Opening is the window that an order is in at a moment, or why it is in none.
type Opening struct {
	Window  *Window `json:"window,omitempty"`
	Outside string  `json:"outside,omitempty"`
}

// Opening finds the window that is open at a moment. The error is of kind Invalid: the calendar makes no sense.
func (c Calendar) Opening(at time.Time) (Opening, error) {
	t, wrong := c.read()
	if len(wrong) > 0 {
		return Opening{}, Errorf(Invalid, "window %s: %s", c.Name, strings.Join(wrong, "; ")).Advise("correct the window; docs/windows.md shows its form")
	}
	o, ok := c.Around(at)
	next := "no other one follows"
	if list := c.Next(at, 1); len(list) > 0 {
		next = "the next one opens at " + t.local(list[0].Start)
	}
	switch {
	case !ok:
		return Opening{Outside: fmt.Sprintf("%s is outside of every window of %s; %s", t.local(at), c.Name, next)}, nil
	case o.Freeze != "":
		return Opening{Outside: fmt.Sprintf("the window of %s that would open at %s is kept shut by freeze %s; %s", c.Name, t.local(o.Start), o.Freeze, next)}, nil
	}
	return Opening{Window: &o.Window}, nil
}

// Count tells how many gateways are in a state.
func (r WindowReport) Count(state WindowState) int {
	n := 0
	for _, u := range r.Upgrades {
		if u.State == state {
			n++
		}
	}
	return n
}

// Summary says in one line how the window went.
func (r WindowReport) Summary() string {
	if r.Skipped != "" {
		return "skipped: " + r.Skipped
	}
	var counts []string
	for _, s := range []WindowState{WindowCompleted, WindowRunning, WindowHeld, WindowEnded, WindowDeferred, WindowSkipped, WindowRefused, WindowFit} {
		if n := r.Count(s); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(counts) == 0 {
		return "no gateway to upgrade"
	}
	return strings.Join(counts, ", ")
}

// Markdown renders the report for Temporal Web's current details.
func (r WindowReport) Markdown() string {
	var b strings.Builder
	add := func(format string, args ...any) { b.WriteString(fmt.Sprintf(format, args...)) }
	add("**%s** %s\n\n", r.Name, r.Summary())
	if r.Window != nil {
		add("window %s from %s to %s\n\n", r.Calendar, clock(r.Window.Start), clock(r.Window.End))
	}
	for _, note := range r.Notes {
		add("- %s\n", cell.Replace(note))
	}
	if len(r.Upgrades) == 0 {
		return b.String()
	}
	b.WriteString("\n| gateway | pod | state | |\n|---|---|---|---|\n")
	for _, u := range r.Upgrades {
		add("| %d %s | %s | %s | %s |\n", u.GatewayID, cell.Replace(u.Gateway), cell.Replace(orDash(u.Pod)), u.State, cell.Replace(u.Reason))
	}
	return b.String()
}

// Renewal is what a schedule holds after it was renewed.
type Renewal struct {
	Occurrences int       `json:"occurrences"`
	Last        time.Time `json:"last,omitzero"`
}
