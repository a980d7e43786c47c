// Package loopback has the servers on 127.0.0.1 that tests of the SSH adapters script their peers with.
package loopback

import (
	"crypto/ed25519"
	"crypto/rand"
	"net"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Listen serves connections on a free port of 127.0.0.1, each in a goroutine of its own, until the test ends.
func Listen(t testing.TB, serve func(net.Conn)) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			go serve(conn)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// HostKey makes a new ed25519 host key.
func HostKey(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// Sessions logs a client in and hands every channel it opens to serve, in a goroutine of its own.
func Sessions(conn net.Conn, config *ssh.ServerConfig, serve func(ssh.Channel, <-chan *ssh.Request)) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		go serve(channel, requests)
	}
}
