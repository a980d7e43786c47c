package junos

import (
	"context"
	"errors"
	"fmt"

	"vsrx-upgrade/internal/upgrade"
)

// edit is a change under way on one device.
type edit struct {
	Change
	config   Config
	endpoint upgrade.Endpoint
}

// step is what is left to do.
type step string

const (
	leaveIt   step = "leave" // it is as wanted
	confirmIt step = "confirm"
	changeIt  step = "change"
)

// look decides what is left to do. A confirmed commit of somebody else stops it: ours would confirm theirs.
func (e edit) look(ctx context.Context, s *Session) (step, error) {
	entries, err := s.commits(ctx)
	if err != nil {
		return "", err
	}
	last := newest(entries)
	if last.pending && last.log != e.Log {
		return "", upgrade.Errorf(upgrade.Refused, "a confirmed commit (%s) waits for its confirmation", last).
			Advise("let its author confirm it or let it roll back, then retry")
	}
	done, err := e.Done(ctx, s)
	switch {
	case last.pending && upgrade.KindOf(err) == upgrade.Refused: // the device may still follow
		return confirmIt, nil
	case err != nil:
		return "", err
	case last.pending && !done:
		return "", upgrade.Errorf(upgrade.Refused, "our confirmed commit (%s) is pending, yet it is not in the configuration", last).
			Advise("let it roll back, then retry")
	case last.pending:
		return confirmIt, nil
	case done:
		return leaveIt, nil
	}
	return changeIt, nil
}

// apply is the change, end to end. Until the commit, releasing the lock undoes everything.
func (e edit) apply(ctx context.Context, first *Session) (changed bool, err error) {
	if err := first.lock(ctx); err != nil {
		return false, err
	}
	defer first.release(ctx)
	entries, err := first.commits(ctx)
	if err != nil {
		return false, err
	}
	difference, err := e.load(ctx, first)
	if err != nil || difference == "" {
		return false, err
	}
	if err := first.commit(ctx, "<check/>"); err != nil {
		return false, fmt.Errorf("checking the change: %w", err)
	}
	err = first.commit(ctx, fmt.Sprintf("<confirmed/><confirm-timeout>%d</confirm-timeout><log>%s</log>", e.ConfirmMinutes, escape(e.Log)))
	if outcomeUnknown(err) {
		first.Close() // its lock must be gone before the commit list is read under a new one
		return true, e.settle(ctx, newest(entries), err)
	}
	if err != nil {
		return false, fmt.Errorf("committing the change: %w", err)
	}
	return true, e.prove(ctx, first)
}

// load puts the change into the candidate and makes sure that it is the only one there.
func (e edit) load(ctx context.Context, s *Session) (difference string, err error) {
	before, err := s.difference(ctx)
	if err != nil {
		return "", err
	}
	if before != "" {
		return "", upgrade.Errorf(upgrade.Refused, "the candidate configuration holds uncommitted changes").
			Advise("let their author commit or discard them, then retry")
	}
	load := e.Load
	if load == nil {
		load = commands(e.Lines)
	}
	if err := s.load(ctx, *load); err != nil {
		return "", fmt.Errorf("loading the change: %w", err)
	}
	difference, err = s.difference(ctx)
	if err != nil {
		return "", err
	}
	if err := e.Wanted(difference); err != nil {
		if !classified(err) {
			err = upgrade.Errorf(upgrade.Refused, "%w", err)
		}
		return "", fmt.Errorf("comparing the candidate with what is meant: %w", err)
	}
	return difference, nil
}

// prove sees over a new connection that the device answers and the change has its effect, and confirms the commit over
// the connection that holds the lock.
func (e edit) prove(ctx context.Context, locked *Session) error {
	second, err := e.config.Dial(ctx, e.endpoint)
	if err != nil {
		return fmt.Errorf("the change is not confirmed and rolls back within %d minutes: %w", e.ConfirmMinutes, err)
	}
	defer second.Close()
	if err := e.inForce(ctx, second); err != nil {
		return fmt.Errorf("the change is not confirmed and rolls back within %d minutes: %w", e.ConfirmMinutes, err)
	}
	return e.confirm(ctx, locked, second)
}

// confirm makes the pending commit permanent. Whether it did is read from the commit list, also when the reply came.
func (e edit) confirm(ctx context.Context, locked, reader *Session) error {
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
func (e edit) finish(ctx context.Context, s *Session) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.release(ctx)
	return e.finishLocked(ctx, s)
}

func (e edit) finishLocked(ctx context.Context, s *Session) error {
	if err := e.inForce(ctx, s); err != nil {
		return err
	}
	return e.confirm(ctx, s, s)
}

// inForce waits until the change has its effect, which may follow a commit by moments.
func (e edit) inForce(ctx context.Context, s *Session) error {
	return poll(ctx, s.timeout, []upgrade.Kind{upgrade.Refused}, func() error {
		done, err := e.Done(ctx, s)
		if err == nil && !done {
			return upgrade.Errorf(upgrade.Refused, "the change is not in the configuration")
		}
		return err
	})
}
