package sim

import (
	"fmt"
	"slices"
	"time"
)

// Violation is a safety rule that a client broke.
type Violation struct {
	Rule    string    `json:"rule"` // "S1" to "S11"
	Text    string    `json:"text"`
	Gateway int       `json:"gateway"`
	At      time.Time `json:"at"` // virtual
}

// monitor collects what the safety rules object to.
type monitor struct {
	violations []Violation
	dryRun     bool
	reloads    int
}

// DeclareDryRun tells the monitor that from now on no client means to change anything (rule S11).
func (c *Cloud) DeclareDryRun() {
	defer c.enter()()
	c.monitor.dryRun = true
}

func (c *Cloud) object(rule string, g *appliance, format string, args ...any) {
	c.monitor.violations = append(c.monitor.violations, Violation{
		Rule: rule, Text: fmt.Sprintf(format, args...), Gateway: g.spec.ID, At: c.clock.now,
	})
}

// repeatTime is how long an accepted reload may stay invisible before a second submission is a new decision: the wait
// that "submit exactly once" asks for.
const repeatTime = 15 * time.Minute

// judgeRepeat is rule S3; it holds even for a submission that the API refuses. A node that its reload has left outside
// of the cluster is no repetition: reloading it again is IBM's cure ("Performing an OS reload", mismatched nodes).
func (c *Cloud) judgeRepeat(m *member, version string) {
	if m.accepted != version || m.reload != nil && (m.reload.foreign || m.reload.requested != version) {
		return
	}
	last := m.lastTransaction(true)
	unseen := (last == nil || last.start.Before(m.acceptedAt)) && c.clock.now.Sub(m.acceptedAt) < repeatTime
	if m.reload != nil || unseen || m.vm.version == version && m.active() && m.vm.failures == "" {
		c.object("S3", m.gateway, "member %d is already on, or on its way to, %s", m.id, version)
	}
}

// judgeSubmission weighs one reload submission of a client against the rules, whether or not it will be accepted.
func (c *Cloud) judgeSubmission(m *member, version string) {
	g := m.gateway
	for _, other := range c.gateways {
		if other != g && other.spec.Pod == g.spec.Pod && other.inWork() {
			c.object("S1", g, "gateway %d of pod %s is in work", other.spec.ID, g.spec.Pod)
		}
	}
	if category := g.unready(m, version); category != "" {
		c.object("S4", g, "member %d: %s is %s", m.id, category, g.readiness(category, m).value)
	}
	if m.stranded() {
		c.object("S9", g, "member %d: the portal's root password or root login does not fit the device", m.id)
	}
	if g.spec.Standalone {
		if !g.exported {
			c.object("S10", g, "no complete configuration was read since the last commit")
		}
		return
	}
	if peer := m.peer(); peer.reload != nil {
		c.object("S2", g, "members %d and %d would reload at once", m.id, peer.id)
	} else if g.primary[1] == m.node && !peer.able() {
		c.object("S7", g, "member %d carries the traffic and member %d cannot take over", m.id, peer.id)
	}
	if g.preempt() {
		c.object("S8", g, "preempt of redundancy group 1 is active")
	}
}

// judgeCommit is rule S5; a reload that runs beside the commit ends broken.
func (c *Cloud) judgeCommit(g *appliance, what string) {
	g.corrupt()
	if g.inWork() {
		c.object("S5", g, "%s during an upgrade", what)
	}
}

// judgePowerOn is rule S6, at the moment a client powers a node on.
func (c *Cloud) judgePowerOn(m *member) {
	if peer := m.peer(); peer != nil && peer.vm.power == running && peer.vm.version != m.vm.image {
		c.object("S6", m.gateway, "node%d would start %s and node%d runs %s", m.node, m.vm.image, peer.node, peer.vm.version)
	}
}

// Call is one call on one face.
type Call struct {
	At      time.Time `json:"at"`   // virtual
	Face    string    `json:"face"` // "api", "host" or "vsrx"
	Peer    string    `json:"peer"` // the client's address and port
	Name    string    `json:"name"`
	Gateway int       `json:"gateway,omitempty"`
	Member  int       `json:"member,omitempty"`
	Write   bool      `json:"write,omitempty"`
	Status  string    `json:"status"` // HTTP status, exit status, or "ok" and "error"

	Parameters string `json:"parameters,omitempty"` // of an API call: a JSON list without secrets
}

// Calls are all calls on every face, oldest first.
func (c *Cloud) Calls() []Call {
	defer c.enter()()
	return slices.Clone(c.calls)
}

// note records a call and holds a write against a declared dry run.
func (c *Cloud) note(call Call) {
	call.At = c.clock.now
	c.calls = append(c.calls, call)
	if call.Write && c.monitor.dryRun {
		c.monitor.violations = append(c.monitor.violations, Violation{
			Rule: "S11", Text: call.Face + " " + call.Name + " in a dry run", Gateway: call.Gateway, At: call.At,
		})
	}
}
