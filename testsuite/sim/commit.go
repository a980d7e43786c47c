package sim

import (
	"fmt"
	"strings"
	"time"
)

// commit is one entry of "show system commit".
type commit struct {
	user, client, log, comment string
	at                         time.Time
	config                     *configuration
}

// pendingCommit is a confirmed commit that nobody has confirmed yet.
type pendingCommit struct {
	before *configuration
	by     *editor
	until  time.Time
}

// keptCommits is how many Junos lists.
const keptCommits = 50

// longestLog is how much of a commit log Junos takes.
const longestLog = 512

// adopt makes a configuration the committed one.
func (g *appliance) adopt(config *configuration, entry commit) {
	entry.at, entry.config = g.cloud.clock.now, config.clone()
	g.config = config
	g.commits = append([]commit{entry}, g.commits...)
	g.commits = g.commits[:min(len(g.commits), keptCommits)]
}

// order is what a commit is asked for.
type order struct {
	log     string
	check   bool
	confirm time.Duration // above 0 it rolls back unless somebody confirms it
}

// commit is check, confirmed commit and plain commit; the first and the last confirm a pending one.
func (e *editor) commit(o order) *denial {
	g := e.gateway
	if refused := e.mayCommit(o); refused != nil {
		return refused
	}
	if o.check {
		g.pending = nil
		return nil
	}
	next := e.outcome()
	entry := commit{user: e.user, client: e.client, log: o.log}
	before := g.config
	g.pending = nil
	if o.confirm > 0 {
		entry.comment = fmt.Sprintf("commit confirmed, rollback in %dmins", int(o.confirm/time.Minute))
		g.await(&pendingCommit{before: before, by: e}, o.confirm)
	}
	g.cloud.judgeCommit(g, "commit by "+e.user)
	if e.mode != editNone || g.dirty() {
		g.exported = false
	}
	g.adopt(next, entry)
	if e.mode == editPrivate {
		e.base, e.private = next.clone(), next.clone()
	} else {
		g.edits.candidate = nil
	}
	g.honourPreempt()
	return nil
}

// await books the rollback of a confirmed commit.
func (g *appliance) await(p *pendingCommit, d time.Duration) {
	p.until = g.cloud.clock.now.Add(d)
	g.pending = p
	g.cloud.clock.after(d, func() { g.rollBack(p) })
}

// outcome is what a commit of e would make the configuration.
func (e *editor) outcome() *configuration {
	g := e.gateway
	if e.mode != editPrivate {
		return e.config().clone()
	}
	merged := g.config.clone()
	merged.rebase(e.base, e.private)
	return merged
}

// privateConfirmed is the first release that takes a confirmed commit in a private edit.
var privateConfirmed = release{21, 2}

func (e *editor) mayCommit(o order) *denial {
	g := e.gateway
	if other := g.holder(e); other != nil {
		return lockedBy(other)
	}
	switch {
	case len(o.log) > longestLog:
		return &denial{tagFailed, fmt.Sprintf("commit log is longer than %d characters", longestLog)}
	case o.confirm > 0 && e.mode == editPrivate && !g.release().atLeast(privateConfirmed):
		return &denial{tagFailed, "commit confirmed not supported for private configuration"}
	}
	if f, is := g.cloud.armed("peer-config-locked", g.members[0]); is && !g.spec.Standalone {
		return &denial{tagFailed, fmt.Sprintf("remote lock-configuration failed on node%s", withDefault(f.Arg, "1"))}
	}
	if problem := e.outcome().problem(); problem != "" {
		return &denial{tagFailed, problem}
	}
	return nil
}

func withDefault(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

// problem is why a configuration cannot be committed; "" if it can.
func (c *configuration) problem() string {
	if !c.active("system root-authentication") {
		return "Missing mandatory statement: 'root-authentication'"
	}
	groups := c.root.child("groups")
	if n := c.root.child("apply-groups"); n != nil && !n.inactive {
		for _, v := range n.values {
			if !strings.Contains(v, "${node}") && (groups == nil || groups.child(v) == nil) {
				return fmt.Sprintf("Statement 'apply-groups %s': group is not defined", v)
			}
		}
	}
	return ""
}

// rollBack undoes a confirmed commit whose time has run out or whose session was killed.
func (g *appliance) rollBack(p *pendingCommit) {
	if g.pending != p {
		return
	}
	g.pending = nil
	g.cloud.judgeCommit(g, "automatic rollback of an unconfirmed commit")
	g.adopt(p.before.clone(), commit{user: "root", client: "other", log: "rolled back: commit was not confirmed"})
	g.exported = false
	g.edits.candidate = nil
	g.honourPreempt()
}

// lastCommit is the first line of "show configuration".
func (g *appliance) lastCommit() string {
	last := g.commits[0]
	return fmt.Sprintf("## Last commit: %s by %s\n", junosTime(last.at), last.user)
}

// junosTime is a moment as Junos prints it.
func junosTime(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 MST") }

// release is the first two numbers of a Junos version.
type release struct{ major, minor int }

func (r release) atLeast(other release) bool {
	return r.major > other.major || r.major == other.major && r.minor >= other.minor
}

// release is that of the node that answers.
func (g *appliance) release() release {
	m := g.answering()
	if m == nil {
		m = g.members[0]
	}
	return m.release()
}

// release is zero for versions that do not begin with two numbers.
func (m *member) release() release {
	var r release
	if n, err := fmt.Sscanf(m.vm.version, "%d.%d", &r.major, &r.minor); n != 2 || err != nil {
		return release{}
	}
	return r
}
