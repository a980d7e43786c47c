package matrix

import (
	"slices"
	"testing"
)

func TestEveryActivityIsInTheMatrixOrExcludedByNameWithItsReason(t *testing.T) {
	names := allActivities()
	for _, a := range names {
		_, known := traits()[a]
		excluded := !slices.ContainsFunc(paths, func(p path) bool { return never(p)[a] == "" })
		if known == excluded {
			t.Errorf("activity %s: in the matrix %t, excluded on every path %t; want one of the two", a, known, excluded)
		}
	}
	for a := range traits() {
		if !slices.Contains(names, a) {
			t.Errorf("the matrix has the activity %s, which no worker serves", a)
		}
	}
	for _, p := range paths {
		for a, reason := range never(p) {
			if !slices.Contains(names, a) || reason == "" {
				t.Errorf("%s: excluded is %s because %q; want an activity and a reason", p, a, reason)
			}
		}
	}
}

func TestTheSampleHasEveryActivityEveryClassWithEveryFaultAndEnoughDeaths(t *testing.T) {
	deaths, activity, combination := 0, map[string]bool{}, map[class]map[fault]bool{}
	for _, k := range classes {
		combination[k] = map[fault]bool{}
	}
	for _, c := range sample() {
		if !slices.Contains(all(), c) {
			t.Errorf("%s is in the sample and not in the matrix", c)
		}
		if c.Fault == death {
			deaths++
		}
		activity[c.Activity], combination[traits()[c.Activity].class][c.Fault] = true, true
	}
	if deaths < 20 {
		t.Errorf("%d workers are killed, want 20 at least", deaths)
	}
	for a := range traits() {
		if !activity[a] {
			t.Errorf("activity %s is missing", a)
		}
	}
	for _, k := range classes {
		for _, f := range faults {
			if f != death && !combination[k][f] {
				t.Errorf("no activity that %s meets the fault %q", k, f)
			}
		}
	}
}
