// Command demo shows the product at work on one machine: a Temporal dev server, a simulated IBM Cloud in which ten hours
// pass in a minute, a worker, and the upgrade of one HA pair with an approval. It exits 0 only if the pair runs the
// target version, no safety rule was broken, and traffic stopped once, for the one move that an upgrade needs.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	keep := flag.Bool("keep", false, "leave everything running at the end, until Ctrl-C")
	speed := flag.Float64("speed", 720, "simulated seconds per second")
	flag.Parse()
	d, err := open(ctx, *speed)
	if err != nil {
		return err
	}
	defer d.close()
	gateway := sim.DefaultGateways()[0]
	report, err := d.upgrade(ctx, gateway)
	if err != nil {
		return fmt.Errorf("%w (the worker's log: %s)", err, d.stage.WorkerLog())
	}
	verdict, err := d.judge(ctx, gateway, report)
	d.tell(report, verdict)
	if *keep && ctx.Err() == nil {
		fmt.Println("\neverything keeps running; look around, then press Ctrl-C")
		<-ctx.Done()
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(verdict)
}

// request is what the demo asks for: everything scaled to the speed of its cloud. The device's own minutes are scaled
// too, so the confirmed commit gets many of them.
func request(gateway sim.Gateway, speed float64) upgrade.Request {
	timing := upgrade.DefaultTiming().Faster(speed)
	timing.ConfirmMinutes = 240
	return upgrade.Request{GatewayID: gateway.ID, TargetVersion: gateway.Offered[0], Preempt: upgrade.PreemptDeactivate,
		Change: "CHG-DEMO", By: "demo", Timing: timing}
}

// patience ends a demo that does not get anywhere.
const patience = 10 * time.Minute
