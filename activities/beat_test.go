package activities_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// Temporal takes an activity for dead after half a minute without a heartbeat, and an empty one wipes the checkpoint.
func TestALongPauseKeepsTheHeartbeatAliveWithTheWholeCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.views = says(joining(), device(oldVersion))
		in := verifying(upgrade.BeforeFirst)
		in.Timing.SettlePoll = upgrade.Duration(62 * time.Second)
		began := time.Now()
		if _, err := run(w, w.activities().Verify, in); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 62*time.Second {
			t.Errorf("paused for %s, want 62s", took)
		}
		if len(w.beats) != 13 { // at once and every five seconds
			t.Errorf("%d heartbeats in the pause, want 13", len(w.beats))
		}
		if different := slices.Compact(slices.Clone(w.beats)); len(different) != 1 {
			t.Errorf("the checkpoint changes while nobody looks: %q", different)
		}
	})
}

// What the next worker goes on from is never lost to a heartbeat of its own, however long its first look takes.
func TestASlowFirstLookKeepsTheCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		in := awaiting(w)
		w.resume = `{"watch":{"reloadId":601,"started":"2031-03-04T22:00:00Z","step":{"id":601,"step":"INSTALL"}}}`
		w.slow["read server 83002"], w.step = 50*time.Second, 5*time.Minute
		w.servers[host2] = says(idle(host2, 601))
		if _, err := run(w, w.activities().AwaitReload, in); err != nil {
			t.Fatal(err)
		}
		for i, beat := range w.beats {
			if got := progressOf(t, beat).Watch; got.ReloadID != 601 || got.Step == nil || got.Step.Step != "INSTALL" {
				t.Errorf("heartbeat %d holds %s", i+1, beat)
			}
		}
	})
}
