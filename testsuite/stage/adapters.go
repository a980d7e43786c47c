package stage

import (
	"context"
	"io"
	"path/filepath"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// API is the real client of IBM's API at the simulated cloud, without a limit of calls that counts. One call may take
// as long as the product allows it.
func API(a sim.Access) (*softlayer.Client, error) {
	return softlayer.New(softlayer.Config{Endpoint: a.API, User: a.Username, APIKey: upgrade.Secret(a.APIKey), Timeout: 2 * time.Minute, PerSecond: 10000})
}

// Activities are those of a worker in a test's own process, over the real adapters at the simulated cloud. Known host
// keys are kept in dir; patience is for one login and for one answer of a host or device. Archive and Pods are left to
// the caller.
func Activities(a sim.Access, dir string, patience time.Duration) (*activities.Activities, error) {
	api, err := API(a)
	if err != nil {
		return nil, err
	}
	known, err := sshdial.OpenKnownHosts(filepath.Join(dir, "known_hosts"), true)
	if err != nil {
		return nil, err
	}
	dialer := sshdial.Dialer{KnownHosts: known, Timeout: patience, KeepAlive: 15 * time.Second}
	return &activities.Activities{
		Cloud: api.Reader(), Writer: api.Writer(), Now: time.Now,
		Devices: devices{config: junos.Config{Dialer: dialer, NETCONFPort: a.NetconfPort, SSHPort: a.SSHPort, Timeout: patience, Ways: &junos.Ways{}}},
		Hosts:   hosts{config: kvmhost.Config{Dialer: dialer, Port: a.HostSSHPort, Timeout: patience}},
	}, nil
}

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
type hosts struct{ config kvmhost.Config }

func (h hosts) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Host, error) {
	s, err := h.config.Dial(ctx, e)
	if err != nil {
		return nil, err
	}
	return host{s}, nil
}

type host struct{ *kvmhost.Host }

func (h host) Facts(ctx context.Context, peer, device, domain string) upgrade.HostFacts {
	return h.Host.Facts(ctx, kvmhost.Questions{PeerAddress: peer, DeviceAddress: device, Domain: domain})
}
