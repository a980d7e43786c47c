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
	if standalone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readCluster(reply)
}

// standalone recognises how a gateway that is no cluster refuses cluster commands (Juniper: "error: Chassis cluster is
// not enabled"; the statistics say "error: HA is not enabled").
func standalone(err error) bool {
	return says(err, "chassis cluster is not enabled") || says(err, "HA is not enabled")
}

// ParseCluster reads "show chassis cluster status" in any form; nil where the device says that it is no cluster. An
// output without a cluster, a row cut short or a row that stands twice is an error of kind Malformed.
func ParseCluster(raw string) (*upgrade.Cluster, error) {
	o, err := readOutput(raw)
	switch {
	case standalone(err):
		return nil, nil
	case err != nil:
		return nil, err
	case o.tree.first("chassis-cluster-status") != nil:
		return readCluster(o.tree)
	}
	return readClusterText(o.text)
}

// readCluster reads get-chassis-cluster-status. A missing number or a second row of one node is an error of kind
// Malformed: nothing is guessed about a cluster.
func readCluster(reply *element) (*upgrade.Cluster, error) {
	status := reply.first("chassis-cluster-status")
	if status == nil {
		return nil, unrecognised("chassis-cluster-status")
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
	if err := validateCluster(cluster); err != nil {
		return nil, err
	}
	return cluster, nil
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
	for _, row := range rows(e.all("device-stats"), "device-name") {
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

// rows cuts elements whose rows lie flat in them, one after the other, where an element of the given name begins a row.
// Some releases give each row an element of its own; both are read.
func rows(in []*element, begin string) []*element {
	var rows []*element
	for _, e := range in {
		open := false
		for _, child := range e.children {
			if child.name == begin {
				rows, open = append(rows, &element{name: "row"}), true
			}
			if open {
				row := rows[len(rows)-1]
				row.children = append(row.children, child)
			}
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
