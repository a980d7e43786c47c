package sim

import (
	"fmt"
	"maps"
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

// Verdict is the safety monitor's judgement.
type Verdict struct {
	Violations    []Violation        `json:"violations"`
	OutageSeconds map[string]float64 `json:"outageSeconds"` // virtual seconds by cause
	Outages       int                `json:"outages"`       // distinct interruptions
	Reloads       int                `json:"reloads"`       // accepted ones
	Writes        int                `json:"writes"`        // state-changing calls on any face
}

// monitor collects what the safety rules object to.
type monitor struct {
	violations []Violation
	dryRun     bool
	reloads    int
}

// Verdict is the judgement so far, open interruptions included up to now.
func (c *Cloud) Verdict() Verdict {
	defer c.enter()()
	v := Verdict{Violations: append([]Violation{}, c.monitor.violations...), OutageSeconds: map[string]float64{}, Reloads: c.monitor.reloads}
	for _, g := range c.gateways {
		for why, seconds := range g.traffic.seconds {
			v.OutageSeconds[string(why)] += seconds
		}
		if g.traffic.stopped != "" {
			v.OutageSeconds[string(g.traffic.stopped)] += c.clock.now.Sub(g.traffic.since).Seconds()
		}
		v.Outages += g.traffic.outages
	}
	for _, call := range c.calls {
		if call.Write {
			v.Writes++
		}
	}
	maps.DeleteFunc(v.OutageSeconds, func(_ string, s float64) bool { return s == 0 })
	return v
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

// judgeRepeat is rule S3; it holds even for a submission that the API refuses.
func (c *Cloud) judgeRepeat(m *member, version string) {
	again := m.reload != nil && !m.reload.foreign && m.reload.requested == version
	if again || m.reload == nil && m.accepted == version && m.vm.version == version {
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

// judgeCommit is rule S5.
func (c *Cloud) judgeCommit(g *appliance, what string) {
	if g.inWork() {
		c.object("S5", g, "%s during an upgrade", what)
	}
}

// judgeVersions is rule S6, at the moment a client powers a node on.
func (c *Cloud) judgeVersions(m *member) {
	if peer := m.peer(); peer != nil && peer.vm.power == running && peer.vm.version != m.vm.version {
		c.object("S6", m.gateway, "node%d runs %s and node%d runs %s", m.node, m.vm.version, peer.node, peer.vm.version)
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
