package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestAPauseHoldsAtTheNextSafePointAndResumeGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		during string
		calls  []string // when it stands still
		before []scene
		after  []scene
	}{
		"before the pod is ours":        {"AskForPod 1", wholeRun[:3], nil, []scene{approve()}},
		"while it is exported":          {"Export 1", wholeRun[:5], nil, []scene{approve()}},
		"while a reload is submitted":   {"RequestReload 1", wholeRun[:11], nil, []scene{approve()}},
		"while a reload is settled":     {"ConfirmReload 1", wholeRun[:11], nil, []scene{approve()}},
		"while a reload is on":          {"AwaitReload 1", wholeRun[:11], nil, []scene{approve()}},
		"while the first is verified":   {"Verify 1", wholeRun[:12], []scene{approve()}, nil},
		"while the second reload is on": {"AwaitReload 2", wholeRun[:18], []scene{approve()}, nil},
		"while the pair is verified":    {"Verify 2", wholeRun[:19], []scene{approve()}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.during[c.during] = func() { s.say(workflows.UpdatePause) }
			var still upgrade.Report
			night := scene{name: "paused for a night", do: func(s *stage) {
				if still = s.status(); !slices.Equal(c.calls, s.calls) {
					t.Errorf("while paused (-want +got):\n%s", cmp.Diff(c.calls, s.calls))
				}
				s.say(workflows.UpdateResume)
			}, when: func(s *stage, r upgrade.Report) bool {
				return r.Paused != nil && s.env.Now().Sub(r.Paused.At) > 12*time.Hour
			}}
			r, err := s.play(wanted(), slices.Concat(c.before, []scene{night}, c.after)...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || r.Paused != nil {
				t.Fatalf("%s, %v, paused %v", r.Outcome, err, r.Paused)
			}
			if still.Paused.By != "A. Lindqvist" || still.Paused.Reason != "night shift says pause" {
				t.Errorf("paused by %+v", still.Paused)
			}
			delete(s.cut, "AskForPod") // the grant ends the wait for it
			if diff := cmp.Diff(wholeRun, s.calls); diff != "" || len(s.cut) > 0 {
				t.Errorf("cut %v, calls (-want +got):\n%s", s.cut, diff)
			}
		})
	}
}

func TestAPauseTakenBackInTimeStopsNothing(t *testing.T) {
	s := newStage(t)
	s.during["AwaitReload 1"] = func() { s.say(workflows.UpdatePause); s.say(workflows.UpdateResume) }
	r, err := s.play(wanted(), approve())
	if err != nil || cmp.Diff(wholeRun, s.calls) != "" || len(r.Decisions) != 3 {
		t.Errorf("%v, decisions %+v, calls %q", err, r.Decisions, s.calls)
	}
}

func TestARetryOfAHoldThatIsPausedWaitsForResume(t *testing.T) {
	s := newStage(t)
	s.export.fails(1, broken)
	r, err := s.play(wanted(),
		holding(upgrade.PhaseExport, upgrade.Unreachable, then(sends(workflows.UpdatePause), sends(workflows.UpdateRetry))),
		paused(func(s *stage) {
			if s.count("Export") != 1 {
				t.Errorf("while paused it exported again: %q", s.calls)
			}
			s.say(workflows.UpdateResume)
		}), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("Export") != 2 {
		t.Errorf("%s, %v, calls %q", r.Outcome, err, s.calls)
	}
}

// An undecided reload may be on: the retry that looks for it does not wait for anything.
func TestAReloadThatMayBeOnIsNeverLeftUnwatchedByAPause(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*stage)
		kind  upgrade.Kind
		call  string
	}{
		"undecided": {func(s *stage) { unclear(s.world, 1) }, upgrade.Undecided, "ConfirmReload"},
		"overdue":   {func(s *stage) { s.await.fails(1, says(upgrade.Overdue, "not ended after 24h")) }, upgrade.Overdue, "AwaitReload"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			c.spoil(s)
			_, err := s.play(wanted(),
				holding(upgrade.PhaseReload, c.kind, then(sends(workflows.UpdatePause), sends(workflows.UpdateRetry))),
				paused(func(s *stage) {
					if s.count(c.call) != 2 || s.count("AwaitReload") == 0 || s.count("Verify") != 0 {
						t.Errorf("it paused after %q", s.calls)
					}
					s.say(workflows.UpdateResume)
				}), approve())
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestAnAbortEndsAPause(t *testing.T) {
	for name, c := range map[string]struct {
		during  string
		outcome upgrade.Outcome
	}{
		"before the first reload, and everything is undone": {"Export 1", upgrade.OutcomeAborted},
		"between the reloads, and the pod is tainted":       {"AwaitReload 1", upgrade.OutcomeAbandoned},
	} {
		t.Run(name, func(t *testing.T) {
			s, req := newStage(t), wanted()
			s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
			pausedAt(c.during)(s)
			r, err := s.play(req, paused(sends(workflows.UpdateAbort)))
			undone, tainted := s.preempt == upgrade.PreemptActive, len(s.given) == 1 && s.given[0].Unhealthy != ""
			if aborted := c.outcome == upgrade.OutcomeAborted; err != nil || r.Outcome != c.outcome || undone != aborted || tainted == aborted {
				t.Errorf("%s, %v, undone %t, given back by %+v", r.Outcome, err, undone, s.given)
			}
		})
	}
}

func TestACancellationEndsAPauseBeforeTheFirstReload(t *testing.T) {
	s := newStage(t)
	pausedAt("Export 1")(s)
	if _, err := s.play(wanted(), paused(func(s *stage) { s.env.CancelWorkflow() })); err == nil || s.stored.Outcome != upgrade.OutcomeAborted {
		t.Errorf("%v, stored %+v", err, s.stored)
	}
}
