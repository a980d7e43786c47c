package upgrade

import (
	"strings"
)

// machinesTold wants libvirt to tell the machines of a host that does answer.
func machinesTold(s scene, m Member) CheckResult {
	h, ok := s.f.Picture.Host(m.HardwareID)
	if !ok || h.Denied || h.Error != "" {
		return unknown("host %s does not tell its machines: %s", m.Host, h.Error).cure("on the host: virsh list --all; repair libvirt or the login first")
	}
	return pass("%s", domainText(h.Domains))
}

// machineRuns wants exactly one vSRX machine in operation where one has to be.
func machineRuns(s scene, m Member, domains []Domain) CheckResult {
	if s.off(m) {
		return skipped("it has to be off until its own reload, and must not be started")
	}
	running := runningDomains(domains)
	switch len(running) {
	case 1:
		return pass("%s runs", running[0])
	case 0:
		return fail("no vSRX machine runs on host %s: %s", m.Host, domainText(domains))
	}
	return fail("%d vSRX machines run on host %s, not one: %s", len(running), m.Host, domainText(domains)).
		cure("find out on the host which machine is the gateway's (virsh list --all), and open a case with IBM Support about the other")
}

// peerIsOff wants one machine off beside the node that stands alone: two versions must never hear each other (Juniper:
// upgrading a chassis cluster).
func peerIsOff(s scene, m Member, domains []Domain) CheckResult {
	if !s.off(m) {
		return skipped("it is the node that stands alone")
	}
	if running := runningDomains(domains); len(running) > 0 {
		return fail("the machine on host %s is powered on beside a node of the other version: %s", m.Host, domainText(domains)).
			cure("decide with IBM Support at once whether to shut it down: virsh shutdown %s, virsh autostart --disable %s", running[0], running[0])
	}
	return pass("off, as it has to be: %s", domainText(domains))
}

func peerStaysOff(s scene, m Member, domains []Domain) CheckResult {
	if !s.off(m) {
		return skipped("it is the node that stands alone")
	}
	for _, d := range domains {
		if d.Autostart {
			return warn("the machine %s has to be off and would start at a reboot of host %s", d.Name, m.Host).
				cure("on the host: virsh autostart --disable %s", d.Name)
		}
	}
	return pass("no machine of the host starts by itself")
}

func runningDomains(domains []Domain) []string {
	var names []string
	for _, d := range domains {
		if d.Running() {
			names = append(names, d.Name)
		}
	}
	return names
}

func domainText(domains []Domain) string {
	if len(domains) == 0 {
		return "no machine is defined"
	}
	parts := make([]string, len(domains))
	for i, d := range domains {
		parts[i] = d.Name + " " + d.State
	}
	return strings.Join(parts, ", ")
}

// peerLives wants the node that stays to run: it carries the traffic, or the upgrade, while the other one is reloaded.
func peerLives(s scene) []CheckResult {
	step, ok := s.next()
	if s.lone() {
		_, ok = s.carrier()
	}
	var results []CheckResult
	for _, m := range s.f.Picture.Gateway.Members {
		if ok && (s.lone() && s.off(m) || !s.lone() && m.HardwareID == step.HardwareID) {
			continue // it is the one to be reloaded
		}
		results = append(results, s.alive(m, ok).about(m.Host))
	}
	return results
}

func (s scene) alive(m Member, planned bool) CheckResult {
	h, seen := s.f.Picture.Host(m.HardwareID)
	switch {
	case s.lone() && !planned:
		return unknown("which node stays is not known without a plan").cure("see check plan")
	case !seen || h.Denied || h.Error != "":
		return unknown("host %s does not tell whether its machine runs: %s", m.Host, h.Error)
	case len(runningDomains(h.Domains)) == 0:
		return fail("no machine runs on host %s, whose node has to carry the traffic", m.Host).
			cure("do not reload the other node; repair this one first, or open a case with IBM Support when both are dead")
	}
	return pass("the machine of the node that stays runs on host %s", m.Host)
}

// anyNodeUp tells the dead pair, which a reload destroys for good, from a lone node.
func anyNodeUp(s scene) []CheckResult {
	running, silent := 0, 0
	for _, m := range s.f.Picture.Gateway.Members {
		h, seen := s.f.Picture.Host(m.HardwareID)
		if !seen || h.Denied || h.Error != "" {
			silent++
			continue
		}
		if len(runningDomains(h.Domains)) > 0 {
			running++
		}
	}
	switch {
	case running > 0:
		return []CheckResult{pass("machines run on %d of %d hosts", running, len(s.f.Picture.Gateway.Members))}
	case silent > 0:
		return []CheckResult{unknown("%d of %d hosts do not tell whether a machine runs", silent, len(s.f.Picture.Gateway.Members))}
	}
	return []CheckResult{fail("no machine runs on any host of the gateway")}
}
