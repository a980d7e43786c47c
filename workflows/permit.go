package workflows

import (
	"fmt"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// PodPermit holds a pod while it is open: its workflow id is the mutual exclusion and its run id the fencing token. It
// is a child of the upgrade that holds the pod, ends on that upgrade's release, and is terminated with its parent, so a
// holder that ends in any way cannot keep the pod. A release that names another request is not for this permit; one that
// somebody opened by hand, without a request, goes by its run id.
func PodPermit(ctx workflow.Context, req upgrade.PodRequest) (upgrade.PermitRelease, error) {
	if req.ID == "" {
		req.ID = workflow.GetInfo(ctx).WorkflowExecution.RunID
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("The pod is held by **%s** for gateway %s since %s. %s", req.Holder, req.Gateway, workflow.Now(ctx).UTC().Format("2006-01-02 15:04:05"), req.Reason))
	releases := workflow.GetSignalChannelWithOptions(ctx, SignalRelease, workflow.SignalChannelOptions{Description: "The holder gives the pod back, naming its request."})
	var release upgrade.PermitRelease
	workflow.Go(ctx, func(ctx workflow.Context) {
		for release.Request == "" {
			var raw converter.RawValue
			releases.Receive(ctx, &raw)
			var in upgrade.PermitRelease
			switch err := converter.GetDefaultDataConverter().FromPayload(raw.Payload(), &in); {
			case err != nil || in.Request != req.ID:
				workflow.GetLogger(ctx).Error("A release that is not for this permit was ignored", "request", in.Request, "error", err)
			default:
				release = in
			}
		}
	})
	err := workflow.Await(ctx, func() bool { return release.Request != "" })
	return release, err
}
