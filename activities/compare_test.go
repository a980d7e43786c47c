package activities_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// comparing stores the snapshot from before and names it.
func comparing(t *testing.T, w *world, taken upgrade.Snapshot) activities.CompareInput {
	text, err := json.Marshal(taken)
	if err != nil {
		t.Fatal(err)
	}
	before := blob("gw-north/before/1/snapshot.json", string(text))
	w.stored[before.Key] = string(text)
	return activities.CompareInput{Gateway: pair(), Before: before, Folder: "gw-north/after", Timing: timing()}
}

// with is the snapshot with reth0 in another state.
func with(oper string) upgrade.Snapshot {
	s := snapshot()
	s.Interfaces[0].Oper = oper
	return s
}

func TestCompareTakesTheSecondOfTwoEqualComparisons(t *testing.T) {
	down := []upgrade.Difference{{Item: "interface reth0", Before: "up/up", After: "up/down"}}
	for name, c := range map[string]struct {
		snapshots script[upgrade.Snapshot]
		looks     int
		want      []upgrade.Difference
	}{
		"when all is as before":                  {says(snapshot()), 2, nil},
		"when something stays different":         {says(with("down")), 2, down},
		"when values settle":                     {says(with("down"), with("testing"), snapshot(), snapshot()), 4, nil},
		"when a value goes bad at the last look": {says(snapshot(), with("down"), with("down")), 3, down},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.snapshots = c.snapshots
			last := c.snapshots[len(c.snapshots)-1].value
			got, err := run(w, w.activities().Compare, comparing(t, w, snapshot()))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got.Differences); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if n := w.count("snapshot device"); n != c.looks {
				t.Errorf("looked %d times, want %d", n, c.looks)
			}
			if want := blob("gw-north/after/1/snapshot.json", w.stored["gw-north/after/1/snapshot.json"]); got.After != want {
				t.Errorf("the second snapshot is %+v, want %+v", got.After, want)
			}
			var after upgrade.Snapshot
			if err := json.Unmarshal([]byte(w.stored[got.After.Key]), &after); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(last, after); diff != "" {
				t.Errorf("stored (-want +got)\n%s", diff)
			}
		})
	}
}

func TestCompareTakesWhatIsThereWhenTheTimeIsUp(t *testing.T) {
	w := newWorld(t)
	w.step = 15 * time.Minute
	w.snapshots = says(with("down"), snapshot(), with("testing"), snapshot())
	got, err := run(w, w.activities().Compare, comparing(t, w, snapshot()))
	if err != nil {
		t.Fatal(err)
	}
	if want := []upgrade.Difference{{Item: "interface reth0", Before: "up/up", After: "up/testing"}}; !slices.Equal(got.Differences, want) {
		t.Errorf("got %+v, want %+v", got.Differences, want)
	}
	if !w.has("look 1: 1 differences") || !w.has("look 2: 0 differences") {
		t.Errorf("the heartbeats do not tell how it goes: %q", w.beats)
	}
}

// The snapshot from before was taken while preempt was off; once it is back, its statement is no difference.
func TestCompareKnowsThatPreemptIsBack(t *testing.T) {
	back := func() upgrade.Snapshot {
		s, c := snapshot(), device(oldVersion).Cluster
		for i := range c.Groups[1].Nodes {
			c.Groups[1].Nodes[i].Preempt = upgrade.Yes
		}
		s.Cluster, s.Config = c, "facade"
		return s
	}
	for name, c := range map[string]struct {
		preempt string
		want    []string
	}{
		"with the configuration as it was found": {"facade", nil},
		"with another configuration":             {"decade", []string{"configuration"}},
		"and nobody put it there":                {"", []string{"redundancy group 1 preempt on node0", "redundancy group 1 preempt on node1", "configuration"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			off := snapshot()
			off.Cluster = device(oldVersion).Cluster
			in := comparing(t, w, off)
			in.Preempt = c.preempt
			w.snapshots = says(back())
			got, err := run(w, w.activities().Compare, in)
			if err != nil {
				t.Fatal(err)
			}
			var items []string
			for _, d := range got.Differences {
				items = append(items, d.Item)
			}
			if !slices.Equal(items, c.want) {
				t.Errorf("got %+v, want %q", got.Differences, c.want)
			}
		})
	}
}

func TestASecondAttemptOfACompareGetsAFolderOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.attempt = 2
	got, err := run(w, w.activities().Compare, comparing(t, w, snapshot()))
	if want := "gw-north/after/2/snapshot.json"; err != nil || got.After.Key != want {
		t.Errorf("got %q, %v; want %q", got.After.Key, err, want)
	}
}

func TestCompareFails(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world, *activities.CompareInput)
		kind   upgrade.Kind
	}{
		"without the snapshot from before": {func(_ *world, in *activities.CompareInput) { in.Before.Key = "gw-north/gone.json" }, upgrade.NotFound},
		"with another digest than then":    {func(_ *world, in *activities.CompareInput) { in.Before.Digest = "decade" }, upgrade.NotFound},
		"with a snapshot that is none": {func(w *world, in *activities.CompareInput) {
			in.Before = blob("gw-north/odd.json", "odd")
			w.stored[in.Before.Key] = "odd"
		}, upgrade.Malformed},
		"when the archive stops in the middle": {func(w *world, _ *activities.CompareInput) { w.reads = fails[string](unreachable()) }, upgrade.Unreachable},
		"when the gateway does not answer":     {func(w *world, _ *activities.CompareInput) { w.deviceLogin = fails[string](unreachable()) }, upgrade.Unreachable},
		"when the session ends": {func(w *world, _ *activities.CompareInput) {
			w.snapshots = append(says(snapshot()), fails[upgrade.Snapshot](unreachable())...)
		}, upgrade.Unreachable},
		"when the archive refuses the second": {func(w *world, _ *activities.CompareInput) { w.puts = fails[string](unreachable()) }, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := comparing(t, w, snapshot())
			c.change(w, &in)
			_, err := run(w, w.activities().Compare, in)
			wantKind(t, err, c.kind)
		})
	}
}

func TestCompareEndsBetweenTwoLooks(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*world) func()
		want    func(*testing.T, error)
	}{
		"when it is cancelled":  {func(w *world) func() { return w.canceled }, wantCanceled},
		"when its worker stops": {func(w *world) func() { return w.stopped }, wantHandOver},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.at[1] = c.happens(w)
			in := comparing(t, w, snapshot())
			in.Timing = hourly()
			_, err := run(w, w.activities().Compare, in)
			c.want(t, err)
			if len(w.stored) != 1 {
				t.Errorf("stored %v after its end", w.stored)
			}
		})
	}
}
