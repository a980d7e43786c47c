package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// FleetState is where a fleet stands.
type FleetState string

// The states of a fleet.
const (
	FleetPlanning  FleetState = "planning"
	FleetChecking  FleetState = "checking"  // the gateways are being looked at: of a dry run, or of a wave that has soaked
	FleetUpgrading FleetState = "upgrading" // also while a wave waits for its window
	FleetSoaking   FleetState = "soaking"
	FleetPaused    FleetState = "paused" // by a person; what runs goes on
	FleetHalted    FleetState = "halted" // by the budget or by the look at a wave; what runs goes on
	FleetPlanned   FleetState = "planned"
	FleetEnded     FleetState = "ended"
)

// GatewayState is how a gateway of a fleet fares.
type GatewayState string

// The states of a gateway.
const (
	GatewayWaiting    GatewayState = "waiting" // not started yet
	GatewayRunning    GatewayState = "running"
	GatewayAsking     GatewayState = "asking" // for a person's approval
	GatewayPaused     GatewayState = "paused" // by a person
	GatewayHeld       GatewayState = "held"   // a step failed: its upgrade stands still
	GatewayCompleted  GatewayState = "completed"
	GatewayFailed     GatewayState = "failed" // refused, failed or terminated
	GatewayRolledBack GatewayState = "rolled-back"
	GatewayAborted    GatewayState = "aborted" // by a person, before or after a reload
	GatewayDeferred   GatewayState = "deferred"
	GatewaySkipped    GatewayState = "skipped" // by a person
	GatewayDone       GatewayState = "done"    // on record with the target before the fleet began
)

// Trouble reports whether the state counts against the failure budget.
func (s GatewayState) Trouble() bool {
	return s == GatewayHeld || s == GatewayFailed || s == GatewayRolledBack || s == GatewayAborted
}

// Settled reports whether a wave has nothing to wait for any more.
func (s GatewayState) Settled() bool {
	return s == GatewayCompleted || s == GatewaySkipped || s == GatewayDone || s == GatewayDeferred || s.Trouble() && s != GatewayHeld
}

// FleetGateway is a gateway of a fleet. There may be 10,000 of them in one payload: what is not needed is left out.
type FleetGateway struct {
	ID     int          `json:"id"`
	Name   string       `json:"name,omitempty"`
	Pod    string       `json:"pod,omitempty"`
	State  GatewayState `json:"state"`
	Reason string       `json:"reason,omitempty"`
	// Needed is the time planned for its upgrade. At is its planned start, counted from the beginning of the fleet, and is
	// dropped once the upgrade has ended.
	Needed Duration `json:"needed,omitempty"`
	At     Duration `json:"at,omitempty"`
	// Run is the first run of its upgrade; see Report.
	Run      string `json:"run,omitempty"`
	From     int64  `json:"from,omitempty"`     // start of its upgrade, seconds after the beginning of the fleet
	To       int64  `json:"to,omitempty"`       // its end, likewise; 0 while it is open
	Open     bool   `json:"open,omitempty"`     // started, and not seen ended
	Pardoned bool   `json:"pardoned,omitempty"` // a person has said to go on all the same
	// Ready is what our own readiness checks say; only in a dry run.
	Ready CheckVerdict `json:"ready,omitempty"`
}

// Report is the key of its upgrade's report in the archive, "" before there is one.
func (g FleetGateway) Report() string {
	if g.Run == "" || g.Open {
		return ""
	}
	return fmt.Sprintf("upgrades/%d/%s/report.json", g.ID, g.Run)
}

// WaveReport is how a wave fares.
type WaveReport struct {
	Name     string         `json:"name"`
	Gateways []FleetGateway `json:"gateways"`       // in the order in which they start
	Soak     Duration       `json:"soak,omitempty"` // before the next wave
	Window   *Window        `json:"window,omitempty"`
	Start    Duration       `json:"start"`           // planned, counted from the beginning of the fleet
	End      Duration       `json:"end"`             // planned end of its last upgrade, likewise
	Bound    Duration       `json:"bound,omitempty"` // no order of these upgrades takes less
	// SoakEnds is when the wave is looked at; zero until its last upgrade has ended.
	SoakEnds time.Time `json:"soakEnds,omitzero"`
	Passed   bool      `json:"passed,omitempty"` // looked at and found well
}

// Settled reports whether the wave has nothing to wait for any more.
func (w WaveReport) Settled() bool {
	return !slices.ContainsFunc(w.Gateways, func(g FleetGateway) bool { return !g.State.Settled() })
}

// FleetReport is where a fleet stands and, at its end, how it went. It is the answer of the status query and the
// workflow's result.
type FleetReport struct {
	Name        string     `json:"name"`
	Target      string     `json:"target"`
	Change      string     `json:"change,omitempty"`
	RequestedBy string     `json:"requestedBy,omitempty"`
	State       FleetState `json:"state"`
	// Reason says why it is halted or paused, or for what it waits.
	Reason string    `json:"reason,omitempty"`
	Begun  time.Time `json:"begun,omitzero"`
	Ended  time.Time `json:"ended,omitzero"`
	// Halt is why nothing new starts until a person resumes, "" while the fleet goes on.
	Halt   string    `json:"halt,omitempty"`
	Paused *Decision `json:"paused,omitempty"`
	FleetPlan
	Decisions []Decision `json:"decisions,omitempty"`
	Notes     []string   `json:"notes,omitempty"` // what was done and why, the newest last
	Renewals  int        `json:"renewals,omitempty"`
}

// All lists pointers to the gateways of all waves, in their order.
func (r *FleetReport) All() []*FleetGateway {
	var all []*FleetGateway
	for w := range r.Waves {
		for g := range r.Waves[w].Gateways {
			all = append(all, &r.Waves[w].Gateways[g])
		}
	}
	return all
}

// Count tells how many gateways are in a state.
func (r *FleetReport) Count(state GatewayState) (n int) {
	for _, g := range r.All() {
		if g.State == state {
			n++
		}
	}
	return n
}

// Current is the wave at hand, nil when all have passed.
func (r *FleetReport) Current() *WaveReport {
	for i := range r.Waves {
		if !r.Waves[i].Passed {
			return &r.Waves[i]
		}
	}
	return nil
}

// Open lists the gateways whose upgrades have been started and not seen ended.
func (r *FleetReport) Open() (open []*FleetGateway) {
	for _, g := range r.All() {
		if g.Open {
			open = append(open, g)
		}
	}
	return open
}

// Troubled lists what counts against the failure budget.
func (r *FleetReport) Troubled() (found []*FleetGateway) {
	for _, g := range r.All() {
		if g.State.Trouble() && !g.Pardoned {
			found = append(found, g)
		}
	}
	return found
}

// Left lists the gateways that are not on the target: in trouble, deferred, skipped or not started.
func (r *FleetReport) Left() (left []*FleetGateway) {
	for _, g := range r.All() {
		if g.State != GatewayCompleted && g.State != GatewayDone {
			left = append(left, g)
		}
	}
	return left
}

// Summary counts the gateways by their states, in one line.
func (r *FleetReport) Summary() string {
	var counts []string
	for _, s := range []GatewayState{GatewayDone, GatewayCompleted, GatewayRunning, GatewayAsking, GatewayPaused, GatewayHeld, GatewayFailed, GatewayRolledBack,
		GatewayAborted, GatewayDeferred, GatewaySkipped, GatewayWaiting} {
		if n := r.Count(s); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(counts) == 0 {
		return "no gateway yet"
	}
	return strings.Join(counts, ", ")
}

// Note adds a line; only the newest are kept, as the report is carried from run to run.
func (r *FleetReport) Note(at time.Time, text string) {
	const most = 100
	r.Notes = append(r.Notes, at.UTC().Format(time.RFC3339)+" "+text)
	r.Notes = r.Notes[max(0, len(r.Notes)-most):]
}

// Markdown renders the report for Temporal Web's current details: the waves, and of the gateways those that are at work or
// in trouble.
func (r *FleetReport) Markdown() string {
	var b strings.Builder
	b.WriteString(fmt.Sprintf("**%s → %s: %s** %s\n\n%s\n\n", r.Name, r.Target, r.State, cell.Replace(r.Reason), r.Summary()))
	b.WriteString("| wave | gateways | settled | passed |\n|---|---|---|---|\n")
	for _, w := range r.Waves {
		settled := 0
		for _, g := range w.Gateways {
			if g.State.Settled() {
				settled++
			}
		}
		b.WriteString(fmt.Sprintf("| %s | %d | %d | %t |\n", cell.Replace(w.Name), len(w.Gateways), settled, w.Passed))
	}
	const most = 60 // Temporal shows 20,000 bytes
	shown := 0
	for _, g := range r.All() {
		if !g.Open && !g.State.Trouble() || shown == most {
			continue
		}
		if shown++; shown == 1 {
			b.WriteString("\n| gateway | pod | state | |\n|---|---|---|---|\n")
		}
		b.WriteString(fmt.Sprintf("| %d %s | %s | %s | %s |\n", g.ID, cell.Replace(g.Name), cell.Replace(g.Pod), g.State, cell.Replace(g.Reason)))
	}
	return b.String()
}

// Brief keeps a reason short enough to stand beside 10,000 others.
func Brief(reason string) string {
	const most = 160
	runes := []rune(strings.Join(strings.Fields(reason), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}
