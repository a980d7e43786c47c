package junos

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// Cluster reads the state of the chassis cluster as the answering node sees it, nil on a standalone gateway. Errors are
// of kind Refused, Malformed or Unreachable.
func (s *Session) Cluster(ctx context.Context) (*upgrade.Cluster, error) {
	reply, err := s.call(ctx, s.timeout, "<get-chassis-cluster-status/>")
	if says(err, notEnabled) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readCluster(reply)
}

// notEnabled is how a standalone answers cluster commands (Juniper: "error: Chassis cluster is not enabled").
const notEnabled = "chassis cluster is not enabled"

// readCluster reads get-chassis-cluster-status. A missing number or a second row of one node is an error of kind
// Malformed: nothing is guessed about a cluster.
func readCluster(reply *element) (*upgrade.Cluster, error) {
	status := reply.first("chassis-cluster-status")
	if status == nil {
		return nil, upgrade.Errorf(upgrade.Malformed, "the cluster status holds no chassis-cluster-status")
	}
	id, err := number(status, "cluster-id")
	if err != nil {
		return nil, err
	}
	cluster := &upgrade.Cluster{ID: id}
	for _, e := range status.all("redundancy-group") {
		group, err := readGroup(e)
		if err != nil {
			return nil, err
		}
		cluster.Groups = append(cluster.Groups, group)
	}
	return cluster, validateCluster(cluster)
}

func readGroup(e *element) (upgrade.Group, error) {
	id, err := number(e, "redundancy-group-id")
	if err != nil {
		return upgrade.Group{}, err
	}
	failovers, err := number(e, "redundancy-group-failover-count")
	if err != nil {
		return upgrade.Group{}, err
	}
	group := upgrade.Group{ID: id, Failovers: failovers}
	for _, row := range rows(e.first("device-stats"), "device-name") {
		priority, err := number(row, "device-priority")
		if err != nil {
			return upgrade.Group{}, err
		}
		node := upgrade.Node{
			Name:     row.value("device-name"),
			Priority: priority,
			State:    strings.ToLower(row.value("redundancy-group-status")),
			Preempt:  flag(row.value("preempt")),
			Manual:   flag(row.value("failover-mode")),
		}
		node.Failures, node.FailuresKnown = failures(row.value("monitor-failures"))
		group.Nodes = append(group.Nodes, node)
	}
	return group, nil
}

// rows cuts an element whose rows lie flat in it, one after the other, where an element of the given name begins a row.
func rows(e *element, begin string) []*element {
	if e == nil {
		return nil
	}
	var rows []*element
	for _, child := range e.children {
		if child.name == begin {
			rows = append(rows, &element{name: "row"})
		}
		if len(rows) > 0 {
			row := rows[len(rows)-1]
			row.children = append(row.children, child)
		}
	}
	return rows
}

func number(e *element, names ...string) (int, error) {
	text := e.value(names...)
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, upgrade.Errorf(upgrade.Malformed, "%s of %s is %q, not a number", names[0], e.name, text)
	}
	return n, nil
}

// flag reads a yes-or-no cell. "n/a" and a missing cell are unknown, not no.
func flag(cell string) upgrade.Flag {
	switch strings.ToLower(cell) {
	case "yes":
		return upgrade.Yes
	case "no":
		return upgrade.No
	}
	return ""
}

// failures reads the monitor failures cell. None is an empty list that is known; "n/a" and a missing cell are unknown.
func failures(cell string) (codes []string, known bool) {
	switch strings.ToLower(cell) {
	case "", "n/a":
		return nil, false
	case "none":
		return nil, true
	}
	codes = strings.FieldsFunc(cell, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' })
	return codes, true
}

func validateCluster(c *upgrade.Cluster) error {
	for i, g := range c.Groups {
		if slices.ContainsFunc(c.Groups[:i], func(other upgrade.Group) bool { return other.ID == g.ID }) {
			return upgrade.Errorf(upgrade.Malformed, "the cluster status shows redundancy group %d twice", g.ID)
		}
		for j, n := range g.Nodes {
			if n.Name == "" || n.State == "" {
				return upgrade.Errorf(upgrade.Malformed, "the cluster status has an incomplete row in redundancy group %d", g.ID)
			}
			if slices.ContainsFunc(g.Nodes[:j], func(other upgrade.Node) bool { return other.Name == n.Name }) {
				return upgrade.Errorf(upgrade.Malformed, "the cluster status shows %s twice in redundancy group %d", n.Name, g.ID)
			}
		}
	}
	return nil
}
