package sshdial

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"

	"golang.org/x/crypto/ssh"
)

func TestAPeerThatAnswersNoKeepAliveIsGivenUpWithTheCause(t *testing.T) {
	client, l := connected(t, func(<-chan *ssh.Request) {}) // it reads no request, and so answers none
	ended := make(chan struct{})
	keepAlive(client, l, "192.0.2.7:22", 10*time.Millisecond, func() { close(ended) })
	err := client.Wait()
	if upgrade.KindOf(err) != upgrade.Unreachable || !strings.Contains(err.Error(), "192.0.2.7:22 left 3 keepalive requests in a row unanswered") {
		t.Errorf("the connection ended with %v", err)
	}
	<-ended
}

func TestAPeerThatAnswersIsKept(t *testing.T) {
	asked := make(chan string, 100)
	client, l := connected(t, func(requests <-chan *ssh.Request) {
		for request := range requests {
			asked <- request.Type
			if err := request.Reply(false, nil); err != nil { // OpenSSH refuses the request, which is an answer
				return
			}
		}
	})
	stopped := make(chan struct{})
	go keepAlive(client, l, "192.0.2.7:22", 2*time.Second, func() { close(stopped) }) // six seconds for an answer
	for range 2 {
		if name := <-asked; name != "keepalive@openssh.com" {
			t.Errorf("asked for %q", name)
		}
	}
	client.Close()
	<-stopped
}

// connected is a client of a server on the loopback that handles requests in its own way.
func connected(t *testing.T, serve func(<-chan *ssh.Request)) (*ssh.Client, *link) {
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
	l := &link{Conn: conn}
	transport, channels, requests, err := ssh.NewClientConn(l, "", &ssh.ClientConfig{HostKeyCallback: ssh.FixedHostKey(key.PublicKey())})
	if err != nil {
		t.Fatal(err)
	}
	return ssh.NewClient(transport, channels, requests), l
}
