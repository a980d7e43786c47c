package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
)

// beatEvery keeps a waiting activity's heartbeat alive between two looks that lie further apart; it is real time, as
// the heartbeat timeout is.
const beatEvery = 5 * time.Second

// beat waits between two looks of a long activity and keeps its heartbeat alive with the whole checkpoint each time:
// an empty heartbeat would wipe it. It ends early when the activity is cancelled or its worker stops.
func (a *Activities) beat(ctx context.Context, wait time.Duration, checkpoint any) error {
	activity.RecordHeartbeat(ctx, checkpoint)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-timer.C:
			return nil
		case <-ticker.C:
			activity.RecordHeartbeat(ctx, checkpoint)
		case <-ctx.Done():
			return ctx.Err()
		case <-activity.GetWorkerStopChannel(ctx):
			return handOver()
		}
	}
}
