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
	headerLine  = regexp.MustCompile(`(?i)^node\s.*\bpreempt\b`)
	nodeLine    = regexp.MustCompile(`^node[01](?:\s|$)`)
	nodeRow     = regexp.MustCompile(`^(node[01])\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)\s*(.*)$`)
)

// ParseClusterText reads the CLI text of "show chassis cluster status", with or without prompts around it; nil where the
// device says that it is not a cluster. A text without a cluster, or with a row cut short, is an error of kind Malformed.
func ParseClusterText(text string) (*upgrade.Cluster, error) {
	var cluster *upgrade.Cluster
	hasFailures := false // the column exists since 12.1X46-D20
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.Contains(strings.ToLower(line), notEnabled) && cluster == nil {
			return nil, nil
		}
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
		}
	}
	if cluster == nil {
		return nil, upgrade.Errorf(upgrade.Malformed, "the text holds no cluster status")
	}
	return cluster, validateCluster(cluster)
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
	node := upgrade.Node{Name: m[1], Priority: priority, State: strings.ToLower(m[3]), Preempt: flag(m[4]), Manual: flag(m[5])}
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

// ParseVersionText reads the CLI text of "show version": host name and running release, by node on a cluster. Lines such
// as "Pending:" and those of packages hold other releases. Errors are of kind Malformed.
func ParseVersionText(text string) ([]upgrade.NodeVersion, error) {
	var nodes []upgrade.NodeVersion
	current := upgrade.NodeVersion{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if node, found := strings.CutSuffix(line, ":"); found && nodeLine.MatchString(node) {
			current = upgrade.NodeVersion{Node: node}
		}
		if host, found := strings.CutPrefix(line, "Hostname:"); found {
			current.Host = strings.TrimSpace(host)
		}
		version, found := strings.CutPrefix(line, "Junos:")
		if _, rest, old := strings.Cut(line, "JUNOS Software Release ["); old {
			version, _, found = strings.Cut(rest, "]")
		}
		if found && current.Version == "" {
			current.Version = strings.TrimSpace(version)
			nodes = append(nodes, current)
		}
	}
	if len(nodes) == 0 {
		return nil, upgrade.Errorf(upgrade.Malformed, "the text names no release")
	}
	return nodes, nil
}
