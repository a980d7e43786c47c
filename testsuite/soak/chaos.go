package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// act is one thing that goes wrong. All of it is drawn beforehand, so that the order of acts depends on the seed alone.
type act struct {
	after   time.Duration // real time since the one before
	kind    string
	worker  int
	crash   bool
	away    time.Duration // of the server
	trouble trouble
	pod     int // at work, by number
	pair    int
	chance  *rand.Rand // for what is drawn only where the act can take place
}

// Kinds of acts.
const (
	actFault  = "fault"
	actKill   = "kill"
	actStop   = "stop"
	actServer = "server"
)

// acts gives the endless sequence of a seed.
func acts(o options) func() act {
	r, n := stream(o.seed, "acts"), 0
	list := troubles()
	return func() act {
		n++
		a := act{after: 2*time.Second + time.Duration(r.Int64N(int64(4*time.Second))), worker: r.IntN(o.workers), crash: r.IntN(2) == 0,
			away: time.Duration(r.Int64N(int64(5 * time.Second))), trouble: list[r.IntN(len(list))], pod: r.IntN(o.pods), pair: r.IntN(o.pairs),
			chance: stream(o.seed, "act %d", n)}
		switch dice := r.IntN(100); {
		case dice < 8:
			a.kind = actKill
		case dice < 14:
			a.kind = actStop
		case dice < 18:
			a.kind = actServer
		default:
			a.kind = actFault
		}
		return a
	}
}

// chaos does one act after the other until ctx ends.
func (s *soak) chaos(ctx context.Context) {
	for draw := acts(s.options); ; {
		a := draw()
		if !pause(ctx, a.after) {
			return
		}
		if err := s.play(ctx, a); err != nil && ctx.Err() == nil {
			s.tally.object("%s: %v", a.kind, err)
		}
	}
}

func (s *soak) play(ctx context.Context, a act) error {
	switch a.kind {
	case actKill:
		s.tally.count("killed workers")
		return s.crew.kill(a.worker)
	case actStop:
		s.tally.count("stopped workers")
		return s.crew.stop(a.worker)
	case actServer:
		s.tally.count(map[bool]string{true: "server crashes", false: "server restarts"}[a.crash])
		// What has begun is finished: a soak that is over needs its server.
		return s.server.restart(context.WithoutCancel(ctx), a.crash, a.away)
	}
	return s.hurt(a)
}

// hurt lets a fault strike the gateway of a pair that is at work now.
func (s *soak) hurt(a act) error {
	g := s.present(a.pod, a.pair)
	if g == nil {
		return nil
	}
	strike := a.trouble.strike(a.chance, g.id)
	if err := s.stage.Cloud.Strike(strike); err != nil {
		return fmt.Errorf("planning %s on gateway %d: %w", strike.Name, g.id, err)
	}
	s.tally.fault(strike.Name)
	return nil
}

// calm ends everything that is wrong with the cloud.
func (s *soak) calm() {
	for _, name := range sim.FaultNames() {
		s.stage.Cloud.Clear(name)
	}
}
