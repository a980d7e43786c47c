// Command fleets measures what one worker bears: a fleet of a thousand simulated pairs with two hundred upgrades in flight
// at a time, on a real Temporal dev server. It prints memory and processor time of the worker and of the server as JSON,
// and exits 0 only if so many were kept in flight, none got into trouble, no safety rule was broken, and no attempt ended
// for want of a heartbeat.
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

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fleets:", err)
		stop()
		os.Exit(1)
	}
}

// load is what is asked of the worker.
type load struct {
	scenario string
	inFlight int           // upgrades at a time, each in a pod of its own
	speed    float64       // simulated seconds per second
	rate     float64       // API calls per simulated second, as VSRX_API_RATE is per real one
	slice    time.Duration // real time that is measured, from the moment when so many are in flight
}

func run(ctx context.Context) error {
	var l load
	flag.StringVar(&l.scenario, "scenario", "fleet-1000", "simulated world")
	flag.IntVar(&l.inFlight, "in-flight", 200, "upgrades at a time; the world's gateways are dealt out to so many pods")
	flag.Float64Var(&l.speed, "speed", 48, "simulated seconds per second")
	flag.Float64Var(&l.rate, "rate", 5, "API calls per simulated second; the worker's VSRX_API_RATE is this times the speed")
	flag.DurationVar(&l.slice, "slice", 10*time.Minute, "real time to measure, once so many are in flight; 0 goes on to the fleet's end")
	flag.Parse()
	if err := l.validate(); err != nil {
		return err
	}
	s, err := open(ctx, l)
	if err != nil {
		return err
	}
	defer s.close()
	v, err := s.measure(ctx)
	if err != nil {
		return fmt.Errorf("%w (the worker's log: %s)", err, s.stage.WorkerLog())
	}
	if err := json.NewEncoder(os.Stdout).Encode(v); err != nil {
		return fmt.Errorf("printing the verdict: %w", err)
	}
	return v.judge(l)
}

// validate refuses a load that cannot be.
func (l load) validate() error {
	unless := func(ok bool, text string) error {
		if ok {
			return nil
		}
		return errors.New(text)
	}
	return errors.Join(
		unless(l.inFlight >= 2, "at least two upgrades must be in flight"),
		unless(l.speed >= 1, "speed is at least 1"),
		unless(l.rate > 0 && l.rate*l.speed >= 1 && l.rate*l.speed <= 1000, "rate times speed must be from 1 to 1000, the bounds of VSRX_API_RATE"),
		unless(l.slice >= 0, "a slice cannot be negative"))
}
