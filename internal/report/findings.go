package report

import (
	"slices"

	"vsrx-upgrade/internal/upgrade"
)

// checks are the readiness checks before the latest reload: what did not pass, and how much did.
type checks struct {
	Open, Passed, Skipped []upgrade.CheckResult
	Summary               string
}

// checksOf puts failures first, then what could not be asked, then warnings.
func checksOf(results []upgrade.CheckResult) (c checks) {
	order := []upgrade.CheckVerdict{upgrade.CheckFail, upgrade.CheckError, upgrade.CheckWarn}
	seen := map[upgrade.CheckVerdict]int{}
	for _, r := range results {
		switch r.Verdict {
		case upgrade.CheckPass:
			c.Passed = append(c.Passed, r)
		case upgrade.CheckSkipped:
			c.Skipped = append(c.Skipped, r)
		case upgrade.CheckFail, upgrade.CheckWarn:
			c.Open = append(c.Open, r)
			seen[r.Verdict]++
		default: // a verdict that nobody knows is no pass
			c.Open = append(c.Open, r)
			seen[upgrade.CheckError]++
		}
	}
	place := func(r upgrade.CheckResult) int {
		if i := slices.Index(order, r.Verdict); i >= 0 {
			return i
		}
		return slices.Index(order, upgrade.CheckError)
	}
	slices.SortStableFunc(c.Open, func(a, b upgrade.CheckResult) int { return place(a) - place(b) })
	if len(results) > 0 {
		c.Summary = count(seen[upgrade.CheckFail], "failure", "failures") + ", " + count(seen[upgrade.CheckError], "question", "questions") +
			" without an answer, " + count(seen[upgrade.CheckWarn], "warning", "warnings") + ", " + count(len(c.Passed), "pass", "passes") + ", " +
			count(len(c.Skipped), "does", "do") + " not apply"
	}
	return c
}

// differences are what is not as it was before, split into what people look at and what an upgrade changes by its nature.
type differences struct {
	Compared bool
	Open     []upgrade.Difference
	Expected []upgrade.Difference
}

func differencesOf(r upgrade.Report) (d differences) {
	for _, one := range r.Differences {
		if one.Expected {
			d.Expected = append(d.Expected, one)
		} else {
			d.Open = append(d.Open, one)
		}
	}
	ended := r.Outcome == upgrade.OutcomeCompleted || r.Outcome == upgrade.OutcomeRolledBack
	d.Compared = ended || len(r.Differences) > 0
	return d
}
