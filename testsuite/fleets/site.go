package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
)

// site is everything that runs: server, cloud (in this process) and worker.
type site struct {
	load   load
	order  upgrade.FleetOrder
	stage  *stage.Stage
	worker *stage.Worker
	client client.Client
	server int    // process id
	bin    string // folder of the built programs
}

// open starts the server, the cloud and the worker, and registers what the namespace needs.
func open(ctx context.Context, l load) (_ *site, err error) {
	gateways, err := estate(l)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vsrx-upgrade-fleets-")
	if err != nil {
		return nil, err
	}
	bin, err := os.MkdirTemp("", "vsrx-upgrade-bin-")
	if err != nil {
		return nil, err
	}
	s := &site{load: l, order: l.order(gateways), bin: bin, stage: &stage.Stage{Namespace: "default", Dir: dir}}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.stage.Tools, err = stage.Build(ctx, bin, os.Stderr); err != nil {
		return nil, err
	}
	if err := s.openServer(ctx); err != nil {
		return nil, err
	}
	if s.stage.Cloud, err = sim.Start(sim.Options{Speed: l.speed, Gateways: gateways}); err != nil {
		return nil, fmt.Errorf("starting the simulated cloud: %w", err)
	}
	if out, err := s.stage.Starter(ctx, "setup").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("starter setup: %w\n%s", err, out)
	}
	s.worker, err = s.stage.StartWorker(fmt.Sprintf("VSRX_API_RATE=%.0f", l.rate*l.speed))
	return s, err
}

// openServer starts the dev server and finds its process. Its database is in memory: SQLite in a file waits for the disk at
// each commit, which is no cluster's limit and would be all that is measured.
func (s *site) openServer(ctx context.Context) error {
	logger, err := app.NewLogger(io.Discard, "error", true)
	if err != nil {
		return err
	}
	if s.stage.Server, err = s.stage.Tools.StartServer(ctx, "", io.Discard, logger); err != nil {
		return err
	}
	s.client = s.stage.Server.Client()
	s.server, err = childOf(os.Getpid(), filepath.Base(s.stage.Tools.Temporal))
	return err
}

// close stops all that runs and removes what was built.
func (s *site) close() {
	if err := errors.Join(s.stage.Close(s.worker), os.RemoveAll(s.bin)); err != nil {
		fmt.Fprintln(os.Stderr, "fleets: stopping:", err)
	}
}
