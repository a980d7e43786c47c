package upgrade

import (
	"encoding/json"
	"fmt"
	"time"
)

// Duration is a time.Duration that reads and writes "90s" or "5h" in JSON.
type Duration time.Duration

// D gives the standard library's type.
func (d Duration) D() time.Duration { return time.Duration(d) }

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalJSON writes the duration as Go prints it.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads a text such as "90s".
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("a duration is a text such as \"90s\": %w", err)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("a duration is a text such as \"90s\": %w", err)
	}
	*d = Duration(v)
	return nil
}

// Timing is every duration that policy depends on. It travels in the request, so that a simulated day can pass in a
// minute; zero fields take the defaults.
type Timing struct {
	Poll            Duration `json:"poll,omitempty"`            // between two looks at a reload or a check
	ReconcilePoll   Duration `json:"reconcilePoll,omitempty"`   // between two looks for a reload just asked for
	Reconcile       Duration `json:"reconcile,omitempty"`       // how long a reload may take to become visible
	Quiet           Duration `json:"quiet,omitempty"`           // how long all members stay idle before a reload counts as over
	QuietRounds     int      `json:"quietRounds,omitempty"`     // and in how many consecutive looks at least
	StatusGrace     Duration `json:"statusGrace,omitempty"`     // how long IBM's records may lag behind an idle gateway
	ReloadSlow      Duration `json:"reloadSlow,omitempty"`      // a reload that takes longer is an alarm
	StepStuck       Duration `json:"stepStuck,omitempty"`       // a step of a reload that takes longer is an alarm
	ReloadEnd       Duration `json:"reloadEnd,omitempty"`       // a reload that takes longer is given to a person
	Settle          Duration `json:"settle,omitempty"`          // how long a rebuilt node may take to look right
	SettlePoll      Duration `json:"settlePoll,omitempty"`      // between two looks at it
	ReadinessStart  Duration `json:"readinessStart,omitempty"`  // how long a check may take to show as running
	ReadinessEnd    Duration `json:"readinessEnd,omitempty"`    // how long a check may run
	ReadinessValid  Duration `json:"readinessValid,omitempty"`  // how long a result holds after its end
	ReadinessMargin Duration `json:"readinessMargin,omitempty"` // kept free of it before a submission
	PlanNode        Duration `json:"planNode,omitempty"`        // planned for one node, checks included
	Import          Duration `json:"import,omitempty"`          // planned for bringing a configuration back
	PermitPoll      Duration `json:"permitPoll,omitempty"`      // between two looks at a pod that is taken
	ConfirmMinutes  int      `json:"confirmMinutes,omitempty"`  // automatic rollback of an unconfirmed commit, device minutes
}

// DefaultTiming is what IBM and Juniper document: a check takes about 30 minutes and holds 5 hours (readiness page), a
// reload takes 2 to 5 hours, a pair 8 to 10 hours, and help is due at 24 hours (OS reload
// page); transactions of one reload may leave gaps between them.
func DefaultTiming() Timing {
	const minute, hour = Duration(time.Minute), Duration(time.Hour)
	return Timing{
		Poll: minute, ReconcilePoll: minute / 4, Reconcile: 15 * minute,
		Quiet: 10 * minute, QuietRounds: 3, StatusGrace: 30 * minute,
		ReloadSlow: 5 * hour, StepStuck: 90 * minute, ReloadEnd: 24 * hour,
		Settle: 30 * minute, SettlePoll: minute / 2,
		ReadinessStart: 15 * minute, ReadinessEnd: hour, ReadinessValid: 5 * hour, ReadinessMargin: 10 * minute,
		PlanNode: 5 * hour, Import: hour, PermitPoll: minute / 2, ConfirmMinutes: 10,
	}
}

// OrDefaults fills zero fields with the defaults.
func (t Timing) OrDefaults() Timing {
	d := DefaultTiming()
	for at, field := range t.durations() {
		if *field == 0 {
			*field = *d.durations()[at]
		}
	}
	if t.QuietRounds == 0 {
		t.QuietRounds = d.QuietRounds
	}
	if t.ConfirmMinutes == 0 {
		t.ConfirmMinutes = d.ConfirmMinutes
	}
	return t
}

// Faster divides every duration by speed: what the simulated cloud's clock makes of it. Counts and device minutes stay.
func (t Timing) Faster(speed float64) Timing {
	for _, field := range t.durations() {
		if *field > 0 {
			*field = max(1, Duration(float64(*field)/speed)) // zero would mean the default
		}
	}
	return t
}

// durations points at every duration of t, in a fixed order.
func (t *Timing) durations() []*Duration {
	return []*Duration{&t.Poll, &t.ReconcilePoll, &t.Reconcile, &t.Quiet, &t.StatusGrace, &t.ReloadSlow, &t.StepStuck,
		&t.ReloadEnd, &t.Settle, &t.SettlePoll, &t.ReadinessStart, &t.ReadinessEnd, &t.ReadinessValid, &t.ReadinessMargin,
		&t.PlanNode, &t.Import, &t.PermitPoll}
}

// Validate refuses negative durations and counts.
func (t Timing) Validate() error {
	for _, field := range t.durations() {
		if *field < 0 {
			return Errorf(Invalid, "timing holds a negative duration %s", *field).Advise("leave it out to take the default")
		}
	}
	if t.QuietRounds < 0 || t.ConfirmMinutes < 0 {
		return Errorf(Invalid, "timing holds a negative count").Advise("leave it out to take the default")
	}
	return nil
}
