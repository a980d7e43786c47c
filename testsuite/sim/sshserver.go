package sim

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// login is what an SSH server knows about one connection before and after the handshake.
type login struct {
	key      ssh.Signer
	accept   func(user, password string) bool
	exec     func(user, command string, ch ssh.Channel) (exit int)
	subsys   func(user, name string, ch ssh.Channel) (exit int)
	provides func(name string) bool // subsystems
}

var errAccessDenied = errors.New("access denied")

// serveSSH speaks the server side of SSH on a connection until it ends.
func serveSSH(conn net.Conn, l login) {
	check := func(user, password string) (*ssh.Permissions, error) {
		if !l.accept(user, password) {
			return nil, errAccessDenied
		}
		return nil, nil
	}
	config := &ssh.ServerConfig{
		MaxAuthTries: 3,
		PasswordCallback: func(meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			return check(meta.User(), string(password))
		},
		KeyboardInteractiveCallback: func(meta ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password:"}, []bool{false})
			if err != nil || len(answers) != 1 {
				return nil, errAccessDenied
			}
			return check(meta.User(), answers[0])
		},
	}
	config.AddHostKey(l.key)
	server, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	defer server.Close()
	var open sync.WaitGroup
	defer open.Wait()
	open.Go(func() { ssh.DiscardRequests(requests) })
	for request := range channels {
		if request.ChannelType() != "session" {
			// The client learns of the refusal or is gone; either way there is nothing left to do.
			_ = request.Reject(ssh.UnknownChannelType, "only sessions are served")
			continue
		}
		ch, incoming, err := request.Accept()
		if err != nil {
			continue
		}
		open.Go(func() { l.session(server.User(), ch, incoming) })
	}
}

// session serves one channel: one command or one subsystem.
func (l login) session(user string, ch ssh.Channel, incoming <-chan *ssh.Request) {
	var work sync.WaitGroup
	defer work.Wait()
	started := false
	for request := range incoming {
		var payload struct{ Text string }
		switch request.Type {
		case "env", "pty-req":
			answer(request, true)
			continue
		case "exec", "subsystem":
			if started || ssh.Unmarshal(request.Payload, &payload) != nil {
				answer(request, false)
				continue
			}
		default:
			answer(request, false)
			continue
		}
		if request.Type == "subsystem" && !l.provides(payload.Text) {
			answer(request, false)
			continue
		}
		answer(request, true)
		started = true
		work.Go(func() {
			exit := 0
			if request.Type == "exec" {
				exit = l.exec(user, payload.Text, ch)
			} else {
				exit = l.subsys(user, payload.Text, ch)
			}
			finish(ch, exit)
		})
	}
}

// answer replies to a request; a client that is gone needs no reply.
func answer(request *ssh.Request, ok bool) {
	if request.WantReply {
		_ = request.Reply(ok, nil)
	}
}

// finish ends a channel with an exit status. Errors mean that the client is gone.
func finish(ch ssh.Channel, exit int) {
	_ = ch.CloseWrite()
	_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(exit)}))
	_ = ch.Close()
}

// refusedLogin records a login that failed.
func (c *Cloud) refusedLogin(face, peer, user string, gateway, member int) {
	c.note(Call{Face: face, Peer: peer, Name: "login " + user, Gateway: gateway, Member: member, Status: "refused"})
}

// serveHost answers SSH on a member's host with the password and key of the moment.
func (c *Cloud) serveHost(m *member) func(net.Conn) {
	return func(conn net.Conn) {
		leave := c.enter()
		key := m.host.key
		leave()
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
				leave := c.enter()
				if m.host.key != key {
					leave()
					return 255 // the machine is gone while the command was on its way
				}
				out, errs, exit := c.runHost(m, command, peer)
				leave()
				// A client that went away does not change what the command did.
				_, _ = io.WriteString(ch, out)
				_, _ = io.WriteString(ch.Stderr(), errs)
				return exit
			},
			provides: func(string) bool { return false },
		})
	}
}

// devicePort tells the two SSH ports of a vSRX apart.
type devicePort string

const (
	deviceSSH     devicePort = "ssh"
	deviceNetconf devicePort = "netconf"
)

// serveDevice answers SSH on a gateway's private address as the node that has it now.
func (c *Cloud) serveDevice(g *appliance, port devicePort) func(net.Conn) {
	return func(conn net.Conn) {
		leave := c.enter()
		m := g.answering()
		var key ssh.Signer
		if m != nil {
			key = m.vm.key
		}
		leave()
		if m == nil {
			return
		}
		peer := conn.RemoteAddr().String()
		serveSSH(conn, login{
			key:      key,
			accept:   func(user, password string) bool { return c.deviceLogin(g, peer, user, password) },
			provides: func(name string) bool { return name == "netconf" && c.netconfConfigured(g) },
			subsys: func(user, _ string, ch ssh.Channel) int {
				return c.serveNetconf(m, user, peer, ch)
			},
			exec: func(user, command string, ch ssh.Channel) int {
				if port == deviceNetconf {
					return 1
				}
				return c.deviceExec(m, user, command, peer, ch)
			},
		})
	}
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

// deviceExec runs one command: root has a Unix shell, others have the CLI as their shell.
func (c *Cloud) deviceExec(m *member, user, command, peer string, ch ssh.Channel) int {
	line := command
	if user == "root" {
		words, err := splitWords(command)
		if err != nil || len(words) < 2 || words[0] != "cli" {
			// A client that is gone misses only the error text.
			_, _ = fmt.Fprintf(ch.Stderr(), "sh: %s: not found\n", command)
			return 127
		}
		line = trimQuotes(words)
	}
	if line == "xml-mode netconf need-trailer" {
		return c.serveNetconf(m, user, peer, ch)
	}
	leave := c.enter()
	out, ok := c.runCLI(m, line, peer)
	leave()
	// As above: the command has been run.
	_, _ = io.WriteString(ch, out)
	return 1 - count(ok)
}
