package configuration

import (
	"path"
	"slices"
	"strings"
)

const (
	groupsWord        = "groups"
	applyGroups       = "apply-groups"
	applyGroupsExcept = "apply-groups-except"
)

// Effective returns the configuration as Junos understands it: inactive statements are gone, configuration groups stand
// where they apply, groups and apply-groups themselves are gone (Juniper: "Use Configuration Groups"). A statement comes
// before what a group says, a group applied further in before one further out, the first of a list before the later ones.
// apply-groups "${node}" stands for node0 and node1 both: what they say belongs to different nodes, so neither overrides
// the other. A group that does not exist, which Junos refuses to commit, inherits nothing. Node.Origin tells where a
// statement was written.
func (t *Tree) Effective() *Tree {
	r := &resolver{groups: map[string]*Node{}}
	if groups := t.root.child(groupsWord); groups != nil && !groups.Inactive() {
		for _, g := range groups.children {
			if !g.Inactive() {
				r.groups[g.word] = g
			}
		}
	}
	r.expandGroups()
	whole := &Tree{Name: t.Name, Comments: t.Comments, root: r.slab.node()}
	whole.root.origin = t.root
	for _, child := range t.root.children {
		if child.word != groupsWord {
			r.copyInto(whole.root, child, 0, true)
		}
	}
	r.inherit(whole.root, nil, nil, false)
	r.settle(whole)
	return whole
}

// resolver puts groups into their places.
type resolver struct {
	groups map[string]*Node
	slab   slab
	steps  int
}

// source is what one applied group says about a place.
type source struct {
	group   string
	perNode bool
	nodes   []*Node
}

// maxSteps bounds the work of patterns that multiply: no configuration of a gateway comes near it.
const maxSteps = 20_000_000

// expandGroups lets groups inherit from the groups that they apply themselves, those without such first. Junos refuses
// groups that apply each other; here they see each other unexpanded.
func (r *resolver) expandGroups() {
	raw := map[string]*Node{}
	for name, g := range r.groups {
		raw[name] = g
	}
	done := map[string]*Node{}
	var expand func(name string, within []string) *Node
	expand = func(name string, within []string) *Node {
		if g, ok := done[name]; ok {
			return g
		}
		g := raw[name]
		if g == nil || slices.Contains(within, name) || !applies(g) {
			return g
		}
		inner := &resolver{groups: map[string]*Node{}, steps: r.steps}
		for _, other := range appliedBy(g) {
			inner.groups[other] = expand(other, append(within, name))
		}
		root := inner.slab.node()
		root.word, root.origin = g.word, g
		for _, child := range g.children {
			inner.copyInto(root, child, 0, true)
		}
		inner.inherit(root, nil, nil, true)
		r.steps = inner.steps
		done[name] = root
		return root
	}
	names := make([]string, 0, len(raw))
	for name := range raw {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		r.groups[name] = expand(name, nil)
	}
}

// applies reports whether groups are applied anywhere below n.
func applies(n *Node) bool { return len(appliedBy(n)) > 0 }

// appliedBy are the names of the groups that are applied anywhere below n.
func appliedBy(n *Node) []string {
	var names []string
	for _, child := range n.children {
		if child.Inactive() {
			continue
		}
		if child.word == applyGroups {
			for _, v := range child.children {
				for _, s := range nodesOf(v.word) {
					names = append(names, s.group)
				}
			}
			continue
		}
		names = append(names, appliedBy(child)...)
	}
	return names
}

// nodesOf are the groups that a name in apply-groups stands for.
func nodesOf(name string) []source {
	if !strings.Contains(name, "${node}") {
		return []source{{group: name}}
	}
	return []source{
		{group: strings.ReplaceAll(name, "${node}", "node0"), perNode: true},
		{group: strings.ReplaceAll(name, "${node}", "node1"), perNode: true},
	}
}

// copyInto copies a statement without what is inactive. Patterns are kept only inside groups.
func (r *resolver) copyInto(to, from *Node, extra flags, patterns bool) {
	if from.Inactive() || !patterns && pattern(from.word) {
		return
	}
	r.steps++
	n := r.slab.node()
	n.word, n.warning, n.origin, n.flags = from.word, from.warning, from.Origin(), from.flags|extra
	to.attach(n)
	if len(from.children) > 0 {
		n.children = make([]*Node, 0, len(from.children))
	}
	for _, child := range from.children {
		r.copyInto(n, child, extra, patterns)
	}
	if n.Leaf() && !from.Leaf() && hollow(from) { // a list whose entries are all gone
		to.detachLast()
	}
}

// hollow reports whether a statement says nothing without what follows it: a list, a keyword with a value.
func hollow(n *Node) bool {
	return keyed(n.word) && !n.parentKeyed() || bareList(n.word) || valueList(n.word) || valued(n.word)
}

func (n *Node) parentKeyed() bool { return n.parent != nil && keyed(n.parent.word) }

func (n *Node) detachLast() {
	last := n.children[len(n.children)-1]
	n.children = n.children[:len(n.children)-1]
	delete(n.index, last.word)
}

// inherit fills n from the groups that apply to it, and then what is below. Above are what the groups applied further
// out say about n; place is the path of n, by which a group that n applies itself is looked up.
func (r *resolver) inherit(n *Node, place []string, above []source, inGroup bool) {
	sources := r.sources(n, place, above)
	for _, s := range sources {
		for _, from := range s.nodes {
			r.fill(n, from, s.perNode, inGroup)
		}
	}
	for _, child := range n.children {
		if child.word == applyGroups || child.word == applyGroupsExcept || child.Leaf() && len(sources) == 0 || r.steps > maxSteps {
			continue
		}
		var below []source
		for _, s := range sources {
			if nodes := covering(s.nodes, child.word); len(nodes) > 0 {
				below = append(below, source{s.group, s.perNode, nodes})
			}
		}
		if len(below) > 0 || !child.Leaf() {
			r.inherit(child, append(place, child.word), below, inGroup)
		}
	}
}

// sources puts the groups that n applies itself before those from above, without the ones it excepts.
func (r *resolver) sources(n *Node, place []string, above []source) []source {
	own := n.child(applyGroups)
	except := n.child(applyGroupsExcept)
	if own == nil && except == nil {
		return above
	}
	var all []source
	if own != nil {
		for _, v := range own.children {
			for _, s := range nodesOf(v.word) {
				if g := r.groups[s.group]; g != nil {
					s.nodes = []*Node{g}
					for _, word := range place {
						s.nodes = covering(s.nodes, word)
					}
					all = append(all, s)
				}
			}
		}
	}
	all = append(all, above...)
	if except != nil {
		all = slices.DeleteFunc(all, func(s source) bool { return except.child(s.group) != nil })
	}
	return all
}

// covering are the children of nodes that speak of a word: the word itself first, then patterns such as <ge-*>.
func covering(nodes []*Node, word string) []*Node {
	var found []*Node
	for _, n := range nodes {
		if exact := n.child(word); exact != nil && !exact.Inactive() {
			found = append(found, exact)
		}
	}
	for _, n := range nodes {
		for _, child := range n.children {
			if pattern(child.word) && child.word != word && !child.Inactive() && fits(child.word, word) {
				found = append(found, child)
			}
		}
	}
	return found
}

func pattern(word string) bool {
	return len(word) > 2 && word[0] == '<' && word[len(word)-1] == '>'
}

// fits reports whether a word matches a pattern; "*" matches any text, a slash too.
func fits(pattern, word string) bool {
	slashless := strings.NewReplacer("/", "\x00")
	ok, err := path.Match(slashless.Replace(pattern[1:len(pattern)-1]), slashless.Replace(word))
	return err == nil && ok
}

// fill adds what a group says and n does not. A keyword that has its value keeps it, unless the two values belong to
// different nodes.
func (r *resolver) fill(n, from *Node, ofNode, inGroup bool) {
	var extra flags
	if ofNode {
		extra = perNode
	}
	settled := n.takesOne() && from.takesOne() && !(ofNode && n.children[0].flags&perNode != 0)
	for _, child := range from.children {
		nested := n.parent == nil && child.word == groupsWord // groups hold no groups
		if nested || child.word == applyGroups || child.word == applyGroupsExcept || settled || r.steps > maxSteps || n.child(child.word) != nil {
			continue
		}
		r.copyInto(n, child, extra, inGroup)
	}
}

// settle takes away what only told how to inherit, and collects the warnings.
func (r *resolver) settle(t *Tree) {
	var visit func(n *Node)
	visit = func(n *Node) {
		if n.child(applyGroups) != nil || n.child(applyGroupsExcept) != nil {
			n.children = slices.DeleteFunc(n.children, func(c *Node) bool { return c.word == applyGroups || c.word == applyGroupsExcept })
			delete(n.index, applyGroups)
			delete(n.index, applyGroupsExcept)
		}
		if n.warning != "" {
			t.warned = append(t.warned, n)
		}
		for _, child := range n.children {
			visit(child)
		}
	}
	visit(t.root)
}
