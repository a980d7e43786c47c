package configuration

// Section returns the statements at and below a path, in their places; the tree is empty when there are none. The marks
// of the statements around come along.
func (t *Tree) Section(words ...string) *Tree {
	s := &sectioner{tree: &Tree{Name: t.Name}}
	s.tree.root = s.slab.node()
	if n := t.root.Child(words...); n != nil {
		to, from := s.tree.root, t.root
		for _, word := range words {
			from = from.child(word)
			to = s.copyOne(to, from)
		}
		s.copyChildren(to, n, nil)
	}
	return s.tree
}

// Without returns the configuration without the statements at and below a path.
func (t *Tree) Without(words ...string) *Tree {
	s := &sectioner{tree: &Tree{Name: t.Name, Comments: t.Comments}}
	s.tree.root = s.slab.node()
	s.copyChildren(s.tree.root, t.root, t.root.Child(words...))
	return s.tree
}

// sectioner copies parts of a tree.
type sectioner struct {
	tree *Tree
	slab slab
}

func (s *sectioner) copyOne(to, from *Node) *Node {
	n := s.slab.node()
	*n = Node{word: from.word, origin: from.origin, warning: from.warning, line: from.line, column: from.column, flags: from.flags}
	to.attach(n)
	if n.warning != "" {
		s.tree.warned = append(s.tree.warned, n)
	}
	return n
}

// copyChildren copies what follows a node, except one part. What says nothing without that part goes with it.
func (s *sectioner) copyChildren(to, from, except *Node) {
	for _, child := range from.children {
		if child == except || except != nil && onlyWayTo(child, except) {
			continue
		}
		s.copyChildren(s.copyOne(to, child), child, except)
	}
}

// onlyWayTo reports whether n holds nothing but the way to a node below it.
func onlyWayTo(n, to *Node) bool {
	for to = to.parent; to != nil && len(to.children) == 1; to = to.parent {
		if to == n {
			return true
		}
	}
	return false
}

// Equal reports whether two configurations hold the same statements, in any order that Junos does not care for.
func Equal(a, b *Tree) bool { return len(Compare(a, b)) == 0 }
