package upgrade_test

import (
	"time"

	"vsrx-upgrade/internal/upgrade"
)

func configurationBlots() map[string]blot {
	facts := func(spoil func(*upgrade.DeviceFacts)) func(*question) {
		return func(w *question) { spoil(&w.f.Device) }
	}
	user := func(tty string) func(*question) {
		return facts(func(d *upgrade.DeviceFacts) {
			d.Users = []upgrade.User{{Node: "node0", Name: "wallaby", TTY: tty, From: "10.77.9.9", What: "cli"}}
		})
	}
	blots := map[string]blot{
		"somebody holds the configuration": {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.LockedBy = "wallaby terminal p0 since 18:02" }), []string{"configuration-free@gateway=fail"}, "wallaby terminal p0"},
		"uncommitted changes":              {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Dirty = "[edit system]\n+  host-name x;" }), []string{"candidate@gateway=fail"}, "[edit system] + host-name x;"},
		"uncommitted changes in the view":  {standalone, func(w *question) { w.f.Picture.Device.Uncommitted = true }, []string{"candidate@gateway=fail"}, "uncommitted"},
		"a commit waits":                   {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Commits[0].Pending = true }), []string{"pending-commit@gateway=fail"}, "waits for its confirmation"},
		"a commit waits in the view":       {pairBetween, func(w *question) { w.f.Picture.Device.Pending = true }, []string{"pending-commit@gateway=fail"}, "waits"},
		"the newest commit is not listed":  {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Commits = d.Commits[1:] }), []string{"pending-commit@gateway=error"}, "no newest entry"},
		"no digest":                        {pairBefore, func(w *question) { w.f.Picture.Device.Mark.Digest = "" }, []string{"mark@gateway=error"}, "digest"},
		"the configuration has changed":    {pairBetween, func(w *question) { w.f.Picture.Device.Mark.Commit = "2031-05-17 21:00:00 UTC by wallaby via cli" }, []string{"mark@gateway=fail"}, "by wallaby"},
		"no last commit":                   {standalone, func(w *question) { w.f.Picture.Device.Mark.Commit = "" }, []string{"mark@gateway=error"}, "last commit"},
		"the console is logged in":         {pairBefore, user("u0"), []string{"console-users@gateway=fail/1123"}, "node0 wallaby u0 cli"},
		"the serial console is logged in":  {standalone, user("ttyd0"), []string{"console-users@gateway=fail/1123"}, "ttyd0"},
		"people are logged in":             {pairBefore, user("pts/1"), []string{"users@gateway=warn"}, "node0 wallaby pts/1 from 10.77.9.9"},
		"the configuration was not judged": {pairBefore, func(w *question) { w.f.LintErr = "edge.conf:7:1: expected }" }, []string{"lint@gateway=error"}, "expected }"},
		"a statement worth a note":         {pairBefore, lint("idp-signatures", 0, upgrade.SeverityNote), []string{}, ""},
		"preempt that will be deactivated": {pairBefore, func(w *question) {
			lint("preempt-active", 0, upgrade.SeverityError)(w)
			w.f.Lint[0].Path, w.q.Request.Preempt = "set chassis cluster redundancy-group 1 preempt", upgrade.PreemptDeactivate
		}, []string{"lint-preempt-active@gateway=warn"}, "redundancy-group 1 preempt"},
		"preempt of another group": {pairBefore, func(w *question) {
			lint("preempt-active", 0, upgrade.SeverityError)(w)
			w.f.Lint[0].Path, w.q.Request.Preempt = "set chassis cluster redundancy-group 2 preempt", upgrade.PreemptDeactivate
		}, []string{"lint-preempt-active@gateway=fail"}, "redundancy-group 2 preempt"},
		"a statement without a code":        {pairBefore, lint("root-login", 0, upgrade.SeverityError), []string{"lint-root-login@gateway=fail"}, "set system thing (edge.conf line 41)"},
		"a statement of a strange severity": {pairBefore, lint("odd", 0, "fatal"), []string{"lint-odd@gateway=fail"}, "because"},
		"two statements of one rule": {pairBefore, func(w *question) {
			lint("late-tunnel", 1176, upgrade.SeverityWarning)(w)
			lint("late-tunnel", 1176, upgrade.SeverityError)(w)
			w.f.Lint[1].Path, w.f.Lint[1].Fix = "set system other", nil
		}, []string{"lint-late-tunnel@gateway=fail/1176"}, "because: set system thing (edge.conf line 41), set system other (edge.conf line 41)"},
	}
	for _, code := range []int{1115, 1119, 1124, 1125, 1131, 1139, 1140, 1142, 1145, 1147, 1155, 1157, 1158, 1159, 1160, 1163, 1165, 1167, 1169} {
		c, _ := upgrade.CodeOf(code)
		blots["a statement that IBM refuses: "+c.Meaning] = blot{pairBefore, lint("rule", code, upgrade.SeverityError), []string{coded("lint-rule@gateway=fail", code)}, "because"}
	}
	for _, code := range []int{1176, 1177} {
		blots[coded("a statement that IBM warns of", code)] = blot{pairBetween, lint("rule", code, upgrade.SeverityWarning), []string{coded("lint-rule@gateway=warn", code)}, "because"}
	}
	return blots
}

// lint adds one statement that stands out.
func lint(rule string, code int, severity upgrade.Severity) func(*question) {
	return func(w *question) {
		w.f.Lint = append(w.f.Lint, upgrade.Statement{Rule: rule, Code: code, Severity: severity, Path: "set system thing", File: "edge.conf", Line: 41,
			Why: "because.", Fix: []string{"delete system thing"}})
	}
}

func ibmBlots() map[string]blot {
	// The rows of the world: upgrade check of quokka-a and quokka-b, then reload check of the two.
	row := func(i int, raw string, code int) func(*question) {
		return func(w *question) {
			r := &w.f.Picture.Readiness[i]
			r.Raw, r.Value, r.Code = raw, upgrade.ReadReadiness(raw), code
		}
	}
	accepted := func(spoil func(*question), codes ...int) func(*question) {
		return func(w *question) { spoil(w); w.q.Request.AcceptWarnings = codes }
	}
	return map[string]blot{
		"not ready with a code":           {pairBefore, row(1, "Not Ready", 1120), []string{"ibm-upgrade-check@quokka-b=fail/1120"}, "evaluation"},
		"not ready without a code":        {pairBefore, row(2, "NOT_READY", 0), []string{"ibm-reload-check@quokka-a=fail"}, "did not come to its end"},
		"not ready for a time-out":        {pairBefore, row(2, "NOT_READY", 1014), []string{"ibm-reload-check@quokka-a=fail/1014"}, "out of time"},
		"not ready with an unknown code":  {pairBefore, row(0, "1", 1153), []string{"ibm-upgrade-check@quokka-a=fail/1153"}, "not in IBM's list"},
		"not ready for the absent peer":   {pairBetween, row(0, "Not Ready", 1118), []string{"ibm-upgrade-check@quokka-a=fail/1118"}, "has to be between the reloads"},
		"the peer is out of reach":        {pairBetween, row(3, "Not Ready", 1134), []string{"ibm-reload-check@quokka-b=fail/1134"}, "has to be between the reloads"},
		"the check takes both for dead":   {pairBetween, row(2, "Not Ready", 1154), []string{"ibm-reload-check@quokka-a=fail/1154"}, "has to be between the reloads"},
		"the other member failed":         {pairBefore, row(0, "Incomplete", 0), []string{"ibm-upgrade-check@quokka-a=fail"}, "other member failed"},
		"running":                         {pairBefore, row(3, "Running", 0), []string{"ibm-reload-check@quokka-b=error"}, "not over"},
		"expired":                         {pairBetween, row(0, "Expired", 0), []string{"ibm-upgrade-check@quokka-a=error"}, "no result is valid"},
		"never run":                       {standalone, row(0, "Unchecked", 0), []string{"ibm-upgrade-check@quokka-a=error"}, "no result is valid"},
		"unsupported":                     {standalone, row(0, "Unsupported", 0), []string{"ibm-upgrade-check@quokka-a=fail"}, "does not support"},
		"nothing newer":                   {pairBefore, row(0, "Current", 0), []string{"ibm-upgrade-check@quokka-a=fail"}, "nothing newer"},
		"nothing newer for the old node":  {pairBetween, row(0, "Current", 0), []string{"ibm-upgrade-check@quokka-a=fail"}, "nothing newer"},
		"a word that nobody knows":        {pairBefore, row(0, "Nearly", 0), []string{"ibm-upgrade-check@quokka-a=error"}, "does not document"},
		"ready with an error":             {pairBefore, row(1, "Ready", 1112), []string{"ibm-upgrade-check@quokka-b=fail/1112"}, "1112"},
		"ready with a warning":            {pairBefore, row(1, "Ready", 1177), []string{"ibm-upgrade-check@quokka-b=fail/1177"}, "nobody accepted"},
		"ready with an accepted one":      {pairBefore, accepted(row(1, "Ready", 1177), 1176, 1177), []string{"ibm-upgrade-check@quokka-b=warn/1177"}, "accepted beforehand"},
		"upgraded, with a warning":        {pairBetween, row(1, "Current", 1185), []string{"ibm-upgrade-check@quokka-b=fail/1185"}, "nobody accepted"},
		"not ready, though it only warns": {pairBefore, accepted(row(1, "Not Ready", 1177), 1177), []string{"ibm-upgrade-check@quokka-b=fail/1177"}, "1177"},
		"a row is missing":                {pairBefore, func(w *question) { w.f.Picture.Readiness = w.f.Picture.Readiness[1:] }, []string{"ibm-upgrade-check@quokka-a=error"}, "no row for host quokka-a"},
		"a row of somebody else":          {pairBefore, func(w *question) { w.f.Picture.Readiness[0].MemberID = 699 }, []string{"ibm-upgrade-check@quokka-a=error", "ibm-upgrade-check@gateway=error"}, "no row"},
		"a second row that differs": {pairBefore, func(w *question) {
			w.f.Picture.Readiness = append(w.f.Picture.Readiness, upgrade.ReadinessRow{Category: upgrade.UpgradeCheck, MemberID: primaryMember, Value: upgrade.Expired, Raw: "Expired"})
		}, []string{"ibm-upgrade-check@quokka-a=error"}, "Expired"},
		"a check was never seen running": {pairBefore, func(w *question) { delete(w.q.SeenRunning, upgrade.ReloadCheck) }, []string{"ibm-check-age@gateway=error"}, "never seen running"},
		"a result is too old": {pairBefore, func(w *question) {
			w.q.SeenRunning[upgrade.UpgradeCheck] = evening(2, 0).Add(-4*time.Hour - 50*time.Minute)
		}, []string{"ibm-check-age@gateway=fail"}, "2031-05-17T22:00:00Z"},
		"a result just holds": {pairBefore, func(w *question) {
			w.q.SeenRunning[upgrade.UpgradeCheck] = evening(2, 0).Add(-4*time.Hour - 49*time.Minute)
		}, []string{}, ""},
	}
}
