package junos_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"
)

func TestLanesReadSideBySideOverOneLogin(t *testing.T) {
	for name, refused := range map[string]bool{"by the subsystem": false, "by the command": true} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			p := (&peer{answer: d.answer, refuseSubsystem: refused}).start(t)
			first := p.dial(t)
			before := p.count("password")
			var reads sync.WaitGroup
			for range 4 {
				reads.Go(func() {
					lane, err := first.Lane(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if _, err := lane.View(t.Context()); err != nil {
						t.Error(err)
					}
					if lane.Way() != first.Way() {
						t.Errorf("the lane goes by %q, the first session by %q", lane.Way(), first.Way())
					}
					if err := lane.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			if _, err := first.View(t.Context()); err != nil {
				t.Error(err)
			}
			reads.Wait()
			if _, err := first.View(t.Context()); err != nil { // the lanes have gone, the connection has not
				t.Error(err)
			}
			if p.count("password") != before {
				t.Error("a lane has logged in again")
			}
		})
	}
}

func TestALaneEndsWithTheFirstSession(t *testing.T) {
	first := newDevice(t, "active").peer().dial(t)
	lane := openLane(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := lane.Cluster(t.Context())
	wantKind(t, err, upgrade.Unreachable)
	if err := lane.Close(); err != nil {
		t.Error(err)
	}
	_, err = first.Lane(t.Context())
	wantKind(t, err, upgrade.Unreachable)
}

func TestALaneThatIsGivenUpLeavesTheOthers(t *testing.T) {
	d := newDevice(t, "active")
	ctx, cancel := context.WithCancel(t.Context())
	d.override = func(operation, _ string) (answer, bool) {
		if operation == "get-commit-information" {
			cancel()
		}
		return answer{silent: true}, operation == "get-commit-information"
	}
	first := d.peer().dial(t)
	lane, other := openLane(t, first), openLane(t, first)
	_, err := lane.View(ctx)
	wantKind(t, err, upgrade.Unreachable)
	_, again := lane.Cluster(t.Context())
	wantKind(t, again, upgrade.Unreachable)
	for name, session := range map[string]*junos.Session{"the first session": first, "the other lane": other} {
		if _, err := session.Cluster(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALaneIsNotOpenedWhere(t *testing.T) {
	t.Run("the device refuses another session", func(t *testing.T) {
		p := newDevice(t, "active").peer()
		first := p.dial(t)
		p.set(func() { p.refuseSubsystem = true })
		_, err := first.Lane(t.Context())
		wantKind(t, err, upgrade.Refused)
		if _, err := first.Cluster(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("its context has ended", func(t *testing.T) {
		first := newDevice(t, "active").peer().dial(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := first.Lane(ctx)
		wantKind(t, err, upgrade.Unreachable)
		if _, err := first.Cluster(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("the peer says something else than hello", func(t *testing.T) {
		p := newDevice(t, "active").peer()
		first := p.dial(t)
		p.set(func() { p.hello = "<greeting/>]]>]]>" })
		_, err := first.Lane(t.Context())
		wantKind(t, err, upgrade.Malformed)
		if _, err := first.Cluster(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestASessionTellsTheCauseOfItsEnd(t *testing.T) {
	t.Run("a bastion that goes while a reply is due", func(t *testing.T) {
		key := loopback.HostKey(t)
		bastion := (&loopback.Bastion{Accepts: key.PublicKey()}).Start(t)
		p := (&peer{answer: func(int, string, string) answer { bastion.Cut(); return answer{silent: true} }}).start(t)
		config := p.config(t)
		config.Dialer.Key, config.Dialer.Via = key, []sshdial.Hop{{User: "ops", Address: "127.0.0.1", Port: bastion.Port}}
		wantCause(t, config, "through the bastion ops@127.0.0.1")
		bastion.Ended()
	})
	t.Run("a peer that answers no keepalive", func(t *testing.T) {
		t.Parallel()
		key := loopback.HostKey(t)
		bastion := (&loopback.Bastion{Accepts: key.PublicKey()}).Start(t)
		p := (&peer{answer: func(int, string, string) answer { bastion.Freeze(); return answer{silent: true} }}).start(t)
		config := p.config(t)
		config.Dialer.KeepAlive = 200 * time.Millisecond
		config.Dialer.Key, config.Dialer.Via = key, []sshdial.Hop{{User: "ops", Address: "127.0.0.1", Port: bastion.Port}}
		wantCause(t, config, "keepalive requests in a row unanswered")
	})
}

// wantCause reads from a device over a connection that breaks meanwhile.
func wantCause(t *testing.T, config junos.Config, cause string) {
	t.Helper()
	session, err := config.Dial(t.Context(), endpoint())
	if err != nil {
		t.Fatal(err)
	}
	_, err = session.Cluster(t.Context())
	wantKind(t, err, upgrade.Unreachable)
	if err == nil || !strings.Contains(err.Error(), cause) {
		t.Errorf("the error %q does not say %q", err, cause)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
}

// openLane opens a lane that ends with the test.
func openLane(t *testing.T, first *junos.Session) *junos.Session {
	t.Helper()
	lane, err := first.Lane(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lane.Close(); err != nil {
			t.Error(err)
		}
	})
	return lane
}
