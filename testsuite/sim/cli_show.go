package sim

import (
	"fmt"
	"strings"
)

// showTree is "show configuration" with its pipes, and "show" in configuration mode.
func (s *cliSession) showTree(config *configuration, path []string, p *pipes, committed bool) (string, bool, error) {
	g := s.gateway
	if p.compare != nil {
		old := g.rollbackConfig(*p.compare)
		if old == nil {
			return "", false, fmt.Errorf("error: rollback %d does not exist", *p.compare)
		}
		return strings.TrimPrefix(compare(old, config), "\n"), false, nil
	}
	if committed && len(path) == 0 {
		g.exported = true
	}
	if strings.HasPrefix(p.display, "inheritance") {
		config = config.effective(s.member.name())
	}
	n := config.at(path)
	switch {
	case n == nil && config.grammar.find(path[0]) == nil:
		return "", false, syntaxError("show configuration "+path[0], len("show configuration "))
	case n == nil:
		return "", false, nil
	}
	switch {
	case strings.HasSuffix(p.display, "set"):
		return config.setBelow(n, path, s.member.vm.version), false, nil
	case p.display == "xml":
		return s.xmlReply(s.configurationXML(config, n, path)), false, nil
	}
	head := ""
	if len(path) == 0 && committed {
		head = g.lastCommit()
	}
	if len(path) == 0 {
		head += "version " + s.member.vm.version + ";\n"
	}
	return head + n.curlyBelow(), false, nil
}

// setBelow is the set form of a statement with the whole path in each line.
func (c *configuration) setBelow(n *node, path []string, version string) string {
	if n == c.root {
		return "set version " + version + "\n" + c.setForm()
	}
	var out strings.Builder
	only := &node{children: []*node{n}}
	above := strings.TrimSuffix(" "+strings.Join(path, " "), " "+n.name)
	only.writeSet(&out, above)
	only.writeDeactivated(&out, above)
	return out.String()
}

// curlyBelow is what lies inside a statement; of one without children it is the statement.
func (n *node) curlyBelow() string {
	var out strings.Builder
	if len(n.children) == 0 && n.name != "" {
		n.writeCurly(&out, "")
	}
	for _, child := range n.children {
		child.writeCurly(&out, "")
	}
	return out.String()
}

// configurationXML wraps a statement in those above it.
func (s *cliSession) configurationXML(config *configuration, n *node, path []string) string {
	part := newConfiguration(config.grammar)
	part.root.children = config.root.children
	if n != config.root {
		part.root.children = []*node{config.root.along(path)}
	}
	return fmt.Sprintf("<configuration %s>\n%s</configuration>\n", s.asNetconf().lastChange(false), part.xmlForm())
}

// along is a copy of the first statement on a path with nothing beside the path.
func (n *node) along(path []string) *node {
	_, name, rest, err := step(n.rule, path)
	child := n.child(name)
	if err != nil || child == nil || len(rest) == 0 || child.rule.leaf() {
		return child
	}
	twin := *child
	twin.children = []*node{child.along(rest)}
	return &twin
}
