package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
)

// patience is how long a single thing may take that takes moments: far longer than it does.
const patience = time.Minute

// lastPatience is how long all upgrades together may take to come to their end once the cloud is calm. The longest
// timeout that a lost worker can leave behind is brought forward (see deadline.go), so an upgrade takes minutes.
const lastPatience = 20 * time.Minute

// soak is everything that runs.
type soak struct {
	options options
	stage   *stage.Stage
	server  *server
	crew    *crew
	client  client.Client
	logger  log.Logger
	pods    []pod // all of the estate
	tally   *tally
	over    chan struct{} // closed when nothing new is to begin

	mu     sync.Mutex
	atWork [][]*pair // by slot and place in its pod; nil where nothing runs
	used   []pod     // that an upgrade was begun in
}

// open starts the server, the cloud and the workers.
func open(ctx context.Context, o options) (_ *soak, err error) {
	dir, err := os.MkdirTemp("", "vsrx-upgrade-soak-")
	if err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	s := &soak{options: o, tally: newTally(), over: make(chan struct{}), pods: estate(o), atWork: make([][]*pair, o.pods),
		stage: &stage.Stage{Namespace: "default", Dir: dir}}
	for i := range s.atWork {
		s.atWork[i] = make([]*pair, o.pairs)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(false))
		}
	}()
	if s.stage.Tools, err = stage.Build(ctx, dir, os.Stderr); err != nil {
		return nil, err
	}
	if s.logger, err = app.NewLogger(io.Discard, "error", true); err != nil {
		return nil, err
	}
	if s.server, err = begin(ctx, s.stage.Tools.Temporal, dir, s.logger); err != nil {
		return nil, err
	}
	s.stage.Server = &stage.Server{Address: s.server.address}
	if s.client, err = client.DialContext(ctx, client.Options{HostPort: s.server.address, Logger: s.logger}); err != nil {
		return nil, fmt.Errorf("reaching the Temporal server: %w", err)
	}
	if s.stage.Cloud, err = sim.Start(sim.Options{Speed: o.speed, Seed: o.seed, Gateways: gateways(o.seed, s.pods)}); err != nil {
		return nil, fmt.Errorf("starting the simulated cloud: %w", err)
	}
	if out, err := s.stage.Starter(ctx, "setup").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("starter setup: %w\n%s", err, out)
	}
	s.crew, err = hire(s.stage, s.server, o.workers, s.tally.object)
	return s, err
}

// close stops all that runs, in reverse order.
func (s *soak) close(tidy bool) error {
	var errs []error
	if s.crew != nil {
		errs = append(errs, s.crew.dismiss())
	}
	if s.stage.Cloud != nil {
		errs = append(errs, s.stage.Cloud.Close())
	}
	if s.client != nil {
		s.client.Close()
	}
	if s.server != nil && s.server.process != nil {
		errs = append(errs, s.server.process.stop(patience))
	}
	if tidy {
		errs = append(errs, os.RemoveAll(s.stage.Dir))
	}
	return errors.Join(errs...)
}

// live lets everything happen until the time is up, and then brings every upgrade to its end.
func (s *soak) live(ctx context.Context) error {
	fmt.Fprintf(os.Stderr, "soak: seed %d, %s at speed %.0f, %d pods of %d pairs, %d workers; logs in %s\n",
		s.options.seed, s.options.duration, s.options.speed, s.options.pods, s.options.pairs, s.options.workers, s.stage.Dir)
	s.tally.begin()
	ctx, cancel := context.WithCancel(ctx)
	var background, wild, shifts sync.WaitGroup
	defer background.Wait()
	defer cancel()
	for _, job := range []func(context.Context){s.crew.keep, s.bringForward, s.progress} {
		background.Go(func() { job(ctx) })
	}
	rough, calmDown := context.WithCancel(ctx)
	wild.Go(func() { s.chaos(rough) })
	reserve := s.reserve()
	for slot := range s.options.pods {
		shifts.Go(func() { s.shift(ctx, slot, reserve) })
	}
	pause(ctx, s.options.duration)
	close(s.over)
	calmDown()
	wild.Wait()
	s.calm()
	fmt.Fprintln(os.Stderr, "soak: nothing new begins; the cloud is calm")
	done := make(chan struct{})
	go func() { shifts.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(lastPatience):
		s.lament(ctx)
		cancel()
		<-done
		return nil
	}
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return nil
}

// lament names the upgrades that do not come to their end.
func (s *soak) lament(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, pairs := range s.atWork {
		for _, g := range pairs {
			if g == nil {
				continue
			}
			report, err := s.status(ctx, g.id)
			s.tally.object("gateway %s (%d): its upgrade does not end: phase %s, hold %+v, waiting %q, %v", g.name, g.id, report.Phase, report.Hold, report.Waiting, err)
		}
	}
}

// ending tells whether nothing new is to begin.
func (s *soak) ending() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// progress prints a line every ten seconds.
func (s *soak) progress(ctx context.Context) {
	for pause(ctx, 10*time.Second) {
		fmt.Fprintln(os.Stderr, s.tally.line())
	}
}

// present is the pair whose upgrade runs at a place; nil if there is none.
func (s *soak) present(slot, place int) *pair {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.atWork[slot][place]
}

func (s *soak) place(slot, place int, g *pair) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.atWork[slot][place] = g
}

// history is the file to which the history of a run is written for those who look into a finding.
func (s *soak) history(id, run string) string {
	return filepath.Join(s.stage.Dir, "histories", fmt.Sprintf("%s-%s.json", filepath.Base(id), run))
}
