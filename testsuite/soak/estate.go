package main

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// stream is a source of chance of its own for one purpose, so that what one part of the soak draws changes nothing for
// another part.
func stream(seed uint64, format string, args ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, format, args...)
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// ladder are the releases of the soak, oldest first. Each gateway climbs it, so that one gateway has many upgrades.
func ladder() []string {
	return []string{"21.2R3-S4.6", "21.4R3-S2.7", "22.2R1-S1.4", "22.2R3-S2.9", "22.4R2-S1.8", "23.2R1-S1.6",
		"23.2R2-S2.5", "23.4R1-S2.7", "23.4R2-S3.9", "24.2R1-S1.8", "24.2R2-S1.4", "24.4R1-S2.6"}
}

// pod is some pairs behind one transit network: one of them at a time.
type pod struct {
	name  string
	pairs []*pair
}

// pair is one HA gateway.
type pair struct {
	id        int
	name, pod string
	preempt   bool
}

// spare is how long a pod lasts before its pairs have climbed the ladder, at the least; fresh ones then take over.
const spare = 8 * time.Minute

// estate draws all pods that can be needed: those at work and those that take the place of pods that are used up.
func estate(o options) []pod {
	r := stream(o.seed, "estate")
	pods := make([]pod, o.pods*(2+int(o.duration/spare)))
	for i := range pods {
		p := pod{name: fmt.Sprintf("%s%02d.pod%02d", []string{"fra", "lon", "tok", "wdc", "sao"}[r.IntN(5)], 1+r.IntN(8), i+1)}
		for n := range o.pairs {
			p.pairs = append(p.pairs, &pair{id: 30_000 + 100*i + 7*n + r.IntN(7), name: fmt.Sprintf("edge-%02d%c", i+1, 'a'+n), pod: p.name, preempt: r.IntN(3) == 0})
		}
		pods[i] = p
	}
	return pods
}

// gateways describes an estate to the simulated cloud.
func gateways(seed uint64, pods []pod) (list []sim.Gateway) {
	offered := ladder()
	slices.Reverse(offered) // the newest first, as IBM lists them: its upgrade check compares with that one
	for _, p := range pods {
		for _, g := range p.pairs {
			r := stream(seed, "gateway %d", g.id)
			list = append(list, sim.Gateway{ID: g.id, Name: g.name, Pod: g.pod, Version: ladder()[r.IntN(3)], Offered: offered, Primary: r.IntN(2), Preempt: g.preempt})
		}
	}
	return list
}

// next draws the release after a running one: the next on the ladder or one further up; "" at its top.
func next(r *rand.Rand, running string) string {
	steps := ladder()
	at := slices.Index(steps, running) + 1
	if at == len(steps) {
		return ""
	}
	return steps[min(at+r.IntN(2), len(steps)-1)]
}
