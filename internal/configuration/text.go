package configuration

import (
	"bufio"
	"io"
	"strings"
)

// WriteText writes the configuration in curly form, indented as Junos does. Comments are not written, secrets are as
// they are. What a set form does not tell, which words stand on one line, comes from the vocabulary and the shape of the
// tree: to load a configuration into a device that was read from a set form, write the set form.
func (t *Tree) WriteText(w io.Writer) error {
	c := curlyWriter{out: bufio.NewWriterSize(w, 64<<10)}
	for _, n := range t.root.children {
		c.statements(nil, n, 0)
	}
	return c.out.Flush()
}

type curlyWriter struct{ out *bufio.Writer }

// statements writes the statements that begin with the words of head and then n.
func (c *curlyWriter) statements(head []*Node, n *Node, level int) {
	head = append(head[:len(head):len(head)], n)
	switch options := n.options(head); {
	case n.Leaf():
		c.line(head, ";", level)
	case options != nil:
		c.line(append(head, options...), ";", level)
	case n.bracketed():
		c.list(head, level)
	case n.together(head):
		for _, child := range n.children {
			c.statements(head, child, level)
		}
	default:
		c.line(head, " {", level)
		for _, child := range n.children {
			c.statements(nil, child, level+1)
		}
		c.indent(level)
		c.out.WriteString("}\n")
	}
}

// together reports whether what follows n stands on the same line.
func (n *Node) together(head []*Node) bool {
	switch {
	case n.children[0].flags&structured != 0:
		return n.allJoined()
	case len(head) > 1 && keyed(head[len(head)-2].word): // n is a key
		return len(n.children) == 1 && (n.child("to-zone") != nil || n.child("to") != nil)
	case keyed(n.word), n.facility():
		return true
	}
	return n.takesOne() || valueList(n.word)
}

// facility reports whether n is a facility of a syslog target, whose severity stands on the same line.
func (n *Node) facility() bool {
	target := n.parent
	if target == nil || target.parent == nil || target.parent.parent == nil || target.parent.parent.word != "syslog" {
		return false
	}
	return len(n.children) == 1 && n.children[0].Leaf() && keyed(target.parent.word)
}

func (n *Node) allJoined() bool {
	for _, child := range n.children {
		if child.flags&joined == 0 {
			return false
		}
	}
	return true
}

// options are the nodes of all options of a statement that Junos prints on one line, nil when it is none.
func (n *Node) options(head []*Node) []*Node {
	first := head[0]
	before, above := "", ""
	if p := first.parent; p != nil {
		if before = p.word; p.parent != nil {
			above = p.parent.word
		}
	}
	if words, ok := manyOptions(first.word, before, above); !ok || words != len(head) || len(n.children) < 2 {
		return nil
	}
	var all []*Node
	for i, option := range n.children {
		words := 0
		for at := option; ; at = at.children[0] {
			if at.flags&(inactive|protected) != 0 || len(at.children) > 1 {
				return nil
			}
			all = append(all, at)
			if at.Leaf() {
				break
			}
			words++
		}
		if named := optionWords(first.word, option.word); named != words && !(i == 0 && named < 0 && words == 0) {
			return nil
		}
	}
	return all
}

// bracketed reports whether the children are several values that may stand in brackets.
func (n *Node) bracketed() bool {
	if len(n.children) < 2 {
		return false
	}
	asList := valueList(n.word)
	for _, child := range n.children {
		if !child.Leaf() || child.flags&(inactive|protected) != 0 || !asList && child.flags&listed == 0 {
			return false
		}
	}
	return true
}

func (c *curlyWriter) line(head []*Node, end string, level int) {
	c.open(head, level)
	c.out.WriteString(end)
	c.out.WriteByte('\n')
}

func (c *curlyWriter) list(head []*Node, level int) {
	c.open(head, level)
	c.out.WriteString(" [")
	for _, child := range head[len(head)-1].children {
		c.out.WriteByte(' ')
		c.out.WriteString(Quote(child.word))
	}
	c.out.WriteString(" ];\n")
}

// open writes the words of a statement with the marks that any of them carries.
func (c *curlyWriter) open(head []*Node, level int) {
	c.indent(level)
	var all flags
	for _, n := range head {
		all |= n.flags
	}
	if all&protected != 0 {
		c.out.WriteString("protect: ")
	}
	if all&inactive != 0 {
		c.out.WriteString("inactive: ")
	}
	for i, n := range head {
		if i > 0 {
			c.out.WriteByte(' ')
		}
		c.out.WriteString(Quote(n.word))
	}
}

func (c *curlyWriter) indent(level int) {
	c.out.WriteString(strings.Repeat("    ", level))
}
