package workflows_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestAFailingStepHoldsAndRetryGoesOnWithIt(t *testing.T) {
	for name, h := range hitches() {
		t.Run("when "+name, func(t *testing.T) {
			var held upgrade.Hold
			var details string
			var choices []string
			seen := holding(h.phase, h.kind, func(s *stage) {
				status := s.status()
				held, choices, details = *status.Hold, status.Choices, s.details()
				s.say(workflows.UpdateRetry)
			})
			s, r, err := h.play(t, h.scenes(seen)...)
			if err != nil {
				t.Fatal(err)
			}
			if n := s.count(h.call); n < 2 {
				t.Errorf("retry did not repeat %s: %q", h.call, s.calls)
			}
			for _, want := range []string{workflows.UpdateRetry, workflows.UpdateAbort} {
				if !slices.Contains(choices, want) {
					t.Errorf("choices %q lack %s", choices, want)
				}
			}
			if held.Reason == "" || held.Advice == "" || !strings.Contains(details, held.Advice) || !strings.Contains(details, held.Reason) {
				t.Errorf("details without reason and advice of %+v:\n%s", held, details)
			}
			if r.Outcome != upgrade.OutcomeCompleted || r.Reloads != 2 || r.Hold != nil {
				t.Errorf("report: outcome %s, reloads %d, hold %v", r.Outcome, r.Reloads, r.Hold)
			}
		})
	}
}

func TestAnAbortFromAHoldBeforeTheFirstReloadUndoesEverything(t *testing.T) {
	for name, h := range hitches() {
		if h.committed() {
			continue
		}
		t.Run("when "+name, func(t *testing.T) {
			s, r, err := h.play(t, holding(h.phase, h.kind, sends(workflows.UpdateAbort)))
			if err != nil {
				t.Fatal(err)
			}
			if r.Outcome != upgrade.OutcomeAborted || r.Reloads != 0 || s.preempt != upgrade.PreemptActive || len(r.ToDo) != 0 {
				t.Errorf("outcome %s, reloads %d, preempt %s, to do %q", r.Outcome, r.Reloads, s.preempt, r.ToDo)
			}
			if taken, back := s.count("pod taken"), s.count("pod given back"); h.phase != upgrade.PhaseQueue && (taken != 1 || back != 1) {
				t.Errorf("the pod was taken %d times and given back %d times", taken, back)
			}
			if s.stored == nil || s.stored.Outcome != upgrade.OutcomeAborted {
				t.Errorf("stored: %+v", s.stored)
			}
		})
	}
}

// Nothing is undone any more: the gateway is left as it is, and nobody gets the pod before it has been seen whole.
func TestAnAbortFromAHoldAfterTheFirstReloadGivesThePodBackAsUnhealthy(t *testing.T) {
	for name, h := range hitches() {
		if !h.committed() {
			continue
		}
		t.Run("when "+name, func(t *testing.T) {
			scenes := []scene{holding(h.phase, h.kind, sends(workflows.UpdateAbort))}
			if h.moment == upgrade.AfterSecond {
				scenes = append([]scene{approve()}, scenes...)
			}
			s, r, err := h.play(t, scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeAbandoned {
				t.Fatalf("%s, %v", r.Outcome, err)
			}
			if len(s.given) != 1 || !strings.Contains(s.given[0].Unhealthy, "edge-fra was ended by a person after a reload: night shift says abort") || s.given[0].Forced != "" {
				t.Errorf("given back by %+v", s.given)
			}
			if s.stored == nil || s.stored.Outcome != upgrade.OutcomeAbandoned {
				t.Errorf("stored: %+v", s.stored)
			}
		})
	}
}

// An export that ended in a final error may have stored a configuration already, and the archive refuses other content
// under a key in use: a second export into the same folder can then never succeed.
func TestAnExportThatIsRetriedGetsAFolderOfItsOwn(t *testing.T) {
	s := newStage(t)
	s.export.fails(1, says(upgrade.Drifted, "the configuration changed while it was exported"))
	if _, err := s.play(wanted(), retry(upgrade.PhaseExport, upgrade.Drifted), approve()); err != nil {
		t.Fatal(err)
	}
	if a, b := s.export.asked[0].Folder, s.export.asked[1].Folder; a == b {
		t.Errorf("both exports went to %s", a)
	}
}
