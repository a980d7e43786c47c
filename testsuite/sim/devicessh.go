package sim

import (
	"fmt"
	"io"
	"net"

	"golang.org/x/crypto/ssh"
)

// devicePort tells the two SSH ports of a vSRX apart.
type devicePort string

const (
	deviceSSH     devicePort = "ssh"
	deviceNetconf devicePort = "netconf"
)

// junosBanner is what the SSH server of Junos calls itself.
const junosBanner = "SSH-2.0-OpenSSH_7.5"

// wire is one client's SSH connection to a node.
type wire struct {
	cloud  *Cloud
	member *member
	conn   net.Conn
	user   string
	peer   string
	gone   chan struct{} // closed when the connection has ended
}

// cut ends the connection without a farewell.
func (w *wire) cut() {
	// An error means that the client was faster.
	_ = w.conn.Close()
}

// send writes what the device says, as far as the faults of the moment let it; false if nobody is listening any more.
// The name is that of the RPC or the command that is answered.
func (w *wire) send(out io.Writer, name, text string) bool {
	if text == "" {
		return true
	}
	awake, slow := w.awake()
	if !awake {
		return false
	}
	if w.drops(name) {
		// Whether the half arrives or not, the rest never does.
		_, _ = io.WriteString(out, text[:len(text)/2])
		w.cut()
		return false
	}
	if slow {
		return dribble(out, text) == nil
	}
	_, err := io.WriteString(out, text)
	return err == nil
}

// serveDevice answers SSH on a gateway's private address as the node that has it now.
func (c *Cloud) serveDevice(g *appliance, port devicePort) func(net.Conn) {
	return func(conn net.Conn) {
		m, key := c.whoAnswers(g)
		if m == nil {
			return
		}
		if c.holds(m, conn.RemoteAddr().String()) {
			swallow(conn)
			return
		}
		conn = c.distance(conn, m)
		defer conn.Close()
		w := &wire{cloud: c, member: m, conn: conn, peer: conn.RemoteAddr().String(), gone: make(chan struct{})}
		tracked := &trackedConn{Conn: conn, gone: w.gone}
		serveSSH(tracked, login{
			banner:   junosBanner,
			key:      key,
			accept:   func(user, password string) bool { return c.deviceLogin(g, w.peer, user, password) },
			provides: func(name string) bool { return name == "netconf" && c.netconfConfigured(g) },
			subsys: func(user, _ string, ch ssh.Channel) int {
				return c.serveNetconf(m, w.of(user), ch)
			},
			exec: func(user, command string, ch ssh.Channel) int {
				if port == deviceNetconf {
					return 1
				}
				return c.deviceExec(m, w.of(user), command, ch)
			},
			shell: func(user string, size screen, ch ssh.Channel) int {
				if port == deviceNetconf {
					return 1
				}
				return c.deviceShell(m, w.of(user), size, ch)
			},
		})
	}
}

// of is the wire of a user who has logged in.
func (w *wire) of(user string) *wire {
	own := *w
	own.user = user
	return &own
}

func (c *Cloud) whoAnswers(g *appliance) (*member, ssh.Signer) {
	defer c.enter()()
	m := g.answering()
	if m == nil {
		return nil, nil
	}
	return m, m.vm.key
}

func (c *Cloud) deviceLogin(g *appliance, peer, user, password string) bool {
	defer c.enter()()
	allowed := g.config.text("system services ssh root-login") == "allow"
	if user == "root" && allowed && password == g.rootPassword || user == "admin" && password == g.adminPassword {
		return true
	}
	c.refusedLogin("vsrx", peer, user, g.spec.ID, 0)
	return false
}

func (c *Cloud) netconfConfigured(g *appliance) bool {
	defer c.enter()()
	return g.config.active("system services netconf ssh")
}

// netconfCommand is what the netconf subsystem runs (Juniper: "Establishing a NETCONF session").
const netconfCommand = "xml-mode netconf need-trailer"

// deviceExec runs one command: root has a Unix shell, others have the CLI as their shell.
func (c *Cloud) deviceExec(m *member, w *wire, command string, ch ssh.Channel) int {
	line := command
	if w.user == "root" {
		cli, isCLI := cliOfShell(command)
		if !isCLI {
			out, errs, exit := c.runUnix(m, w, command)
			w.send(ch, command, out)
			// A client that is gone misses only the error text.
			_, _ = fmt.Fprint(ch.Stderr(), errs)
			return exit
		}
		line = cli
	}
	if line == netconfCommand {
		return c.serveNetconf(m, w, ch)
	}
	s := c.newCLI(m, w)
	defer s.end()
	out, ok := s.exec(line)
	w.send(ch, line, out)
	return 1 - count(ok)
}
