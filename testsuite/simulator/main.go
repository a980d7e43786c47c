// Command simulator serves one simulated IBM Cloud with vSRX gateways, for any client, until it is told to stop; then
// it prints the safety monitor's verdict.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"vsrx-upgrade/testsuite/scenarios"
	"vsrx-upgrade/testsuite/sim"
)

// Exit codes.
const (
	exitClean     = 0
	exitViolation = 1
	exitUsage     = 2
	exitFailed    = 3
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, stop))
}

// settings are the command line; speed and seed are the scenario's unless they are given.
type settings struct {
	scenario string
	speed    *float64
	seed     *uint64
	ready    string
}

// parse reads the command line; its errors are one line each.
func parse(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&s.scenario, "scenario", "ha-pair", "shipped scenario or scenario file")
	speed := flags.Float64("speed", 0, "virtual seconds per real second")
	seed := flags.Uint64("seed", 0, "seed of the world")
	flags.StringVar(&s.ready, "ready", "", "file that gets the access data as JSON")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "speed":
			s.speed = speed
		case "seed":
			s.seed = seed
		}
	})
	if s.speed != nil && !(*s.speed > 0 && *s.speed <= sim.MaxSpeed) {
		return s, fmt.Errorf("--speed must be a positive number up to %v", sim.MaxSpeed)
	}
	return s, nil
}

// options are the scenario's with what the command line says instead.
func (s settings) options() (sim.Options, error) {
	opts, err := scenarios.Load(s.scenario)
	if s.speed != nil {
		opts.Speed = *s.speed
	}
	if s.seed != nil {
		opts.Seed = *s.seed
	}
	return opts, err
}

// usage is the help; it names every shipped scenario.
func usage() string {
	return "usage: simulator [--scenario NAME|FILE] [--speed N] [--seed N] [--ready FILE]\nscenarios: " +
		strings.Join(scenarios.Names(), " ") + "\n"
}

func run(args []string, stdout, stderr io.Writer, stop <-chan os.Signal) int {
	s, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage())
		return exitClean
	}
	var opts sim.Options
	if err == nil {
		opts, err = s.options()
	}
	if err != nil {
		fmt.Fprintf(stderr, "simulator: %v\n", err)
		return exitUsage
	}
	verdict, err := serve(opts, s.ready, stdout, stop)
	if err != nil {
		fmt.Fprintf(stderr, "simulator: %v\n", err)
		return exitFailed
	}
	if err := show(stdout, verdict); err != nil {
		fmt.Fprintf(stderr, "simulator: %v\n", err)
		return exitFailed
	}
	if len(verdict.Violations) > 0 {
		return exitViolation
	}
	return exitClean
}

// serve runs the world until it is told to stop.
func serve(opts sim.Options, ready string, stdout io.Writer, stop <-chan os.Signal) (verdict sim.Verdict, err error) {
	if err := allowFiles(filesFor(opts)); err != nil {
		return verdict, err
	}
	cloud, err := sim.Start(opts)
	if err != nil {
		return verdict, fmt.Errorf("starting the simulated cloud: %w", err)
	}
	defer func() { err = errors.Join(err, cloud.Close()) }()
	access := cloud.Access()
	if ready != "" {
		if err := announce(ready, access); err != nil {
			return verdict, err
		}
	}
	fmt.Fprintf(stdout, "simulated cloud is up: %s with its control face %s\n", access.API, access.Control)
	<-stop
	return cloud.Verdict(), nil
}

// announce writes the access data in one step, so that a reader never sees half of it. The file is private, as it
// holds the passwords of the simulation.
func announce(file string, access sim.Access) error {
	data, err := json.MarshalIndent(access, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the access data: %w", err)
	}
	part, err := os.CreateTemp(filepath.Dir(file), ".simulator-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	_, err = part.Write(append(data, '\n'))
	err = errors.Join(err, part.Close())
	if err == nil {
		err = os.Rename(part.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, errors.Join(err, os.Remove(part.Name())))
	}
	return nil
}

func show(w io.Writer, verdict sim.Verdict) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(verdict); err != nil {
		return fmt.Errorf("printing the verdict: %w", err)
	}
	return nil
}
