package sim

import (
	"fmt"
	"strings"
)

// setForm is the output of "show configuration | display set".
func (c *configuration) setForm() string {
	var out strings.Builder
	c.root.writeSet(&out, "")
	c.root.writeDeactivated(&out, "")
	return out.String()
}

func (n *node) writeSet(out *strings.Builder, above string) {
	for _, child := range n.children {
		path := above + " " + child.name
		for _, v := range child.values {
			fmt.Fprintf(out, "set%s %s\n", path, v)
		}
		if len(child.children) == 0 && len(child.values) == 0 {
			fmt.Fprintf(out, "set%s\n", path)
		}
		child.writeSet(out, path)
	}
}

func (n *node) writeDeactivated(out *strings.Builder, above string) {
	for _, child := range n.children {
		path := above + " " + child.name
		if child.inactive {
			fmt.Fprintf(out, "deactivate%s\n", path)
		}
		child.writeDeactivated(out, path)
	}
}

// curlyForm is the output of "show configuration" without its first line.
func (c *configuration) curlyForm() string {
	var out strings.Builder
	for _, child := range c.root.children {
		child.writeCurly(&out, "")
	}
	return out.String()
}

func (n *node) writeCurly(out *strings.Builder, indent string) {
	out.WriteString(indent)
	if n.inactive {
		out.WriteString("inactive: ")
	}
	switch {
	case n.rule != nil && n.rule.inline:
		fmt.Fprintf(out, "%s;\n", n.line())
	case len(n.children) > 0:
		fmt.Fprintf(out, "%s {\n", n.name)
		for _, child := range n.children {
			child.writeCurly(out, indent+"    ")
		}
		fmt.Fprintf(out, "%s}\n", indent)
	default:
		fmt.Fprintf(out, "%s;%s\n", n.line(), n.secretMark())
	}
}

// line is a statement without its semicolon, children of a one-line statement included.
func (n *node) line() string {
	text := n.name
	switch {
	case len(n.values) > 1:
		text += " [ " + strings.Join(n.values, " ") + " ]"
	case len(n.values) == 1:
		text += " " + n.values[0]
	}
	for _, child := range n.children {
		text += " " + child.line()
	}
	return text
}

func (n *node) secretMark() string {
	if n.rule != nil && n.rule.secret {
		return " ## SECRET-DATA"
	}
	return ""
}

// xmlForm is the children of a <configuration> element.
func (c *configuration) xmlForm() string {
	var out strings.Builder
	for _, child := range c.root.children {
		child.writeXML(&out, "    ")
	}
	return out.String()
}

func (n *node) writeXML(out *strings.Builder, indent string) {
	if n.rule != nil && n.rule.kind == list {
		for _, child := range n.children {
			child.writeXML(out, indent)
		}
		return
	}
	mark := ""
	if n.inactive {
		mark = ` inactive="inactive"`
	}
	element, names := n.element()
	if len(n.values) > 0 {
		for _, v := range n.values {
			fmt.Fprintf(out, "%s<%s%s>%s</%s>\n", indent, element, mark, escape(strings.Trim(v, `"`)), element)
		}
		return
	}
	if len(names) == 0 && len(n.children) == 0 {
		fmt.Fprintf(out, "%s<%s%s/>\n", indent, element, mark)
		return
	}
	fmt.Fprintf(out, "%s<%s%s>\n", indent, element, mark)
	for _, pair := range names {
		fmt.Fprintf(out, "%s    <%s>%s</%s>\n", indent, pair[0], escape(strings.Trim(pair[1], `"`)), pair[0])
	}
	inner := indent + "    "
	if n.rule != nil && n.rule.kind == keyed {
		sub := strings.Fields(n.name)[1]
		fmt.Fprintf(out, "%s<%s>\n", inner, sub)
		defer fmt.Fprintf(out, "%s</%s>\n", indent, element)
		defer fmt.Fprintf(out, "%s</%s>\n", inner, sub)
		inner += "    "
	} else {
		defer fmt.Fprintf(out, "%s</%s>\n", indent, element)
	}
	for _, child := range n.children {
		child.writeXML(out, inner)
	}
}

// element is the XML element of a statement and the naming elements inside it.
func (n *node) element() (string, [][2]string) {
	words := strings.Fields(n.name)
	if n.rule == nil {
		if len(words) == 1 {
			return words[0], nil
		}
		return words[0], [][2]string{{"name", strings.Join(words[1:], " ")}}
	}
	switch n.rule.kind {
	case named:
		return words[0], [][2]string{{"name", strings.Join(words[1:], " ")}}
	case wildcard:
		return n.rule.keyword, [][2]string{{"name", n.name}}
	case zonePair:
		return n.rule.keyword, [][2]string{{"from-zone-name", words[1]}, {"to-zone-name", words[3]}}
	}
	return words[0], nil
}

// escape writes text into XML as Junos does: lines stay lines, quotes stay quotes.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// compare is the output of "show | compare": what to does to from.
func compare(from, to *configuration) string {
	var out strings.Builder
	compareNodes(&out, from.root, to.root, "")
	return out.String()
}

func compareNodes(out *strings.Builder, from, to *node, path string) {
	var lines strings.Builder
	for _, old := range from.children {
		if now := to.child(old.name); now == nil {
			old.writeDiff(&lines, "-")
		} else if strings.Join(old.values, " ") != strings.Join(now.values, " ") {
			old.writeDiff(&lines, "-")
			now.writeDiff(&lines, "+")
		} else if old.inactive != now.inactive {
			now.writeToggle(&lines)
		}
	}
	for _, now := range to.children {
		if from.child(now.name) == nil {
			now.writeDiff(&lines, "+")
		}
	}
	if lines.Len() > 0 {
		fmt.Fprintf(out, "[edit%s]\n%s", path, lines.String())
	}
	for _, old := range from.children {
		if now := to.child(old.name); now != nil {
			compareNodes(out, old, now, path+" "+old.name)
		}
	}
}

func (n *node) writeDiff(out *strings.Builder, sign string) {
	var text strings.Builder
	n.writeCurly(&text, "   ")
	for line := range strings.Lines(text.String()) {
		out.WriteString(sign + line)
	}
}

// writeToggle shows a statement that was only activated or deactivated; Junos marks those with an exclamation mark.
func (n *node) writeToggle(out *strings.Builder) {
	word := "active"
	if n.inactive {
		word = "inactive"
	}
	body := n.line() + ";"
	if len(n.children) > 0 && (n.rule == nil || !n.rule.inline) {
		body = n.name + " { ... }"
	}
	fmt.Fprintf(out, "!   %s: %s\n", word, body)
}
