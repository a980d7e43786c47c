package sim

import (
	"errors"
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// login is what an SSH server knows about one connection before and after the handshake.
type login struct {
	banner   string // software version; "" means that of the library
	key      ssh.Signer
	accept   func(user, password string) bool
	exec     func(user, command string, ch ssh.Channel) (exit int)
	subsys   func(user, name string, ch ssh.Channel) (exit int)
	shell    func(user string, size screen, ch ssh.Channel) (exit int) // nil: no interactive login
	provides func(name string) bool                                    // subsystems
}

// screen is the terminal that a client has asked for; zero without one. A size of 0 means unknown.
type screen struct {
	there         bool
	columns, rows int
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
		MaxAuthTries:  3,
		ServerVersion: l.banner,
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
			// The client learns of the denial or is gone; either way there is nothing left to do.
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

// session serves one channel: one command, one subsystem or one interactive login.
func (l login) session(user string, ch ssh.Channel, incoming <-chan *ssh.Request) {
	var work sync.WaitGroup
	defer work.Wait()
	started, size := false, screen{}
	for request := range incoming {
		var payload struct{ Text string }
		switch request.Type {
		case "pty-req":
			var wanted struct {
				Term                         string
				Columns, Rows, Width, Height uint32
				Modes                        string
			}
			ok := ssh.Unmarshal(request.Payload, &wanted) == nil
			size = screen{there: ok, columns: int(wanted.Columns), rows: int(wanted.Rows)}
			answer(request, ok)
			continue
		case "env", "window-change":
			answer(request, true)
			continue
		case "exec", "subsystem":
			if started || ssh.Unmarshal(request.Payload, &payload) != nil {
				answer(request, false)
				continue
			}
		case "shell":
			if started || l.shell == nil {
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
			switch request.Type {
			case "exec":
				exit = l.exec(user, payload.Text, ch)
			case "shell":
				exit = l.shell(user, size, ch)
			default:
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
