package junos

import (
	"context"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// entry is one commit of the commit list.
type entry struct {
	time, user, client string
	log                string
	pending            bool // a confirmed commit that waits for its confirmation
}

func (e entry) String() string { return e.time + " " + e.user + " " + e.client }

// same tells the entry again in a later reading: its number and its pending mark change.
func (e entry) same(other entry) bool { return e.String() == other.String() && e.log == other.log }

// commits reads the commit list, newest first.
func (s *Session) commits(ctx context.Context) ([]entry, error) {
	reply, err := s.call(ctx, s.timeout, "<get-commit-information/>")
	if err != nil {
		return nil, err
	}
	return readCommits(reply)
}

func readCommits(reply *element) ([]entry, error) {
	information := reply.first("commit-information")
	if information == nil {
		return nil, upgrade.Errorf(upgrade.Malformed, "the commit list holds no commit-information")
	}
	var entries []entry
	for i, e := range information.all("commit-history") {
		if e.value("date-time") == "" {
			return nil, upgrade.Errorf(upgrade.Malformed, "entry %d of the commit list has no time", i)
		}
		entries = append(entries, entry{
			time:   strings.Join(strings.Fields(e.value("date-time")), " "),
			user:   e.value("user"),
			client: e.value("client"),
			log:    e.value("log"),
			// The mark of a confirmed commit stays in the list for good; only on entry 0 does it mean that it still waits.
			pending: i == 0 && (strings.HasPrefix(e.value("comment"), "commit confirmed, rollback in") ||
				strings.Contains(e.value("commit-confirmed"), "rollback pending")),
		})
	}
	return entries, nil
}

// newest is entry 0, the zero entry on a device that never committed.
func newest(entries []entry) entry {
	if len(entries) == 0 {
		return entry{}
	}
	return entries[0]
}
