package activities

import (
	"context"
	"fmt"
	"io"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/internal/upgrade"
)

// keepLogs stores what IBM's checks have logged on the hosts, for a reload erases it, and says so. It is evidence and no
// condition: what cannot be had stands in nobody's way.
func (a *Activities) keepLogs(ctx context.Context, in ReadinessInput) (said []string) {
	if in.Folder == "" {
		return nil
	}
	g, err := a.Cloud.Gateway(ctx, in.GatewayID)
	if err != nil {
		return []string{"IBM's logs of the checks were not stored: " + err.Error()}
	}
	for _, m := range g.Members {
		key := fmt.Sprintf("%s/%d/%d/precheck.log", in.Folder, activity.GetInfo(ctx).Attempt, m.HardwareID)
		if err := a.keepLog(ctx, m, in.Look, key); err != nil {
			said = append(said, fmt.Sprintf("IBM's log of the checks on host %s was not stored: %s", m.Host, err))
			continue
		}
		said = append(said, fmt.Sprintf("IBM's log of the checks on host %s: %s", m.Host, key))
	}
	return said
}

// keepLog streams the log of one host into the archive.
func (a *Activities) keepLog(ctx context.Context, m upgrade.Member, look Look, key string) error {
	server, err := a.Cloud.Server(ctx, m.HardwareID)
	if err != nil {
		return err
	}
	host, err := a.dialHost(ctx, m.HardwareID, m.Address, upgrade.Trust{Epoch: look.epochs([]upgrade.Server{server}).HostEpochs[m.HardwareID]})
	if err != nil {
		return err
	}
	defer host.Close()
	r, w := io.Pipe()
	go func() { w.CloseWithError(host.CheckLog(ctx, w)) }()
	_, err = a.Archive.Put(ctx, key, r)
	r.CloseWithError(err) // ends the reader's goroutine when the archive refuses
	return err
}
