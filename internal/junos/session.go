package junos

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/upgrade"
)

const closeLimit = 5 * time.Second // a polite close; the connection ends either way

// Session is one NETCONF session. It serves one call at a time; lanes are for more.
type Session struct {
	address  string
	user     string
	way      way
	client   *ssh.Client
	first    bool // the connection ends with this session
	channel  ssh.Channel
	stdout   *bufio.Reader
	incoming *io.PipeReader // under stdout; closing it ends a read at once
	stderr   *lockedBuffer
	timeout  time.Duration // of a read
	patience time.Duration // of a load, check or commit
	lastID   int
	failed   error // why the session cannot be used any more
}

// Way tells how NETCONF was reached: "830", "22 subsystem" or "22 command".
func (s *Session) Way() string { return string(s.way) }

// attach takes the channel's streams before NETCONF is started in it. A read of x/crypto/ssh ends with its connection
// only, so that a pipe stands between, which a lane can close alone.
func (s *Session) attach(channel ssh.Channel) {
	incoming, outgoing := io.Pipe()
	s.channel, s.incoming, s.stderr = channel, incoming, &lockedBuffer{}
	s.stdout = bufio.NewReaderSize(incoming, 64<<10)
	go func() {
		_, err := io.Copy(outgoing, channel)
		outgoing.CloseWithError(err) // nil is io.EOF to the reader
	}()
	go func() { _, _ = io.Copy(s.stderr, channel.Stderr()) }() // ends with the channel, and has nobody to tell
}

// cut ends every wait of the session: the first one closes the connection, a lane only its channel. The channel's
// farewell may wait for a socket that is stuck.
func (s *Session) cut() {
	if s.first {
		s.client.Close()
		return
	}
	s.incoming.CloseWithError(net.ErrClosed)
	go s.channel.Close()
}

// ourHello is sent at once: Junos waits for it. It offers base:1.0 alone, so that no chunks come.
const ourHello = `<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities>` +
	`<capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>` + "\n]]>]]>\n"

func (s *Session) hello(ctx context.Context) error {
	var reply *element
	err := s.exchange(ctx, s.timeout, whole(ourHello), func(message io.Reader) error {
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

// whole writes a message that is at hand.
func whole(message string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, message)
		return err
	}
}

// exchange lets write send a request and hands the next message to read, which must not keep it. When ctx or the limit
// ends, the session is cut. A session that broke, or whose messages lost their order, cannot be used again.
func (s *Session) exchange(ctx context.Context, limit time.Duration, write func(io.Writer) error, read func(io.Reader) error) error {
	if s.failed != nil {
		return s.failed
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	stop := context.AfterFunc(ctx, func() { s.cutWithin(ended) })
	defer stop()

	err := write(s.channel)
	written := err == nil
	if written {
		message := newFrame(s.stdout, replyLimit)
		if err = message.readBy(read); err == nil || classified(err) {
			if _, rest := io.Copy(io.Discard, message); rest != nil {
				err = rest
			}
		}
	}
	switch {
	case !stop(): // the session is cut even if the reply came at the last moment
		return s.fail(upgrade.Unreachable, context.Cause(ctx))
	case err == nil:
		return nil
	case errors.Is(err, errTooLarge):
		return s.fail(upgrade.Malformed, err)
	case classified(err) && written:
		return err
	case classified(err): // half a request is on its way, which no other can follow
		return s.fail(upgrade.KindOf(err), err)
	}
	return s.fail(upgrade.Unreachable, err)
}

// cutWithin cuts the session. A lane whose writer is stuck all the same sits on a dead connection, which is closed.
func (s *Session) cutWithin(ended <-chan struct{}) {
	s.cut()
	overdue := time.NewTimer(closeLimit)
	defer overdue.Stop()
	select {
	case <-ended:
	case <-overdue.C:
		s.client.Close()
	}
}

// classified tells an error that read named from one of the connection.
func classified(err error) bool {
	var ours *upgrade.Error
	return errors.As(err, &ours)
}

// fail ends the session for good.
func (s *Session) fail(kind upgrade.Kind, cause error) error {
	s.cut()
	if lost := s.lost(); lost != nil && kind == upgrade.Unreachable {
		cause = fmt.Errorf("%w: %w", cause, lost)
	}
	said := ""
	if text := s.stderr.String(); text != "" {
		said = fmt.Sprintf(" (the device said %q)", text)
	}
	s.failed = upgrade.Errorf(kind, "the NETCONF session with %s ended: %w%s", s.address, cause, said)
	return s.failed
}

// lost is why the connection of a first session broke, where there is more to tell than that it did: an unanswered
// keepalive, a bastion that went away.
func (s *Session) lost() error {
	if !s.first {
		return nil
	}
	err := s.client.Wait()
	if err == io.EOF || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Close ends the session; a first session ends its lanes too. A device that has gone already is no error.
func (s *Session) Close() error {
	if s.failed == nil {
		// Junos answers, or just closes; both are an end, and the connection is closed below in any case.
		_, _ = s.call(context.Background(), closeLimit, "<close-session/>")
	}
	if s.failed == nil {
		s.failed = upgrade.Errorf(upgrade.Unreachable, "the NETCONF session with %s is closed", s.address)
	}
	if !s.first {
		s.cut()
		return nil
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
