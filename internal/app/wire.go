package app

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	_ "gocloud.dev/blob/fileblob" // the archive's file:// driver
	_ "gocloud.dev/blob/s3blob"   // and s3://, for S3-compatible object storage

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/workflows"
)

// One login, one read on a device, one call to the API: none takes longer when the other side is well.
const (
	loginTimeout = 30 * time.Second
	readTimeout  = time.Minute
	callTimeout  = 2 * time.Minute
)

// waiting is how many activities a worker runs at a time. Nearly all of them wait for hours, for a reload or a pod, and
// cost a few kilobytes; what is scarce, SSH connections and API calls, has limits of its own.
const waiting = 10_000

// Run is the worker: it serves the task queue until ctx ends, then hands its activities over and returns.
func Run(ctx context.Context, c Config, log log.Logger) error {
	temporal, err := Connect(ctx, log)
	if err != nil {
		return err
	}
	defer temporal.Close()
	store, err := archive.Open(ctx, c.archive())
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
		MaxConcurrentActivityExecutionSize: waiting,
		MaxHeartbeatThrottleInterval:       10 * time.Second, // a cancellation arrives with a heartbeat's answer
		WorkerStopTimeout:                  c.StopTimeout,
	})
	Register(w, acts)
	RegisterWindows(w, temporal, acts)
	RegisterFleets(w, temporal, acts)
	if err := w.Start(); err != nil {
		return fmt.Errorf("starting the worker: %w", err)
	}
	log.Info("Worker is up", "queue", workflows.TaskQueue, "api", c.Endpoint, "archive", c.Archive)
	if len(c.Recipients) == 0 && !c.Plaintext {
		log.Warn("The archive has no recipients: every export will be refused; set VSRX_ARCHIVE_RECIPIENTS")
	}
	<-ctx.Done()
	log.Info("Worker stops; what runs goes on in the next one")
	w.Stop()
	return nil
}

// Register names every workflow and activity for the worker.
func Register(r worker.Registry, a *activities.Activities) {
	r.RegisterWorkflowWithOptions(workflows.UpgradeGateway, workflow.RegisterOptions{Name: workflows.TypeUpgradeGateway})
	r.RegisterWorkflowWithOptions(workflows.CheckReadiness, workflow.RegisterOptions{Name: workflows.TypeCheckReadiness})
	r.RegisterWorkflowWithOptions(workflows.RestoreConfiguration, workflow.RegisterOptions{Name: workflows.TypeRestore})
	r.RegisterWorkflowWithOptions(workflows.PodLock, workflow.RegisterOptions{Name: workflows.TypePodLock})
	r.RegisterWorkflowWithOptions(workflows.PodPermit, workflow.RegisterOptions{Name: workflows.TypePodPermit})
	r.RegisterActivityWithOptions(a, activity.RegisterOptions{})
}

// wire builds the activities over the real adapters.
func wire(c Config, temporal client.Client, store *archive.Archive, log log.Logger) (*activities.Activities, error) {
	cloud, err := softlayer.New(softlayer.Config{Endpoint: c.Endpoint, User: c.User, APIKey: c.APIKey, Timeout: callTimeout, PerSecond: float64(c.Rate)})
	if err != nil {
		return nil, err
	}
	dialer, err := dialer(c, log)
	if err != nil {
		return nil, err
	}
	hosts, devices := Ports(kvmhost.Config{Dialer: dialer, Port: c.HostPort, Timeout: readTimeout},
		junos.Config{Dialer: dialer, NETCONFPort: c.NETCONFPort, SSHPort: c.DevicePort, Timeout: readTimeout, Ways: &junos.Ways{}}, c.Concurrent)
	return &activities.Activities{
		Cloud:   cloud.Reader(),
		Writer:  cloud.Writer(),
		Devices: devices,
		Hosts:   hosts,
		Archive: store,
		Pods:    pods{temporal},
		Now:     time.Now,
	}, nil
}
