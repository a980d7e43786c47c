// Package lint finds the statements of a Junos configuration that stop or break the upgrade of a vSRX on IBM Cloud, before
// IBM's readiness check does, and says how to change them. It judges a configuration alone: no device is asked.
//
// The rules follow IBM's "Correcting vSRX readiness check errors" (the codes) and "Upgrading the vSRX". IBM adds there
// that unsupported statements have to go even when its check does not find them, hence the rules without a code.
package lint

import (
	"cmp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// Options are what a verdict depends on beside the configuration.
type Options struct {
	// Target is the release that the gateway is to run. Rules of newer releases do not apply to an older target; without a
	// target, or with one that is no release, all rules apply.
	Target string
	// Licences are those of the gateway, nil when they are not known.
	Licences []upgrade.Licence
}

// Rule describes a rule.
type Rule struct {
	Name     string // stable, kebab-case
	Code     int    // IBM's readiness code, 0 where none exists
	Severity upgrade.Severity
	Since    string // the first release that refuses the statement, "" when every one does
	Summary  string // one sentence
}

// rule is a Rule with what finds its statements.
type rule struct {
	Rule
	find func(*examination)
}

// rules lists all rules in the order of their codes, those without a code last.
func rules() []rule {
	return slices.Concat(systemRules(), interfaceRules(), platformRules(), idpRules(), zoneRules(), serviceRules(), natRules(), cryptoRules(),
		policyRules(), tunnelRules(), lossRules(), accessRules())
}

// Rules describes every rule, those with a code first and in its order.
func Rules() []Rule {
	var list []Rule
	for _, r := range rules() {
		list = append(list, r.Rule)
	}
	slices.SortStableFunc(list, func(a, b Rule) int {
		if (a.Code == 0) != (b.Code == 0) {
			return b.Code - a.Code
		}
		return a.Code - b.Code
	})
	return list
}

// Run lists the statements of a configuration, as it was read, that stop or break an upgrade: sorted by line, each once,
// secrets masked. A statement that is inherited is named where it applies, and mended where it is written.
func Run(t *configuration.Tree, o Options) []upgrade.Statement {
	x := &examination{written: t, effective: t.Effective(), options: o, seen: map[string]bool{}}
	for _, r := range rules() {
		if !applies(r.Since, o.Target) {
			continue
		}
		x.rule = r.Rule
		r.find(x)
	}
	slices.SortStableFunc(x.found, func(a, b upgrade.Statement) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, a.Code-b.Code, strings.Compare(a.Rule, b.Rule), strings.Compare(a.Path, b.Path))
	})
	return x.found
}

// applies reports whether a target refuses what a release and all after it refuse.
func applies(since, target string) bool {
	if since == "" || target == "" {
		return true
	}
	wanted, err := upgrade.ParseVersion(target)
	if err != nil {
		return true
	}
	first, err := upgrade.ParseVersion(since)
	if err != nil {
		return true
	}
	order, err := wanted.Compare(first)
	return err != nil || order >= 0
}

// examination is one run over one configuration.
type examination struct {
	written   *configuration.Tree // with groups and inactive statements
	effective *configuration.Tree
	options   Options
	rule      Rule
	found     []upgrade.Statement
	seen      map[string]bool
}

// finding is what a rule says of one statement.
type finding struct {
	node     *configuration.Node
	path     []string // of the statement when there is no node
	why      string   // instead of the rule's summary
	severity upgrade.Severity
	fix      []string
	restore  []string
}

// report adds a finding, unless the same was said of the same place.
func (x *examination) report(f finding) {
	s := upgrade.Statement{Rule: x.rule.Name, Code: x.rule.Code, Severity: cmp.Or(f.severity, x.rule.Severity), File: x.written.Name,
		Why: cmp.Or(f.why, x.rule.Summary), Fix: f.fix, Restore: f.restore, NotSince: x.rule.Since}
	if f.node != nil {
		s.Path = configuration.Line(f.node.Masked()...)
		s.Line, s.Column, s.From = f.node.Line(), f.node.Column(), f.node.Group()
	}
	if f.path != nil {
		s.Path = configuration.Line(configuration.Mask(f.path)...)
	}
	if f.node != nil && len(f.fix) > 0 {
		s.Fix, s.Restore = unprotected(f.node, f.fix, f.restore)
	}
	place := s.Path
	if s.From != "" && len(f.fix) > 0 { // one statement of a group may be inherited at many places
		place = s.From
	}
	key := strings.Join(append([]string{s.Rule, place}, f.fix...), "\n")
	if !x.seen[key] {
		x.seen[key] = true
		x.found = append(x.found, s)
	}
}

// each reports every effective statement at a pattern, with the commands that take it away and bring it back.
func (x *examination) each(change func(*configuration.Node) (fix, restore []string), patterns ...string) {
	for _, p := range patterns {
		for n := range x.effective.Find(strings.Fields(p)...) {
			fix, restore := change(n)
			x.report(finding{node: whole(n), fix: fix, restore: restore})
		}
	}
}

// whole is the statement of a keyword: its value when it has just one.
func whole(n *configuration.Node) *configuration.Node {
	if list := n.Children(); len(list) == 1 && list[0].Leaf() {
		return list[0]
	}
	return n
}
