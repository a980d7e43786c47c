package sshdial_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"
)

func TestDialOffersKeysAndPasswordInOrder(t *testing.T) {
	right, wrong := loopback.HostKey(t), loopback.HostKey(t)
	for name, c := range map[string]struct {
		dialer       sshdial.Dialer
		password     upgrade.Secret
		passwordOnly bool
		server       serverOptions
		want         upgrade.Kind
		keys, logins int // keys shown and passwords given
	}{
		"a password alone, also where there is a key": {
			dialer: sshdial.Dialer{Key: right}, password: rightPassword, server: serverOptions{andKey: true, accepts: right.PublicKey()}, logins: 1,
		},
		"the key where there is no password": {
			dialer: sshdial.Dialer{Key: right}, server: serverOptions{andKey: true, accepts: right.PublicKey()}, keys: 1,
		},
		"the key first where that is wanted": {
			dialer: sshdial.Dialer{Key: right, KeysFirst: true}, password: rightPassword,
			server: serverOptions{andKey: true, accepts: right.PublicKey()}, keys: 1,
		},
		"the password after a refused key": {
			dialer: sshdial.Dialer{Key: wrong, KeysFirst: true}, password: rightPassword,
			server: serverOptions{andKey: true, accepts: right.PublicKey()}, keys: 1, logins: 1,
		},
		"keyboard-interactive after a refused key": {
			dialer: sshdial.Dialer{Key: wrong, KeysFirst: true}, password: rightPassword,
			server: serverOptions{andKey: true, interactive: true, accepts: right.PublicKey()}, keys: 1, logins: 1,
		},
		"the password alone where it is to be proven": {
			dialer: sshdial.Dialer{Key: right, KeysFirst: true}, password: rightPassword, passwordOnly: true,
			server: serverOptions{andKey: true, accepts: right.PublicKey()}, logins: 1,
		},
		"a wrong password that is to be proven, once": {
			dialer: sshdial.Dialer{Key: right, KeysFirst: true}, password: "fake-old-password", passwordOnly: true,
			server: serverOptions{andKey: true, accepts: right.PublicKey()}, logins: 1, want: upgrade.Denied,
		},
		"no password that is to be proven": {
			dialer: sshdial.Dialer{Key: right}, passwordOnly: true, server: serverOptions{andKey: true, accepts: right.PublicKey()}, want: upgrade.Denied,
		},
		"a refused key, once": {
			dialer: sshdial.Dialer{Key: wrong}, server: serverOptions{publicKey: true, accepts: right.PublicKey()}, keys: 1, want: upgrade.Denied,
		},
		"a refused key and a refused password, once each": {
			dialer: sshdial.Dialer{Key: wrong, KeysFirst: true}, password: "fake-old-password",
			server: serverOptions{andKey: true, accepts: right.PublicKey()}, keys: 1, logins: 1, want: upgrade.Denied,
		},
		"nothing": {server: serverOptions{publicKey: true, accepts: right.PublicKey()}, want: upgrade.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			c.server.keys = []ssh.Signer{loopback.HostKey(t)}
			s := serve(t, c.server)
			c.dialer.KnownHosts = openStore(t)
			e := upgrade.Endpoint{Address: s.address, User: "root", Password: c.password, PasswordOnly: c.passwordOnly}
			client, err := c.dialer.Dial(t.Context(), e, s.port)
			if err == nil {
				defer client.Close()
			}
			wantKind(t, err, c.want)
			if s.keysSeen() != c.keys || s.seen() != c.logins {
				t.Errorf("the server saw %d keys and %d passwords, want %d and %d", s.keysSeen(), s.seen(), c.keys, c.logins)
			}
		})
	}
}

func TestTheAgentsKeysComeAfterTheConfiguredOne(t *testing.T) {
	configured, held := loopback.HostKey(t), newPrivateKey(t)
	s := serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t)}, publicKey: true, accepts: signer(t, held).PublicKey()})
	dialer := sshdial.Dialer{KnownHosts: openStore(t), Key: configured, Agent: agentWith(t, held)}
	client, err := dialer.Dial(t.Context(), upgrade.Endpoint{Address: s.address, User: "root"}, s.port)
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	if s.keysSeen() != 2 {
		t.Errorf("the server saw %d keys, want 2", s.keysSeen())
	}
}

func TestAnAgentShowsNoMoreKeysThanALoginMayHave(t *testing.T) {
	var many []ed25519.PrivateKey
	for range 9 {
		many = append(many, newPrivateKey(t))
	}
	s := serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t)}, andKey: true})
	dialer := sshdial.Dialer{KnownHosts: openStore(t), Agent: agentWith(t, many...), KeysFirst: true}
	client, err := dialer.Dial(t.Context(), s.endpoint(), s.port)
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	if s.keysSeen() != 5 || s.seen() != 1 {
		t.Errorf("the server saw %d keys and %d passwords, want 5 and 1", s.keysSeen(), s.seen())
	}
}

func TestAnAgentThatCannotBeAskedIsNamed(t *testing.T) {
	s := serve(t, serverOptions{keys: []ssh.Signer{loopback.HostKey(t)}, publicKey: true})
	for name, socket := range map[string]string{
		"because it is not there": filepath.Join(t.TempDir(), "none"),
		"because it hangs up":     socketOf(t, func(conn net.Conn) {}),
	} {
		t.Run(name, func(t *testing.T) {
			dialer := sshdial.Dialer{KnownHosts: openStore(t), Agent: socket}
			_, err := dialer.Dial(t.Context(), upgrade.Endpoint{Address: s.address, User: "root"}, s.port)
			wantKind(t, err, upgrade.Invalid)
		})
	}
}

func TestLoadKey(t *testing.T) {
	const passphrase = "fake-passphrase"
	private := newPrivateKey(t)
	plain, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content    []byte
		passphrase upgrade.Secret
		want       upgrade.Kind
	}{
		"reads a plain key":                          {content: pem.EncodeToMemory(plain)},
		"reads a plain key, whatever the passphrase": {content: pem.EncodeToMemory(plain), passphrase: passphrase},
		"reads a locked key":                         {content: pem.EncodeToMemory(locked), passphrase: passphrase},
		"refuses a locked key without a passphrase":  {content: pem.EncodeToMemory(locked), want: upgrade.Invalid},
		"refuses a wrong passphrase":                 {content: pem.EncodeToMemory(locked), passphrase: "fake-other-passphrase", want: upgrade.Invalid},
		"refuses what is no key":                     {content: []byte("ssh-ed25519 AAAA"), want: upgrade.Invalid},
		"refuses a missing file":                     {want: upgrade.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if c.content != nil {
				if err := os.WriteFile(path, c.content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			key, err := sshdial.LoadKey(path, c.passphrase)
			wantKind(t, err, c.want)
			if err == nil && ssh.FingerprintSHA256(key.PublicKey()) != ssh.FingerprintSHA256(signer(t, private).PublicKey()) {
				t.Error("another key was read")
			}
			if c.passphrase != "" && strings.Contains(fmt.Sprint(err), string(c.passphrase)) {
				t.Error("the error holds the passphrase")
			}
		})
	}
}

func newPrivateKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private
}

// agentWith starts an agent with keys and returns its socket.
func agentWith(t *testing.T, keys ...ed25519.PrivateKey) string {
	t.Helper()
	ring := agent.NewKeyring()
	for _, key := range keys {
		if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
			t.Fatal(err)
		}
	}
	return socketOf(t, func(conn net.Conn) {
		_ = agent.ServeAgent(ring, conn) // ends with the client
	})
}

// socketOf serves a Unix socket in a folder with a short name, which such addresses need.
func socketOf(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "agent")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	listener, err := net.Listen("unix", filepath.Join(folder, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return listener.Addr().String()
}
