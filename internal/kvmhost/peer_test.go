package kvmhost_test

import (
	"errors"
	"io"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"
)

const rootPassword = "fake-host-password"

// host is an SSH server that runs commands out of a table.
type host struct {
	outputs map[string]output
	port    int

	mutex sync.Mutex
	ran   []string
}

type output struct {
	stdout, stderr string
	status         uint32
	hangUp, silent bool
}

func (h *host) start(t *testing.T) *host {
	t.Helper()
	config := &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
		if string(given) != rootPassword {
			return nil, errors.New("wrong password")
		}
		return nil, nil
	}}
	config.AddHostKey(loopback.HostKey(t))
	h.port = loopback.Listen(t, func(conn net.Conn) {
		loopback.Sessions(conn, config, func(channel ssh.Channel, requests <-chan *ssh.Request) { h.exec(conn, channel, requests) })
	})
	return h
}

// exec runs the one command of a channel.
func (h *host) exec(conn net.Conn, channel ssh.Channel, requests <-chan *ssh.Request) {
	request, more := <-requests
	if !more || request.Type != "exec" {
		channel.Close()
		return
	}
	command := string(request.Payload[4:])
	h.mutex.Lock()
	h.ran = append(h.ran, command)
	h.mutex.Unlock()
	if err := request.Reply(true, nil); err != nil {
		return
	}
	result, known := h.outputs[command]
	switch {
	case !known:
		result = output{stderr: "bash: command not found\n", status: 127}
	case result.hangUp:
		conn.Close()
		return
	case result.silent:
		return
	}
	io.WriteString(channel, result.stdout)
	io.WriteString(channel.Stderr(), result.stderr)
	channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{result.status}))
	channel.Close()
}

// commands are those that reached the host.
func (h *host) commands() []string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return slices.Clone(h.ran)
}

func (h *host) dial(t *testing.T) *kvmhost.Host {
	t.Helper()
	connection, err := h.config(t).Dial(t.Context(), endpoint())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(); err != nil {
			t.Error(err)
		}
	})
	return connection
}

func (h *host) config(t *testing.T) kvmhost.Config {
	t.Helper()
	store, err := sshdial.OpenKnownHosts(filepath.Join(t.TempDir(), "known_hosts"), true)
	if err != nil {
		t.Fatal(err)
	}
	return kvmhost.Config{Dialer: sshdial.Dialer{KnownHosts: store, Timeout: 20 * time.Second}, Port: h.port, Timeout: 20 * time.Second}
}

func endpoint() upgrade.Endpoint {
	return upgrade.Endpoint{Address: "127.0.0.1", User: "root", Password: rootPassword}
}
