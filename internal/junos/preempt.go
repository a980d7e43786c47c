package junos

import (
	"context"
	"fmt"

	"vsrx-upgrade/internal/upgrade"
)

// SetPreempt activates or deactivates the preempt statement of redundancy group 1; the statement itself stays, so that it
// can be restored as it was found. It is a Change, committed as a confirmed commit of confirmMinutes (1 to 65535 device
// minutes) that log marks. Where preempt is as wanted nothing is written. Errors are those of Apply.
func (c Config) SetPreempt(ctx context.Context, e upgrade.Endpoint, on bool, confirmMinutes int, log string) (changed bool, err error) {
	p, verb, word := preemptChange{on: on}, "deactivate", "off"
	if on {
		verb, word = "activate", "on"
	}
	changed, err = c.Apply(ctx, e, Change{
		Lines: []string{verb + " " + preemptPath}, Wanted: p.judge, Done: p.done, ConfirmMinutes: confirmMinutes, Log: log,
	})
	if err != nil {
		return false, fmt.Errorf("setting preempt %s: %w", word, err)
	}
	return changed, nil
}

// preemptChange is one switch of the preempt statement of redundancy group 1.
type preemptChange struct{ on bool }

// done reports whether configuration and cluster both show preempt as wanted; the cluster follows a commit by moments.
func (p preemptChange) done(ctx context.Context, s *Session) (bool, error) {
	preempt, _, err := s.policy(ctx)
	switch {
	case err != nil:
		return false, err
	case p.wanted(preempt):
		return true, p.effective(ctx, s)
	case preempt == upgrade.PreemptAbsent:
		return false, upgrade.Errorf(upgrade.Refused, "redundancy group 1 has no preempt statement to activate").
			Advise("configure it by hand if it is wanted; nothing was here before the upgrade either")
	}
	return false, nil
}

// judge wants a comparison that shows the preempt statement alone.
func (p preemptChange) judge(difference string) error {
	if !onlyPreempt(difference, p.on) {
		return upgrade.Errorf(upgrade.Refused, "the device would change %d bytes of configuration other than the preempt statement alone", len(difference)).
			Advise("look at \"show configuration chassis cluster\"; a deactivated or inherited redundancy group is changed by hand")
	}
	return nil
}
