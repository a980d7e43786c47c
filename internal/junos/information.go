package junos

import (
	"regexp"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// NodeInformation is what one node says of its place in the cluster.
type NodeInformation struct {
	Node   string
	Groups []GroupInformation
	LED    string // colour of the cluster LED
}

// GroupInformation is a node's standing in a redundancy group. A weight of 255 says that all monitors are fine, also on a
// disabled node; 0 and below that they failed, whatever the state says.
type GroupInformation struct {
	ID          int
	State       string // lower case; "" in the form of Junos 11, which has none
	Weight      int
	Failures    string // the monitors that failed, in the form of Junos 11
	Transitions []Transition
}

// Transition is a change of state. Its time carries neither year nor zone.
type Transition struct{ At, From, To, Reason string }

// The lines of "show chassis cluster information"; the second form of each is that of Junos 11.
var (
	groupInformation = regexp.MustCompile(`(?i)^redundancy group:?\s*(\d+)\s*,\s*current state:\s*([\w-]+)\s*,\s*weight:\s*(-?\d+)$`)
	groupThreshold   = regexp.MustCompile(`(?i)^redundancy group:?\s*(\d+)\s*,\s*threshold:\s*(-?\d+)\s*,\s*monitoring failures:\s*(\S.*)$`)
	groupBegin       = regexp.MustCompile(`(?i)^redundancy group:?\s*\d+\s*(?:$|,\s*(?:$|c|t))`)
	transitionRow    = regexp.MustCompile(`^([A-Z][a-z]{2}\s+\d+\s+[\d:.]+)\s+([a-z-]+)\s+([a-z-]+)\s+(\S.*)$`)
	transitionEvent  = regexp.MustCompile(`^([A-Z][a-z]{2}\s+\d+\s+[\d:.]+)\s*:\s*([a-z-]+)\s*->\s*([a-z-]+)\s*,\s*reason:\s*(\S.*)$`)
	transitionBegin  = regexp.MustCompile(`^[A-Z][a-z]{2}\s+\d+\s+\d`)
)

// ParseClusterInformation reads "show chassis cluster information" in any form; nil where the device says that it is no
// cluster. Errors are of kind Malformed, or Refused in the words of the device.
func ParseClusterInformation(raw string) ([]NodeInformation, error) {
	o, err := readOutput(raw)
	if standalone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readInformation(o)
}

func readInformation(o output) ([]NodeInformation, error) {
	var nodes []NodeInformation
	for _, p := range o.byNode() {
		node, err := treeInformation(p.tree)
		if p.tree.first("chassis-cluster-information") == nil {
			node, err = textInformation(p.text)
		}
		if err != nil {
			return nil, err
		}
		if len(node.Groups) == 0 {
			return nil, unrecognised("redundancy group")
		}
		node.Node = p.node
		nodes = append(nodes, node)
	}
	return nodes, nil
}

func treeInformation(tree *element) (node NodeInformation, err error) {
	node.LED = tree.value("current-led-color")
	tree.walk(func(e *element) {
		if err != nil || e.child("redundancy-group-id") == nil || e.child("redundancy-group-weight") == nil {
			return
		}
		group := GroupInformation{State: strings.ToLower(e.value("redundancy-group-status", "redundancy-group-state"))}
		if group.ID, err = number(e, "redundancy-group-id"); err != nil {
			return
		}
		if group.Weight, err = number(e, "redundancy-group-weight"); err != nil {
			return
		}
		for _, t := range e.all("redundancy-group-state-transition-record") {
			group.Transitions = append(group.Transitions, Transition{
				At: t.value("transition-time"), From: t.value("from-state"), To: t.value("to-state"), Reason: words(t.value("transition-reason")),
			})
		}
		node.Groups = append(node.Groups, group)
	})
	return node, err
}

func textInformation(text string) (node NodeInformation, err error) {
	for _, line := range lines(text) {
		group, begins, err := groupLineOf(line)
		if err != nil {
			return node, err
		}
		if begins {
			node.Groups = append(node.Groups, group)
			continue
		}
		if colour, found := strings.CutPrefix(line, "Current LED color:"); found {
			node.LED = strings.TrimSpace(colour)
		}
		if !transitionBegin.MatchString(line) || len(node.Groups) == 0 {
			continue
		}
		m := transitionEvent.FindStringSubmatch(line)
		if m == nil {
			m = transitionRow.FindStringSubmatch(line)
		}
		if m == nil {
			return node, incomplete("the cluster information", line)
		}
		last := &node.Groups[len(node.Groups)-1]
		last.Transitions = append(last.Transitions, Transition{At: m[1], From: m[2], To: m[3], Reason: words(m[4])})
	}
	return node, nil
}

// groupLineOf reads the line that begins a group.
func groupLineOf(line string) (group GroupInformation, begins bool, err error) {
	id, weight := "", ""
	if m := groupInformation.FindStringSubmatch(line); m != nil {
		id, weight, group.State = m[1], m[3], strings.ToLower(m[2])
	} else if m := groupThreshold.FindStringSubmatch(line); m != nil {
		id, weight = m[1], m[2]
		if !strings.EqualFold(m[3], "none") {
			group.Failures = m[3]
		}
	} else if groupBegin.MatchString(line) {
		return group, false, incomplete("the cluster information", line)
	} else {
		return group, false, nil
	}
	if group.ID, err = strconv.Atoi(id); err == nil {
		group.Weight, err = strconv.Atoi(weight)
	}
	if err != nil {
		return group, false, incomplete("the cluster information", line)
	}
	return group, true, nil
}

// weights are those of all nodes and groups.
func weights(nodes []NodeInformation) []upgrade.Weight {
	var weights []upgrade.Weight
	for _, n := range nodes {
		for _, g := range n.Groups {
			weights = append(weights, upgrade.Weight{Node: n.Node, Group: g.ID, Value: g.Weight})
		}
	}
	return weights
}

// words is a text with single blanks between its words.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }
