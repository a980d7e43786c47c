package kvmhost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/upgrade"
)

const outputLimit = 4 << 20 // bytes; a domain's description is some kilobytes

// ask runs commands one after the other in one channel, for that costs the round trips of one, and gives a reply for
// each that came to its end: all of them, or fewer and an error. The error is Unreachable for a lost connection and for
// the end of ctx or of the host's time limit, Malformed for an output that breaks off, and wraps errNoShell, of kind
// Refused, where the host ran nothing.
func (h *Host) ask(ctx context.Context, commands ...string) ([]reply, error) {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	return h.exchange(ctx, commands)
}

// exchange is ask without the time limit, for what takes as long as a disk is large.
func (h *Host) exchange(ctx context.Context, commands []string) ([]reply, error) {
	stop := context.AfterFunc(ctx, func() { h.client.Close() })
	defer stop()

	marker := newMarker()
	var stdout, stderr limited
	err := h.exec(script(marker, commands), &stdout, &stderr)
	replies, broken := split(stdout.text.String(), stderr.text.String(), marker, len(commands))
	var exit *ssh.ExitError
	switch {
	case !stop():
		return replies, upgrade.Errorf(upgrade.Unreachable, "asking %s: %w", h.address, context.Cause(ctx))
	case broken == nil:
		return replies, nil
	case err != nil && !errors.As(err, &exit) && !errors.Is(err, errNoShell):
		return replies, upgrade.Errorf(upgrade.Unreachable, "asking %s: %w", h.address, err)
	case stdout.cut || stderr.cut:
		return replies, upgrade.Errorf(upgrade.Malformed, "asking %s: the answer is longer than %d bytes", h.address, outputLimit)
	case errors.Is(err, errNoShell):
		return nil, upgrade.Errorf(upgrade.Refused, "asking %s: %w", h.address, err)
	case !strings.Contains(stdout.text.String(), marker): // a login shell or a forced command that does something else
		return nil, upgrade.Errorf(upgrade.Refused, "asking %s: %w", h.address, errNoShell)
	}
	return replies, upgrade.Errorf(upgrade.Malformed, "asking %s: %w", h.address, broken)
}

// exec runs a script in a channel of its own. A host that is there and refuses the channel or the command gives
// errNoShell; any other error is that of ssh.Session.Wait.
func (h *Host) exec(text string, stdout, stderr io.Writer) error {
	channel, err := h.client.NewSession()
	var refused *ssh.OpenChannelError
	if errors.As(err, &refused) {
		return fmt.Errorf("%w: %w", errNoShell, err)
	}
	if err != nil {
		return err
	}
	defer channel.Close()
	channel.Stdout, channel.Stderr = stdout, stderr
	if err := channel.Start(text); err != nil {
		return h.notStarted(err)
	}
	return channel.Wait()
}

// notStarted tells a refused command from a connection that broke: x/crypto/ssh gives the refusal no type, and repeats
// the command in it.
func (h *Host) notStarted(err error) error {
	if _, _, lost := h.client.SendRequest("keepalive@openssh.com", true, nil); lost != nil || errors.Is(err, io.EOF) {
		return upgrade.Errorf(upgrade.Unreachable, "the connection ended before the command began")
	}
	return errNoShell
}

// one runs a single command; one that fails is an error of kind Refused with what it said.
func (h *Host) one(ctx context.Context, command string) (string, error) {
	replies, err := h.ask(ctx, command)
	if err != nil {
		return "", err
	}
	if err := replies[0].failed(); err != nil {
		return "", upgrade.Errorf(upgrade.Refused, "running %q on %s: %w", command, h.address, err)
	}
	return replies[0].out, nil
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
