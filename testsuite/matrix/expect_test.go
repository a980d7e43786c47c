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
	holds   []upgrade.Kind // at which it may stand still on the way; each is resolved by retry, or by abort when abandoned
	tainted bool           // the pod
}

// expected is the one ending that a cell may have.
func expected(c cell) ending {
	switch {
	case c.Fault == cancel && c.Path == first && slices.Contains(before(), c.Activity):
		// A taint that was there before is cleared only by a look that finds the pod whole, or by an operator.
		return ending{outcome: upgrade.OutcomeAborted, tainted: c.Activity == "AwaitFit"}
	case c.Activity == "RequestReload" && (c.Fault == failure || c.Fault == hang):
		// The call to IBM is not idempotent and nobody knows whether it was made: no repetition without a person, who
		// finds no reload in the portal and ends the upgrade.
		e := ending{outcome: upgrade.OutcomeAbandoned, reloads: 1, holds: []upgrade.Kind{upgrade.Undecided}, tainted: true}
		if c.Path == first {
			e.reloads = 0
		}
		return e
	}
	e := ending{outcome: upgrade.OutcomeCompleted, reloads: 2}
	if c.Path == backward {
		e.outcome = upgrade.OutcomeRolledBack
	}
	if c.Activity == "Differ" { // it tells a person what has changed
		e.holds = append(e.holds, upgrade.Drifted)
	}
	if c.Activity == "SetPreempt" && c.Fault == hang { // the sleeper wakes beside its successor, and one finds the lock of the other
		e.holds = append(e.holds, upgrade.Refused)
	}
	if c.Fault == cancel { // after a reload a person is asked whether to go on, at the next safe point
		e.holds = append(e.holds, upgrade.Refused)
	}
	return e
}

// slow tells a hold that comes of this machine alone: looks were so far apart that a whole readiness check ran between
// two of them, or its validity passed. An activity whose own affair that is may not use the excuse.
func slow(c cell, h upgrade.Hold) bool {
	unseen := strings.Contains(h.Reason, "started twice and never seen running") || strings.Contains(h.Reason, "the readiness check has expired")
	return h.Kind == upgrade.NotReady && unseen && c.Activity != "CheckReadiness"
}
