package sim

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Categories of SoftLayer_Network_Gateway_Precheck.
const (
	reloadPrecheck  = "reload_precheck"
	upgradePrecheck = "upgrade_precheck"
)

// Readiness values as IBM's readiness page names them.
const (
	ready     = "Ready"
	notReady  = "Not Ready"
	inRun     = "Running"
	partial   = "Incomplete"
	expired   = "Expired"
	unchecked = "Unchecked"
	current   = "Current"
)

// check is the last run of a readiness check on a gateway.
type check struct {
	ends    time.Time
	valid   time.Duration
	results map[int]finding // by member id, once ended
}

type finding struct {
	value string
	code  int
}

// startCheck runs a readiness check on both members; it is a transaction on each.
func (g *appliance) startCheck(category string) {
	c := g.cloud
	run := &check{ends: c.clock.now.Add(c.physics.Precheck), valid: c.physics.PrecheckValid}
	g.checks[category] = run
	for _, m := range g.members {
		m.addTransaction("SIM Readiness Check", 30, c.clock.now, run.ends, "SIM_CONNECT", "SIM_EXAMINE")
	}
	c.clock.at(run.ends, func() { run.results = g.examine(category) })
}

// examine finds what a check finds at its end.
func (g *appliance) examine(category string) map[int]finding {
	results := map[int]finding{}
	failed := false
	for _, m := range g.members {
		f := finding{value: ready, code: g.obstacle(m)}
		if f.code != 0 {
			f.value, failed = notReady, true
		} else if category == upgradePrecheck && !g.hasUpgrade(m) {
			f.value = current
		}
		if warning, armed := g.cloud.armed("precheck-warning", m); armed && f.code == 0 {
			f.code = number(warning.Arg)
		}
		results[m.id] = f
	}
	for id, f := range results {
		if failed && f.value != notReady {
			results[id] = finding{value: partial, code: f.code}
		}
	}
	return results
}

// obstacle is the code of what makes a member not ready; 0 if nothing does. Codes: IBM, "vSRX readiness check error codes".
func (g *appliance) obstacle(m *member) int {
	f, armed := g.cloud.armed("precheck-code", m)
	off, troubled := g.cloud.armed("precheck-peer-off", m)
	switch {
	case armed:
		return number(f.Arg)
	case troubled && m.vm.power == shutOff:
		return number(off.Arg)
	case !m.host.up:
		return 1005
	case m.host.record.password != m.host.password:
		return 1107
	case g.primary[0] == none:
		return 1154
	case m.record("root") != g.rootPassword:
		return 1108
	case g.config.text("system services ssh root-login") != "allow":
		return 1012
	case m.vm.standing == cutLoose || m.peer() != nil && m.peer().vm.standing == cutLoose:
		return 1112
	case m.up() && !m.active():
		return 1134
	}
	return 0
}

// hasUpgrade tells whether a version other than the member's is first on offer.
func (g *appliance) hasUpgrade(m *member) bool {
	return len(g.spec.Offered) > 0 && g.spec.Offered[0] != m.version
}

// readiness is a member's value and code now.
func (g *appliance) readiness(category string, m *member) finding {
	run := g.checks[category]
	now := g.cloud.clock.now
	switch {
	case run == nil:
		return finding{value: unchecked}
	case run.results == nil:
		return finding{value: inRun}
	case !now.Before(run.ends.Add(run.valid)):
		return finding{value: expired}
	}
	return run.results[m.id]
}

// wire is a readiness value as the API writes it; the form is not documented, so a fault chooses others.
func (g *appliance) wire(readiness string) any {
	f, armed := g.cloud.armed("precheck-wire", g.members[0])
	if !armed {
		return readiness
	}
	if f.Arg == "upper" {
		return strings.ReplaceAll(strings.ToUpper(readiness), " ", "_")
	}
	// The order is that of IBM's numbers; 4 is Unsupported, which no simulated gateway is.
	n := slices.Index([]string{ready, notReady, inRun, partial, "Unsupported", expired, unchecked, current}, readiness)
	if f.Arg == "quoted" {
		return strconv.Itoa(n)
	}
	return n
}

// gatewayReadiness sums up the members' values.
func (g *appliance) gatewayReadiness(category string) string {
	worst := ready
	for _, m := range g.members {
		switch v := g.readiness(category, m).value; v {
		case ready, current:
		case partial:
			return notReady
		default:
			worst = v
		}
	}
	return worst
}

// unready names the first category that does not allow a reload of a member to a version; "" if it is allowed.
func (g *appliance) unready(m *member, version string) string {
	if g.readiness(reloadPrecheck, m).value != ready {
		return reloadPrecheck
	}
	if version == m.version || version == m.lastVersion {
		return ""
	}
	if g.readiness(upgradePrecheck, m).value != ready {
		return upgradePrecheck
	}
	return ""
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
