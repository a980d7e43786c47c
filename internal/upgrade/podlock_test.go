package upgrade_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// asking is the n-th gateway's request for the pod.
func asking(n int) upgrade.PodRequest {
	return upgrade.PodRequest{ID: fmt.Sprintf("q-%d", n), Holder: fmt.Sprintf("upgrade/%d", 5150+n), Run: fmt.Sprintf("run-%d", n), GatewayID: 5150 + n,
		Gateway: fmt.Sprintf("edge-%d", n), Reason: "CHG-3301", Poll: upgrade.Duration(30 * time.Second)}
}

// busyLock is a pod that edge-1 holds and for which edge-2 and edge-3 wait.
func busyLock() upgrade.PodLock {
	l := upgrade.PodLock{Account: 88001, Pod: "par05.pod07"}
	for n := range 3 {
		l.Ask(asking(n+1), evening(0, n))
	}
	l.Serve(evening(1, 0))
	return l
}

func TestARequestThatNobodyCouldServeIsRefused(t *testing.T) {
	if err := asking(1).Validate(); err != nil {
		t.Fatalf("the valid request is refused: %v", err)
	}
	for name, spoil := range map[string]func(*upgrade.PodRequest){
		"without an id":                       func(r *upgrade.PodRequest) { r.ID = "" },
		"without a holder":                    func(r *upgrade.PodRequest) { r.Holder = "" },
		"without the holder's run":            func(r *upgrade.PodRequest) { r.Run = "" },
		"without a gateway":                   func(r *upgrade.PodRequest) { r.GatewayID = 0 },
		"of a gateway that cannot exist":      func(r *upgrade.PodRequest) { r.GatewayID = -5151 },
		"without a pause between two looks":   func(r *upgrade.PodRequest) { r.Poll = 0 },
		"with a pause that goes back in time": func(r *upgrade.PodRequest) { r.Poll = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			r := asking(1)
			spoil(&r)
			if err := r.Validate(); upgrade.KindOf(err) != upgrade.Invalid || upgrade.AdviceOf(err) == "" {
				t.Errorf("got %v with advice %q", err, upgrade.AdviceOf(err))
			}
		})
	}
}

func TestRequestsAreServedInTheOrderInWhichTheyCame(t *testing.T) {
	l := upgrade.PodLock{}
	for n := range 5 {
		if place := l.Ask(asking(n), evening(0, n)); place.Position != n+1 || place.Waiting != n+1 {
			t.Errorf("request %d stands at %+v", n, place)
		}
	}
	var served []string
	for len(l.Queue) > 0 {
		l.Serve(evening(1, len(served)))
		served = append(served, l.Current.Request.ID)
		l.End(upgrade.PodEnd{How: upgrade.PodReleased}, evening(2, len(served)))
	}
	if diff := cmp.Diff([]string{"q-0", "q-1", "q-2", "q-3", "q-4"}, served); diff != "" {
		t.Errorf("served (-want +got):\n%s", diff)
	}
}

func TestAskingAgainChangesNothing(t *testing.T) {
	for name, n := range map[string]int{"while it is served": 1, "while it is the next": 2, "while it is the last": 3} {
		t.Run(name, func(t *testing.T) {
			l, before := busyLock(), busyLock()
			again := asking(n)
			again.Reason = "CHG-9999"
			if place := l.Ask(again, evening(5, 0)); place != before.Place(again.ID) {
				t.Errorf("asked again it stands at %+v, before at %+v", place, before.Place(again.ID))
			}
			if diff := cmp.Diff(before, l); diff != "" {
				t.Errorf("(-before +after):\n%s", diff)
			}
		})
	}
}

func TestTheLockAndNotTheRequestSaysSinceWhenItWaits(t *testing.T) {
	l, r := upgrade.PodLock{}, asking(1)
	r.Since = evening(-9, 0)
	l.Ask(r, evening(1, 30))
	if since := l.Queue[0].Since; !since.Equal(evening(1, 30)) {
		t.Errorf("it waits since %s", since)
	}
}

func TestAPlaceTellsWhoIsServedAndWhatIsInTheWay(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.PodLock)
		id     string
		want   upgrade.Ticket
	}{
		"of the one that is served": {func(*upgrade.PodLock) {}, "q-1", upgrade.Ticket{Waiting: 2}},
		"of the next":               {func(*upgrade.PodLock) {}, "q-2", upgrade.Ticket{Position: 1, Waiting: 2, Holder: "edge-1 (upgrade/5151)"}},
		"of the last":               {func(*upgrade.PodLock) {}, "q-3", upgrade.Ticket{Position: 2, Waiting: 2, Holder: "edge-1 (upgrade/5151)"}},
		"of one it does not know":   {func(*upgrade.PodLock) {}, "q-9", upgrade.Ticket{Position: -1, Waiting: 2, Holder: "edge-1 (upgrade/5151)"}},
		"of none":                   {func(*upgrade.PodLock) {}, "", upgrade.Ticket{Position: -1, Waiting: 2, Holder: "edge-1 (upgrade/5151)"}},
		"after it was put back":     {func(l *upgrade.PodLock) { l.PutBack() }, "q-1", upgrade.Ticket{Position: 1, Waiting: 3}},
		"while the pod is blocked":  {func(l *upgrade.PodLock) { l.PutBack(); l.Blocked = "edge-7 is updating" }, "q-2", upgrade.Ticket{Position: 2, Waiting: 3, Blocked: "edge-7 is updating"}},
		"after its hold":            {func(l *upgrade.PodLock) { l.End(upgrade.PodEnd{How: upgrade.PodReleased}, evening(2, 0)) }, "q-1", upgrade.Ticket{Position: -1, Waiting: 2}},
		"that became free":          {func(l *upgrade.PodLock) { l.Leave("q-2") }, "q-3", upgrade.Ticket{Position: 1, Waiting: 1, Holder: "edge-1 (upgrade/5151)"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := busyLock()
			c.change(&l)
			if diff := cmp.Diff(c.want, l.Place(c.id)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestATicketSaysForWhomItWaits(t *testing.T) {
	for want, ticket := range map[string]upgrade.Ticket{
		"the turn is ours": {Waiting: 2},
		"not in the queue": {Position: -1, Waiting: 4, Holder: "edge-1 (upgrade/5151)", Blocked: "gateway edge-7 (5157) Updating"},
		"place 1 of 4":     {Position: 1, Waiting: 4},
		"place 2 of 4, held for gateway edge-1 (upgrade/5151)":                 {Position: 2, Waiting: 4, Holder: "edge-1 (upgrade/5151)"},
		"place 1 of 1, and nothing is granted: gateway edge-7 (5157) Updating": {Position: 1, Waiting: 1, Blocked: "gateway edge-7 (5157) Updating"},
	} {
		if got := ticket.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLeavingKeepsTheOrderOfTheOthers(t *testing.T) {
	for name, c := range map[string]struct {
		leaves string
		there  bool
		want   []string
	}{
		"the first":                     {"q-2", true, []string{"q-3", "q-4"}},
		"one in the middle":             {"q-3", true, []string{"q-2", "q-4"}},
		"the last":                      {"q-4", true, []string{"q-2", "q-3"}},
		"one that is not there":         {"q-9", false, []string{"q-2", "q-3", "q-4"}},
		"one that is served, not waits": {"q-1", false, []string{"q-2", "q-3", "q-4"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := busyLock()
			l.Ask(asking(4), evening(1, 5))
			if there := l.Leave(c.leaves); there != c.there {
				t.Errorf("it was there: %t", there)
			}
			if diff := cmp.Diff(c.want, ids(l.Queue)); diff != "" || l.Current.Request.ID != "q-1" {
				t.Errorf("%s is served, queue (-want +got):\n%s", l.Current.Request.ID, diff)
			}
		})
	}
}

func ids(queue []upgrade.PodRequest) []string {
	list := []string{}
	for _, r := range queue {
		list = append(list, r.ID)
	}
	return list
}

func TestOnlyAHoldThatIsLostTaintsThePod(t *testing.T) {
	for how, tainted := range map[upgrade.PodHow]bool{upgrade.PodReleased: false, upgrade.PodLost: true, upgrade.PodGone: false, upgrade.PodWithdrawn: false} {
		t.Run(string(how), func(t *testing.T) {
			l := busyLock()
			l.End(upgrade.PodEnd{How: how, Text: "a release by force"}, evening(4, 0))
			if l.Current != nil || len(l.Queue) != 2 {
				t.Errorf("after the end %+v is served and %d wait", l.Current, len(l.Queue))
			}
			want := []upgrade.PodHold{{Request: since(asking(1), 0), Granted: evening(1, 0), Ended: evening(4, 0), End: string(how) + ": a release by force"}}
			if diff := cmp.Diff(want, l.Last); diff != "" {
				t.Errorf("last (-want +got):\n%s", diff)
			}
			if seen := map[bool]string{true: "q-1"}[how == upgrade.PodReleased || how == upgrade.PodLost]; l.Seen != seen {
				t.Errorf("the last permit that ended is said to be of %q, wanted %q", l.Seen, seen)
			}
			if tainted != (l.Taint != nil) {
				t.Fatalf("taint: %+v", l.Taint)
			}
			if tainted && (*l.Taint != upgrade.Taint{Reason: "the hold of gateway edge-1 ended by a release by force", Since: evening(4, 0)}) {
				t.Errorf("taint: %+v", l.Taint)
			}
		})
	}
}

// since is a request as the lock keeps it, minutes into the evening.
func since(r upgrade.PodRequest, minutes int) upgrade.PodRequest {
	r.Since = evening(0, minutes)
	return r
}

func TestTheLastTenAreRememberedNewestFirst(t *testing.T) {
	l := upgrade.PodLock{}
	var want []string
	for n := range 13 {
		l.Ask(asking(n), evening(n, 0))
		l.Serve(evening(n, 1))
		l.End(upgrade.PodEnd{How: upgrade.PodReleased}, evening(n, 2))
		l.Acted(upgrade.Decision{Name: "renew", By: "platypus", Reason: asking(n).ID})
		want = slices.Insert(want, 0, asking(n).ID)
	}
	var holds, acts []string
	for i := range l.Last {
		holds, acts = append(holds, l.Last[i].Request.ID), append(acts, l.Acts[i].Reason)
	}
	if diff := cmp.Diff(want[:10], holds); diff != "" || l.Last[0].End != "released" {
		t.Errorf("holds, the newest %q (-want +got):\n%s", l.Last[0].End, diff)
	}
	if diff := cmp.Diff(want[:10], acts); diff != "" || len(l.Acts) != 10 {
		t.Errorf("acts (-want +got):\n%s", diff)
	}
}

// A lock that continues as new begins with what its former run wrote down.
func TestTheWholeStateSurvivesARenewal(t *testing.T) {
	l := busyLock()
	l.Blocked, l.Garbled, l.Taint = "edge-7 is updating", 2, &upgrade.Taint{Reason: "lost", Since: evening(3, 0)}
	l.By, l.Seen, l.Over = []int{5157}, "q-8", []string{"q-8", "q-7"}
	l.Queue[0].Urgent, l.Queue[1].Lag = true, hours(1)
	l.Last = []upgrade.PodHold{{Request: asking(9), Granted: evening(0, 1), Ended: evening(0, 2), End: "released"}}
	l.Acted(upgrade.Decision{Name: "clear-taint", By: "platypus", Reason: "seen well", At: evening(3, 1)})
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var next upgrade.PodLock
	if err := json.Unmarshal(text, &next); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, next); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if strings.Contains(string(text), `"since":"0001`) {
		t.Errorf("a time that is not known is written: %s", text)
	}
}

// What a holder sent may arrive after its request is over; queued again it would be a place that nobody fills.
func TestARequestThatIsOverIsNotQueuedAgain(t *testing.T) {
	end := func(how upgrade.PodHow) func(*upgrade.PodLock) {
		return func(l *upgrade.PodLock) { l.End(upgrade.PodEnd{How: how}, evening(2, 0)) }
	}
	for name, c := range map[string]struct {
		over   func(*upgrade.PodLock)
		queued bool
	}{
		"after its release":             {end(upgrade.PodReleased), false},
		"after its permit was lost":     {end(upgrade.PodLost), false},
		"after its holder had ended":    {end(upgrade.PodGone), false},
		"after its holder withdrew it":  {func(l *upgrade.PodLock) { end(upgrade.PodWithdrawn)(l); l.Forget("q-1") }, false},
		"but after an operator took it": {end(upgrade.PodWithdrawn), true},
		"but when it was put back":      {func(l *upgrade.PodLock) { l.PutBack() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := busyLock()
			c.over(&l)
			if place := l.Ask(asking(1), evening(3, 0)); place.Position > 0 != c.queued {
				t.Errorf("asked again it stands at %+v", place)
			}
		})
	}
}

func TestARequestWithdrawnBeforeItArrivesIsNotQueued(t *testing.T) {
	l := upgrade.PodLock{}
	l.Forget("q-1")
	if place := l.Ask(asking(1), evening(0, 1)); place.Position != -1 || len(l.Queue) != 0 {
		t.Errorf("it stands at %+v", place)
	}
}

func TestTheLastFiftyThatAreOverAreKnown(t *testing.T) {
	l := upgrade.PodLock{}
	for n := range 60 {
		l.Forget(asking(n).ID)
	}
	if len(l.Over) != 50 || l.Over[0] != "q-59" || l.Over[49] != "q-10" {
		t.Errorf("known: %q", l.Over)
	}
}

// A gateway that lost its permit in the middle of its work is in the way of everybody who stands before it.
func TestTheOneGatewayThatIsInTheWayGoesFirst(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.PodLock)
		want   []string
		hasten bool
	}{
		"when it is the last in the queue":      {func(l *upgrade.PodLock) { l.By = []int{5153} }, []string{"q-3", "q-1", "q-2"}, true},
		"when it stands in the middle":          {func(l *upgrade.PodLock) { l.By = []int{5152} }, []string{"q-2", "q-1", "q-3"}, true},
		"not when it does not wait":             {func(l *upgrade.PodLock) { l.By = []int{5159} }, []string{"q-1", "q-2", "q-3"}, false},
		"not when nobody knows who it is":       {func(*upgrade.PodLock) {}, []string{"q-1", "q-2", "q-3"}, false},
		"not when two are in the way":           {func(l *upgrade.PodLock) { l.By = []int{5152, 5153} }, []string{"q-1", "q-2", "q-3"}, false},
		"not before another that is in a hurry": {func(l *upgrade.PodLock) { l.Queue[0].Urgent, l.By = true, []int{5153} }, []string{"q-1", "q-2", "q-3"}, false},
		"not where nobody waits":                {func(l *upgrade.PodLock) { l.Queue, l.By = nil, []int{5153} }, []string{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := busyLock()
			l.PutBack()
			c.change(&l)
			if hasten := l.Hasten(); hasten != c.hasten {
				t.Errorf("hastened: %t", hasten)
			}
			if diff := cmp.Diff(c.want, ids(l.Queue)); diff != "" {
				t.Errorf("queue (-want +got):\n%s", diff)
			}
			if c.hasten && (!l.Queue[0].Urgent || l.Queue[1].Urgent) {
				t.Errorf("queue: %+v", l.Queue)
			}
		})
	}
}
