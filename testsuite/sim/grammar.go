package sim

import (
	"slices"
	"strings"
)

// kind says how a configuration statement is written; the set form alone does not tell a container from a value.
type kind string

const (
	container kind = "container" // system { ... }
	named     kind = "named"     // unit 0 { ... }
	list      kind = "list"      // system-services { ssh; ping; }, each entry an XML element of its own
	keyed     kind = "keyed"     // family inet { ... }
	wildcard  kind = "wildcard"  // ge-0/0/0 { ... }, the keyword is only the XML element
	bare      kind = "bare"      // 10.0.0.0/8, a value whose keyword is only the XML element
	zonePair  kind = "zone-pair" // from-zone a to-zone b { ... }
	value     kind = "value"     // host-name a;
	values    kind = "values"    // protocols [ a b ];
	flag      kind = "flag"      // preempt;
)

// rule is one statement of the Junos hierarchy.
type rule struct {
	keyword    string
	kind       kind
	secret     bool // its value is printed with SECRET-DATA
	inline     bool // its children are printed on the same line
	everywhere bool // allowed below every statement
	rules      []*rule
	common     []*rule // those that are allowed everywhere
}

// newGrammar parses the hierarchy. A group may hold whatever the configuration itself may.
func newGrammar() *rule {
	root := &rule{kind: container}
	common := []*rule{
		{keyword: "apply-groups", kind: values, everywhere: true},
		{keyword: "apply-groups-except", kind: values, everywhere: true},
	}
	root.common = common
	open := []*rule{root}
	for line := range strings.Lines(hierarchy) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, "\t"))
		r := &rule{keyword: words[0], kind: kind(words[1]), secret: slices.Contains(words, "secret"), inline: slices.Contains(words, "inline"), common: common}
		open = append(open[:depth+1], r)
		open[depth].rules = append(open[depth].rules, r)
	}
	root.find("groups").find("any").rules = root.rules
	return root
}

// find is the rule for a word below r; nil if the hierarchy does not list it.
func (r *rule) find(word string) *rule {
	if r == nil {
		return nil
	}
	if c := among(r.common, word); c != nil {
		return c
	}
	var free *rule
	for _, c := range r.rules {
		switch {
		case c.kind == wildcard, c.kind == bare && !xmlName(word):
			free = c
		case c.kind == bare:
		case c.kind == zonePair && word == "from-zone", c.kind != zonePair && c.keyword == word:
			return c
		}
	}
	return free
}

// element is the rule for an XML element below r; nil if the hierarchy does not list it.
func (r *rule) element(name string) *rule {
	if r == nil {
		return nil
	}
	if c := among(r.common, name); c != nil {
		return c
	}
	return among(r.rules, name)
}

// among is the rule of a keyword; nil if there is none.
func among(rules []*rule, keyword string) *rule {
	for _, c := range rules {
		if c.keyword == keyword {
			return c
		}
	}
	return nil
}

// lists tells whether the hierarchy lists every statement on a path.
func (r *rule) lists(words []string) bool {
	for len(words) > 0 {
		if r = r.find(words[0]); r == nil {
			return false
		}
		words = words[min(r.width(), len(words)):]
	}
	return true
}

// leaf is a statement that ends with a value.
func (r *rule) leaf() bool { return r != nil && (r.kind == value || r.kind == values) }

// width is how many words of a statement name the node itself.
func (r *rule) width() int {
	switch r.kind {
	case named, keyed:
		return 2
	case zonePair:
		return 4
	}
	return 1
}
