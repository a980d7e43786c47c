package activities_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

func checking() activities.ReadinessInput {
	return activities.ReadinessInput{GatewayID: gatewayID, Servers: []int{host2, host1}, Timing: timing()}
}

// startsOf lists the checks that were started, in their order.
func startsOf(w *world) (started []string) {
	for _, call := range w.calls {
		if check, ok := strings.CutPrefix(call, "start "); ok {
			started = append(started, check)
		}
	}
	return started
}

func wantStarts(t *testing.T, w *world, want ...string) {
	t.Helper()
	if got := startsOf(w); !slices.Equal(got, want) {
		t.Errorf("started %q, want %q", got, want)
	}
}

func minute(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

func TestCheckReadinessRunsBothChecksOnceOneAfterTheOther(t *testing.T) {
	w := newWorld(t)
	got, err := run(w, w.activities().CheckReadiness, checking())
	if err != nil {
		t.Fatal(err)
	}
	wantStarts(t, w, "upgrade_precheck", "reload_precheck")
	want := upgrade.Readiness{SeenRunning: map[upgrade.Category]time.Time{upgrade.UpgradeCheck: minute(2), upgrade.ReloadCheck: minute(5)}}
	for _, category := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
		for _, member := range []int{member1, member2} {
			want.Rows = append(want.Rows, upgrade.ReadinessRow{Category: category, MemberID: member, Value: upgrade.Ready, Raw: "ready"})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, text := range []string{"upgrade_precheck: starting", "upgrade_precheck running since 1m0s", "reload_precheck: starting"} {
		if !w.has(text) {
			t.Errorf("no heartbeat says %q: %q", text, w.beats)
		}
	}
}

func TestCheckReadinessAdoptsACheckThatRuns(t *testing.T) {
	w := newWorld(t)
	w.rows[upgrade.UpgradeCheck] = says(upgrade.Running, upgrade.Running, upgrade.Ready)
	got, err := run(w, w.activities().CheckReadiness, checking())
	if err != nil {
		t.Fatal(err)
	}
	wantStarts(t, w, "reload_precheck")
	if seen := got.SeenRunning[upgrade.UpgradeCheck]; !seen.Equal(minute(1)) {
		t.Errorf("last seen running at %s, want %s", seen, minute(1))
	}
}

// OLD-RESULT: after the start of a check its former result is still shown.
func TestCheckReadinessTrustsNoResultBeforeTheCheckWasSeenRunning(t *testing.T) {
	for _, old := range []upgrade.ReadinessValue{upgrade.Ready, upgrade.NotReadyYet, upgrade.Expired, upgrade.Unchecked, "something new"} {
		t.Run(string(old), func(t *testing.T) {
			w := newWorld(t)
			w.rows[upgrade.UpgradeCheck] = says(old)
			w.begins[upgrade.UpgradeCheck] = says(old, old, old, upgrade.Running, upgrade.Ready)
			got, err := run(w, w.activities().CheckReadiness, checking())
			if err != nil {
				t.Fatal(err)
			}
			wantStarts(t, w, "upgrade_precheck", "reload_precheck")
			if seen := got.SeenRunning[upgrade.UpgradeCheck]; !seen.Equal(minute(4)) {
				t.Errorf("last seen running at %s, want %s", seen, minute(4))
			}
		})
	}
}

func TestACheckThatIsNeverSeenRunningIsStartedOnceMore(t *testing.T) {
	for name, c := range map[string]struct {
		second script[upgrade.ReadinessValue]
		starts []string
		end    func(*testing.T, error)
	}{
		"and runs then": {says(upgrade.Running, upgrade.Ready), []string{"upgrade_precheck", "upgrade_precheck", "reload_precheck"},
			func(t *testing.T, err error) {
				if err != nil {
					t.Error(err)
				}
			}},
		"and given up when it does not run then": {says(upgrade.Expired), []string{"upgrade_precheck", "upgrade_precheck"},
			func(t *testing.T, err error) {
				wantKind(t, err, upgrade.NotReady)
				if !strings.Contains(err.Error(), "started twice and never seen running") || adviceOf(err) == "" {
					t.Errorf("got %v, advice %q", err, adviceOf(err))
				}
			}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.step = 4 * time.Minute
			w.begins[upgrade.UpgradeCheck] = says(upgrade.Expired)
			var at []time.Time
			w.when["start upgrade_precheck"] = func() {
				if at = append(at, w.now); len(at) == 2 {
					w.begins[upgrade.UpgradeCheck] = c.second
				}
			}
			_, err := run(w, w.activities().CheckReadiness, checking())
			c.end(t, err)
			wantStarts(t, w, c.starts...)
			if len(at) == 2 && at[1].Sub(at[0]) <= 15*time.Minute {
				t.Errorf("started again after %s, want more than 15 minutes", at[1].Sub(at[0]))
			}
		})
	}
}

func TestACheckThatRunsTooLongIsGivenToAPerson(t *testing.T) {
	w := newWorld(t)
	w.step = 20 * time.Minute
	w.rows[upgrade.UpgradeCheck] = says(upgrade.Running)
	_, err := run(w, w.activities().CheckReadiness, checking())
	wantKind(t, err, upgrade.NotReady)
	if !strings.Contains(err.Error(), "upgrade_precheck of gateway 81001 has been running for more than 1h0m0s") {
		t.Errorf("got %v", err)
	}
	if n := w.count("read readiness"); n != 5 { // at 0, 20, 40, 60 and 80 minutes
		t.Errorf("looked %d times, want 5", n)
	}
	wantStarts(t, w)
}

func TestCheckReadinessWaitsForTheEndOfTheChecksTransactions(t *testing.T) {
	w := newWorld(t)
	w.servers[host1] = says(busy(host1, 700, 501, "CHECK"), busy(host1, 700, 501, "CHECK"), idle(host1, 501))
	if _, err := run(w, w.activities().CheckReadiness, checking()); err != nil {
		t.Fatal(err)
	}
	second := slices.Index(w.calls, "start reload_precheck")
	reads := 0
	for _, call := range w.calls[:second] {
		if call == "read server 83001" {
			reads++
		}
	}
	if reads != 3 {
		t.Errorf("the second check was started after %d looks at the server, want 3: two busy ones, an idle one", reads)
	}
	if !w.has("waiting for the check's transactions to end") {
		t.Errorf("no heartbeat says what it waits for: %q", w.beats)
	}
}

func TestATransactionThatNeverEndsIsGivenToAPerson(t *testing.T) {
	w := newWorld(t)
	w.step = 30 * time.Minute
	w.servers[host2] = says(busy(host2, 700, 502, "CHECK"))
	_, err := run(w, w.activities().CheckReadiness, checking())
	wantKind(t, err, upgrade.NotReady)
	if !strings.Contains(err.Error(), "a transaction still runs") {
		t.Errorf("got %v", err)
	}
	wantStarts(t, w, "upgrade_precheck")
}

func TestTheNextWorkerGoesOnWithTheRoundOfChecks(t *testing.T) {
	never := upgrade.ReadinessValue("expired")
	for name, c := range map[string]struct {
		before func(*world) // what the first worker saw until it stopped
		after  func(*world)
		starts []string
		seen   time.Time // of the upgrade check
	}{
		"that was started and not seen yet": {
			func(w *world) { w.begins[upgrade.UpgradeCheck], w.at[1] = says(never), w.stopped },
			func(w *world) { w.rows[upgrade.UpgradeCheck] = says(never, upgrade.Running, upgrade.Ready) },
			[]string{"reload_precheck"}, minute(11)},
		"that was seen running": {
			func(w *world) { w.begins[upgrade.UpgradeCheck], w.at[2] = says(upgrade.Running), w.stopped },
			func(w *world) { w.rows[upgrade.UpgradeCheck] = says(upgrade.Running, upgrade.Ready) },
			[]string{"reload_precheck"}, minute(10)},
		"that was started twice": {
			func(w *world) {
				w.step, w.begins[upgrade.UpgradeCheck], w.at[3] = 8*time.Minute, says(never), w.stopped
			},
			func(w *world) { w.step = 8 * time.Minute },
			nil, time.Time{}},
		"whose first check is done": {
			func(w *world) { w.begins[upgrade.ReloadCheck], w.at[5] = says(upgrade.Running), w.stopped },
			func(w *world) { w.rows[upgrade.ReloadCheck] = says(upgrade.Ready) },
			nil, minute(2)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // so that no pause ends by itself once the worker stops
				w := newWorld(t)
				c.before(w)
				_, err := run(w, w.activities().CheckReadiness, checking())
				wantHandOver(t, err)
				w.again()
				w.now = minute(10)
				if c.seen.IsZero() {
					w.now = minute(40)
				}
				c.after(w)
				got, err := run(w, w.activities().CheckReadiness, checking())
				wantStarts(t, w, c.starts...)
				if c.seen.IsZero() {
					wantKind(t, err, upgrade.NotReady)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if seen := got.SeenRunning[upgrade.UpgradeCheck]; !seen.Equal(c.seen) {
					t.Errorf("last seen running at %s, want %s", seen, c.seen)
				}
			})
		})
	}
}

// A check that ends while nobody looks is done: it was seen running. Its five hours count from that moment.
func TestACheckThatEndedWhileNoWorkerLookedIsDone(t *testing.T) {
	w := newWorld(t)
	w.rows[upgrade.UpgradeCheck] = says(upgrade.Running)
	w.at[1] = w.stopped
	in := checking()
	in.Timing = hourly()
	_, err := run(w, w.activities().CheckReadiness, in)
	wantHandOver(t, err)
	w.again()
	w.now = minute(45)
	w.rows[upgrade.UpgradeCheck] = says(upgrade.Ready)
	got, err := run(w, w.activities().CheckReadiness, checking())
	if err != nil {
		t.Fatal(err)
	}
	wantStarts(t, w, "reload_precheck")
	if seen := got.SeenRunning[upgrade.UpgradeCheck]; !seen.Equal(start) {
		t.Errorf("last seen running at %s, want %s", seen, start)
	}
}

func TestAnOutageInTheMiddleOfACheckStartsNothingAgain(t *testing.T) {
	w := newWorld(t)
	w.readiness = slices.Concat(says("", ""), fails[string](unreachable()))
	w.begins[upgrade.UpgradeCheck] = says(upgrade.Running)
	_, err := run(w, w.activities().CheckReadiness, checking())
	wantKind(t, err, upgrade.Unreachable)
	w.again()
	w.readiness = says("")
	w.rows[upgrade.UpgradeCheck] = says(upgrade.Running, upgrade.Ready)
	if _, err := run(w, w.activities().CheckReadiness, checking()); err != nil {
		t.Fatal(err)
	}
	wantStarts(t, w, "reload_precheck")
}

func TestHeartbeatDetailsOfSomethingElseAreNotTakenOver(t *testing.T) {
	for _, details := range []string{`"look 3: the cluster"`, `{}`, `{"started":null}`, `{"watch":{"reloadId":7}}`} {
		t.Run(details, func(t *testing.T) {
			w := newWorld(t)
			w.resume = details
			if _, err := run(w, w.activities().CheckReadiness, checking()); err != nil {
				t.Fatal(err)
			}
			wantStarts(t, w, "upgrade_precheck", "reload_precheck")
		})
	}
}

func TestCheckReadinessFails(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		kind   upgrade.Kind
	}{
		"when the rows cannot be read":      {func(w *world) { w.readiness = fails[string](unreachable()) }, upgrade.Unreachable},
		"when the rows are not ours to see": {func(w *world) { w.readiness = fails[string](denied()) }, upgrade.Denied},
		"when the rows make no sense":       {func(w *world) { w.readiness = fails[string](upgrade.Errorf(upgrade.Malformed, "null")) }, upgrade.Malformed},
		"when the rows are gone at the end": {func(w *world) {
			w.readiness = append(says("", "", "", "", "", "", "", ""), fails[string](unreachable())...)
		}, upgrade.Unreachable},
		"when the start is refused":             {func(w *world) { w.starts[upgrade.UpgradeCheck] = fails[string](upgrade.Errorf(upgrade.Refused, "no")) }, upgrade.Refused},
		"when the second start is refused":      {func(w *world) { w.starts[upgrade.ReloadCheck] = fails[string](upgrade.Errorf(upgrade.Refused, "no")) }, upgrade.Refused},
		"when a server cannot be read after it": {func(w *world) { w.servers[host1] = fails[upgrade.Server](unreachable()) }, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			_, err := run(w, w.activities().CheckReadiness, checking())
			wantKind(t, err, c.kind)
		})
	}
}

func TestCheckReadinessIsCancelled(t *testing.T) {
	for name, change := range map[string]func(*world){
		"between two looks at a check": func(*world) {},
		"while it waits for idle servers": func(w *world) {
			w.servers[host2] = says(busy(host2, 700, 502, "CHECK"))
			w.resume = `{"started":{"upgrade_precheck":"2031-03-04T21:00:00Z"},"starts":{"upgrade_precheck":1},
				"seenRunning":{"upgrade_precheck":"2031-03-04T21:30:00Z"},"done":{"upgrade_precheck":true},"doing":""}`
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.at[1] = w.canceled
			change(w)
			in := checking()
			in.Timing = hourly()
			_, err := run(w, w.activities().CheckReadiness, in)
			wantCanceled(t, err)
		})
	}
}
