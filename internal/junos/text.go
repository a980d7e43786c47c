package junos

import (
	"regexp"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// The lines of "show chassis cluster status" that carry values. Widths of the columns, indents, tabs and empty lines
// differ by release and by how the text was captured; Junos ES 9.2 writes "Redundancy-group: 0, Failover count: 1".
var (
	clusterLine = regexp.MustCompile(`(?i)^cluster id:\s*(\d+)$`)
	groupLine   = regexp.MustCompile(`(?i)^redundancy[ -]group:\s*(\d+)\s*,\s*failover count:\s*(\d+)$`)
	cutLine     = regexp.MustCompile(`(?i)^(?:redundancy[ -]group\b|cluster id\b|node[01]?$)`)
	headerLine  = regexp.MustCompile(`(?i)^node\s.*\bpreempt\b`)
	nodeLine    = regexp.MustCompile(`(?i)^node[01](?:\s|$)`)
	nodeRow     = regexp.MustCompile(`(?i)^(node[01])\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)\s*(.*)$`)
)

// readClusterText reads the CLI text. A text without a cluster, or with a row cut short, is an error of kind Malformed.
func readClusterText(text string) (*upgrade.Cluster, error) {
	var cluster *upgrade.Cluster
	hasFailures := false // the column exists since 12.1X46-D20
	for _, line := range lines(text) {
		if m := clusterLine.FindStringSubmatch(line); m != nil && cluster == nil {
			id, err := digits(m[1])
			if err != nil {
				return nil, err
			}
			cluster = &upgrade.Cluster{ID: id}
			continue
		}
		if cluster == nil { // banner, echo and the legend, which holds every failure code as a word
			continue
		}
		switch m := groupLine.FindStringSubmatch(line); {
		case headerLine.MatchString(line):
			hasFailures = strings.Contains(strings.ToLower(line), "monitor-failures")
		case m != nil:
			group, err := parseGroup(m)
			if err != nil {
				return nil, err
			}
			cluster.Groups = append(cluster.Groups, group)
		case nodeLine.MatchString(line):
			if err := addRow(cluster, line, hasFailures); err != nil {
				return nil, err
			}
		case cutLine.MatchString(line):
			return nil, incomplete("the cluster status", line)
		}
	}
	if cluster == nil {
		return nil, unrecognised("cluster status")
	}
	if err := validateCluster(cluster); err != nil {
		return nil, err
	}
	return cluster, nil
}

func parseGroup(m []string) (upgrade.Group, error) {
	id, err := digits(m[1])
	if err != nil {
		return upgrade.Group{}, err
	}
	failovers, err := digits(m[2])
	return upgrade.Group{ID: id, Failovers: failovers}, err
}

func addRow(cluster *upgrade.Cluster, line string, hasFailures bool) error {
	m := nodeRow.FindStringSubmatch(line)
	if m == nil || len(cluster.Groups) == 0 || hasFailures && m[6] == "" {
		return upgrade.Errorf(upgrade.Malformed, "the cluster status has an incomplete row %q", line)
	}
	priority, err := digits(m[2])
	if err != nil {
		return err
	}
	node := upgrade.Node{Name: strings.ToLower(m[1]), Priority: priority, State: strings.ToLower(m[3]), Preempt: flag(m[4]), Manual: flag(m[5])}
	node.Failures, node.FailuresKnown = failures(m[6])
	group := &cluster.Groups[len(cluster.Groups)-1]
	group.Nodes = append(group.Nodes, node)
	return nil
}

func digits(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, upgrade.Errorf(upgrade.Malformed, "%q is too large a number: %w", text, err)
	}
	return n, nil
}
