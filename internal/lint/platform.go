package lint

import (
	"strings"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// platformRules judge statements that this platform does not have.
func platformRules() []rule {
	return []rule{
		{Rule{"hidden-address-range", 1131, upgrade.SeverityError, "", "The statement address-range is hidden syntax of old releases that newer ones refuse; range-address takes its place."}, hiddenRange},
		{Rule{"unsupported-statement", 1140, upgrade.SeverityError, "", "The vSRX does not support the statement."}, unsupported},
	}
}

// unsupported finds what the device itself marked, and what Juniper lists in "Junos OS Features Supported on vSRX" as
// not supported.
func unsupported(x *examination) {
	for n := range x.written.Warned() {
		if !n.Active() || !strings.Contains(n.Warning(), "unsupported") {
			continue
		}
		fix, _ := removeForGood(n)
		x.report(finding{node: n, why: "The device says of the statement: " + strings.TrimSuffix(n.Warning(), ".") + ".", fix: fix})
	}
	x.each(removeForGood, "security datapath-debug", "security dynamic-vpn", "poe", "wlan")
}

// hiddenRange finds the keyword address-range, not objects that a person called so.
func hiddenRange(x *examination) {
	for s := range x.effective.Walk() {
		for n := s.Node; n != nil; n = n.Parent() {
			if n.Word() != "address-range" || named(n) {
				continue
			}
			fix := []string{command("delete", where(n))}
			if low, high, ok := bounds(n); ok && n.Parent() != nil {
				fix = append(fix, command("set", where(n.Parent()), "range-address", low, "to", high))
			}
			x.report(finding{node: n, fix: fix})
		}
	}
}

// named reports whether a word is a name that follows a keyword, and not a keyword. An address may be called "pool".
func named(n *configuration.Node) bool {
	if n.Parent() == nil || named(n.Parent()) {
		return false
	}
	switch n.Parent().Word() {
	case "address", "address-set", "source-address", "destination-address", "application", "policy", "term", "rule", "rule-set", "pool", "user", "class",
		"description", "filter", "prefix-list", "groups", "apply-groups", "profile", "gateway", "vpn":
		return true
	}
	return false
}

// bounds reads the ends of an old range: "LOW to HIGH", "LOW HIGH" or "low LOW high HIGH".
func bounds(n *configuration.Node) (low, high string, ok bool) {
	var words []string
	var visit func(n *configuration.Node)
	visit = func(n *configuration.Node) {
		for _, child := range n.Children() {
			switch child.Word() {
			case "low", "high", "to":
			default:
				words = append(words, child.Word())
			}
			visit(child)
		}
	}
	visit(n)
	if len(words) != 2 {
		return "", "", false
	}
	return words[0], words[1], true
}
