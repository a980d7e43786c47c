package upgrade_test

import (
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

const (
	formerReload = 31002 // the last reload before ours
	ourReload    = 31077
)

// baseline is of the member that is reloaded first.
func baseline() upgrade.Baseline {
	return upgrade.BaselineOf(wholePicture(oldRelease), upgrade.Step{HardwareID: secondaryHardware})
}

// serverWith is the server with its last reload and, unless 0, a running transaction.
func serverWith(lastReload, active int) upgrade.Server {
	s := server(secondaryHardware, lastReload)
	if active != 0 {
		s.Active, s.ActiveIDs, s.ActiveCount = &upgrade.Transaction{ID: active, Step: "step of " + string(rune('A'+active%26))}, []int{active}, 1
	}
	return s
}

func TestTheBaselineIsOfTheServerToBeReloaded(t *testing.T) {
	want := upgrade.Baseline{HardwareID: secondaryHardware, LastReload: formerReload, At: evening(2, 0)}
	if got := baseline(); got != want {
		t.Errorf("BaselineOf = %+v, want %+v", got, want)
	}
}

func TestTheBaselineHoldsOnlyWhileTheServerIsIdleAndItsLastReloadTheSame(t *testing.T) {
	for name, c := range map[string]struct {
		server upgrade.Server
		holds  bool
	}{
		"untouched":                {serverWith(formerReload, 0), true},
		"a check runs":             {serverWith(formerReload, 31050), false},
		"a foreign reload runs":    {serverWith(ourReload, ourReload), false},
		"a foreign reload is over": {serverWith(ourReload, 0), false},
		"the reload id is gone":    {serverWith(0, 0), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := baseline().Holds(c.server); got != c.holds {
				t.Errorf("Holds = %v, want %v", got, c.holds)
			}
		})
	}
}

// TestReconcile has one row for each thing that can be seen after each answer; "" is an answer lost with its worker.
func TestReconcile(t *testing.T) {
	all := []upgrade.Answer{upgrade.Accepted, upgrade.Ambiguous, upgrade.NotSent, upgrade.Declined, upgrade.Changed, ""}
	untouched, check, running, over := serverWith(formerReload, 0), serverWith(formerReload, 31050), serverWith(ourReload, ourReload), serverWith(ourReload, 0)
	for name, c := range map[string]struct {
		answers []upgrade.Answer
		server  upgrade.Server
		looks   int
		timeUp  bool
		verdict upgrade.Verdict
	}{
		"a new reload runs: adopted whatever was answered":      {all, running, 1, false, upgrade.Adopted},
		"a new reload is over: adopted":                         {all, over, 1, false, upgrade.Adopted},
		"a new reload behind another transaction: adopted":      {all, serverWith(ourReload, 31080), 1, false, upgrade.Adopted},
		"a new reload at the last look: adopted":                {all, running, 60, true, upgrade.Adopted},
		"EARLY-READY, accepted and nothing to see: look again":  {[]upgrade.Answer{upgrade.Accepted}, untouched, 1, false, upgrade.Looking},
		"EARLY-READY after many looks: look again":              {[]upgrade.Answer{upgrade.Accepted}, untouched, 59, false, upgrade.Looking},
		"LATE-ACCEPT, no answer and nothing to see: look again": {[]upgrade.Answer{upgrade.Ambiguous, ""}, untouched, 59, false, upgrade.Looking},
		"PRECHECK-AS-RELOAD, another transaction: look again":   {all, check, 5, false, upgrade.Looking},
		"accepted or unanswered and never seen: unclear":        {[]upgrade.Answer{upgrade.Accepted, upgrade.Ambiguous, ""}, untouched, 60, true, upgrade.Unclear},
		"another transaction to the end: unclear":               {all, check, 60, true, upgrade.Unclear},
		"not sent and nothing to see: not started":              {[]upgrade.Answer{upgrade.NotSent, upgrade.Changed}, untouched, 1, false, upgrade.NotStarted},
		"not sent and nothing at the last look: not started":    {[]upgrade.Answer{upgrade.NotSent, upgrade.Changed}, untouched, 60, true, upgrade.NotStarted},
		"refused, the first look: it may be running already":    {[]upgrade.Answer{upgrade.Declined}, untouched, 1, false, upgrade.Looking},
		"refused, the second look":                              {[]upgrade.Answer{upgrade.Declined}, untouched, 2, false, upgrade.Looking},
		"refused and nothing in three looks: not started":       {[]upgrade.Answer{upgrade.Declined}, untouched, 3, false, upgrade.NotStarted},
		"the id of the last reload is not told: no new reload":  {[]upgrade.Answer{upgrade.Accepted}, serverWith(0, 0), 1, false, upgrade.Looking},
		"SELF-LAST, the former reload is active: nothing new":   {all, serverWith(formerReload, formerReload), 1, false, upgrade.Looking},
	} {
		for _, answer := range c.answers {
			t.Run(name+"/"+string(answer), func(t *testing.T) {
				verdict, id := baseline().Reconcile(c.server, answer, c.looks, c.timeUp)
				if verdict != c.verdict {
					t.Errorf("verdict %q, want %q", verdict, c.verdict)
				}
				if want := map[bool]int{true: ourReload}[c.verdict == upgrade.Adopted]; id != want {
					t.Errorf("id %d, want %d", id, want)
				}
			})
		}
	}
}

func TestTheFirstReloadOfAServerIsAdopted(t *testing.T) {
	b := baseline()
	b.LastReload = 0
	if verdict, id := b.Reconcile(serverWith(ourReload, ourReload), upgrade.Ambiguous, 1, false); verdict != upgrade.Adopted || id != ourReload {
		t.Errorf("Reconcile = %q, %d", verdict, id)
	}
	if verdict, id := b.Reconcile(serverWith(0, 0), upgrade.Ambiguous, 60, true); verdict != upgrade.Unclear || id != 0 {
		t.Errorf("Reconcile = %q, %d", verdict, id)
	}
}

// Growth of ids with time is not promised: a smaller one is new too.
func TestReloadIDsAreComparedForEqualityOnly(t *testing.T) {
	if verdict, id := baseline().Reconcile(serverWith(7, 7), upgrade.Accepted, 1, false); verdict != upgrade.Adopted || id != 7 {
		t.Errorf("Reconcile = %q, %d", verdict, id)
	}
}

func TestNoVerdictButNotStartedAllowsANewSubmission(t *testing.T) {
	for _, answer := range []upgrade.Answer{upgrade.Accepted, upgrade.Ambiguous, ""} {
		for looks := 1; looks <= 100; looks++ {
			for _, over := range []bool{false, true} {
				for _, s := range []upgrade.Server{serverWith(formerReload, 0), serverWith(formerReload, 31050), serverWith(ourReload, 0)} {
					if verdict, _ := baseline().Reconcile(s, answer, looks, over); verdict == upgrade.NotStarted {
						t.Fatalf("answer %q, look %d: not started", answer, looks)
					}
				}
			}
		}
	}
}
