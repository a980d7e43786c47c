package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bounds of a fleet. What is known of a fleet travels as one payload, of which Temporal takes 2 MB, and one run may have
// 2,000 children at a time.
const (
	MaxFleetGateways = 10_000
	MaxFleetInFlight = 1_000
)

// DefaultLook is how often running upgrades are asked where they stand: real time, since it is about our own workflows.
const DefaultLook = Duration(30 * time.Second)

// FleetOrder asks for the upgrade of many gateways, in waves. It is the input of the UpgradeFleet workflow, and people
// write it as a YAML or JSON file; docs/fleets.md shows its form.
type FleetOrder struct {
	Name string `json:"name"`
	// Account is the one that all gateways must be of; 0 means that of the first one.
	Account int `json:"account,omitempty"`
	// Gateways lists them by id; Query finds them. One of the two is given.
	Gateways      []int         `json:"gateways,omitempty"`
	Query         *GatewayQuery `json:"query,omitempty"`
	TargetVersion string        `json:"targetVersion"`
	// DryRun ends after the plan and our own readiness checks: nothing is written anywhere.
	DryRun bool `json:"dryRun,omitempty"`

	// These are passed on to every upgrade; see Request.
	Approval       Approval      `json:"approval,omitempty"`
	Preempt        PreemptPolicy `json:"preempt,omitempty"`
	AcceptWarnings []int         `json:"acceptWarnings,omitempty"`
	Change         string        `json:"change,omitempty"`
	By             string        `json:"by,omitempty"`
	Timing         Timing        `json:"timing,omitzero"`

	// Waves are upgraded one after another; without any they are one gateway, then the rest.
	Waves  []FleetWave `json:"waves,omitempty"`
	Limits FleetLimits `json:"limits,omitzero"`
	// HaltAt is the failure budget: as soon as so many upgrades hold, failed, were rolled back or aborted, nothing new
	// starts. It is 1 where it is left out.
	HaltAt int `json:"haltAt,omitempty"`
	// Look is how often running upgrades are asked where they stand, DefaultLook where it is left out.
	Look Duration `json:"look,omitempty"`
	// RenewAfter is the length of history, in events, after which the fleet goes on in a fresh run; 0 leaves it to Temporal.
	RenewAfter int `json:"renewAfter,omitempty"`
	// Progress is what one run hands over to the next. People leave it out.
	Progress *FleetReport `json:"progress,omitempty"`
}

// FleetWave is a part of a fleet. Exactly one of Gateways, Size and Rest chooses it.
type FleetWave struct {
	Name     string `json:"name,omitempty"` // for people; "wave 2" where it is left out
	Gateways []int  `json:"gateways,omitempty"`
	// Size takes so many of those that no wave names, from the pods with most work first, of each pod one before another
	// one gives two.
	Size int  `json:"size,omitempty"`
	Rest bool `json:"rest,omitempty"` // takes all that is left; only the last wave may
	// Soak is how long the upgraded gateways are in use before they are looked at and the next wave begins.
	Soak Duration `json:"soak,omitempty"`
	// Window is the maintenance window of the wave: an upgrade starts only where it can end within it.
	Window *Window `json:"window,omitempty"`
}

// FleetLimits say how many upgrades may be in flight at once; 0 is no limit but that of one gateway per pod.
type FleetLimits struct {
	Wave       int `json:"wave,omitempty"`       // of the wave at hand
	DataCentre int `json:"dataCentre,omitempty"` // of one data centre, such as dal10
	All        int `json:"all,omitempty"`
}

// OrDefaults fills what may be left out.
func (o FleetOrder) OrDefaults() FleetOrder {
	o.Timing = o.Timing.OrDefaults()
	if len(o.Waves) == 0 {
		o.Waves = []FleetWave{{Name: "canary", Size: 1}, {Name: "rest", Rest: true}}
	}
	o.Waves = slices.Clone(o.Waves)
	for i := range o.Waves {
		if o.Waves[i].Name == "" {
			o.Waves[i].Name = fmt.Sprintf("wave %d", i+1)
		}
	}
	if o.HaltAt == 0 {
		o.HaltAt = 1
	}
	if o.Look == 0 {
		o.Look = DefaultLook
	}
	if o.Limits.All == 0 {
		o.Limits.All = MaxFleetInFlight
	}
	return o
}

// Request is the upgrade of one gateway in a wave.
func (o FleetOrder) Request(gatewayID int, window *Window) Request {
	return Request{GatewayID: gatewayID, TargetVersion: o.TargetVersion, Approval: o.Approval, Preempt: o.Preempt, Window: window, Defer: window != nil,
		AcceptWarnings: o.AcceptWarnings, Change: o.Change, By: o.By, Timing: o.Timing}
}

// Validate refuses an order that makes no sense by itself, with every reason at once. The error is of kind Invalid.
func (o FleetOrder) Validate() error { return refuseFleet(Invalid, o.Problems()) }

// refuseFleet says every reason, up to what a failure in Temporal holds.
func refuseFleet(kind Kind, wrong []string) error {
	const most = 300
	switch {
	case len(wrong) == 0:
		return nil
	case len(wrong) > most:
		wrong = append(slices.Clone(wrong[:most]), fmt.Sprintf("and %d reasons more", len(wrong)-most))
	}
	return Errorf(kind, "%s", strings.Join(wrong, "; ")).Advise("correct the order; docs/fleets.md shows its form")
}

// Problems lists what Validate refuses, one sentence each.
func (o FleetOrder) Problems() []string {
	var wrong []string
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !windowName.MatchString(o.Name) {
		add("fleet name %q is not made of up to 64 letters, digits and . _ -", o.Name)
	}
	if err := o.Request(1, nil).Validate(); err != nil { // everything that does not depend on the gateway
		add("%s", err)
	}
	switch {
	case (len(o.Gateways) > 0) == (o.Query != nil):
		add("either gateways or a query must be given")
	case o.Query != nil:
		wrong = append(wrong, o.Query.problems()...)
	case len(o.Gateways) > MaxFleetGateways:
		add("%d gateways are more than the %d that one fleet takes", len(o.Gateways), MaxFleetGateways)
	}
	named := map[int]bool{}
	for _, id := range o.Gateways {
		switch {
		case id <= 0:
			add("gateway %d is not the id of a gateway", id)
		case named[id]:
			add("gateway %d is named twice", id)
		}
		named[id] = true
	}
	if o.HaltAt < 0 || o.Look < 0 || o.RenewAfter < 0 || o.Account < 0 {
		add("account, haltAt, look and renewAfter cannot be negative")
	}
	wrong = append(wrong, o.Limits.problems()...)
	return append(wrong, o.waveProblems(named)...)
}

// problems lists limits that cannot be kept or never count.
func (l FleetLimits) problems() (wrong []string) {
	if l.Wave < 0 || l.DataCentre < 0 || l.All < 0 {
		wrong = append(wrong, "a limit cannot be negative; leave it out for none")
	}
	if l.All > MaxFleetInFlight {
		wrong = append(wrong, fmt.Sprintf("at most %d upgrades may be in flight, not %d", MaxFleetInFlight, l.All))
	}
	for _, part := range []struct {
		name  string
		limit int
	}{{"wave", l.Wave}, {"data centre", l.DataCentre}} {
		if l.All > 0 && part.limit > l.All {
			wrong = append(wrong, fmt.Sprintf("the limit of a %s, %d, is above that of all, %d: it would never count", part.name, part.limit, l.All))
		}
	}
	return wrong
}

// waveProblems lists waves that choose nothing, twice or what is not there.
func (o FleetOrder) waveProblems(named map[int]bool) (wrong []string) {
	in := map[int]string{}
	sized, listed := 0, 0
	for i, w := range o.OrDefaults().Waves {
		add := func(format string, args ...any) { wrong = append(wrong, w.Name+": "+fmt.Sprintf(format, args...)) }
		if ways := count(len(w.Gateways) > 0, w.Size != 0, w.Rest); ways != 1 {
			add("exactly one of gateways, size and rest chooses a wave, not %d", ways)
		}
		if w.Size < 0 || w.Soak < 0 {
			add("size and soak cannot be negative")
		}
		if w.Rest && i < len(o.Waves)-1 {
			add("only the last wave may take the rest")
		}
		if w.Window != nil && !w.Window.Start.Before(w.Window.End) {
			add("its window ends before it starts")
		}
		for _, id := range w.Gateways {
			switch other, twice := in[id]; {
			case twice:
				add("gateway %d is in %s already", id, other)
			case len(named) > 0 && !named[id]:
				add("gateway %d is not among those of the fleet", id)
			}
			in[id] = w.Name
		}
		sized, listed = sized+max(0, w.Size), listed+len(w.Gateways)
	}
	if len(o.Gateways) > 0 && sized+listed > len(o.Gateways) {
		wrong = append(wrong, fmt.Sprintf("the waves ask for %d gateways and there are %d", sized+listed, len(o.Gateways)))
	}
	return wrong
}

func count(all ...bool) (n int) {
	for _, one := range all {
		if one {
			n++
		}
	}
	return n
}

// FleetInstruction is what people tell a running fleet. Gateways are those that skip and retry are about.
type FleetInstruction struct {
	Instruction
	Gateways []int `json:"gateways,omitempty"`
}
