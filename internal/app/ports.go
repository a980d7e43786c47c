package app

import (
	"bytes"
	"context"
	"io"
	"strings"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/upgrade"
)

// Ports gives sessions with hosts and gateways the shape of the activities' ports, at most so many logins at a time.
func Ports(host kvmhost.Config, gateway junos.Config, concurrent int) (activities.Hosts, activities.Devices) {
	slots := make(slots, concurrent)
	return hosts{slots, host}, devices{slots, gateway}
}

// slots bound how many hosts and gateways a worker is logged in to at a time: what a bastion bears. Nobody who holds one
// waits for another, so that they cannot block each other.
type slots chan struct{}

// take waits for a slot and gives what returns it.
func (s slots) take(ctx context.Context) (free func(), err error) {
	select {
	case s <- struct{}{}:
		return func() { <-s }, nil
	case <-ctx.Done():
		return nil, upgrade.Errorf(upgrade.Unreachable, "waiting for one of %d SSH logins: %w", cap(s), context.Cause(ctx))
	}
}

// devices gives junos sessions the shape of the activities' port.
type devices struct {
	slots
	junos.Config
}

// Dial opens a read-only session with a gateway.
func (d devices) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Device, error) {
	free, err := d.take(ctx)
	if err != nil {
		return nil, err
	}
	s, err := d.Config.Dial(ctx, e)
	if err != nil {
		free()
		return nil, err
	}
	return device{s, free}, nil
}

// SetPreempt needs two connections: the second proves what the first has committed.
func (d devices) SetPreempt(ctx context.Context, e upgrade.Endpoint, on bool, confirmMinutes int, log string) (bool, error) {
	free, err := d.take(ctx)
	if err != nil {
		return false, err
	}
	defer free()
	return d.Config.SetPreempt(ctx, e, on, confirmMinutes, log)
}

// Replace changes a whole configuration.
func (d devices) Replace(ctx context.Context, e upgrade.Endpoint, r activities.Replacement) (bool, error) {
	free, err := d.take(ctx)
	if err != nil {
		return false, err
	}
	defer free()
	return d.Config.Apply(ctx, e, Replacing(r))
}

// Replacing is a replacement as a change of a device.
func Replacing(r activities.Replacement) junos.Change {
	return junos.Change{ConfirmMinutes: r.ConfirmMinutes, Log: r.Log,
		Load:   &junos.Load{Action: junos.LoadSet, Format: junos.Set, From: strings.NewReader(strings.Join(r.Commands, "\n"))},
		Wanted: func(string) error { return nil }, // judged as a whole once it is committed, and taken back if it is not right
		Done: func(ctx context.Context, s *junos.Session) (bool, error) {
			var text bytes.Buffer
			if err := s.Configuration(ctx, junos.Set, &text); err != nil {
				return false, err
			}
			return r.InForce(text.Bytes())
		}}
}

type device struct {
	*junos.Session
	free func()
}

// Configuration writes the whole configuration in the form of the name.
func (d device) Configuration(ctx context.Context, format string, w io.Writer) error {
	return d.Session.Configuration(ctx, junos.Format(format), w)
}

// Close ends the session.
func (d device) Close() error {
	defer d.free()
	return d.Session.Close()
}

// hosts gives kvmhost sessions the shape of the activities' port.
type hosts struct {
	slots
	kvmhost.Config
}

// Dial opens a session with a KVM host.
func (h hosts) Dial(ctx context.Context, e upgrade.Endpoint) (activities.Host, error) {
	free, err := h.take(ctx)
	if err != nil {
		return nil, err
	}
	s, err := h.Config.Dial(ctx, e)
	if err != nil {
		free()
		return nil, err
	}
	return host{s, free}, nil
}

type host struct {
	*kvmhost.Host
	free func()
}

// Facts tells what IBM's readiness checks look at.
func (h host) Facts(ctx context.Context, peer, device, domain string) upgrade.HostFacts {
	return h.Host.Facts(ctx, kvmhost.Questions{PeerAddress: peer, DeviceAddress: device, Domain: domain})
}

// Close ends the session.
func (h host) Close() error {
	defer h.free()
	return h.Host.Close()
}
