package configuration

import (
	"iter"
	"slices"
)

// Statement is one statement in canonical form.
type Statement struct {
	Words        []string // in set form, without "set"; valid until the next one is yielded
	Node         *Node    // of the last word
	Line, Column int      // from 1, columns in bytes; 0 when it was not read from a text
	Inactive     bool     // itself or a statement around it
}

// Masked returns the words with secrets masked, as Mask does, and with what the device annotated as secret.
func (s Statement) Masked() []string { return s.Node.Masked() }

// Masked returns the path with secrets masked.
func (n *Node) Masked() []string {
	words := Mask(n.Path())
	for ; n != nil && n.parent != nil; n = n.parent {
		if n.flags&secret != 0 && n.Leaf() {
			words[len(words)-1] = masked
		}
	}
	return words
}

// All yields every statement in the order of the tree, the inactive ones too.
func (t *Tree) All() iter.Seq[Statement] { return t.walk(true) }

// Walk yields the active statements in the order of the tree.
func (t *Tree) Walk() iter.Seq[Statement] { return t.walk(false) }

func (t *Tree) walk(withInactive bool) iter.Seq[Statement] {
	return func(yield func(Statement) bool) {
		var words []string
		var visit func(n *Node, off bool) bool
		visit = func(n *Node, off bool) bool {
			if off = off || n.Inactive(); off && !withInactive {
				return true
			}
			words = append(words, n.word)
			if n.Leaf() {
				if !yield(Statement{Words: slices.Clip(words), Node: n, Line: n.Line(), Column: n.Column(), Inactive: off}) {
					return false
				}
			}
			for _, child := range n.children {
				if !visit(child, off) {
					return false
				}
			}
			words = words[:len(words)-1]
			return true
		}
		for _, n := range t.root.children {
			if !visit(n, false) {
				return
			}
		}
	}
}
