package junos

import (
	"cmp"
	"context"
	"slices"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// pollEvery is between two looks at something that follows a commit or a request within moments.
const pollEvery = 500 * time.Millisecond

// settle finds out what became of a commit whose reply was lost. It never commits the change again. The lock that it
// takes proves that the commit is not still at work: the session that sent it held the same lock.
func (e edit) settle(ctx context.Context, before entry, lost error) error {
	s, err := e.config.relock(ctx, e.endpoint)
	if err != nil {
		return undecided(e.Log, "the device cannot be asked: %w", err)
	}
	defer s.Close()
	defer s.release(ctx)
	entries, err := s.commits(ctx)
	if err != nil {
		return undecided(e.Log, "the commit list cannot be read: %w", err)
	}
	since, reaches := after(entries, before)
	if !reaches {
		return undecided(e.Log, "the commit list does not reach back to before it: %w", lost)
	}
	ours := slices.IndexFunc(since, func(entry entry) bool { return entry.log == e.Log })
	switch {
	case ours < 0:
		return upgrade.Errorf(upgrade.Unreachable, "the connection was lost and the commit was not applied: %w", lost)
	case ours == 0 && entries[0].pending:
		return e.finishLocked(ctx, s)
	case entries[0].pending:
		return undecided(e.Log, "a confirmed commit of somebody else is pending: %w", lost)
	}
	return e.inForce(ctx, s) // confirmed or rolled back meanwhile; the effect tells which
}

// after are the entries of the list that are younger than one read before; it fails where the list has forgotten that one.
// The zero entry is before the first commit of a device.
func after(entries []entry, before entry) (since []entry, reaches bool) {
	if before == (entry{}) {
		return entries, true
	}
	at := slices.IndexFunc(entries, before.same)
	if at < 0 {
		return nil, false
	}
	return entries[:at], true
}

func undecided(log, format string, cause error) error {
	return upgrade.Errorf(upgrade.Undecided, "the commit's reply was lost, and "+format, cause).
		Advise("look at \"show system commit\": an entry with the log %q means that it was applied", log)
}

// relock opens a session and takes the lock, as soon as the session that was lost has given it up.
func (c Config) relock(ctx context.Context, e upgrade.Endpoint) (*Session, error) {
	var session *Session
	err := poll(ctx, cmp.Or(c.CommitTimeout, commitLimit), []upgrade.Kind{upgrade.Unreachable, upgrade.Refused}, func() error {
		s, err := c.Dial(ctx, e)
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
