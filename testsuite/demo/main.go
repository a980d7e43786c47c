// Command demo shows the product at work on one machine: a Temporal dev server, a simulated IBM Cloud in which ten hours
// pass in a minute, a worker, and one scenario, told from its start to its verdict. It exits 0 only if the scenario ended
// as it must, no safety rule was broken, and traffic stopped no more often than the scenario needs.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
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
	name := flag.String("scenario", "upgrade", "what to show: "+overview())
	flag.Parse()
	s, err := choose(*name)
	if err != nil {
		return err
	}
	d, err := open(ctx, *speed, s.gateways)
	if err != nil {
		return err
	}
	defer d.close()
	fmt.Printf("scenario:        %s: %s\n", s.name, s.about)
	verdict, err := s.tell(ctx, d)
	if *keep && ctx.Err() == nil {
		fmt.Println("\neverything keeps running; look around, then press Ctrl-C")
		<-ctx.Done()
	}
	if err != nil {
		return fmt.Errorf("%w (the worker's log: %s)", err, d.stage.WorkerLog())
	}
	return json.NewEncoder(os.Stdout).Encode(verdict)
}
