package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// notSent makes a submission that certainly reached nobody.
func notSent(w *world, call int) {
	w.request.changes(call, func(s *upgrade.Submission) { s.Answer, s.Text = upgrade.NotSent, "connection refused" })
	w.confirm.changes(call, func(c *activities.Confirmation) { *c = activities.Confirmation{Verdict: upgrade.NotStarted, Looks: 1} })
}

// again are the calls of one more round of a submission that was not sent.
var again = []string{"Check", "Observe", "RequestReload", "ConfirmReload"}

func TestASubmissionThatWasNotSentIsMadeAgainAfterANewLook(t *testing.T) {
	s := newStage(t)
	notSent(s.world, 1)
	notSent(s.world, 2)
	r, err := s.play(wanted(), approve())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(with(wholeRun, "ConfirmReload", append(again, again...)...), s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if r.Nodes[0].Round != 3 || r.Nodes[1].Round != 1 || r.Reloads != 2 {
		t.Errorf("rounds %d and %d, reloads %d", r.Nodes[0].Round, r.Nodes[1].Round, r.Reloads)
	}
}

func TestAPersonIsAskedAfterThreeSubmissionsThatWereNotSent(t *testing.T) {
	s := newStage(t)
	for call := 1; call <= 3; call++ {
		notSent(s.world, call)
	}
	r, err := s.play(wanted(), holding(upgrade.PhaseReload, upgrade.Refused, func(s *stage) {
		if n := s.count("RequestReload"); n != 3 {
			t.Errorf("%d submissions before a person was asked", n)
		}
		s.say(workflows.UpdateRetry)
	}), approve())
	if err != nil || r.Nodes[0].Round != 4 || r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("%s, %v, nodes %+v", r.Outcome, err, r.Nodes)
	}
}

func TestAnAnswerThatIsSettledIsNeverFollowedByAnotherSubmission(t *testing.T) {
	timeout := temporal.NewTimeoutError(enums.TIMEOUT_TYPE_START_TO_CLOSE, nil)
	for name, spoil := range map[string]func(*world){
		"accepted":                         func(*world) {},
		"lost, and the reload is seen":     func(w *world) { w.request.changes(1, func(s *upgrade.Submission) { s.Answer = upgrade.Ambiguous }) },
		"not sent, and yet a reload is on": func(w *world) { w.request.changes(1, func(s *upgrade.Submission) { s.Answer = upgrade.NotSent }) },
		"refused because one runs already": func(w *world) { w.request.changes(1, func(s *upgrade.Submission) { s.Answer = upgrade.Declined }) },
		"never given: the worker was lost": func(w *world) { w.request.fails(1, timeout) },
		"an error of unknown kind":         func(w *world) { w.request.fails(1, says("Panic", "out of memory")) },
		"an error after the call was sent": func(w *world) { w.request.fails(1, says(upgrade.Unreachable, "the line is dead")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			spoil(s.world)
			r, err := s.play(wanted(), approve())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wholeRun, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if r.Nodes[0].Round != 1 || r.Nodes[0].Submission == nil || r.Nodes[0].ReloadID != reloadID(0) {
				t.Errorf("node: %+v", r.Nodes[0])
			}
		})
	}
}

func TestALostAttemptIsSettledAsAmbiguous(t *testing.T) {
	s := newStage(t)
	s.request.fails(1, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_START_TO_CLOSE, nil))
	if _, err := s.play(wanted(), approve()); err != nil {
		t.Fatal(err)
	}
	in := s.confirm.asked[0]
	if in.Answer != upgrade.Ambiguous || in.Baseline != s.request.asked[0].Baseline {
		t.Errorf("settled with %+v after %+v", in, s.request.asked[0])
	}
}

func TestARefusedReloadIsSubmittedAgainOnlyByAPerson(t *testing.T) {
	for call, name := range map[int]string{1: "the first node", 2: "the second node"} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			declined(s.world, call)
			scenes := []scene{retry(upgrade.PhaseReload, upgrade.Refused), approve()}
			if call == 2 {
				scenes = []scene{approve(), scenes[0]}
			}
			r, err := s.play(wanted(), scenes...)
			if err != nil || s.count("RequestReload") != 3 || r.Nodes[call-1].Round != 2 || r.Reloads != 2 {
				t.Errorf("%v, calls %q, nodes %+v", err, s.calls, r.Nodes)
			}
		})
	}
}

func TestAnUnclearSubmissionIsOnlyLookedAtAgain(t *testing.T) {
	s := newStage(t)
	unclear(s.world, 1)
	s.confirm.changes(2, func(c *activities.Confirmation) { *c = activities.Confirmation{Verdict: upgrade.Unclear, Looks: 60} })
	stuck := retry(upgrade.PhaseReload, upgrade.Undecided)
	r, err := s.play(wanted(), stuck, stuck, approve())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(with(wholeRun, "ConfirmReload", "ConfirmReload", "ConfirmReload"), s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if first := s.confirm.asked[0]; s.confirm.asked[2].Baseline != first.Baseline || s.confirm.asked[2].Answer != first.Answer || r.Reloads != 2 {
		t.Errorf("looked with %+v and then with %+v", first, s.confirm.asked[2])
	}
}

func TestDriftBeforeTheFirstReloadIsExportedAgain(t *testing.T) {
	s := newStage(t)
	s.during["CheckReadiness 1"] = func() { s.commit("2026-03-02 someone") }
	r, err := s.play(wanted(), retry(upgrade.PhaseReady, upgrade.Drifted), approve())
	if err != nil {
		t.Fatal(err)
	}
	// IBM's checks are not run again: drift says nothing about them.
	if diff := cmp.Diff(with(wholeRun, "Observe", "Differ", "Export", "Check", "Observe"), s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if r.Export.Mark.Commit != "2026-03-02 someone" || s.export.asked[0].Folder == s.export.asked[1].Folder || s.compare.asked[0].Before != r.Export.Snapshot {
		t.Errorf("exports %+v, report %+v", s.export.asked, r.Export)
	}
}

func TestDriftBetweenTheReloadsIsTakenOverByAPerson(t *testing.T) {
	s := newStage(t)
	s.during["CheckReadiness 2"] = func() { s.commit("2026-03-03 someone") }
	r, err := s.play(wanted(), approve(), retry(upgrade.PhaseReady, upgrade.Drifted))
	if err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Fatalf("%s, %v", r.Outcome, err)
	}
	if s.count("Export") != 1 || r.Export.Mark.Commit == "2026-03-03 someone" {
		t.Errorf("the export of the old version was replaced: %q, %+v", s.calls, r.Export)
	}
}

func TestAConfigurationThatWasRebuiltByTheReloadIsNoDrift(t *testing.T) {
	s := newStage(t)
	s.during["AwaitReload 1"] = func() { s.commit("2026-03-03 IBM automation") }
	r, err := s.play(wanted(), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("Observe") != 2 {
		t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
	}
}

// commit changes the configuration on the device, by hand.
func (s *stage) commit(by string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mark = upgrade.Mark{Digest: "after " + by, Commit: by}
}

func TestExpiredReadinessIsCheckedAnew(t *testing.T) {
	for call, name := range map[int]string{1: "before the first reload", 2: "before the second reload"} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.readiness.changes(call, func(r *upgrade.Readiness) {
				for category, seen := range r.SeenRunning {
					r.SeenRunning[category] = seen.Add(-4*time.Hour - 50*time.Minute) // five hours less the margin of ten minutes
				}
			})
			scenes := []scene{retry(upgrade.PhaseReady, upgrade.NotReady), approve()}
			if call == 2 {
				scenes = []scene{approve(), scenes[0]}
			}
			r, err := s.play(wanted(), scenes...)
			if err != nil || s.count("CheckReadiness") != 3 || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
			}
		})
	}
}

func TestAWarningThatWasAcceptedDoesNotHold(t *testing.T) {
	s, req := newStage(t), wanted()
	req.AcceptWarnings = []int{1180}
	row(s.world, 0, func(r *upgrade.ReadinessRow) { r.Code = 1180 })
	if r, err := s.play(req, approve()); err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("%s, %v", r.Outcome, err)
	}
}

func TestAnOverdueReloadGetsAWholeNewDeadlineByRetry(t *testing.T) {
	s := newStage(t)
	s.await.fails(1, says(upgrade.Overdue, "not ended after 24h"))
	if _, err := s.play(wanted(), later(3*time.Hour, retry(upgrade.PhaseReload, upgrade.Overdue)), approve()); err != nil {
		t.Fatal(err)
	}
	first, second := s.await.asked[0], s.await.asked[1]
	if !second.Deadline.After(first.Deadline.Add(2*time.Hour)) || second.Since != first.Since || second.ReloadID != first.ReloadID || s.count("RequestReload") != 2 {
		t.Errorf("waited with %+v and then with %+v", first, second)
	}
}

func TestAWarningOfTheVerificationIsLeftToPeopleAndHoldsNothing(t *testing.T) {
	s := newStage(t)
	s.verify.changes(1, func(v *activities.Verification) {
		v.Findings = []upgrade.Finding{{Check: "peer-autostart", Warning: true, Text: "vsrx-a would start at a reboot", Advice: "disable its autostart"}}
	})
	r, err := s.play(wanted(), approve())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"vsrx-a would start at a reboot: disable its autostart"}, r.ToDo); diff != "" || r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("outcome %s, to do (-want +got):\n%s", r.Outcome, diff)
	}
}
