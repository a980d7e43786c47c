// Package kvmhost reads the Ubuntu KVM host under a vSRX: which virtual machine it carries, whether it runs, and by
// which hardware addresses it is known. It changes nothing on the host.
package kvmhost

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

const (
	commandLimit = time.Minute // of one command, when the configuration names none
	outputLimit  = 4 << 20     // bytes; a domain's description is some kilobytes
)

// Config is how hosts are reached.
type Config struct {
	Dialer  sshdial.Dialer
	Port    int           // zero takes 22
	Timeout time.Duration // of one command; zero takes a minute
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

// run runs one command in a channel of its own and returns what it wrote. When ctx or the limit ends, the connection is
// closed. A command that fails is an error of kind Refused with what it said; a lost connection is Unreachable.
func (h *Host) run(ctx context.Context, command string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { h.client.Close() })
	defer stop()

	var stdout, stderr limited
	err := h.start(command, &stdout, &stderr)
	var exit *ssh.ExitError
	switch {
	case !stop():
		return "", upgrade.Errorf(upgrade.Unreachable, "running %q on %s: %w", command, h.address, context.Cause(ctx))
	case errors.As(err, &exit):
		said := strings.Join(strings.Fields(stderr.text.String()), " ")
		return "", upgrade.Errorf(upgrade.Refused, "running %q on %s: exit status %d: %s", command, h.address, exit.ExitStatus(), said)
	case err != nil:
		return "", upgrade.Errorf(upgrade.Unreachable, "running %q on %s: %w", command, h.address, err)
	case stdout.cut:
		return "", upgrade.Errorf(upgrade.Malformed, "running %q on %s: more than %d bytes", command, h.address, outputLimit)
	}
	return stdout.text.String(), nil
}

func (h *Host) start(command string, stdout, stderr io.Writer) error {
	channel, err := h.client.NewSession()
	if err != nil {
		return err
	}
	defer channel.Close()
	channel.Stdout, channel.Stderr = stdout, stderr
	return channel.Run(command)
}

// limited keeps the beginning of an output and remembers that there was more.
type limited struct {
	text bytes.Buffer
	cut  bool
}

func (l *limited) Write(p []byte) (int, error) {
	room := outputLimit - l.text.Len()
	l.cut = l.cut || room < len(p)
	l.text.Write(p[:min(room, len(p))])
	return len(p), nil
}
