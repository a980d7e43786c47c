package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// editMode is how somebody has opened the configuration.
type editMode string

const (
	editNone      editMode = ""
	editShared    editMode = "shared"
	editExclusive editMode = "exclusive"
	editPrivate   editMode = "private"
)

// edits is who works on the configuration of a gateway, and on what.
type edits struct {
	candidate *configuration // the shared one; nil while it is what was committed
	open      []*editor
	stranger  *editor // somebody whom only a fault knows; he holds the lock
}

// editor is one login that may work on a gateway's configuration: a NETCONF session or a CLI.
type editor struct {
	gateway        *appliance
	user, terminal string
	client         string // as the commit list names it
	pid            int
	since          time.Time
	mode           editMode
	private, base  *configuration // of a private edit: what it is and what it began from
}

// denial is why the device does not do what it was asked, in its words.
type denial struct{ tag, message string }

func (r *denial) Error() string { return r.message }

const (
	tagFailed     = "operation-failed"
	tagLockDenied = "lock-denied"
)

// notOpen is the answer to an unlock or a load without an open database.
const notOpen = "\nConfiguration database is not open\n"

// newEditor registers a login; it has nothing open yet.
func (c *Cloud) newEditor(g *appliance, user, terminal, client string) *editor {
	c.logins++
	return &editor{gateway: g, user: user, terminal: terminal, client: client, pid: 20000 + c.logins, since: c.clock.now}
}

// describe is a line of those that Junos prints about who has the database open.
func (e *editor) describe() string {
	idle := e.gateway.cloud.clock.now.Sub(e.since)
	text := fmt.Sprintf("  %s terminal %s (pid %d) on since %s, idle %02d:%02d:%02d\n", e.user, e.terminal, e.pid,
		e.since.UTC().Format("2006-01-02 15:04:05 MST"), int(idle.Hours()), int(idle.Minutes())%60, int(idle.Seconds())%60)
	if e.mode == editExclusive || e.mode == editPrivate {
		text += "      " + string(e.mode) + " \n"
	}
	return text
}

// holder is who has the database exclusively, other than e; nil if nobody has.
func (g *appliance) holder(e *editor) *editor {
	for _, other := range g.edits.open {
		if other != e && other.mode == editExclusive {
			return other
		}
	}
	if g.edits.stranger != nil {
		return g.edits.stranger
	}
	return nil
}

func lockedBy(other *editor) *denial {
	return &denial{tagLockDenied, "\nconfiguration database locked by:\n" + other.describe()}
}

// dirty tells whether the shared candidate holds changes that nobody has committed.
func (g *appliance) dirty() bool {
	return g.edits.candidate != nil && !g.edits.candidate.same(g.config)
}

// begin opens the database; what is open already in that mode stays open.
func (e *editor) begin(mode editMode) *denial {
	g := e.gateway
	if e.mode == mode {
		return nil
	}
	if other := g.holder(e); other != nil {
		return lockedBy(other)
	}
	private := slices.ContainsFunc(g.edits.open, func(o *editor) bool { return o != e && o.mode == editPrivate })
	switch {
	case e.mode != editNone && e.mode != editShared:
		return &denial{tagFailed, "configuration database is already open"}
	case mode != editShared && g.dirty():
		return &denial{tagFailed, "configuration database modified"}
	case mode == editShared && private:
		return &denial{tagFailed, "private edits in use. Try 'configure private' or 'configure exclusive'"}
	}
	if mode == editPrivate {
		e.base, e.private = g.config.clone(), g.config.clone()
	}
	if e.mode == editNone {
		g.edits.open = append(g.edits.open, e)
	}
	e.mode = mode
	return nil
}

// finish closes the database. Uncommitted changes of an exclusive or private edit are gone, those of a shared one stay.
func (e *editor) finish() {
	g := e.gateway
	if e.mode == editExclusive {
		g.edits.candidate = nil
	}
	e.mode, e.private, e.base = editNone, nil, nil
	g.edits.open = slices.DeleteFunc(g.edits.open, func(o *editor) bool { return o == e })
}

// config is what e reads: its own copy, the shared candidate, or what is committed.
func (e *editor) config() *configuration {
	switch {
	case e.mode == editPrivate:
		return e.private
	case e.gateway.edits.candidate != nil:
		return e.gateway.edits.candidate
	}
	return e.gateway.config
}

// writable tells why e may not change the configuration; nil if it may. A session that has opened nothing works on the
// shared candidate, except on a cluster, where the database has to be opened first.
func (e *editor) writable() *denial {
	g := e.gateway
	if other := g.holder(e); other != nil {
		return lockedBy(other)
	}
	if e.mode == editNone && !g.spec.Standalone {
		return &denial{tagFailed, notOpen}
	}
	return nil
}

// change lets edit work on a copy, which becomes the candidate if it succeeds.
func (e *editor) change(edit func(*configuration) ([]string, error)) (warnings []string, err error) {
	if refused := e.writable(); refused != nil {
		return nil, refused
	}
	next := e.config().clone()
	warnings, err = edit(next)
	if err != nil {
		return warnings, &denial{tagFailed, err.Error()}
	}
	e.replace(next)
	return warnings, nil
}

func (e *editor) replace(config *configuration) {
	if e.mode == editPrivate {
		e.private = config
		return
	}
	e.gateway.edits.candidate = config
}

// discard throws the changes away.
func (e *editor) discard() {
	if e.mode == editPrivate {
		e.private = e.base.clone()
		return
	}
	e.gateway.edits.candidate = nil
}

// rollback loads an older configuration as the candidate.
func (e *editor) rollback(n int) *denial {
	g := e.gateway
	if refused := e.writable(); refused != nil {
		return refused
	}
	old := g.rollbackConfig(n)
	if old == nil {
		return &denial{tagFailed, fmt.Sprintf("rollback %d does not exist", n)}
	}
	if n == 0 && e.mode != editPrivate {
		e.discard()
		return nil
	}
	e.replace(old.clone())
	return nil
}

// rollbackConfig is the configuration of an entry of the commit list; nil if there is none.
func (g *appliance) rollbackConfig(n int) *configuration {
	if n < 0 || n >= len(g.commits) {
		return nil
	}
	return g.commits[n].config
}

// closeDatabase ends every edit: the routing engine that had it is gone.
func (g *appliance) closeDatabase() {
	for _, e := range slices.Clone(g.edits.open) {
		e.finish()
	}
	g.edits.candidate = nil
}

// users is what "status" and the CLI's greeting list in configuration mode.
func (g *appliance) users(except *editor) string {
	var out strings.Builder
	list := g.edits.open
	if g.edits.stranger != nil {
		list = append(slices.Clone(list), g.edits.stranger)
	}
	for _, e := range list {
		if e != except {
			out.WriteString(e.describe())
		}
	}
	return out.String()
}
