package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	_ "gocloud.dev/blob/fileblob" // the archive's file:// driver

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// One login, one read on a device, one call to the API: none takes longer when the other side is well.
const (
	loginTimeout = 30 * time.Second
	readTimeout  = time.Minute
	callTimeout  = 2 * time.Minute
)

// Run is the worker: it serves the task queue until ctx ends, then hands its activities over and returns.
func Run(ctx context.Context, c Config, log log.Logger) error {
	temporal, err := Connect(ctx, log)
	if err != nil {
		return err
	}
	defer temporal.Close()
	store, err := archive.Open(ctx, c.Archive)
	if err != nil {
		return err
	}
	defer store.Close()
	acts, err := wire(c, temporal, store, log)
	if err != nil {
		return err
	}
	w := worker.New(temporal, workflows.TaskQueue, worker.Options{
		DisableRegistrationAliasing:        true,
		MaxConcurrentActivityExecutionSize: c.Concurrent,
		MaxHeartbeatThrottleInterval:       10 * time.Second, // a cancellation arrives with a heartbeat's answer
		WorkerStopTimeout:                  c.StopTimeout,
	})
	Register(w, acts)
	if err := w.Start(); err != nil {
		return fmt.Errorf("starting the worker: %w", err)
	}
	log.Info("Worker is up", "queue", workflows.TaskQueue, "api", c.Endpoint, "archive", c.Archive)
	<-ctx.Done()
	log.Info("Worker stops; what runs goes on in the next one")
	w.Stop()
	return nil
}

// Register names every workflow and activity for the worker.
func Register(r worker.Registry, a *activities.Activities) {
	r.RegisterWorkflowWithOptions(workflows.UpgradeGateway, workflow.RegisterOptions{Name: workflows.TypeUpgradeGateway})
	r.RegisterWorkflowWithOptions(workflows.PodPermit, workflow.RegisterOptions{Name: workflows.TypePodPermit})
	r.RegisterActivityWithOptions(a, activity.RegisterOptions{})
}

// wire builds the activities over the real adapters.
func wire(c Config, temporal client.Client, store *archive.Archive, log log.Logger) (*activities.Activities, error) {
	cloud, err := softlayer.New(softlayer.Config{Endpoint: c.Endpoint, User: c.User, APIKey: c.APIKey, Timeout: callTimeout, PerSecond: float64(c.Rate)})
	if err != nil {
		return nil, err
	}
	known, err := sshdial.OpenKnownHosts(c.KnownHosts, c.FirstUse)
	if err != nil {
		return nil, err
	}
	known.Learned = func(address, epoch, old, new string) {
		log.Info("A host key was learned", "address", address, "epoch", epoch, "old", old, "new", new)
	}
	dialer := sshdial.Dialer{KnownHosts: known, Timeout: loginTimeout}
	return &activities.Activities{
		Cloud:   cloud.Reader(),
		Writer:  cloud.Writer(),
		Devices: devices{junos.Config{Dialer: dialer, NETCONFPort: c.NETCONFPort, SSHPort: c.DevicePort, Timeout: readTimeout}},
		Hosts:   hosts{kvmhost.Config{Dialer: dialer, Port: c.HostPort, Timeout: readTimeout}},
		Archive: store,
		Permits: permits{temporal},
		Now:     time.Now,
	}, nil
}

// devices gives junos sessions the shape of the activities' port.
type devices struct{ junos.Config }

// Dial opens a read-only session with a gateway.
func (d devices) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Device, error) {
	s, err := d.Config.Dial(ctx, e)
	if err != nil {
		return nil, err
	}
	return device{s}, nil
}

type device struct{ *junos.Session }

// Configuration writes the whole configuration in the form of the name.
func (d device) Configuration(ctx context.Context, format string, w io.Writer) error {
	return d.Session.Configuration(ctx, junos.Format(format), w)
}

// hosts gives kvmhost sessions the shape of the activities' port.
type hosts struct{ kvmhost.Config }

// Dial opens a session with a KVM host.
func (h hosts) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Host, error) {
	s, err := h.Config.Dial(ctx, e)
	if err != nil {
		return nil, err
	}
	return s, nil
}
