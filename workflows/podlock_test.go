package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestAPodIsServedToOneAfterTheOtherInTheOrderOfAsking(t *testing.T) {
	s := newStage(t)
	s.during["ServePod 1"] = func() { s.asks(3, 4) }
	s.during["ServePod 2"] = func() { s.asks(5) }
	l := s.guard(freeLock(1, 2))
	if diff := cmp.Diff([]int{1, 2, 3, 4, 5}, s.serves()); diff != "" {
		t.Errorf("served (-want +got):\n%s", diff)
	}
	if want := "q-5 released, q-4 released, q-3 released, q-2 released, q-1 released"; ended(l) != want || l.Current != nil || len(l.Queue) != 0 || l.Taint != nil {
		t.Errorf("at the end: %+v", l)
	}
	for _, in := range s.served {
		if in.Account != account || in.Pod != pod || in.Granted.IsZero() {
			t.Errorf("served as %+v", in)
		}
	}
}

func TestWhoAsksGetsItsPlaceAtOnce(t *testing.T) {
	s := newStage(t)
	s.during["ServePod 1"] = func() { s.asks(2, 3) }
	s.env.RegisterDelayedCallback(func() { s.asks(1) }, time.Minute)
	s.guard(freeLock())
	var got []upgrade.Ticket
	for _, r := range s.replies {
		got = append(got, r.ticket)
	}
	want := []upgrade.Ticket{{Position: 1, Waiting: 1}, {Position: 1, Waiting: 1, Holder: "edge-1 (upgrade/41)"}, {Position: 2, Waiting: 2, Holder: "edge-1 (upgrade/41)"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An activity that asks is repeated when its answer is lost, and a holder asks again whenever it doubts.
func TestAskingAgainQueuesNobodyTwice(t *testing.T) {
	s := newStage(t)
	s.during["ServePod 1"] = func() { s.asks(2, 3, 2, 3) }
	s.guard(freeLock(1, 2))
	if diff := cmp.Diff([]int{1, 2, 3}, s.serves()); diff != "" {
		t.Errorf("served (-want +got):\n%s", diff)
	}
}

// A grant may be lost with the holder's doubt about it: its service begins anew, and it stays the one that is served.
func TestTheOneThatIsServedIsServedAnewWhenItAsksAgain(t *testing.T) {
	s := newStage(t)
	s.during["ServePod 1"] = func() { s.asks(1) }
	l := s.guard(freeLock(1, 2))
	if diff := cmp.Diff([]int{1, 1, 2}, s.serves()); diff != "" || s.cut["ServePod"] != 1 {
		t.Errorf("%d services were cut; served (-want +got):\n%s", s.cut["ServePod"], diff)
	}
	if s.served[0] != s.served[1] || ended(l) != "q-2 released, q-1 released" {
		t.Errorf("served as %+v and %+v, last %q", s.served[0], s.served[1], ended(l))
	}
	if got := s.replies[0].ticket; got != (upgrade.Ticket{Waiting: 1}) {
		t.Errorf("it stands at %+v", got)
	}
}

func TestAHoldThatIsLostTaintsThePodUntilItIsSeenWhole(t *testing.T) {
	s := newStage(t)
	s.serve.changes(1, func(end *upgrade.PodEnd) {
		*end = upgrade.PodEnd{How: upgrade.PodLost, Text: "its permit being closed without a release: terminated"}
	})
	s.fit.changes(1, func(found *string) { *found = "gateway edge-1 (41): node1 is lost" })
	var first, second upgrade.PodLock
	s.during["AwaitFit 1"] = func() { first = s.state() }
	s.during["AwaitFit 2"] = func() { second = s.state() }
	l := s.guard(freeLock(1, 2))
	if diff := cmp.Diff([]string{"ServePod q-1", "AwaitFit q-2", "AwaitFit q-2", "ServePod q-2"}, s.calls); diff != "" {
		t.Fatalf("calls (-want +got):\n%s", diff)
	}
	if want := "the hold of gateway edge-1 ended by its permit being closed without a release: terminated"; first.Taint == nil || first.Taint.Reason != want || first.Current != nil {
		t.Errorf("tainted by %+v, with %+v", first.Taint, first.Current)
	}
	if second.Taint == nil || second.Blocked != "gateway edge-1 (41): node1 is lost" {
		t.Errorf("shown: taint %+v, blocked %q", second.Taint, second.Blocked)
	}
	for i, in := range s.looked {
		if known := []string{"", "gateway edge-1 (41): node1 is lost"}[i]; !in.Whole || !in.Since.Equal(first.Taint.Since) || in.Known != known || in.Account != account || in.Pod != pod || in.For.ID != "q-2" {
			t.Errorf("look %d: %+v", i+1, in)
		}
	}
	if l.Taint != nil || l.Blocked != "" {
		t.Errorf("at the end: taint %+v, blocked %q", l.Taint, l.Blocked)
	}
}

func TestATaintIsKeptWhileNobodyWaits(t *testing.T) {
	s := newStage(t)
	s.serve.changes(1, func(end *upgrade.PodEnd) { *end = upgrade.PodEnd{How: upgrade.PodLost, Text: "a release by force"} })
	if l := s.guard(freeLock(1)); l.Taint == nil || len(s.looked) != 0 {
		t.Errorf("taint %+v after %q", l.Taint, s.calls)
	}
}

func TestNothingIsGrantedWhileSomebodyIsAtWorkOutside(t *testing.T) {
	s := newStage(t)
	blocked := func(by string) func(*upgrade.PodEnd) {
		return func(end *upgrade.PodEnd) { *end = upgrade.PodEnd{How: upgrade.PodBlocked, Text: by, By: []int{47}} }
	}
	s.serve.changes(1, blocked("gateway edge-7 (47) Updating"))
	s.fit.changes(1, func(found *string) { *found = "gateway edge-7 (47) Upgrade Active" })
	s.serve.changes(2, blocked("gateway edge-7 (47) Upgrade Active"))
	var place upgrade.Ticket
	s.during["AwaitFit 2"] = func() { place = s.stands(2); s.asks(3) }
	l := s.guard(freeLock(1, 2))
	if diff := cmp.Diff([]string{"ServePod q-1", "AwaitFit q-1", "ServePod q-1", "AwaitFit q-1", "ServePod q-1", "ServePod q-2", "ServePod q-3"}, s.calls); diff != "" {
		t.Fatalf("calls (-want +got):\n%s", diff)
	}
	if want := (upgrade.Ticket{Position: 2, Waiting: 2, Blocked: "gateway edge-7 (47) Upgrade Active"}); place != want {
		t.Errorf("while it is blocked the second stands at %+v, wanted %+v", place, want)
	}
	for i, known := range []string{"gateway edge-7 (47) Updating", "gateway edge-7 (47) Upgrade Active"} {
		if in := s.looked[i]; in.Whole || in.Known != known {
			t.Errorf("look %d: %+v", i+1, in)
		}
	}
	if l.Blocked != "" || l.Taint != nil || len(l.By) != 0 {
		t.Errorf("at the end: taint %+v, blocked %q by %v", l.Taint, l.Blocked, l.By)
	}
}

// A gateway between its reloads whose permit was ended by others asks again, and stands behind one that can never be
// granted: it is the former that is in the way.
func TestAGatewayThatIsAtWorkIsNotKeptWaitingByOneThatWaitsForIt(t *testing.T) {
	half := func(end *upgrade.PodEnd) {
		*end = upgrade.PodEnd{How: upgrade.PodBlocked, Text: "gateway edge-3 (43) Upgrade Active", By: []int{43}}
	}
	t.Run("when it waits already", func(t *testing.T) {
		s := newStage(t)
		s.serve.changes(1, half)
		l := s.guard(freeLock(1, 2, 3))
		if diff := cmp.Diff([]int{1, 3, 1, 2}, s.serves()); diff != "" || len(s.looked) != 0 || l.Blocked != "" {
			t.Errorf("blocked %q, served (-want +got):\n%s", l.Blocked, diff)
		}
	})
	t.Run("when it asks while all wait for it", func(t *testing.T) {
		s := newStage(t)
		s.serve.changes(1, half)
		s.during["AwaitFit 1"] = func() { s.asks(3) }
		l := s.guard(freeLock(1, 2))
		if diff := cmp.Diff([]int{1, 3, 1, 2}, s.serves()); diff != "" || l.Blocked != "" || len(l.By) != 0 {
			t.Errorf("blocked %q by %v, served (-want +got):\n%s", l.Blocked, l.By, diff)
		}
		if len(s.looked) < 2 || s.looked[1].For.ID != "q-3" || s.replies[0].ticket.Position != 1 {
			t.Errorf("looked for %+v, told %+v", s.looked, s.replies[0].ticket)
		}
	})
	t.Run("but not before the pod is well again", func(t *testing.T) {
		s := newStage(t)
		s.fit.changes(1, func(found *string) { *found = "gateway edge-3 (43) Upgrade Active" })
		var tainted upgrade.PodLock
		s.during["AwaitFit 2"] = func() { tainted = s.state(); s.asks(3) }
		s.guard(taintedLock(1))
		if tainted.Taint == nil || len(s.serves()) == 0 || s.serves()[0] != 1 {
			t.Errorf("taint %+v, served %v", tainted.Taint, s.serves())
		}
	})
}

// A fresh lock finds the permit of a holder that it has never heard of: it follows that one before it serves anybody.
func TestAnOpenPermitOfAnotherIsFollowedFirst(t *testing.T) {
	s := newStage(t)
	other := rival()
	other.Since = night.Add(-2 * time.Hour)
	s.serve.changes(1, func(end *upgrade.PodEnd) { *end = upgrade.PodEnd{How: upgrade.PodOther, Other: &other} })
	var during upgrade.PodLock
	s.during["ServePod 2"] = func() { during = s.state() }
	l := s.guard(freeLock(1, 2))
	if diff := cmp.Diff([]string{"ServePod q-1", "ServePod rival/1", "ServePod q-1", "ServePod q-2"}, s.calls); diff != "" {
		t.Fatalf("calls (-want +got):\n%s", diff)
	}
	if during.Current == nil || during.Current.Request != other || !during.Current.Granted.Equal(other.Since) || waiting(during) != "q-1, q-2" {
		t.Errorf("shown: %+v, queue %q", during.Current, waiting(during))
	}
	if want := "q-2 released, q-1 released, rival/1 released"; ended(l) != want {
		t.Errorf("last: %q", ended(l))
	}
}

func TestAHolderThatEndedBeforeItsTurnIsSkippedWithoutATaint(t *testing.T) {
	s := newStage(t)
	s.serve.changes(1, func(end *upgrade.PodEnd) {
		*end = upgrade.PodEnd{How: upgrade.PodGone, Text: "the holder ended before it took the permit"}
	})
	l := s.guard(freeLock(1, 2))
	if l.Taint != nil || ended(l) != "q-2 released, q-1 gone: the holder ended before it took the permit" || len(s.looked) != 0 {
		t.Errorf("taint %+v, last %q, calls %q", l.Taint, ended(l), s.calls)
	}
}

func TestAServiceThatFailsForGoodEndsTheLockAloud(t *testing.T) {
	s := newStage(t)
	s.serve.fails(1, says(upgrade.Denied, "the namespace is closed to us"))
	if _, err := s.guardUntil(freeLock(1)); err == nil || !strings.Contains(err.Error(), "serve gateway edge-1") || !strings.Contains(err.Error(), "the namespace is closed to us") {
		t.Errorf("the lock ended with %v", err)
	}
}

func TestTheDetailsOfTheLockFollowWhatHappens(t *testing.T) {
	s := newStage(t)
	s.serve.changes(1, func(end *upgrade.PodEnd) { *end = upgrade.PodEnd{How: upgrade.PodLost, Text: "a release by force"} })
	seen := map[string]string{}
	for _, call := range []string{"ServePod 1", "AwaitFit 1", "ServePod 2"} {
		s.during[call] = func() { seen[call] = s.details() }
	}
	s.env.RegisterDelayedCallback(func() { seen["the end"] = s.details() }, time.Minute)
	s.guard(freeLock(1, 2))
	for moment, want := range map[string]string{
		"ServePod 1": "is with gateway **edge-1**",
		"AwaitFit 1": "**TAINTED**",
		"ServePod 2": "is with gateway **edge-2**",
		"the end":    "Pod **fra02.pod07** is free",
	} {
		if !strings.Contains(seen[moment], want) {
			t.Errorf("at %s no %q in\n%s", moment, want, seen[moment])
		}
	}
	if strings.Contains(seen["ServePod 2"], "TAINTED") {
		t.Errorf("still tainted:\n%s", seen["ServePod 2"])
	}
}

func TestEveryWaitOfTheLockHasAHeartbeatAndNoCountOfAttempts(t *testing.T) {
	s := newStage(t)
	s.guard(taintedLock(1))
	for _, name := range []string{"ServePod", "AwaitFit"} {
		o := s.seen.options[name]
		if o.HeartbeatTimeout == 0 || o.StartToCloseTimeout < 30*24*time.Hour || o.RetryPolicy == nil || o.RetryPolicy.MaximumAttempts != 0 || o.Summary == "" {
			t.Errorf("%s runs with %+v", name, o)
		}
	}
	if s.seen.options["ServePod"].Summary != "serve gateway edge-1" {
		t.Errorf("people read %q", s.seen.options["ServePod"].Summary)
	}
}

func TestALockIsNamedAfterItsAccountAndPod(t *testing.T) {
	if a, b := workflows.LockID(account, pod), workflows.LockID(account+1, pod); a != "pod-lock/990/fra02.pod07" || a == b {
		t.Errorf("%s and %s", a, b)
	}
}

// A lock that was terminated while it granted is asked anew by a holder whose old grant then arrives. The fresh lock finds
// that holder's permit open and its request in the queue. Served a second time after its hold it would be a ghost: nobody
// takes that grant, and as long as the workflow behind it lives nobody else gets the pod.
func TestARequestWhosePermitIsFoundOpenLeavesTheQueue(t *testing.T) {
	s := newStage(t)
	second := asking(2)
	s.serve.changes(1, func(end *upgrade.PodEnd) { *end = upgrade.PodEnd{How: upgrade.PodOther, Other: &second} })
	var during upgrade.PodLock
	s.during["ServePod 2"] = func() { during = s.state() }
	s.guard(freeLock(1, 2, 3))
	if waiting(during) != "q-1, q-3" {
		t.Errorf("while q-2 holds the pod the queue is %q", waiting(during))
	}
	if diff := cmp.Diff([]int{1, 2, 1, 3}, s.serves()); diff != "" {
		t.Errorf("served (-want +got):\n%s", diff)
	}
}

// A fresh lock must know of the permits of its predecessor's time: how the last one ended says whether the pod is well.
func TestALockServesKnowingWhosePermitWasTheLastToEnd(t *testing.T) {
	s := newStage(t)
	s.serve.changes(2, func(end *upgrade.PodEnd) { *end = upgrade.PodEnd{How: upgrade.PodGone} })
	s.guard(freeLock(1, 2, 3))
	var seen []string
	for _, in := range s.served {
		seen = append(seen, in.Seen)
	}
	if diff := cmp.Diff([]string{"", "q-1", "q-1"}, seen); diff != "" {
		t.Errorf("seen (-want +got):\n%s", diff)
	}
}

func TestAWithdrawalThatOvertakesItsRequestKeepsItOut(t *testing.T) {
	s := newStage(t)
	late := &reply{update: workflows.UpdateAcquire}
	s.during["ServePod 1"] = func() { s.leaves(2); s.send(late, asking(2)) }
	s.guard(freeLock(1))
	if diff := cmp.Diff([]int{1}, s.serves()); diff != "" || late.ticket.Position != -1 {
		t.Errorf("told %+v, served (-want +got):\n%s", late.ticket, diff)
	}
}

func TestALockOfNoPodIsRefused(t *testing.T) {
	for name, from := range map[string]upgrade.PodLock{"no account": {Pod: pod}, "no pod": {Account: account}, "nothing": {}} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			_, err := s.guardUntil(from)
			s.refusedAs(err, upgrade.Invalid)
		})
	}
}
