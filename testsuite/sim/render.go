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
	case n.rule != nil && n.rule.inline && !n.partlyInactive():
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
	c.root.writeXMLBelow(&out, "    ")
	return out.String()
}

func (n *node) writeXML(out *strings.Builder, indent string) {
	if n.rule != nil && n.rule.kind == list {
		for _, child := range n.children {
			child.writeXML(out, indent)
		}
		return
	}
	off := ""
	if n.inactive {
		off = ` inactive="inactive"`
	}
	name, names := n.element()
	switch {
	case n.rule != nil && n.rule.kind == bare:
		fmt.Fprintf(out, "%s<%s%s>%s</%s>\n", indent, name, off, escape(unquoted(n.name)), name)
	case len(n.values) > 0:
		for _, v := range n.values {
			fmt.Fprintf(out, "%s<%s%s>%s</%s>\n", indent, name, off, escape(unquoted(v)), name)
		}
	case name == unlistedText:
		fmt.Fprintf(out, "%s<%s%s>%s</%s>\n", indent, name, off, escape(n.name), name)
	case len(names) == 0 && len(n.children) == 0:
		fmt.Fprintf(out, "%s<%s%s/>\n", indent, name, off)
	default:
		fmt.Fprintf(out, "%s<%s%s>\n", indent, name, off)
		for _, pair := range names {
			fmt.Fprintf(out, "%s    <%s>%s</%s>\n", indent, pair[0], escape(pair[1]), pair[0])
		}
		n.writeXMLBelow(out, indent+"    ")
		fmt.Fprintf(out, "%s</%s>\n", indent, name)
	}
}

// writeXMLBelow writes the children; those of one keyword such as family share one element.
func (n *node) writeXMLBelow(out *strings.Builder, indent string) {
	written := map[*rule]bool{}
	for _, child := range n.children {
		if child.rule == nil || child.rule.kind != keyed {
			child.writeXML(out, indent)
			continue
		}
		if written[child.rule] {
			continue
		}
		written[child.rule] = true
		fmt.Fprintf(out, "%s<%s>\n", indent, child.rule.keyword)
		for _, twin := range n.children {
			if twin.rule == child.rule {
				twin.writeXML(out, indent+"    ")
			}
		}
		fmt.Fprintf(out, "%s</%s>\n", indent, child.rule.keyword)
	}
}

// partlyInactive tells whether something below an active statement is not; then it does not fit on one line.
func (n *node) partlyInactive() bool {
	for _, child := range n.children {
		if child.inactive || child.partlyInactive() {
			return true
		}
	}
	return false
}

// subject is the last word of a statement's name: inet of family inet.
func (n *node) subject() string {
	_, last, _ := strings.Cut(n.name, " ")
	return last
}

// xmlName is what may be the name of an element.
func xmlName(word string) bool {
	for i, r := range word {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '-' && r != '.' && (r < '0' || r > '9')) {
			return false
		}
	}
	return word != ""
}

// element is the XML element of a statement and the naming elements inside it.
func (n *node) element() (string, [][2]string) {
	if n.rule == nil {
		first, rest, more := strings.Cut(n.name, " ")
		switch {
		case !xmlName(first):
			return unlistedText, nil
		case more:
			return first, [][2]string{{"name", rest}}
		}
		return first, nil
	}
	switch n.rule.kind {
	case named:
		return n.rule.keyword, [][2]string{{"name", unquoted(n.subject())}}
	case keyed:
		return n.subject(), nil
	case wildcard:
		return n.rule.keyword, [][2]string{{"name", unquoted(n.name)}}
	case bare:
		return n.rule.keyword, nil
	case zonePair:
		words, err := splitWords(n.name)
		if err != nil || len(words) != 4 {
			return n.rule.keyword, nil
		}
		return n.rule.keyword, [][2]string{{"from-zone-name", unquoted(words[1])}, {"to-zone-name", unquoted(words[3])}}
	}
	return n.name, nil
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
