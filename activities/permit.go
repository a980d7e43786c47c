package activities

import (
	"context"
	"fmt"

	"vsrx-upgrade/internal/upgrade"
)

// PodInput names the permit of a pod.
type PodInput struct {
	WorkflowID string         `json:"workflowId"`
	Timing     upgrade.Timing `json:"timing"`
}

// HolderOf names the workflow that holds a pod now, "" when nobody does. It changes nothing.
func (a *Activities) HolderOf(ctx context.Context, in PodInput) (string, error) {
	holder, err := a.Permits.Holder(ctx, in.WorkflowID)
	return holder, classified(ctx, err)
}

// AwaitPodFree looks at a pod's permit until it is closed. It changes nothing.
func (a *Activities) AwaitPodFree(ctx context.Context, in PodInput) (string, error) {
	pulse := startPulse(ctx, "first look")
	defer pulse.stop()
	for {
		note := ""
		holder, err := a.Permits.Holder(ctx, in.WorkflowID)
		switch {
		case err == nil && holder == "":
			return "free", nil
		case err == nil:
			note = fmt.Sprintf("held by %s", holder)
		case ctx.Err() != nil || !upgrade.KindOf(err).Passing():
			return "", classified(ctx, err)
		default:
			note = err.Error()
		}
		if err := pulse.wait(in.Timing.PermitPoll.D(), note); err != nil {
			return "", err
		}
	}
}
