package sim

import (
	"path"
	"slices"
	"strings"
)

// effective is what a configuration means with its groups inherited, as inherit="inherit" shows it: the statements of
// the groups stand in their places, groups and apply-groups are gone. The name stands for ${node}.
func (c *configuration) effective(nodeName string) *configuration {
	groups := c.root.child("groups")
	if groups == nil {
		return c
	}
	whole := c.clone()
	sources := map[string][]*node{}
	for _, g := range groups.children {
		if !g.inactive {
			sources[g.name] = []*node{g}
		}
	}
	whole.root.inherit(sources, nil, nodeName)
	whole.root.children = slices.DeleteFunc(whole.root.children, func(n *node) bool { return n.name == "groups" })
	return whole
}

// inherit fills a statement from the groups that apply to it. Sources holds what every group says about this place;
// the first group to say something wins, the statement itself before all (Juniper: "Configuration Groups").
func (n *node) inherit(sources map[string][]*node, applied []string, nodeName string) {
	applied = n.appliedGroups(applied, nodeName)
	for _, name := range applied {
		for _, from := range sources[name] {
			n.fill(from)
		}
	}
	n.children = slices.DeleteFunc(n.children, func(x *node) bool { return x.rule != nil && x.rule.everywhere })
	for _, child := range n.children {
		if child.name == "groups" {
			continue
		}
		below := map[string][]*node{}
		for name, list := range sources {
			for _, from := range list {
				for _, candidate := range from.children {
					if candidate.covers(child) {
						below[name] = append(below[name], candidate)
					}
				}
			}
		}
		child.inherit(below, applied, nodeName)
	}
}

// appliedGroups adds the groups that n applies itself, which come first, and takes away those it excepts.
func (n *node) appliedGroups(above []string, nodeName string) []string {
	var own, except []string
	for _, child := range n.children {
		if child.inactive {
			continue
		}
		for _, v := range child.values {
			name := strings.ReplaceAll(unquoted(v), "${node}", nodeName)
			switch child.name {
			case "apply-groups":
				own = append(own, name)
			case "apply-groups-except":
				except = append(except, name)
			}
		}
	}
	return slices.DeleteFunc(append(own, above...), func(name string) bool { return slices.Contains(except, name) })
}

// fill adds what a group says and n does not.
func (n *node) fill(from *node) {
	for _, v := range from.values {
		if n.rule.kind == values && !slices.Contains(n.values, v) {
			n.values = append(n.values, v)
		}
	}
	for _, child := range from.children {
		if child.inactive || strings.Contains(child.name, "<") || n.child(child.name) != nil {
			continue // a pattern names only what is there; what is there is filled when its turn comes
		}
		fresh := child.inheritable()
		n.children = append(n.children, fresh)
	}
}

// inheritable is a copy of a group's statement without what is inactive and without patterns.
func (n *node) inheritable() *node {
	twin := *n
	twin.values, twin.children = slices.Clone(n.values), nil
	for _, child := range n.children {
		if !child.inactive && !strings.Contains(child.name, "<") {
			twin.children = append(twin.children, child.inheritable())
		}
	}
	return &twin
}

// covers tells whether a group's statement speaks of a statement: by its name or by a pattern such as <ge-*>.
func (n *node) covers(child *node) bool {
	if n.inactive || n.rule != child.rule {
		return false
	}
	if n.name == child.name {
		return true
	}
	pattern := strings.NewReplacer("<", "", ">", "").Replace(n.name)
	if !strings.Contains(n.name, "<") {
		return false
	}
	fits, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(child.name, "/", "\x00"))
	return err == nil && fits
}
