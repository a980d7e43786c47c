package sim

import (
	"fmt"
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
}

// keptCommits is how many Junos lists.
const keptCommits = 50

// adopt makes a configuration the committed one.
func (g *appliance) adopt(config *configuration, entry commit) {
	entry.at, entry.config = g.cloud.clock.now, config.clone()
	g.config = config
	g.commits = append([]commit{entry}, g.commits...)
	g.commits = g.commits[:min(len(g.commits), keptCommits)]
}

// commitCandidate is a session's commit; minutes above 0 make it roll back unless it is confirmed.
func (g *appliance) commitCandidate(s *netconfSession, log string, minutes int) {
	c := g.cloud
	entry := commit{user: s.user, client: "netconf", log: log}
	before := g.config
	g.pending = nil
	if minutes > 0 {
		entry.comment = fmt.Sprintf("commit confirmed, rollback in %dmins", minutes)
		p := &pendingCommit{before: before}
		g.pending = p
		c.clock.after(time.Duration(minutes)*time.Minute, func() { g.rollBack(p) })
	}
	c.judgeCommit(g, "commit by "+s.user)
	if s.candidate != nil {
		g.adopt(s.candidate.clone(), entry)
		g.exported = false
	} else {
		g.adopt(g.config.clone(), entry)
	}
	g.honourPreempt()
}

// rollBack undoes a confirmed commit whose time has run out.
func (g *appliance) rollBack(p *pendingCommit) {
	if g.pending != p {
		return
	}
	g.pending = nil
	g.cloud.judgeCommit(g, "automatic rollback of an unconfirmed commit")
	g.adopt(p.before.clone(), commit{user: "root", client: "other", log: "rolled back: commit was not confirmed"})
	g.exported = false
	if g.lockedBy != nil {
		g.lockedBy.candidate = g.config.clone()
	}
	g.honourPreempt()
}

// lastCommit is the first line of "show configuration".
func (g *appliance) lastCommit() string {
	last := g.commits[0]
	return fmt.Sprintf("## Last commit: %s by %s\n", last.at.UTC().Format("2006-01-02 15:04:05 MST"), last.user)
}
