package activities_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

func requesting() activities.RequestInput {
	return activities.RequestInput{Step: plan().Steps[0], Peer: host1, Permit: permit(),
		Baseline: upgrade.Baseline{HardwareID: host2, LastReload: 502, At: start}}
}

func TestRequestReloadPostsOnceRightAfterTheLastLookAndTheFence(t *testing.T) {
	w := newWorld(t)
	got, err := run(w, w.activities().RequestReload, requesting())
	if err != nil {
		t.Fatal(err)
	}
	if want := (upgrade.Submission{Answer: upgrade.Accepted, Text: "1", At: start}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	want := []string{"read server 83002", "read server 83001", "look at permit " + podID + " run run-1", "reload 83002 with price 9201"}
	if !slices.Equal(w.calls, want) {
		t.Errorf("did %q, want %q", w.calls, want)
	}
}

func TestRequestReloadPassesEveryAnswerOn(t *testing.T) {
	for _, answer := range []upgrade.Answer{upgrade.Accepted, upgrade.Ambiguous, upgrade.NotSent, upgrade.Declined} {
		t.Run(string(answer), func(t *testing.T) {
			w := newWorld(t)
			w.reloads, w.reloadSay = says(answer), "as the API says it"
			got, err := run(w, w.activities().RequestReload, requesting())
			if want := (upgrade.Submission{Answer: answer, Text: "as the API says it", At: start}); err != nil || got != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
			if n := w.count("reload "); n != 1 {
				t.Errorf("posted %d times", n)
			}
		})
	}
}

// Whatever became of the first attempt, a later one cannot know it.
func TestALaterAttemptNeverPosts(t *testing.T) {
	for name, change := range map[string]func(*world){
		"in a world where nothing has changed": func(*world) {},
		"after a lost attempt": func(w *world) {
			w.servers[host2] = says(busy(host2, 601, 601, "RELOAD"))
		},
		"behind a closed permit": func(w *world) { w.permitOpen = says(false) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			change(w)
			w.attempt = 2
			got, err := run(w, w.activities().RequestReload, requesting())
			if err != nil || got.Answer != upgrade.Ambiguous || got.Text == "" {
				t.Errorf("got %+v, %v; want %s with its reason", got, err, upgrade.Ambiguous)
			}
			if len(w.calls) > 0 {
				t.Errorf("did %q, want nothing", w.calls)
			}
		})
	}
}

func TestRequestReloadDoesNotPost(t *testing.T) {
	counted := idle(host1, 501)
	counted.ActiveCount = 1
	listed := idle(host1, 501)
	listed.ActiveIDs = []int{700}
	for name, c := range map[string]struct {
		change func(*world)
		answer upgrade.Answer
		text   string
	}{
		"when the server was reloaded since": {func(w *world) { w.servers[host2] = says(idle(host2, 601)) }, upgrade.Changed, "server 83002 is not as it was"},
		"when the server's record is gone":   {func(w *world) { w.servers[host2] = says(idle(host2, 0)) }, upgrade.Changed, "server 83002"},
		"when the server is being reloaded":  {func(w *world) { w.servers[host2] = says(busy(host2, 601, 601, "RELOAD")) }, upgrade.Changed, "server 83002"},
		"when a check runs on the server":    {func(w *world) { w.servers[host2] = says(busy(host2, 700, 502, "CHECK")) }, upgrade.Changed, "server 83002"},
		"when the peer is being reloaded":    {func(w *world) { w.servers[host1] = says(busy(host1, 601, 601, "RELOAD")) }, upgrade.Changed, "server 83001"},
		"when the peer counts a transaction": {func(w *world) { w.servers[host1] = says(counted) }, upgrade.Changed, "server 83001"},
		"when the peer lists a transaction":  {func(w *world) { w.servers[host1] = says(listed) }, upgrade.Changed, "server 83001"},
		"when the server cannot be read":     {func(w *world) { w.servers[host2] = fails[upgrade.Server](unreachable()) }, upgrade.NotSent, "no answer"},
		"when the peer cannot be read":       {func(w *world) { w.servers[host1] = fails[upgrade.Server](unreachable()) }, upgrade.NotSent, "no answer"},
		"when the server is not ours to see": {func(w *world) { w.servers[host2] = fails[upgrade.Server](denied()) }, upgrade.NotSent, "refused"},
		"when the permit cannot be looked at": {func(w *world) { w.permitOpen = fails[bool](unreachable()) },
			upgrade.NotSent, "checking the pod permit: no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			got, err := run(w, w.activities().RequestReload, requesting())
			if err != nil || got.Answer != c.answer || !strings.Contains(got.Text, c.text) || !got.At.Equal(start) {
				t.Errorf("got %+v, %v; want %s saying %q", got, err, c.answer, c.text)
			}
			if n := w.count("reload "); n > 0 {
				t.Errorf("posted %d times", n)
			}
		})
	}
}

func TestRequestReloadRefusesToPost(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world, *activities.RequestInput)
		kind   upgrade.Kind
	}{
		"behind a closed permit":            {func(w *world, _ *activities.RequestInput) { w.permitOpen = says(false) }, upgrade.LockLost},
		"without a price":                   {func(_ *world, in *activities.RequestInput) { in.Step.Price = upgrade.Price{} }, upgrade.Internal},
		"without a baseline":                {func(_ *world, in *activities.RequestInput) { in.Baseline = upgrade.Baseline{} }, upgrade.Internal},
		"on the baseline of another server": {func(_ *world, in *activities.RequestInput) { in.Baseline.HardwareID = host1 }, upgrade.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), requesting()
			c.change(w, &in)
			_, err := run(w, w.activities().RequestReload, in)
			wantKind(t, err, c.kind)
			if n := w.count("reload "); n > 0 {
				t.Errorf("posted %d times", n)
			}
		})
	}
}

func TestMisuseOfTheReloadIsAnError(t *testing.T) {
	w := newWorld(t)
	w.reloads = fails[upgrade.Answer](upgrade.Errorf(upgrade.Invalid, "both must be positive"))
	_, err := run(w, w.activities().RequestReload, requesting())
	wantKind(t, err, upgrade.Invalid)
}
