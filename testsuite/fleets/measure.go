package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// every is the time between two samples.
const every = 5 * time.Second

// silence is how long the fleet may leave a question unanswered: while two hundred upgrades begin at once, its own tasks queue.
const silence = 5 * time.Minute

// sample is one look at everything.
type sample struct {
	at                    time.Time
	open                  int // upgrades that Temporal has open
	worker, server, cloud usage
	fleet                 upgrade.FleetReport
}

// measure starts the fleet, follows it and gives the verdict of the slice in which so many upgrades were in flight.
func (s *site) measure(ctx context.Context) (verdict, error) {
	file := filepath.Join(s.stage.Dir, "fleet.json")
	if err := writeOrder(s.order, file); err != nil {
		return verdict{}, err
	}
	begun := time.Now()
	if out, err := s.stage.Starter(ctx, "fleet", "start", file).CombinedOutput(); err != nil {
		return verdict{}, fmt.Errorf("starter fleet start: %w\n%s", err, out)
	}
	fmt.Fprintf(os.Stderr, "%d gateways are planned after %.0f s\n", len(s.order.Gateways), time.Since(begun).Seconds())
	samples, err := s.follow(ctx)
	if err != nil {
		return verdict{}, err
	}
	v := s.verdictOf(samples)
	v.attempts, err = s.attempts(ctx, &samples[len(samples)-1].fleet)
	return v, err
}

// follow samples from the moment when enough upgrades are in flight to the end of the slice, or of the fleet.
func (s *site) follow(ctx context.Context) (samples []sample, err error) {
	for {
		now, err := s.look(ctx)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "%s  %3d open  %s\n", now.at.Format(time.TimeOnly), now.open, now.fleet.Summary())
		over := now.fleet.State == upgrade.FleetEnded || now.fleet.State == upgrade.FleetHalted || now.fleet.Count(upgrade.GatewayWaiting) == 0
		if now.open >= s.load.inFlight || len(samples) > 0 {
			samples = append(samples, now)
		}
		switch {
		case over && len(samples) < 2:
			return nil, fmt.Errorf("there were never %d upgrades in flight; the fleet stands at %s: %s %s", s.load.inFlight, now.fleet.Summary(), now.fleet.State, now.fleet.Reason)
		case over, len(samples) > 1 && s.load.slice > 0 && now.at.Sub(samples[0].at) >= s.load.slice:
			return samples, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(every):
		}
	}
}

// look takes one sample.
func (s *site) look(ctx context.Context) (now sample, err error) {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	found, err := s.client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Query: fmt.Sprintf("WorkflowType=%q AND ExecutionStatus=\"Running\"", workflows.TypeUpgradeGateway)})
	if err != nil {
		return now, fmt.Errorf("counting the upgrades: %w", err)
	}
	now.open = int(found.GetCount())
	if now.fleet, err = s.ask(ctx); err != nil {
		return now, err
	}
	var errs [3]error
	now.worker, errs[0] = used(s.worker.PID())
	now.server, errs[1] = used(s.server)
	now.cloud, errs[2] = used(os.Getpid())
	now.at = time.Now()
	return now, errors.Join(errs[:]...)
}

// ask asks the fleet where it stands. A worker that is busy may leave a question of the SDK's ten seconds unanswered; the
// question is put again until ctx ends.
func (s *site) ask(ctx context.Context) (r upgrade.FleetReport, err error) {
	for {
		value, err := s.client.QueryWorkflow(ctx, workflows.FleetID(fleetName), "", workflows.QueryStatus)
		if err == nil {
			err = value.Get(&r)
		}
		var late *serviceerror.DeadlineExceeded
		switch {
		case err == nil:
			return r, nil
		case ctx.Err() != nil || !errors.As(err, &late) && !errors.Is(err, context.DeadlineExceeded):
			return r, fmt.Errorf("asking the fleet: %w", err)
		}
		fmt.Fprintln(os.Stderr, "the fleet did not answer in time and is asked again")
	}
}
