package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestAnUpgradeWaitsForThePodAndSaysForWhom(t *testing.T) {
	s := newStage(t)
	var waiting, details string
	s.during["AwaitPodFree 1"] = func() {
		waiting, details = s.status().Waiting, s.details()
		s.rivalLeaves()
	}
	r, err := s.playAs("BesideRival", wanted(), approve())
	if err != nil {
		t.Fatal(err)
	}
	if want := "pod fra02.pod07 is held by upgrade/31"; waiting != want || !strings.Contains(details, "Waiting: "+want) {
		t.Errorf("waiting %q, details:\n%s", waiting, details)
	}
	// The wait runs beside the rival's leaving: which of the two is noted first is not told.
	want := append([]string{"pod taken"}, with(wholeRun, "Discover", "HolderOf", "pod given back")...)
	if diff := cmp.Diff(want, without(s.calls, "AwaitPodFree")); diff != "" || s.count("AwaitPodFree") != 1 {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if r.Waiting != "" || r.Outcome != upgrade.OutcomeCompleted || s.free.asked[0].WorkflowID != permitID {
		t.Errorf("report waits for %q, asked %+v", r.Waiting, s.free.asked)
	}
}

func TestAPodThatSomebodyElseWasQuickerToTakeIsWaitedForAgain(t *testing.T) {
	s := newStage(t)
	s.during["AwaitPodFree 3"] = s.rivalLeaves // the first two waits end with the pod still taken
	if r, err := s.playAs("BesideRival", wanted(), approve()); err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("AwaitPodFree") != 3 {
		t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
	}
}

func TestAPodThatWasFreedWhileItsHolderWasLookedUpIsTaken(t *testing.T) {
	s := newStage(t)
	s.holder.changes(1, func(holder *string) { *holder = "" })
	s.during["HolderOf 1"] = s.rivalLeaves
	if r, err := s.playAs("BesideRival", wanted(), approve()); err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("AwaitPodFree") != 0 {
		t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
	}
}

func TestAnAbortWhileWaitingForThePodEndsTheWait(t *testing.T) {
	for _, call := range []string{"HolderOf", "AwaitPodFree"} {
		t.Run("during "+call, func(t *testing.T) {
			s := newStage(t)
			s.during[call+" 1"] = func() { s.say(workflows.UpdateAbort) }
			r, err := s.playAs("BesideRival", wanted())
			if err != nil || r.Outcome != upgrade.OutcomeAborted || r.Waiting != "" || s.count("pod given back") != 0 || s.count("Export") != 0 || s.cut[call] != 1 {
				t.Errorf("%s, %v, waiting %q, %q", r.Outcome, err, r.Waiting, s.calls)
			}
		})
	}
}

// night is when the plays begin.
var night = time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)

func TestAnUpgradeWaitsForItsWindowWithoutThePod(t *testing.T) {
	opens := night.Add(2 * time.Hour)
	before := scene{name: "waiting for the window", do: func(*stage) {},
		when: func(s *stage, r upgrade.Report) bool {
			return r.Waiting == "the maintenance window opens at 2026-03-03T00:00:00Z" && s.count("pod taken") == 0 && strings.Contains(s.details(), r.Waiting)
		}}
	t.Run("and takes the pod when it opens", func(t *testing.T) {
		s, req := newStage(t), wanted()
		req.Window = &upgrade.Window{Start: opens, End: opens.Add(12 * time.Hour)}
		s.during["Export 1"] = func() {
			if now := s.env.Now(); now.Before(opens) {
				t.Errorf("work began at %s", now)
			}
		}
		if r, err := s.play(req, before, approve()); err != nil || r.Outcome != upgrade.OutcomeCompleted || r.Waiting != "" {
			t.Errorf("%s, %v, waiting %q", r.Outcome, err, r.Waiting)
		}
	})
	t.Run("until a person aborts", func(t *testing.T) {
		s, req := newStage(t), wanted()
		req.Window = &upgrade.Window{Start: opens, End: opens.Add(12 * time.Hour)}
		before := before
		before.do = sends(workflows.UpdateAbort)
		r, err := s.play(req, before)
		if diff := cmp.Diff([]string{"Discover", "StoreReport"}, s.calls); diff != "" || err != nil || r.Outcome != upgrade.OutcomeAborted || r.Waiting != "" || !s.env.Now().Before(opens) {
			t.Errorf("%s, %v, waiting %q, calls (-want +got):\n%s", r.Outcome, err, r.Waiting, diff)
		}
	})
}

func TestAWindowIsLookedAtAgainOnceThePodIsOurs(t *testing.T) {
	t.Run("too short by now", func(t *testing.T) {
		s, req := newStage(t), wanted()
		req.Window = &upgrade.Window{Start: night, End: night.Add(9 * time.Hour)}
		r, err := s.play(req, holding(upgrade.PhaseQueue, upgrade.TooLate, sends(workflows.UpdateAbort)))
		if diff := cmp.Diff([]string{"Discover", "pod taken", "pod given back", "StoreReport"}, s.calls); diff != "" || err != nil || r.Outcome != upgrade.OutcomeAborted {
			t.Errorf("%s, %v, calls (-want +got):\n%s", r.Outcome, err, diff)
		}
	})
	t.Run("and before the second reload, where retry goes on all the same", func(t *testing.T) {
		s, req := newStage(t), wanted()
		req.Window = &upgrade.Window{Start: night, End: night.Add(11 * time.Hour)}
		late := asked("reload node0 on edge-a now?", sends(workflows.UpdateApprove))
		late.when = func(s *stage, r upgrade.Report) bool { return r.Ask != nil && s.env.Now().After(req.Window.End) }
		r, err := s.play(req, late, retry(upgrade.PhaseReady, upgrade.TooLate))
		if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("pod given back") != 1 {
			t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
		}
	})
}

func TestAPermitThatWasEndedByOthersIsTakenAgain(t *testing.T) {
	for name, c := range map[string]struct {
		during string
		scenes []scene
		taken  int
	}{
		"while the first reload runs":  {"AwaitReload 1", []scene{approve()}, 2},
		"while a node is verified":     {"Verify 1", []scene{approve()}, 2},
		"while the second reload runs": {"AwaitReload 2", []scene{approve()}, 1},
		"while the export is made":     {"Export 1", []scene{approve()}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.during[c.during] = func() { s.env.CancelWorkflowByID(permitID, "") }
			r, err := s.play(wanted(), c.scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("pod lost") != 1 || s.count("pod taken") != c.taken || s.count("pod given back") != c.taken-1 {
				t.Fatalf("%s, %v, %q", r.Outcome, err, s.calls)
			}
			if c.taken == 2 && s.request.asked[1].Permit.RunID == "" {
				t.Errorf("submitted under %+v", s.request.asked[1].Permit)
			}
		})
	}
}

func TestEachReloadIsAskedForUnderThePermitOfItsTime(t *testing.T) {
	s := newStage(t)
	s.during["AwaitReload 1"] = func() { s.env.CancelWorkflowByID(permitID, "") }
	if _, err := s.play(wanted(), approve()); err != nil {
		t.Fatal(err)
	}
	if a, b := s.request.asked[0].Permit, s.request.asked[1].Permit; a.RunID == b.RunID || b.RunID == "" {
		t.Errorf("the fence is %+v and then %+v", a, b)
	}
}

// rivalLeaves gives the pod back in the name of the other upgrade.
func (s *stage) rivalLeaves() {
	if err := s.env.SignalWorkflowByID(permitID, workflows.SignalRelease, nil); err != nil {
		s.Errorf("releasing the rival: %v", err)
	}
}
