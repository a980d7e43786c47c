package workflows_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// verdictOf judges the answer to an update: refused is a text that its refusal has, "" where it must be accepted.
type verdictOf struct {
	e       *fleetEstate
	name    string
	refused string
}

func (v *verdictOf) Accept() {}

func (v *verdictOf) Reject(err error) {
	if v.refused == "" || !strings.Contains(err.Error(), v.refused) {
		v.e.Errorf("%s is refused: %v; wanted %q", v.name, err, v.refused)
	}
	v.refused = ""
}

func (v *verdictOf) Complete(_ any, err error) {
	if err != nil || v.refused != "" {
		v.e.Errorf("%s is answered with error %v, wanted %q", v.name, err, v.refused)
	}
}

func inState(state upgrade.FleetState) func(*upgrade.FleetReport) bool {
	return func(r *upgrade.FleetReport) bool { return r.State == state }
}

func gatewayIn(id int, state upgrade.GatewayState) func(*upgrade.FleetReport) bool {
	return func(r *upgrade.FleetReport) bool {
		for _, g := range r.All() {
			if g.ID == id {
				return g.State == state
			}
		}
		return false
	}
}

func wantStates(t *testing.T, r upgrade.FleetReport, want string) {
	t.Helper()
	if got := r.Summary(); got != want {
		t.Errorf("the fleet's gateways are %q, want %q", got, want)
	}
}

func canary(id int, soak time.Duration) upgrade.FleetWave {
	return upgrade.FleetWave{Name: "canary", Gateways: []int{id}, Soak: upgrade.Duration(soak)}
}

func rest() upgrade.FleetWave { return upgrade.FleetWave{Name: "rest", Rest: true} }

func TestAFleetIsUpgradedWaveByWaveOneOfAPodAtATime(t *testing.T) {
	e := newFleetEstate(t, 12, fleetPods)
	r, err := e.play(e.order(canary(501, 24*time.Hour), upgrade.FleetWave{Size: 3, Soak: upgrade.Duration(2 * time.Hour)}, rest()))
	if err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "12 completed")
	if r.State != upgrade.FleetEnded || r.Halt != "" || r.Ended.IsZero() {
		t.Errorf("it ends as %+v", r)
	}
	if len(e.started) != 12 || e.started[0] != 501 {
		t.Errorf("started were %v, want each once and the canary first", e.started)
	}
	for key, most := range e.most {
		if strings.Contains(key, ".pod") && most != 1 {
			t.Errorf("%d upgrades of %s were open at once", most, key)
		}
	}
	if gap := e.after(501, e.started[1]); gap < 33*time.Hour || gap > 33*time.Hour+10*time.Minute {
		t.Errorf("the second wave began %s after the canary, want its 9 hours and 24 of soak", gap)
	}
	for _, g := range r.All() {
		if g.Report() == "" || g.To-g.From < 9*3600 || g.Open {
			t.Errorf("gateway %d: %+v", g.ID, g)
		}
	}
}

func TestLimitsOfAFleetAreKept(t *testing.T) {
	for name, c := range map[string]struct {
		limits upgrade.FleetLimits
		key    string
		most   int
	}{
		"none but the pods":    {upgrade.FleetLimits{}, "all", 4},
		"in all":               {upgrade.FleetLimits{All: 3}, "all", 3},
		"of a wave":            {upgrade.FleetLimits{Wave: 2}, "all", 2},
		"of a data centre":     {upgrade.FleetLimits{DataCentre: 1}, "osa01", 1},
		"two in a data centre": {upgrade.FleetLimits{DataCentre: 2}, "osa02", 2},
	} {
		t.Run(name, func(t *testing.T) {
			e := newFleetEstate(t, 8, fleetPods)
			o := e.order(rest())
			o.Limits = c.limits
			r, err := e.play(o)
			if err != nil {
				t.Fatal(err)
			}
			wantStates(t, r, "8 completed")
			if e.most[c.key] != c.most {
				t.Errorf("at most %d were open, want %d", e.most[c.key], c.most)
			}
		})
	}
}

func TestAFleetHaltsWhenItsCanaryFailsAndGoesOnOnceItIsRepaired(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	e.fate[501] = []string{"fail"}
	r, err := e.play(e.order(canary(501, 0), rest()),
		event{"the halt", inState(upgrade.FleetHalted), func() {
			if len(e.started) != 1 {
				t.Errorf("started were %v, want the canary alone", e.started)
			}
			if r := e.status(); !strings.Contains(r.Halt, "node1 is lost") || !strings.Contains(r.Halt, "501") {
				t.Errorf("it halts because %q", r.Halt)
			}
			e.say(workflows.UpdateRetry)()
		}},
		event{"that nothing starts before somebody resumes", gatewayIn(501, upgrade.GatewayWaiting), e.say(workflows.UpdateResume)})
	if err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "8 completed")
	if len(e.started) != 9 || e.started[1] != 501 {
		t.Errorf("started were %v, want the canary twice, then the rest", e.started)
	}
	if len(r.Decisions) != 2 || r.Decisions[0].By != "R. Lindqvist" || r.Decisions[0].Reason == "" {
		t.Errorf("decisions %+v", r.Decisions)
	}
}

func TestAHoldCountsAsSoonAsItHoldsAndWhatRunsGoesOn(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	e.fate[501] = []string{"hold"}
	e.takes[501] = time.Hour
	halted := time.Time{}
	r, err := e.play(e.order(rest()),
		event{"the halt", inState(upgrade.FleetHalted), func() { halted = e.now() }},
		event{"that the others have ended", func(r *upgrade.FleetReport) bool { return r.Count(upgrade.GatewayCompleted) == 3 }, e.repair(501)},
		event{"that it runs again", gatewayIn(501, upgrade.GatewayCompleted), func() {
			if len(e.started) != 4 {
				t.Errorf("while it halted %v were started, want one of each pod", e.started)
			}
			e.say(workflows.UpdateResume)()
		}})
	if err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "8 completed")
	if since := halted.Sub(e.begun[501]); since > time.Hour+10*time.Minute {
		t.Errorf("it halted %s after the start of one that holds after an hour", since)
	}
}

func TestABudgetBearsWhatItIsGivenToBear(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	e.fate[502], e.fate[507] = []string{"fail"}, []string{"fail"}
	o := e.order(rest())
	o.HaltAt = 3
	r, err := e.play(o)
	if err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "6 completed, 2 failed")
}

func TestAWaveThatIsNotWellAfterItsSoakHaltsTheFleet(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	e.ill[501] = "the fabric link of node0 is down"
	looks := 0
	r, err := e.play(e.order(canary(501, time.Hour), rest()),
		event{"the halt", inState(upgrade.FleetHalted), func() {
			looks++
			if len(e.started) != 1 {
				t.Errorf("started were %v", e.started)
			}
			e.say(workflows.UpdateResume)()
		}},
		event{"a second halt: nothing was repaired", func(r *upgrade.FleetReport) bool { return r.State == upgrade.FleetHalted && len(r.Decisions) == 1 }, func() {
			e.mu.Lock()
			delete(e.ill, 501)
			e.mu.Unlock()
			e.say(workflows.UpdateResume)()
		}})
	if err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "8 completed")
}

func TestAFleetGoesOnWithoutWhatIsSkipped(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	e.fate[501] = []string{"hold"}
	r, err := e.play(e.order(canary(501, 0), rest()),
		event{"the halt", inState(upgrade.FleetHalted), e.say(workflows.UpdateSkip, 501, 508)},
		event{"that they are skipped", gatewayIn(508, upgrade.GatewaySkipped), e.say(workflows.UpdateResume)},
		event{"that only its pod waits", func(r *upgrade.FleetReport) bool { return r.Count(upgrade.GatewayCompleted) == 5 }, e.repair(501)})
	if err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "6 completed, 2 skipped")
	if e.most["osa01.pod01"] != 1 {
		t.Errorf("%d upgrades of the pod of the held one were open", e.most["osa01.pod01"])
	}
}

func TestAPausedFleetStartsNothing(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	r, err := e.play(e.order(rest()),
		event{"the first ones", inState(upgrade.FleetUpgrading), e.say(workflows.UpdatePause)},
		event{"their end", func(r *upgrade.FleetReport) bool {
			return r.State == upgrade.FleetPaused && r.Count(upgrade.GatewayCompleted) == 4
		}, func() {
			if len(e.started) != 4 {
				t.Errorf("started were %v", e.started)
			}
			e.say(workflows.UpdateResume)()
		}})
	if err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "8 completed")
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	anonymous := upgrade.FleetInstruction{Gateways: []int{505}}
	_, err := e.play(e.order(rest()),
		event{"the first ones", inState(upgrade.FleetUpgrading), func() {
			e.hears("neither paused nor halted", workflows.UpdateResume, told())
			e.hears("needs by", workflows.UpdateSkip, anonymous)
			e.hears("no gateway is named", workflows.UpdateSkip, told())
			e.hears("not of this fleet", workflows.UpdateSkip, told(999))
			e.hears("not of this fleet", workflows.UpdateSkip, told(505, 505))
			e.hears("is running", workflows.UpdateSkip, told(501))
			e.hears("no gateway has failed", workflows.UpdateRetry, told())
			e.hears("is open", workflows.UpdateRetry, told(501))
			e.hears("nothing to start again", workflows.UpdateRetry, told(505))
			e.hears("not of this fleet", workflows.UpdateRetry, told(999))
			e.say(workflows.UpdatePause)()
		}},
		event{"the pause", inState(upgrade.FleetPaused), func() {
			e.hears("paused already", workflows.UpdatePause, told())
			e.say(workflows.UpdateResume)()
		}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestADryRunPlansAndChecksAndStartsNothing(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	e.ill[503] = "97 % of /var are used"
	o := e.order(canary(502, time.Hour), rest())
	o.DryRun = true
	r, err := e.play(o)
	if err != nil {
		t.Fatal(err)
	}
	if r.State != upgrade.FleetPlanned || len(e.started) != 0 || r.Makespan != upgrade.Duration(31*time.Hour) {
		t.Errorf("state %s, started %v, about %s; want 10 hours of the canary, one of soak, and twice 10", r.State, e.started, r.Makespan)
	}
	for _, g := range r.All() {
		want := upgrade.CheckPass
		if g.ID == 503 {
			want = upgrade.CheckFail
		}
		if g.Ready != want || g.ID == 503 && !strings.Contains(g.Reason, "97 %") {
			t.Errorf("gateway %d is %s: %s", g.ID, g.Ready, g.Reason)
		}
	}
}

func TestAnOrderThatIsWrongIsRefusedWithEveryReasonBeforeAnythingStarts(t *testing.T) {
	e := newFleetEstate(t, 4, fleetPods)
	other := e.gateways[503]
	other.Account = 90210
	e.gateways[503] = other
	o := e.order(canary(501, 0), rest())
	o.Gateways = append(o.Gateways, 777)
	_, err := e.play(o)
	for _, text := range []string{"503 (edge-003) is of account 90210", "777: no such gateway"} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("refused with %v, want %q in it", err, text)
		}
	}
	if len(e.started) != 0 {
		t.Errorf("started were %v", e.started)
	}
}

func TestAWaveKeepsItsWindow(t *testing.T) {
	e := newFleetEstate(t, 8, fleetPods)
	begin := e.now()
	w := rest()
	w.Window = &upgrade.Window{Start: begin.Add(5 * time.Hour), End: begin.Add(17 * time.Hour)}
	r, err := e.play(e.order(w), event{"the halt", inState(upgrade.FleetHalted), func() {
		e.hears("the window of rest is too short", workflows.UpdateRetry, told(505))
		e.say(workflows.UpdateResume)()
	}})
	if err == nil {
		wantStates(t, r, "4 completed, 4 deferred")
	}
	if err != nil || len(e.started) != 4 {
		t.Fatalf("started %v, error %v", e.started, err)
	}
	if wait := e.begun[501].Sub(begin); wait < 5*time.Hour || wait > 5*time.Hour+time.Minute {
		t.Errorf("the first one began after %s", wait)
	}
}

// A fresh run knows the upgrades of the one before by their ids: none is lost, none is started twice.
func TestAFleetGoesOnInFreshRuns(t *testing.T) {
	e := newFleetEstate(t, 16, fleetPods)
	o := e.order(canary(501, time.Hour), rest())
	for runs := 1; ; runs++ {
		if runs < 4 {
			e.env.RegisterDelayedCallback(func() { e.env.SetContinueAsNewSuggested(true) }, 7*time.Hour)
		}
		r, err := e.play(o)
		if err == nil {
			wantStates(t, r, "16 completed")
			if runs != 4 || r.Renewals != runs-1 || len(e.started) != 16 {
				t.Errorf("%d runs, %d renewals, started %v", runs, r.Renewals, e.started)
			}
			return
		}
		var next *workflow.ContinueAsNewError
		if !errors.As(err, &next) || runs > 50 {
			t.Fatal(err)
		}
		if err := converter.GetDefaultDataConverter().FromPayloads(next.Input, &o); err != nil {
			t.Fatal(err)
		}
		e.stage()
		e.endOpen()
	}
}

// endOpen ends what an earlier run has started: its environment is gone.
func (e *fleetEstate) endOpen() {
	for id, s := range e.sights {
		if s.Open {
			e.env.RegisterDelayedCallback(func() {
				e.stands(id, upgrade.Sighting{GatewayID: id, State: upgrade.GatewayCompleted, Run: s.Run})
			}, 3*time.Hour)
		}
	}
}
