package podlock

import (
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// gauge takes the times of holders in this process.
type gauge struct {
	mu     sync.Mutex
	starts []time.Time // in the order of the turns
	ends   []time.Time
}

func (g *gauge) started(ctx workflow.Context)  { g.note(ctx, &g.starts) }
func (g *gauge) released(ctx workflow.Context) { g.note(ctx, &g.ends) }

func (g *gauge) note(ctx workflow.Context, list *[]time.Time) {
	if workflow.IsReplaying(ctx) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	*list = append(*list, time.Now())
}

// handOvers are the times from a release to the next holder's start, sorted.
func (g *gauge) handOvers() []time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []time.Duration
	for i := range min(len(g.ends), len(g.starts)-1) {
		list = append(list, g.starts[i+1].Sub(g.ends[i]))
	}
	slices.Sort(list)
	return list
}

// benchJob is what a holder of the benchmark does: the first one holds until it gets the word.
type benchJob struct {
	First   bool   `json:"first"`
	Mutex   string `json:"mutex,omitempty"`
	Account int    `json:"account"`
	Gateway target `json:"gateway"`
}

// lockHolder is the benchmark's holder with the pod's lock.
func (g *gauge) lockHolder(ctx workflow.Context, in benchJob) error {
	p := &workflows.Pod{Account: in.Account, Name: in.Gateway.Pod, GatewayID: in.Gateway.ID, Gateway: in.Gateway.Name, Timing: upgrade.DefaultTiming(), Waits: func(string) {}}
	if err := p.Take(ctx); err != nil {
		return err
	}
	g.started(ctx)
	if in.First {
		workflow.GetSignalChannel(ctx, signalGoOn).Receive(ctx, nil)
	}
	g.released(ctx)
	return p.Release(ctx, "")
}

const typeLockHolder = "LockHolder"
