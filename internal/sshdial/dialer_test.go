package sshdial_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"
)

func TestDialLogsInWithOneAttempt(t *testing.T) {
	for name, options := range map[string]serverOptions{
		"by password":             {},
		"by keyboard-interactive": {interactive: true},
		"where both are offered":  {both: true},
	} {
		t.Run(name, func(t *testing.T) {
			options.keys = []ssh.Signer{loopback.HostKey(t)}
			s := serve(t, options)
			client, err := sshdial.Dialer{KnownHosts: openStore(t)}.Dial(t.Context(), s.endpoint(), s.port)
			if err != nil {
				t.Fatal(err)
			}
			client.Close()
			if s.seen() != 1 {
				t.Errorf("the server got %d passwords, want 1", s.seen())
			}
		})
	}
}

func TestDialTriesARefusedPasswordOnceAndKeepsItSecret(t *testing.T) {
	for name, options := range map[string]serverOptions{
		"by password":             {},
		"by keyboard-interactive": {interactive: true},
		"where both are offered":  {both: true},
	} {
		t.Run(name, func(t *testing.T) {
			options.keys = []ssh.Signer{loopback.HostKey(t)}
			s := serve(t, options)
			e := s.endpoint()
			e.Password = "fake-old-password"
			_, err := sshdial.Dialer{KnownHosts: openStore(t)}.Dial(t.Context(), e, s.port)
			wantKind(t, err, upgrade.Denied)
			if s.seen() != 1 {
				t.Errorf("the server got %d passwords, want 1", s.seen())
			}
			if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "fake-old-password") {
				t.Error("the error holds the password")
			}
		})
	}
}

func TestDialSendsNoPasswordWhere(t *testing.T) {
	t.Run("the host key is unknown", func(t *testing.T) {
		s := serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t)}})
		store := openStore(t)
		if err := store.Check(s.hostPort(), upgrade.Trust{}, loopback.HostKey(t).PublicKey()); err != nil {
			t.Fatal(err)
		}
		_, err := sshdial.Dialer{KnownHosts: store}.Dial(t.Context(), s.endpoint(), s.port)
		wantKind(t, err, upgrade.Untrusted)
		if upgrade.AdviceOf(err) == "" {
			t.Error("the error has no advice")
		}
		if s.seen() != 0 {
			t.Errorf("the server got %d passwords", s.seen())
		}
	})
	t.Run("the server asks a second question", func(t *testing.T) {
		s := serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t)}, interactive: true, question: true})
		_, err := sshdial.Dialer{KnownHosts: openStore(t)}.Dial(t.Context(), s.endpoint(), s.port)
		wantKind(t, err, upgrade.Denied)
		if s.seen() != 0 {
			t.Errorf("the server got %d passwords", s.seen())
		}
	})
	t.Run("the server takes keys only", func(t *testing.T) {
		s := serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t)}, publicKey: true})
		_, err := sshdial.Dialer{KnownHosts: openStore(t)}.Dial(t.Context(), s.endpoint(), s.port)
		wantKind(t, err, upgrade.Denied)
	})
}

func TestDialAsksForTheKnownKindOfHostKey(t *testing.T) {
	old := newRSAKey(t)
	s := serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t), old}})
	store := openStore(t)
	if err := store.Check(s.hostPort(), upgrade.Trust{}, old.PublicKey()); err != nil {
		t.Fatal(err)
	}
	client, err := sshdial.Dialer{KnownHosts: store}.Dial(t.Context(), s.endpoint(), s.port)
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
}

func TestDialNamesAnUnreachableHostWhere(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := listener.Addr().(*net.TCPAddr).Port
		listener.Close()
		_, err = sshdial.Dialer{KnownHosts: openStore(t)}.Dial(t.Context(), upgrade.Endpoint{Address: "127.0.0.1"}, port)
		wantKind(t, err, upgrade.Unreachable)
	})
	t.Run("the peer hangs up at once", func(t *testing.T) {
		port := loopback.Listen(t, func(conn net.Conn) { conn.Close() })
		_, err := sshdial.Dialer{KnownHosts: openStore(t)}.Dial(t.Context(), upgrade.Endpoint{Address: "127.0.0.1"}, port)
		wantKind(t, err, upgrade.Unreachable)
	})
	t.Run("the peer is silent until the limit", func(t *testing.T) {
		port := loopback.Listen(t, func(net.Conn) {})
		_, err := sshdial.Dialer{KnownHosts: openStore(t), Timeout: 50 * time.Millisecond}.Dial(t.Context(), upgrade.Endpoint{Address: "127.0.0.1"}, port)
		wantKind(t, err, upgrade.Unreachable)
	})
	t.Run("the context ends during the handshake", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		port := loopback.Listen(t, func(net.Conn) { cancel() })
		_, err := sshdial.Dialer{KnownHosts: openStore(t)}.Dial(ctx, upgrade.Endpoint{Address: "127.0.0.1"}, port)
		wantKind(t, err, upgrade.Unreachable)
	})
}

func TestTheClientIsClosedWhenItsContextEnds(t *testing.T) {
	s := serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t)}})
	ctx, cancel := context.WithCancel(t.Context())
	client, err := sshdial.Dialer{KnownHosts: openStore(t)}.Dial(ctx, s.endpoint(), s.port)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if client.Wait() == nil { // returns only when the connection has ended
		t.Error("the connection ended without a reason")
	}
}

func TestDialRefusesToWorkWithoutAStore(t *testing.T) {
	_, err := sshdial.Dialer{}.Dial(t.Context(), upgrade.Endpoint{Address: "127.0.0.1"}, 22)
	wantKind(t, err, upgrade.Invalid)
	_, err = sshdial.OpenKnownHosts(filepath.Join(t.TempDir(), "missing", "known_hosts"), true)
	wantKind(t, err, upgrade.Invalid)
}

func wantKind(t *testing.T, err error, kind upgrade.Kind) {
	t.Helper()
	if upgrade.KindOf(err) != kind {
		t.Errorf("the error is %v of kind %q, want %q", err, upgrade.KindOf(err), kind)
	}
}
