package matrix

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
	"vsrx-upgrade/workflows"
)

// site is everything that a worker needs, in this process or in a child of it, and the fault that befalls it.
type site struct {
	Address   string
	Namespace string
	Access    sim.Access
	Dir       string // archive, known host keys, and the marks of the fault
	Cell      cell
	Dies      bool // this process kills itself when the fault strikes

	wakes *alarm
	names *sync.Map // of the activities that this process has run on the cell's stretch
}

// dial connects to the site's namespace.
func (s *site) dial(logger log.Logger) (client.Client, error) {
	return client.Dial(client.Options{HostPort: s.Address, Namespace: s.Namespace, Logger: logger})
}

// worker makes a worker as the product's does, over the real adapters; release closes what it opened.
func (s *site) worker(ctx context.Context, c client.Client, logger log.Logger) (_ worker.Worker, release func() error, err error) {
	acts, err := stage.Activities(s.Access, s.Dir, time.Minute)
	if err != nil {
		return nil, nil, err
	}
	store, err := archive.Open(ctx, archive.Config{URL: "file://" + filepath.Join(s.Dir, "archive") + "?create_dir=true&no_tmp_dir=true&metadata=skip", Plaintext: true})
	if err != nil {
		return nil, nil, err
	}
	acts.Archive, acts.Pods = store, app.NewPods(c)
	if s.Dies {
		acts = s.doomed(acts)
	}
	w := worker.New(c, workflows.TaskQueue, worker.Options{
		DisableRegistrationAliasing: true, MaxHeartbeatThrottleInterval: 10 * time.Second,
		DeadlockDetectionTimeout: patience, // the SDK's second passes on a busy machine too, and then it gives up a task that is still at work
		WorkerStopTimeout:        2 * time.Second, Interceptors: []interceptor.WorkerInterceptor{&injector{site: s, client: c}},
	})
	app.Register(w, acts)
	return w, store.Close, nil
}

// arm lets the fault strike from now on.
func (s *site) arm() error { return os.WriteFile(s.mark("armed"), nil, 0o600) }

// take is true for one attempt after arm, among all processes.
func (s *site) take() bool { return os.Rename(s.mark("armed"), s.mark("struck")) == nil }

// armed tells whether the fault may strike and has not.
func (s *site) armed() bool { return s.marked("armed") }

// struck tells whether the fault has struck.
func (s *site) struck() bool { return s.marked("struck") }

func (s *site) marked(name string) bool {
	_, err := os.Stat(s.mark(name))
	return err == nil
}

func (s *site) mark(name string) string { return filepath.Join(s.Dir, name) }

// ran notes an activity that was run once the fault might strike.
func (s *site) ran(name string) {
	if s.armed() || s.struck() {
		s.names.Store(name, true)
	}
}

// alarm wakes whoever hangs, once.
type alarm struct {
	once sync.Once
	rung chan struct{}
}

func newAlarm() *alarm { return &alarm{rung: make(chan struct{})} }

func (a *alarm) ring() { a.once.Do(func() { close(a.rung) }) }
