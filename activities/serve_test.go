package activities_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// serving serves gw-north, whose turn it is after gw-east.
func serving() activities.ServeInput {
	return activities.ServeInput{Account: 990017, Pod: "fra02.pod03", Request: asking(), Granted: start, Seen: rival().ID}
}

// opened is the pod's permit, opened for a request.
func opened(r upgrade.PodRequest) *upgrade.PodPermit {
	return &upgrade.PodPermit{Permit: permit(), Request: r, Open: true}
}

func closed(r upgrade.PodRequest) *upgrade.PodPermit {
	p := opened(r)
	p.Open = false
	return p
}

// rival is the request of another gateway of the pod.
func rival() upgrade.PodRequest {
	return upgrade.PodRequest{ID: "r-0", Holder: "upgrade/81777", Run: "east-run", GatewayID: 81777, Gateway: "gw-east", Poll: timing().PermitPoll, Since: minute(-90)}
}

const (
	lookAtPermit = "look at latest permit of 990017/fra02.pod03"
	lookAtHolder = "look at run north-run"
)

// atWorkLooks are the questions whether a neighbour is at work.
var atWorkLooks = []string{"read neighbours", "read gateway 81002", "read server 83001", "read server 83002"}

// served runs one service in a time that costs nothing.
func served(t *testing.T, change func(*world), judge func(*testing.T, *world, upgrade.PodEnd, error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		change(w)
		end, err := run(w, w.activities().ServePod, serving())
		judge(t, w, end, err)
	})
}

func TestServePodGrantsAndFollowsThePermitToItsEnd(t *testing.T) {
	served(t, func(w *world) {
		w.latest = says(nil, nil, opened(asking()))
		w.ends = says(upgrade.PodEnd{How: upgrade.PodLost, Text: "its permit being terminated"})
	}, func(t *testing.T, w *world, end upgrade.PodEnd, err error) {
		if want := (upgrade.PodEnd{How: upgrade.PodLost, Text: "its permit being terminated"}); err != nil || !cmp.Equal(want, end) {
			t.Errorf("got %+v, %v; want %+v", end, err, want)
		}
		want := slices.Concat([]string{lookAtPermit}, atWorkLooks, []string{"grant r-1", lookAtPermit, lookAtHolder, lookAtPermit, "follow permit run run-1"})
		if diff := cmp.Diff(want, w.calls); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		for _, want := range []string{`"granted to upgrade/81001, whose permit is not open yet"`, `"held by upgrade/81001 since 2031-03-04 22:00:00"`} {
			if !w.has(want) {
				t.Errorf("no heartbeat says %q: %q", want, w.beats)
			}
		}
		if want := []upgrade.Gateway{{ID: gatewayID, Account: 990017, Pod: "fra02.pod03"}}; !cmp.Equal(want, w.neighboursOf) {
			t.Errorf("neighbours of %+v, want of %+v", w.neighboursOf, want)
		}
	})
}

func TestServePodEnds(t *testing.T) {
	gone := upgrade.Errorf(upgrade.NotFound, "run north-run of upgrade/81001 has ended")
	other := func() *upgrade.PodRequest { r := rival(); return &r }
	stranger := func() *upgrade.PodRequest { r := rival(); r.ID = "r-9"; return &r }
	released := upgrade.PodEnd{How: upgrade.PodReleased}
	for name, c := range map[string]struct {
		change func(*world)
		want   upgrade.PodEnd
		grants int
	}{
		"as the permit does":                       {func(*world) {}, released, 1},
		"when the holder had ended before":         {func(w *world) { w.latest, w.grants = says[*upgrade.PodPermit](nil), fails[string](gone) }, upgrade.PodEnd{How: upgrade.PodGone, Text: "the holder ended before it took the permit"}, 1},
		"when the holder ends without the permit":  {func(w *world) { w.latest, w.alive = says[*upgrade.PodPermit](nil), says(true, true, false) }, upgrade.PodEnd{How: upgrade.PodGone, Text: "the holder ended before it took the permit"}, 1},
		"as a permit that came and went unseen":    {func(w *world) { w.latest, w.alive = says(nil, nil, closed(asking())), says(false) }, released, 1},
		"when another permit is open":              {func(w *world) { w.latest = says(opened(rival())) }, upgrade.PodEnd{How: upgrade.PodOther, Other: other()}, 0},
		"when another was quicker":                 {func(w *world) { w.latest = says(nil, opened(rival())) }, upgrade.PodEnd{How: upgrade.PodOther, Other: other()}, 1},
		"when another is open and the holder gone": {func(w *world) { w.latest, w.grants = says(nil, opened(rival())), fails[string](gone) }, upgrade.PodEnd{How: upgrade.PodOther, Other: other()}, 1},
		"for a former holder's permit not at all":  {func(w *world) { w.latest = says(closed(rival()), closed(rival()), opened(asking())) }, released, 1},
		"when a permit was opened and closed without the lock's knowledge": {func(w *world) {
			unseen := rival()
			unseen.ID = "r-9"
			w.latest = says(closed(unseen))
		}, upgrade.PodEnd{How: upgrade.PodOther, Other: stranger()}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, c.change, func(t *testing.T, w *world, end upgrade.PodEnd, err error) {
				if diff := cmp.Diff(c.want, end); diff != "" || err != nil {
					t.Errorf("%v (-want +got)\n%s", err, diff)
				}
				if n := w.count("grant"); n != c.grants {
					t.Errorf("granted %d times, want %d: %q", n, c.grants, w.calls)
				}
			})
		})
	}
}

// neighbour is the other gateway of the pod in a state.
func neighbour(status upgrade.Status, text string) script[[]upgrade.Neighbour] {
	return says([]upgrade.Neighbour{{ID: 81002, Name: "gw-south", Status: status, Text: text}})
}

// workElsewhere are the ways in which somebody is at work in the pod without a permit, with what people read of them.
func workElsewhere() map[string]struct {
	change func(*world)
	says   string
	by     []int
} {
	return map[string]struct {
		change func(*world)
		says   string
		by     []int // gateways that are known to be in the way
	}{
		"a neighbour that is half upgraded":      {func(w *world) { w.neighbours = neighbour(upgrade.StatusUpgradeActive, "Upgrade Active") }, "gateway gw-south (81002) Upgrade Active", []int{81002}},
		"a neighbour that is updating":           {func(w *world) { w.neighbours = neighbour(upgrade.StatusUpdating, "Updating") }, "gateway gw-south (81002) Updating", []int{81002}},
		"a neighbour in a state nobody knows":    {func(w *world) { w.neighbours = neighbour(upgrade.StatusOther, "Recovering") }, "gateway gw-south (81002) Recovering", []int{81002}},
		"a reload on a neighbour's first host":   {func(w *world) { w.servers[host1] = says(busy(host1, 601, 601, "INSTALL")) }, "gateway gw-south (81002) host north-h1 is being reloaded by transaction 601", []int{81002}},
		"a reload on a neighbour's second host":  {func(w *world) { w.servers[host2] = says(busy(host2, 602, 602, "INSTALL")) }, "host north-h2 is being reloaded by transaction 602", []int{81002}},
		"a reload beside another transaction":    {func(w *world) { w.servers[host1] = says(besides(701, 601)) }, "host north-h1 is being reloaded by transaction 601", []int{81002}},
		"neighbours that cannot be listed":       {func(w *world) { w.neighbours = fails[[]upgrade.Neighbour](unreachable()) }, "the gateways of the pod cannot be listed: no answer within two minutes", nil},
		"neighbours that may not be listed":      {func(w *world) { w.neighbours = fails[[]upgrade.Neighbour](denied()) }, "the gateways of the pod cannot be listed: the login as root is refused", nil},
		"a neighbour that cannot be asked":       {func(w *world) { w.others[81002] = fails[upgrade.Gateway](unreachable()) }, "gateway gw-south (81002) cannot be asked: no answer within two minutes", []int{81002}},
		"a neighbour's host that is not to read": {func(w *world) { w.servers[host2] = fails[upgrade.Server](denied()) }, "gateway gw-south (81002) cannot be asked: the login as root is refused", []int{81002}},
		"a transaction that is only counted": {func(w *world) {
			s := idle(host1, 501)
			s.ActiveCount = 1
			w.servers[host1] = says(s)
		}, "gateway gw-south (81002) host north-h1 has a transaction of which IBM says nothing", []int{81002}},
		"two neighbours at once": {func(w *world) {
			w.neighbours = says([]upgrade.Neighbour{{ID: 81002, Name: "gw-south", Status: upgrade.StatusUpdating, Text: "Updating"},
				{ID: 81003, Name: "gw-west", Status: upgrade.StatusActive, Text: "Active"}, {ID: 81004, Name: "gw-mid", Status: upgrade.StatusUpgradeActive, Text: "Upgrade Active"}})
		}, "gateway gw-south (81002) Updating; gateway gw-mid (81004) Upgrade Active", []int{81002, 81004}},
	}
}

// besides is a server of which only the ids of two transactions are known.
func besides(other, reload int) upgrade.Server {
	s := idle(host1, reload)
	s.Active, s.ActiveIDs, s.ActiveCount = &upgrade.Transaction{ID: other, Step: "CONFIGURE"}, []int{other, reload}, 2
	return s
}

func TestServePodGrantsNothingBesideWorkThatItDoesNotKnow(t *testing.T) {
	for name, c := range workElsewhere() {
		t.Run(name, func(t *testing.T) {
			served(t, func(w *world) { c.change(w); w.latest = says[*upgrade.PodPermit](nil) }, func(t *testing.T, w *world, end upgrade.PodEnd, err error) {
				if err != nil || end.How != upgrade.PodBlocked || !strings.Contains(end.Text, c.says) {
					t.Errorf("got %+v, %v; want blocked with %q", end, err, c.says)
				}
				if !slices.Equal(end.By, c.by) {
					t.Errorf("in the way are %v, want %v", end.By, c.by)
				}
				if w.count("grant") != 0 {
					t.Errorf("granted all the same: %q", w.calls)
				}
			})
		})
	}
}

// harmless are transactions and states that keep nobody from working.
func harmless() map[string]func(*world) {
	return map[string]func(*world){
		"a readiness check on a neighbour": func(w *world) { w.servers[host1] = says(busy(host1, 701, 501, "PRECHECK")) },
		"readiness checks on both hosts": func(w *world) {
			w.servers[host1], w.servers[host2] = says(busy(host1, 701, 501, "A")), says(busy(host2, 702, 502, "B"))
		},
		"a first reload that was long ago":           func(w *world) { w.servers[host1] = says(idle(host1, 601)) },
		"a transaction on a server without a reload": func(w *world) { w.servers[host1] = says(busy(host1, 701, 0, "MONITORING")) },
		"an empty pod": func(w *world) { w.neighbours = says([]upgrade.Neighbour{}) },
	}
}

func TestServePodGrantsBesideWhatIsNobodysHarm(t *testing.T) {
	for name, change := range harmless() {
		t.Run(name, func(t *testing.T) {
			served(t, change, func(t *testing.T, w *world, end upgrade.PodEnd, err error) {
				if err != nil || end.How != upgrade.PodReleased || w.count("grant") != 1 {
					t.Errorf("got %+v, %v after %q", end, err, w.calls)
				}
			})
		})
	}
}

// Whoever holds the permit already is followed, whatever its neighbours do: the question is who gets it next.
func TestAnOpenPermitIsFollowedWithoutALookAtTheNeighbours(t *testing.T) {
	served(t, func(w *world) {
		w.latest, w.neighbours = says(opened(asking())), neighbour(upgrade.StatusUpdating, "Updating")
	}, func(t *testing.T, w *world, end upgrade.PodEnd, err error) {
		if want := []string{lookAtPermit, "follow permit run run-1"}; err != nil || end.How != upgrade.PodReleased || !slices.Equal(w.calls, want) {
			t.Errorf("got %+v, %v after %q, want %q", end, err, w.calls, want)
		}
	})
}
