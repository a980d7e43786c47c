package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

func small() options {
	return options{duration: 10 * time.Minute, seed: 5, speed: 600, pods: 2, pairs: 3, workers: 2}
}

// plain is an act without its source of chance, which cannot be compared.
func plain(draw func() act, n int) (list []act) {
	for range n {
		a := draw()
		a.chance, a.trouble.args = nil, nil
		a.trouble = trouble{name: a.trouble.name}
		list = append(list, a)
	}
	return list
}

func TestASeedDecidesWhatIsDoneToWhomInWhichOrder(t *testing.T) {
	o := small()
	same, other := o, o
	other.seed++
	compare := cmp.AllowUnexported(act{}, trouble{}, pod{}, pair{})
	first := plain(acts(o), 200)
	if diff := cmp.Diff(first, plain(acts(same), 200), compare); diff != "" {
		t.Errorf("the same seed gives other acts (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, plain(acts(other), 200), compare) {
		t.Error("another seed gives the same acts")
	}
	if diff := cmp.Diff(estate(o), estate(same), compare); diff != "" {
		t.Errorf("the same seed gives another estate (-first +second):\n%s", diff)
	}
	kinds := map[string]int{}
	for _, a := range first {
		kinds[a.kind]++
		if a.after <= 0 || a.pod >= o.pods || a.pair >= o.pairs || a.worker >= o.workers {
			t.Errorf("act %+v hits nobody", a)
		}
	}
	if len(kinds) != 4 {
		t.Errorf("200 acts are of the kinds %v, want all four", kinds)
	}
}

func TestTheLadderIsClimbedToItsTop(t *testing.T) {
	steps := ladder()
	for i, name := range steps[1:] {
		older, err := upgrade.ParseVersion(steps[i])
		if err != nil {
			t.Fatal(err)
		}
		newer, err := upgrade.ParseVersion(name)
		if err != nil {
			t.Fatal(err)
		}
		if order, err := newer.Compare(older); err != nil || order <= 0 {
			t.Errorf("%s is not newer than %s (%v)", name, older, err)
		}
	}
	r := stream(1, "climb")
	version, count := steps[0], 0
	for ; version != ""; count++ {
		after := next(r, version)
		if after != "" && slices.Index(steps, after) <= slices.Index(steps, version) {
			t.Fatalf("after %s comes %s", version, after)
		}
		version = after
	}
	if count < len(steps)/2 {
		t.Errorf("only %d releases from the first to the last", count)
	}
}

func TestEveryTroubleIsAFaultThatTheCloudTakes(t *testing.T) {
	o := small()
	pods := estate(o)
	cloud, err := sim.Start(sim.Options{Gateways: gateways(o.seed, pods)})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	seen := map[string]bool{}
	for _, tr := range troubles() {
		t.Run(tr.name, func(t *testing.T) {
			if seen[tr.name] || tr.why == "" {
				t.Error("it stands twice in the table, or without its reason")
			}
			seen[tr.name] = true
			r := stream(1, "%s", tr.name)
			for range 2 * (1 + len(tr.args)) {
				s := tr.strike(r, pods[0].pairs[1].id)
				if tr.global != (s.Gateway == 0) {
					t.Errorf("it strikes gateway %d", s.Gateway)
				}
				if s.Until == 0 && tr.name != "api-down" {
					t.Error("it never ends")
				}
				if err := cloud.Strike(s); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestNoTwoPairsOfAnEstateAreTheSame(t *testing.T) {
	o := small()
	o.duration = 10 * time.Hour
	ids, names, pods := map[int]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range estate(o) {
		if pods[p.name] || len(p.pairs) != o.pairs {
			t.Errorf("pod %s stands twice or has %d pairs", p.name, len(p.pairs))
		}
		pods[p.name] = true
		for _, g := range p.pairs {
			if ids[g.id] || names[g.name] {
				t.Errorf("pair %d %s stands twice", g.id, g.name)
			}
			ids[g.id], names[g.name] = true, true
		}
	}
}
