package workflows_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// instructions are all that may be said to an upgrade, in the order in which they are offered.
var instructions = []string{workflows.UpdateApprove, workflows.UpdateRetry, workflows.UpdateResubmit, workflows.UpdateAccept,
	workflows.UpdatePause, workflows.UpdateResume, workflows.UpdateRollback, workflows.UpdateAbort}

// The texts of the refusals, by what they have in common.
const (
	noQuestion  = "asks for no approval now"
	noHold      = "holds at nothing now"
	noDoubt     = "no reload is undecided now"
	notPaused   = "the upgrade is not paused"
	isPaused    = "the upgrade is paused already"
	noReload    = "nothing has been reloaded yet"
	notOver     = "the first node's reload is not over yet"
	tooFar      = "the second node's reload has been submitted"
	underWay    = "the rollback is under way already"
	unstoppable = "a reload has been submitted"
	isEnded     = "the upgrade has ended"
)

// refusals adds to what is refused while an upgrade neither holds nor asks nor pauses.
func refusals(more map[string]string) map[string]string {
	all := map[string]string{workflows.UpdateApprove: noQuestion, workflows.UpdateRetry: noHold, workflows.UpdateResubmit: noDoubt, workflows.UpdateResume: notPaused}
	for update, text := range more {
		if all[update] = text; text == "" {
			delete(all, update)
		}
	}
	return all
}

// refuses sends everything that must be refused now.
func (s *stage) refuses(texts map[string]string) {
	s.Helper()
	for _, update := range instructions {
		if text, ok := texts[update]; ok {
			in := instruction(update)
			if update == workflows.UpdateAccept {
				in.Codes = []int{1180}
			}
			s.send(&reply{update: update, reject: text}, in)
		}
	}
}

// offers checks that exactly what is not refused is offered to people.
func (s *stage) offers(texts map[string]string) {
	s.Helper()
	want := slices.DeleteFunc(slices.Clone(instructions), func(update string) bool { _, refused := texts[update]; return refused })
	if diff := cmp.Diff(want, append([]string{}, s.status().Choices...)); diff != "" {
		s.Errorf("choices (-want +got):\n%s", diff)
	}
}

// moment is a point of an upgrade at which people speak: in the middle of a call, or in a scene.
type moment struct {
	during  string
	spoil   func(*stage)
	scenes  func(act func(*stage)) []scene
	refused map[string]string
}

func pausedAt(during string) func(*stage) {
	return func(s *stage) { s.during[during] = func() { s.say(workflows.UpdatePause) } }
}

// paused waits until the upgrade stands still because of a pause, then acts.
func paused(do func(*stage)) scene {
	return scene{name: "paused", do: do, when: func(_ *stage, r upgrade.Report) bool { return r.Paused != nil }}
}

// then does one after the other.
func then(acts ...func(*stage)) func(*stage) {
	return func(s *stage) {
		for _, act := range acts {
			act(s)
		}
	}
}

func calmMoments() map[string]moment {
	early := refusals(map[string]string{workflows.UpdateRollback: noReload})
	running := map[string]string{workflows.UpdateRollback: notOver, workflows.UpdateAbort: unstoppable}
	second := refusals(map[string]string{workflows.UpdateRollback: tooFar, workflows.UpdateAbort: unstoppable})
	return map[string]moment{
		"before the plan":                  {during: "Discover 1", refused: early},
		"before the pod":                   {during: "AskForPod 1", refused: early},
		"prepared":                         {during: "Export 1", refused: early},
		"while the first node is checked":  {during: "CheckReadiness 1", refused: early},
		"while the first reload is on":     {during: "AwaitReload 1", refused: refusals(running)},
		"while the first node is verified": {during: "Verify 1", refused: refusals(map[string]string{workflows.UpdateAbort: unstoppable})},
		"while the second node is checked": {during: "CheckReadiness 2", refused: refusals(map[string]string{workflows.UpdateAbort: unstoppable})},
		"once the second is submitted":     {during: "ConfirmReload 2", refused: second},
		"while the second reload is on":    {during: "AwaitReload 2", refused: second},
		"while the pair is verified":       {during: "Verify 2", refused: second},
		"while the state is compared":      {during: "Compare 1", refused: second},
		"once it has ended": {during: "StoreReport 1", refused: refusals(map[string]string{workflows.UpdateRollback: tooFar, workflows.UpdateAbort: unstoppable,
			workflows.UpdateAccept: isEnded, workflows.UpdatePause: isEnded})},
	}
}

func standingMoments() map[string]moment {
	stuck := func(phase upgrade.Phase, kind upgrade.Kind) func(func(*stage)) []scene {
		return func(act func(*stage)) []scene {
			return []scene{holding(phase, kind, then(act, sends(workflows.UpdateRetry))), approve()}
		}
	}
	held := func(rollback string) map[string]string {
		return refusals(map[string]string{workflows.UpdateRetry: "", workflows.UpdateRollback: rollback})
	}
	doubtful := func(rollback string) map[string]string {
		return refusals(map[string]string{workflows.UpdateRetry: "", workflows.UpdateResubmit: "", workflows.UpdateRollback: rollback})
	}
	still := func(rollback string) map[string]string {
		return refusals(map[string]string{workflows.UpdateResume: "", workflows.UpdatePause: isPaused, workflows.UpdateRollback: rollback})
	}
	resumed := func(act func(*stage)) scene { return paused(then(act, sends(workflows.UpdateResume))) }
	return map[string]moment{
		"holding before the first reload": {spoil: func(s *stage) { s.export.fails(1, broken) }, scenes: stuck(upgrade.PhaseExport, upgrade.Unreachable), refused: held(noReload)},
		"holding for an overdue reload": {spoil: func(s *stage) { s.await.fails(1, says(upgrade.Overdue, "not ended after 24h")) },
			scenes: stuck(upgrade.PhaseReload, upgrade.Overdue), refused: held(notOver)},
		"holding for the first node's verification": {spoil: func(s *stage) { s.verify.fails(1, broken) },
			scenes: stuck(upgrade.PhaseVerify, upgrade.Unreachable), refused: refusals(map[string]string{workflows.UpdateRetry: ""})},
		"holding for an undecided first reload": {spoil: func(s *stage) { unclear(s.world, 1) }, scenes: stuck(upgrade.PhaseReload, upgrade.Undecided), refused: doubtful(notOver)},
		"holding for an undecided second reload": {spoil: func(s *stage) { unclear(s.world, 2) }, refused: doubtful(tooFar), scenes: func(act func(*stage)) []scene {
			return []scene{approve(), holding(upgrade.PhaseReload, upgrade.Undecided, then(act, sends(workflows.UpdateRetry)))}
		}},
		"asking for the second reload": {refused: refusals(map[string]string{workflows.UpdateApprove: ""}), scenes: func(act func(*stage)) []scene {
			return []scene{asked("reload node0", then(act, sends(workflows.UpdateApprove)))}
		}},
		"asking for preempt": {spoil: func(s *stage) { s.preempt = upgrade.PreemptActive }, refused: refusals(map[string]string{workflows.UpdateApprove: "", workflows.UpdateRollback: noReload}),
			scenes: func(act func(*stage)) []scene {
				return []scene{asked(askPreempt, then(act, sends(workflows.UpdateApprove))), approve()}
			}},
		"paused before the first reload": {spoil: pausedAt("AskForPod 1"), refused: still(noReload), scenes: func(act func(*stage)) []scene { return []scene{resumed(act), approve()} }},
		"paused between the reloads": {spoil: pausedAt("AwaitReload 1"), refused: refusals(map[string]string{workflows.UpdateResume: "", workflows.UpdatePause: isPaused}),
			scenes: func(act func(*stage)) []scene { return []scene{resumed(act), approve()} }},
		"paused after the second reload": {spoil: pausedAt("AwaitReload 2"), refused: still(tooFar), scenes: func(act func(*stage)) []scene { return []scene{approve(), resumed(act)} }},
	}
}

func TestWhatMayBeSaidWhileTheUpgradeWorks(t *testing.T) {
	for name, m := range calmMoments() {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.during[m.during] = func() { s.offers(m.refused); s.refuses(m.refused) }
			r, err := s.play(wanted(), approve())
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || len(r.Decisions) != 1 || len(s.replies) != len(m.refused)+1 {
				t.Errorf("%s, %v, decisions %+v, %d replies", r.Outcome, err, r.Decisions, len(s.replies))
			}
		})
	}
}

func TestWhatMayBeSaidWhileTheUpgradeStandsStill(t *testing.T) {
	for name, m := range standingMoments() {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			if m.spoil != nil {
				m.spoil(s)
			}
			scenes := m.scenes(func(s *stage) { s.offers(m.refused); s.refuses(m.refused) })
			if r, err := s.play(wanted(), scenes...); err != nil || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("%s, %v", r.Outcome, err)
			}
		})
	}
}

func TestWhatMayBeSaidInARollback(t *testing.T) {
	texts := refusals(map[string]string{workflows.UpdateRollback: underWay, workflows.UpdateAbort: unstoppable})
	for _, during := range []string{"LookBack 1", "PowerOff 1", "BringBack 1", "Verify 2", "CheckReadiness 2", "AwaitReload 2", "Verify 3", "Compare 1"} {
		t.Run("during "+during, func(t *testing.T) {
			s := backStage(t)
			s.during[during] = func() { s.offers(texts); s.refuses(texts) }
			if r, err := s.play(wanted(), goBack()); err != nil || r.Outcome != upgrade.OutcomeRolledBack {
				t.Errorf("%s, %v", r.Outcome, err)
			}
		})
	}
}
