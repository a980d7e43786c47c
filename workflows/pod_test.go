package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestAnUpgradeWaitsForThePodAndSaysForWhom(t *testing.T) {
	s := newStage(t)
	s.ahead = 2
	var waiting []string
	var details string
	s.during["KeepPlace 1"] = func() { waiting, details = append(waiting, s.status().Waiting), s.details() }
	s.during["KeepPlace 2"] = func() { waiting = append(waiting, s.status().Waiting) }
	r, err := s.play(wanted(), approve())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"place 3 of 3, held for gateway edge-old (upgrade/31)", "place 2 of 2, held for gateway edge-old (upgrade/31)"}
	if diff := cmp.Diff(want, waiting); diff != "" || !strings.Contains(details, "Waiting: "+want[0]) {
		t.Errorf("details:\n%s\nwaiting (-want +got):\n%s", details, diff)
	}
	if diff := cmp.Diff(with(wholeRun, "AskForPod", "KeepPlace", "KeepPlace"), s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if log := logOf(r); !strings.Contains(log, "queue: waiting: "+want[1]) || !strings.Contains(log, "queue: the pod fra02.pod07 is ours") {
		t.Errorf("log:\n%s", log)
	}
	if r.Waiting != "" || r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("%s, the report waits for %q", r.Outcome, r.Waiting)
	}
	s.withdrawn(0)
}

func TestAPodIsAskedForWithEverythingThatItsLockNeeds(t *testing.T) {
	s, req := newStage(t), wanted()
	req.Timing.PermitPoll = upgrade.Duration(17 * time.Second)
	if _, err := s.play(req, approve()); err != nil {
		t.Fatal(err)
	}
	in := s.ask.asked[0]
	r := in.Request
	if in.Account != account || in.Pod != pod || r.Validate() != nil || r.GatewayID != gatewayID || r.Gateway != "edge-fra" || r.Reason != "CHG-31007" || r.Poll != req.Timing.PermitPoll {
		t.Errorf("asked with %+v", in)
	}
	if diff := cmp.Diff([]upgrade.PermitRelease{{Request: r.ID}}, s.given); diff != "" {
		t.Errorf("given back by (-want +got):\n%s", diff)
	}
}

// The lock may be terminated, reset or lost: those who wait make it whole again, under the same name.
func TestALockThatHasLostItsQueueIsAskedAgain(t *testing.T) {
	s := newStage(t)
	s.ahead = 3
	s.place.changes(1, func(now *upgrade.Ticket) { *now = upgrade.Ticket{Position: -1} })
	r, err := s.play(wanted(), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Fatalf("%s, %v", r.Outcome, err)
	}
	if len(s.ask.asked) != 2 || s.ask.asked[0].Request != s.ask.asked[1].Request {
		t.Errorf("asked by %+v", s.ask.asked)
	}
	if diff := cmp.Diff(with(wholeRun, "AskForPod", "KeepPlace", "AskForPod", "KeepPlace", "KeepPlace"), s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// Grants of other requests, also of former ones of this very upgrade, are none.
func TestOnlyTheGrantOfTheRequestAtHandCounts(t *testing.T) {
	s := newStage(t)
	s.ahead = 2
	s.during["KeepPlace 1"] = func() {
		for _, id := range []string{"", "rival/1", s.ask.asked[0].Request.ID + "0"} {
			s.grant(upgrade.PodGrant{Request: id})
		}
	}
	s.during["KeepPlace 2"] = func() {
		if n := s.count("pod taken"); n != 0 {
			t.Errorf("the pod was taken by a grant of another request: %q", s.calls)
		}
	}
	if r, err := s.play(wanted(), approve()); err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("KeepPlace") != 2 {
		t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
	}
}

func TestEachTakingOfThePodIsARequestOfItsOwn(t *testing.T) {
	s := newStage(t)
	s.during["AwaitReload 1"] = func() { s.env.CancelWorkflowByID(permitID, "") }
	if _, err := s.play(wanted(), approve()); err != nil {
		t.Fatal(err)
	}
	if len(s.ask.asked) != 2 || s.ask.asked[0].Request.ID == s.ask.asked[1].Request.ID {
		t.Errorf("asked by %+v", s.ask.asked)
	}
}

func TestARequestThatCameToNothingIsWithdrawnBeforeTheNext(t *testing.T) {
	s := newStage(t)
	s.ahead = 2
	s.place.fails(1, broken)
	if r, err := s.play(wanted(), retry(upgrade.PhaseQueue, upgrade.Unreachable), approve()); err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Fatalf("%s, %v", r.Outcome, err)
	}
	s.withdrawn(1)
	if a, b := s.ask.asked[0].Request.ID, s.ask.asked[1].Request.ID; a == b {
		t.Errorf("both were asked for as %s", a)
	}
}

// The answer to a request may be lost on its way; the grant that follows it says enough.
func TestAGrantOvertakesALostAnswer(t *testing.T) {
	s := newStage(t)
	s.ask.fails(1, broken)
	if r, err := s.play(wanted(), approve()); err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("AskForPod") != 1 {
		t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
	}
	s.withdrawn(0)
}

// The permit alone decides: a grant beside an open permit opens nothing, and the lock, which follows the holder that it
// finds, grants again.
func TestAGrantBesideAnOpenPermitOpensNothing(t *testing.T) {
	s := newStage(t)
	s.during["AskForPod 3"] = s.rivalLeaves // the first two grants meet the rival's permit
	r, err := s.playAs("BesideRival", wanted(), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Fatalf("%s, %v, %q", r.Outcome, err, s.calls)
	}
	if n := s.count("AskForPod"); n != 3 || s.ask.asked[0].Request != s.ask.asked[2].Request {
		t.Errorf("asked %d times by %+v", n, s.ask.asked)
	}
	if s.count("pod taken") != 2 || s.count("pod given back") != 2 {
		t.Errorf("calls: %q", s.calls)
	}
}

func TestAnAbortWhileWaitingForThePodEndsTheWait(t *testing.T) {
	for _, call := range []string{"AskForPod", "KeepPlace"} {
		t.Run("during "+call, func(t *testing.T) {
			s := newStage(t)
			s.ahead = 3
			s.during[call+" 1"] = func() { s.say(workflows.UpdateAbort) }
			r, err := s.play(wanted())
			if err != nil || r.Outcome != upgrade.OutcomeAborted || r.Waiting != "" || s.count("pod taken") != 0 || s.count("Export") != 0 || s.cut[call] != 1 {
				t.Errorf("%s, %v, waiting %q, %q", r.Outcome, err, r.Waiting, s.calls)
			}
			s.withdrawn(1)
		})
	}
}

// An abort that meets the grant half-way: the permit that was opened all the same is given back.
func TestAnAbortThatMeetsTheGrantGivesThePodBack(t *testing.T) {
	s := newStage(t)
	s.ahead = 1
	s.during["KeepPlace 1"] = func() {
		s.grant(upgrade.PodGrant{Request: s.ask.asked[0].Request.ID})
		s.say(workflows.UpdateAbort)
	}
	r, err := s.play(wanted())
	if err != nil || r.Outcome != upgrade.OutcomeAborted || s.count("pod taken") != s.count("pod given back") || s.count("Export") != 0 {
		t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
	}
}

func TestALockThatIsGoneDoesNotKeepAWaiter(t *testing.T) {
	s := newStage(t)
	s.ahead = 3
	s.seen.tell[workflows.SignalWithdraw] = func(telling) error { return &temporal.UnknownExternalWorkflowExecutionError{} }
	s.during["KeepPlace 1"] = func() { s.say(workflows.UpdateAbort) }
	if r, err := s.play(wanted()); err != nil || r.Outcome != upgrade.OutcomeAborted || len(r.ToDo) != 0 {
		t.Errorf("%s, %v, to do %q", r.Outcome, err, r.ToDo)
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
		if diff := cmp.Diff([]string{"Discover", "AskForPod", "pod taken", "pod given back", "StoreReport"}, s.calls); diff != "" || err != nil || r.Outcome != upgrade.OutcomeAborted {
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
	if err := s.env.SignalWorkflowByID(permitID, workflows.SignalRelease, upgrade.PermitRelease{Request: rival().ID}); err != nil {
		s.Errorf("releasing the rival: %v", err)
	}
}

// withdrawn checks that so many requests, the first ones, were taken back from the pod's lock.
func (s *stage) withdrawn(times int) {
	s.Helper()
	want := []telling{}
	for i := range times {
		want = append(want, telling{workflows.LockID(account, pod), workflows.SignalWithdraw, upgrade.PodGrant{Request: s.ask.asked[i].Request.ID}})
	}
	if !slices.Equal(want, s.seen.told) {
		s.Errorf("told others %+v, wanted %+v", s.seen.told, want)
	}
}
