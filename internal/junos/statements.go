package junos

import (
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// statement follows one statement through a configuration in set form. A statement is inactive when a deactivate line
// names it or one of its parents.
type statement struct {
	path        []string
	present     bool
	deactivated bool
}

func follow(path string) *statement { return &statement{path: strings.Fields(path)} }

// read takes one line of the configuration.
func (s *statement) read(line string) {
	words := strings.Fields(line)
	if len(words) < 2 {
		return
	}
	switch verb, words := words[0], words[1:]; {
	case verb == "set" && startsWith(words, s.path): // a child such as "preempt delay 5" makes its parent present
		s.present = true
	case verb == "deactivate" && startsWith(s.path, words):
		s.deactivated = true
	}
}

func startsWith(words, prefix []string) bool {
	return len(words) >= len(prefix) && slices.Equal(words[:len(prefix)], prefix)
}

func (s *statement) active() bool { return s.present && !s.deactivated }

// The statements that an upgrade depends on.
const (
	preemptPath   = "chassis cluster redundancy-group 1 preempt"
	rootLoginPath = "system services ssh root-login allow"
)

func (s *statement) preempt() upgrade.Preempt {
	switch {
	case !s.present:
		return upgrade.PreemptAbsent
	case s.deactivated:
		return upgrade.PreemptInactive
	}
	return upgrade.PreemptActive
}
