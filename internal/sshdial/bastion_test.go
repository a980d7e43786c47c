package sshdial_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"
)

// way is a server behind bastions, and the dialer that reaches it.
type way struct {
	bastions []*loopback.Bastion
	server   *server
	store    *sshdial.KnownHosts
	dialer   sshdial.Dialer
}

// build makes a way over so many bastions that works.
func build(t *testing.T, hops int) *way {
	t.Helper()
	key := loopback.HostKey(t)
	w := &way{server: serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t)}}), store: openStore(t)}
	w.dialer = sshdial.Dialer{KnownHosts: w.store, Key: key}
	for range hops {
		b := (&loopback.Bastion{Accepts: key.PublicKey()}).Start(t)
		w.bastions = append(w.bastions, b)
		w.dialer.Via = append(w.dialer.Via, sshdial.Hop{User: "ops", Address: "127.0.0.1", Port: b.Port})
	}
	return w
}

func (w *way) dial(ctx context.Context) (*ssh.Client, error) {
	return w.dialer.Dial(ctx, w.server.endpoint(), w.server.port)
}

func TestBastionsForwardToTheServer(t *testing.T) {
	for name, hops := range map[string]int{"one": 1, "two": 2} {
		t.Run(name, func(t *testing.T) {
			w := build(t, hops)
			client, err := w.dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			last := w.bastions[hops-1]
			if to := last.Forwarded(); len(to) != 1 || to[0] != w.server.hostPort() {
				t.Errorf("the last bastion forwarded to %v", to)
			}
			if hops == 2 && w.bastions[0].Forwarded()[0] != last.Address() {
				t.Errorf("the first bastion forwarded to %v", w.bastions[0].Forwarded())
			}
			if w.server.seen() != 1 {
				t.Errorf("the server got %d passwords, want 1", w.server.seen())
			}
			client.Close()
			for _, b := range w.bastions {
				b.Ended()
			}
		})
	}
}

func TestBastionsAreLeftWhere(t *testing.T) {
	t.Run("the context ends", func(t *testing.T) {
		w := build(t, 2)
		ctx, cancel := context.WithCancel(t.Context())
		client, err := w.dial(ctx)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if client.Wait() == nil { // returns only when the connection has ended
			t.Error("the connection ended without a reason")
		}
		for _, b := range w.bastions {
			b.Ended()
		}
	})
	t.Run("the login at the server is refused", func(t *testing.T) {
		w := build(t, 2)
		e := w.server.endpoint()
		e.Password = "fake-old-password"
		_, err := w.dialer.Dial(t.Context(), e, w.server.port)
		wantKind(t, err, upgrade.Denied)
		for _, b := range w.bastions {
			b.Ended()
		}
	})
	t.Run("the server hangs up", func(t *testing.T) {
		w := build(t, 1)
		port := loopback.Listen(t, func(conn net.Conn) { conn.Close() })
		_, err := w.dialer.Dial(t.Context(), w.server.endpoint(), port)
		wantKind(t, err, upgrade.Unreachable)
		w.bastions[0].Ended()
	})
	t.Run("the context ends during the handshake of the server", func(t *testing.T) {
		w := build(t, 1)
		ctx, cancel := context.WithCancel(t.Context())
		port := loopback.Listen(t, func(net.Conn) { cancel() })
		_, err := w.dialer.Dial(ctx, w.server.endpoint(), port)
		wantKind(t, err, upgrade.Unreachable)
		w.bastions[0].Ended()
	})
}

func TestADialThroughBastionsFailsWhere(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, w *way)
		want  upgrade.Kind
		says  string
	}{
		"the first is not there": {func(t *testing.T, w *way) {
			w.dialer.Via[0].Port = unusedPort(t)
		}, upgrade.Unreachable, "reaching the bastion ops@127.0.0.1:"},
		"the second is not there": {func(t *testing.T, w *way) {
			w.dialer.Via[1].Port = unusedPort(t)
		}, upgrade.Unreachable, "reaching the bastion ops@127.0.0.1:"},
		"the first shows another host key": {func(t *testing.T, w *way) {
			know(t, w.store, w.bastions[0].Address(), loopback.HostKey(t).PublicKey())
		}, upgrade.Untrusted, "entering the bastion"},
		"the second shows another host key": {func(t *testing.T, w *way) {
			know(t, w.store, w.bastions[1].Address(), loopback.HostKey(t).PublicKey())
		}, upgrade.Untrusted, "entering the bastion"},
		"the server shows another host key": {func(t *testing.T, w *way) {
			know(t, w.store, w.server.hostPort(), loopback.HostKey(t).PublicKey())
		}, upgrade.Untrusted, "logging in to"},
		"the first does not know the key": {func(_ *testing.T, w *way) {
			w.bastions[0].Accepts = nil
		}, upgrade.Denied, "entering the bastion"},
		"the second does not know the key": {func(_ *testing.T, w *way) {
			w.bastions[1].Accepts = nil
		}, upgrade.Denied, "entering the bastion"},
		"there is no key": {func(_ *testing.T, w *way) { w.dialer.Key = nil }, upgrade.Denied, "no key and no password"},
		"the first refuses to forward": {func(_ *testing.T, w *way) {
			w.bastions[0].Refuses = func(string) bool { return true }
		}, upgrade.Unreachable, "administratively prohibited"},
		"the second refuses to forward": {func(_ *testing.T, w *way) {
			w.bastions[1].Refuses = func(string) bool { return true }
		}, upgrade.Unreachable, "administratively prohibited"},
	} {
		t.Run(name, func(t *testing.T) {
			w := build(t, 2)
			c.spoil(t, w)
			_, err := w.dial(t.Context())
			wantKind(t, err, c.want)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error %q does not say %q", err, c.says)
			}
			if w.server.seen() != 0 {
				t.Errorf("the server got %d passwords", w.server.seen())
			}
			for _, b := range w.bastions {
				if len(b.Logins()) > 2 { // a key is shown, then signs
					t.Errorf("the key was tried more than once: %v", b.Logins())
				}
				b.Ended()
			}
		})
	}
}

func TestABastionThatGoesInTheMiddleIsNamed(t *testing.T) {
	for name, at := range map[string]int{"the first": 0, "the second": 1} {
		t.Run(name, func(t *testing.T) {
			w := build(t, 2)
			client, err := w.dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			w.bastions[at].Cut()
			err = client.Wait()
			if err == nil || !strings.Contains(err.Error(), "through the bastion "+w.dialer.Via[at].String()) {
				t.Errorf("the connection ended with %v", err)
			}
			for _, b := range w.bastions {
				b.Ended()
			}
		})
	}
}

// know puts a key of an address into the store.
func know(t *testing.T, store *sshdial.KnownHosts, address string, key ssh.PublicKey) {
	t.Helper()
	if err := store.Check(address, upgrade.Trust{}, key); err != nil {
		t.Fatal(err)
	}
}

// unusedPort is one where nobody listens.
func unusedPort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
