package lint

import (
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// serviceRules judge services whose certificates are lost, and lists of URLs.
func serviceRules() []rule {
	return []rule{
		{Rule{"url-wildcard", 1147, upgrade.SeverityError, "", `A URL pattern takes "*" only as the first label of a name, such as *.example.net.`}, wildURL},
		{Rule{"ssl-certificates", 1157, upgrade.SeverityError, "", "The certificates under services ssl do not survive the reload, and the commit fails without them; import them again afterwards."}, sslServices},
	}
}

// wildURL finds patterns with "*" at the end or glued to a name.
func wildURL(x *examination) {
	for n := range x.effective.Find("security", "utm", "custom-objects", "url-pattern", "*", "value", "*") {
		if mended := mendURL(n.Word()); mended != n.Word() {
			fix, _ := removeForGood(n)
			if mended != "" {
				list := where(n)
				fix = append(fix, command("set", list[:len(list)-1], mended))
			}
			x.report(finding{node: n, fix: fix})
		}
	}
}

// mendURL returns a pattern whose stars stand only where Junos takes them: alone before a dot.
func mendURL(pattern string) string {
	scheme, rest, ok := strings.Cut(pattern, "://")
	if !ok {
		scheme, rest = "", pattern
	}
	var b strings.Builder
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] != '*':
			b.WriteByte(rest[i])
		case i > 0 && rest[i-1] != '.' && rest[i-1] != '/', i+1 == len(rest): // glued to what is before it, or the last
		case rest[i+1] == '.':
			b.WriteByte('*')
		case rest[i+1] != '*' && rest[i+1] != '/': // glued to what follows
			b.WriteString("*.")
		}
	}
	mended := b.String()
	if mended != rest {
		mended = strings.TrimRight(mended, "/.")
	}
	if ok && mended != "" {
		mended = scheme + "://" + mended
	}
	return mended
}

// sslServices finds the SSL services, and takes out of work the policies that use them.
func sslServices(x *examination) {
	for _, service := range []string{"initiation", "termination", "proxy"} {
		n := x.effective.Node("services", "ssl", service)
		if n == nil {
			continue
		}
		var fix, restore []string
		if service == "proxy" {
			for user := range policyServices(x.effective, "ssl-proxy") {
				off, on := switchOff(user)
				fix, restore = append(fix, off...), append(restore, on...)
			}
		}
		off, on := switchOff(n)
		x.report(finding{node: n, fix: append(fix, off...), restore: append(on, restore...)})
	}
}
