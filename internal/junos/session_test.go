package junos_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

func TestDialFindsTheWayThatTheDeviceOffers(t *testing.T) {
	for name, c := range map[string]struct {
		closedPort, refused bool
		want                string
		logins              int
	}{
		"the subsystem on the NETCONF port": {want: "subsystem netconf", logins: 1},
		"the subsystem on the SSH port":     {closedPort: true, want: "subsystem netconf", logins: 1},
		"the command on the SSH port":       {closedPort: true, refused: true, want: "exec cli xml-mode netconf need-trailer", logins: 1},
		"the command, after both ports":     {refused: true, want: "exec cli xml-mode netconf need-trailer", logins: 2},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			p := (&peer{answer: d.answer, closedNETCONFPort: c.closedPort, refuseSubsystem: c.refused}).start(t)
			if _, err := p.dial(t).Cluster(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p.count(c.want) == 0 || p.count("password") != c.logins {
				t.Errorf("the peer saw %v", p.seen)
			}
		})
	}
}

func TestDialTriesEveryWayOnASharedPort(t *testing.T) {
	d := newDevice(t, "active")
	p := (&peer{answer: d.answer, refuseSubsystem: true}).start(t)
	p.NETCONF = p.SSH
	if _, err := p.dial(t).Cluster(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestDialEndsWith(t *testing.T) {
	t.Run("one refused login", func(t *testing.T) {
		p := newDevice(t, "active").peer()
		e := endpoint()
		e.Password = "fake-other-password"
		_, err := p.config(t).Dial(t.Context(), e)
		wantKind(t, err, upgrade.Denied)
		if p.count("password") != 1 {
			t.Errorf("%d logins, want 1", p.count("password"))
		}
		if strings.Contains(err.Error(), "fake-other-password") {
			t.Error("the error holds the password")
		}
	})
	t.Run("a wrong host key, before the password", func(t *testing.T) {
		p := newDevice(t, "active").peer()
		config := p.config(t)
		if _, err := config.Dial(t.Context(), endpoint()); err != nil {
			t.Fatal(err)
		}
		before := p.count("password")
		other := newDevice(t, "active").peer() // a new key
		p.mutex.Lock()
		p.signer = other.signer
		p.mutex.Unlock()
		_, err := config.Dial(t.Context(), endpoint())
		wantKind(t, err, upgrade.Untrusted)
		if p.count("password") != before {
			t.Error("the password was sent to an unknown host key")
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		config := newDevice(t, "active").peer().config(t)
		config.NETCONFPort, config.SSHPort = 1, 1
		_, err := config.Dial(t.Context(), endpoint())
		wantKind(t, err, upgrade.Unreachable)
	})
	t.Run("a peer that is no NETCONF server", func(t *testing.T) {
		p := (&peer{hello: "<greeting/>]]>]]>"}).start(t)
		_, err := p.config(t).Dial(t.Context(), endpoint())
		wantKind(t, err, upgrade.Malformed)
	})
	t.Run("a peer that offers chunks only", func(t *testing.T) {
		p := (&peer{hello: strings.ReplaceAll(junosHello, "base:1.0<", "base:1.1<")}).start(t)
		_, err := p.config(t).Dial(t.Context(), endpoint())
		wantKind(t, err, upgrade.Malformed)
	})
	t.Run("its context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := newDevice(t, "active").peer().config(t).Dial(ctx, endpoint())
		wantKind(t, err, upgrade.Unreachable)
	})
}

func TestMessagesArriveHoweverTheyAreCut(t *testing.T) {
	for _, piece := range []int{1, 2, 5, 7, 4093} {
		d := newDevice(t, "active")
		session := (&peer{answer: d.answer, piece: piece}).start(t).dial(t)
		for range 2 {
			if _, err := session.View(t.Context()); err != nil {
				t.Fatalf("in pieces of %d bytes: %v", piece, err)
			}
		}
	}
}

func TestASessionEndsWhere(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		want   upgrade.Kind
	}{
		"the connection is cut before the reply": {answer{hangUp: true}, upgrade.Unreachable},
		"the connection is cut in the reply":     {answer{raw: "<rpc-reply><chassis-clu", hangUp: true}, upgrade.Unreachable},
		"the reply belongs to another request":   {answer{raw: reply("900", "<ok/>")}, upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			session := (&peer{answer: func(int, string, string) answer { return c.answer }}).start(t).dial(t)
			_, err := session.Cluster(t.Context())
			wantKind(t, err, c.want)
			if _, again := session.Cluster(t.Context()); again == nil {
				t.Error("the session goes on")
			}
			wantKind(t, session.Configuration(t.Context(), junos.Text, &strings.Builder{}), c.want)
		})
	}
	t.Run("the context ends while a reply is due", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := (&peer{answer: func(int, string, string) answer { cancel(); return answer{silent: true} }}).start(t)
		_, err := p.dial(t).Cluster(ctx)
		wantKind(t, err, upgrade.Unreachable)
	})
	t.Run("the limit of a read passes", func(t *testing.T) {
		t.Parallel()
		p := (&peer{answer: func(int, string, string) answer { return answer{silent: true} }}).start(t)
		session := p.dial(t)
		config := p.config(t)
		config.Timeout = 3 * time.Second // the hello must still make it
		impatient, err := config.Dial(t.Context(), endpoint())
		if err != nil {
			t.Fatal(err)
		}
		_, err = impatient.Cluster(t.Context())
		wantKind(t, err, upgrade.Unreachable)
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("it is closed", func(t *testing.T) {
		session := newDevice(t, "active").peer().dial(t)
		if err := session.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := session.Cluster(t.Context())
		wantKind(t, err, upgrade.Unreachable)
	})
}

func TestASessionSurvivesAReplyThatCannotBeRead(t *testing.T) {
	d := newDevice(t, "active")
	d.override = func(operation, _ string) (answer, bool) {
		return answer{raw: "<rpc-reply message-id='2'><a></b>]]>]]>"}, operation == "get-chassis-cluster-status"
	}
	session := d.peer().dial(t)
	_, err := session.Cluster(t.Context())
	wantKind(t, err, upgrade.Malformed)
	if err := session.Configuration(t.Context(), junos.Set, &strings.Builder{}); err != nil {
		t.Error(err)
	}
}

func TestAnErrorIsFoundWhereverItStands(t *testing.T) {
	warning := "<rpc-error><error-severity>warning</error-severity><error-message>statement not found</error-message></rpc-error>"
	cluster := (&device{t: t, preempt: "active"}).cluster()
	for name, c := range map[string]struct {
		inner string
		want  upgrade.Kind
	}{
		"an rpc-error":                  {rpcError("permission denied"), upgrade.Refused},
		"an rpc-error without severity": {"<rpc-error><error-message>no</error-message></rpc-error>", upgrade.Refused},
		"one deep inside":               {"<a><b>" + rpcError("no") + "</b></a>", upgrade.Refused},
		"one of two nodes":              {"<multi-routing-engine-results><multi-routing-engine-item>" + cluster + "</multi-routing-engine-item><multi-routing-engine-item>" + rpcError("no") + "</multi-routing-engine-item></multi-routing-engine-results>", upgrade.Refused},
		"an xnm:error":                  {`<xnm:error xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm"><message>no</message></xnm:error>`, upgrade.Refused},
		"an undeclared xnm:error":       {`<xnm:error><message>no</message></xnm:error>`, upgrade.Refused},
		"an error beside data":          {cluster + rpcError("no"), upgrade.Refused},
		"a warning beside data":         {warning + cluster, ""},
		"a wrapped reply of one node":   {"<multi-routing-engine-results>\r\n<multi-routing-engine-item>\r\n<re-name>node0</re-name>" + cluster + "</multi-routing-engine-item></multi-routing-engine-results>", ""},
		"an element of another name":    {"<output>nothing to say</output>", upgrade.Malformed},
		"a reply that is never closed":  {"<routing-engine>" + cluster, upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := (&peer{answer: func(int, string, string) answer { return answer{inner: c.inner} }}).start(t).dial(t).Cluster(t.Context())
			wantKind(t, err, c.want)
		})
	}
	t.Run("a bare one", func(t *testing.T) {
		p := &peer{answer: func(int, string, string) answer { return answer{raw: rpcError("no") + "]]>]]>"} }}
		_, err := p.start(t).dial(t).Cluster(t.Context())
		wantKind(t, err, upgrade.Refused)
	})
}
