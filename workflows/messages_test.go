package workflows_test

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestAnInstructionIsRefusedWhereItMakesNoSense(t *testing.T) {
	export := func(s *stage) { s.export.fails(1, says(upgrade.Unreachable, "no route")) }
	atHold := func(act func(*stage)) []scene {
		return []scene{holding(upgrade.PhaseExport, upgrade.Unreachable, act), retry(upgrade.PhaseExport, upgrade.Unreachable), approve()}
	}
	for name, c := range map[string]struct {
		spoil  func(*stage)
		scenes []scene
	}{
		"approve when nothing is asked": {export, atHold(func(s *stage) { s.refused(workflows.UpdateApprove, "asks for no approval now") })},
		"approve during a reload": {func(s *stage) {
			s.during["AwaitReload 1"] = func() { s.refused(workflows.UpdateApprove, "asks for no approval now; it is in phase reload") }
		}, []scene{approve()}},
		"retry when nothing holds": {func(*stage) {}, []scene{
			asked("reload node0", func(s *stage) { s.refused(workflows.UpdateRetry, "holds at nothing now; it is in phase approve") }), approve()}},
		"abort while the reload is being asked for": {func(s *stage) {
			s.during["RequestReload 1"] = func() { s.refused(workflows.UpdateAbort, "a reload has been submitted") }
		}, []scene{approve()}},
		"abort while the reload is being settled": {func(s *stage) {
			s.during["ConfirmReload 1"] = func() { s.refused(workflows.UpdateAbort, "a reload has been submitted") }
		}, []scene{approve()}},
		"abort while the second node is checked": {func(s *stage) {
			s.during["CheckReadiness 2"] = func() { s.refused(workflows.UpdateAbort, "a reload has been submitted") }
		}, []scene{approve()}},
		"abort while the report is stored": {func(s *stage) {
			s.during["StoreReport 1"] = func() { s.refused(workflows.UpdateAbort, "a reload has been submitted") }
		}, []scene{approve()}},
		"without by":     {export, atHold(func(s *stage) { s.send(rejected(workflows.UpdateRetry), upgrade.Instruction{Reason: "again"}) })},
		"without reason": {export, atHold(func(s *stage) { s.send(rejected(workflows.UpdateRetry), upgrade.Instruction{By: "A. Lindqvist"}) })},
		"by somebody with a line break in the name": {export, atHold(func(s *stage) {
			s.send(rejected(workflows.UpdateRetry), upgrade.Instruction{By: "A\nB", Reason: "again"})
		})},
		"with a reason of a thousand letters": {export, atHold(func(s *stage) {
			s.send(rejected(workflows.UpdateAbort), upgrade.Instruction{By: "A. Lindqvist", Reason: strings.Repeat("x", 1000)})
		})},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			c.spoil(s)
			r, err := s.play(wanted(), c.scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted {
				t.Fatalf("a refused instruction changed the upgrade: %s, %v", r.Outcome, err)
			}
			for _, d := range r.Decisions {
				if d.Name == workflows.UpdateAbort {
					t.Errorf("the refused instruction stands in the report: %+v", d)
				}
			}
		})
	}
}

// rejected is the reply that an instruction without a name or a reason must get.
func rejected(update string) *reply { return &reply{update: update, reject: "an instruction needs by"} }

func TestAbortIsRefusedWhenAnAbortHasComeToItsEnd(t *testing.T) {
	s := newStage(t)
	s.export.fails(1, says(upgrade.Unreachable, "no route"))
	s.during["StoreReport 1"] = func() { s.refused(workflows.UpdateAbort, "the upgrade has ended") }
	r, err := s.play(wanted(), holding(upgrade.PhaseExport, upgrade.Unreachable, sends(workflows.UpdateAbort)))
	if err != nil || r.Outcome != upgrade.OutcomeAborted || len(r.Decisions) != 1 {
		t.Errorf("%s, %v, decisions %+v", r.Outcome, err, r.Decisions)
	}
}

func TestTwoInstructionsAtOnceDoNotBothTakeEffect(t *testing.T) {
	for name, c := range map[string]struct {
		scenes []scene
		spoil  func(*world)
	}{
		"retry twice": {[]scene{holding(upgrade.PhaseExport, upgrade.Unreachable, func(s *stage) {
			s.say(workflows.UpdateRetry)
			s.refused(workflows.UpdateRetry, "holds at nothing now")
		}), approve()}, func(w *world) { w.export.fails(1, says(upgrade.Unreachable, "no route")) }},
		"approve twice": {[]scene{asked("reload node0", func(s *stage) {
			s.say(workflows.UpdateApprove)
			s.refused(workflows.UpdateApprove, "asks for no approval now")
		})}, func(*world) {}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			c.spoil(s.world)
			r, err := s.play(wanted(), c.scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("%s, %v", r.Outcome, err)
			}
		})
	}
}

func TestAnAbortAfterARetryWins(t *testing.T) {
	s := newStage(t)
	s.export.fails(0, says(upgrade.Unreachable, "no route"))
	r, err := s.play(wanted(), holding(upgrade.PhaseExport, upgrade.Unreachable, func(s *stage) {
		s.say(workflows.UpdateRetry)
		s.say(workflows.UpdateAbort)
	}))
	if err != nil || r.Outcome != upgrade.OutcomeAborted || s.count("pod given back") != 1 || s.count("RequestReload") != 0 {
		t.Errorf("%s, %v, calls %q", r.Outcome, err, s.calls)
	}
}
