package junos

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// Rollback takes back a confirmed commit with this log that waits for its confirmation: the configuration before it is
// committed again, now rather than when the time is over. Where no such commit waits, because it was confirmed, rolled
// back or never made, nothing is written. Errors are of kind Refused, Undecided (the reply was lost, and what became of
// the commit is not known), Invalid, or those of Dial.
func (c Config) Rollback(ctx context.Context, e upgrade.Endpoint, log string) (rolledBack bool, err error) {
	if err := validateLog(log); err != nil {
		return false, err
	}
	s, err := c.Dial(ctx, e)
	if err != nil {
		return false, err
	}
	defer s.Close()
	entries, err := s.commits(ctx)
	if err == nil && waits(entries, log) {
		rolledBack, err = c.rollBack(ctx, e, s, log)
	}
	if err != nil {
		return false, fmt.Errorf("rolling back the commit on %s: %w", e.Address, err)
	}
	return rolledBack, nil
}

func waits(entries []entry, log string) bool {
	return newest(entries).pending && newest(entries).log == log
}

func (c Config) rollBack(ctx context.Context, e upgrade.Endpoint, s *Session, log string) (bool, error) {
	if err := s.lock(ctx); err != nil {
		return false, err
	}
	defer s.release(ctx)
	entries, err := s.commits(ctx) // entry 1 is what was before ours only as long as ours is entry 0
	if err != nil || !waits(entries, log) {
		return false, err
	}
	if _, err := s.call(ctx, s.patience, `<load-configuration rollback="1"/>`); err != nil {
		return false, fmt.Errorf("loading the configuration before it: %w", err)
	}
	difference, err := s.difference(ctx)
	if err != nil {
		return false, err
	}
	if difference == "" {
		return false, upgrade.Errorf(upgrade.Refused, "the configuration before the commit is the same")
	}
	mark := strings.ToValidUTF8(("rollback of " + log)[:min(logLimit, len("rollback of "+log))], "")
	err = s.commit(ctx, "<log>"+escape(mark)+"</log>")
	if outcomeUnknown(err) {
		s.Close()
		return c.settleRollback(ctx, e, newest(entries), mark, err)
	}
	if err != nil {
		return false, fmt.Errorf("committing the configuration before it: %w", err)
	}
	entries, err = s.commits(ctx)
	if err == nil && newest(entries).pending {
		err = upgrade.Errorf(upgrade.Refused, "the commit is still pending after its rollback")
	}
	return err == nil, err
}

// settleRollback finds out what became of a rollback whose reply was lost; see settle.
func (c Config) settleRollback(ctx context.Context, e upgrade.Endpoint, before entry, mark string, lost error) (bool, error) {
	s, err := c.relock(ctx, e)
	if err != nil {
		return false, undecided(mark, "the device cannot be asked: %w", err)
	}
	defer s.Close()
	defer s.release(ctx)
	entries, err := s.commits(ctx)
	if err != nil {
		return false, undecided(mark, "the commit list cannot be read: %w", err)
	}
	since, reaches := after(entries, before)
	switch {
	case reaches && len(since) == 0:
		return false, upgrade.Errorf(upgrade.Unreachable, "the connection was lost and the rollback was not committed: %w", lost)
	case reaches && slices.ContainsFunc(since, func(entry entry) bool { return entry.log == mark }):
		return true, nil
	}
	return false, undecided(mark, "the commit list shows other commits in its place: %w", lost)
}
