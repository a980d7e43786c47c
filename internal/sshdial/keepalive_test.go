package sshdial

import (
	"net"
	"strconv"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/loopback"

	"golang.org/x/crypto/ssh"
)

func TestAPeerThatAnswersNoKeepAliveIsGivenUp(t *testing.T) {
	client, conn := connected(t, func(<-chan *ssh.Request) {}) // it reads no request, and so answers none
	keepAlive(client, conn, 10*time.Millisecond, 10*time.Millisecond, func() bool { return true })
	if client.Wait() == nil {
		t.Error("the connection ended without a reason")
	}
}

func TestAPeerThatAnswersIsKept(t *testing.T) {
	asked := make(chan string, 100)
	client, conn := connected(t, func(requests <-chan *ssh.Request) {
		for request := range requests {
			asked <- request.Type
			if err := request.Reply(false, nil); err != nil { // OpenSSH refuses the request, which is an answer
				return
			}
		}
	})
	stopped := make(chan bool)
	go keepAlive(client, conn, 10*time.Millisecond, time.Minute, func() bool { close(stopped); return true })
	for range 3 {
		if name := <-asked; name != "keepalive@openssh.com" {
			t.Errorf("asked for %q", name)
		}
	}
	client.Close()
	<-stopped
}

// connected is a client of a server on the loopback that handles requests in its own way.
func connected(t *testing.T, serve func(<-chan *ssh.Request)) (*ssh.Client, net.Conn) {
	t.Helper()
	config, key := &ssh.ServerConfig{NoClientAuth: true}, loopback.HostKey(t)
	config.AddHostKey(key)
	port := loopback.Listen(t, func(conn net.Conn) {
		if _, _, requests, err := ssh.NewServerConn(conn, config); err == nil {
			serve(requests)
		}
	})
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	transport, channels, requests, err := ssh.NewClientConn(conn, "", &ssh.ClientConfig{HostKeyCallback: ssh.FixedHostKey(key.PublicKey())})
	if err != nil {
		t.Fatal(err)
	}
	return ssh.NewClient(transport, channels, requests), conn
}
