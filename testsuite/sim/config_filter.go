package sim

// filtered is the part of a configuration that a subtree filter selects: elements without children select everything
// below them, a naming element selects by name (Juniper: "Requesting Specific Configuration Data").
func (c *configuration) filtered(top *element) *configuration {
	if top == nil || len(top.Children) == 0 {
		return c
	}
	part := newConfiguration(c.grammar)
	part.root.children = c.root.selected(top)
	return part
}

func (n *node) selected(filter *element) []*node {
	var chosen []*node
	for _, child := range n.children {
		for i := range filter.Children {
			if kept := child.pick(&filter.Children[i]); kept != nil {
				chosen = append(chosen, kept)
				break
			}
		}
	}
	return chosen
}

// pick is what one filter element leaves of a statement; nil if it does not select it.
func (n *node) pick(filter *element) *node {
	if n.rule != nil && n.rule.kind == list {
		twin := *n
		twin.children = nil
		for _, entry := range n.children {
			if kept := entry.pick(filter); kept != nil {
				twin.children = append(twin.children, kept)
			}
		}
		if len(twin.children) == 0 {
			return nil
		}
		return &twin
	}
	name, names := n.element()
	inner := filter
	if n.rule != nil && n.rule.kind == keyed {
		name = n.rule.keyword
		if len(filter.Children) > 0 {
			inner = filter.child(n.subject())
		}
	}
	if name != filter.XMLName.Local || inner == nil {
		return nil
	}
	deeper := len(inner.Children)
	for _, pair := range names {
		if c := inner.child(pair[0]); c != nil {
			deeper--
			if text := c.trimmed(); text != "" && text != unquoted(pair[1]) {
				return nil
			}
		}
	}
	if deeper == 0 {
		return n
	}
	twin := *n
	if twin.children = n.selected(inner); len(twin.children) == 0 {
		return nil
	}
	return &twin
}

// at is the part of a configuration below a path of words, with what leads there; nil if there is no such statement.
func (c *configuration) at(words []string) *node {
	if len(words) == 0 {
		return c.root
	}
	n, _ := c.find(words)
	return n
}
