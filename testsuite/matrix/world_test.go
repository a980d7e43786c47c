package matrix

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
	"vsrx-upgrade/workflows"
)

const (
	// speed makes five hours, the validity of a readiness check and the tightest limit there is, 75 real seconds.
	speed = 240
	// patience is how long a cell may take: several times of what it does.
	patience = 8 * time.Minute
)

// physics shortens what takes hours or minutes and is only waited for. What IBM promises for hours stays as it is.
func physics() sim.Physics {
	return sim.Physics{Precheck: 32 * time.Minute, ReloadMin: 20 * time.Minute, ReloadMax: 20 * time.Minute, ChainGap: time.Minute,
		Boot: 2 * time.Minute, Hold: time.Minute, Rejoin: 2 * time.Minute}
}

// pair is the gateway of every world: the usual versions under a name of its own.
func pair() sim.Gateway {
	g := sim.DefaultGateways()[0]
	g.ID, g.Name, g.Pod = 8305, "edge-m", "lon04.pod03"
	return g
}

// request asks for the upgrade of the pair. Limits that only bound how long somebody waits for the machine that these
// tests run on are wider than the cloud's speed would make them, and looks are fewer.
func request() upgrade.Request {
	t := upgrade.DefaultTiming().Faster(speed)
	t.Settle *= 10
	t.ReadinessStart *= 3
	t.ReadinessEnd *= 4
	t.Poll, t.ReconcilePoll, t.SettlePoll, t.PermitPoll = pause, pause, pause, pause
	t.ConfirmMinutes = 60 // of the device, whose minutes are short
	return upgrade.Request{GatewayID: pair().ID, TargetVersion: pair().Offered[0], Preempt: upgrade.PreemptRestore, Change: "CHG-MATRIX", Timing: t}
}

// pause is the real time between two looks at the cloud or a pod: two minutes of the cloud's.
const pause = upgrade.Duration(500 * time.Millisecond)

// world is the namespace, the cloud and the workers of one cell.
type world struct {
	*site
	t      *testing.T
	client client.Client
	cloud  *sim.Cloud
	log    *stage.Log
	child  *child // nil once it is dead
}

var (
	namespaces  atomic.Int32
	registering sync.Mutex
)

// open makes the world of a cell, without a worker.
func open(t *testing.T, c cell) *world {
	t.Helper()
	cloud, err := sim.Start(sim.Options{Speed: speed, Gateways: []sim.Gateway{pair()}, Physics: physics()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Errorf("the simulated cloud: %v", err)
		}
	})
	w := &world{t: t, cloud: cloud, log: &stage.Log{}, site: &site{Address: server.FrontendHostPort(), Namespace: fmt.Sprintf("matrix-%d", namespaces.Add(1)),
		Access: cloud.Access(), Dir: t.TempDir(), Cell: c, wakes: newAlarm(), names: &sync.Map{}}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the workers' log:\n%s", w.log)
		}
	})
	if w.client, err = w.dial(w.logger()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.client.Close)
	w.register()
	return w
}

// register makes the namespace. The server bears only some at a time, and says so.
func (w *world) register() {
	w.t.Helper()
	registering.Lock()
	defer registering.Unlock()
	w.insist("registering the namespace", func() error {
		_, err := app.Setup(w.t.Context(), w.client, w.Namespace, 24*time.Hour)
		return err
	})
}

// start starts a workflow; one that runs already was started by a call whose answer is lost.
func (w *world) start(id, kind string, in any) {
	w.t.Helper()
	w.insist("starting "+id, func() error {
		_, err := w.client.ExecuteWorkflow(w.t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, kind, in)
		return err
	})
}

// insist repeats what a busy server may decline or be late with.
func (w *world) insist(doing string, act func() error) {
	w.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(look) {
		err := act()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("%s: %v", doing, err)
		}
	}
}

func (w *world) logger() log.Logger {
	return log.NewStructuredLogger(slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelWarn})))
}

// startWorker serves the world from this process until the cell ends.
func (w *world) startWorker() {
	w.t.Helper()
	worker, release, err := w.worker(context.Background(), w.client, w.logger())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		worker.Stop()
		if err := release(); err != nil {
			w.t.Errorf("closing the archive: %v", err)
		}
	})
}

// serve starts the worker that the cell needs: one that is to die is a process of its own.
func (w *world) serve() {
	w.t.Helper()
	if w.Cell.Fault == death {
		w.child = w.startChild()
		return
	}
	w.startWorker()
}

// succeed starts another worker once the first one is dead.
func (w *world) succeed() {
	w.t.Helper()
	if w.child == nil {
		return
	}
	select {
	case <-w.child.dead:
		w.child = nil
		w.startWorker()
	default:
	}
}
