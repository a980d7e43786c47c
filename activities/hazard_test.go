package activities_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
)

// The mark must be that of the stored configuration: it is what drift is judged by, and what a person falls back to.
func TestACommitBetweenTheFormsOfAnExportIsDrift(t *testing.T) {
	for name, call := range map[string]string{
		"after the curly form": "read configuration as set",
		"after the set form":   "snapshot device",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.when[call] = func() {
				s, d := snapshot(), device(oldVersion)
				s.Config, d.Mark = "decade", upgrade.Mark{Digest: "decade", Commit: "2031-03-04 22:00:01 UTC by ops via cli"}
				w.snapshots, w.views = says(s), says(d)
			}
			_, err := run(w, w.activities().Export, exporting())
			wantKind(t, err, upgrade.Drifted)
		})
	}
}

// The answer to a start may be lost, or the worker may die before it comes. The check takes up to fifteen minutes to show
// (SoftLayer_Network_Gateway_Precheck), and what a second start does while one runs is documented nowhere.
func TestALostAnswerToAStartStartsNothingAgain(t *testing.T) {
	w := newWorld(t)
	w.starts[upgrade.UpgradeCheck] = slices.Concat(fails[string](unreachable()), says(""))
	w.when["start upgrade_precheck"] = func() { // it does begin, a few looks later
		w.rows[upgrade.UpgradeCheck] = says(upgrade.Expired, upgrade.Expired, upgrade.Running, upgrade.Ready)
	}
	if starts := startsUntilTheEnd(t, w); starts != 1 {
		t.Errorf("started %d times, want once", starts)
	}
}

// Starts whose answers are lost count too: two of them are all a round may make.
func TestNoRoundOfChecksStartsACheckMoreThanTwice(t *testing.T) {
	w := newWorld(t)
	w.starts[upgrade.UpgradeCheck] = fails[string](unreachable())
	if starts := startsUntilTheEnd(t, w); starts > 2 {
		t.Errorf("started %d times, want twice at most", starts)
	}
}

// startsUntilTheEnd counts the starts of the upgrade check in as many attempts as Temporal makes, but not for ever.
func startsUntilTheEnd(t *testing.T, w *world) (starts int) {
	t.Helper()
	const attempts = 60
	for range attempts {
		_, err := run(w, w.activities().CheckReadiness, checking())
		starts += w.count("start upgrade_precheck")
		var failure *temporal.ApplicationError
		if err == nil || errors.As(err, &failure) && failure.NonRetryable() {
			return starts
		}
		w.again()
		w.now = w.now.Add(time.Minute)
	}
	t.Errorf("no end after %d attempts", attempts)
	return starts
}

// "One after the other" holds for a check of somebody else as well: nothing is started while anything runs.
func TestNoCheckIsStartedWhileTheOtherRuns(t *testing.T) {
	w := newWorld(t)
	w.rows[upgrade.ReloadCheck] = says(upgrade.Running, upgrade.Running, upgrade.Ready)
	if _, err := run(w, w.activities().CheckReadiness, checking()); err != nil {
		t.Fatal(err)
	}
	first := slices.Index(w.calls, "start upgrade_precheck")
	if first < 0 {
		t.Fatal("the upgrade check was never started")
	}
	looks := 0
	for _, call := range w.calls[:first] {
		if call == "read readiness" {
			looks++
		}
	}
	if looks < 3 {
		t.Errorf("the upgrade check was started at look %d, while the reload check ran", looks)
	}
}

// A transaction may be counted without being described. The heartbeat is what people see for hours.
func TestATransactionWithoutDetailsStillSaysSomething(t *testing.T) {
	w := newWorld(t)
	in := awaiting(w)
	in.Timing = hourly()
	w.servers[host2] = says(upgrade.Server{ID: host2, LastReload: 601, ActiveCount: 1})
	w.at[1] = w.stopped
	_, err := run(w, w.activities().AwaitReload, in)
	wantHandOver(t, err)
	if got := progressOf(t, w.beats[0]); got.Text == "" {
		t.Errorf("the heartbeat says nothing: %+v", got)
	}
}

// A worker that dies in the middle of a start leaves no answer at all, only the heartbeats before it.
func TestAWorkerThatDiesInAStartStartsNothingAgain(t *testing.T) {
	w := newWorld(t)
	died := false
	w.when["start upgrade_precheck"] = func() { // it does begin, a few looks later
		w.rows[upgrade.UpgradeCheck] = says(upgrade.Expired, upgrade.Expired, upgrade.Running, upgrade.Ready)
		if !died {
			died = true
			panic("the worker dies")
		}
	}
	if starts := startsUntilTheEnd(t, w); starts != 1 {
		t.Errorf("started %d times, want once", starts)
	}
}

// Temporal takes a long activity for dead after 30 seconds without a heartbeat and attempts it anew, while the old attempt
// still works. A host that is being installed lets a login wait for its whole time limit, a struggling API each call.
func TestASlowLookKeepsTheHeartbeatAlive(t *testing.T) {
	const limit = 30 * time.Second
	for name, c := range map[string]struct {
		call string
		run  func(*world) error
	}{
		"in a verification": {"dial host " + address1, func(w *world) error {
			_, err := run(w, w.activities().Verify, verifying(upgrade.BeforeFirst))
			return err
		}},
		"in the wait for a reload": {"read server 83002", func(w *world) error {
			in := awaiting(w)
			w.step, w.servers[host2] = 5*time.Minute, says(idle(host2, 601))
			_, err := run(w, w.activities().AwaitReload, in)
			return err
		}},
		"in a settlement": {"read server 83002", func(w *world) error {
			w.servers[host2] = says(idle(host2, 502), busy(host2, 601, 601, "RELOAD"))
			_, err := run(w, w.activities().ConfirmReload, confirming(upgrade.Accepted))
			return err
		}},
		"in a look at the checks": {"read readiness", func(w *world) error {
			_, err := run(w, w.activities().CheckReadiness, checking())
			return err
		}},
		"in the start of a check": {"start upgrade_precheck", func(w *world) error {
			_, err := run(w, w.activities().CheckReadiness, checking())
			return err
		}},
		"in a comparison": {"snapshot device", func(w *world) error {
			_, err := run(w, w.activities().Compare, comparing(w.t, w, snapshot()))
			return err
		}},
		"in the service of a holder": {"look at latest permit of 990017/fra02.pod03", func(w *world) error {
			_, err := run(w, w.activities().ServePod, serving())
			return err
		}},
		"in a hold": {"follow permit run run-1", func(w *world) error {
			_, err := run(w, w.activities().ServePod, serving())
			return err
		}},
		"in the look at a pod that is to be whole": {"dial host " + address1, func(w *world) error {
			_, err := run(w, w.activities().AwaitFit, fitting())
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.slow[c.call] = 50 * time.Second
				last := time.Now()
				if err := c.run(w); err != nil {
					t.Fatal(err)
				}
				for _, at := range append(w.beatAt, time.Now()) {
					if silence := at.Sub(last); silence >= limit {
						t.Errorf("silent for %s", silence)
					}
					last = at
				}
			})
		})
	}
}
