package junos

import (
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// policy follows the statements that an upgrade depends on through a configuration.
type policy struct{ preempt, rootLogin *statement }

func newPolicy() policy { return policy{follow(preemptPath), follow(rootLoginPath)} }

func (p policy) meet(path []string, inactive bool) {
	p.preempt.meet(path, inactive)
	p.rootLogin.meet(path, inactive)
}

// ParsePolicy reads from a configuration in any form (curly braces, set lines, XML) whether preempt of redundancy group 1
// is active and whether root may log in over SSH. Statements that are inherited from groups are not resolved. A
// configuration that is cut is an error of kind Malformed.
func ParsePolicy(raw string) (preempt upgrade.Preempt, rootLogin bool, err error) {
	p, text := newPolicy(), normal(raw)
	if markupLine.MatchString(text) {
		o, err := readOutput(raw)
		if err != nil {
			return "", false, err
		}
		if e := o.tree.first("configuration"); e != nil {
			e.statements(nil, p.meet)
			return p.preempt.preempt(), p.rootLogin.active(), nil
		}
		text = o.tree.value("configuration-text", "configuration-set")
	}
	if isSet(text) {
		for line := range strings.Lines(text) {
			p.preempt.read(line)
			p.rootLogin.read(line)
		}
		return p.preempt.preempt(), p.rootLogin.active(), nil
	}
	reader := curly{statement: p.meet}
	if _, err := reader.Write([]byte(text)); err != nil {
		return "", false, err
	}
	return p.preempt.preempt(), p.rootLogin.active(), reader.end()
}

// isSet tells whether the first statement of a text is a set line.
func isSet(text string) bool {
	for _, line := range lines(text) {
		if !strings.HasPrefix(line, "#") {
			return strings.HasPrefix(line, "set ") || strings.HasPrefix(line, "deactivate ")
		}
	}
	return false
}

// statements gives the statements below a configuration element with the words of their path; the name of a list entry
// follows its keyword. Inactive is an attribute (inactive="inactive"; yang-compliant: active="false"), and a decoder that
// passes it over takes the statement for active.
func (e *element) statements(above []string, visit func(path []string, inactive bool)) {
	for _, child := range e.children {
		if child.name == "name" && len(child.children) == 0 {
			continue
		}
		path := append(above[:len(above):len(above)], child.name)
		if entry := child.child("name"); entry != nil {
			path = append(path, entry.text)
		} else if child.text != "" && len(child.children) == 0 {
			path = append(path, child.text)
		}
		visit(path, child.attribute("inactive") == "inactive" || child.attribute("active") == "false")
		child.statements(path, visit)
	}
}
