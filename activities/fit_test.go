package activities_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// fitting asks whether the pod of gw-north is fit after a hold that ended badly.
func fitting() activities.FitInput {
	in := activities.FitInput{Account: 990017, Pod: "fra02.pod03", For: asking(), Whole: true, Since: minute(-20)}
	in.For.Lag = upgrade.DefaultTiming().Reconcile
	return in
}

func TestAwaitFitSaysNothingOfAPodInWhichNobodyWorks(t *testing.T) {
	for name, change := range harmless() {
		t.Run("beside "+name, func(t *testing.T) {
			w, in := newWorld(t), fitting()
			in.Whole, in.Known = false, "gateway gw-south (81002) Updating"
			change(w)
			got, err := run(w, w.activities().AwaitFit, in)
			if err != nil || got != "" {
				t.Errorf("got %q, %v", got, err)
			}
			if w.count("dial") != 0 || w.count("read ") != len(w.calls) {
				t.Errorf("did %q, want IBM's records alone", w.calls)
			}
		})
	}
}

func TestAwaitFitNamesWhatIsInTheWay(t *testing.T) {
	for name, c := range workElsewhere() {
		for _, whole := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w, in := newWorld(t), fitting()
				in.Whole = whole
				c.change(w)
				got, err := run(w, w.activities().AwaitFit, in)
				if err != nil || !strings.Contains(got, c.says) {
					t.Errorf("got %q, %v; want %q", got, err, c.says)
				}
				if w.count("dial") != 0 {
					t.Errorf("asked hosts beside work that goes on: %q", w.calls)
				}
			})
		}
	}
}

// What the lock shows already is no news: it is told when it is over or something else is in the way.
func TestAwaitFitLooksUntilSomethingHasChanged(t *testing.T) {
	const updating = "gateway gw-south (81002) Updating"
	half := upgrade.Neighbour{ID: 81002, Name: "gw-south", Status: upgrade.StatusUpgradeActive, Text: "Upgrade Active"}
	busy, active := half, half
	busy.Status, busy.Text = upgrade.StatusUpdating, "Updating"
	active.Status, active.Text = upgrade.StatusActive, "Active"
	for name, c := range map[string]struct {
		seen upgrade.Neighbour
		want string
	}{
		"into something else": {half, "gateway gw-south (81002) Upgrade Active"},
		"into nothing":        {active, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), fitting()
			in.Whole, in.Known, in.For.Poll = false, updating, upgrade.Duration(40*time.Second)
			w.neighbours = says([]upgrade.Neighbour{busy}, []upgrade.Neighbour{busy}, []upgrade.Neighbour{c.seen})
			for range 2 {
				_, err := run(w, w.activities().AwaitFit, in)
				wantAgain(t, err, 40*time.Second, updating)
			}
			if got, err := run(w, w.activities().AwaitFit, in); err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

// A reload that was asked for right before a hold ended badly shows in IBM's records only minutes later.
func TestAPodIsNotFitWhileAReloadMayStillBeInvisible(t *testing.T) {
	for name, c := range map[string]struct {
		since time.Time
		whole bool
		want  string
	}{
		"a minute after the end":             {minute(-1), true, "may stay invisible until 2031-03-04 22:14:00"},
		"fourteen minutes after the end":     {minute(-14), true, "may stay invisible until 2031-03-04 22:01:00"},
		"not a quarter of an hour after it":  {minute(-15), true, ""},
		"not where no hold ended badly":      {minute(-1), false, ""},
		"not where nobody knows of such end": {time.Time{}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), fitting()
			in.Since, in.Whole, in.Known = c.since, c.whole, "something else"
			got, err := run(w, w.activities().AwaitFit, in)
			if err != nil || !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestAWholePodIsFitAgain(t *testing.T) {
	w := newWorld(t)
	got, err := run(w, w.activities().AwaitFit, fitting())
	if err != nil || got != "" {
		t.Fatalf("got %q, %v", got, err)
	}
	for _, want := range []string{"read gateway 81001", "read gateway 81002", "dial host " + address1, "dial host " + address2, "view device"} {
		if !slices.Contains(w.calls, want) {
			t.Errorf("the pod passes without %q: %q", want, w.calls)
		}
	}
	if n := w.count("view device"); n != 2 {
		t.Errorf("%d gateways were seen, want the neighbour and the waiting one", n)
	}
}

func TestAPodIsNotFitWhileAGatewayIsNotWhole(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		says   []string
	}{
		"a pair whose second node is not in": {func(w *world) { w.views = says(joining()) }, []string{"gateway gw-south (81002): ", "gateway gw-north (81001): "}},
		"the waiting one alone": {func(w *world) {
			g := pair()
			g.Status, g.StatusText = upgrade.StatusUpgradeActive, "Upgrade Active"
			w.others[gatewayID] = says(g)
		},
			[]string{`gateway gw-north (81001): the gateway's status is "Upgrade Active"`}},
		"a neighbour that changed between the looks": {func(w *world) {
			g := pair()
			g.Status, g.StatusText = upgrade.StatusUpdating, "Updating"
			w.others[81002] = says(pair(), g)
		}, []string{`gateway gw-south (81002): the gateway's status is "Updating"`}},
		"a host that does not answer":                    {func(w *world) { w.hostLogins[address2] = fails[string](unreachable()) }, []string{"host north-h2"}},
		"a device that does not answer":                  {func(w *world) { w.deviceLogin = fails[string](unreachable()) }, []string{"does not answer as root on " + floating}},
		"a neighbour that cannot be read at all":         {func(w *world) { w.others[81002] = append(says(pair()), fails[upgrade.Gateway](unreachable())...) }, []string{"gateway gw-south (81002) cannot be asked: no answer"}},
		"neighbours that cannot be listed a second time": {func(w *world) { w.neighbours = append(w.neighbours, fails[[]upgrade.Neighbour](unreachable())...) }, []string{"the gateways of the pod cannot be listed: no answer"}},
		"a transaction on the waiting one":               {func(w *world) { w.servers[host1] = says(busy(host1, 701, 501, "PRECHECK")) }, []string{"a transaction runs on host north-h1"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			got, err := run(w, w.activities().AwaitFit, fitting())
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.says {
				if !strings.Contains(got, want) {
					t.Errorf("got %q, want %q in it", got, want)
				}
			}
		})
	}
}

// Each gateway is judged by itself: a neighbour in the way is named once, not by everybody who sees it.
func TestAnIllGatewayIsNotHeldAgainstItsNeighbours(t *testing.T) {
	w, in := newWorld(t), fitting()
	g := pair()
	g.Status, g.StatusText = upgrade.StatusOther, "Recovering"
	w.others[gatewayID] = says(g)
	got, err := run(w, w.activities().AwaitFit, in)
	if err != nil || strings.Contains(got, "gw-south") || strings.Count(got, "Recovering") != 1 {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestALookThatWasCutShortIsNoVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		want   func(*testing.T, error)
	}{
		"when it is cancelled in a look": {func(w *world) { w.when["read neighbours"] = w.canceled }, wantCanceled},
		"when it is cancelled in a look at a host": {func(w *world) {
			w.neighbours, w.when["dial host "+address1] = neighbour(upgrade.StatusActive, "Active"), w.canceled
		}, wantCanceled},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), fitting()
			in.Known, in.For.Poll = "gateway gw-south (81002) Updating", hourly().PermitPoll
			w.neighbours = neighbour(upgrade.StatusUpdating, "Updating")
			c.change(w)
			got, err := run(w, w.activities().AwaitFit, in)
			c.want(t, err)
			if got != "" || w.count("read neighbours") == 0 {
				t.Errorf("got %q after %q", got, w.calls)
			}
		})
	}
}
