package workflows_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestResubmitMakesExactlyOneNewSubmissionAfterANewLook(t *testing.T) {
	for name, c := range map[string]struct {
		call   int
		scenes []scene
	}{
		"of the first node":  {1, []scene{holding(upgrade.PhaseReload, upgrade.Undecided, sends(workflows.UpdateResubmit)), approve()}},
		"of the second node": {2, []scene{approve(), holding(upgrade.PhaseReload, upgrade.Undecided, sends(workflows.UpdateResubmit))}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			unclear(s.world, c.call)
			r, err := s.play(wanted(), c.scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || r.Reloads != 2 {
				t.Fatalf("%s, %v, %d reloads", r.Outcome, err, r.Reloads)
			}
			at := map[int]int{1: 9, 2: 16}[c.call] // right behind the ConfirmReload that was undecided
			want := slices.Insert(slices.Clone(wholeRun), at+1, again...)
			if diff := cmp.Diff(want, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if n := r.Nodes[c.call-1]; n.Round != 2 || n.ReloadID == 0 {
				t.Errorf("node: %+v", n)
			}
			if a, b := s.request.asked[c.call-1].Baseline, s.request.asked[c.call].Baseline; !b.At.After(a.At) {
				t.Errorf("submitted on the baseline of %s again, after %s", b.At, a.At)
			}
		})
	}
}

func TestWhatANewLookFindsKeepsAResubmissionFromBeingSent(t *testing.T) {
	s := newStage(t)
	unclear(s.world, 1)
	s.observe.changes(2, func(p *upgrade.Picture) { p.Servers[1].ActiveCount = 1 })
	r, err := s.play(wanted(), holding(upgrade.PhaseReload, upgrade.Undecided, sends(workflows.UpdateResubmit)),
		holding(upgrade.PhaseReady, upgrade.Unhealthy, func(s *stage) {
			if hold := s.status().Hold; s.count("RequestReload") != 1 || !strings.Contains(hold.Reason, "a transaction runs on host edge-b") {
				t.Errorf("hold %+v, calls %q", hold, s.calls)
			}
			s.say(workflows.UpdateRetry)
		}), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("RequestReload") != 3 {
		t.Errorf("%s, %v, calls %q", r.Outcome, err, s.calls)
	}
}

func TestAnUndecidedReloadThatIsGivenUpTaintsThePod(t *testing.T) {
	s := newStage(t)
	unclear(s.world, 1)
	r, err := s.play(wanted(), holding(upgrade.PhaseReload, upgrade.Undecided, sends(workflows.UpdateAbort)))
	if err != nil || r.Outcome != upgrade.OutcomeAbandoned || len(s.given) != 1 || s.given[0].Unhealthy == "" {
		t.Errorf("%s, %v, given back by %+v: a reload may be on", r.Outcome, err, s.given)
	}
}

func TestACancellationOfAnUndecidedReloadIsFollowedOnceAPersonSaysThatNoneIsOn(t *testing.T) {
	s := newStage(t)
	unclear(s.world, 1)
	s.during["ConfirmReload 1"] = s.env.CancelWorkflow
	_, err := s.play(wanted(), holding(upgrade.PhaseReload, upgrade.Undecided, sends(workflows.UpdateResubmit)))
	if err == nil || s.stored.Outcome != upgrade.OutcomeAborted || s.count("RequestReload") != 1 {
		t.Errorf("%v, stored %+v, calls %q", err, s.stored, s.calls)
	}
}

// accepting says accept-warnings with the codes, and then retry.
func accepting(codes ...int) func(*stage) {
	return func(s *stage) {
		in := instruction(workflows.UpdateAccept)
		in.Codes = codes
		s.send(&reply{update: workflows.UpdateAccept}, in)
		s.say(workflows.UpdateRetry)
	}
}

func TestAWarningThatIsAcceptedOnTheWayGoesOnWithRetry(t *testing.T) {
	s := newStage(t)
	row(s.world, 0, func(r *upgrade.ReadinessRow) { r.Code = 1180 })
	var choices []string
	r, err := s.play(wanted(), holding(upgrade.PhaseReady, upgrade.NotReady, func(s *stage) {
		choices = s.status().Choices
		accepting(1180)(s)
	}), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted || !slices.Contains(choices, workflows.UpdateAccept) {
		t.Fatalf("%s, %v, choices %q", r.Outcome, err, choices)
	}
	if d := r.Decisions[0]; d.Name != workflows.UpdateAccept || !slices.Equal(d.Codes, []int{1180}) {
		t.Errorf("decisions: %+v", r.Decisions)
	}
}

func TestAnotherWarningThanTheAcceptedOneHoldsAgain(t *testing.T) {
	s := newStage(t)
	row(s.world, 0, func(r *upgrade.ReadinessRow) { r.Code = 1180 })
	stuck := func(do func(*stage)) scene { return holding(upgrade.PhaseReady, upgrade.NotReady, do) }
	r, err := s.play(wanted(), stuck(accepting(1176)), stuck(accepting(1180)), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted || len(r.Decisions) != 5 {
		t.Errorf("%s, %v, decisions %+v", r.Outcome, err, r.Decisions)
	}
}

func TestAcceptWarningsIsRefused(t *testing.T) {
	for name, codes := range map[string][]int{
		"without a code":            {},
		"with the code of an error": {1120},
		"with no code of IBM's":     {7},
		"with one bad code of two":  {1180, 1120},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			row(s.world, 1, func(r *upgrade.ReadinessRow) { r.Code = 1180 })
			r, err := s.play(wanted(), holding(upgrade.PhaseReady, upgrade.NotReady, func(s *stage) {
				in := instruction(workflows.UpdateAccept)
				in.Codes = codes
				s.send(&reply{update: workflows.UpdateAccept, reject: map[bool]string{true: "no readiness warning is named", false: "is no readiness warning"}[len(codes) == 0]}, in)
				s.say(workflows.UpdateRetry)
			}), approve())
			if err != nil || len(r.Decisions) != 2 || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("%s, %v, decisions %+v", r.Outcome, err, r.Decisions)
			}
		})
	}
}
