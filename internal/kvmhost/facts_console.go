package kvmhost

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// readConsoles finds the vSRX machines whose description has a telnet console.
func (s *survey) readConsoles(replies []reply) error {
	names, err := s.findConsoles(replies)
	s.facts.Consoles, s.blind = names, err
	return err
}

func (s *survey) findConsoles(replies []reply) ([]string, error) {
	for _, r := range replies {
		if err := r.failed(); err != nil {
			return nil, err
		}
	}
	domains, err := parseList(replies[0].out)
	if err != nil {
		return nil, err
	}
	described, err := parseDefinitions(replies[1].out)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, d := range domains {
		definition, err := described.of(d.Name)
		if err != nil {
			return nil, err
		}
		if ports := definition.telnetPorts(); len(ports) > 0 {
			names, s.ports = append(names, d.Name), append(s.ports, ports...)
		}
	}
	return names, nil
}

// readConnections looks for an established connection to a console in the table of "ss -tn": state, two queues, local
// address and port, peer.
func (s *survey) readConnections(text string) error {
	if s.blind != nil {
		return errors.New("the consoles are not known")
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "State") {
		return errors.New("ss gives no table of connections")
	}
	for line := range strings.Lines(text) {
		cells := strings.Fields(line)
		if len(cells) < 5 || cells[0] != "ESTAB" {
			continue
		}
		port := cells[3][strings.LastIndex(cells[3], ":")+1:]
		if slices.Contains(s.ports, port) {
			s.facts.ConsoleOpen = true
		}
	}
	return nil
}

// result is the form of the last line of IBM's log. Nothing else of it is passed on: a log of logins may hold anything.
var result = regexp.MustCompile(`^Host: [A-Za-z0-9._-]{1,253} [A-Z]{1,20} - Return code: ?[0-9]{1,5}$`)

// readLog takes the last line of IBM's log; there is none before the first check.
func (s *survey) readLog(replies []reply) error {
	r := replies[0]
	if r.status == 1 && strings.TrimSpace(r.errs) == "" {
		return nil
	}
	if err := r.failed(); err != nil {
		return err
	}
	line := strings.TrimSpace(r.out)
	if line != "" && !result.MatchString(line) {
		return errors.New("the last line is not the result of a check")
	}
	s.facts.CheckLog = line
	return nil
}
