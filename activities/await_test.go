package activities_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// awaiting waits for reload 601 of the second host in a world whose records already say what its end must be.
func awaiting(w *world) activities.AwaitInput {
	w.gateways = says(ended())
	return activities.AwaitInput{GatewayID: gatewayID, Servers: []int{host2, host1}, ReloadID: 601, Since: start, Deadline: start.Add(24 * time.Hour), Noticed: []upgrade.Notice{upgrade.NoticeSlow, upgrade.NoticeStuck},
		Expected: upgrade.Expected{Step: plan().Steps[0], Target: newVersion, Status: upgrade.StatusUpgradeActive}, Timing: timing()}
}

// ended is the gateway after the first reload.
func ended() upgrade.Gateway {
	g := pair()
	g.Status, g.StatusText, g.Members[1].Version = upgrade.StatusUpgradeActive, "Upgrade Active", newVersion
	return g
}

func TestAwaitReloadEndsAfterQuietRounds(t *testing.T) {
	quiet, reload, peer := idle(host2, 601), busy(host2, 601, 601, "INSTALL"), busy(host1, 800, 501, "CONFIGURE")
	for name, c := range map[string]struct {
		servers map[int]script[upgrade.Server]
		step    time.Duration
		rounds  int
		at      time.Time
	}{
		"that are three, a while apart":          {map[int]script[upgrade.Server]{host2: says(reload, quiet)}, 5 * time.Minute, 4, minute(5)},
		"that are three, whatever the distance":  {map[int]script[upgrade.Server]{host2: says(reload, quiet)}, time.Hour, 4, minute(60)},
		"that are as many as ten minutes hold":   {map[int]script[upgrade.Server]{host2: says(reload, quiet)}, time.Minute, 12, minute(1)},
		"that come after a gap in the reload":    {map[int]script[upgrade.Server]{host2: says(reload, quiet, quiet, reload, quiet)}, 5 * time.Minute, 7, minute(20)},
		"that the peer's transactions put off":   {map[int]script[upgrade.Server]{host2: says(quiet), host1: says(peer, peer, idle(host1, 501))}, 5 * time.Minute, 5, minute(10)},
		"that an outage in the reload puts off":  {map[int]script[upgrade.Server]{host2: slices.Concat(says(reload), outage[upgrade.Server](3), says(quiet))}, 5 * time.Minute, 7, minute(20)},
		"that begin at once after a late start":  {map[int]script[upgrade.Server]{host2: says(quiet)}, 5 * time.Minute, 3, start},
		"that follow answers that make no sense": {map[int]script[upgrade.Server]{host2: slices.Concat(fails[upgrade.Server](upgrade.Errorf(upgrade.Malformed, "null")), says(quiet))}, 5 * time.Minute, 4, minute(5)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := awaiting(w)
			for id, s := range c.servers {
				w.servers[id] = s
			}
			w.step = c.step
			got, err := run(w, w.activities().AwaitReload, in)
			if err != nil {
				t.Fatal(err)
			}
			if !got.At.Equal(c.at) || len(got.Findings) > 0 {
				t.Errorf("ended at %s with %v, want %s and nothing wrong", got.At, got.Findings, c.at)
			}
			if n := w.count("read server 83002"); n != c.rounds {
				t.Errorf("looked %d times, want %d", n, c.rounds)
			}
			if w.count("read ") != len(w.calls) {
				t.Errorf("did %q, want only looks", w.calls)
			}
		})
	}
}

func TestAwaitReloadGivesTheRecordsTimeToFollow(t *testing.T) {
	late, old, other := ended(), ended(), ended()
	late.Status, late.StatusText = upgrade.StatusUpdating, "Updating"
	old.Members[1].Version = oldVersion
	other.Status, other.StatusText = upgrade.StatusOther, "Provisioning"
	foreign := idle(host2, 602)
	for name, c := range map[string]struct {
		change func(*world)
		checks []string
		rounds int
	}{
		"and takes a status that comes late":     {func(w *world) { w.gateways = says(late, late, late, late, ended()) }, nil, 5},
		"and names a status that never comes":    {func(w *world) { w.gateways = says(other) }, []string{"gateway-status"}, 9},
		"and names a version that stays the old": {func(w *world) { w.gateways = says(old) }, []string{"version"}, 9},
		"and names a reload of somebody else":    {func(w *world) { w.servers[host2] = says(foreign) }, []string{"foreign-reload"}, 9},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := awaiting(w)
			w.servers[host2], w.step = says(idle(host2, 601)), 5*time.Minute
			c.change(w)
			got, err := run(w, w.activities().AwaitReload, in)
			if err != nil {
				t.Fatal(err)
			}
			var checks []string
			for _, f := range got.Findings {
				checks = append(checks, f.Check)
			}
			if !slices.Equal(checks, c.checks) {
				t.Errorf("found %+v, want %q", got.Findings, c.checks)
			}
			if n := w.count("read gateway"); n != c.rounds {
				t.Errorf("looked %d times, want %d", n, c.rounds)
			}
			if !w.has("no transaction any more, but ") {
				t.Errorf("no heartbeat says what lags: %q", w.beats)
			}
		})
	}
}

func TestAnOverdueReloadIsGivenToAPerson(t *testing.T) {
	for name, servers := range map[string]script[upgrade.Server]{
		"while it still runs":              says(busy(host2, 601, 601, "INSTALL")),
		"while the API cannot be asked":    outage[upgrade.Server](1),
		"while it only seems to be over":   says(idle(host2, 601), busy(host2, 601, 601, "A"), idle(host2, 601), busy(host2, 601, 601, "B")),
		"while nothing of it can be named": says(upgrade.Server{ID: host2, LastReload: 601, ActiveCount: 1}),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := awaiting(w)
			in.Deadline = start.Add(2 * time.Hour)
			w.servers[host2], w.step = servers, 40*time.Minute
			_, err := run(w, w.activities().AwaitReload, in)
			wantKind(t, err, upgrade.Overdue)
			if want := "the reload 601 of host north-h2 has not ended after 2h40m0s"; !strings.Contains(err.Error(), want) {
				t.Errorf("got %q, want it to say %q", err, want)
			}
			if want := "open an IBM case naming transaction 601"; !strings.Contains(adviceOf(err), want) {
				t.Errorf("got advice %q, want %q", adviceOf(err), want)
			}
		})
	}
}

// progressOf reads a heartbeat as people and the next worker do.
func progressOf(t *testing.T, beat string) (p activities.Progress) {
	t.Helper()
	if err := json.Unmarshal([]byte(beat), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheHeartbeatsTellHowAReloadGoes(t *testing.T) {
	w := newWorld(t)
	in := awaiting(w)
	other := ended()
	other.Status, other.StatusText = upgrade.StatusUpdating, "Updating"
	w.gateways, w.step = says(other, other, other, other, ended()), 2*time.Hour // the two of the outage are not read
	w.servers[host2] = slices.Concat(says(busy(host2, 601, 601, "INSTALL")), outage[upgrade.Server](2), says(idle(host2, 601)))
	if _, err := run(w, w.activities().AwaitReload, in); err != nil {
		t.Fatal(err)
	}
	want := []activities.Progress{
		{Text: "transaction 601: INSTALL since 22:00:00", Elapsed: "0s"},
		{Text: "1 looks in a row could not be read: no answer within two minutes", Elapsed: "2h0m0s"},
		{Text: "2 looks in a row could not be read: no answer within two minutes", Elapsed: "4h0m0s"},
		{Text: "SLOW: no transaction in 1 looks", Elapsed: "6h0m0s"},
		{Text: "SLOW: no transaction in 2 looks", Elapsed: "8h0m0s"},
	}
	if len(w.beats) < len(want) {
		t.Fatalf("got %d heartbeats, want %d at least", len(w.beats), len(want))
	}
	for i, wanted := range want {
		got := progressOf(t, w.beats[i])
		if got.Text != wanted.Text || got.Elapsed != wanted.Elapsed || got.Usual != "2h to 5h" {
			t.Errorf("heartbeat %d: got %+v, want %+v", i+1, got, wanted)
		}
	}
}

func TestTheNextWorkerGoesOnWithTheWatch(t *testing.T) {
	w := newWorld(t)
	in := awaiting(w)
	in.Timing = hourly()
	w.servers[host2] = says(busy(host2, 601, 601, "INSTALL"))
	w.at[1] = w.stopped
	_, err := run(w, w.activities().AwaitReload, in)
	wantHandOver(t, err)
	w.again()
	in.Timing = timing()
	w.step = 5 * time.Minute
	w.servers[host2] = says(busy(host2, 601, 601, "INSTALL"), idle(host2, 601))
	got, err := run(w, w.activities().AwaitReload, in)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Watch.Changed.Equal(start) || got.Watch.Step == nil || got.Watch.Step.ID != 601 {
		t.Errorf("the step is %+v since %s, want 601 since the first worker saw it at %s", got.Watch.Step, got.Watch.Changed, start)
	}
}

// Nobody looked in between, so the quiet looks of the worker before do not count.
func TestTheNextWorkerCountsItsOwnQuietLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // so that no pause ends by itself once the worker stops
		w := newWorld(t)
		in := awaiting(w)
		w.servers[host2] = says(idle(host2, 601))
		w.at[5] = w.stopped // eleven looks, one a minute, make ten quiet minutes
		_, err := run(w, w.activities().AwaitReload, in)
		wantHandOver(t, err)
		w.again()
		w.now = start.Add(6 * time.Hour)
		got, err := run(w, w.activities().AwaitReload, in)
		if err != nil {
			t.Fatal(err)
		}
		if n := w.count("read gateway"); n != 11 || !got.At.Equal(start.Add(6*time.Hour)) {
			t.Errorf("ended at %s after %d looks, want its own eleven", got.At, n)
		}
	})
}

func TestTheNextWorkerCountsTheOutageOn(t *testing.T) {
	w := newWorld(t)
	in := awaiting(w)
	in.Timing = hourly()
	w.servers[host2] = fails[upgrade.Server](unreachable())
	w.at[1] = w.stopped
	_, err := run(w, w.activities().AwaitReload, in)
	wantHandOver(t, err)
	w.again()
	w.at[1] = w.canceled
	_, err = run(w, w.activities().AwaitReload, in)
	wantCanceled(t, err)
	if got := progressOf(t, w.beats[0]); got.Watch.Invalid != 2 {
		t.Errorf("counts %d looks without an answer, want 2", got.Watch.Invalid)
	}
}

func TestTheWatchOfAnotherReloadIsNotTakenOver(t *testing.T) {
	for _, details := range []string{`{"watch":{"reloadId":600,"step":{"id":600,"step":"OLD"},"invalid":7}}`, `"look 3: no new reload"`, `{}`} {
		t.Run(details, func(t *testing.T) {
			w := newWorld(t)
			in := awaiting(w)
			w.resume, w.step = details, 5*time.Minute
			w.servers[host2] = says(idle(host2, 601))
			got, err := run(w, w.activities().AwaitReload, in)
			if err != nil || got.Watch.Step != nil || got.Watch.ReloadID != 601 || !got.Watch.Started.Equal(start) {
				t.Errorf("got %+v, %v; want a watch of its own", got.Watch, err)
			}
		})
	}
}

func TestAwaitReloadEndsWithoutTheReload(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		want   func(*testing.T, error)
	}{
		"when the server is not ours to see any more": {func(w *world) {
			w.servers[host2] = fails[upgrade.Server](upgrade.Errorf(upgrade.NotFound, "no server"))
		},
			func(t *testing.T, err error) { wantKind(t, err, upgrade.NotFound) }},
		"when the gateway is not ours to see any more": {func(w *world) { w.gateways = fails[upgrade.Gateway](denied()) },
			func(t *testing.T, err error) { wantKind(t, err, upgrade.Denied) }},
		"when it is cancelled":                   {func(w *world) { w.at[1] = w.canceled }, wantCanceled},
		"when it is cancelled in an outage":      {func(w *world) { w.servers[host1], w.at[1] = outage[upgrade.Server](1), w.canceled }, wantCanceled},
		"when its worker stops":                  {func(w *world) { w.at[1] = w.stopped }, wantHandOver},
		"when its worker stops during an outage": {func(w *world) { w.gateways, w.at[1] = outage[upgrade.Gateway](1), w.stopped }, wantHandOver},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			in := awaiting(w)
			in.Timing = hourly()
			w.servers[host2] = says(busy(host2, 601, 601, "INSTALL"))
			c.change(w)
			_, err := run(w, w.activities().AwaitReload, in)
			c.want(t, err)
			if n := w.count("read server 83002"); n != 1 {
				t.Errorf("looked %d times, want once", n)
			}
		})
	}
}
