package activities

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
)

// beatEvery is a sixth of the heartbeat timeout, real time as that is; without one there is nothing to keep alive.
func beatEvery(ctx context.Context) time.Duration {
	if timeout := activity.GetInfo(ctx).HeartbeatTimeout; timeout > 0 {
		return timeout / 6
	}
	return time.Minute
}

// pulse keeps a long activity's heartbeat alive with its last whole checkpoint, between two looks and during one that
// takes long: Temporal attempts an activity anew that is silent for the heartbeat timeout, while the old attempt still
// works, and an empty heartbeat would wipe the checkpoint.
type pulse struct {
	ctx  context.Context
	mu   sync.Mutex
	last json.RawMessage // encoded at once: the activity goes on changing what it was made from
	end  chan struct{}
	done sync.WaitGroup
}

// startPulse begins with the checkpoint that a next attempt would have to go on from now. The caller stops it.
func startPulse(ctx context.Context, checkpoint any) *pulse {
	p := &pulse{ctx: ctx, end: make(chan struct{})}
	p.last = encode(checkpoint)
	p.done.Go(func() {
		ticker := time.NewTicker(beatEvery(ctx))
		defer ticker.Stop()
		for {
			select {
			case <-p.end:
				return
			case <-ticker.C:
				p.mu.Lock()
				activity.RecordHeartbeat(ctx, p.last)
				p.mu.Unlock()
			}
		}
	})
	return p
}

func (p *pulse) stop() {
	close(p.end)
	p.done.Wait()
}

// beat records a new checkpoint.
func (p *pulse) beat(checkpoint any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = encode(checkpoint)
	activity.RecordHeartbeat(p.ctx, p.last)
}

// wait records a new checkpoint and pauses between two looks. It ends early when the activity is cancelled or its
// worker stops.
func (p *pulse) wait(pause time.Duration, checkpoint any) error {
	p.beat(checkpoint)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	case <-activity.GetWorkerStopChannel(p.ctx):
		return handOver()
	}
}

// encode cannot fail for checkpoints, which are plain data; what it cannot encode is at least named.
func encode(checkpoint any) json.RawMessage {
	text, err := json.Marshal(checkpoint)
	if err != nil {
		text, _ = json.Marshal(err.Error())
	}
	return text
}
