package lint

import (
	"iter"
	"slices"
	"strings"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// idpRules judge intrusion detection and prevention.
func idpRules() []rule {
	return []rule{
		{Rule{"idp-unlicensed", 1145, upgrade.SeverityError, "", "IDP is configured, but the gateway has no IDP licence."}, idpUnlicensed},
		{Rule{"idp-packet-log-memory", 1160, upgrade.SeverityError, "", "The statement total-memory of the IDP packet log is refused."},
			func(x *examination) {
				x.each(removeForGood, "security idp sensor-configuration packet-log total-memory")
			}},
		{Rule{"idp-signatures", 0, upgrade.SeverityNote, "", "The reload brings an older IDP signature database; update it afterwards."}, idpSignatures},
	}
}

// idpUnlicensed finds what makes IBM's check ask for an IDP licence. Without knowing the licences it warns only.
func idpUnlicensed(x *examination) {
	if x.licensed("idp") {
		return
	}
	severity, why := upgrade.SeverityError, ""
	if x.options.Licences == nil {
		severity, why = upgrade.SeverityWarning, "IDP is configured: the upgrade is refused unless the gateway has an IDP licence (show system license)."
	}
	for n := range idpStatements(x.effective) {
		fix, restore := switchOff(n)
		x.report(finding{node: n, severity: severity, why: why, fix: fix, restore: restore})
	}
}

// idpStatements yields the statements that put IDP to work, and the commit script that its policy templates need.
func idpStatements(t *configuration.Tree) iter.Seq[*configuration.Node] {
	return func(yield func(*configuration.Node) bool) {
		for _, p := range []string{"security idp active-policy", "security idp default-policy", "security idp idp-policy",
			"security policies from-zone * to-zone * policy * then permit application-services idp",
			"security policies from-zone * to-zone * policy * then permit application-services idp-policy",
			"security policies global policy * then permit application-services idp",
			"security policies global policy * then permit application-services idp-policy",
			"system scripts commit file templates.xsl"} {
			for n := range t.Find(strings.Fields(p)...) {
				if !yield(n) {
					return
				}
			}
		}
	}
}

// idpSignatures asks for one update when IDP is configured at all.
func idpSignatures(x *examination) {
	for n := range idpStatements(x.effective) {
		x.report(finding{node: n, restore: []string{"request security idp security-package download", "request security idp security-package install"}})
		return
	}
}

// licensed reports whether the gateway is known to have a licence whose feature name holds one of the words.
func (x *examination) licensed(words ...string) bool {
	return slices.ContainsFunc(x.options.Licences, func(l upgrade.Licence) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(l.Feature), w) })
	})
}
