package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// PodPermit holds a pod while it is open: its workflow id is the mutual exclusion and its run id the fencing token. It
// is a child of the upgrade that holds the pod, ends on that upgrade's release, and is terminated with its parent, so a
// holder that ends in any way cannot keep the pod.
func PodPermit(ctx workflow.Context, req upgrade.PermitRequest) error {
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("The pod is held by **%s** for gateway %s since %s. %s", req.Holder, req.Gateway, workflow.Now(ctx).UTC().Format("2006-01-02 15:04:05"), req.Reason))
	release := workflow.GetSignalChannelWithOptions(ctx, SignalRelease, workflow.SignalChannelOptions{Description: "The holder gives the pod back."})
	released := false
	workflow.Go(ctx, func(ctx workflow.Context) {
		release.Receive(ctx, nil)
		released = true
	})
	return workflow.Await(ctx, func() bool { return released })
}
