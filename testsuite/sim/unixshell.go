package sim

import (
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// cliOfShell is the CLI line inside `cli -c "line"` or after `cli`; false if the command is another one.
func cliOfShell(command string) (string, bool) {
	first, rest, _ := strings.Cut(strings.TrimSpace(command), " ")
	if first != "cli" && first != "/usr/sbin/cli" || rest == "" {
		return "", false
	}
	if line, found := strings.CutPrefix(rest, "-c "); found {
		return strings.Trim(strings.TrimSpace(line), `"'`), true
	}
	return strings.TrimSpace(rest), true
}

// runUnix runs what little of FreeBSD the runbooks and clients touch.
func (c *Cloud) runUnix(m *member, w *wire, command string) (out, errs string, exit int) {
	defer c.enter()()
	words := strings.Fields(command)
	status := "exit 0"
	switch {
	case len(words) == 0:
		return "", "", 0
	case words[0] == "hostname":
		out = m.hostName() + "\n"
	case words[0] == "whoami":
		out = w.user + "\n"
	case words[0] == "pwd":
		out = "/root\n"
	case words[0] == "date":
		out = c.clock.now.UTC().Format("Mon Jan _2 15:04:05 MST 2006") + "\n"
	case words[0] == "uname":
		out = "JUNOS\n"
	case words[0] == "echo":
		out = strings.Join(words[1:], " ") + "\n"
	default:
		errs, exit, status = fmt.Sprintf("sh: %s: not found\n", words[0]), 127, "exit 127"
	}
	c.note(Call{Face: "vsrx", Peer: w.peer, Name: command, Gateway: m.gateway.spec.ID, Member: m.id, Status: status})
	return out, errs, exit
}

// deviceShell is an interactive login: root gets a Unix shell, others get the CLI.
func (c *Cloud) deviceShell(m *member, w *wire, size screen, ch ssh.Channel) int {
	t := newTerminal(w, size, ch)
	if !c.greet(m, t) {
		return 255
	}
	if w.user != "root" {
		return c.interactive(m, t)
	}
	for {
		line, ok := t.readLine(c.shellPrompt(m))
		if !ok || !c.alive(m) {
			return 0
		}
		line = strings.TrimSpace(line)
		cli, isCLI := cliOfShell(line)
		switch {
		case line == "exit" || line == "logout":
			return 0
		case line == "cli":
			c.interactive(m, t)
		case isCLI && cli == netconfCommand:
			c.serveNetconf(m, w, ch)
		case isCLI:
			s := c.newCLI(m, w)
			out, _ := s.exec(cli)
			s.end()
			t.page(cli, out)
		default:
			out, errs, _ := c.runUnix(m, w, line)
			t.page(line, out+errs)
		}
	}
}

// greet is what a login prints first.
func (c *Cloud) greet(m *member, t *terminal) bool {
	if !t.real() {
		return true
	}
	leave := c.enter()
	text := fmt.Sprintf("Last login: %s from %s\n--- JUNOS %s Kernel 64-bit XEN JNPR-12.1-20250101.sim0001_builder\n",
		c.clock.now.UTC().Format("Mon Jan _2 15:04:05 2006"), strings.Split(t.wire.peer, ":")[0], m.vm.version)
	leave()
	return t.wire.send(t.out, "login", t.ends(text))
}

func (c *Cloud) shellPrompt(m *member) string {
	defer c.enter()()
	return fmt.Sprintf("root@%s:~ # ", m.hostName())
}

// alive tells whether a node still has the address that its clients have reached it on.
func (c *Cloud) alive(m *member) bool {
	defer c.enter()()
	return m.gateway.answering() == m
}
