package configuration

// statement is one statement of a source as its reader hands it over.
type statement struct {
	words        []string
	values       int // how many of the last words stood in brackets, each a path of its own
	line, column int
	flags        flags // inactive, protected, structured
	mark         int   // index of the word that inactive and protected mark
	options      bool  // may have several options on one line, as curly form does
	loose        bool  // the first word may stand on the line of the word before, as XML does not tell
	warning      string
}

// planter builds a tree from statements.
type planter struct {
	tree *Tree
	slab slab
}

func newPlanter(name string) *planter {
	p := &planter{tree: &Tree{Name: name}}
	p.tree.root = p.slab.node()
	return p
}

// plant adds a statement below a node and returns the node of its last word.
func (p *planter) plant(at *Node, s *statement) *Node {
	fixed := len(s.words) - s.values
	if s.options && fixed >= 4 {
		if n := p.plantOptions(at, s); n != nil {
			return n
		}
	}
	n := at
	for i, word := range s.words[:fixed] {
		n = p.grow(n, word, s, i)
	}
	last := n
	for i, word := range s.words[fixed:] {
		last = p.grow(n, word, s, fixed+i)
		last.flags |= listed
	}
	p.annotate(last, s)
	return last
}

// annotate keeps what the source says about a statement beside it.
func (p *planter) annotate(last *Node, s *statement) {
	last.flags |= s.flags & secret
	if s.warning != "" {
		last.warning = s.warning
		p.tree.warned = append(p.tree.warned, last)
	}
}

// grow returns the child of n that holds the i-th word of a statement, and adds it when it is new.
func (p *planter) grow(n *Node, word string, s *statement, i int) *Node {
	child := n.child(word)
	if child == nil {
		child = p.slab.node()
		child.word, child.line, child.column = word, int32(s.line), int32(s.column)
		switch tells := s.flags&structured != 0; {
		case tells && i > 0:
			child.flags = structured | joined
		case tells && !s.loose:
			child.flags = structured
		}
		n.attach(child)
	} else if i == 0 {
		child.flags &^= joined
	}
	if i == s.mark {
		child.flags |= s.flags & (inactive | protected)
	}
	return child
}

// plantOptions adds a statement that has several options on one line as one path an option, as display set has them. It
// returns nil when s is none.
func (p *planter) plantOptions(at *Node, s *statement) *Node {
	before, above := at.word, ""
	if at.parent != nil {
		above = at.parent.word
	}
	for i, word := range s.words {
		if head, ok := manyOptions(word, before, above); ok && i+head < len(s.words) {
			if n := p.plantEach(at, s, i+head, word); n != nil {
				return n
			}
		}
		before, above = word, before
	}
	return nil
}

// plantEach adds one path for each option that follows the first words of s, nil when they are not options.
func (p *planter) plantEach(at *Node, s *statement, head int, keyword string) *Node {
	var ends []int
	for i := head; i < len(s.words); {
		more := optionWords(keyword, s.words[i])
		if more < 0 {
			if i > head { // only the first may be a value without a name
				return nil
			}
			more = 0
		}
		i += 1 + more
		ends = append(ends, i)
	}
	if len(ends) < 2 || ends[len(ends)-1] != len(s.words) {
		return nil
	}
	var last *Node
	from := head
	for _, end := range ends {
		one := *s
		one.words = append(append([]string{}, s.words[:head]...), s.words[from:end]...)
		one.values = 0
		n := at
		for i, word := range one.words {
			n = p.grow(n, word, &one, i)
			if i == head {
				n.flags &^= joined
			}
		}
		from, last = end, n
	}
	p.annotate(last, s)
	return last
}
