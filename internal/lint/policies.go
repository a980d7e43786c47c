package lint

import (
	"iter"
	"strings"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// policyRules judge security policies that match dynamic applications.
func policyRules() []rule {
	return []rule{
		{Rule{"any-with-defaults", 1165, upgrade.SeverityError, "", "The policy matches dynamic-application any together with junos-defaults, which the commit refuses."}, anyWithDefaults},
		{Rule{"icmp-traceroute", 1169, upgrade.SeverityError, "", "The application junos:ICMP-TRACEROUTE is gone from newer signature packages, and the commit fails."}, icmpTraceroute},
		{Rule{"dynamic-application-any", 1177, upgrade.SeverityWarning, "", "Traffic of the policy is lost while the upgraded node has no Content Security Bundle licence and signatures."}, dynamicAny},
	}
}

func anyWithDefaults(x *examination) {
	for p := range policies(x.effective) {
		wildcard := p.Child("match", "dynamic-application", "any")
		if wildcard == nil || p.Child("match", "application", "junos-defaults") == nil && p.Child("match", "dynamic-application", "junos-defaults") == nil {
			continue
		}
		fix, _ := removeForGood(wildcard)
		x.report(finding{node: wildcard, fix: fix})
	}
}

func icmpTraceroute(x *examination) {
	for p := range policies(x.effective) {
		if n := p.Child("match", "dynamic-application", "junos:ICMP-TRACEROUTE"); n != nil {
			fix, _ := removeForGood(n)
			x.report(finding{node: n, fix: fix})
		}
	}
}

// dynamicAny warns unless a licence with application identification is known to be there.
func dynamicAny(x *examination) {
	if x.licensed("appid", "csb", "content security") {
		return
	}
	for p := range policies(x.effective) {
		if n := p.Child("match", "dynamic-application", "any"); n != nil {
			fix, restore := remove(n)
			x.report(finding{node: n, fix: fix, restore: restore})
		}
	}
}

// policyServices yields the application service of each policy that uses it.
func policyServices(t *configuration.Tree, service string) iter.Seq[*configuration.Node] {
	return func(yield func(*configuration.Node) bool) {
		for p := range policies(t) {
			if n := p.Child("then", "permit", "application-services", service); n != nil && !yield(n) {
				return
			}
		}
	}
}

// policies yields the security policies between zones, and the global ones.
func policies(t *configuration.Tree) iter.Seq[*configuration.Node] {
	return func(yield func(*configuration.Node) bool) {
		for _, p := range []string{"security policies from-zone * to-zone * policy *", "security policies global policy *"} {
			for n := range t.Find(strings.Fields(p)...) {
				if !yield(n) {
					return
				}
			}
		}
	}
}
