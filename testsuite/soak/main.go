package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options are what the command line says.
type options struct {
	duration time.Duration // in which upgrades are begun; bringing them to their end comes on top
	seed     uint64
	speed    float64 // virtual seconds per real second
	pods     int     // at work at a time
	pairs    int     // of each pod: more than one, so that they queue
	workers  int
	keep     bool // the folder, also when nothing was found
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	o := flags()
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(err == nil && !o.keep)) }()
	if err := s.live(ctx); err != nil {
		return err
	}
	summary := s.judge(ctx)
	if err := json.NewEncoder(os.Stdout).Encode(summary); err != nil {
		return err
	}
	if n := len(summary.Findings); n > 0 {
		return fmt.Errorf("seed %d: %d findings; logs and histories: %s", o.seed, n, s.stage.Dir)
	}
	return ctx.Err()
}

// flags reads the command line. The speed is what two cores bear: the five hours for which a readiness check holds are
// thirty real seconds, as in the end-to-end tests.
func flags() (o options) {
	flag.DurationVar(&o.duration, "duration", 10*time.Minute, "how long new upgrades are begun, real time")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "decides what is done to whom in which order")
	flag.Float64Var(&o.speed, "speed", 600, "simulated seconds per second")
	flag.IntVar(&o.pods, "pods", 3, "pods at work at a time")
	flag.IntVar(&o.pairs, "pairs", 3, "HA pairs of each pod")
	flag.IntVar(&o.workers, "workers", 3, "worker processes")
	flag.BoolVar(&o.keep, "keep", false, "keep logs, database and archive also when nothing was found")
	flag.Parse()
	return o
}
