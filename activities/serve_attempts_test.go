package activities_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

func TestARepeatedServiceGrantsAgainOnlyWhereTheGrantMayBeLost(t *testing.T) {
	for name, c := range map[string]struct {
		latest script[*upgrade.PodPermit]
		died   bool // the attempt before died without a last heartbeat
		grants int
	}{
		"not with an open permit":                       {says(opened(asking())), true, 0},
		"not with a permit that has closed meanwhile":   {says(closed(asking())), true, 0},
		"not with another's permit open":                {says(opened(rival())), true, 0},
		"without a permit, when nobody knows any more":  {says(nil, opened(asking())), true, 1},
		"not without a permit, when the grant is known": {says(nil, opened(asking())), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.latest = says[*upgrade.PodPermit](nil)
				w.at[1] = w.stopped
				_, err := run(w, w.activities().ServePod, serving())
				wantHandOver(t, err)
				if w.count("grant") != 1 {
					t.Fatalf("the first attempt did %q", w.calls)
				}
				w.again()
				if w.latest = c.latest; c.died {
					w.resume = ""
				}
				if _, err := run(w, w.activities().ServePod, serving()); err != nil {
					t.Fatal(err)
				}
				if n := w.count("grant"); n != c.grants {
					t.Errorf("granted %d times more, want %d: %q", n, c.grants, w.calls)
				}
			})
		})
	}
}

// One attempt takes a place among the worker's activities; a hold takes hours. What the next attempt follows is the run
// that was seen, whatever permit is the latest by then.
func TestAHoldIsFollowedInAttemptsThatGiveTheirPlaceBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.latest, w.ends = says(opened(asking())), says(upgrade.PodEnd{})
		_, err := run(w, w.activities().ServePod, serving())
		wantAgain(t, err, time.Millisecond, "held by upgrade/81001 since 2031-03-04 22:00:00")
		w.again()
		w.latest, w.ends = says(opened(rival())), says(upgrade.PodEnd{How: upgrade.PodLost, Text: "a release by force"})
		end, err := run(w, w.activities().ServePod, serving())
		if err != nil || end.How != upgrade.PodLost {
			t.Errorf("got %+v, %v", end, err)
		}
		if want := []string{"follow permit run run-1"}; !slices.Equal(w.calls, want) {
			t.Errorf("did %q, want %q", w.calls, want)
		}
	})
}

// A holder that does not take its grant may be stuck for hours.
func TestAnUntakenGrantIsLookedAfterInAttemptsThatGiveTheirPlaceBack(t *testing.T) {
	served(t, func(w *world) { w.latest = says[*upgrade.PodPermit](nil) }, func(t *testing.T, w *world, _ upgrade.PodEnd, err error) {
		wantAgain(t, err, asking().Poll.D(), "granted to upgrade/81001, whose permit is not open yet")
		if w.count("grant") != 1 {
			t.Errorf("did %q", w.calls)
		}
	})
}

func TestACheckpointThatCannotBeReadIsNoCheckpoint(t *testing.T) {
	for _, details := range []string{`"begins"`, `7`, `{}`, `{"permit":"run-1"}`} {
		t.Run(details, func(t *testing.T) {
			served(t, func(w *world) { w.resume = details }, func(t *testing.T, w *world, end upgrade.PodEnd, err error) {
				if err != nil || end.How != upgrade.PodReleased || w.count("grant") != 1 || w.count("look at latest") == 0 {
					t.Errorf("got %+v, %v after %q", end, err, w.calls)
				}
			})
		})
	}
}

func TestServePodEndsWithoutAnEndOfTheHold(t *testing.T) {
	kind := func(k upgrade.Kind) func(*testing.T, error) {
		return func(t *testing.T, err error) { wantKind(t, err, k) }
	}
	open := func(w *world) { w.ends = says(upgrade.PodEnd{}) }
	untaken := func(w *world) { w.latest = says[*upgrade.PodPermit](nil) }
	for name, c := range map[string]struct {
		change func(*world)
		want   func(*testing.T, error)
	}{
		"when its worker stops during a hold":             {func(w *world) { open(w); w.when["follow permit run run-1"] = w.stopped }, wantHandOver},
		"when its worker stops before the permit is open": {func(w *world) { untaken(w); w.at[2] = w.stopped }, wantHandOver},
		"when it is cancelled before the permit is open":  {func(w *world) { untaken(w); w.at[2] = w.canceled }, wantCanceled},
		"when it is cancelled during a hold":              {func(w *world) { open(w); w.when["follow permit run run-1"] = w.canceled }, wantCanceled},
		"when it is cancelled in the list of neighbours": {func(w *world) {
			w.neighbours, w.when["read neighbours"] = fails[[]upgrade.Neighbour](unreachable()), w.canceled
		}, wantCanceled},
		"when it is cancelled in the look at a neighbour": {func(w *world) {
			w.servers[host1], w.when["read server 83001"] = fails[upgrade.Server](unreachable()), w.canceled
		}, wantCanceled},
		"when the permit cannot be looked at":  {func(w *world) { w.latest = fails[*upgrade.PodPermit](unreachable()) }, kind(upgrade.Unreachable)},
		"when the permit may not be looked at": {func(w *world) { w.latest = fails[*upgrade.PodPermit](denied()) }, kind(upgrade.Denied)},
		"when the grant does not get through":  {func(w *world) { untaken(w); w.grants = fails[string](unreachable()) }, kind(upgrade.Unreachable)},
		"when the grant is refused":            {func(w *world) { untaken(w); w.grants = fails[string](denied()) }, kind(upgrade.Denied)},
		"when the holder cannot be looked at":  {func(w *world) { untaken(w); w.alive = fails[bool](unreachable()) }, kind(upgrade.Unreachable)},
		"when the permit cannot be followed":   {func(w *world) { w.ends = fails[upgrade.PodEnd](unreachable()) }, kind(upgrade.Unreachable)},
		"when the permit may not be followed":  {func(w *world) { w.ends = fails[upgrade.PodEnd](denied()) }, kind(upgrade.Denied)},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, c.change, func(t *testing.T, w *world, end upgrade.PodEnd, err error) {
				c.want(t, err)
				if end.How != "" {
					t.Errorf("and yet it ended as %+v", end)
				}
			})
		})
	}
}
