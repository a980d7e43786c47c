package junos

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

const (
	readLimit  = time.Minute     // a read RPC, when the configuration names none
	closeLimit = 5 * time.Second // a polite close; the connection ends either way
)

// Config is how vSRX gateways are reached.
type Config struct {
	Dialer      sshdial.Dialer
	NETCONFPort int           // zero takes 830
	SSHPort     int           // zero takes 22
	Timeout     time.Duration // of one read RPC; zero takes a minute
	// CommitTimeout is of one check or commit, and of the search for one whose reply was lost; zero takes 5 minutes.
	CommitTimeout time.Duration
}

// Session is one NETCONF session. It serves one call at a time.
type Session struct {
	address  string
	client   *ssh.Client
	stdin    io.Writer
	stdout   *bufio.Reader
	stderr   *lockedBuffer
	timeout  time.Duration // of a read
	patience time.Duration // of a check or commit
	lastID   int
	failed   error // why the session cannot be used any more
}

// Dial opens a session. It tries the NETCONF port, then the netconf subsystem on the SSH port, then the command that
// the subsystem runs (Juniper: "cli xml-mode netconf need-trailer"). A refused login or host key ends the search: the
// next way would meet the same. The session is closed when ctx ends. Errors are of kind Unreachable, Untrusted, Denied
// or Malformed.
func (c Config) Dial(ctx context.Context, e upgrade.Endpoint) (*Session, error) {
	netconf, shell := cmp.Or(c.NETCONFPort, 830), cmp.Or(c.SSHPort, 22)
	if netconf == shell {
		return c.over(ctx, e, shell, subsystem, command)
	}
	session, err := c.over(ctx, e, netconf, subsystem)
	if err == nil || ctx.Err() != nil || !worthAnotherWay(err) {
		return session, err
	}
	session, second := c.over(ctx, e, shell, subsystem, command)
	if second != nil {
		return nil, fmt.Errorf("%w (and over port %d: %v)", second, netconf, err)
	}
	return session, nil
}

func worthAnotherWay(err error) bool {
	kind := upgrade.KindOf(err)
	return kind == upgrade.Unreachable || kind == upgrade.Refused
}

// way starts NETCONF on an SSH session.
type way func(s *ssh.Session, user string) error

func subsystem(s *ssh.Session, _ string) error { return s.RequestSubsystem("netconf") }

// command starts NETCONF where the service is not configured: root's login shell is a Unix shell, that of other users is
// the Junos CLI itself.
func command(s *ssh.Session, user string) error {
	if user == "root" {
		return s.Start("cli xml-mode netconf need-trailer")
	}
	return s.Start("xml-mode netconf need-trailer")
}

// over logs in once and takes the first way that the device accepts.
func (c Config) over(ctx context.Context, e upgrade.Endpoint, port int, ways ...way) (*Session, error) {
	client, err := c.Dialer.Dial(ctx, e, port)
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("%s port %d", e.Address, port)
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, readLimit))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	for _, start := range ways {
		var session *Session
		session, err = open(client, e.User, start)
		if err != nil {
			continue
		}
		session.address = address
		session.timeout, session.patience = cmp.Or(c.Timeout, readLimit), cmp.Or(c.CommitTimeout, commitLimit)
		if err = session.hello(ctx); err == nil {
			return session, nil
		}
		break
	}
	client.Close()
	if ctx.Err() != nil {
		return nil, upgrade.Errorf(upgrade.Unreachable, "opening NETCONF on %s: %w", address, context.Cause(ctx))
	}
	return nil, fmt.Errorf("opening NETCONF on %s: %w", address, err)
}

func open(client *ssh.Client, user string, start way) (*Session, error) {
	channel, err := client.NewSession()
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Unreachable, "opening a channel: %w", err)
	}
	s := &Session{client: client, stderr: &lockedBuffer{}}
	channel.Stderr = s.stderr
	in, err := channel.StdinPipe()
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Internal, "taking the channel's input: %w", err)
	}
	out, err := channel.StdoutPipe()
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Internal, "taking the channel's output: %w", err)
	}
	s.stdin, s.stdout = in, bufio.NewReaderSize(out, 64<<10)
	if err := start(channel, user); err != nil {
		channel.Close()
		return nil, upgrade.Errorf(upgrade.Refused, "starting NETCONF: %w", err).
			Advise("configure \"system services netconf ssh\" on the gateway")
	}
	return s, nil
}

// ourHello is sent at once: Junos waits for it. It offers base:1.0 alone, so that no chunks come.
const ourHello = `<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities>` +
	`<capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>` + "\n]]>]]>\n"

func (s *Session) hello(ctx context.Context) error {
	var reply *element
	err := s.exchange(ctx, s.timeout, ourHello, func(message io.Reader) error {
		document, err := io.ReadAll(message)
		if err != nil {
			return err
		}
		reply, err = parseElement(document, true)
		if err != nil {
			return upgrade.Errorf(upgrade.Malformed, "reading the hello: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	offersBase := slices.ContainsFunc(reply.all("capability"), func(capability *element) bool {
		name, _, _ := strings.Cut(capability.text, "?")
		return name == "urn:ietf:params:netconf:base:1.0" || name == "urn:ietf:params:xml:ns:netconf:base:1.0"
	})
	if reply.name != "hello" || !offersBase {
		return upgrade.Errorf(upgrade.Malformed, "the first message is %q, not a hello that offers base:1.0", reply.name)
	}
	return nil
}

// exchange sends a request and hands the next message to read, which must not keep it. When ctx or the limit ends, the
// connection is closed. A connection that broke, or whose messages lost their order, cannot be used again.
func (s *Session) exchange(ctx context.Context, limit time.Duration, request string, read func(io.Reader) error) error {
	if s.failed != nil {
		return s.failed
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { s.client.Close() })
	defer stop()

	_, err := io.WriteString(s.stdin, request)
	if err == nil {
		message := newFrame(s.stdout, replyLimit)
		if err = read(message); err == nil || classified(err) {
			if _, rest := io.Copy(io.Discard, message); rest != nil {
				err = rest
			}
		}
	}
	switch {
	case !stop(): // the connection is closed even if the reply came at the last moment
		return s.fail(upgrade.Unreachable, context.Cause(ctx))
	case err == nil:
		return nil
	case errors.Is(err, errTooLarge):
		return s.fail(upgrade.Malformed, err)
	case classified(err):
		return err
	}
	return s.fail(upgrade.Unreachable, err)
}

// classified tells an error that read named from one of the connection.
func classified(err error) bool {
	var ours *upgrade.Error
	return errors.As(err, &ours)
}

// fail ends the session for good.
func (s *Session) fail(kind upgrade.Kind, cause error) error {
	s.client.Close()
	said := ""
	if text := s.stderr.String(); text != "" {
		said = fmt.Sprintf(" (the device said %q)", text)
	}
	s.failed = upgrade.Errorf(kind, "the NETCONF session with %s ended: %w%s", s.address, cause, said)
	return s.failed
}

// Close ends the session. A device that has gone already is no error.
func (s *Session) Close() error {
	if s.failed == nil {
		// Junos answers, or just closes; both are an end, and the connection is closed below in any case.
		_, _ = s.call(context.Background(), closeLimit, "<close-session/>")
	}
	if s.failed == nil {
		s.failed = upgrade.Errorf(upgrade.Unreachable, "the NETCONF session with %s is closed", s.address)
	}
	if err := s.client.Close(); err != nil && !connectionGone(err) {
		return fmt.Errorf("closing the connection to %s: %w", s.address, err)
	}
	return nil
}

// lockedBuffer keeps the beginning of what a device writes to standard error.
type lockedBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if room := 1024 - b.text.Len(); room > 0 {
		b.text.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return strings.TrimSpace(b.text.String())
}
