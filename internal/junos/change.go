package junos

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"vsrx-upgrade/internal/upgrade"
)

// Change is one change of the configuration that cannot lock its author out: it is committed as a confirmed commit, which
// the device takes back by itself unless a new connection has seen its effect (Juniper: commit confirmed).
type Change struct {
	Lines []string // set, delete, activate and deactivate commands, one a line; or
	Load  *Load    // a whole configuration
	// Wanted judges the comparison of the candidate with what is committed ("show | compare"), "" where they are equal, and
	// refuses what is not meant. It is required; Exactly makes one.
	Wanted func(difference string) error
	// Done reports whether the change is in force; an error says that it never will be, or, of kind Refused, that the
	// device does not follow its configuration yet. Without one, the committed configuration must hold the lines, or the
	// commit list begin with the load. Lines whose text the device rewrites, such as plain passwords, need their own.
	Done           func(ctx context.Context, s *Session) (bool, error)
	ConfirmMinutes int    // 1 to 65535 device minutes until an unconfirmed commit rolls back
	Log            string // marks the commit, must be unique to this change, and finds it again when a reply was lost
}

// Exactly wants a comparison of just these lines, with their "[edit ...]" banners; blanks around a line do not count.
func Exactly(lines ...string) func(difference string) error {
	return func(difference string) error {
		if !slices.Equal(trimmed(lines), trimmed(strings.Split(difference, "\n"))) {
			return upgrade.Errorf(upgrade.Refused, "the device would make another change than the one that is meant, in %d bytes", len(difference))
		}
		return nil
	}
}

func trimmed(lines []string) []string {
	var kept []string
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}

// Apply makes a change: lock, clean candidate, load, comparison as wanted, check, confirmed commit, proof over a new
// connection, confirmation over the one that holds the lock, and a commit list without a pending mark. Where the change is
// in force already nothing is written. A pending commit with the same log is confirmed and counts as changed. A commit
// whose reply was lost is looked up in the commit list and never sent again.
//
// Errors are of kind Refused (the device or somebody's work there stands against it), Undecided (it is not known whether
// the commit was applied), Invalid, or those of Dial.
func (c Config) Apply(ctx context.Context, e upgrade.Endpoint, change Change) (changed bool, err error) {
	if err := change.validate(); err != nil {
		return false, err
	}
	if change.Done == nil {
		change.Done = change.present
	}
	edit := edit{Change: change, config: c, endpoint: e}
	first, err := c.Dial(ctx, e)
	if err != nil {
		return false, err
	}
	defer first.Close()
	next, err := edit.look(ctx, first)
	if err == nil {
		changed = next != leaveIt
		switch next {
		case changeIt:
			changed, err = edit.apply(ctx, first)
		case confirmIt:
			err = edit.finish(ctx, first)
		}
	}
	if err != nil {
		return false, fmt.Errorf("changing the configuration of %s: %w", e.Address, err)
	}
	return changed, nil
}

func (c Change) validate() error {
	if (len(c.Lines) == 0) == (c.Load == nil) {
		return upgrade.Errorf(upgrade.Invalid, "a change is either lines or a load")
	}
	if c.Wanted == nil {
		return upgrade.Errorf(upgrade.Invalid, "a change must say what it wants to be changed")
	}
	if c.Load != nil {
		if err := c.Load.validate(); err != nil {
			return err
		}
	}
	for _, line := range c.Lines {
		verb, rest, _ := strings.Cut(line, " ")
		if !slices.Contains([]string{"set", "delete", "activate", "deactivate"}, verb) || strings.TrimSpace(rest) == "" || !printable(line) {
			return upgrade.Errorf(upgrade.Invalid, "a line must be one set, delete, activate or deactivate command")
		}
	}
	if c.ConfirmMinutes < 1 || c.ConfirmMinutes > 65535 { // Juniper: commit confirmed
		return upgrade.Errorf(upgrade.Invalid, "%d minutes are no time for a confirmed commit, 1 to 65535 are", c.ConfirmMinutes)
	}
	return validateLog(c.Log)
}

func validateLog(log string) error {
	if log == "" || len(log) > logLimit || !printable(log) || log != strings.TrimSpace(log) {
		return upgrade.Errorf(upgrade.Invalid, "the commit log must be one line of 1 to %d printable characters", logLimit)
	}
	return nil
}

func printable(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) })
}

// present is the Done of a change that brings none.
func (c Change) present(ctx context.Context, s *Session) (bool, error) {
	if c.Load != nil {
		entries, err := s.commits(ctx)
		return newest(entries).log == c.Log, err
	}
	statements := make([]*statement, len(c.Lines))
	for i, line := range c.Lines {
		_, path, _ := strings.Cut(line, " ")
		statements[i] = follow(path)
	}
	lines := lineWriter{line: func(line string) {
		for _, statement := range statements {
			statement.read(line)
		}
	}}
	if err := s.Configuration(ctx, Set, &lines); err != nil {
		return false, err
	}
	lines.end()
	for i, line := range c.Lines {
		if !c.holds(line, statements[i]) {
			return false, nil
		}
	}
	return true, nil
}

// holds reports whether the configuration is as one line wants it. A statement that is deleted and set again in one change
// is there afterwards.
func (c Change) holds(line string, found *statement) bool {
	switch verb, path, _ := strings.Cut(line, " "); verb {
	case "set":
		return found.present
	case "delete":
		again := slices.ContainsFunc(c.Lines, func(other string) bool {
			return startsWith(strings.Fields(other), append([]string{"set"}, found.path...))
		})
		return again || !found.present
	case "deactivate":
		return found.deactivated || !found.present
	default:
		return found.present && !found.deactivated && path != ""
	}
}
