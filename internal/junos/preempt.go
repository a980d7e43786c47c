package junos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// pollEvery is between two looks at something that follows a commit within moments.
const pollEvery = 500 * time.Millisecond

// preemptChange is one switch of the preempt statement of redundancy group 1.
type preemptChange struct {
	config   Config
	endpoint upgrade.Endpoint
	on       bool
	minutes  int    // until an unconfirmed commit rolls back
	log      string // recognises our commit in the commit list
}

// SetPreempt activates or deactivates the preempt statement of redundancy group 1; the statement itself stays, so that it
// can be restored as it was found. It is committed as a confirmed commit of confirmMinutes (1 to 65535 device minutes),
// and confirmed when a new connection has seen the effect; otherwise the device rolls it back by itself. log marks the
// commit and must be unique to this change: it is how a commit whose reply was lost is found again. A pending commit of
// an earlier call with the same log is confirmed and counts as changed. Where it is as wanted nothing is written.
//
// Errors are of kind Refused (the device or somebody's work there stands against it), Undecided (it is not known whether
// the commit was applied), Invalid, or those of Dial.
func (c Config) SetPreempt(ctx context.Context, e upgrade.Endpoint, on bool, confirmMinutes int, log string) (changed bool, err error) {
	change := preemptChange{config: c, endpoint: e, on: on, minutes: confirmMinutes, log: log}
	if err := change.validate(); err != nil {
		return false, err
	}
	first, err := c.Dial(ctx, e)
	if err != nil {
		return false, err
	}
	defer first.Close()
	next, err := change.look(ctx, first)
	if err == nil {
		switch next {
		case changeIt:
			err = change.apply(ctx, first)
		case confirmIt:
			err = change.finish(ctx, first)
		}
	}
	if err != nil {
		return false, fmt.Errorf("setting preempt %s on %s: %w", change.word(), e.Address, err)
	}
	return next != leaveIt, nil
}

// step is what is left to do.
type step string

const (
	leaveIt   step = "leave" // it is as wanted
	confirmIt step = "confirm"
	changeIt  step = "change"
)

// look decides what is left to do. A confirmed commit of somebody else stops it: ours would confirm theirs.
func (p preemptChange) look(ctx context.Context, s *Session) (step, error) {
	entries, err := s.commits(ctx)
	if err != nil {
		return "", err
	}
	preempt, _, err := s.policy(ctx)
	if err != nil {
		return "", err
	}
	last := newest(entries)
	switch {
	case last.pending && last.log != p.log:
		return "", upgrade.Errorf(upgrade.Refused, "a confirmed commit (%s) waits for its confirmation", last).
			Advise("let its author confirm it or let it roll back, then retry")
	case last.pending && !p.wanted(preempt):
		return "", upgrade.Errorf(upgrade.Refused, "our confirmed commit (%s) is pending, yet preempt is %s", last, preempt).
			Advise("let it roll back, then retry")
	case last.pending:
		return confirmIt, nil
	case p.wanted(preempt):
		return leaveIt, p.effective(ctx, s)
	case preempt == upgrade.PreemptAbsent:
		return "", upgrade.Errorf(upgrade.Refused, "redundancy group 1 has no preempt statement to activate").
			Advise("configure it by hand if it is wanted; nothing was here before the upgrade either")
	}
	return changeIt, nil
}

// apply is the change, end to end. Until the commit, releasing the lock undoes everything.
func (p preemptChange) apply(ctx context.Context, first *Session) error {
	if err := first.lock(ctx); err != nil {
		return err
	}
	defer first.release(ctx)
	entries, err := first.commits(ctx)
	if err != nil {
		return err
	}
	if err := p.load(ctx, first); err != nil {
		return err
	}
	if err := first.commit(ctx, "<check/>"); err != nil {
		return fmt.Errorf("checking the change: %w", err)
	}
	err = first.commit(ctx, fmt.Sprintf("<confirmed/><confirm-timeout>%d</confirm-timeout><log>%s</log>", p.minutes, escape(p.log)))
	if outcomeUnknown(err) {
		first.Close() // its lock must be gone before the commit list is read under a new one
		return p.settle(ctx, newest(entries), err)
	}
	if err != nil {
		return fmt.Errorf("committing the change: %w", err)
	}
	return p.prove(ctx, first)
}

// load puts the change into the candidate and makes sure that it is the only one there.
func (p preemptChange) load(ctx context.Context, s *Session) error {
	before, err := s.difference(ctx)
	if err != nil {
		return err
	}
	if before != "" {
		return upgrade.Errorf(upgrade.Refused, "the candidate configuration holds uncommitted changes").
			Advise("let their author commit or discard them, then retry")
	}
	verb := "deactivate"
	if p.on {
		verb = "activate"
	}
	operation := `<load-configuration action="set" format="text"><configuration-set>` + verb + " " + preemptPath +
		`</configuration-set></load-configuration>`
	if _, err := s.call(ctx, s.timeout, operation); err != nil {
		return fmt.Errorf("loading the change: %w", err)
	}
	after, err := s.difference(ctx)
	if err != nil {
		return err
	}
	if !onlyPreempt(after, p.on) {
		return upgrade.Errorf(upgrade.Refused, "the device would change %d bytes of configuration other than the preempt statement alone", len(after)).
			Advise("look at \"show configuration chassis cluster\"; a deactivated or inherited redundancy group is changed by hand")
	}
	return nil
}

// prove sees over a new connection that the device answers and the change has its effect, and confirms the commit over
// the connection that holds the lock.
func (p preemptChange) prove(ctx context.Context, locked *Session) error {
	second, err := p.config.Dial(ctx, p.endpoint)
	if err != nil {
		return fmt.Errorf("the change is not confirmed and rolls back within %d minutes: %w", p.minutes, err)
	}
	defer second.Close()
	if err := p.inForce(ctx, second); err != nil {
		return fmt.Errorf("the change is not confirmed and rolls back within %d minutes: %w", p.minutes, err)
	}
	return p.confirm(ctx, locked, second)
}

// confirm makes the pending commit permanent. Whether it did is read from the commit list, also when the reply came.
func (p preemptChange) confirm(ctx context.Context, locked, reader *Session) error {
	sent := locked.commit(ctx, "")
	if sent != nil && !outcomeUnknown(sent) {
		return fmt.Errorf("confirming the change: %w", sent)
	}
	entries, err := reader.commits(ctx)
	switch {
	case err != nil:
		return errors.Join(err, sent)
	case newest(entries).pending && sent != nil:
		return fmt.Errorf("the change is still unconfirmed: %w", sent)
	case newest(entries).pending:
		return upgrade.Errorf(upgrade.Refused, "the commit is still pending after its confirmation")
	}
	return nil
}

// finish confirms a pending commit of ours over a session that had no part in it, which proves that the device answers.
func (p preemptChange) finish(ctx context.Context, s *Session) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.release(ctx)
	return p.finishLocked(ctx, s)
}

func (p preemptChange) finishLocked(ctx context.Context, s *Session) error {
	if err := p.inForce(ctx, s); err != nil {
		return err
	}
	return p.confirm(ctx, s, s)
}

// settle finds out what became of a commit whose reply was lost. It never commits the change again. The lock that it
// takes proves that the commit is not still at work: the session that sent it held the same lock.
func (p preemptChange) settle(ctx context.Context, before entry, lost error) error {
	s, err := p.relock(ctx)
	if err != nil {
		return p.undecided("the device cannot be asked: %w", err)
	}
	defer s.Close()
	defer s.release(ctx)
	entries, err := s.commits(ctx)
	at := slices.IndexFunc(entries, before.same)
	if before == (entry{}) { // the first commit of this device
		at = len(entries)
	}
	switch {
	case err != nil:
		return p.undecided("the commit list cannot be read: %w", err)
	case at < 0:
		return p.undecided("the commit list does not reach back to before it: %w", lost)
	}
	ours := slices.IndexFunc(entries[:at], func(e entry) bool { return e.log == p.log })
	switch {
	case ours < 0:
		return upgrade.Errorf(upgrade.Unreachable, "the connection was lost and the commit was not applied: %w", lost)
	case ours == 0 && entries[0].pending:
		return p.finishLocked(ctx, s)
	case entries[0].pending:
		return p.undecided("a confirmed commit of somebody else is pending: %w", lost)
	}
	return p.inForce(ctx, s) // confirmed or rolled back meanwhile; the effect tells which
}

func (p preemptChange) undecided(format string, cause error) error {
	return upgrade.Errorf(upgrade.Undecided, "the commit's reply was lost, and "+format, cause).
		Advise("look at \"show system commit\": an entry with the log %q means that it was applied", p.log)
}

// relock opens a session and takes the lock, as soon as the session that was lost has given it up.
func (p preemptChange) relock(ctx context.Context) (*Session, error) {
	var session *Session
	err := poll(ctx, cmp.Or(p.config.CommitTimeout, commitLimit), []upgrade.Kind{upgrade.Unreachable, upgrade.Refused}, func() error {
		s, err := p.config.Dial(ctx, p.endpoint)
		if err != nil {
			return err
		}
		if err := s.lock(ctx); err != nil {
			s.Close()
			return err
		}
		session = s
		return nil
	})
	return session, err
}

// inForce waits until configuration and cluster both show preempt as wanted; the cluster follows a commit by moments.
func (p preemptChange) inForce(ctx context.Context, s *Session) error {
	return poll(ctx, s.timeout, []upgrade.Kind{upgrade.Refused}, func() error {
		preempt, _, err := s.policy(ctx)
		if err != nil {
			return err
		}
		if !p.wanted(preempt) {
			return upgrade.Errorf(upgrade.Refused, "preempt of redundancy group 1 is %s in the configuration", preempt)
		}
		return p.effective(ctx, s)
	})
}

// poll tries again while the error is of one of the kinds, until limit or ctx ends, and returns the last error.
func poll(ctx context.Context, limit time.Duration, again []upgrade.Kind, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		err := try()
		if err == nil || !slices.Contains(again, upgrade.KindOf(err)) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-ticker.C:
		}
	}
}
