package upgrade

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// MaxWindowUpgrades bounds how many upgrades one window starts. Each one's report stands in the window's history, which
// Temporal limits to 50 MB; a pod takes one gateway at a time in any case.
const MaxWindowUpgrades = 100

// WindowOrder asks for the upgrade of gateways within one maintenance window. It is the input of the MaintenanceWindow
// workflow: what a schedule starts it with, and what people type who start it by hand.
type WindowOrder struct {
	Name     string   `json:"name"` // of the schedule
	Calendar Calendar `json:"calendar"`
	// Gateways lists them by id, in the order in which they are started; Query finds them anew in each window. One of
	// the two is given.
	Gateways      []int         `json:"gateways,omitempty"`
	Query         *GatewayQuery `json:"query,omitempty"`
	TargetVersion string        `json:"targetVersion"`
	// Attended says that people stand by: outside of every window the upgrades start at once, without an end.
	Attended bool `json:"attended,omitempty"`
	// DryRun looks at every gateway and what is offered for it, and starts nothing.
	DryRun bool `json:"dryRun,omitempty"`
	// These are passed on to every upgrade; see Request.
	Approval       Approval      `json:"approval,omitempty"`
	Preempt        PreemptPolicy `json:"preempt,omitempty"`
	AcceptWarnings []int         `json:"acceptWarnings,omitempty"`
	Change         string        `json:"change,omitempty"`
	By             string        `json:"by,omitempty"`
	Timing         Timing        `json:"timing,omitzero"`
}

// GatewayQuery finds gateways. What is left out does not matter.
type GatewayQuery struct {
	NamePattern string `json:"namePattern,omitempty"` // such as edge-*
	Pod         string `json:"pod,omitempty"`         // such as dal10.pod01
	FromVersion string `json:"fromVersion,omitempty"` // on record with IBM for every member
}

// Listed is a gateway in a list: enough to choose whether to read the rest.
type Listed struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// OrDefaults fills what may be left out.
func (o WindowOrder) OrDefaults() WindowOrder {
	o.Timing = o.Timing.OrDefaults()
	return o
}

// Request is the upgrade of one gateway of the order within a window, nil for one without end.
func (o WindowOrder) Request(gatewayID int, window *Window) Request {
	return Request{GatewayID: gatewayID, TargetVersion: o.TargetVersion, Approval: o.Approval, Preempt: o.Preempt, Window: window, Defer: window != nil,
		AcceptWarnings: o.AcceptWarnings, Change: o.Change, By: o.By, Timing: o.Timing}
}

// Problems lists what makes no sense in an order, but for its calendar, which only an activity may judge: time zones are
// no part of a workflow's history.
func (o WindowOrder) Problems() []string {
	var wrong []string
	if !windowName.MatchString(o.Name) {
		wrong = append(wrong, fmt.Sprintf("schedule name %q is not made of up to 64 letters, digits and . _ -", o.Name))
	}
	if err := o.Request(1, nil).Validate(); err != nil { // everything that does not depend on the gateway
		wrong = append(wrong, err.Error())
	}
	switch {
	case (len(o.Gateways) > 0) == (o.Query != nil):
		wrong = append(wrong, "either gateways or a query must be given")
	case o.Query != nil:
		wrong = append(wrong, o.Query.problems()...)
	}
	seen := map[int]bool{}
	for _, id := range o.Gateways {
		switch {
		case id <= 0:
			wrong = append(wrong, fmt.Sprintf("gateway %d is not the id of a gateway", id))
		case seen[id]:
			wrong = append(wrong, fmt.Sprintf("gateway %d is named twice", id))
		}
		seen[id] = true
	}
	return wrong
}

// Validate refuses what Problems lists, all at once. The error is of kind Invalid.
func (o WindowOrder) Validate() error {
	if wrong := o.Problems(); len(wrong) > 0 {
		return Errorf(Invalid, "%s", strings.Join(wrong, "; ")).Advise("correct the order; docs/windows.md shows its form")
	}
	return nil
}

// Examinable is the order as far as its gateways can be judged although something else is wrong with it: a gateway that is
// named twice is asked about once.
func (o WindowOrder) Examinable() WindowOrder {
	sound := WindowOrder{Name: "unnamed", Calendar: o.Calendar, Query: o.Query, TargetVersion: o.TargetVersion, Timing: o.Timing}
	for _, id := range o.Gateways {
		if id > 0 && !slices.Contains(sound.Gateways, id) {
			sound.Gateways = append(sound.Gateways, id)
		}
	}
	if windowName.MatchString(o.Name) {
		sound.Name = o.Name
	}
	return sound
}

func (q GatewayQuery) problems() (wrong []string) {
	if q == (GatewayQuery{}) {
		wrong = append(wrong, "the query names nothing: it would choose every gateway")
	}
	if _, err := path.Match(q.NamePattern, ""); err != nil {
		wrong = append(wrong, fmt.Sprintf("name pattern %q is no pattern such as edge-*", q.NamePattern))
	}
	if q.FromVersion != "" {
		if _, err := ParseVersion(q.FromVersion); err != nil {
			wrong = append(wrong, "from version: "+err.Error())
		}
	}
	return wrong
}

// MayName reports whether a gateway of this name can be among those that are asked for.
func (q GatewayQuery) MayName(name string) bool {
	fits, err := path.Match(q.NamePattern, name)
	return q.NamePattern == "" || fits && err == nil
}

// Finds reports whether a gateway is among those that are asked for.
func (q GatewayQuery) Finds(g Gateway) bool {
	return q.MayName(g.Name) && (q.Pod == "" || strings.EqualFold(q.Pod, g.Pod)) &&
		(q.FromVersion == "" || !slices.ContainsFunc(g.Members, func(m Member) bool { return !SameRelease(m.Version, q.FromVersion) }))
}

// NeededFor is what NewPlan plans for a gateway: how much of a window its upgrade needs.
func NeededFor(g Gateway, t Timing) Duration {
	needed := Duration(len(g.Members)) * t.PlanNode
	if !g.HA() {
		needed += t.Import
	}
	return needed
}

// LeastNeeded is the shortest upgrade there is: that of a gateway of one node.
func LeastNeeded(t Timing) Duration { return NeededFor(Gateway{Members: make([]Member, 1)}, t) }

// Candidate is a gateway of an order with what may be ordered for it, or why it cannot be read.
type Candidate struct {
	ID      int
	Gateway Gateway
	Offers  []Offer // only in a dry run
	Error   error
}

// WindowTarget is a gateway of an order as a window sees it.
type WindowTarget struct {
	GatewayID int      `json:"gatewayId"`
	Gateway   string   `json:"gateway,omitempty"`
	Pod       string   `json:"pod,omitempty"`
	Needed    Duration `json:"needed,omitempty"`
	Done      bool     `json:"done,omitempty"`    // on record with the target already
	Refused   string   `json:"refused,omitempty"` // why it is not to be upgraded
}

// Judge tells for each candidate whether it may be upgraded. A dry run judges also what is offered and how long the
// window is; an upgrade's own plan does that for one that is started.
func (o WindowOrder) Judge(candidates []Candidate) []WindowTarget {
	targets := make([]WindowTarget, 0, len(candidates))
	account := 0
	for _, c := range candidates {
		g := c.Gateway
		t := WindowTarget{GatewayID: c.ID, Gateway: g.Name, Pod: g.Pod}
		if c.Error != nil {
			t.Refused = c.Error.Error()
			targets = append(targets, t)
			continue
		}
		if account == 0 {
			account = g.Account
		}
		t.Needed = NeededFor(g, o.Timing)
		t.Done = !slices.ContainsFunc(g.Members, func(m Member) bool { return !SameRelease(m.Version, o.TargetVersion) })
		if err := o.judge(c, account); err != nil {
			t.Refused = err.Error()
		}
		targets = append(targets, t)
	}
	return targets
}

func (o WindowOrder) judge(c Candidate, account int) error {
	g := c.Gateway
	if err := supported(Picture{Gateway: g}); err != nil {
		return err
	}
	if g.Account != account {
		return Errorf(Invalid, "gateway %d (%s) is of account %d, the first one of account %d", g.ID, g.Name, g.Account, account)
	}
	if !o.DryRun {
		return nil
	}
	target, err := ParseVersion(o.TargetVersion)
	if err != nil {
		return err
	}
	if _, err := choosePrices(g, c.Offers, target); err != nil {
		return fmt.Errorf("gateway %d (%s): %w", g.ID, g.Name, err)
	}
	if needed := NeededFor(g, o.Timing); o.Calendar.Length < needed {
		return Errorf(TooLate, "gateway %d (%s) needs %s and the window is %s long", g.ID, g.Name, needed, o.Calendar.Length)
	}
	return nil
}

// Late says why an upgrade that needs so much must not start now, nil when it may. Without a window it may at any time.
func (t WindowTarget) Late(w *Window, now time.Time) error { return w.Fits(now, t.Needed) }
