package sshdial

import (
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// closeLimit is how long the parts of a path have for their farewells before the socket under all of them is closed.
const closeLimit = 2 * time.Second

// link is the connection under one SSH login: a socket, or a channel that a bastion forwards. It remembers why it ended,
// which the errors of x/crypto/ssh do not tell.
type link struct {
	net.Conn
	via *bastion // nil for a socket

	mutex sync.Mutex
	ended error
}

// bastion is a login at a hop.
type bastion struct {
	hop    Hop
	client *ssh.Client
	link   *link
}

// Read fails with the reason why the link has ended.
func (l *link) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if err != nil {
		err = l.end(err)
	}
	return n, err
}

// end records the first reason. A forwarded channel ends with the bastion's own link, which has recorded its reason
// before: the bastion's client drops its channels only after a failed read.
func (l *link) end(reason error) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.ended != nil {
		return l.ended
	}
	l.ended = reason
	if l.via != nil {
		if broken := l.via.link.reason(); broken != nil {
			l.ended = fmt.Errorf("the connection through the bastion %s ended: %w", l.via.hop, broken)
		}
	}
	return l.ended
}

func (l *link) reason() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.ended
}

// Close closes the link and the logins it goes through, the nearest to the far end first.
func (l *link) Close() error {
	if l.via == nil {
		return l.Conn.Close()
	}
	overdue := time.AfterFunc(closeLimit, l.abort) // a farewell to a dead bastion waits for its socket
	defer overdue.Stop()
	err := l.Conn.Close()
	l.via.close()
	return err
}

// close ends the login at a bastion and those before it; a nil bastion is this machine. The end of the far link has been
// reported already, so that an error here has nothing to add.
func (b *bastion) close() {
	if b != nil {
		_ = b.client.Close()
	}
}

// abort closes the socket under the whole path at once: closing a client would wait for a writer that is stuck on a dead
// peer. Everything on the path ends by itself then.
func (l *link) abort() {
	for l.via != nil {
		l = l.via.link
	}
	_ = l.Conn.Close()
}

// giveUp ends the link for a reason of ours, which then is the one that its users see.
func (l *link) giveUp(reason error) {
	_ = l.end(reason)
	l.abort()
}
