package junos_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"
)

const rootPassword = "fake-root-password"

// junosHello is what a cluster says first, with the comments that Junos puts before it.
const junosHello = "<!-- No zombies were killed during the creation of this user interface -->\n" +
	"<!-- user root, class super-user -->\n" +
	`<nc:hello xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><nc:capabilities>` +
	`<nc:capability>urn:ietf:params:netconf:base:1.0</nc:capability>` +
	`<nc:capability>http://xml.juniper.net/netconf/junos/1.0</nc:capability>` +
	"</nc:capabilities><nc:session-id>77</nc:session-id></nc:hello>\n]]>]]>\n"

// peer is a vSRX as far as SSH and NETCONF framing go; what it answers is its script.
type peer struct {
	NETCONF, SSH      int  // ports
	refuseSubsystem   bool // on every port
	refuseCommand     bool
	closedNETCONFPort bool
	hello             string
	piece             int // bytes written at a time; 0 = all
	answer            answerer
	export            func(w io.Writer, id string) // the whole reply to get-configuration, in place of answer's

	signer ssh.Signer
	mutex  sync.Mutex
	seen   []string // "subsystem netconf", "exec …", "password", then one entry a request
}

// answerer answers one request of a session: the text inside rpc-reply, or one of the ways to misbehave.
type answerer func(session int, operation, body string) answer

type answer struct {
	inner  string // inside a well-formed rpc-reply
	raw    string // in place of a reply
	silent bool   // nothing comes
	hangUp bool   // the connection is cut, after inner or raw if there is any
}

// start brings the peer up on the loopback until the test ends.
func (p *peer) start(t *testing.T) *peer {
	t.Helper()
	p.signer = loopback.HostKey(t)
	if p.hello == "" {
		p.hello = junosHello
	}
	p.NETCONF, p.SSH = loopback.Listen(t, p.handle), loopback.Listen(t, p.handle)
	if p.closedNETCONFPort {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		p.NETCONF = listener.Addr().(*net.TCPAddr).Port
		listener.Close()
	}
	return p
}

func (p *peer) note(what string) int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.seen = append(p.seen, what)
	return len(p.seen)
}

// set changes the peer while it runs.
func (p *peer) set(change func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	change()
}

// seenBy is what the peer has seen so far, farewells apart.
func (p *peer) seenBy() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(p.seen), func(what string) bool { return what == "<close-session/>" })
}

// count is how often something was seen.
func (p *peer) count(what string) int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	n := 0
	for _, seen := range p.seen {
		if strings.Contains(seen, what) {
			n++
		}
	}
	return n
}

func (p *peer) handle(conn net.Conn) {
	config := &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
		p.note("password")
		if string(given) != rootPassword {
			return nil, errors.New("wrong password")
		}
		return nil, nil
	}}
	p.mutex.Lock()
	config.AddHostKey(p.signer)
	p.mutex.Unlock()
	loopback.Sessions(conn, config, func(channel ssh.Channel, requests <-chan *ssh.Request) { p.channel(conn, channel, requests) })
}

func (p *peer) channel(conn net.Conn, channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	for request := range requests {
		text := ""
		if len(request.Payload) > 4 {
			text = string(request.Payload[4:])
		}
		session := p.note(request.Type + " " + text)
		p.mutex.Lock()
		subsystem := request.Type == "subsystem" && text == "netconf" && !p.refuseSubsystem
		command := request.Type == "exec" && text == "cli xml-mode netconf need-trailer" && !p.refuseCommand
		p.mutex.Unlock()
		if err := request.Reply(subsystem || command, nil); err != nil {
			return
		}
		if subsystem || command {
			go ssh.DiscardRequests(requests)
			p.netconf(session, conn, channel)
			return
		}
	}
}

var messageID = regexp.MustCompile(`message-id="([^"]*)"`)

// netconf speaks the protocol until the client goes or the script hangs up.
func (p *peer) netconf(session int, conn net.Conn, channel ssh.Channel) {
	p.mutex.Lock()
	hello := p.hello
	p.mutex.Unlock()
	p.write(channel, hello)
	in := bufio.NewReader(channel)
	for {
		request, err := readMessage(in)
		if err != nil {
			return
		}
		id := messageID.FindStringSubmatch(request)
		if id == nil { // the client's hello
			continue
		}
		_, body, _ := strings.Cut(request, ">")
		body = strings.TrimSuffix(strings.TrimSpace(body), "</rpc>")
		operation := strings.TrimPrefix(body[:strings.IndexAny(body, " />")], "<")
		p.note(body)
		if operation == "close-session" {
			p.write(channel, reply(id[1], "<ok/>")+"\n<!-- session end at 2026-03-01 10:00:00 UTC -->\n")
			return
		}
		if p.export != nil && operation == "get-configuration" {
			out := bufio.NewWriterSize(channel, 32<<10)
			p.export(out, id[1])
			if out.Flush() != nil {
				return
			}
			continue
		}
		a := p.answer(session, operation, body)
		switch {
		case a.raw != "":
			p.write(channel, a.raw)
		case !a.silent && (a.inner != "" || !a.hangUp):
			p.write(channel, reply(id[1], a.inner))
		}
		if a.hangUp {
			conn.Close()
			return
		}
	}
}

func reply(id, inner string) string {
	return fmt.Sprintf(`<nc:rpc-reply xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" `+
		`xmlns:junos="http://xml.juniper.net/junos/23.4R2/junos" message-id="%s">`+"\n%s\n</nc:rpc-reply>\n]]>]]>\n", id, inner)
}

func readMessage(in *bufio.Reader) (string, error) {
	var message []byte
	for !bytes.HasSuffix(message, []byte("]]>]]>")) {
		c, err := in.ReadByte()
		if err != nil {
			return "", err
		}
		message = append(message, c)
	}
	return string(message[:len(message)-6]), nil
}

// write sends a text, in pieces if the peer is of that kind. A client that has gone is noticed by the next read.
func (p *peer) write(w io.Writer, text string) {
	for len(text) > 0 {
		n := len(text)
		if p.piece > 0 {
			n = min(n, p.piece)
		}
		if _, err := io.WriteString(w, text[:n]); err != nil {
			return
		}
		text = text[n:]
	}
}

// config reaches the peer with a store of host keys of its own.
func (p *peer) config(t testing.TB) junos.Config {
	t.Helper()
	store, err := sshdial.OpenKnownHosts(filepath.Join(t.TempDir(), "known_hosts"), true)
	if err != nil {
		t.Fatal(err)
	}
	return junos.Config{
		Dialer:      sshdial.Dialer{KnownHosts: store, Timeout: 20 * time.Second},
		NETCONFPort: p.NETCONF, SSHPort: p.SSH, Timeout: 20 * time.Second, CommitTimeout: 20 * time.Second,
	}
}

func endpoint() upgrade.Endpoint {
	return upgrade.Endpoint{Address: "127.0.0.1", User: "root", Password: rootPassword}
}

// dial opens a session that ends with the test.
func (p *peer) dial(t *testing.T) *junos.Session {
	t.Helper()
	session, err := p.config(t).Dial(t.Context(), endpoint())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return session
}

func wantKind(t *testing.T, err error, kind upgrade.Kind) {
	t.Helper()
	if upgrade.KindOf(err) != kind {
		t.Errorf("the error is %v of kind %q, want %q", err, upgrade.KindOf(err), kind)
	}
}
