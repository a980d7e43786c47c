package matrix

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
)

// configuration reads the running configuration as an operator would, apart from the product's own client.
func (w *world) configuration() string {
	w.t.Helper()
	text, err := w.show("show configuration | display set | no-more")
	if err != nil {
		w.t.Fatalf("reading the configuration: %v", err)
	}
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "set version ") && !strings.HasPrefix(line, "#") { // an upgrade changes these by itself
			kept = append(kept, line)
		}
	}
	if len(kept) < 50 {
		w.t.Fatalf("the configuration has %d lines:\n%s", len(kept), text)
	}
	return strings.Join(kept, "")
}

// preemptOff is what the upgrade adds to the configuration while it is under way.
const preemptOff = "deactivate chassis cluster redundancy-group 1 preempt\n"

// digest is that of a configuration.
func digest(configuration string) string {
	sum := sha256.Sum256([]byte(configuration))
	return hex.EncodeToString(sum[:])
}

func (w *world) show(command string) (string, error) {
	g := w.cloud.Access().Gateways[0]
	c, err := ssh.Dial("tcp", net.JoinHostPort(g.Address, strconv.Itoa(g.SSHPort)), &ssh.ClientConfig{User: "root", Auth: []ssh.AuthMethod{ssh.Password(g.RootPassword)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey()}) // the simulated device of this very test
	if err != nil {
		return "", fmt.Errorf("logging in to %s: %w", g.Address, err)
	}
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		return "", fmt.Errorf("opening a session on %s: %w", g.Address, err)
	}
	defer s.Close()
	out, err := s.Output(fmt.Sprintf("cli -c %q", command))
	return string(out), err
}
