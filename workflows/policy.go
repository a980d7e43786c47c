package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// slack is added to the end of a long wait, so that the activity itself says that the time is up, with what it saw.
const slack = 10 * time.Minute

// heartbeat is how long a silent activity counts as alive. It is real time: it is about our worker, not about IBM.
// Activities beat in a sixth of it, the worker sends at least every 10 seconds.
const heartbeat = 30 * time.Second

// first is for questions before anything has started: a person is waiting, and nothing is lost by giving up soon.
func first(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{Summary: summary, StartToCloseTimeout: 2 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 2 * time.Second, BackoffCoefficient: 2, MaximumAttempts: 3}}
}

// quick is for short questions: retried until a person should hear of it.
func quick(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{Summary: summary, StartToCloseTimeout: 5 * time.Minute, ScheduleToCloseTimeout: 30 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute}}
}

// lengthy is for changes that look first and for transfers: a commit on a cluster and a large configuration take
// minutes. A worker that dies in a confirmed commit is followed only after the device has rolled it back by itself.
func lengthy(summary string) workflow.ActivityOptions {
	o := quick(summary)
	o.StartToCloseTimeout, o.ScheduleToCloseTimeout, o.HeartbeatTimeout = 20*time.Minute, 90*time.Minute, heartbeat
	return o
}

// once is for the submission of a reload: never attempted again, because IBM's call is not idempotent. The heartbeat
// timeout is absent on purpose: the answer takes up to two minutes, and only observation decides in any case.
func once(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{Summary: summary, StartToCloseTimeout: 5 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}}
}

// patient is for looks that go on until something is seen or limit is up. Attempts are not counted: each worker that
// stops hands over to the next one.
func patient(summary string, limit upgrade.Duration) workflow.ActivityOptions {
	whole := limit.D() + slack
	return workflow.ActivityOptions{Summary: summary, StartToCloseTimeout: whole, ScheduleToCloseTimeout: whole, HeartbeatTimeout: heartbeat,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second}}
}

// forever is for watching what ends by itself, or when a person ends it.
func forever(summary string) workflow.ActivityOptions {
	return patient(summary, upgrade.Duration(365*24*time.Hour))
}

// standing is for a place in a queue: each attempt is one look, and between two it is Temporal that waits.
func standing(summary string) workflow.ActivityOptions {
	o := forever(summary)
	o.StartToCloseTimeout, o.HeartbeatTimeout = 2*time.Minute, 0
	return o
}

// rounds is how often a reload that was certainly not submitted is tried again before a person is asked.
const rounds = 3
