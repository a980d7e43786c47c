package podlock

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
	"vsrx-upgrade/workflows"
)

// site is everything that a worker needs, in this process or in a child of it.
type site struct {
	Address   string
	Namespace string
	Access    sim.Access
	Dir       string        // of the known host keys
	Slots     int           // activities at a time; 0 takes the SDK's default
	Stop      time.Duration // for activities to hand over
	Replays   bool          // every workflow task begins with a replay; for a child only, since the cache is the process's
	Dies      string        // the process kills itself in the middle of this; for a child only

	broken  atomic.Bool // a bug in the holder's workflow
	stalled atomic.Bool // AskForPod does not get the answers to its calls
	asked   atomic.Int32
}

// dial connects to the site's namespace.
func (s *site) dial(logger *slog.Logger) (client.Client, error) {
	return client.Dial(client.Options{HostPort: s.Address, Namespace: s.Namespace, Logger: log.NewStructuredLogger(logger)})
}

// cloud is the real client of IBM's API.
func (s *site) cloud() (*softlayer.Client, error) {
	return stage.API(s.Access)
}

// worker makes a worker that serves the lock as the product's does, and the holder.
func (s *site) worker(c client.Client) (worker.Worker, error) {
	api, err := s.cloud()
	if err != nil {
		return nil, err
	}
	acts, err := stage.Activities(s.Access, s.Dir, patience)
	if err != nil {
		return nil, err
	}
	acts.Pods = doubtful{Pods: app.NewPods(c), site: s}
	w := worker.New(c, workflows.TaskQueue, worker.Options{
		DisableRegistrationAliasing: true, MaxConcurrentActivityExecutionSize: s.Slots,
		MaxHeartbeatThrottleInterval: time.Second, WorkerStopTimeout: s.Stop, StickyScheduleToStartTimeout: time.Second,
		DeadlockDetectionTimeout: patience, // the SDK's second passes on a busy machine too, and then it gives up a task that is still at work
	})
	w.RegisterWorkflowWithOptions(workflows.PodLock, workflow.RegisterOptions{Name: workflows.TypePodLock})
	w.RegisterWorkflowWithOptions(workflows.PodPermit, workflow.RegisterOptions{Name: workflows.TypePodPermit})
	w.RegisterWorkflowWithOptions(s.hold, workflow.RegisterOptions{Name: typeHolder})
	w.RegisterActivity(acts)
	w.RegisterActivity(&crew{api: api, pods: acts.Pods, site: s})
	return w, nil
}

// doubtful is the real way to locks and permits, on which answers may get lost.
type doubtful struct {
	activities.Pods
	site *site
}

func (d doubtful) Acquire(ctx context.Context, account int, pod string, r upgrade.PodRequest) (upgrade.Ticket, error) {
	t, err := d.Pods.Acquire(ctx, account, pod, r)
	d.site.asked.Add(1)
	d.site.dieIn(diesAsking)
	if err == nil && d.site.stalled.Load() {
		return upgrade.Ticket{}, upgrade.Errorf(upgrade.Unreachable, "asking for pod %s: the answer is lost", pod)
	}
	return t, err
}
