package kvmhost_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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

// host is an SSH server that runs scripts out of a table of commands, or whole by other means.
type host struct {
	outputs map[string]output
	whole   func(script string, channel ssh.Channel) (status uint32) // takes every script over
	refuse  bool                                                     // no command is taken
	port    int

	onCommand func(command string) // is told of each command of the table before it runs; may be nil

	mutex   sync.Mutex
	ran     []string
	scripts int
}

// output is what a command writes and how it ends. One that hangs up or is silent has no end, nor has what stands
// behind it.
type output struct {
	stdout, stderr string
	status         int
	hangUp, silent bool
}

func (h *host) start(t testing.TB) *host {
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

// exec runs the one script of a channel.
func (h *host) exec(conn net.Conn, channel ssh.Channel, requests <-chan *ssh.Request) {
	request, more := <-requests
	if !more || request.Type != "exec" {
		channel.Close()
		return
	}
	text := string(request.Payload[4:])
	h.mutex.Lock()
	h.scripts++
	h.mutex.Unlock()
	if err := request.Reply(!h.refuse, nil); err != nil || h.refuse {
		return
	}
	status := uint32(0)
	if h.whole != nil {
		h.note(text)
		status = h.whole(text, channel)
	} else if !h.runAll(conn, channel, text) {
		return
	}
	channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
	channel.Close()
}

// line is one command of a script with the marks behind it.
var line = regexp.MustCompile(`^(.*); printf '\\n%s %d\\n' (\S+) \$\?; printf '\\n%s\\n' (\S+) >&2$`)

// runAll runs a script's commands in turn; false tells that one of them has no end.
func (h *host) runAll(conn net.Conn, channel ssh.Channel, text string) bool {
	for _, l := range strings.Split(text, "\n") {
		parts := line.FindStringSubmatch(l)
		if parts == nil {
			parts = []string{l, "a line that no script has", "-", "-"}
		}
		h.note(parts[1])
		if h.onCommand != nil {
			h.onCommand(parts[1])
		}
		result, known := h.outputs[parts[1]]
		if !known {
			result = output{stderr: "bash: command not found\n", status: 127}
		}
		io.WriteString(channel, result.stdout)
		io.WriteString(channel.Stderr(), result.stderr)
		if result.hangUp {
			conn.Close()
		}
		if result.hangUp || result.silent {
			return false
		}
		fmt.Fprintf(channel, "\n%s %d\n", parts[2], result.status)
		fmt.Fprintf(channel.Stderr(), "\n%s\n", parts[3])
	}
	return true
}

// bash runs scripts in a real Bash with programs of a folder in front of its own, and with other text for some.
func bash(t testing.TB, programs string, instead ...string) func(string, ssh.Channel) uint32 {
	t.Helper()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no Bash here")
	}
	return func(script string, channel ssh.Channel) uint32 {
		command := exec.CommandContext(t.Context(), shell, "-c", strings.NewReplacer(instead...).Replace(script))
		command.Env = []string{"PATH=" + programs + ":/usr/sbin:/usr/bin:/sbin:/bin"}
		var stdout, stderr bytes.Buffer
		command.Stdout, command.Stderr = &stdout, &stderr
		if err := command.Run(); command.ProcessState == nil {
			t.Errorf("running Bash: %v", err)
			return 255
		}
		channel.Write(stdout.Bytes())
		channel.Stderr().Write(stderr.Bytes())
		return uint32(command.ProcessState.ExitCode())
	}
}

func (h *host) note(command string) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.ran = append(h.ran, command)
}

// commands are those that reached the host.
func (h *host) commands() []string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return slices.Clone(h.ran)
}

// exchanges is how many scripts reached the host.
func (h *host) exchanges() int {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.scripts
}

func (h *host) dial(t testing.TB) *kvmhost.Host {
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

func (h *host) config(t testing.TB) kvmhost.Config {
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

// says is a host that answers every script alike.
func says(stdout string, status uint32) func(string, ssh.Channel) uint32 {
	return func(_ string, channel ssh.Channel) uint32 {
		io.WriteString(channel, stdout)
		return status
	}
}
