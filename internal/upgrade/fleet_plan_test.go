package upgrade_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

const pairHours = 10

func dusk() time.Time { return time.Date(2027, 9, 3, 20, 0, 0, 0, time.UTC) }

// six pairs in three pods: 21 to 23 in par01.pod01, 24 and 25 in par01.pod02, 26 in mil01.pod01.
func six() upgrade.FleetFacts {
	f := upgrade.FleetFacts{Now: dusk()}
	for i, pod := range []string{"par01.pod01", "par01.pod01", "par01.pod01", "par01.pod02", "par01.pod02", "mil01.pod01"} {
		f.Gateways = append(f.Gateways, upgrade.FleetFact{ID: 21 + i, Name: fmt.Sprintf("rim-%d", 21+i), Pod: pod, Account: 4040, Needed: hours(pairHours)})
	}
	return f
}

func allSix() upgrade.FleetOrder {
	return upgrade.FleetOrder{Name: "autumn", TargetVersion: "23.4R2-S2.1", Gateways: []int{21, 22, 23, 24, 25, 26}, Waves: []upgrade.FleetWave{{Rest: true}}}
}

// shape writes a plan as "wave: id@hour …; …".
func shape(p upgrade.FleetPlan) string {
	var waves []string
	for _, w := range p.Waves {
		text := w.Name + ":"
		for _, g := range w.Gateways {
			if g.State == upgrade.GatewayDone {
				text += fmt.Sprintf(" %d done", g.ID)
				continue
			}
			text += fmt.Sprintf(" %d@%g", g.ID, g.At.D().Hours())
		}
		waves = append(waves, text)
	}
	return strings.Join(waves, "; ")
}

func TestAFleetIsPlanned(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*upgrade.FleetOrder, *upgrade.FleetFacts)
		want     string
		makespan int // hours
		bound    int
		unfit    int
	}{
		"pods with most work first, one of a pod at a time": {func(*upgrade.FleetOrder, *upgrade.FleetFacts) {}, "wave 1: 21@0 22@10 24@0 23@20 25@10 26@0", 30, 30, 0},
		"without waves, one from the busiest pod and then the rest": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Waves = nil },
			"canary: 21@0; rest: 22@10 24@10 23@20 25@20 26@10", 30, 30, 0},
		"a named canary": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Name: "canary", Gateways: []int{26}}, {Rest: true}}
		}, "canary: 26@0; wave 2: 21@10 22@20 24@10 23@30 25@20", 40, 40, 0},
		"a soak": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Gateways: []int{26}, Soak: hours(24)}, {Rest: true, Soak: hours(5)}}
		}, "wave 1: 26@0; wave 2: 21@34 22@44 24@34 23@54 25@44", 64, 64, 0},
		"a sized wave takes one of each pod, of the busiest ones": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Size: 2}, {Rest: true}}
		}, "wave 1: 21@0 24@0; wave 2: 22@10 23@20 25@10 26@10", 30, 30, 0},
		"a sized wave takes a second one where it must": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Size: 4}, {Rest: true}}
		}, "wave 1: 21@0 24@0 26@0 22@10; wave 2: 23@20 25@20", 30, 30, 0},
		"a sized wave leaves alone what another one names": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Size: 1}, {Gateways: []int{21, 22, 23}}, {Rest: true}}
		}, "wave 1: 24@0; wave 2: 21@10 22@20 23@30; wave 3: 25@40 26@40", 50, 50, 0},
		"two in all": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Limits.All = 2 }, "wave 1: 21@0 22@10 24@0 23@20 25@10 26@20", 30, 30, 0},
		"one in all": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Limits.Wave = 1 }, "wave 1: 21@0 22@10 24@20 23@30 25@40 26@50", 60, 60, 0},
		"one in a data centre": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Limits.DataCentre = 1 },
			"wave 1: 21@0 22@10 24@20 23@30 25@40 26@0", 50, 50, 0},
		"a standalone takes less": {func(_ *upgrade.FleetOrder, f *upgrade.FleetFacts) { f.Gateways[0].Needed = hours(6) },
			"wave 1: 21@0 22@6 24@0 23@16 25@10 26@0", 26, 26, 0},
		"what is done is left alone": {func(_ *upgrade.FleetOrder, f *upgrade.FleetFacts) { f.Gateways[1].Done = true },
			"wave 1: 21@0 24@0 23@10 25@10 26@0 22 done", 20, 20, 0},
		"what is done is shown in a wave that takes no rest": {func(o *upgrade.FleetOrder, f *upgrade.FleetFacts) {
			f.Gateways[0].Done, f.Gateways[5].Done = true, true
			o.Waves = []upgrade.FleetWave{{Gateways: []int{21}, Soak: hours(9)}, {Size: 5}}
		}, "wave 1: 21 done; wave 2: 22@0 24@0 23@10 25@10 26 done", 20, 20, 0},
		"what is done may be unfit for anything": {func(_ *upgrade.FleetOrder, f *upgrade.FleetFacts) {
			f.Gateways[5].Done, f.Gateways[5].Refused = true, "target is offered 0 times"
		}, "wave 1: 21@0 22@10 24@0 23@20 25@10 26 done", 30, 30, 0},
		"pods in capitals": {func(_ *upgrade.FleetOrder, f *upgrade.FleetFacts) { f.Gateways[1].Pod = "PAR01.pod01" },
			"wave 1: 21@0 22@10 24@0 23@20 25@10 26@0", 30, 30, 0},
		"a window that opens later": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves[0].Window = &upgrade.Window{Start: dusk().Add(2 * time.Hour), End: dusk().Add(100 * time.Hour)}
		}, "wave 1: 21@2 22@12 24@2 23@22 25@12 26@2", 32, 32, 0},
		"a window too short for a pod": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves[0].Window = &upgrade.Window{Start: dusk(), End: dusk().Add(20 * time.Hour)}
		}, "wave 1: 21@0 22@10 24@0 23@0 25@10 26@0", 20, 30, 1},
		"a window that is over": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves[0].Window = &upgrade.Window{Start: dusk().Add(-20 * time.Hour), End: dusk().Add(-time.Hour)}
		}, "wave 1: 21@0 22@0 24@0 23@0 25@0 26@0", 0, 30, 6},
	} {
		t.Run(name, func(t *testing.T) {
			o, f := allSix(), six()
			c.change(&o, &f)
			plan, err := upgrade.PlanFleet(o, f)
			if err != nil {
				t.Fatal(err)
			}
			if got := shape(plan); got != c.want {
				t.Errorf("planned\n%s, want\n%s", got, c.want)
			}
			if plan.Makespan != hours(c.makespan) || plan.Bound != hours(c.bound) || len(plan.Unfit) != c.unfit {
				t.Errorf("about %s, not under %s, unfit %q; want %d h, %d h and %d", plan.Makespan, plan.Bound, plan.Unfit, c.makespan, c.bound, c.unfit)
			}
		})
	}
}

func TestAFleetThatCannotBeIsRefusedWithEveryReason(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.FleetOrder, *upgrade.FleetFacts)
		want   []string
		kind   upgrade.Kind
	}{
		"no name":           {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Name = "" }, []string{"fleet name"}, upgrade.Invalid},
		"a name for a path": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Name = "../x" }, []string{"fleet name"}, upgrade.Invalid},
		"no target":         {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.TargetVersion = "" }, []string{"targetVersion"}, upgrade.Invalid},
		"no gateways":       {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Gateways = nil }, []string{"either gateways or a query"}, upgrade.Invalid},
		"gateways and a query": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Query = &upgrade.GatewayQuery{Pod: "par01.pod01"}
		},
			[]string{"either gateways or a query"}, upgrade.Invalid},
		"an empty query": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{} },
			[]string{"would choose every gateway"}, upgrade.Invalid},
		"a gateway twice and one that is none": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Gateways = []int{21, 21, -4} },
			[]string{"gateway 21 is named twice", "gateway -4 is not"}, upgrade.Invalid},
		"ten thousand and one": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			for id := range 10_001 {
				o.Gateways = append(o.Gateways, 1000+id)
			}
		}, []string{"more than the 10000"}, upgrade.Invalid},
		"negative numbers": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.HaltAt, o.Limits.All, o.Waves[0].Soak = -1, -1, -1
		}, []string{"haltAt", "limit cannot be negative", "soak cannot be negative"}, upgrade.Invalid},
		"limits that never count": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Limits = upgrade.FleetLimits{Wave: 5, DataCentre: 4, All: 3}
		}, []string{"limit of a wave, 5", "limit of a data centre, 4"}, upgrade.Invalid},
		"a limit beyond Temporal's": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Limits.All = 5000 }, []string{"at most 1000"}, upgrade.Invalid},
		"a wave of nothing":         {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Waves[0].Rest = false }, []string{"not 0"}, upgrade.Invalid},
		"a wave chosen in two ways": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Waves[0].Size = 1 }, []string{"not 2"}, upgrade.Invalid},
		"the rest first": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Rest: true}, {Size: 1}}
		}, []string{"only the last wave may take the rest"}, upgrade.Invalid},
		"a gateway in two waves": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Gateways: []int{21}}, {Gateways: []int{22, 21}}, {Rest: true}}
		}, []string{"wave 2: gateway 21 is in wave 1 already"}, upgrade.Invalid},
		"a wave with a strange gateway": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Gateways: []int{99}}, {Rest: true}}
		}, []string{"gateway 99 is not among those of the fleet"}, upgrade.Invalid},
		"waves larger than the fleet": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves = []upgrade.FleetWave{{Size: 4}, {Size: 3}}
		}, []string{"the waves ask for 7 gateways and there are 6"}, upgrade.Invalid},
		"a window that ends before it starts": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Waves[0].Window = &upgrade.Window{Start: dusk(), End: dusk()}
		}, []string{"ends before it starts"}, upgrade.Invalid},
		"gateways in no wave": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Waves = []upgrade.FleetWave{{Size: 4}} },
			[]string{"2 gateways are in no wave"}, upgrade.Unsupported},
		"a query that finds none": {func(o *upgrade.FleetOrder, f *upgrade.FleetFacts) {
			o.Gateways, o.Query, f.Gateways = nil, &upgrade.GatewayQuery{NamePattern: "x*"}, nil
		}, []string{"no gateway is chosen"}, upgrade.Unsupported},
		"a query that does not find the canary": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) {
			o.Gateways, o.Query, o.Waves = nil, &upgrade.GatewayQuery{NamePattern: "rim-*"}, []upgrade.FleetWave{{Gateways: []int{77}}, {Size: 9}, {Rest: true}}
		}, []string{"gateway 77 is not among those of the fleet", "its size is 9 and there are 6"}, upgrade.Unsupported},
		"an unknown one, one of another account and one for which the target is not offered": {func(_ *upgrade.FleetOrder, f *upgrade.FleetFacts) {
			f.Gateways[1].Refused, f.Gateways[3].Account, f.Gateways[4].Refused = "no such gateway", 5050, "target 23.4R2-S2.1 is offered 0 times"
		}, []string{"gateway 22 (rim-22): no such gateway", "gateway 24 (rim-24) is of account 5050, not 4040", "gateway 25 (rim-25): target 23.4R2-S2.1 is offered 0 times"}, upgrade.Unsupported},
		"an account that is named": {func(o *upgrade.FleetOrder, _ *upgrade.FleetFacts) { o.Account = 6060 },
			[]string{"gateway 21 (rim-21) is of account 4040, not 6060", "gateway 26 (rim-26)"}, upgrade.Unsupported},
		"nothing to be done": {func(_ *upgrade.FleetOrder, f *upgrade.FleetFacts) {
			for i := range f.Gateways {
				f.Gateways[i].Done = true
			}
		}, []string{"nothing is to be done"}, upgrade.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			o, f := allSix(), six()
			c.change(&o, &f)
			_, err := upgrade.PlanFleet(o, f)
			if upgrade.KindOf(err) != c.kind || upgrade.AdviceOf(err) == "" {
				t.Fatalf("refused as %q with advice %q: %v", upgrade.KindOf(err), upgrade.AdviceOf(err), err)
			}
			for _, text := range c.want {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("refused with %q, want %q in it", err, text)
				}
			}
		})
	}
}

// Whatever the waves and limits: nothing is lost or planned twice, no pod has two at once, and no limit is passed.
func TestAPlannedFleetKeepsItsRules(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(7, seed))
		facts, o := upgrade.FleetFacts{Now: dusk()}, allSix()
		o.Gateways = nil
		for i := range 1 + r.IntN(60) {
			o.Gateways = append(o.Gateways, 100+i)
			facts.Gateways = append(facts.Gateways, upgrade.FleetFact{ID: 100 + i, Pod: fmt.Sprintf("lon%02d.pod%02d", r.IntN(3), r.IntN(5)), Account: 1, Needed: hours(1 + r.IntN(10))})
		}
		o.Waves = []upgrade.FleetWave{{Size: 1 + r.IntN(len(o.Gateways))}, {Rest: true}}
		o.Limits = upgrade.FleetLimits{All: r.IntN(8)}
		o.Limits.DataCentre = r.IntN(o.Limits.All + 1)
		plan, err := upgrade.PlanFleet(o, facts)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		checkPlan(t, seed, o, plan)
	}
}

func checkPlan(t *testing.T, seed uint64, o upgrade.FleetOrder, plan upgrade.FleetPlan) {
	t.Helper()
	seen, all := map[int]bool{}, []upgrade.FleetGateway{}
	for _, w := range plan.Waves {
		for _, g := range w.Gateways {
			if seen[g.ID] || g.At < w.Start || g.At+g.Needed > w.End {
				t.Errorf("seed %d: gateway %d is planned twice or outside of its wave", seed, g.ID)
			}
			seen[g.ID], all = true, append(all, g)
		}
	}
	if len(seen) != len(o.Gateways) || plan.Makespan < plan.Bound || plan.Makespan > 2*plan.Bound+hours(10) {
		t.Errorf("seed %d: %d of %d planned, about %s, bound %s", seed, len(seen), len(o.Gateways), plan.Makespan, plan.Bound)
	}
	for _, g := range all {
		open, pods, centre := 0, 0, 0
		for _, other := range all {
			if other.At <= g.At && g.At < other.At+other.Needed {
				open++
				if other.Pod == g.Pod {
					pods++
				}
				if other.Pod[:5] == g.Pod[:5] {
					centre++
				}
			}
		}
		if pods > 1 || o.Limits.All > 0 && open > o.Limits.All || o.Limits.DataCentre > 0 && centre > o.Limits.DataCentre {
			t.Errorf("seed %d: with gateway %d start %d of its pod, %d of its data centre, %d in all", seed, g.ID, pods, centre, open)
		}
	}
}

// Temporal takes 2 MB in one payload: a fleet of the largest size must be below, with names of 24 letters.
func TestTheLargestFleetFitsIntoOnePayload(t *testing.T) {
	facts, o := upgrade.FleetFacts{Now: dusk()}, allSix()
	o.Gateways = nil
	for i := range upgrade.MaxFleetGateways {
		o.Gateways = append(o.Gateways, 4_000_000+i)
		facts.Gateways = append(facts.Gateways, upgrade.FleetFact{ID: 4_000_000 + i, Name: fmt.Sprintf("customer-edge-vsrx-%05d", i), Pod: fmt.Sprintf("wdc07.pod%03d", i%1000), Account: 1, Needed: hours(10)})
	}
	plan, err := upgrade.PlanFleet(o, facts)
	if err != nil {
		t.Fatal(err)
	}
	r := upgrade.FleetReport{Name: o.Name, Begun: dusk(), FleetPlan: plan}
	for i, g := range r.All() {
		g.See(upgrade.Sighting{GatewayID: g.ID, State: upgrade.GatewayCompleted, Run: fmt.Sprintf("0198c2f4-77aa-7bcd-9e01-%012d", i), Ended: dusk().Add(500 * time.Hour)}, dusk())
		g.From = 36_000
	}
	o.Progress = &r
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 2*1024*1024*95/100 {
		t.Errorf("%d bytes are too near to 2 MB", len(text))
	}
	if details := len(r.Markdown()); details > 20_000 {
		t.Errorf("the details have %d bytes", details)
	}
}

func TestAFleetIsReadFromAFile(t *testing.T) {
	const good = `
name: autumn
gateways: [21, 22]
targetVersion: 23.4R2-S2.1
approval: none
waves:
  - {name: canary, gateways: [21], soak: 24h}
  - rest: true
    window: {start: 2027-09-03T20:00:00Z, end: 2027-09-04T20:00:00Z}
limits: {dataCentre: 2}
haltAt: 2
timing: {planNode: 4h}
`
	o, err := upgrade.ReadFleet([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if o.Waves[0].Soak != hours(24) || !slices.Equal(o.Waves[0].Gateways, []int{21}) || !o.Waves[1].Window.Start.Equal(dusk()) || o.Limits.DataCentre != 2 || o.Timing.PlanNode != hours(4) {
		t.Errorf("read was %+v", o)
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                {"", "empty"},
		"an unknown key":         {good + "limit: 5\n", `unknown key "limit"`},
		"a key in a wave":        {strings.Replace(good, "soak", "soaks", 1), `unknown key "soaks"`},
		"a soak of 24":           {strings.Replace(good, "24h", "24", 1), "a duration is a text"},
		"two documents":          {good + "---\nname: x\n", "more than one document"},
		"a list":                 {"- 21\n- 22\n", "cannot unmarshal"},
		"what is not for people": {good + "progress: {}\n", "progress"},
		"no YAML":                {"name: [", "yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := upgrade.ReadFleet([]byte(c.text)); upgrade.KindOf(err) != upgrade.Invalid || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}
