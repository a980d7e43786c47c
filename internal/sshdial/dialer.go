package sshdial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/upgrade"
)

const (
	// connectLimit is enough for three SYN packets. It is apart from the login's limit because the default PROTECT-IN
	// filter of these gateways drops port 830 silently, and the way over port 22 must then be tried soon (IBM: default
	// vSRX configuration).
	connectLimit = 5 * time.Second
	loginLimit   = 30 * time.Second
	// keepAliveEvery is below the idle times of the stateful filters on the way, which cut a long silent commit.
	keepAliveEvery = 30 * time.Second
	keepAliveLimit = 30 * time.Second // for the answer
)

// Dialer logs in over SSH.
type Dialer struct {
	KnownHosts *KnownHosts
	Timeout    time.Duration // of one login, from the first packet to the accepted password; zero takes 30 s
}

// Dial logs in to an endpoint with one attempt. The client is closed when ctx ends. Errors are of kind Unreachable,
// Untrusted (the host key; the password was not sent), Denied (the password) or Invalid.
func (d Dialer) Dial(ctx context.Context, e upgrade.Endpoint, port int) (*ssh.Client, error) {
	if d.KnownHosts == nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "no store of known host keys is configured")
	}
	address := net.JoinHostPort(e.Address, strconv.Itoa(port))
	conn, err := connect(ctx, address, d.limit())
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Unreachable, "connecting to %s: %w", address, err).
			Advise("check the route, the firewall and that SSH is enabled on the private address")
	}
	client, err := d.logIn(ctx, conn, address, e)
	if err != nil {
		conn.Close()
		return nil, err
	}
	// The socket is closed, not the client: closing a client waits for a writer that is stuck on a dead peer.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	go keepAlive(client, conn, keepAliveEvery, keepAliveLimit, stop)
	return client, nil
}

func (d Dialer) limit() time.Duration {
	if d.Timeout > 0 {
		return d.Timeout
	}
	return loginLimit
}

func connect(ctx context.Context, address string, limit time.Duration) (net.Conn, error) {
	dialer := net.Dialer{Timeout: min(connectLimit, limit)}
	return dialer.DialContext(ctx, "tcp", address)
}

// logIn runs the SSH handshake. x/crypto/ssh takes no context, so that the end of ctx or of the limit closes the socket
// under it.
func (d Dialer) logIn(ctx context.Context, conn net.Conn, address string, e upgrade.Endpoint) (*ssh.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, d.limit())
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	attempt := &attempt{password: e.Password}
	algorithms, err := d.KnownHosts.algorithms(address)
	if err != nil {
		return nil, err
	}
	transport, channels, requests, err := ssh.NewClientConn(conn, address, &ssh.ClientConfig{
		User:              e.User,
		AuthCallback:      attempt.next,
		HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			return d.KnownHosts.Check(address, e.Trust, key)
		},
	})
	if err == nil && !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, loginError(ctx, address, e.User, attempt, err)
	}
	return ssh.NewClient(transport, channels, requests), nil
}

func loginError(ctx context.Context, address, user string, a *attempt, err error) error {
	var ours *upgrade.Error
	switch {
	case errors.As(err, &ours): // from the host key check
		return fmt.Errorf("logging in to %s: %w", address, err)
	case ctx.Err() != nil:
		return upgrade.Errorf(upgrade.Unreachable, "logging in to %s: %w", address, context.Cause(ctx))
	case a.refused(err):
		return upgrade.Errorf(upgrade.Denied, "logging in to %s as %s: the login was refused: %w", address, user, err).
			Advise("compare the password on record in the portal with the one in force; wait before the next try, failed logins lock the account")
	}
	return upgrade.Errorf(upgrade.Unreachable, "logging in to %s: %w", address, err)
}

// keepAlive notices a peer that vanished without closing the connection. It ends with the client.
func keepAlive(client *ssh.Client, conn net.Conn, every, limit time.Duration, stop func() bool) {
	closed := make(chan struct{})
	go func() {
		client.Wait()
		stop()
		close(closed)
	}()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-closed:
			return
		case <-ticker.C:
			silent := time.AfterFunc(limit, func() { conn.Close() })
			_, _, err := client.SendRequest("keepalive@openssh.com", true, nil)
			silent.Stop()
			if err != nil {
				return
			}
		}
	}
}
