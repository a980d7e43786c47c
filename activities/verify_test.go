package activities_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

func verifying(m upgrade.Moment) activities.VerifyInput {
	return activities.VerifyInput{Look: activities.Look{GatewayID: gatewayID}, Plan: plan(), Moment: m, Timing: timing()}
}

// half is the world between the two reloads: the upgraded node alone, its peer powered off.
func half(w *world) {
	d := device(oldVersion)
	for i := range d.Cluster.Groups {
		d.Cluster.Groups[i].Nodes[0].State, d.Cluster.Groups[i].Nodes[0].Priority = "lost", 0
		d.Cluster.Groups[i].Nodes[1].State = "primary"
	}
	d.Nodes = []upgrade.NodeVersion{{Node: "node1", Version: newVersion}}
	w.views = says(d)
	w.domains[address1] = says([]upgrade.Domain{{Name: "vsrx-one", State: "shut off"}})
	g := pair()
	g.Status, g.StatusText = upgrade.StatusUpgradeActive, "Upgrade Active"
	w.gateways = says(g)
}

func TestVerifyJudgesThePictureByTheMoment(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		moment upgrade.Moment
		right  bool
	}{
		"a whole pair on the old version before the first reload": {func(*world) {}, upgrade.BeforeFirst, true},
		"a whole pair on the old version after the second":        {func(*world) {}, upgrade.AfterSecond, false},
		"a whole pair on the new version after the second":        {func(w *world) { w.views = says(device(newVersion)) }, upgrade.AfterSecond, true},
		"a lone node between the reloads":                         {half, upgrade.Between, true},
		"a lone node before the first":                            {half, upgrade.BeforeFirst, false},
		"a lone node after the second":                            {half, upgrade.AfterSecond, false},
		"a whole pair between the reloads":                        {func(*world) {}, upgrade.Between, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.step = time.Hour
			c.change(w)
			got, err := run(w, w.activities().Verify, verifying(c.moment))
			if err != nil {
				t.Fatal(err)
			}
			if right := len(got.Findings) == 0; right != c.right {
				t.Errorf("right: %t, want %t: %v", right, c.right, got.Findings)
			}
			if want := map[bool]int{true: 1, false: 2}[c.right]; got.Looks != want {
				t.Errorf("looked %d times, want %d", got.Looks, want)
			}
		})
	}
}

func TestVerifyLooksUntilTheGatewayHasSettled(t *testing.T) {
	w := newWorld(t)
	w.views = says(joining(), joining(), device(oldVersion))
	got, err := run(w, w.activities().Verify, verifying(upgrade.BeforeFirst))
	if err != nil {
		t.Fatal(err)
	}
	if got.Looks != 3 || len(got.Findings) > 0 {
		t.Errorf("got %d looks and %v, want three and nothing wrong", got.Looks, got.Findings)
	}
	if want := start.Add(2 * time.Minute); !got.Picture.At.Equal(want) {
		t.Errorf("the picture is of %s, want the last one of %s", got.Picture.At, want)
	}
	for i, prefix := range []string{`"look 1: `, `"look 2: `} {
		if !strings.HasPrefix(w.beats[i], prefix) || !strings.Contains(w.beats[i], "secondary-hold") {
			t.Errorf("heartbeat %d says %s, want the look and what is wrong", i+1, w.beats[i])
		}
	}
}

func TestVerifyGivesItsFindingsWhenTheTimeIsUp(t *testing.T) {
	w := newWorld(t)
	w.views, w.step = says(joining()), 10*time.Minute
	got, err := run(w, w.activities().Verify, verifying(upgrade.BeforeFirst))
	if err != nil {
		t.Fatal(err)
	}
	if got.Looks != 4 { // at 0, 10, 20 and 30 minutes
		t.Errorf("looked %d times in the half hour, want 4", got.Looks)
	}
	if len(got.Findings) == 0 || got.Findings[0].Check != "cluster" {
		t.Errorf("got %v, want the cluster's findings", got.Findings)
	}
}

func TestVerifyOutlastsAnOutageOfTheAPI(t *testing.T) {
	w := newWorld(t)
	w.gateways = slices.Concat(fails[upgrade.Gateway](unreachable()), says(pair()))
	got, err := run(w, w.activities().Verify, verifying(upgrade.BeforeFirst))
	if err != nil || got.Looks != 2 || len(got.Findings) > 0 {
		t.Errorf("got %+v, %v; want a good second look", got, err)
	}
	if !w.has("no answer within two minutes") {
		t.Errorf("no heartbeat says why: %q", w.beats)
	}
}

func TestVerifySaysWhenTheAPIStaysAway(t *testing.T) {
	w := newWorld(t)
	w.gateways, w.step = fails[upgrade.Gateway](unreachable()), time.Hour
	got, err := run(w, w.activities().Verify, verifying(upgrade.BeforeFirst))
	if err != nil {
		t.Fatal(err)
	}
	want := upgrade.Finding{Check: "api", Text: "no answer within two minutes", Advice: "wait", Unknown: true}
	if !slices.Equal(got.Findings, []upgrade.Finding{want}) {
		t.Errorf("got %+v, want %+v", got.Findings, want)
	}
}

func TestVerifyEnds(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		want   func(*testing.T, error)
	}{
		"when the gateway is not ours to see any more": {func(w *world) { w.gateways = fails[upgrade.Gateway](upgrade.Errorf(upgrade.NotFound, "no gateway")) },
			func(t *testing.T, err error) { wantKind(t, err, upgrade.NotFound) }},
		"when it is cancelled":  {func(w *world) { w.at[1] = w.canceled }, wantCanceled},
		"when its worker stops": {func(w *world) { w.at[1] = w.stopped }, wantHandOver},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.views = says(joining())
			c.change(w)
			in := verifying(upgrade.BeforeFirst)
			in.Timing = hourly()
			_, err := run(w, w.activities().Verify, in)
			c.want(t, err)
			if n := w.count("read gateway"); n != 1 {
				t.Errorf("looked %d times, want once", n)
			}
		})
	}
}

// A refused password may lock the account, so the next try comes later.
func TestVerifySlowsDownAfterARefusedLogin(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		want   time.Duration
	}{
		"of a host":      {func(w *world) { w.hostLogins[address1] = slices.Concat(fails[string](denied()), says("")) }, 2 * time.Minute},
		"of the gateway": {func(w *world) { w.deviceLogin = slices.Concat(fails[string](denied()), says("")) }, 2 * time.Minute},
		"that differing records make certain": {func(w *world) { w.devicePasswords[member2] = says(otherSecret, deviceSecret) },
			2 * time.Minute},
		"but not after no answer":         {func(w *world) { w.deviceLogin = slices.Concat(fails[string](unreachable()), says("")) }, 30 * time.Second},
		"but not while the cluster joins": {func(w *world) { w.views = says(joining(), device(oldVersion)) }, 30 * time.Second},
		"but not in an outage of the API": {func(w *world) { w.gateways = append(outage[upgrade.Gateway](1), says(pair())...) }, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				c.change(w)
				in := verifying(upgrade.BeforeFirst)
				in.Timing = upgrade.DefaultTiming()
				began := time.Now()
				if got, err := run(w, w.activities().Verify, in); err != nil || got.Looks != 2 {
					t.Errorf("got %d looks, %v; want 2", got.Looks, err)
				}
				if took := time.Since(began); took != c.want {
					t.Errorf("the second look came after %s, want %s", took, c.want)
				}
			})
		})
	}
}
