package matrix

import (
	"context"
	"io"
	"os"
	"syscall"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// dieAfter is a crash if the call is the deadly one: no code of this process runs after it.
func (s *site) dieAfter(ctx context.Context, call string) {
	if call != deadly(s.Cell) || activity.GetInfo(ctx).ActivityType.Name != s.Cell.Activity || !s.take() {
		return
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(err)
	}
	select {}
}

// doomed puts the deadly calls into the real adapters.
func (s *site) doomed(a *activities.Activities) *activities.Activities {
	return &activities.Activities{Cloud: doomedCloud{a.Cloud, s}, Writer: doomedWriter{a.Writer, s}, Devices: doomedDevices{a.Devices, s},
		Hosts: doomedHosts{a.Hosts, s}, Archive: doomedArchive{a.Archive, s}, Pods: doomedPods{a.Pods, s}, Now: a.Now}
}

type doomedCloud struct {
	activities.Cloud
	site *site
}

func (d doomedCloud) Gateway(ctx context.Context, id int) (upgrade.Gateway, error) {
	defer d.site.dieAfter(ctx, "Gateway")
	return d.Cloud.Gateway(ctx, id)
}

func (d doomedCloud) Neighbours(ctx context.Context, g upgrade.Gateway) ([]upgrade.Neighbour, error) {
	defer d.site.dieAfter(ctx, "Neighbours")
	return d.Cloud.Neighbours(ctx, g)
}

func (d doomedCloud) Server(ctx context.Context, id int) (upgrade.Server, error) {
	defer d.site.dieAfter(ctx, "Server")
	return d.Cloud.Server(ctx, id)
}

func (d doomedCloud) Prices(ctx context.Context, gateway, member int) ([]upgrade.Price, error) {
	defer d.site.dieAfter(ctx, "Prices")
	return d.Cloud.Prices(ctx, gateway, member)
}

func (d doomedCloud) Readiness(ctx context.Context, id int) ([]upgrade.ReadinessRow, error) {
	defer d.site.dieAfter(ctx, "Readiness")
	return d.Cloud.Readiness(ctx, id)
}

type doomedWriter struct {
	activities.CloudWriter
	site *site
}

func (d doomedWriter) StartCheck(ctx context.Context, id int, category upgrade.Category) error {
	defer d.site.dieAfter(ctx, "StartCheck")
	return d.CloudWriter.StartCheck(ctx, id, category)
}

func (d doomedWriter) Reload(ctx context.Context, server, price int) (upgrade.Answer, string, error) {
	defer d.site.dieAfter(ctx, "Reload")
	return d.CloudWriter.Reload(ctx, server, price)
}

type doomedDevices struct {
	activities.Devices
	site *site
}

func (d doomedDevices) SetPreempt(ctx context.Context, e upgrade.Endpoint, on bool, minutes int, log string) (bool, error) {
	defer d.site.dieAfter(ctx, "SetPreempt")
	return d.Devices.SetPreempt(ctx, e, on, minutes, log)
}

type doomedHosts struct {
	activities.Hosts
	site *site
}

func (d doomedHosts) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Host, error) {
	h, err := d.Hosts.Dial(ctx, e)
	if err != nil {
		return nil, err
	}
	return doomedHost{h, d.site}, nil
}

type doomedHost struct {
	activities.Host
	site *site
}

func (d doomedHost) Backup(ctx context.Context, domain string) (int64, bool, error) {
	defer d.site.dieAfter(ctx, "Backup")
	return d.Host.Backup(ctx, domain)
}

func (d doomedHost) Shutdown(ctx context.Context, domain string) error {
	defer d.site.dieAfter(ctx, "Shutdown")
	return d.Host.Shutdown(ctx, domain)
}

func (d doomedHost) RestoreImage(ctx context.Context, domain string) error {
	defer d.site.dieAfter(ctx, "RestoreImage")
	return d.Host.RestoreImage(ctx, domain)
}

type doomedArchive struct {
	activities.Archive
	site *site
}

func (d doomedArchive) Put(ctx context.Context, key string, r io.Reader) (upgrade.Blob, error) {
	defer d.site.dieAfter(ctx, "Put")
	return d.Archive.Put(ctx, key, r)
}

func (d doomedArchive) Get(ctx context.Context, b upgrade.Blob) (io.ReadCloser, error) {
	defer d.site.dieAfter(ctx, "Get")
	return d.Archive.Get(ctx, b)
}

type doomedPods struct {
	activities.Pods
	site *site
}

func (d doomedPods) Acquire(ctx context.Context, account int, pod string, r upgrade.PodRequest) (upgrade.Ticket, error) {
	defer d.site.dieAfter(ctx, "Acquire")
	return d.Pods.Acquire(ctx, account, pod, r)
}

func (d doomedPods) Place(ctx context.Context, account int, pod, request string) (upgrade.Ticket, error) {
	defer d.site.dieAfter(ctx, "Place")
	return d.Pods.Place(ctx, account, pod, request)
}

func (d doomedPods) Grant(ctx context.Context, r upgrade.PodRequest) error {
	defer d.site.dieAfter(ctx, "Grant")
	return d.Pods.Grant(ctx, r)
}

func (d doomedPods) AwaitEnd(ctx context.Context, p upgrade.Permit) (upgrade.PodEnd, error) {
	d.site.dieAfter(ctx, "AwaitEnd")
	return d.Pods.AwaitEnd(ctx, p)
}
