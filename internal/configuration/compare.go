package configuration

import "slices"

// ChangeKind says what became of a statement.
type ChangeKind string

// The kinds of change.
const (
	Added       ChangeKind = "added"
	Removed     ChangeKind = "removed"
	Changed     ChangeKind = "changed" // another value of a keyword that has one
	Activated   ChangeKind = "activated"
	Deactivated ChangeKind = "deactivated"
	Moved       ChangeKind = "moved" // to another place among statements whose order counts
)

// Change is one difference between two configurations.
type Change struct {
	Kind     ChangeKind
	Words    []string // the statement, in set form without "set"; of a changed value the keyword only
	Old, New string   // the values of Changed; the statement before it, of Moved
	Inactive bool     // Added and Removed: the statement is inactive
	Line     int      // in b; of Removed in a
	hidden   bool     // annotated as secret
}

// String returns the change in one line with secrets masked.
func (c Change) String() string {
	value := func(v string) string {
		words := Mask(append(slices.Clone(c.Words), v))
		if c.hidden {
			return masked
		}
		return Quote(words[len(words)-1])
	}
	words := Mask(c.Words)
	if c.hidden && len(words) > 0 && c.Kind != Changed {
		words[len(words)-1] = masked
	}
	text := string(c.Kind) + " " + Line(words...)
	switch {
	case c.Kind == Changed:
		text += " " + value(c.Old) + " → " + value(c.New)
	case c.Kind == Moved && c.New == "":
		text += " to the first place"
	case c.Kind == Moved:
		text += " behind " + Quote(c.New)
	}
	if c.Inactive {
		text += " (inactive)"
	}
	return text
}

// Compare lists what turns configuration a into b, statement by statement in the order of the trees. The order of
// statements counts only where Junos cares: policies, the terms of filters and policy statements, NAT and IDP rules,
// groups to apply, and policies in import and export. Timestamps are comments and do not count; to leave out the version
// line compare a.Without("version") and b.Without("version"). Both should be as read, or both effective.
func Compare(a, b *Tree) []Change {
	c := &comparison{}
	c.nodes(a.root, b.root, nil)
	return c.changes
}

type comparison struct{ changes []Change }

func (c *comparison) nodes(a, b *Node, path []string) {
	if a.Inactive() != b.Inactive() {
		kind := Activated
		if b.Inactive() {
			kind = Deactivated
		}
		c.changes = append(c.changes, Change{Kind: kind, Words: slices.Clone(path), Line: b.Line()})
	}
	if c.value(a, b, path) {
		return
	}
	for _, child := range a.children {
		if b.child(child.word) == nil {
			c.each(Removed, child, append(path, child.word), !a.Active())
		}
	}
	for _, child := range b.children {
		if before := a.child(child.word); before != nil {
			c.nodes(before, child, append(path, child.word))
		} else {
			c.each(Added, child, append(path, child.word), !b.Active())
		}
	}
	if ordered(path) {
		c.moves(a, b, path)
	}
}

// value reports another value of one keyword.
func (c *comparison) value(a, b *Node, path []string) bool {
	if len(path) == 0 || !a.takesOne() || !b.takesOne() || a.Value() == b.Value() {
		return false
	}
	from, to := a.children[0], b.children[0]
	if from.Inactive() || to.Inactive() {
		return false
	}
	c.changes = append(c.changes, Change{Kind: Changed, Words: slices.Clone(path), Old: from.word, New: to.word, Line: to.Line(),
		hidden: (from.flags|to.flags)&secret != 0})
	return true
}

// each reports every statement below a node that the other configuration lacks.
func (c *comparison) each(kind ChangeKind, n *Node, path []string, off bool) {
	off = off || n.Inactive()
	if n.Leaf() {
		c.changes = append(c.changes, Change{Kind: kind, Words: slices.Clone(path), Inactive: off, Line: n.Line(), hidden: n.flags&secret != 0})
		return
	}
	for _, child := range n.children {
		c.each(kind, child, append(path, child.word), off)
	}
}

// ordered reports whether Junos evaluates what follows a path from first to last.
func ordered(path []string) bool {
	if len(path) == 0 {
		return false
	}
	if path[0] == groupsWord && len(path) > 2 {
		path = path[2:]
	}
	last, in := path[len(path)-1], func(words ...string) bool {
		for i, word := range words {
			if i >= len(path) || path[i] != word {
				return false
			}
		}
		return true
	}
	switch last {
	case "policy":
		return in("security", "policies")
	case "term":
		return in("firewall") || in("policy-options", "policy-statement")
	case "rule":
		return in("security", "nat") || in("security", "idp")
	case applyGroups, "import", "export":
		return true
	}
	return false
}

// moves reports the fewest statements that have to move to turn one order into the other: those outside a longest
// sequence that both have.
func (c *comparison) moves(a, b *Node, path []string) {
	place := map[string]int{}
	for i, child := range a.children {
		place[child.word] = i
	}
	var common []*Node
	var places []int
	for _, child := range b.children {
		if i, ok := place[child.word]; ok {
			common, places = append(common, child), append(places, i)
		}
	}
	stays := longestRise(places)
	before := ""
	for i, child := range common {
		if !stays[i] {
			c.changes = append(c.changes, Change{Kind: Moved, Words: append(slices.Clone(path), child.word), New: before, Line: child.Line()})
		}
		before = child.word
	}
}

// longestRise marks the members of a longest increasing subsequence.
func longestRise(values []int) []bool {
	var tails []int // indexes: tails[k] ends the rise of length k+1 that ends lowest
	before := make([]int, len(values))
	for i, v := range values {
		low, high := 0, len(tails)
		for low < high {
			if middle := (low + high) / 2; values[tails[middle]] < v {
				low = middle + 1
			} else {
				high = middle
			}
		}
		before[i] = -1
		if low > 0 {
			before[i] = tails[low-1]
		}
		if low == len(tails) {
			tails = append(tails, i)
		} else {
			tails[low] = i
		}
	}
	rise := make([]bool, len(values))
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			rise[i] = true
		}
	}
	return rise
}
