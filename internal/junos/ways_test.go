package junos_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

func TestTheWayThatWorkedIsTriedFirst(t *testing.T) {
	for name, c := range map[string]struct {
		closedPort, refused bool
		want                string
		first, second       []string // what the peer sees of each dial
	}{
		"the NETCONF port": {
			want:  "830",
			first: []string{"password", "subsystem netconf"}, second: []string{"password", "subsystem netconf"},
		},
		"the subsystem on the SSH port": {
			closedPort: true, want: "22 subsystem",
			first: []string{"password", "subsystem netconf"}, second: []string{"password", "subsystem netconf"},
		},
		"the command": {
			refused: true, want: "22 command",
			first:  []string{"password", "subsystem netconf", "password", "subsystem netconf", "exec cli xml-mode netconf need-trailer"},
			second: []string{"password", "exec cli xml-mode netconf need-trailer"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			p := (&peer{answer: d.answer, closedNETCONFPort: c.closedPort, refuseSubsystem: c.refused}).start(t)
			config := p.config(t)
			config.Ways = &junos.Ways{}
			for i, want := range [][]string{c.first, c.second} {
				before := len(p.seenBy())
				session, err := config.Dial(t.Context(), endpoint())
				if err != nil {
					t.Fatal(err)
				}
				if got := p.seenBy()[before:]; session.Way() != c.want || !slices.Equal(got, want) {
					t.Errorf("dial %d goes by %q, and the peer sees %q", i+1, session.Way(), got)
				}
				if err := session.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestTheOtherWaysFollowTheOneThatWorked(t *testing.T) {
	d := newDevice(t, "active")
	p := (&peer{answer: d.answer, refuseSubsystem: true}).start(t)
	config := p.config(t)
	config.Ways = &junos.Ways{}
	for _, refused := range []bool{true, false} { // the command, then the port that is open by now
		p.set(func() { p.refuseSubsystem, p.refuseCommand = refused, !refused })
		session, err := config.Dial(t.Context(), endpoint())
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{true: "22 command", false: "22 subsystem"}[refused]; session.Way() != want {
			t.Errorf("the way is %q, want %q", session.Way(), want)
		}
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWaysServeManyAtATime(t *testing.T) {
	config := newDevice(t, "active").peer().config(t)
	config.Ways = &junos.Ways{}
	var dials sync.WaitGroup
	for range 4 {
		dials.Go(func() {
			session, err := config.Dial(t.Context(), endpoint())
			if err != nil {
				t.Error(err)
				return
			}
			if err := session.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	dials.Wait()
}

func TestDialTellsWhyEveryWayFailed(t *testing.T) {
	p := (&peer{answer: newDevice(t, "active").answer, refuseSubsystem: true, refuseCommand: true}).start(t)
	_, err := p.config(t).Dial(t.Context(), endpoint())
	wantKind(t, err, upgrade.Refused)
	for _, way := range []string{"by 830", "by 22 command"} {
		if !strings.Contains(err.Error(), way) {
			t.Errorf("the error %q does not tell of the way %s", err, way)
		}
	}
}
