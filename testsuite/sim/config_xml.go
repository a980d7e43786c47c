package sim

import (
	"fmt"
	"strings"
)

// parseXML reads the children of a <configuration> element; attributes become marks.
func parseXML(grammar *rule, top *element) (*configuration, error) {
	c := newConfiguration(grammar)
	for i := range top.Children {
		if err := c.root.readXML(&top.Children[i]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// readXML puts the statement of one element below n.
func (n *node) readXML(e *element) error {
	tagged, err := e.loadTag()
	if err != nil {
		return err
	}
	r := n.rule.element(e.XMLName.Local)
	switch {
	case n.name == "" && e.XMLName.Local == "version":
		return nil
	case r == nil:
		return n.readUnlisted(e, nil, tagged)
	case r.leaf():
		return n.readLeaf(e, tagged)
	case r.kind == bare:
		return n.load(statement{words: []string{canonical(e.trimmed())}, loadTag: tagged})
	case r.kind == keyed:
		for i := range e.Children {
			if err := n.readBelow(&e.Children[i], []string{r.keyword, e.Children[i].XMLName.Local}, tagged); err != nil {
				return err
			}
		}
		return nil
	}
	words, err := r.words(e)
	if err != nil {
		return err
	}
	return n.readBelow(e, words, tagged)
}

// words are the words that name the statement of an element.
func (r *rule) words(e *element) ([]string, error) {
	names := map[kind][]string{named: {"name"}, wildcard: {"name"}, list: {"name"}, zonePair: {"from-zone-name", "to-zone-name"}}[r.kind]
	var found []string
	for _, name := range names {
		if e.child(name) == nil {
			return nil, fmt.Errorf("syntax error: <%s> lacks <%s>", r.keyword, name)
		}
		found = append(found, canonical(e.text(name)))
	}
	switch r.kind {
	case wildcard:
		return found, nil
	case zonePair:
		return []string{"from-zone", found[0], "to-zone", found[1]}, nil
	}
	return append([]string{r.keyword}, found...), nil
}

// readBelow makes the statement that words name and reads the children of its element.
func (n *node) readBelow(e *element, words []string, above loadTag) error {
	own, err := e.loadTag()
	if err != nil {
		return err
	}
	if above.mark == markNone {
		above.mark = own.mark
	}
	above.inactive = above.inactive || own.inactive
	if above.mark == markDelete {
		return n.putDeletion(words)
	}
	chain, err := n.put(words)
	if err != nil {
		return err
	}
	target := chain[len(chain)-1]
	for i := range e.Children {
		child := &e.Children[i]
		if name := child.XMLName.Local; name == "name" || strings.HasSuffix(name, "-zone-name") {
			continue
		}
		if err := target.readXML(child); err != nil {
			return err
		}
	}
	target.tagged(above)
	return nil
}

func (n *node) readLeaf(e *element, t loadTag) error {
	words := []string{e.XMLName.Local}
	if text := e.trimmed(); text != "" {
		words = append(words, canonical(text))
	}
	if t.mark != markDelete && len(words) == 1 {
		return fmt.Errorf("syntax error: <%s> has no value", e.XMLName.Local)
	}
	return n.load(statement{words: words, loadTag: t})
}

// unlistedText is the element of a line whose first word cannot be the name of one; Junos has it for hidden
// statements.
const unlistedText = "undocumented"

// readUnlisted turns an element that the hierarchy does not list into lines, one for each element without children.
func (n *node) readUnlisted(e *element, prefix []string, t loadTag) error {
	words := append([]string{}, prefix...)
	if e.XMLName.Local != unlistedText {
		words = append(words, e.XMLName.Local)
	}
	text, leaf := e.trimmed(), true
	for i := range e.Children {
		if e.Children[i].XMLName.Local == "name" {
			text += e.Children[i].trimmed()
		} else {
			leaf = false
		}
	}
	if text != "" {
		more, err := splitWords(text)
		if err != nil {
			return err
		}
		words = append(words, more...)
	}
	if leaf {
		return n.load(statement{words: words, loadTag: t})
	}
	for i := range e.Children {
		if e.Children[i].XMLName.Local == "name" {
			continue
		}
		if err := n.readUnlisted(&e.Children[i], words, t); err != nil {
			return err
		}
	}
	return nil
}

// loadTag reads the attributes that Junos knows on configuration elements (Juniper: "Junos XML protocol attributes").
func (e *element) loadTag() (t loadTag, err error) {
	for _, a := range e.Attrs {
		switch a.Name.Local {
		case "inactive":
			t.inactive = a.Value == "inactive"
		case "active":
			t.inactive = a.Value == "false"
			if !t.inactive {
				t.mark = markActivate
			}
		case "delete", "replace":
			t.mark = mark(a.Name.Local)
		case "operation":
			switch a.Value {
			case "delete", "remove":
				t.mark = markDelete
			case "replace":
				t.mark = markReplace
			case "merge", "create":
			default:
				return t, fmt.Errorf("unknown operation %q", a.Value)
			}
		}
	}
	return t, nil
}

// trimmed is an element's own text.
func (e *element) trimmed() string { return strings.TrimSpace(e.Text) }
