package lint

import "vsrx-upgrade/internal/upgrade"

// systemRules judge the system hierarchy.
func systemRules() []rule {
	return []rule{
		{Rule{"ssh-connection-limit", 1115, upgrade.SeverityError, "", "IBM's automation opens several SSH sessions at once; a connection limit refuses them."},
			func(x *examination) { x.each(remove, "system services ssh connection-limit") }},
		{Rule{"console-closed", 1119, upgrade.SeverityError, "", "IBM's automation logs in as root on the console; the port must be enabled and let root in."},
			func(x *examination) { x.each(remove, "system ports console disable", "system ports console insecure") }},
		{Rule{"syslog-structured-explicit", 1125, upgrade.SeverityError, "19.4R2-S3", "A syslog target with structured-data carries its priority already; with explicit-priority beside it the commit is refused."},
			structuredAndExplicit},
		{Rule{"rest-https-certificate", 1159, upgrade.SeverityError, "", "The certificate that the REST API refers to does not survive the reload, and the commit fails without it."},
			func(x *examination) {
				for n := range x.effective.Find("system", "services", "rest", "https", "server-certificate") {
					fix, restore := switchOff(n.Parent())
					x.report(finding{node: whole(n), fix: fix, restore: restore})
				}
			}},
	}
}

// structuredAndExplicit finds syslog targets with both statements.
func structuredAndExplicit(x *examination) {
	for _, target := range []string{"file", "host", "user"} {
		for n := range x.effective.Find("system", "syslog", target, "*") {
			if n.Child("structured-data") != nil && n.Child("explicit-priority") != nil {
				fix, _ := removeForGood(n.Child("explicit-priority"))
				x.report(finding{node: n.Child("explicit-priority"), fix: fix})
			}
		}
	}
}
