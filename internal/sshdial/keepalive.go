package sshdial

import (
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/upgrade"
)

const (
	// keepAliveEvery is below the idle times of the stateful filters on the way, which cut a long silent commit.
	keepAliveEvery = 15 * time.Second
	// unansweredLimit is how many intervals may pass without an answer (OpenSSH: ServerAliveCountMax).
	unansweredLimit = 3
)

// keepAlive notices a peer that vanished without closing the connection, and ends with the client. The request asks the
// far end through every bastion, and so proves the whole path. x/crypto/ssh has one request under way at a time, so that
// the next ones of the interval are not sent while one waits: TCP repeats it, and the time to give up is the same.
func keepAlive(client *ssh.Client, l *link, address string, every time.Duration, ended func()) {
	closed := make(chan struct{})
	go func() {
		client.Wait()
		ended()
		close(closed)
	}()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-closed:
			return
		case <-ticker.C:
		}
		silent := time.AfterFunc(unansweredLimit*every, func() {
			l.giveUp(upgrade.Errorf(upgrade.Unreachable, "%s left %d keepalive requests in a row unanswered (one every %s)", address, unansweredLimit, every))
		})
		_, _, err := client.SendRequest("keepalive@openssh.com", true, nil)
		silent.Stop()
		if err != nil {
			return
		}
	}
}
