package upgrade

import "time"

// Sighting is where one upgrade of a fleet was seen to stand.
type Sighting struct {
	GatewayID int          `json:"gatewayId"`
	State     GatewayState `json:"state"`
	Reason    string       `json:"reason,omitempty"`
	Open      bool         `json:"open,omitempty"`
	Run       string       `json:"run,omitempty"`  // its first run
	Ended     time.Time    `json:"ended,omitzero"` // of an upgrade that is not open
}

// Sight reads from an upgrade's report where it stands.
func (r Report) Sight() (GatewayState, string) {
	switch {
	case r.Outcome == OutcomeCompleted:
		return GatewayCompleted, ""
	case r.Outcome == OutcomeDeferred:
		return GatewayDeferred, Brief(r.Reason)
	case r.Outcome == OutcomeRolledBack:
		return GatewayRolledBack, Brief(r.Reason)
	case r.Outcome == OutcomeAborted || r.Outcome == OutcomeAbandoned:
		return GatewayAborted, Brief(string(r.Outcome) + ": " + r.Reason)
	case r.Outcome != "":
		return GatewayFailed, Brief(string(r.Outcome) + ": " + r.Reason)
	case r.Hold != nil:
		return GatewayHeld, Brief(r.Hold.Reason)
	case r.Ask != nil:
		return GatewayAsking, Brief(r.Ask.Text)
	case r.Paused != nil:
		return GatewayPaused, Brief("by " + r.Paused.By + ": " + r.Paused.Reason)
	}
	return GatewayRunning, ""
}

// See writes down where an upgrade was seen to stand. It reports whether anything is new.
func (g *FleetGateway) See(s Sighting, begun time.Time) bool {
	if s.Same(g.sighting()) {
		return false
	}
	if g.State != GatewaySkipped { // of one that nobody waits for only the end matters
		g.Pardoned = g.Pardoned && g.State == s.State // a person pardoned the trouble that it was in, no other
		g.State, g.Reason = s.State, s.Reason
	}
	g.Open, g.Run = s.Open, s.Run
	if !s.Open {
		g.To = int64(s.Ended.Sub(begun).Seconds())
		g.At = 0
	}
	return true
}

// Same reports whether nothing is new in s for one who knows the other. Of a skipped gateway only its end is.
func (s Sighting) Same(known Sighting) bool {
	if known.State == GatewaySkipped {
		return s.Open == known.Open && s.Run == known.Run
	}
	s.Ended = known.Ended
	return s == known
}

func (g *FleetGateway) sighting() Sighting {
	return Sighting{GatewayID: g.ID, State: g.State, Reason: g.Reason, Open: g.Open, Run: g.Run}
}

// Known is what the fleet knows of its open upgrades.
func (r *FleetReport) Known() (known []Sighting) {
	for _, g := range r.Open() {
		known = append(known, g.sighting())
	}
	return known
}

// Illness is what the look at a wave finds wrong with one gateway.
type Illness struct {
	GatewayID int    `json:"gatewayId"`
	Text      string `json:"text"`
}

// Ill says what keeps an upgraded gateway from being whole on the target, "" when nothing does.
func Ill(p Picture, target string) string {
	found := JudgeWhole(p)
	for _, n := range p.Device.Nodes {
		if !SameRelease(n.Version, target) {
			found = append(found, Finding{Check: "version", Text: "it runs " + n.Version + ", not " + target})
		}
	}
	for _, f := range found {
		if !f.Warning {
			return Brief(f.Text)
		}
	}
	return ""
}

// Fitness is what our own readiness checks say of one gateway.
type Fitness struct {
	GatewayID int          `json:"gatewayId"`
	Verdict   CheckVerdict `json:"verdict"`
	Text      string       `json:"text,omitempty"` // of the first check that does not pass
}

// FitnessOf sums the results of a gateway's checks up.
func FitnessOf(gatewayID int, results []CheckResult) Fitness {
	f := Fitness{GatewayID: gatewayID, Verdict: Overall(results)}
	for _, r := range results {
		if r.Verdict == f.Verdict && f.Verdict != CheckPass {
			f.Text = Brief(r.Name + " of " + r.Subject + ": " + r.Evidence)
			break
		}
	}
	return f
}
