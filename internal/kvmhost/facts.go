package kvmhost

import (
	"context"
	"errors"

	"vsrx-upgrade/internal/upgrade"
)

// Questions name what a host is asked about beyond itself; an empty text asks nothing.
type Questions struct {
	PeerAddress   string // private address of the other host of the pair
	DeviceAddress string // private address of the gateway
	Domain        string // the vSRX of this host
}

// Facts asks a host what IBM's readiness checks look at, and changes nothing there. It takes two exchanges, each within
// the time limit of one: the name of the package mirror must be known, and judged, before a shell sees it. It never
// fails as a whole: what was not answered stands in Unread, and Error tells that nothing was; NoShell stands beside
// Error. HardwareID is the caller's to fill in.
func (h *Host) Facts(ctx context.Context, q Questions) upgrade.HostFacts {
	s := &survey{}
	if err := s.put(ctx, h, s.questions(q)); err != nil {
		return upgrade.HostFacts{Error: err.Error(), NoShell: errors.Is(err, errNoShell)}
	}
	if s.mirror == (mirror{}) {
		return s.facts
	}
	if err := s.put(ctx, h, s.mirrorQuestions()); err != nil {
		s.unread(err, "resolves", "mirror")
	}
	return s.facts
}

// survey is a host's answers as they come in.
type survey struct {
	facts  upgrade.HostFacts
	mirror mirror
	ports  []string // of the telnet consoles
	blind  error    // why the consoles are not known
}

// question is what a host is asked to fill some fields, which stand here by their JSON names. An error of read is the
// reason why these fields stay unread.
type question struct {
	fields   []string
	commands []string
	read     func([]reply) error
}

// put asks all questions at once and files the answers; an error tells that the host answered none.
func (s *survey) put(ctx context.Context, h *Host, questions []question) error {
	var commands []string
	for _, q := range questions {
		commands = append(commands, q.commands...)
	}
	replies, err := h.ask(ctx, commands...)
	if len(replies) == 0 && err != nil {
		return err
	}
	s.file(questions, replies, err)
	return nil
}

// file reads the answers; err is why there are fewer replies than commands.
func (s *survey) file(questions []question, replies []reply, err error) {
	for _, q := range questions {
		n := len(q.commands)
		if len(replies) < n {
			s.unread(err, q.fields...)
			replies = nil
			continue
		}
		if reason := q.read(replies[:n]); reason != nil {
			s.unread(reason, q.fields...)
		}
		replies = replies[n:]
	}
}

func (s *survey) unread(reason error, fields ...string) {
	for _, field := range fields {
		s.facts.Unread = append(s.facts.Unread, upgrade.Unread{Item: field, Reason: reason.Error()})
	}
}
