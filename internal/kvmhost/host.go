// Package kvmhost talks to the Ubuntu KVM host under a vSRX: which virtual machine it carries, whether it runs, by which
// hardware addresses it is known, and what would stop an upgrade. It changes nothing on a host but what IBM's rollback
// asks for: power and autostart of the vSRX, and its disk image.
package kvmhost

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

const commandLimit = time.Minute // of one exchange, when the configuration names none

// Config is how hosts are reached.
type Config struct {
	Dialer  sshdial.Dialer
	Port    int           // zero takes 22
	Timeout time.Duration // of one exchange, copies of disk images apart; zero takes a minute
}

// Host is a connection to one KVM host. It serves one call at a time.
type Host struct {
	address string
	client  *ssh.Client
	timeout time.Duration
}

// Dial logs in to a host. The connection is closed when ctx ends. Errors are those of sshdial.Dialer.Dial.
func (c Config) Dial(ctx context.Context, e upgrade.Endpoint) (*Host, error) {
	client, err := c.Dialer.Dial(ctx, e, cmp.Or(c.Port, 22))
	if err != nil {
		return nil, err
	}
	return &Host{address: e.Address, client: client, timeout: cmp.Or(c.Timeout, commandLimit)}, nil
}

// Close ends the connection. A host that has gone already is no error.
func (h *Host) Close() error {
	err := h.client.Close()
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("closing the connection to %s: %w", h.address, err)
	}
	return nil
}
