package sim

import (
	"io"
	"net"

	"golang.org/x/crypto/ssh"
)

// serveHost answers SSH on a member's host with the password and key of the moment: single commands, and a root shell.
func (c *Cloud) serveHost(m *member) func(net.Conn) {
	return func(conn net.Conn) {
		leave := c.enter()
		key := m.host.key
		leave()
		conn = c.distance(conn, m)
		defer conn.Close()
		peer := conn.RemoteAddr().String()
		serveSSH(conn, login{
			key: key,
			accept: func(user, password string) bool {
				defer c.enter()()
				if user == "root" && password == m.host.password {
					return true
				}
				c.refusedLogin("host", peer, user, m.gateway.spec.ID, m.id)
				return false
			},
			exec: func(_, command string, ch ssh.Channel) int {
				out, errs, exit, _ := c.onHost(m, key, homeOfRoot, command, peer)
				// A client that went away does not change what the command did.
				_, _ = io.WriteString(ch, out)
				_, _ = io.WriteString(ch.Stderr(), errs)
				return exit
			},
			shell:    func(_ string, size screen, ch ssh.Channel) int { return c.hostShell(m, key, size, ch, peer) },
			provides: func(string) bool { return false },
		})
	}
}

// onHost runs a line in a folder and tells the folder where it ends. A host that became another one while the command
// was on its way does not run it.
func (c *Cloud) onHost(m *member, key ssh.Signer, folder, line, peer string) (out, errs string, exit int, now string) {
	defer c.enter()()
	if m.host.key != key {
		return "", "", 255, folder
	}
	return c.runHost(m, folder, line, peer)
}

// hostShell is an interactive login: each line runs where the one before has left off.
func (c *Cloud) hostShell(m *member, key ssh.Signer, size screen, ch ssh.Channel, peer string) int {
	t := newTerminal(nil, size, ch)
	folder, exit := homeOfRoot, 0
	for {
		line, more := t.readLine(m.prompt(folder))
		if !more || line == "exit" || line == "logout" {
			return exit
		}
		if line == "" {
			continue
		}
		var out, errs string
		out, errs, exit, folder = c.onHost(m, key, folder, line, peer)
		if !t.say(out) || !t.say(errs) {
			return exit
		}
	}
}

// prompt is that of Ubuntu's root.
func (m *member) prompt(folder string) string {
	if folder == homeOfRoot {
		folder = "~"
	}
	return "root@" + m.host.name + ":" + folder + "# "
}
