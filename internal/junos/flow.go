package junos

import (
	"strings"
)

// FlowSessions counts the sessions of a node's flow module.
type FlowSessions struct {
	Node  string
	Valid int // "in use" counts invalidated ones too
	Max   int // 0 is unknown
}

// ParseFlowSessions reads "show security flow session summary" in any form. Errors are of kind Malformed, or Refused in
// the words of the device.
func ParseFlowSessions(raw string) ([]FlowSessions, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readFlowSessions(o)
}

func readFlowSessions(o output) ([]FlowSessions, error) {
	var counts []FlowSessions
	for _, p := range o.byNode() {
		for _, e := range p.tree.all("flow-session-summary-information") {
			valid, err := number(e, "active-session-valid")
			if err != nil {
				return nil, err
			}
			count := FlowSessions{Node: p.node, Valid: valid}
			if e.first("max-sessions") != nil {
				if count.Max, err = number(e, "max-sessions"); err != nil {
					return nil, err
				}
			}
			counts = append(counts, count)
		}
		found, err := textFlowSessions(p)
		if err != nil {
			return nil, err
		}
		counts = append(counts, found...)
	}
	if len(counts) == 0 {
		return nil, unrecognised("flow session summary")
	}
	return counts, nil
}

func textFlowSessions(p part) ([]FlowSessions, error) {
	var counts []FlowSessions
	for _, line := range lines(p.text) {
		label, figure, _ := strings.Cut(line, ":")
		switch label {
		case "Valid sessions":
			valid, err := digits(strings.TrimSpace(figure))
			if err != nil {
				return nil, err
			}
			counts = append(counts, FlowSessions{Node: p.node, Valid: valid})
		case "Maximum-sessions":
			most, err := digits(strings.TrimSpace(figure))
			if err != nil || len(counts) == 0 {
				return nil, incomplete("the flow session summary", line)
			}
			counts[len(counts)-1].Max = most
		}
	}
	return counts, nil
}
