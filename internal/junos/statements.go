package junos

import (
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// statement follows one statement through a configuration. It is inactive when a deactivate line or an inactive mark
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
	switch verb, path := words[0], words[1:]; verb {
	case "set":
		s.meet(path, false)
	case "deactivate":
		s.deactivated = s.deactivated || startsWith(s.path, path)
	}
}

// meet takes one statement of a configuration in another form. A child such as "preempt delay 5" makes its parent
// present.
func (s *statement) meet(path []string, inactive bool) {
	s.present = s.present || startsWith(path, s.path)
	s.deactivated = s.deactivated || inactive && startsWith(s.path, path)
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
