package upgrade

import (
	"slices"
	"time"
)

// ibmRows judges every row of one of IBM's checks, in the order of the members; each has to have one. What is not an
// answer yet is no verdict.
func ibmRows(category Category) func(scene) []CheckResult {
	return func(s scene) []CheckResult {
		var results []CheckResult
		for _, m := range s.f.Picture.Gateway.Members {
			rows := 0
			for _, row := range s.f.Picture.Readiness {
				if row.Category == category && row.MemberID == m.ID {
					rows++
					results = append(results, ibmRow(s, m, row).about(m.Host))
				}
			}
			if rows == 0 {
				results = append(results, unknown("%s has no row for host %s", category, m.Host).
					cure("run IBM's checks on the gateway, then check again").about(m.Host))
			}
		}
		for _, row := range s.f.Picture.Readiness {
			known := slices.ContainsFunc(s.f.Picture.Gateway.Members, func(m Member) bool { return m.ID == row.MemberID })
			if row.Category == category && !known {
				results = append(results, unknown("%s has a row for member %d, which the gateway does not have", category, row.MemberID))
			}
		}
		return results
	}
}

func ibmRow(s scene, m Member, row ReadinessRow) CheckResult {
	said := sentence("%s says %q%s for host %s", row.Category, row.Raw, codeText(row.Code), m.Host)
	switch row.Value {
	case Ready:
		if row.Code != 0 {
			return codeOnRecord(s, row.Code, said)
		}
		return pass("%s", said)
	case Current:
		if s.done(m) && (row.Code == 0 || IsWarning(row.Code)) {
			return currentRow(s, row, said)
		}
		return fail("%s: nothing newer can be installed", said).cure("nothing is to be upgraded, or the version on record is not the running one")
	case Running:
		return unknown("%s: the check is not over", said).cure("wait for its end, about 30 minutes after its start")
	case Unchecked, Expired:
		return unknown("%s: no result is valid", said).cure("run IBM's checks on the gateway; a result holds for five hours")
	case Incomplete:
		return fail("%s: the check of the other member failed", said).cure("read the other member's row").coded(row.Code)
	case CannotBe:
		return fail("%s: IBM does not support this action on the gateway", said).cure("open a case with IBM Support").coded(row.Code)
	case NotReadyYet:
		return notReady(s, m, row, said)
	}
	return unknown("%s, a word that IBM does not document", said).cure("compare it with the portal, and ask IBM Support what it means")
}

// currentRow is the upgraded node's row between the reloads: it has nothing newer to install, and that is right.
func currentRow(s scene, row ReadinessRow, said string) CheckResult {
	if row.Code != 0 {
		return codeOnRecord(s, row.Code, said)
	}
	return pass("%s, as is right for the upgraded node", said)
}

// offByDesign are the codes that IBM's check may have for a peer that IBM itself powered off.
var offByDesign = []int{1118, 1134, 1154}

// notReady explains a refusal. A peer that is off by design is never started to please the check.
func notReady(s scene, m Member, row ReadinessRow, said string) CheckResult {
	code, _ := CodeOf(row.Code)
	switch {
	case row.Code == 0:
		return fail("%s: the check did not come to its end", said).cure("run the check again")
	case s.lone() && slices.Contains(offByDesign, row.Code):
		return fail("%s: the peer is off, as it has to be between the reloads", said).
			cure("leave the old machine off, and open a case with IBM Support to let the second reload go on").coded(row.Code)
	}
	return fail("%s: %s", said, code.Meaning).cure("host %s: %s", m.Host, code.Remedy).coded(row.Code)
}

// ibmResultAge wants both results young enough to hold until the reload is submitted: a row carries no time of its own.
func ibmResultAge(s scene) []CheckResult {
	var checks []Category // all
	if s.q.Moment == BroughtBack {
		checks = []Category{ReloadCheck}
	}
	until := Readiness{SeenRunning: s.q.SeenRunning}.ValidUntil(s.q.Timing.ReadinessValid.D()-s.q.Timing.ReadinessMargin.D(), checks...)
	switch {
	case until.IsZero() || s.q.Now.IsZero():
		return []CheckResult{unknown("the age of IBM's results is not known: one of the checks was never seen running").
			cure("run IBM's checks on the gateway and watch them end")}
	case !s.q.Now.Before(until):
		return []CheckResult{fail("IBM's results hold until %s only", until.Format(time.RFC3339)).cure("run IBM's checks again")}
	}
	return []CheckResult{pass("IBM's results hold until %s, %s from now", until.Format(time.RFC3339), until.Sub(s.q.Now).Round(time.Minute))}
}
