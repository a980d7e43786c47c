package matrix

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// occupy holds the pod by hand where the cell's activity runs only while the pod is not to be had, and returns what ends
// that; nil when the pod is free.
func (w *world) occupy() (release func()) {
	w.t.Helper()
	if w.Cell.Activity != "KeepPlace" && w.Cell.Activity != "AwaitFit" {
		return nil
	}
	hold := upgrade.PodRequest{ID: "by-hand/1", Holder: "by-hand", Run: "by-hand", GatewayID: 8399, Gateway: "edge-z", Poll: request().Timing.PermitPoll}
	w.start(w.permitID(), workflows.TypePodPermit, hold)
	return func() {
		if w.Cell.Activity == "AwaitFit" { // a hold that ends so proves nothing about the pod's health
			w.insist("terminating the permit", func() error {
				return unlessGone(w.client.TerminateWorkflow(w.t.Context(), w.permitID(), "", "the test says so"))
			})
			return
		}
		w.insist("releasing the pod", func() error {
			return unlessGone(w.client.SignalWorkflow(w.t.Context(), w.permitID(), "", workflows.SignalRelease, upgrade.PermitRelease{Request: hold.ID}))
		})
	}
}

// unlessGone drops the error of a call that repeats one whose answer is lost.
func unlessGone(err error) error {
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil
	}
	return err
}

func (w *world) account() int     { return w.Access.Gateways[0].Account }
func (w *world) permitID() string { return workflows.PermitID(w.account(), pair().Pod) }

// lock waits until nobody is served by the pod's lock, and returns its state. A lock that was never asked is free.
func (w *world) lock() (state upgrade.PodLock) {
	w.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(look) {
		asked, err := w.ask()
		if err == nil && asked.Current == nil && len(asked.Queue) == 0 {
			return asked
		}
		state = asked
	}
	w.t.Errorf("the pod's lock still serves or queues: %+v", state)
	return state
}

func (w *world) ask() (state upgrade.PodLock, err error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	value, err := w.client.QueryWorkflow(ctx, workflows.LockID(w.account(), pair().Pod), "", workflows.QueryState)
	if err != nil {
		return state, fmt.Errorf("asking the pod's lock: %w", err)
	}
	return state, value.Get(&state)
}
