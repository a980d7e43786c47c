package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// Whatever is refused leaves no trace: the state is what it was, and no update stands in the history.
func TestALockRefusesWhatMakesNoSense(t *testing.T) {
	steer := func(update, request, text string) func(*stage) {
		return func(s *stage) { s.steersInVain(update, request, text) }
	}
	spoilt := func(spoil func(*upgrade.PodRequest)) func(*stage) {
		return func(s *stage) {
			r := asking(5)
			spoil(&r)
			s.send(&reply{update: workflows.UpdateAcquire, reject: "a request for a pod needs id, holder, run, gatewayId and poll"}, r)
		}
	}
	unsigned := func(update, request string, in upgrade.Instruction) func(*stage) {
		return func(s *stage) {
			s.send(&reply{update: update, reject: "an instruction needs by"}, upgrade.PodInstruction{Instruction: in, Request: request})
		}
	}
	const noHolder, noWaiter = "does not hold pod fra02.pod07", "does not wait for pod fra02.pod07"
	for name, act := range map[string]func(*stage){
		"a request without an id":            spoilt(func(r *upgrade.PodRequest) { r.ID = "" }),
		"a request without a holder":         spoilt(func(r *upgrade.PodRequest) { r.Holder = "" }),
		"a request without the holder's run": spoilt(func(r *upgrade.PodRequest) { r.Run = "" }),
		"a request without a gateway":        spoilt(func(r *upgrade.PodRequest) { r.GatewayID = 0 }),
		"a request without a pause":          spoilt(func(r *upgrade.PodRequest) { r.Poll = 0 }),
		"a request of nothing": func(s *stage) {
			s.send(&reply{update: workflows.UpdateAcquire, reject: "a request for a pod needs"}, nil)
		},
		"a release by force of one that waits":              steer(workflows.UpdateForceRelease, "q-2", `request "q-2" `+noHolder),
		"a release by force of one that it does not know":   steer(workflows.UpdateForceRelease, "q-9", `request "q-9" `+noHolder),
		"a release by force of nobody":                      steer(workflows.UpdateForceRelease, "", `request "" `+noHolder),
		"a removal of the one that is served":               steer(workflows.UpdateRemove, "q-1", `request "q-1" `+noWaiter),
		"a removal of one that it does not know":            steer(workflows.UpdateRemove, "q-9", `request "q-9" `+noWaiter),
		"a removal of nobody":                               steer(workflows.UpdateRemove, "", `request "" `+noWaiter),
		"a taint cleared where there is none":               steer(workflows.UpdateClearTaint, "", "pod fra02.pod07 is not tainted"),
		"a release by force that nobody takes the blame of": unsigned(workflows.UpdateForceRelease, "q-1", upgrade.Instruction{Reason: "stuck"}),
		"a release by force without a reason":               unsigned(workflows.UpdateForceRelease, "q-1", upgrade.Instruction{By: "A. Lindqvist"}),
		"a removal without a reason":                        unsigned(workflows.UpdateRemove, "q-2", upgrade.Instruction{By: "A. Lindqvist"}),
		"a clearing without a name":                         unsigned(workflows.UpdateClearTaint, "", upgrade.Instruction{Reason: "well"}),
		"a renewal without a reason":                        unsigned(workflows.UpdateRenew, "", upgrade.Instruction{By: "A. Lindqvist"}),
		"a renewal by a name of two lines":                  unsigned(workflows.UpdateRenew, "", upgrade.Instruction{By: "A\nB", Reason: "fresh"}),
		"a removal with a reason of a thousand letters":     unsigned(workflows.UpdateRemove, "q-2", upgrade.Instruction{By: "A. Lindqvist", Reason: strings.Repeat("x", 1000)}),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			var before, after upgrade.PodLock
			s.during["ServePod 1"] = func() { before = s.state(); act(s); s.asks(1) } // which serves it anew
			s.during["ServePod 2"] = func() { after = s.state() }
			s.guard(freeLock(1, 2))
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("(-before +after):\n%s", diff)
			}
			if diff := cmp.Diff([]int{1, 1, 2}, s.serves()); diff != "" || len(s.seen.told) != 0 {
				t.Errorf("told others %+v, served (-want +got):\n%s", s.seen.told, diff)
			}
			if refusal := s.replies[0].refusal; refusal != nil && adviceIn(t, refusal) == "" {
				t.Errorf("refused without advice: %v", refusal)
			}
		})
	}
}

func TestASignalThatCannotBeReadIsCountedAndChangesNothing(t *testing.T) {
	for name, in := range map[string]any{
		"a bare text": "q-2", "a number": 2, "a list": []string{"q-2"}, "letters of no code": []byte{0xff, 0}, "nothing": nil,
		"an empty one": upgrade.PodGrant{}, "another field": map[string]string{"requestId": "q-2"}, "another type": map[string]int{"request": 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			var details string
			s.during["ServePod 1"] = func() { s.env.SignalWorkflow(workflows.SignalWithdraw, in) }
			s.during["ServePod 2"] = func() { details = s.details() }
			l := s.guard(freeLock(1, 2))
			if diff := cmp.Diff([]int{1, 2}, s.serves()); diff != "" || l.Garbled != 1 {
				t.Errorf("counted %d, served (-want +got):\n%s", l.Garbled, diff)
			}
			if !strings.Contains(details, "edge-2") {
				t.Errorf("details:\n%s", details)
			}
		})
	}
}

func TestASignalAfterOneThatCannotBeReadIsStillHeard(t *testing.T) {
	s := newStage(t)
	s.during["ServePod 1"] = func() { s.env.SignalWorkflow(workflows.SignalWithdraw, 2); s.leaves(2); s.leaves(3) }
	l := s.guard(freeLock(1, 2, 3, 4))
	if diff := cmp.Diff([]int{1, 4}, s.serves()); diff != "" || l.Garbled != 1 {
		t.Errorf("counted %d, served (-want +got):\n%s", l.Garbled, diff)
	}
}

func TestAReleaseByForceClosesThePermitInTheOperatorsName(t *testing.T) {
	s := newStage(t)
	s.during["ServePod 1"] = func() { s.steers(workflows.UpdateForceRelease, "q-1") }
	s.serve.changes(1, func(end *upgrade.PodEnd) { *end = upgrade.PodEnd{How: upgrade.PodLost, Text: "a release by force"} })
	l := s.guard(freeLock(1, 2))
	want := []telling{{permitID, workflows.SignalRelease, upgrade.PermitRelease{Request: "q-1", Forced: "A. Lindqvist: night shift says force-release"}}}
	if diff := cmp.Diff(want, s.seen.told, cmp.AllowUnexported(telling{})); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if s.cut["ServePod"] != 0 || len(s.looked) != 1 || ended(l) != "q-2 released, q-1 lost: a release by force" {
		t.Errorf("last %q, calls %q", ended(l), s.calls)
	}
	if len(l.Acts) != 1 || l.Acts[0].Name != workflows.UpdateForceRelease || l.Acts[0].By != "A. Lindqvist" || l.Acts[0].At.IsZero() {
		t.Errorf("acts: %+v", l.Acts)
	}
}

// A grant that was never taken is not proof of anything: no taint.
func TestAReleaseByForceTakesBackAGrantThatWasNeverTaken(t *testing.T) {
	s := newStage(t)
	s.seen.tell[workflows.SignalRelease] = func(telling) error { return &temporal.UnknownExternalWorkflowExecutionError{} }
	s.during["ServePod 1"] = func() { s.steers(workflows.UpdateForceRelease, "q-1") }
	l := s.guard(freeLock(1, 2))
	if l.Taint != nil || ended(l) != "q-2 released, q-1 withdrawn" || s.cut["ServePod"] != 1 {
		t.Errorf("taint %+v, last %q, calls %q", l.Taint, ended(l), s.calls)
	}
}

func TestAReleaseByForceThatDoesNotArriveIsToldAndChangesNothing(t *testing.T) {
	s := newStage(t)
	s.seen.tell[workflows.SignalRelease] = func(telling) error { return says(upgrade.Unreachable, "the signal was not taken") }
	failed := &reply{update: workflows.UpdateForceRelease}
	s.during["ServePod 1"] = func() { s.env.UpdateWorkflow(failed.update, "force", failed, about(failed.update, "q-1")) }
	l := s.guard(freeLock(1, 2))
	if failed.refusal == nil || !strings.Contains(failed.refusal.Error(), "the signal was not taken") || failed.receipt != "" {
		t.Errorf("answered as %s", failed)
	}
	if ended(l) != "q-2 released, q-1 released" || s.cut["ServePod"] != 0 {
		t.Errorf("last %q, calls %q", ended(l), s.calls)
	}
}

func TestAnOperatorMayTakeAWaiterOutOfTheQueue(t *testing.T) {
	for name, c := range map[string]struct {
		from   upgrade.PodLock
		call   string
		remove string
		served []int
	}{
		"behind the one that is served":    {freeLock(1, 2, 3), "ServePod 1", "q-2", []int{1, 3}},
		"the last":                         {freeLock(1, 2, 3), "ServePod 1", "q-3", []int{1, 2}},
		"the first during a look":          {taintedLock(1, 2), "AwaitFit 1", "q-1", []int{2}},
		"the second during a look":         {taintedLock(1, 2), "AwaitFit 1", "q-2", []int{1}},
		"the only one, so that none waits": {taintedLock(1), "AwaitFit 1", "q-1", []int{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.during[c.call] = func() { s.steers(workflows.UpdateRemove, c.remove) }
			l := s.guard(c.from)
			if diff := cmp.Diff(c.served, s.serves()); diff != "" || len(l.Acts) != 1 || l.Acts[0].Name != workflows.UpdateRemove {
				t.Errorf("acts %+v, served (-want +got):\n%s", l.Acts, diff)
			}
		})
	}
}

func TestAnOperatorMayDeclareAPodWell(t *testing.T) {
	t.Run("while it is looked at", func(t *testing.T) {
		s := newStage(t)
		from := taintedLock(1, 2)
		from.Blocked = "gateway edge-9 (49): node1 is lost"
		s.during["AwaitFit 1"] = func() { s.steers(workflows.UpdateClearTaint, "") }
		l := s.guard(from)
		if diff := cmp.Diff([]string{"ServePod q-1", "ServePod q-2"}, without(s.calls, "AwaitFit q-1")); diff != "" || len(s.looked) > 1 || s.cut["AwaitFit"] != 1 {
			t.Errorf("%d looks, %d cut, calls (-want +got):\n%s", len(s.looked), s.cut["AwaitFit"], diff)
		}
		if l.Taint != nil || l.Blocked != "" || len(l.Acts) != 1 || l.Acts[0].Name != workflows.UpdateClearTaint {
			t.Errorf("at the end: %+v", l)
		}
	})
	t.Run("while nobody waits", func(t *testing.T) {
		s := newStage(t)
		s.env.RegisterDelayedCallback(func() { s.steers(workflows.UpdateClearTaint, "") }, time.Minute)
		s.env.RegisterDelayedCallback(func() { s.asks(1) }, 2*time.Minute)
		if l := s.guard(taintedLock()); l.Taint != nil || len(s.looked) != 0 || ended(l) != "q-1 released" {
			t.Errorf("taint %+v, calls %q", l.Taint, s.calls)
		}
	})
	// The word of an operator is about the health; who is at work outside is looked at all the same.
	t.Run("and somebody is at work outside all the same", func(t *testing.T) {
		s := newStage(t)
		s.during["AwaitFit 1"] = func() { s.steers(workflows.UpdateClearTaint, "") }
		s.serve.changes(1, func(end *upgrade.PodEnd) {
			*end = upgrade.PodEnd{How: upgrade.PodBlocked, Text: "gateway edge-7 (47) Updating"}
		})
		s.guard(taintedLock(1))
		if len(s.looked) == 0 || s.looked[len(s.looked)-1].Whole || len(s.served) != 2 {
			t.Errorf("looked %+v, calls %q", s.looked, s.calls)
		}
	})
}

func TestALockTellsEachRequestItsPlace(t *testing.T) {
	s := newStage(t)
	got := map[int]upgrade.Ticket{}
	s.during["ServePod 1"] = func() {
		for _, n := range []int{1, 2, 3, 9} {
			got[n] = s.stands(n)
		}
	}
	s.guard(freeLock(1, 2, 3))
	const holder = "edge-1 (upgrade/41)"
	want := map[int]upgrade.Ticket{1: {Waiting: 2}, 2: {Position: 1, Waiting: 2, Holder: holder}, 3: {Position: 2, Waiting: 2, Holder: holder}, 9: {Position: -1, Waiting: 2, Holder: holder}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
