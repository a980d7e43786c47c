package sim

import (
	"fmt"
	"slices"
)

// loadAction is the action of a load as Junos names it.
type loadAction string

const (
	loadMerge    loadAction = "merge"
	loadReplace  loadAction = "replace"
	loadOverride loadAction = "override"
	loadUpdate   loadAction = "update"
	loadSet      loadAction = "set"
)

// combine puts a loaded configuration into c. Override and update end with the same statements; on a real device they
// differ in which processes are told (Juniper: "Load Configuration Files").
func (c *configuration) combine(loaded *configuration, action loadAction) (warnings []string, err error) {
	switch action {
	case loadOverride, loadUpdate:
		c.root = loaded.root.unmarked()
		return nil, nil
	case loadMerge, loadReplace:
		c.root.absorb(loaded.root, action == loadReplace, &warnings)
		return warnings, nil
	}
	return nil, fmt.Errorf("unknown load action %q", action)
}

// absorb merges the children of other into n; marks are obeyed, "replace:" only by the action of that name.
func (n *node) absorb(other *node, replace bool, warnings *[]string) {
	for _, load := range other.children {
		there := n.child(load.name)
		switch {
		case load.mark == markDelete:
			n.cut(there, load, warnings)
		case there == nil:
			fresh := &node{rule: load.rule, name: load.name, values: slices.Clone(load.values), inactive: load.inactive}
			fresh.absorb(load, replace, warnings)
			if !fresh.hollow() {
				n.add(fresh)
			}
		case load.mark == markReplace && replace:
			*there = *load.unmarked()
		default:
			there.merge(load, replace, warnings)
			if there.hollow() {
				n.drop(there)
			}
		}
	}
}

func (n *node) merge(load *node, replace bool, warnings *[]string) {
	if load.inactive || load.mark == markActivate {
		n.inactive = load.inactive
	}
	if n.rule != nil && n.rule.kind == value {
		n.values = slices.Clone(load.values)
	} else {
		for _, v := range load.values {
			if !slices.Contains(n.values, v) {
				n.values = append(n.values, v)
			}
		}
	}
	n.absorb(load, replace, warnings)
}

// cut deletes what a loaded statement with a deletion mark names: some values of a leaf or all of the statement.
func (n *node) cut(there, load *node, warnings *[]string) {
	if there == nil {
		*warnings = append(*warnings, errStatementNotFound.Error())
		return
	}
	if len(load.values) > 0 && there.rule.leaf() {
		there.values = slices.DeleteFunc(there.values, func(v string) bool { return slices.Contains(load.values, v) })
		if len(there.values) > 0 {
			return
		}
	}
	n.drop(there)
}

// unmarked is a copy without marks and without what was marked for deletion.
func (n *node) unmarked() *node {
	twin := *n
	twin.mark = markNone
	twin.values = slices.Clone(n.values)
	twin.children = nil
	for _, child := range n.children {
		if child.mark != markDelete {
			twin.children = append(twin.children, child.unmarked())
		}
	}
	return &twin
}

// rebase repeats on c what leads from one configuration to another: how a private edit is committed beside those of
// others (Juniper: "Configuration Private").
func (c *configuration) rebase(from, to *configuration) {
	rebaseNodes(c.root, from.root, to.root)
}

func rebaseNodes(n, from, to *node) {
	for _, old := range from.children {
		if there := n.child(old.name); there != nil && to.child(old.name) == nil {
			n.drop(there)
		}
	}
	for _, now := range to.children {
		old, there := from.child(now.name), n.child(now.name)
		switch {
		case there == nil && old == nil:
			n.add(now.clone())
		case there == nil && !slices.Equal(old.values, now.values):
			n.add(now.clone())
		case there == nil:
		case old == nil:
			there.merge(now, false, &[]string{})
		default:
			if !slices.Equal(old.values, now.values) {
				there.values = slices.Clone(now.values)
			}
			if old.inactive != now.inactive {
				there.inactive = now.inactive
			}
			rebaseNodes(there, old, now)
		}
	}
}
