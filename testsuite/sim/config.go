package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// node is one statement of a configuration with what lies below it.
type node struct {
	rule     *rule // nil: not in the hierarchy, kept as one line
	name     string
	values   []string
	inactive bool
	mark     mark // only in what a client loads
	children []*node
}

// configuration is a Junos configuration as a tree of statements.
type configuration struct {
	grammar *rule
	root    *node
}

// errStatementNotFound is what Junos warns of when a statement to delete or deactivate does not exist.
var errStatementNotFound = errors.New("statement not found")

func newConfiguration(grammar *rule) *configuration {
	return &configuration{grammar: grammar, root: &node{rule: grammar}}
}

// parseConfiguration reads set form: lines of set, delete, activate and deactivate.
func parseConfiguration(grammar *rule, text string) (*configuration, error) {
	c := newConfiguration(grammar)
	_, err := c.load(text)
	return c, err
}

// load applies set-form lines and returns Junos's warnings; on an error the configuration is part changed.
func (c *configuration) load(text string) (warnings []string, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		err := c.apply(line)
		if errors.Is(err, errStatementNotFound) {
			warnings = append(warnings, err.Error())
			continue
		}
		if err != nil {
			return warnings, err
		}
	}
	return warnings, nil
}

func (c *configuration) apply(line string) error {
	words, err := splitWords(line)
	if err != nil {
		return err
	}
	if len(words) < 2 {
		return fmt.Errorf("syntax error: %s", line)
	}
	path := words[1:]
	if path[0] == "version" {
		return nil // Junos writes the running version there whatever is loaded
	}
	switch words[0] {
	case "set":
		return c.set(path)
	case "delete":
		return c.remove(path)
	case "activate", "deactivate":
		n, _ := c.find(path)
		if n == nil {
			return errStatementNotFound
		}
		n.deactivate(words[0] == "deactivate")
		return nil
	}
	return fmt.Errorf("unknown command: %s", words[0])
}

// step splits a path into the child node it names first and the rest.
func step(at *rule, path []string) (r *rule, name string, rest []string, err error) {
	r = at.find(path[0])
	if r == nil {
		return nil, strings.Join(path, " "), nil, nil
	}
	w := r.width()
	if len(path) < w {
		return nil, "", nil, fmt.Errorf("syntax error, expecting <%s>: missing argument", path[0])
	}
	return r, strings.Join(path[:w], " "), path[w:], nil
}

func (c *configuration) set(path []string) error {
	_, err := c.root.put(path)
	return err
}

// put makes a path below n and returns the statements on it, topmost first.
func (n *node) put(path []string) (chain []*node, err error) {
	for len(path) > 0 {
		r, name, rest, err := step(n.rule, path)
		if err != nil {
			return nil, err
		}
		child := n.child(name)
		if child == nil {
			child = &node{rule: r, name: name}
			n.add(child)
		}
		chain = append(chain, child)
		if r.leaf() {
			return chain, child.assign(rest)
		}
		n, path = child, rest
	}
	return chain, nil
}

// add appends a child; of the statements without a keyword there is only one.
func (n *node) add(child *node) {
	if child.rule != nil && child.rule.kind == bare {
		n.children = slices.DeleteFunc(n.children, func(x *node) bool { return x.rule == child.rule })
	}
	n.children = append(n.children, child)
}

func (n *node) assign(words []string) error {
	if len(words) == 0 || n.rule.kind == value && len(words) > 1 {
		return fmt.Errorf("syntax error: %s %s", n.name, strings.Join(words, " "))
	}
	if n.rule.secret {
		words = []string{quoted(words[0])}
	}
	if n.rule.kind == value {
		n.values = slices.Clone(words)
		return nil
	}
	for _, w := range words {
		if !slices.Contains(n.values, w) {
			n.values = append(n.values, w)
		}
	}
	return nil
}

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// deactivate turns a statement off or on. A list has no element of its own in XML; its entries carry the mark.
func (n *node) deactivate(off bool) {
	if n.rule != nil && n.rule.kind == list {
		for _, entry := range n.children {
			entry.inactive = off
		}
		return
	}
	n.inactive = off
}

// find is the node at a path and its parent; nil if there is none.
func (c *configuration) find(path []string) (found, parent *node) {
	n := c.root
	for len(path) > 0 {
		_, name, rest, err := step(n.rule, path)
		if err != nil {
			return nil, nil
		}
		child := n.child(name)
		if child == nil {
			return nil, nil
		}
		if child.rule.leaf() {
			if len(rest) > 0 && !slices.Contains(child.values, rest[0]) {
				return nil, nil
			}
			rest = nil
		}
		parent, n, path = n, child, rest
	}
	return n, parent
}

func (c *configuration) remove(path []string) error {
	n, parent := c.find(path)
	if n == nil || parent == nil {
		return errStatementNotFound
	}
	last := path[len(path)-1]
	if n.rule != nil && n.rule.kind == values && slices.Contains(n.values, last) && len(n.values) > 1 {
		n.values = slices.DeleteFunc(n.values, func(v string) bool { return v == last })
		return nil
	}
	parent.drop(n)
	c.prune(path)
	return nil
}

func (n *node) drop(child *node) {
	n.children = slices.DeleteFunc(n.children, func(x *node) bool { return x == child })
}

// prune drops the containers that a deletion left empty, as Junos does.
func (c *configuration) prune(path []string) {
	for len(path) > 1 {
		path = path[:len(path)-1]
		n, parent := c.find(path)
		if n != nil && parent != nil && n.hollow() {
			parent.drop(n)
		}
	}
}

// hollow is a statement that means nothing without others below it.
func (n *node) hollow() bool {
	return len(n.children) == 0 && n.rule != nil && (n.rule.kind == container || n.rule.kind == list)
}

// active tells whether a statement is there, also by inheritance, and neither it nor anything above it is deactivated.
func (c *configuration) active(statement string) bool {
	return c.effective("").holds(strings.Fields(statement))
}

func (c *configuration) holds(words []string) bool {
	for i := 1; i <= len(words); i++ {
		if n, _ := c.find(words[:i]); n != nil && n.inactive {
			return false
		}
	}
	n, _ := c.find(words)
	return n != nil
}

// text is the value of an active leaf, without quotes; "" if there is none.
func (c *configuration) text(path string) string { return c.textOn("", path) }

// textOn is text with the groups that only one node inherits.
func (c *configuration) textOn(nodeName, path string) string {
	e, words := c.effective(nodeName), strings.Fields(path)
	n, _ := e.find(words)
	if n == nil || len(n.values) == 0 || !e.holds(words) {
		return ""
	}
	return unquoted(n.values[0])
}

func (c *configuration) clone() *configuration {
	return &configuration{grammar: c.grammar, root: c.root.clone()}
}

func (n *node) clone() *node {
	twin := *n
	twin.values = slices.Clone(n.values)
	twin.children = make([]*node, len(n.children))
	for i, child := range n.children {
		twin.children[i] = child.clone()
	}
	return &twin
}

// same tells whether two configurations hold the same statements, in whatever order.
func (c *configuration) same(other *configuration) bool { return compare(c, other) == "" }
