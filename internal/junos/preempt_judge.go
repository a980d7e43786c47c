package junos

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"vsrx-upgrade/internal/upgrade"
)

func (p preemptChange) validate() error {
	printable := !strings.ContainsFunc(p.log, func(c rune) bool { return !unicode.IsPrint(c) })
	switch {
	case p.minutes < 1 || p.minutes > 65535: // Juniper: commit confirmed
		return upgrade.Errorf(upgrade.Invalid, "%d minutes are no time for a confirmed commit, 1 to 65535 are", p.minutes)
	case p.log == "" || len(p.log) > 512 || !printable || p.log != strings.TrimSpace(p.log):
		return upgrade.Errorf(upgrade.Invalid, "the commit log must be one line of 1 to 512 printable characters")
	}
	return nil
}

func (p preemptChange) word() string {
	if p.on {
		return "on"
	}
	return "off"
}

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
