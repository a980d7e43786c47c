package activities_test

import (
	"slices"
	"testing"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

func confirming(answer upgrade.Answer) activities.ConfirmInput {
	return activities.ConfirmInput{Baseline: upgrade.Baseline{HardwareID: host2, LastReload: 502, At: start}, Answer: answer, Timing: timing()}
}

func TestConfirmReloadSettlesWhetherTheReloadExists(t *testing.T) {
	still, reload, check := idle(host2, 502), busy(host2, 601, 601, "RELOAD"), busy(host2, 700, 502, "CHECK")
	adopted := func(looks int) activities.Confirmation {
		return activities.Confirmation{Verdict: upgrade.Adopted, ReloadID: 601, Looks: looks}
	}
	settled := func(v upgrade.Verdict, looks int) activities.Confirmation {
		return activities.Confirmation{Verdict: v, Looks: looks}
	}
	for name, c := range map[string]struct {
		answer upgrade.Answer
		server script[upgrade.Server]
		step   time.Duration
		want   activities.Confirmation
	}{
		"accepted and seen at once":                       {upgrade.Accepted, says(reload), 0, adopted(1)},
		"accepted and over already":                       {upgrade.Accepted, says(idle(host2, 601)), 0, adopted(1)},
		"accepted and seen late":                          {upgrade.Accepted, says(still, still, still, reload), 4 * time.Minute, adopted(4)},
		"accepted and seen after somebody's check":        {upgrade.Accepted, says(check, check, reload), 0, adopted(3)},
		"accepted and never seen":                         {upgrade.Accepted, says(still), 5 * time.Minute, settled(upgrade.Unclear, 4)},
		"accepted and only a check seen":                  {upgrade.Accepted, says(check), 5 * time.Minute, settled(upgrade.Unclear, 4)},
		"accepted and never seen in slow looks":           {upgrade.Accepted, says(still), time.Hour, settled(upgrade.Unclear, 3)},
		"unanswered and seen late":                        {upgrade.Ambiguous, says(still, still, reload), 0, adopted(3)},
		"unanswered and never seen":                       {upgrade.Ambiguous, says(still), 5 * time.Minute, settled(upgrade.Unclear, 4)},
		"refused and absent":                              {upgrade.Declined, says(still), 0, settled(upgrade.NotStarted, 3)},
		"refused because it is on already":                {upgrade.Declined, says(still, reload), 0, adopted(2)},
		"refused while something else runs":               {upgrade.Declined, says(check), 5 * time.Minute, settled(upgrade.Unclear, 4)},
		"not sent and absent":                             {upgrade.NotSent, says(still), 0, settled(upgrade.NotStarted, 1)},
		"not sent and absent once a check is over":        {upgrade.NotSent, says(check, still), 0, settled(upgrade.NotStarted, 2)},
		"not sent and there all the same":                 {upgrade.NotSent, says(reload), 0, adopted(1)},
		"not posted since changed, by a reload of others": {upgrade.Changed, says(reload), 0, adopted(1)},
		"not posted since changed, and absent":            {upgrade.Changed, says(still), 0, settled(upgrade.NotStarted, 1)},
		"accepted, seen after an outage":                  {upgrade.Accepted, slices.Concat(outage[upgrade.Server](5), says(reload)), 10 * time.Minute, adopted(1)},
		"accepted, never seen after an outage":            {upgrade.Accepted, slices.Concat(outage[upgrade.Server](5), says(still)), 10 * time.Minute, settled(upgrade.Unclear, 3)},
		"accepted, never seen around an outage": {upgrade.Accepted, slices.Concat(says(still), outage[upgrade.Server](5), says(still)), 10 * time.Minute,
			settled(upgrade.Unclear, 3)},
		"refused, absent around an outage": {upgrade.Declined, slices.Concat(says(still), outage[upgrade.Server](5), says(still)), 10 * time.Minute,
			settled(upgrade.NotStarted, 3)},
		"not sent, absent after an outage": {upgrade.NotSent, slices.Concat(outage[upgrade.Server](5), says(still)), 10 * time.Minute, settled(upgrade.NotStarted, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.servers[host2], w.step = c.server, c.step
			got, err := run(w, w.activities().ConfirmReload, confirming(c.answer))
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
			if n := w.count("read server 83002"); n != len(w.calls) {
				t.Errorf("did %q, want only looks", w.calls)
			}
		})
	}
}

// outage is n looks in a row without an answer.
func outage[T any](n int) (s script[T]) {
	for range n {
		s = append(s, fails[T](unreachable())...)
	}
	return s
}

func TestASettlementTellsHowItGoes(t *testing.T) {
	w := newWorld(t)
	w.servers[host2] = slices.Concat(says(idle(host2, 502)), outage[upgrade.Server](1), says(busy(host2, 601, 601, "RELOAD")))
	if _, err := run(w, w.activities().ConfirmReload, confirming(upgrade.Ambiguous)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"look 1: no new reload on server 83002 yet (answer: ambiguous)", "no answer within two minutes"} {
		if !w.has(want) {
			t.Errorf("no heartbeat says %q: %q", want, w.beats)
		}
	}
}

func TestConfirmReloadEnds(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		want   func(*testing.T, error)
	}{
		"when the server is not ours to see any more": {func(w *world) {
			w.servers[host2] = fails[upgrade.Server](upgrade.Errorf(upgrade.NotFound, "no server"))
		},
			func(t *testing.T, err error) { wantKind(t, err, upgrade.NotFound) }},
		"when it is cancelled":  {func(w *world) { w.at[1] = w.canceled }, wantCanceled},
		"when its worker stops": {func(w *world) { w.at[1] = w.stopped }, wantHandOver},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			in := confirming(upgrade.Accepted)
			in.Timing = hourly()
			_, err := run(w, w.activities().ConfirmReload, in)
			c.want(t, err)
			if n := w.count("read server"); n != 1 {
				t.Errorf("looked %d times, want once", n)
			}
		})
	}
}
