package configuration

import (
	"fmt"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// TakeOver is the way from the configuration of a rebuilt gateway to its former one.
type TakeOver struct {
	Commands []string // delete, set, deactivate, unprotect and protect commands for the rebuilt gateway
	Wanted   *Tree    // what the gateway holds once they are committed
	Plan     []string // what is kept, renamed, brought and left out, for people
}

// PlanTakeOver brings a saved configuration to a rebuilt gateway and leaves the interfaces of its new version in place
// (IBM: importing and exporting a vSRX configuration: "all sections except interfaces"). What a customer's configuration
// needs of them comes along: virtual interfaces, and the units that the rebuilt gateway does not have. Where the saved
// configuration is of the legacy architecture, its bare ports become the aggregated ones (IBM: migrating
// configurations). A port that has no counterpart is refused: nobody could say where its traffic belongs.
//
// With sections, by their paths, only these are replaced, and everything else stays as it is.
func PlanTakeOver(saved, fresh *Tree, sections ...[]string) (TakeOver, error) {
	p := &takeover{saved: saved, fresh: fresh, renamed: map[string]string{}}
	if err := p.mapPorts(); err != nil {
		return TakeOver{}, err
	}
	if len(sections) > 0 {
		p.dropSections(sections)
	} else {
		p.dropFresh()
	}
	p.bring()
	unprotect, protect := p.protections()
	wanted, err := Parse(strings.NewReader(strings.Join(slices.Concat(p.kept, p.brought), "\n")), "planned configuration")
	if err != nil {
		return TakeOver{}, fmt.Errorf("planning the import: %w", err)
	}
	return TakeOver{Commands: slices.Concat(unprotect, p.deletes, p.brought, protect), Wanted: wanted, Plan: p.plan}, nil
}

type takeover struct {
	saved, fresh   *Tree
	renamed        map[string]string // physical port → its new name
	deletes        []string          // of what the rebuilt gateway holds and the saved configuration replaces
	kept, brought  []string          // set and deactivate lines
	plan           []string
	units, virtual []string
	left           []string
	parts          []part // the statements of the sections, where only these are replaced
}

// part is one command of a section.
type part struct {
	verb  string
	words []string
}

func (p *takeover) eachPart(yield func(verb string, words []string)) {
	for _, part := range p.parts {
		yield(part.verb, part.words)
	}
}

// mapPorts finds the new name of each port that carries units. Legacy 1G and 15.1 gateways use bare ports, private first;
// the current architecture aggregates them (IBM: interface maps of standalone gateways).
func (p *takeover) mapPorts() error {
	legacy := map[string]string{"ge-0/0/0": "ae0", "ge-0/0/1": "ae1"}
	for port := range p.saved.Find("interfaces", "*") {
		name := port.Word()
		if isVirtual(name) || port.Child("unit") == nil || p.fresh.Node("interfaces", name, "unit") != nil {
			continue
		}
		to, ok := legacy[name]
		if !ok || p.fresh.Node("interfaces", to) == nil {
			return upgrade.Errorf(upgrade.Unsupported, "interface %s of the saved configuration has units and no counterpart on the rebuilt gateway", name).
				Advise("import by hand: starter config restore with --edit, after you have said where its traffic belongs")
		}
		p.renamed[name] = to
		p.plan = append(p.plan, fmt.Sprintf("%s becomes %s wherever it is named", name, to))
	}
	slices.Sort(p.plan)
	return nil
}

// isVirtual tells interfaces that exist by configuration alone from ports.
func isVirtual(name string) bool {
	return slices.ContainsFunc([]string{"st", "lo", "irb", "vlan", "gr-", "ip-", "lt-", "dl", "pp"}, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// fromFresh are the parts that stay as the new version made them.
var fromFresh = [][]string{{"interfaces"}, {"version"}, {"chassis", "aggregated-devices"}}

// dropFresh deletes what the saved configuration replaces, and keeps the rest.
func (p *takeover) dropFresh() {
	rest := p.fresh
	for _, path := range fromFresh {
		rest = rest.Without(path...)
		p.fresh.Section(path...).commands(func(verb string, words []string) {
			if verb == "set" || len(words) > 1 { // a mark on all chassis statements is taken away, see below
				p.kept = append(p.kept, verb+" "+Line(words...))
			}
		})
	}
	for _, top := range rest.root.children {
		if top.word == "chassis" && top.flags&inactive != 0 {
			p.deletes = append(p.deletes, "activate chassis")
		}
		if top.word != "chassis" { // holds a part that stays
			p.deletes = append(p.deletes, "delete "+Line(top.word))
			continue
		}
		for _, child := range top.children {
			p.deletes = append(p.deletes, "delete "+Line("chassis", child.word))
		}
	}
}

// dropSections deletes the sections that are replaced, and keeps everything else.
func (p *takeover) dropSections(sections [][]string) {
	rest := p.fresh
	p.parts = []part{}
	for _, path := range sections {
		if rest.Node(path...) != nil {
			p.deletes = append(p.deletes, "delete "+Line(path...))
		}
		rest = rest.Without(path...)
		p.saved.Section(path...).commands(func(verb string, words []string) { p.parts = append(p.parts, part{verb, slices.Clone(words)}) })
	}
	rest.commands(func(verb string, words []string) { p.kept = append(p.kept, verb+" "+Line(words...)) })
}

// protections opens what the gateway protects, for Junos neither deletes a protected statement nor adds to it (Juniper:
// protecting the Junos configuration from modification or deletion), and closes what of it stays.
func (p *takeover) protections() (unprotect, protect []string) {
	p.fresh.commands(func(verb string, words []string) {
		if verb == "protect" {
			unprotect = append(unprotect, "unprotect "+Line(words...))
		}
	})
	for _, line := range p.kept {
		if strings.HasPrefix(line, "protect ") {
			protect = append(protect, line)
		}
	}
	return unprotect, protect
}

// bring takes over the saved statements.
func (p *takeover) bring() {
	aggregated := p.fresh.Node("chassis", "aggregated-devices") != nil
	take := p.saved.commands
	if p.parts != nil {
		take = p.eachPart
	}
	take(func(verb string, words []string) {
		if verb != "set" && p.markOfWhole(verb, words, aggregated) {
			return
		}
		switch {
		case words[0] == "version", aggregated && len(words) > 1 && words[0] == "chassis" && words[1] == "aggregated-devices":
			return
		case words[0] == "interfaces":
			if len(words) > 1 && !p.bringInterface(words) {
				return
			}
		}
		p.brought = append(p.brought, verb+" "+Line(p.rename(words)...))
	})
	for _, said := range []struct {
		text  string
		names []string
	}{{"interfaces brought along: %s", p.virtual}, {"units brought along: %s", p.units}, {"left as the new version has it: %s", p.left}} {
		if len(said.names) > 0 {
			slices.Sort(said.names)
			p.plan = append(p.plan, fmt.Sprintf(said.text, strings.Join(slices.Compact(said.names), ", ")))
		}
	}
}

// markOfWhole deals with a mark on a part that the new version's own statements stand in: it must not reach those. The
// mark of a port goes to its units that are brought along.
func (p *takeover) markOfWhole(verb string, words []string, aggregated bool) bool {
	switch {
	case len(words) == 1 && (words[0] == "interfaces" || words[0] == "chassis" && aggregated):
		p.left = append(p.left, "the mark "+verb+" of all "+words[0])
		return true
	case len(words) != 2 || words[0] != "interfaces" || isVirtual(words[1]):
		return false
	}
	name := p.rename(words)[1]
	for unit := range p.saved.Find("interfaces", words[1], "unit", "*") {
		if fresh := p.fresh.Node("interfaces", name); fresh != nil && fresh.Child("unit", unit.Word()) == nil {
			p.brought = append(p.brought, verb+" "+Line("interfaces", name, "unit", unit.Word()))
		}
	}
	return true
}

// carried are statements of a port that its units need.
var carried = []string{"vlan-tagging", "flexible-vlan-tagging", "native-vlan-id", "description"}

// bringInterface reports whether a statement about an interface comes along.
func (p *takeover) bringInterface(words []string) bool {
	name := words[1]
	if to, ok := p.renamed[name]; ok {
		name = to
	}
	switch fresh := p.fresh.Node("interfaces", name); {
	case isVirtual(name):
		p.virtual = append(p.virtual, name)
		return true
	case fresh == nil:
		p.left = append(p.left, name+" (is not there)")
		return false
	case len(words) > 3 && words[2] == "unit" && fresh.Child("unit", words[3]) == nil:
		p.units = append(p.units, name+"."+words[3])
		return true
	case len(words) > 2 && slices.Contains(carried, words[2]) && fresh.Child(words[2]) == nil:
		return true
	}
	p.left = append(p.left, name)
	return false
}

// rename gives a statement with the new names of its ports: ge-0/0/0 and ge-0/0/0.17.
func (p *takeover) rename(words []string) []string {
	out := slices.Clone(words)
	for i, word := range out {
		port, unit, _ := strings.Cut(word, ".")
		if to, ok := p.renamed[port]; ok {
			if out[i] = to; unit != "" {
				out[i] = to + "." + unit
			}
		}
	}
	return out
}

// commands yields set, deactivate and protect lines in the order in which WriteSet writes them.
func (t *Tree) commands(yield func(verb string, words []string)) {
	var words []string
	var visit func(n *Node)
	visit = func(n *Node) {
		words = append(words, n.word)
		if n.Leaf() {
			yield("set", words)
		}
		for _, child := range n.children {
			visit(child)
		}
		if n.flags&inactive != 0 {
			yield("deactivate", words)
		}
		if n.flags&protected != 0 {
			yield("protect", words)
		}
		words = words[:len(words)-1]
	}
	for _, n := range t.root.children {
		visit(n)
	}
}
