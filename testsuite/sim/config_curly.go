package sim

import (
	"fmt"
	"strings"
)

// mark says what a loaded statement is to do to the one that is there.
type mark string

const (
	markNone     mark = ""
	markReplace  mark = "replace"
	markDelete   mark = "delete"
	markActivate mark = "active"
)

// parseCurly reads the form of "show configuration"; tags such as "replace:" become marks.
func parseCurly(grammar *rule, text string) (*configuration, error) {
	c := newConfiguration(grammar)
	r := curlyReader{lexer{text: text, curly: true}}
	if err := r.block(c.root, nil, loadTag{}, true); err != nil {
		return nil, err
	}
	return c, nil
}

type curlyReader struct{ lexer }

// loadTag is what stands before a statement: "inactive:", "replace:" and the like.
type loadTag struct {
	inactive bool
	mark     mark
}

// statement is the head of a statement up to its semicolon or brace.
type statement struct {
	loadTag
	words []string
	end   string // ";", "{", "}" or "" at the end of the text
}

func (r *curlyReader) statement() (s statement, err error) {
	for {
		t, err := r.next()
		if err != nil {
			return s, err
		}
		if t.end {
			if len(s.words) > 0 {
				return s, fmt.Errorf("syntax error: %s: missing semicolon", strings.Join(s.words, " "))
			}
			return s, nil
		}
		switch {
		case t.quoted:
			s.words = append(s.words, canonical(t.text))
		case t.text == ";" || t.text == "{" || t.text == "}":
			s.end = t.text
			return s, nil
		case t.text == "[" || t.text == "]":
		case len(s.words) == 0 && strings.HasSuffix(t.text, ":") && s.loadTag.read(strings.TrimSuffix(t.text, ":")):
		default:
			s.words = append(s.words, t.text)
		}
	}
}

// read takes a loadTag; false if there is no such loadTag.
func (t *loadTag) read(word string) bool {
	switch word {
	case "inactive":
		t.inactive = true
	case "active", "replace", "delete":
		t.mark = mark(word)
	case "protect", "unprotect":
	default:
		return false
	}
	return true
}

// block reads statements below n up to a closing brace. A block that the hierarchy does not list is flattened: every
// statement in it becomes one line that begins with the words of the block and has its loadTag.
func (r *curlyReader) block(n *node, prefix []string, above loadTag, top bool) error {
	empty := true
	for {
		s, err := r.statement()
		if err != nil {
			return err
		}
		if s.end == "" || s.end == "}" {
			if len(s.words) > 0 || top != (s.end == "") {
				return fmt.Errorf("syntax error: unbalanced braces")
			}
			if empty && len(prefix) > 0 {
				return n.load(statement{words: prefix, loadTag: above})
			}
			return nil
		}
		empty = false
		if err := r.one(n, s, prefix, above); err != nil {
			return err
		}
	}
}

func (r *curlyReader) one(n *node, s statement, prefix []string, above loadTag) error {
	if len(s.words) == 0 {
		return fmt.Errorf("syntax error: statement expected before %q", s.end)
	}
	if len(prefix) == 0 && n.name == "" && s.words[0] == "version" {
		return nil // Junos writes the running version there whatever is loaded
	}
	s.words = append(append([]string{}, prefix...), s.words...)
	s.inactive = s.inactive || above.inactive
	if s.mark == markNone {
		s.mark = above.mark
	}
	if s.end == ";" {
		return n.load(s)
	}
	if !n.rule.lists(s.words) {
		return r.block(n, s.words, s.loadTag, false)
	}
	chain, err := n.put(s.words)
	if err != nil {
		return err
	}
	target := chain[len(chain)-1]
	if err := r.block(target, nil, loadTag{}, false); err != nil {
		return err
	}
	target.tagged(s.loadTag)
	return nil
}

// load puts one statement below n.
func (n *node) load(s statement) error {
	if s.mark == markDelete {
		return n.putDeletion(s.words)
	}
	chain, err := n.put(s.words)
	if err != nil {
		return err
	}
	target := chain[len(chain)-1]
	if first := chain[0]; first.rule != nil && first.rule.inline {
		target = first
	}
	target.tagged(s.loadTag)
	return nil
}

// putDeletion is put for a statement that only says what is to go; a leaf needs no value.
func (n *node) putDeletion(words []string) error {
	for len(words) > 0 {
		r, name, rest, err := step(n.rule, words)
		if err != nil {
			return err
		}
		child := n.child(name)
		if child == nil {
			child = &node{rule: r, name: name}
			n.add(child)
		}
		if r.leaf() {
			child.values, rest = rest, nil
		}
		n, words = child, rest
	}
	n.mark = markDelete
	return nil
}

func (n *node) tagged(t loadTag) {
	if t.mark != markNone {
		n.mark = t.mark
	}
	if t.inactive {
		n.deactivate(true)
	}
}
