package junos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

const readLimit = time.Minute // a read RPC, when the configuration names none

// Config is how vSRX gateways are reached.
type Config struct {
	Dialer      sshdial.Dialer
	NETCONFPort int           // zero takes 830
	SSHPort     int           // zero takes 22
	Timeout     time.Duration // of one read RPC; zero takes a minute
	// CommitTimeout is of one load, check or commit, and of the search for one whose reply was lost; zero takes 5 minutes.
	CommitTimeout time.Duration
	Ways          *Ways // shared by all that dial; nil remembers nothing
}

// Dial opens a session. It tries the NETCONF port, then the netconf subsystem on the SSH port, then the command that
// the subsystem runs (Juniper: "cli xml-mode netconf need-trailer"); what worked at this address before is tried first.
// A refused login or host key ends the search: the next way would meet the same. The session is closed when ctx ends.
// Errors are of kind Unreachable, Refused, Untrusted, Denied, Invalid or Malformed.
func (c Config) Dial(ctx context.Context, e upgrade.Endpoint) (*Session, error) {
	var failed error
	for _, in := range entrances(cmp.Or(c.NETCONFPort, 830), cmp.Or(c.SSHPort, 22), c.Ways.last(e.Address)) {
		session, err := c.enter(ctx, e, in)
		if err == nil {
			c.Ways.remember(e.Address, session.way)
			return session, nil
		}
		if failed != nil {
			err = fmt.Errorf("%w (and before: %v)", err, failed)
		}
		if failed = err; ctx.Err() != nil || !worthAnotherWay(err) {
			break
		}
	}
	return nil, failed
}

func worthAnotherWay(err error) bool {
	kind := upgrade.KindOf(err)
	return kind == upgrade.Unreachable || kind == upgrade.Refused
}

// enter logs in once and takes the first way that the device accepts.
func (c Config) enter(ctx context.Context, e upgrade.Endpoint, in entrance) (*Session, error) {
	client, err := c.Dialer.Dial(ctx, e, in.port)
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("%s port %d", e.Address, in.port)
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, readLimit))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	for _, which := range in.ways {
		session := &Session{
			address: address, user: e.User, way: which, client: client,
			timeout: cmp.Or(c.Timeout, readLimit), patience: cmp.Or(c.CommitTimeout, commitLimit),
		}
		if err = session.open(ctx); err == nil {
			session.first = true
			return session, nil
		}
		if !worthAnotherWay(err) {
			break
		}
	}
	client.Close()
	if ctx.Err() != nil {
		return nil, upgrade.Errorf(upgrade.Unreachable, "opening NETCONF on %s: %w", address, context.Cause(ctx))
	}
	return nil, fmt.Errorf("opening NETCONF on %s: %w", address, err)
}

// open starts NETCONF in a channel of its own on the session's connection and exchanges the hellos.
func (s *Session) open(ctx context.Context) error {
	channel, requests, err := s.client.OpenChannel("session", nil)
	var refused *ssh.OpenChannelError
	if errors.As(err, &refused) {
		return upgrade.Errorf(upgrade.Refused, "opening a channel: %w", err).
			Advise("the device has too many sessions on one connection; ask it less at a time")
	}
	if err != nil {
		return upgrade.Errorf(upgrade.Unreachable, "opening a channel: %w", err)
	}
	go ssh.DiscardRequests(requests)
	s.attach(channel)
	accepted, err := channel.SendRequest(s.start())
	if err != nil {
		s.cut()
		return upgrade.Errorf(upgrade.Unreachable, "starting NETCONF: %w", err)
	}
	if !accepted {
		s.cut()
		return upgrade.Errorf(upgrade.Refused, "starting NETCONF by %s: the device refuses", s.way).
			Advise("configure \"system services netconf ssh\" on the gateway")
	}
	if err := s.hello(ctx); err != nil {
		s.cut()
		return err
	}
	return nil
}

// start is the SSH request that starts NETCONF (RFC 4254, section 6.5). Where the service is not configured it is the
// command that the subsystem runs: root's login shell is a Unix shell, that of other users is the Junos CLI itself.
func (s *Session) start() (request string, wantReply bool, payload []byte) {
	request, text := "subsystem", "netconf"
	if s.way == sshCommand {
		request, text = "exec", "xml-mode netconf need-trailer"
		if s.user == "root" {
			text = "cli " + text
		}
	}
	return request, true, ssh.Marshal(struct{ Text string }{text})
}
