package activities_test

import (
	"slices"
	"testing"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

const podID = "pod-permit/990017/fra02.pod03"

func TestHolderOfNamesWhoHoldsThePod(t *testing.T) {
	for name, holder := range map[string]string{"somebody": "upgrade/81777", "nobody": ""} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.holders = says(holder)
			got, err := run(w, w.activities().HolderOf, activities.PodInput{WorkflowID: podID})
			if err != nil || got != holder {
				t.Errorf("got %q, %v; want %q", got, err, holder)
			}
			if want := []string{"look at holder of " + podID}; !slices.Equal(w.calls, want) {
				t.Errorf("asked %q, want %q", w.calls, want)
			}
		})
	}
}

func TestAwaitPodFreeWaitsUntilNobodyHoldsIt(t *testing.T) {
	w := newWorld(t)
	w.holders = slices.Concat(says("upgrade/81777"), fails[string](unreachable()), says("upgrade/81778", ""))
	got, err := run(w, w.activities().AwaitPodFree, activities.PodInput{WorkflowID: podID, Timing: timing()})
	if err != nil || got != "free" {
		t.Fatalf("got %q, %v; want free", got, err)
	}
	if n := w.count("look at holder"); n != 4 {
		t.Errorf("looked %d times, want 4", n)
	}
	for _, want := range []string{"held by upgrade/81777", "no answer within two minutes", "held by upgrade/81778"} {
		if !w.has(want) {
			t.Errorf("no heartbeat says %q: %q", want, w.beats)
		}
	}
}

func TestAwaitPodFreeEnds(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		want   func(*testing.T, error)
	}{
		"when the question is refused": {func(w *world) { w.holders = fails[string](denied()) },
			func(t *testing.T, err error) { wantKind(t, err, upgrade.Denied) }},
		"when it is cancelled":     {func(w *world) { w.at[1] = w.canceled }, wantCanceled},
		"when its worker stops":    {func(w *world) { w.at[1] = w.stopped }, wantHandOver},
		"when Temporal is no more": {func(w *world) { w.holders = fails[string](upgrade.Errorf(upgrade.NotFound, "no such namespace")) }, func(t *testing.T, err error) { wantKind(t, err, upgrade.NotFound) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.holders = says("upgrade/81777")
			c.change(w)
			_, err := run(w, w.activities().AwaitPodFree, activities.PodInput{WorkflowID: podID, Timing: hourly()})
			c.want(t, err)
			if n := w.count("look at holder"); n != 1 {
				t.Errorf("looked %d times, want once", n)
			}
		})
	}
}
