package workflows_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestAFailingStepHoldsAndRetryGoesOnWithIt(t *testing.T) {
	for name, h := range hitches() {
		t.Run("when "+name, func(t *testing.T) {
			var held upgrade.Hold
			var details string
			seen := holding(h.phase, h.kind, func(s *stage) {
				held, details = *s.status().Hold, s.details()
				s.say(workflows.UpdateRetry)
			})
			s, r, err := h.play(t, h.scenes(seen)...)
			if err != nil {
				t.Fatal(err)
			}
			if n := s.count(h.call); n < 2 {
				t.Errorf("retry did not repeat %s: %q", h.call, s.calls)
			}
			choices := []string{workflows.UpdateRetry}
			if !h.committed() {
				choices = append(choices, workflows.UpdateAbort)
			}
			if diff := cmp.Diff(choices, held.Choices); diff != "" {
				t.Errorf("choices (-want +got):\n%s", diff)
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

func TestAnAbortFromAHoldAfterTheFirstReloadIsRefused(t *testing.T) {
	for name, h := range hitches() {
		if !h.committed() {
			continue
		}
		t.Run("when "+name, func(t *testing.T) {
			_, r, err := h.play(t, h.scenes(holding(h.phase, h.kind, func(s *stage) {
				s.refused(workflows.UpdateAbort, "a reload has been submitted")
				s.say(workflows.UpdateRetry)
			}))...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("%s, %v", r.Outcome, err)
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
