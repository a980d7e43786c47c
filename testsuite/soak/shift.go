package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// reserve holds the pods that have not been at work yet.
func (s *soak) reserve() chan pod {
	reserve := make(chan pod, len(s.pods))
	for _, p := range s.pods {
		reserve <- p
	}
	close(reserve)
	return reserve
}

// shift works in one pod after the other: where all pairs have reached the newest release, a fresh pod takes over.
func (s *soak) shift(ctx context.Context, slot int, reserve chan pod) {
	for p := range reserve {
		if s.ending() || ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		s.used = append(s.used, p)
		s.mu.Unlock()
		var pairs sync.WaitGroup
		for place, g := range p.pairs {
			pairs.Go(func() { s.climb(ctx, slot, place, g) })
		}
		pairs.Wait()
	}
	if !s.ending() && ctx.Err() == nil {
		s.tally.count("slots without a fresh pod")
	}
}

// climb upgrades one pair again and again, and leaves it whole.
func (s *soak) climb(ctx context.Context, slot, place int, g *pair) {
	defer s.place(slot, place, nil)
	for serial := 1; ctx.Err() == nil; serial++ {
		r := stream(s.options.seed, "upgrade %d of %d", serial, g.id)
		state := s.stage.Cloud.State(g.id)
		target := next(r, state.Members[0].Version)
		if s.ending() || target == "" {
			return
		}
		s.place(slot, place, g)
		e := s.upgrade(ctx, g, s.request(r, g, target), onCall(r, time.Now(), state.Members[0].Reloads+state.Members[1].Reloads > 0))
		if e.outcome == upgrade.OutcomeAbandoned && !s.heal(ctx, g, target, r) {
			return
		}
		s.place(slot, place, nil)
		s.unite(g)
		rest := time.Duration(r.Int64N(int64(3 * time.Second)))
		if e.outcome == upgrade.OutcomeRefused { // nothing was changed; what is in the way needs its time
			rest += 5 * time.Second
		}
		pause(ctx, rest)
	}
}

// unite brings the redundancy groups of a pair together, as a person must do after preempt has pulled only one of them
// back: no upgrade begins while they are primary on different nodes.
func (s *soak) unite(g *pair) {
	const split = "rg-split"
	state := s.stage.Cloud.State(g.id)
	if !state.Healthy || state.Primary[0] == state.Primary[1] {
		return
	}
	if err := s.stage.Cloud.Inject(sim.Fault{Name: split, Gateway: g.id}); err != nil {
		s.tally.object("gateway %s (%d): its redundancy groups cannot be united: %v", g.name, g.id, err)
		return
	}
	s.stage.Cloud.Clear(split)
	s.tally.count("groups united by hand")
}

// request draws what an upgrade is asked for. Everything is scaled to the speed of the cloud, but for the device's own
// minutes, which are short too.
func (s *soak) request(r *rand.Rand, g *pair, target string) upgrade.Request {
	timing := upgrade.DefaultTiming().Faster(s.options.speed)
	timing.ConfirmMinutes = confirmMinutes
	req := upgrade.Request{GatewayID: g.id, TargetVersion: target, Change: "CHG-SOAK", By: "soak", Timing: timing,
		Preempt: []upgrade.PreemptPolicy{upgrade.PreemptAsk, upgrade.PreemptDeactivate, upgrade.PreemptRestore}[r.IntN(3)]}
	if r.IntN(3) > 0 {
		req.AcceptWarnings = []int{uncertified}
	}
	if r.IntN(6) == 0 && req.Preempt != upgrade.PreemptAsk {
		req.Approval = upgrade.ApprovalNone
	}
	return req
}

// uncertified is the readiness warning that the running version is none that IBM certifies, as on some steps of the ladder.
const uncertified = 1179

// confirmMinutes is how long a commit of ours waits for its confirmation, in virtual minutes.
const confirmMinutes = 240

// heals is how often a person tries to take up again what they have abandoned.
const heals = 10

// heal brings an abandoned pair to its end, as the person who abandoned it must: what runs is waited for, new host keys
// are accepted, and a pair that is left between the reloads is taken over by an upgrade with resume.
func (s *soak) heal(ctx context.Context, g *pair, target string, r *rand.Rand) bool {
	for range heals {
		if !s.settled(ctx, g) {
			return false
		}
		if err := s.forgetKeys(g); err != nil {
			s.tally.object("gateway %s (%d): %v", g.name, g.id, err)
		}
		if s.stage.Cloud.State(g.id).Healthy {
			return true
		}
		s.tally.count("resumed upgrades")
		req := s.request(r, g, target)
		req.Resume = true
		clearing, cancel := context.WithCancel(ctx)
		go s.takeBlame(clearing, g)
		s.upgrade(ctx, g, req, onCall(r, time.Now(), true))
		cancel()
		pause(ctx, 2*time.Second)
	}
	if s.stage.Cloud.State(g.id).Healthy {
		return true
	}
	s.tally.object("gateway %s (%d) was abandoned and cannot be taken over: %+v", g.name, g.id, s.stage.Cloud.State(g.id))
	return false
}

// settled waits until nothing is reloaded in the pair any more.
func (s *soak) settled(ctx context.Context, g *pair) bool {
	for ctx.Err() == nil {
		reloading := false
		for _, m := range s.stage.Cloud.State(g.id).Members {
			reloading = reloading || m.Reloading
		}
		if !reloading {
			return true
		}
		pause(ctx, time.Second)
	}
	return false
}
