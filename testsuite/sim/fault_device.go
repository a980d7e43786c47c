package sim

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// deviceFaults are the faults of the vSRX face. The argument of ssh-drop is the RPC or command whose reply is cut,
// that of slow-device the virtual
// time that every reply takes, that of pending-commit the time until it rolls back, that of
// config-uncommitted the statement that somebody has set, that of commit-refused the reason.
func deviceFaults() map[string]faultKind {
	return map[string]faultKind{
		"ssh-refused":        {apply: refuseSSH, clear: acceptSSH},
		"ssh-drop":           {},
		"ssh-half-open":      {clear: cutSSH},
		"slow-device":        {check: needDuration},
		"host-key-changed":   {apply: changeKey, instant: true},
		"root-login-closed":  {apply: rootLogin("deny"), clear: rootLogin("allow")},
		"config-locked":      {apply: lockByStranger, clear: unlockByStranger},
		"config-uncommitted": {apply: leaveUncommitted, clear: discardUncommitted},
		"pending-commit":     {check: needMinutes, apply: commitUnconfirmed, clear: confirmCommit},
		"peer-config-locked": {pair: true},
		"commit-refused":     {},
		"unclosed-engine":    {},
		"no-licence":         {},
	}
}

func needMinutes(arg string) error {
	if arg == "" {
		return nil
	}
	d, err := time.ParseDuration(arg)
	if err == nil && d < time.Minute {
		return fmt.Errorf("shorter than a minute")
	}
	return err
}

// listen opens one of a gateway's faces unless a fault keeps it shut.
func (g *appliance) listen(e *endpoint) error {
	if _, refused := g.cloud.armed("ssh-refused", g.members[0]); refused {
		return nil
	}
	return e.open()
}

// hitsGateway tells whether a fault of a whole gateway befalls this one.
func (f Fault) hitsGateway(g *appliance) bool { return f.Gateway == 0 || f.Gateway == g.spec.ID }

func refuseSSH(c *Cloud, f Fault, _ *member) {
	for _, g := range c.gateways {
		if f.hitsGateway(g) {
			g.ssh.close()
			g.netconf.close()
		}
	}
}

func acceptSSH(c *Cloud, f Fault, _ *member) {
	for _, g := range c.gateways {
		if !f.hitsGateway(g) || g.answering() == nil {
			continue
		}
		for _, e := range []*endpoint{g.ssh, g.netconf} {
			c.trouble(g.listen(e))
		}
	}
}

func cutSSH(_ *Cloud, _ Fault, m *member) {
	m.gateway.ssh.cut()
	m.gateway.netconf.cut()
}

func changeKey(c *Cloud, _ Fault, m *member) {
	if holder := m.gateway.answering(); holder != nil {
		m = holder
	}
	m.vm.key = c.hostKey()
	cutSSH(c, Fault{}, m)
}

func rootLogin(to string) func(*Cloud, Fault, *member) {
	return func(_ *Cloud, _ Fault, m *member) {
		m.gateway.changeByHand("set system services ssh root-login " + to)
	}
}

// stranger is a person on the CLI whom nobody told of the upgrade.
func stranger(c *Cloud, m *member) *editor {
	return c.newEditor(m.gateway, "opsadmin", "pts/1", "cli")
}

func lockByStranger(c *Cloud, _ Fault, m *member) {
	e := stranger(c, m)
	e.mode = editExclusive
	m.gateway.edits.stranger = e
}

func unlockByStranger(_ *Cloud, _ Fault, m *member) { m.gateway.edits.stranger = nil }

// leaveUncommitted leaves a change in the shared candidate.
func leaveUncommitted(c *Cloud, f Fault, m *member) {
	next := m.gateway.config.clone()
	c.trouble(next.apply(withDefault(f.Arg, "set system syslog file unfinished any any")))
	m.gateway.edits.candidate = next
}

func discardUncommitted(_ *Cloud, _ Fault, m *member) { m.gateway.edits.candidate = nil }

// commitUnconfirmed is somebody's confirmed commit that waits for its confirmation.
func commitUnconfirmed(c *Cloud, f Fault, m *member) {
	g := m.gateway
	d, err := time.ParseDuration(withDefault(f.Arg, "10m"))
	c.trouble(err)
	p := &pendingCommit{before: g.config, by: stranger(c, m)}
	next := g.config.clone()
	c.trouble(next.apply(fmt.Sprintf("set system syslog file trial-%d any any", len(g.commits))))
	g.adopt(next, commit{user: "opsadmin", client: "cli", comment: fmt.Sprintf("commit confirmed, rollback in %dmins", int(d/time.Minute))})
	g.exported = false
	g.await(p, d)
}

func confirmCommit(_ *Cloud, _ Fault, m *member) { m.gateway.pending = nil }

// halfOpen tells whether a node takes connections and says nothing.
func (c *Cloud) halfOpen(m *member) bool {
	defer c.enter()()
	_, is := c.armed("ssh-half-open", m)
	return is
}

// holds is halfOpen for a new connection, which it records.
func (c *Cloud) holds(m *member, peer string) bool {
	held := c.halfOpen(m)
	if held {
		defer c.enter()()
		c.note(Call{Face: "vsrx", Peer: peer, Name: "connect", Gateway: m.gateway.spec.ID, Member: m.id, Status: "unanswered"})
	}
	return held
}

// swallow reads what a client sends until the connection ends.
func swallow(conn net.Conn) {
	// The end of the connection is all there is to wait for.
	_, _ = io.Copy(io.Discard, conn)
}

// awake waits as long as the device takes to answer; it is not awake if the connection has ended meanwhile.
func (w *wire) awake() (awake, slow bool) {
	if w.cloud.halfOpen(w.member) {
		<-w.gone
		return false, false
	}
	ready := w.cloud.delay(w.member)
	if ready == nil {
		return true, false
	}
	select {
	case <-ready:
		return true, true
	case <-w.gone:
	case <-w.cloud.done:
	}
	return false, true
}

// crumb is how much of a slow device's answer comes at a time: a number that no message is a multiple of.
const crumb = 61

// dribble writes in small pieces, so that marks and elements arrive in two halves.
func dribble(out io.Writer, text string) error {
	for len(text) > 0 {
		n := min(crumb, len(text))
		if _, err := io.WriteString(out, text[:n]); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}

// delay is closed after the virtual time that a slow device takes; nil if it is not slow.
func (c *Cloud) delay(m *member) <-chan struct{} {
	defer c.enter()()
	f, slow := c.armed("slow-device", m)
	if !slow {
		return nil
	}
	d, err := time.ParseDuration(f.Arg)
	c.trouble(err)
	ready := make(chan struct{})
	c.clock.after(d, func() { close(ready) })
	return ready
}

// drops tells whether the connection is lost in the middle of this reply; that happens once.
func (w *wire) drops(name string) bool {
	defer w.cloud.enter()()
	f, is := w.cloud.armed("ssh-drop", w.member)
	if !is || f.Arg != "" && !strings.Contains(name, f.Arg) || name == "hello" && f.Arg == "" {
		return false
	}
	w.cloud.spend("ssh-drop", w.member)
	return true
}

// trackedConn tells when the connection has ended, which the SSH server notices by reading.
type trackedConn struct {
	net.Conn
	once sync.Once
	gone chan struct{}
}

func (t *trackedConn) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	if err != nil {
		t.once.Do(func() { close(t.gone) })
	}
	return n, err
}
