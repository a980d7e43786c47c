package sshdial

import (
	"cmp"
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
)

// Dialer logs in over SSH, through bastions if there are any. Bastions are given the key and the keys of the agent.
// Endpoints are given their password alone, because that is what IBM's automation logs in with and what must be proven;
// one without a password is given the keys.
type Dialer struct {
	KnownHosts *KnownHosts
	Timeout    time.Duration // of one login, from the first packet to the accepted password; zero takes 30 s
	Via        []Hop         // bastions, the first is dialled from here
	Key        ssh.Signer    // nil is none
	Agent      string        // path of the agent's socket; "" asks no agent
	KeysFirst  bool          // endpoints with a password are given the keys before it, unless they want PasswordOnly
	KeepAlive  time.Duration // between two keepalive requests, three without an answer end the connection; zero takes 15 s
}

// Dial logs in to an endpoint with one attempt. The client, and every login at a bastion under it, is closed when ctx
// ends or the client does. Errors are of kind Unreachable, Untrusted (a host key; no password was sent), Denied (the
// password or the keys) or Invalid.
func (d Dialer) Dial(ctx context.Context, e upgrade.Endpoint, port int) (*ssh.Client, error) {
	if d.KnownHosts == nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "no store of known host keys is configured")
	}
	address := net.JoinHostPort(e.Address, strconv.Itoa(port))
	via, err := d.bastions(ctx)
	if err != nil {
		return nil, err
	}
	l, err := d.connect(ctx, via, address)
	if err != nil {
		via.close()
		return nil, err
	}
	client, err := d.logIn(ctx, l, login{
		address: address, user: e.User, password: e.Password, trust: e.Trust,
		keys: !e.PasswordOnly && (e.Password == "" || d.KeysFirst),
	})
	if err != nil {
		l.Close()
		return nil, err
	}
	stop := context.AfterFunc(ctx, l.abort)
	go keepAlive(client, l, address, cmp.Or(d.KeepAlive, keepAliveEvery), func() { stop() })
	return client, nil
}

// bastions logs in to one hop after the other and returns the last, nil when there is none.
func (d Dialer) bastions(ctx context.Context) (*bastion, error) {
	var last *bastion
	for _, hop := range d.Via {
		l, err := d.connect(ctx, last, hop.hostPort())
		if err != nil {
			last.close()
			return nil, fmt.Errorf("reaching the bastion %s: %w", hop, err)
		}
		client, err := d.logIn(ctx, l, login{address: hop.hostPort(), user: hop.User, keys: true})
		if err != nil {
			l.Close()
			return nil, fmt.Errorf("entering the bastion %s: %w", hop, err)
		}
		last = &bastion{hop: hop, client: client, link: l}
	}
	return last, nil
}

// connect opens a connection to an address, from here or from a bastion.
func (d Dialer) connect(ctx context.Context, from *bastion, address string) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, min(connectLimit, d.limit()))
	defer cancel()
	if from == nil {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, upgrade.Errorf(upgrade.Unreachable, "connecting to %s: %w", address, err).
				Advise("check the route, the firewall and that SSH is enabled on the private address")
		}
		return &link{Conn: conn}, nil
	}
	conn, err := from.client.DialContext(ctx, "tcp", address)
	if err != nil {
		if broken := from.link.reason(); broken != nil {
			err = broken
		}
		return nil, upgrade.Errorf(upgrade.Unreachable, "connecting to %s through the bastion %s: %w", address, from.hop, err).
			Advise("see whether the bastion permits forwarding (AllowTcpForwarding, PermitOpen) and reaches %s itself", address)
	}
	return &link{Conn: conn, via: from}, nil
}

func (d Dialer) limit() time.Duration { return cmp.Or(d.Timeout, loginLimit) }

// login is where and as whom to log in.
type login struct {
	address, user string
	password      upgrade.Secret
	trust         upgrade.Trust
	keys          bool // key and agent are offered
}

// logIn runs the SSH handshake. x/crypto/ssh takes no context, so that the end of ctx or of the limit closes the socket
// under it.
func (d Dialer) logIn(ctx context.Context, l *link, to login) (*ssh.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, d.limit())
	defer cancel()
	stop := context.AfterFunc(ctx, l.abort)
	defer stop()

	attempt := &attempt{password: to.password}
	if to.keys {
		keys, forget, err := d.keys()
		if err != nil {
			return nil, err
		}
		defer forget()
		attempt.keys = keys
	}
	algorithms, err := d.KnownHosts.algorithms(to.address)
	if err != nil {
		return nil, err
	}
	transport, channels, requests, err := ssh.NewClientConn(l, to.address, &ssh.ClientConfig{
		User:              to.user,
		AuthCallback:      attempt.next,
		HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			return d.KnownHosts.Check(to.address, to.trust, key)
		},
	})
	if err == nil && !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, loginError(ctx, to, attempt, err)
	}
	return ssh.NewClient(transport, channels, requests), nil
}

func loginError(ctx context.Context, to login, a *attempt, err error) error {
	var ours *upgrade.Error
	switch {
	case errors.As(err, &ours): // from the host key check
		return fmt.Errorf("logging in to %s: %w", to.address, err)
	case ctx.Err() != nil:
		return upgrade.Errorf(upgrade.Unreachable, "logging in to %s: %w", to.address, context.Cause(ctx))
	case a.refused(err):
		advice := "compare the password on record in the portal with the one in force; wait before the next try, failed logins lock the account"
		if to.password == "" {
			advice = "see that the account has the public key of this program's key or agent"
		}
		return upgrade.Errorf(upgrade.Denied, "logging in to %s as %s: the login was refused: %w", to.address, to.user, err).Advise("%s", advice)
	}
	return upgrade.Errorf(upgrade.Unreachable, "logging in to %s: %w", to.address, err)
}
