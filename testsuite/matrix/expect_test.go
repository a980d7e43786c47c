package matrix

import (
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// ending is how a cell may end.
type ending struct {
	outcome upgrade.Outcome
	reloads int            // accepted by the cloud, and submitted to it
	holds   []upgrade.Kind // at which it may stand still on the way; each is resolved by retry, and by resubmit where that finds nothing
	tainted bool           // the pod
}

// expected is the one ending that a cell may have.
func expected(c cell) ending {
	if c.Fault == cancel && c.Path == first && slices.Contains(before(), c.Activity) {
		// A taint that was there before is cleared only by a look that finds the pod whole, or by an operator.
		return ending{outcome: upgrade.OutcomeAborted, tainted: c.Activity == "AwaitFit"}
	}
	e := ending{outcome: upgrade.OutcomeCompleted, reloads: 2}
	if c.Path == backward {
		e.outcome = upgrade.OutcomeRolledBack
	}
	if c.Activity == "Differ" { // it tells a person what has changed
		e.holds = append(e.holds, upgrade.Drifted)
	}
	if c.Activity == "RequestReload" && (c.Fault == failure || c.Fault == hang) {
		// The call to IBM is not idempotent and nobody knows whether it was made: no repetition without a person, who
		// finds no reload in the portal. A sleeper wakes beside the repetition, and may not submit another one.
		e.holds = append(e.holds, upgrade.Undecided)
	}
	if c.Fault == cancel { // after a reload a person is asked whether to go on, at the next safe point
		e.holds = append(e.holds, upgrade.Refused)
	}
	return e
}

// noise tells a hold that comes of this machine alone: looks were so far apart that a whole readiness check ran between
// two of them, or its validity passed; or an overloaded server started a submission of which no worker heard. An activity
// whose own affair that is may not use the excuse.
func noise(c cell, h upgrade.Hold) bool {
	says := func(text string) bool { return strings.Contains(h.Reason, text) }
	switch h.Kind {
	case upgrade.NotReady:
		return c.Activity != "CheckReadiness" && (says("started twice and never seen running") || says("the readiness check has expired"))
	case upgrade.Undecided:
		return c.Activity != "RequestReload" && says("StartToClose")
	}
	return false
}
