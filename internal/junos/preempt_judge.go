package junos

import (
	"context"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// wanted reports whether the configured statement is as asked for. No statement is as good as an inactive one.
func (p preemptChange) wanted(preempt upgrade.Preempt) bool {
	return (preempt == upgrade.PreemptActive) == p.on
}

// effective refuses a cluster whose status does not show preempt of redundancy group 1 as asked for: the statement may
// also come from a configuration group.
func (p preemptChange) effective(ctx context.Context, s *Session) error {
	cluster, err := s.Cluster(ctx)
	if err != nil {
		return err
	}
	if cluster == nil {
		return upgrade.Errorf(upgrade.Refused, "the gateway is not a chassis cluster")
	}
	want := upgrade.No
	if p.on {
		want = upgrade.Yes
	}
	group, _ := cluster.Group(1)
	known := 0
	for _, node := range group.Nodes {
		if node.Preempt == "" { // the row of a lost node says n/a
			continue
		}
		known++
		if node.Preempt != want {
			return upgrade.Errorf(upgrade.Refused, "the cluster status shows preempt %s for %s in redundancy group 1", node.Preempt, node.Name).
				Advise("look for a preempt statement in a configuration group")
		}
	}
	if known == 0 {
		return upgrade.Errorf(upgrade.Refused, "the cluster status does not show preempt of redundancy group 1")
	}
	return nil
}

// onlyPreempt reports whether a comparison shows the preempt statement of redundancy group 1 changing its activity and
// nothing else. Junos marks that with "!" and the new state, or removes and adds the statement.
func onlyPreempt(difference string, on bool) bool {
	lines := strings.Split(strings.TrimSpace(difference), "\n")
	if strings.TrimSpace(lines[0]) != "[edit chassis cluster redundancy-group 1]" {
		return false
	}
	changed := map[byte][]string{}
	for _, line := range lines[1:] {
		line = strings.TrimSpace(line)
		if line == "" || !strings.ContainsRune("!+-", rune(line[0])) {
			return false
		}
		changed[line[0]] = append(changed[line[0]], strings.Fields(line[1:])...)
	}
	marked, removed, added := changed['!'], changed['-'], changed['+']
	if len(marked) > 0 {
		state := "inactive:"
		if on {
			state = "active:"
		}
		return len(removed)+len(added) == 0 && marked[0] == state && isPreempt(marked[1:])
	}
	active, inactive := removed, added
	if on {
		active, inactive = added, removed
	}
	return isPreempt(active) && len(inactive) > 0 && inactive[0] == "inactive:" && slices.Equal(inactive[1:], active)
}

// isPreempt reports whether the words are one preempt statement, with or without a block of children.
func isPreempt(words []string) bool {
	if len(words) == 1 {
		return words[0] == "preempt;"
	}
	if len(words) < 3 || words[0] != "preempt" || words[1] != "{" {
		return false
	}
	depth := 0
	for i, word := range words {
		switch word {
		case "{":
			depth++
		case "}":
			depth--
		}
		if i > 1 && depth == 0 {
			return i == len(words)-1
		}
	}
	return false
}
