package loopback

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Bastion is an SSH server on the loopback that lets one public key in and forwards its connections (RFC 4254, section
// 7.2: direct-tcpip). Its fields are set before Start.
type Bastion struct {
	Accepts ssh.PublicKey             // nil accepts no key
	Refuses func(address string) bool // nil refuses no forward

	Port int        // set by Start
	Host ssh.Signer // its host key, set by Start

	mutex     sync.Mutex
	conns     []net.Conn
	forwarded []string
	frozen    bool
	logins    []string // users who tried, one entry a key shown
}

// Start serves until the test ends.
func (b *Bastion) Start(t testing.TB) *Bastion {
	t.Helper()
	b.Host = HostKey(t)
	b.Port = Listen(t, b.serve)
	return b
}

// Address is the bastion's host and port.
func (b *Bastion) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(b.Port)) }

// Cut breaks every connection that goes through the bastion.
func (b *Bastion) Cut() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, conn := range b.conns {
		conn.Close()
	}
}

// Freeze lets everything that is forwarded from now on vanish, without closing a connection, until the test ends.
func (b *Bastion) Freeze() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.frozen = true
}

// pass is the other side's writer as long as the bastion is not frozen.
type pass struct {
	bastion *Bastion
	to      io.Writer
}

func (p pass) Write(data []byte) (int, error) {
	p.bastion.mutex.Lock()
	frozen := p.bastion.frozen
	p.bastion.mutex.Unlock()
	if frozen {
		return len(data), nil
	}
	return p.to.Write(data)
}

// Forwarded are the addresses that connections were forwarded to.
func (b *Bastion) Forwarded() []string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return slices.Clone(b.forwarded)
}

// Logins are the users that showed a key, one entry a key.
func (b *Bastion) Logins() []string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return slices.Clone(b.logins)
}

// Ended waits until every connection that was made to the bastion has ended.
func (b *Bastion) Ended() {
	b.mutex.Lock()
	conns := slices.Clone(b.conns)
	b.mutex.Unlock()
	for _, conn := range conns {
		<-conn.(*watched).gone
	}
}

// watched is a connection that tells when it has ended.
type watched struct {
	net.Conn
	gone chan struct{}
}

func (b *Bastion) serve(conn net.Conn) {
	conn = &watched{Conn: conn, gone: make(chan struct{})}
	defer close(conn.(*watched).gone)
	defer conn.Close()
	b.mutex.Lock()
	b.conns = append(b.conns, conn)
	b.mutex.Unlock()
	config := &ssh.ServerConfig{PublicKeyCallback: func(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		b.logins = append(b.logins, meta.User())
		if b.Accepts == nil || !bytes.Equal(key.Marshal(), b.Accepts.Marshal()) {
			return nil, errors.New("unknown key")
		}
		return nil, nil
	}}
	config.AddHostKey(b.Host)
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		go b.forward(offered)
	}
}

func (b *Bastion) forward(offered ssh.NewChannel) {
	var to struct {
		Host   string
		Port   uint32
		Origin string
		From   uint32
	}
	if offered.ChannelType() != "direct-tcpip" || ssh.Unmarshal(offered.ExtraData(), &to) != nil {
		offered.Reject(ssh.UnknownChannelType, "this server only forwards")
		return
	}
	address := net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port)))
	if b.Refuses != nil && b.Refuses(address) {
		offered.Reject(ssh.Prohibited, "administratively prohibited")
		return
	}
	out, err := net.Dial("tcp", address)
	if err != nil {
		offered.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	b.mutex.Lock()
	b.forwarded = append(b.forwarded, address)
	b.mutex.Unlock()
	channel, requests, err := offered.Accept()
	if err != nil {
		out.Close()
		return
	}
	go ssh.DiscardRequests(requests)
	go func() {
		io.Copy(pass{b, channel}, out)
		channel.Close()
	}()
	io.Copy(pass{b, out}, channel)
	out.Close()
}
