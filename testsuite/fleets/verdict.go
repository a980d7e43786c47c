package main

import (
	"errors"
	"fmt"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// verdict is what was measured. Cores are processor seconds a second of the slice; memory is the largest so far.
type verdict struct {
	Gateways      int     `json:"gateways"`
	InFlightMean  float64 `json:"inFlightMean"`
	InFlightLeast int     `json:"inFlightLeast"`
	Seconds       float64 `json:"seconds"`      // of the slice, real
	Hours         float64 `json:"hours"`        // of the slice, simulated
	Ended         int     `json:"endedInSlice"` // upgrades
	Completed     int     `json:"completed"`    // since the fleet began
	Troubled      int     `json:"troubled"`     // likewise
	Reloads       int     `json:"reloads"`      // likewise
	Violations    int     `json:"violations"`   // likewise
	WorkerCores   float64 `json:"workerCores"`
	WorkerMiB     int     `json:"workerMiB"`
	ServerCores   float64 `json:"serverCores"`
	ServerMiB     int     `json:"serverMiB"`
	CloudCores    float64 `json:"cloudCores"` // the simulated cloud and this program
	attempts
}

// verdictOf judges the samples of a slice, of which there are two at least.
func (s *site) verdictOf(samples []sample) verdict {
	first, last := samples[0], samples[len(samples)-1]
	real := last.at.Sub(first.at)
	cores := func(from, to usage) float64 { return (to.cpu - from.cpu).Seconds() / real.Seconds() }
	seen := s.stage.Cloud.Verdict()
	v := verdict{Gateways: len(s.order.Gateways), InFlightLeast: first.open, Seconds: real.Round(time.Second).Seconds(), Hours: real.Hours() * s.load.speed,
		Ended:     last.fleet.Count(upgrade.GatewayCompleted) - first.fleet.Count(upgrade.GatewayCompleted),
		Completed: last.fleet.Count(upgrade.GatewayCompleted), Troubled: len(last.fleet.Troubled()), Reloads: seen.Reloads, Violations: len(seen.Violations),
		WorkerCores: cores(first.worker, last.worker), WorkerMiB: last.worker.peak >> 10,
		ServerCores: cores(first.server, last.server), ServerMiB: last.server.peak >> 10, CloudCores: cores(first.cloud, last.cloud)}
	for _, one := range samples {
		v.InFlightMean += float64(one.open) / float64(len(samples))
		v.InFlightLeast = min(v.InFlightLeast, one.open)
	}
	return v
}

// kept is the part of the upgrades asked for that must be in flight on average: a pod is free for a look of the fleet at
// most before its next upgrade starts.
const kept = 0.95

// judge says what does not hold.
func (v verdict) judge(l load) error {
	unless := func(ok bool, format string, args ...any) error {
		if ok {
			return nil
		}
		return fmt.Errorf(format, args...)
	}
	return errors.Join(
		unless(v.InFlightMean >= kept*float64(l.inFlight), "%.0f upgrades were in flight on average, not %d", v.InFlightMean, l.inFlight),
		unless(v.Violations == 0, "the safety monitor saw %d violations", v.Violations),
		unless(v.Troubled == 0, "%d upgrades are in trouble", v.Troubled),
		unless(v.HeartbeatTimeouts == 0, "%d attempts ended for want of a heartbeat", v.HeartbeatTimeouts),
		unless(v.TaskTimeouts+v.TaskFailures == 0, "%d workflow tasks timed out and %d failed", v.TaskTimeouts, v.TaskFailures))
}
