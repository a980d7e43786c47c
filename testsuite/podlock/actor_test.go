package podlock

import (
	"context"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// actor is a holder under test.
type actor struct {
	w       *world
	id, run string
	gateway int
	pod     int
}

// start starts a holder of the i-th gateway; change may alter its job and how it is started.
func (w *world) start(i int, change ...func(*job, *client.StartWorkflowOptions)) *actor {
	w.t.Helper()
	g := w.Access.Gateways[i]
	in := job{Account: g.Account, Gateways: []target{{g.Pod, g.ID, g.Name}}, Timing: upgrade.DefaultTiming().Faster(speed)}
	in.Timing.PermitPoll = upgrade.Duration(poll)
	options := client.StartWorkflowOptions{ID: workflows.UpgradeID(g.ID), TaskQueue: workflows.TaskQueue}
	for _, f := range change {
		f(&in, &options)
	}
	r, err := w.client.ExecuteWorkflow(w.t.Context(), options, typeHolder, in)
	if err != nil {
		w.t.Fatal(err)
	}
	a := &actor{w: w, id: r.GetID(), run: r.GetRunID(), gateway: g.ID}
	for n := range w.podCount() {
		if pod(n) == g.Pod {
			a.pod = n
		}
	}
	return a
}

// Changes of a holder's job.
func before(j *job, _ *client.StartWorkflowOptions) { j.Before = true }
func idle(j *job, _ *client.StartWorkflowOptions)   { j.Idle = true }

// request is the holder's first request for its pod.
func (a *actor) request() string { return a.run + "/" + pod(a.pod) + "/1" }

// holds waits until the pod's permit is open for this run of the holder.
func (a *actor) holds() upgrade.PodPermit {
	a.w.t.Helper()
	var held upgrade.PodPermit
	a.w.until("a permit of "+a.id, func() bool {
		p := a.w.permit(a.pod)
		if p == nil || p.Request.Run != a.run {
			return false
		}
		held = *p
		return true
	})
	return held
}

// waits waits until the lock has the holder at a place of the queue, from 1; 0 is served.
func (a *actor) waits(place int) {
	a.w.t.Helper()
	a.w.until(a.id+" in the queue", func() bool {
		state, err := a.w.ask(a.pod)
		return err == nil && state.Place(a.request()).Position == place
	})
}

// goOn gives the holder the word that it waits for.
func (a *actor) goOn() {
	a.w.t.Helper()
	if err := a.w.client.SignalWorkflow(a.w.t.Context(), a.id, a.run, signalGoOn, nil); err != nil {
		a.w.t.Fatal(err)
	}
}

// stance asks the holder where it stands.
func (a *actor) stance() (seen stance) {
	a.w.t.Helper()
	a.w.until("the answer of "+a.id, func() bool {
		ctx, cancel := context.WithTimeout(a.w.t.Context(), 10*time.Second)
		defer cancel()
		value, err := a.w.client.QueryWorkflow(ctx, a.id, a.run, queryStance)
		return err == nil && value.Get(&seen) == nil
	})
	return seen
}

// result waits for the end of this run of the holder.
func (a *actor) result() (seen stance, err error) {
	a.w.t.Helper()
	ctx, cancel := context.WithTimeout(a.w.t.Context(), patience)
	defer cancel()
	err = a.w.client.GetWorkflow(ctx, a.id, a.run).GetWithOptions(ctx, &seen, client.WorkflowRunGetOptions{DisableFollowingRuns: true})
	if ctx.Err() != nil {
		d, err := a.w.client.DescribeWorkflowExecution(a.w.t.Context(), a.id, a.run)
		a.w.t.Fatalf("%s does not end: %v, %v; the locks: %s\nthe workers' log:\n%s", a.id, d.GetPendingActivities(), err, a.w.shown(), a.w.log)
	}
	return seen, err
}

// works waits for a good end of the holder.
func (a *actor) works() stance {
	a.w.t.Helper()
	seen, err := a.result()
	if err != nil {
		a.w.t.Fatalf("%s ended with %v\nthe workers' log:\n%s", a.id, err, a.w.log)
	}
	return seen
}

func (a *actor) terminate() {
	a.w.t.Helper()
	if err := a.w.client.TerminateWorkflow(a.w.t.Context(), a.id, a.run, "the test says so"); err != nil {
		a.w.t.Fatal(err)
	}
}

func (a *actor) cancel() {
	a.w.t.Helper()
	if err := a.w.client.CancelWorkflow(a.w.t.Context(), a.id, a.run); err != nil {
		a.w.t.Fatal(err)
	}
}

// open reports whether a run of a workflow is open; "" is the latest run.
func (w *world) open(id, run string) bool {
	w.t.Helper()
	d, err := w.client.DescribeWorkflowExecution(w.t.Context(), id, run)
	if err != nil {
		w.t.Fatal(err)
	}
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
}
