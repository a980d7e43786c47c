package sim

import (
	"fmt"
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
	former  *check          // what the API still shows
	shown   time.Time       // from this moment the API shows this run
}

type finding struct {
	value string
	code  int
}

// startCheck runs a readiness check on both members; it is a transaction on each.
func (g *appliance) startCheck(category string) {
	c := g.cloud
	length, valid, late := c.physics.Precheck, c.physics.PrecheckValid, time.Duration(0)
	if f, slow := g.afflicted("precheck-slow"); slow {
		length = stretched(length, f.Arg)
	}
	if f, early := g.afflicted("precheck-expire-early"); early {
		valid = c.duration(f.Arg)
	}
	if f, armed := g.afflicted("precheck-late"); armed {
		late = c.duration(f.Arg)
	}
	run := &check{ends: c.clock.now.Add(length), valid: valid, former: g.checks[category], shown: c.clock.now.Add(late)}
	if run.former != nil {
		run.former.former = nil
	}
	g.checks[category] = run
	for _, m := range g.members {
		m.addTransaction("SIM Readiness Check", 30, c.clock.now, run.ends, "SIM_CONNECT", "SIM_EXAMINE")
	}
	c.clock.at(run.ends, func() {
		run.results = g.examine(category)
		for _, m := range g.members {
			m.logCheck(run.results[m.id])
		}
	})
}

// afflicted looks for a fault that hits any member.
func (g *appliance) afflicted(name string) (Fault, bool) {
	for _, m := range g.members {
		if f, armed := g.cloud.armed(name, m); armed {
			return f, true
		}
	}
	return Fault{}, false
}

// logCheck writes the result where IBM's check leaves its log on the host.
func (m *member) logCheck(f finding) {
	if !m.host.up || m.host.machine.readOnly || m.host.machine.full {
		return
	}
	word := "SUCCESS"
	if f.value == notReady {
		word = "FAILURE"
	}
	x := &m.host.machine
	x.log = append(x.log, m.gateway.cloud.clock.now.UTC().Format("2006-01-02 15:04:05")+" examining the gateway",
		fmt.Sprintf("Host: %s %s - Return code:%d", m.host.name, word, f.code))
}

// examine finds what a check finds at its end.
func (g *appliance) examine(category string) map[int]finding {
	g.examined = g.statements()
	defer func() { g.examined = nil }()
	results := map[int]finding{}
	failed := false
	for _, m := range g.members {
		f := finding{value: ready, code: g.obstacle(m)}
		_, isCurrent := g.cloud.armed("precheck-current", m)
		_, incomplete := g.cloud.armed("precheck-incomplete", m)
		switch {
		case f.code != 0:
			f.value, failed = notReady, true
		case incomplete:
			f.value = partial
		case category == upgradePrecheck && (isCurrent || g.isNewest(m)):
			f.value = current
		}
		if f.code == 0 {
			f.code = g.warning(m)
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

// obstacle is the code of what makes a member not ready; 0 if nothing does.
func (g *appliance) obstacle(m *member) int {
	f, armed := g.cloud.armed("precheck-code", m)
	off, troubled := g.cloud.armed("precheck-peer-off", m)
	_, late := g.cloud.armed("precheck-timeout", m)
	switch {
	case armed:
		return number(f.Arg)
	case troubled && m.vm.power == shutOff:
		return number(off.Arg)
	case late:
		return 1014
	}
	return first(obstacles(), m)
}

func (g *appliance) warning(m *member) int {
	if f, armed := g.cloud.armed("precheck-warning", m); armed {
		return number(f.Arg)
	}
	return first(warnings(), m)
}

func first(rows []obstacle, m *member) int {
	for _, row := range rows {
		if row.found(m) {
			return row.code
		}
	}
	return 0
}

// isNewest tells whether an upgrade check finds nothing newer for a member and says so.
func (g *appliance) isNewest(m *member) bool {
	return !g.hasUpgrade(m) && !(m.upgraded && g.cloud.chosen(settingUpgradedCheck, "ready"))
}

// hasUpgrade tells whether a version other than the member's is first on offer.
func (g *appliance) hasUpgrade(m *member) bool {
	return len(g.spec.Offered) > 0 && g.spec.Offered[0] != m.version
}

// readiness is a member's value and code now.
func (g *appliance) readiness(category string, m *member) finding {
	run := g.checks[category]
	now := g.cloud.clock.now
	if run != nil && now.Before(run.shown) {
		run = run.former
	}
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
