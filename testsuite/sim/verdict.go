package sim

import (
	"maps"
	"time"
)

// Verdict is the safety monitor's judgement.
type Verdict struct {
	Violations    []Violation        `json:"violations"`
	OutageSeconds map[string]float64 `json:"outageSeconds"` // virtual seconds by cause
	Outages       int                `json:"outages"`       // distinct interruptions
	Reloads       int                `json:"reloads"`       // accepted ones
	Writes        int                `json:"writes"`        // state-changing calls on any face
	Gateways      []GatewayVerdict   `json:"gateways"`      // those to which anything happened
}

// GatewayVerdict is the part of the judgement that concerns one gateway.
type GatewayVerdict struct {
	ID            int                `json:"id"`
	Name          string             `json:"name"`
	OutageSeconds map[string]float64 `json:"outageSeconds"` // virtual seconds by cause
	Outages       int                `json:"outages"`       // distinct interruptions
	Stopped       string             `json:"stopped"`       // why traffic stands now; "" while it flows
	Reloads       int                `json:"reloads"`       // accepted ones, those that a person ordered in the portal included
	Rules         []string           `json:"rules"`         // broken ones, one entry each time
}

// Verdict is the judgement so far, open interruptions included up to now.
func (c *Cloud) Verdict() Verdict {
	defer c.enter()()
	v := Verdict{
		Violations: append([]Violation{}, c.monitor.violations...), OutageSeconds: map[string]float64{},
		Reloads: c.monitor.reloads, Gateways: []GatewayVerdict{},
	}
	rules := map[int][]string{}
	for _, broken := range v.Violations {
		rules[broken.Gateway] = append(rules[broken.Gateway], broken.Rule)
	}
	for _, g := range c.gateways {
		part := g.verdict(append([]string{}, rules[g.spec.ID]...))
		for why, seconds := range part.OutageSeconds {
			v.OutageSeconds[why] += seconds
		}
		v.Outages += part.Outages
		if part.Outages+part.Reloads+len(part.Rules) > 0 {
			v.Gateways = append(v.Gateways, part)
		}
	}
	for _, call := range c.calls {
		if call.Write {
			v.Writes++
		}
	}
	return v
}

func (g *appliance) verdict(rules []string) GatewayVerdict {
	part := GatewayVerdict{
		ID: g.spec.ID, Name: g.spec.Name, OutageSeconds: g.traffic.outage(g.cloud.clock.now), Outages: g.traffic.outages,
		Stopped: string(g.traffic.stopped), Rules: rules,
	}
	for _, m := range g.members {
		part.Reloads += m.reloads
	}
	return part
}

// outage is the length of all interruptions by cause up to a moment, in seconds.
func (t *traffic) outage(now time.Time) map[string]float64 {
	list := map[string]float64{}
	for why, seconds := range t.seconds {
		list[string(why)] = seconds
	}
	if t.stopped != "" {
		list[string(t.stopped)] += now.Sub(t.since).Seconds()
	}
	maps.DeleteFunc(list, func(_ string, s float64) bool { return s == 0 })
	return list
}
