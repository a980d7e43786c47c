package sim

import "time"

// cause names why traffic stands.
type cause string

const (
	causeSwitchOver cause = "switch-over"
	causeFailover   cause = "failover"
	causePreempt    cause = "preempt"
	causeManual     cause = "manual-failover"
	causeBothDown   cause = "both-down"
	causeSplitBrain cause = "split-brain"
	causeReload     cause = "standalone-reload"
	causeDeaf       cause = "no-traffic" // the primary forwards nothing
)

// traffic is the account of a gateway's interruptions, exact in virtual time.
type traffic struct {
	stopped  cause // "" while traffic flows
	since    time.Time
	gapUntil time.Time
	gapCause cause
	seconds  map[cause]float64
	outages  int
}

// gap interrupts traffic for as long as a move of RG1 takes.
func (g *appliance) gap(why cause) {
	c := g.cloud
	d := c.physics.Failover
	if why == causeSwitchOver {
		d = c.physics.SwitchOver
	}
	g.traffic.gapUntil, g.traffic.gapCause = c.clock.now.Add(d), why
	c.clock.after(d, g.tally)
}

// tally closes and opens interruptions as the present state demands.
func (g *appliance) tally() {
	t, now := &g.traffic, g.cloud.clock.now
	var stopped cause
	switch {
	case g.mixed:
		stopped = causeSplitBrain
	case g.primary[1] == none && g.spec.Standalone:
		stopped = causeReload
	case g.primary[1] == none:
		stopped = causeBothDown
	case g.node(g.primary[1]) != nil && g.node(g.primary[1]).vm.deaf:
		stopped = causeDeaf
	case now.Before(t.gapUntil):
		stopped = t.gapCause
	}
	if stopped == t.stopped {
		return
	}
	if t.stopped != "" {
		t.seconds[t.stopped] += now.Sub(t.since).Seconds()
	} else {
		t.outages++
	}
	t.stopped, t.since = stopped, now
}
