package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// calmly is a person without whims.
func calmly(seed uint64) *person {
	return &person{chance: rand.New(rand.NewPCG(seed, 1)), begun: epoch}
}

var epoch = time.Date(2026, 5, 2, 1, 0, 0, 0, time.UTC)

// hears gives what a person says within a minute to an upgrade that does not change.
func hears(p *person, r upgrade.Report, ending bool) (word, bool) {
	for at := time.Duration(0); at < time.Minute; at += time.Second {
		if w, speaks := p.says(r, epoch.Add(at), ending); speaks {
			return w, true
		}
	}
	return word{}, false
}

func asking() upgrade.Report {
	return upgrade.Report{Phase: upgrade.PhaseApprove, Ask: &upgrade.Ask{Text: "go on?", Since: epoch},
		Choices: []string{workflows.UpdateApprove, workflows.UpdatePause, workflows.UpdateRollback, workflows.UpdateAbort}}
}

func holding(reason string) upgrade.Report {
	return upgrade.Report{Phase: upgrade.PhaseVerify, Hold: &upgrade.Hold{Kind: upgrade.Unhealthy, Reason: reason, Since: epoch},
		Choices: []string{workflows.UpdateRetry, workflows.UpdatePause, workflows.UpdateRollback, workflows.UpdateAbort}}
}

func TestAPersonSaysNothingUnasked(t *testing.T) {
	if w, speaks := hears(calmly(1), upgrade.Report{Phase: upgrade.PhaseReload}, false); speaks {
		t.Errorf("the person says %q", w.name)
	}
}

func TestAPersonGivesEveryAnswerThatIsOffered(t *testing.T) {
	for name, c := range map[string]struct {
		report upgrade.Report
		want   []string
	}{
		"to a question": {asking(), []string{workflows.UpdateAbort, workflows.UpdateApprove, workflows.UpdatePause, workflows.UpdateRollback}},
		"to a hold":     {holding("node0 is lost"), []string{workflows.UpdateAbort, workflows.UpdateRetry, workflows.UpdateRollback}},
	} {
		t.Run(name, func(t *testing.T) {
			said := map[string]bool{}
			for seed := range uint64(400) {
				if w, speaks := hears(calmly(seed), c.report, false); speaks {
					said[w.name] = true
				}
			}
			var names []string
			for name := range said {
				names = append(names, name)
			}
			slices.Sort(names)
			if !slices.Equal(names, c.want) {
				t.Errorf("400 people say %v, want %v", names, c.want)
			}
		})
	}
}

func TestAPersonWhoIsToComeToAnEndDoesOnlyThat(t *testing.T) {
	paused := upgrade.Report{Phase: upgrade.PhaseReady, Paused: &upgrade.Decision{Name: workflows.UpdatePause}, Choices: []string{workflows.UpdateResume, workflows.UpdateAbort}}
	for name, c := range map[string]struct {
		report upgrade.Report
		want   string
	}{
		"a question is approved": {asking(), workflows.UpdateApprove},
		"a hold is retried":      {holding("node0 is lost"), workflows.UpdateRetry},
		"a pause is ended":       {paused, workflows.UpdateResume},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(100) {
				if w, _ := hears(calmly(seed), c.report, true); w.name != c.want {
					t.Fatalf("seed %d says %q, want %q", seed, w.name, c.want)
				}
			}
		})
	}
}

func TestAPersonRepeatsAnAnswerThatWasLost(t *testing.T) {
	p := calmly(3)
	for n := range 3 {
		if w, speaks := hears(p, holding("no answer"), true); !speaks || w.name != workflows.UpdateRetry {
			t.Errorf("the answer number %d is %q", n+1, w.name)
		}
	}
}

func TestAPersonAcceptsTheWarningsThatAHoldNames(t *testing.T) {
	w, _ := hears(calmly(1), holding("IBM's record of host h0 warns with code 1180; code 1120 is no warning"), true)
	if w.name != workflows.UpdateAccept || !slices.Equal(w.codes, []int{1180}) {
		t.Errorf("the person says %+v", w)
	}
}

func TestAPersonAbortsWhereNoRetryHelps(t *testing.T) {
	backup := holding("host h1 has no backup image of vSRXvM4")
	backup.Phase, backup.Rollback = upgrade.PhaseRollback, &upgrade.RollbackReport{}
	unseen := holding("the reload of node0 was submitted and is not to be seen")
	unseen.Hold.Kind = upgrade.Undecided
	for name, r := range map[string]upgrade.Report{"a rollback that cannot begin": backup, "a submission that nobody finds": unseen} {
		t.Run(name, func(t *testing.T) {
			p := calmly(1)
			for n := range unfound {
				if w, _ := hears(p, r, true); w.name != workflows.UpdateRetry {
					t.Errorf("answer %d is %q, want a retry", n+1, w.name)
				}
			}
			if w, _ := hears(p, r, true); w.name != workflows.UpdateAbort {
				t.Errorf("then the person says %q, want an abort", w.name)
			}
		})
	}
}

func TestAWhimIsSaidOnlyWhereItIsOffered(t *testing.T) {
	p := calmly(1)
	p.whims = []whim{{time.Second, workflows.UpdatePause}, {2 * time.Second, workflows.UpdateResume}}
	r := upgrade.Report{Phase: upgrade.PhaseReload, Choices: []string{workflows.UpdatePause}}
	if w, speaks := p.says(r, epoch.Add(time.Second), false); !speaks || w.name != workflows.UpdatePause {
		t.Errorf("the person says %q, want a pause", w.name)
	}
	if w, speaks := p.says(r, epoch.Add(2*time.Second), false); speaks {
		t.Errorf("the person says %q, which is not offered", w.name)
	}
}
