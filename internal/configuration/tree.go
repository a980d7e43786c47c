package configuration

import (
	"iter"
	"slices"
)

// Tree is a configuration. It is not changed after Parse and may be read by many at once.
type Tree struct {
	Name     string    // of the file, as given to Parse
	Comments []Comment // in the order of the source
	root     *Node
	warned   []*Node
}

// Comment is a comment of the source; the device's own annotations (## Last commit, ## Warning, ## SECRET-DATA) are
// comments too. Its position counts from 1, columns in bytes.
type Comment struct {
	Text         string
	Line, Column int
}

// Node is one word of the tree with what follows it.
type Node struct {
	word     string
	parent   *Node
	children []*Node
	index    map[string]*Node // of the children, once they are many
	origin   *Node            // in an effective tree: where the statement stands in the tree that was read
	warning  string
	line     int32
	column   int32
	flags    flags
}

type flags uint8

const (
	inactive   flags = 1 << iota
	protected        // by "protect:": Junos refuses to change it
	secret           // annotated "## SECRET-DATA"
	joined           // stood on one line with the word before it
	listed           // was a value in brackets
	structured       // read from a form that tells what stands together: curly or XML
	perNode          // inherited by the group of one node of a cluster, through "${node}"
)

// manyChildren is when looking through a slice becomes slower than a map.
const manyChildren = 12

// maxWords bounds the length of a path, so that a malformed file cannot exhaust the stack. The deepest statements of
// Junos have about thirty words.
const maxWords = 256

// Word returns the word, without quotes.
func (n *Node) Word() string { return n.word }

// Line and Column return where the statement begins that first named the node; 0 when it was not read from a text.
func (n *Node) Line() int { return int(n.Origin().line) }

// Column returns the column in bytes, see Line.
func (n *Node) Column() int { return int(n.Origin().column) }

// Leaf reports whether a statement ends here.
func (n *Node) Leaf() bool { return len(n.children) == 0 }

// Inactive reports whether the node itself is marked inactive; see Active for its parents.
func (n *Node) Inactive() bool { return n.flags&inactive != 0 }

// Active reports whether neither the node nor a statement around it is marked inactive.
func (n *Node) Active() bool {
	for ; n != nil; n = n.parent {
		if n.flags&inactive != 0 {
			return false
		}
	}
	return true
}

// Protected reports whether the node is marked "protect:".
func (n *Node) Protected() bool { return n.flags&protected != 0 }

// Warning returns the device's annotation of the statement, such as "statement ignored: unsupported platform (vsrx)".
func (n *Node) Warning() string { return n.Origin().warning }

// Parent returns the node before, nil for the first word of a statement.
func (n *Node) Parent() *Node {
	if n.parent == nil || n.parent.parent == nil {
		return nil
	}
	return n.parent
}

// Children returns the nodes that follow, in the order of the source.
func (n *Node) Children() []*Node { return n.children }

// Child returns the node at the end of a path of words that starts below n, nil when there is none.
func (n *Node) Child(words ...string) *Node {
	for _, word := range words {
		if n = n.child(word); n == nil {
			return nil
		}
	}
	return n
}

// Value returns the first word that follows, "" for a leaf.
func (n *Node) Value() string {
	if n == nil || len(n.children) == 0 {
		return ""
	}
	return n.children[0].word
}

// Path returns the words from the root to n.
func (n *Node) Path() []string {
	var words []string
	for ; n != nil && n.parent != nil; n = n.parent {
		words = append(words, n.word)
	}
	slices.Reverse(words)
	return words
}

// Origin returns where an effective node was written: the node itself, or the one in the configuration group that it is
// inherited from.
func (n *Node) Origin() *Node {
	if n.origin != nil {
		return n.origin
	}
	return n
}

// Group returns the configuration group that the statement is written in or inherited from, "" when there is none.
func (n *Node) Group() string {
	if words := n.Origin().Path(); len(words) > 1 && words[0] == groupsWord {
		return words[1]
	}
	return ""
}

// Node returns the node at the end of a path of words, nil when there is none.
func (t *Tree) Node(words ...string) *Node { return t.root.Child(words...) }

// Find yields the nodes at a path in which "*" stands for any word. Inactive statements are found too.
func (t *Tree) Find(pattern ...string) iter.Seq[*Node] { return t.root.Find(pattern...) }

// Find yields the nodes at a path below n in which "*" stands for any word.
func (n *Node) Find(pattern ...string) iter.Seq[*Node] {
	return func(yield func(*Node) bool) { n.find(pattern, yield) }
}

func (n *Node) find(pattern []string, yield func(*Node) bool) bool {
	if len(pattern) == 0 {
		return yield(n)
	}
	if pattern[0] != "*" {
		child := n.child(pattern[0])
		return child == nil || child.find(pattern[1:], yield)
	}
	for _, child := range n.children {
		if !child.find(pattern[1:], yield) {
			return false
		}
	}
	return true
}

// Warned yields the nodes that the device annotated with a warning.
func (t *Tree) Warned() iter.Seq[*Node] { return slices.Values(t.warned) }

// Empty reports whether there is no statement.
func (t *Tree) Empty() bool { return t.root.Leaf() }

func (n *Node) child(word string) *Node {
	if n.index != nil {
		return n.index[word]
	}
	for _, child := range n.children {
		if child.word == word {
			return child
		}
	}
	return nil
}

// attach appends a child that n does not have yet.
func (n *Node) attach(child *Node) {
	child.parent = n
	n.children = append(n.children, child)
	switch {
	case n.index != nil:
		n.index[child.word] = child
	case len(n.children) > manyChildren:
		n.index = make(map[string]*Node, 2*len(n.children))
		for _, c := range n.children {
			n.index[c.word] = c
		}
	}
}

// slab hands out nodes from blocks that grow: a large configuration has a million of them, a section a handful.
type slab struct {
	free []Node
	size int
}

func (s *slab) node() *Node {
	if len(s.free) == 0 {
		s.size = min(max(16, 2*s.size), 512)
		s.free = make([]Node, s.size)
	}
	n := &s.free[0]
	s.free = s.free[1:]
	return n
}
