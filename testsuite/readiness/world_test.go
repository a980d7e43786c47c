package readiness

import (
	"context"
	"io"
	"path/filepath"
	"testing"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// latency is how long every answer of the simulated cloud is on its way: that of a data centre on another continent is
// five times as long, that of the same city a tenth.
const latency = "20ms"

// distant is a healthy pair whose every face answers late.
func distant(b *testing.B) *sim.Cloud {
	b.Helper()
	pair := sim.DefaultGateways()
	pair[0].Preempt = false
	cloud, err := sim.Start(sim.Options{Gateways: pair})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			b.Errorf("the simulated cloud: %v", err)
		}
	})
	for _, fault := range []string{"slow-answer", "ssh-latency"} {
		if err := cloud.Inject(sim.Fault{Name: fault, Arg: latency}); err != nil {
			b.Fatal(err)
		}
	}
	return cloud
}

// product is the check of readiness over the real adapters, as a worker has them.
func product(b *testing.B, cloud *sim.Cloud, perSecond float64) *activities.Activities {
	b.Helper()
	a := cloud.Access()
	client, err := softlayer.New(softlayer.Config{Endpoint: a.API, User: a.Username, APIKey: upgrade.Secret(a.APIKey), PerSecond: perSecond})
	if err != nil {
		b.Fatal(err)
	}
	known, err := sshdial.OpenKnownHosts(filepath.Join(b.TempDir(), "known_hosts"), true)
	if err != nil {
		b.Fatal(err)
	}
	dialer := sshdial.Dialer{KnownHosts: known}
	return &activities.Activities{
		Cloud: client.Reader(), Now: time.Now,
		Devices: devices{over: junos.Config{Dialer: dialer, NETCONFPort: a.NetconfPort, SSHPort: a.SSHPort, Ways: &junos.Ways{}}},
		Hosts:   hosts{over: kvmhost.Config{Dialer: dialer, Port: a.HostSSHPort}},
	}
}

// devices are the one method of the port that a check needs, over the real adapter.
type devices struct {
	activities.Devices
	over junos.Config
}

func (d devices) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Device, error) {
	s, err := d.over.Dial(ctx, e)
	return device{over: s}, err
}

type device struct {
	activities.Device
	over *junos.Session
}

func (d device) Survey(ctx context.Context, config io.Writer) (upgrade.Device, upgrade.DeviceFacts, error) {
	return d.over.Survey(ctx, config)
}

func (d device) Close() error { return d.over.Close() }

// hosts are the one method of the port that a check needs, over the real adapter.
type hosts struct {
	activities.Hosts
	over kvmhost.Config
}

func (h hosts) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Host, error) {
	s, err := h.over.Dial(ctx, e)
	if err != nil {
		return nil, err // a nil interface: surveyHost looks whether there is a host
	}
	return host{over: s}, nil
}

type host struct {
	activities.Host
	over *kvmhost.Host
}

func (h host) Domains(ctx context.Context) ([]upgrade.Domain, error) { return h.over.Domains(ctx) }

func (h host) Facts(ctx context.Context, peer, device, domain string) upgrade.HostFacts {
	return h.over.Facts(ctx, kvmhost.Questions{PeerAddress: peer, DeviceAddress: device, Domain: domain})
}

func (h host) Close() error { return h.over.Close() }
