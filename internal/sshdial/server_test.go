package sshdial_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"
)

const rightPassword = "fake-password-of-the-test"

// server is an SSH server on the loopback that counts what reaches it.
type server struct {
	address string
	port    int

	mutex     sync.Mutex
	passwords []string // every password received, by any method
	shown     int      // public keys
}

type serverOptions struct {
	keys        []ssh.Signer
	interactive bool // keyboard-interactive in place of a password
	both        bool
	question    bool // and a second question
	publicKey   bool // no password at all
	accepts     ssh.PublicKey
	andKey      bool // keys beside the password
}

// serve starts a server that knows root with rightPassword; it ends with the test.
func serve(t *testing.T, o serverOptions) *server {
	t.Helper()
	s := &server{address: "127.0.0.1"}
	config := s.config(o)
	s.port = loopback.Listen(t, func(conn net.Conn) { s.handle(conn, config) })
	return s
}

func (s *server) config(o serverOptions) *ssh.ServerConfig {
	config := &ssh.ServerConfig{MaxAuthTries: 6}
	for _, key := range o.keys {
		config.AddHostKey(key)
	}
	password := func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) { return s.judge(string(given)) }
	interactive := func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		questions, echos := []string{"Password: "}, []bool{false}
		if o.question {
			questions, echos = append(questions, "Code: "), append(echos, false)
		}
		answers, err := ask("", "", questions, echos)
		if err != nil {
			return nil, err
		}
		return s.judge(answers[0])
	}
	if o.publicKey || o.andKey {
		config.PublicKeyCallback = func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			s.shown++
			if o.accepts == nil || !bytes.Equal(o.accepts.Marshal(), key.Marshal()) {
				return nil, errors.New("unknown key")
			}
			return nil, nil
		}
	}
	switch {
	case o.publicKey:
	case o.both:
		config.PasswordCallback, config.KeyboardInteractiveCallback = password, interactive
	case o.interactive:
		config.KeyboardInteractiveCallback = interactive
	default:
		config.PasswordCallback = password
	}
	return config
}

func (s *server) judge(given string) (*ssh.Permissions, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.passwords = append(s.passwords, given)
	if given != rightPassword {
		return nil, errors.New("wrong password")
	}
	return nil, nil
}

func (s *server) handle(conn net.Conn, config *ssh.ServerConfig) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for channel := range channels {
		channel.Reject(ssh.Prohibited, "this server only logs in")
	}
}

// seen is how many passwords reached the server.
func (s *server) seen() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.passwords)
}

// keysSeen is how many public keys were shown to the server.
func (s *server) keysSeen() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.shown
}

func (s *server) endpoint() upgrade.Endpoint {
	return upgrade.Endpoint{Address: s.address, User: "root", Password: rightPassword}
}

// hostPort is the address as the store of host keys sees it.
func (s *server) hostPort() string { return net.JoinHostPort(s.address, strconv.Itoa(s.port)) }

func newRSAKey(t *testing.T) ssh.Signer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return signer(t, private)
}

func signer(t *testing.T, private any) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openStore opens an empty store that learns at first use.
func openStore(t *testing.T) *sshdial.KnownHosts {
	t.Helper()
	store, err := sshdial.OpenKnownHosts(filepath.Join(t.TempDir(), "known_hosts"), true)
	if err != nil {
		t.Fatal(err)
	}
	return store
}
