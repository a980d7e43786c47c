package matrix

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
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
	api, err := softlayer.New(softlayer.Config{Endpoint: s.Access.API, User: s.Access.Username, APIKey: upgrade.Secret(s.Access.APIKey), Timeout: 2 * time.Minute, PerSecond: 1000})
	if err != nil {
		return nil, nil, err
	}
	known, err := sshdial.OpenKnownHosts(filepath.Join(s.Dir, "known_hosts"), true)
	if err != nil {
		return nil, nil, err
	}
	store, err := archive.Open(ctx, archive.Config{URL: "file://" + filepath.Join(s.Dir, "archive") + "?create_dir=true&no_tmp_dir=true&metadata=skip", Plaintext: true})
	if err != nil {
		return nil, nil, err
	}
	dialer := sshdial.Dialer{KnownHosts: known, Timeout: 30 * time.Second, KeepAlive: 15 * time.Second}
	acts := &activities.Activities{
		Cloud: api.Reader(), Writer: api.Writer(),
		Devices: devices{config: junos.Config{Dialer: dialer, NETCONFPort: s.Access.NetconfPort, SSHPort: s.Access.SSHPort, Timeout: time.Minute, Ways: &junos.Ways{}}},
		Hosts:   hosts{kvmhost.Config{Dialer: dialer, Port: s.Access.HostSSHPort, Timeout: time.Minute}},
		Archive: store, Pods: app.NewPods(c), Now: time.Now,
	}
	if s.Dies {
		acts = s.doomed(acts)
	}
	w := worker.New(c, workflows.TaskQueue, worker.Options{
		DisableRegistrationAliasing: true, MaxHeartbeatThrottleInterval: 10 * time.Second,
		WorkerStopTimeout: 2 * time.Second, Interceptors: []interceptor.WorkerInterceptor{&injector{site: s, client: c}},
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

// devices gives junos sessions the shape of the activities' port, as far as a pair needs it.
type devices struct {
	activities.Devices // nil: what only a standalone gateway needs
	config             junos.Config
}

func (d devices) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Device, error) {
	s, err := d.config.Dial(ctx, e)
	if err != nil {
		return nil, err
	}
	return device{s}, nil
}

func (d devices) SetPreempt(ctx context.Context, e upgrade.Endpoint, on bool, minutes int, log string) (bool, error) {
	return d.config.SetPreempt(ctx, e, on, minutes, log)
}

type device struct{ *junos.Session }

func (d device) Configuration(ctx context.Context, format string, w io.Writer) error {
	return d.Session.Configuration(ctx, junos.Format(format), w)
}

// hosts gives kvmhost sessions the shape of the activities' port.
type hosts struct{ kvmhost.Config }

func (h hosts) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Host, error) {
	s, err := h.Config.Dial(ctx, e)
	if err != nil {
		return nil, err
	}
	return host{s}, nil
}

type host struct{ *kvmhost.Host }

func (h host) Facts(ctx context.Context, peer, device, domain string) upgrade.HostFacts {
	return h.Host.Facts(ctx, kvmhost.Questions{PeerAddress: peer, DeviceAddress: device, Domain: domain})
}
