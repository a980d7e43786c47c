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
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
)

// demo is everything that runs.
type demo struct {
	stage  *stage.Stage
	worker *stage.Worker
	client client.Client
	speed  float64
	bin    string // folder of the built programs
}

// open starts the server, the cloud and the worker, and registers what the namespace needs.
func open(ctx context.Context, speed float64, gateways []sim.Gateway) (_ *demo, err error) {
	dir, err := os.MkdirTemp("", "vsrx-upgrade-demo-")
	if err != nil {
		return nil, err
	}
	bin, err := os.MkdirTemp("", "vsrx-upgrade-bin-")
	if err != nil {
		return nil, err
	}
	d := &demo{speed: speed, bin: bin, stage: &stage.Stage{Namespace: "default", Dir: dir}}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.stage.Tools, err = stage.Build(ctx, bin, os.Stdout); err != nil {
		return nil, err
	}
	logger, err := app.NewLogger(io.Discard, "error", true)
	if err != nil {
		return nil, err
	}
	if d.stage.Server, err = d.stage.Tools.StartServer(ctx, filepath.Join(dir, "temporal.db"), io.Discard, logger); err != nil {
		return nil, err
	}
	d.client = d.stage.Server.Client()
	fmt.Println("Temporal Web:   ", d.stage.Server.UI)
	if d.stage.Cloud, err = sim.Start(sim.Options{Speed: speed, Gateways: gateways}); err != nil {
		return nil, fmt.Errorf("starting the simulated cloud: %w", err)
	}
	fmt.Printf("simulated cloud: %s, one hour passes in %.0f s\n", d.stage.Cloud.Access().API, 3600/speed)
	if out, err := d.stage.Starter(ctx, "setup").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("starter setup: %w\n%s", err, out)
	}
	if d.worker, err = d.stage.StartWorker(); err != nil {
		return nil, err
	}
	fmt.Println("worker's log:   ", d.stage.WorkerLog())
	return d, nil
}

// close stops all that runs and removes what was built.
func (d *demo) close() {
	if err := errors.Join(d.stage.Close(d.worker), os.RemoveAll(d.bin)); err != nil {
		fmt.Fprintln(os.Stderr, "demo: stopping:", err)
	}
}
