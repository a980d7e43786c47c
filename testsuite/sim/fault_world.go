package sim

import (
	"fmt"
	"slices"
)

// worldFaults are the faults of the physics and of the hosts.
func worldFaults() map[string]faultKind {
	return map[string]faultKind{
		"reload-fails":       {check: needStage, clear: resumeReloads},
		"txn-stuck":          {check: needStage, clear: resumeReloads},
		"txn-never":          {},
		"licence-lost":       {clear: onVM(func(m *member) { m.vm.licence = licenceValid })},
		"vm-no-start":        {apply: onVM(func(m *member) { m.vm.refuses = true }), clear: startAfterAll},
		"rg1-wrong-node":     {pair: true},
		"cluster-cs":         {pair: true, clear: endColdSync},
		"cluster-if":         {pair: true, apply: failInterface, clear: mendInterface},
		"control-link-down":  {pair: true, apply: atGateway((*appliance).cutControlLink), clear: atGateway((*appliance).mendControlLink)},
		"peer-host-reboots":  {pair: true, instant: true, apply: rebootHost},
		"no-traffic-after-A": {pair: true, clear: onVM(func(m *member) { m.vm.deaf = false; m.gateway.tally() })},
		"pod-collision":      {instant: true, apply: collideInPod},
		"foreign-check":      {instant: true, apply: checkByHand, check: needCategory},
		"password-lag":       {check: needDuration},
		"hostkey-unexpected": {instant: true, apply: onMember(changeHostKey)},
		"ssh-latency":        {check: needDuration},

		"precheck-late":         {check: needDuration},
		"precheck-slow":         {check: needFactor},
		"precheck-timeout":      {},
		"precheck-incomplete":   {},
		"precheck-expire-early": {check: needDuration},
		"precheck-current":      {},

		"host-unreachable":        {apply: onMember(cutOffHost), clear: onMember(reconnectHost)},
		"host-record-missing":     {apply: onMember(func(m *member) { m.host.record.username = "operator" }), clear: onMember(func(m *member) { m.host.record.username = "root" })},
		"record-missing":          {apply: onMember(dropRecord), clear: onMember(restoreRecord)},
		"host-disk-full":          spoilt(func(x *machine, _ Fault, on bool) { x.full = on }),
		"host-readonly":           spoilt(func(x *machine, _ Fault, on bool) { x.readOnly = on }),
		"host-rescue":             spoilt(func(x *machine, _ Fault, on bool) { x.rescue = on }),
		"host-shell-broken":       spoilt(func(x *machine, _ Fault, on bool) { x.shellBroken = on }),
		"host-names-broken":       spoilt(func(x *machine, _ Fault, on bool) { x.noNames = on }),
		"host-telnet-missing":     spoilt(func(x *machine, _ Fault, on bool) { x.noTelnet = on }),
		"host-memory-small":       spoilt(shrinkMemory),
		"host-bond-nic-missing":   checked(needBond, spoilt(changeBond(func(nics []string) []string { return nics[:1] }))),
		"host-bond-nic-added":     checked(needBond, spoilt(changeBond(func(nics []string) []string { return append(slices.Clone(nics), "eth4") }))),
		"host-firewall":           checked(needTarget, spoilt(closeFirewall)),
		"console-open":            checked(needConsole, spoilt(occupyConsole)),
		"console-definition-lost": spoilt(func(x *machine, _ Fault, on bool) { x.noConsole = on }),
		"vsrx-disk-full":          {apply: onVM(func(m *member) { m.vm.varUsed = 104 }), clear: onVM(func(m *member) { m.vm.varUsed = 22 })},
		"licence-evaluation":      {apply: onVM(func(m *member) { m.vm.licence = licenceEvaluation }), clear: onVM(func(m *member) { m.vm.licence = licenceValid })},
		"licence-missing":         {apply: onVM(func(m *member) { m.vm.licence = licenceMissing }), clear: onVM(func(m *member) { m.vm.licence = licenceValid })},
	}
}

// onMember makes a fault's action of one that changes a member; it befalls every member that the fault names.
func onMember(change func(*member)) func(*Cloud, Fault, *member) {
	return func(_ *Cloud, f Fault, m *member) {
		for _, x := range m.gateway.members {
			if f.hits(x) {
				change(x)
			}
		}
	}
}

// onVM is onMember for what only matters while there is a VM.
func onVM(change func(*member)) func(*Cloud, Fault, *member) {
	return onMember(func(m *member) {
		if m.vm.power != absent {
			change(m)
		}
	})
}

func atGateway(change func(*appliance)) func(*Cloud, Fault, *member) {
	return func(_ *Cloud, _ Fault, m *member) { change(m.gateway) }
}

// spoilt is a fault of a host's machine that is undone when it is cleared.
func spoilt(change func(x *machine, f Fault, on bool)) faultKind {
	turn := func(on bool) func(*Cloud, Fault, *member) {
		return func(c *Cloud, f Fault, m *member) {
			onMember(func(x *member) {
				change(&x.host.machine, f, on)
				c.trouble(x.host.answer())
			})(c, f, m)
		}
	}
	return faultKind{apply: turn(true), clear: turn(false)}
}

// answer opens or closes the host's SSH port as its state demands.
func (h *host) answer() error {
	if h.up && !h.machine.drops("inbound") {
		return h.endpoint.open()
	}
	h.endpoint.close()
	return nil
}

func checked(check func(string) error, kind faultKind) faultKind {
	kind.check = check
	return kind
}

func needOneOf(words ...string) func(string) error {
	return func(arg string) error {
		if !slices.Contains(words, arg) {
			return fmt.Errorf("want one of %q", words)
		}
		return nil
	}
}

func needBond(arg string) error     { return needOneOf("bond0", "bond1")(arg) }
func needTarget(arg string) error   { return needOneOf("gateway", "peer", "inbound")(arg) }
func needConsole(arg string) error  { return needOneOf("", "open", "configure")(arg) }
func needCategory(arg string) error { return needOneOf("", reloadPrecheck, upgradePrecheck)(arg) }

// shrinkMemory leaves 16 GB of 64; IBM asks for 32.
func shrinkMemory(x *machine, _ Fault, on bool) {
	x.memory = newMachine().memory
	if on {
		x.memory /= 4
	}
}

func changeBond(change func([]string) []string) func(*machine, Fault, bool) {
	return func(x *machine, f Fault, on bool) {
		n := count(f.Arg == "bond1")
		x.bonds[n] = newMachine().bonds[n]
		if on {
			x.bonds[n] = change(x.bonds[n])
		}
	}
}

func closeFirewall(x *machine, f Fault, on bool) {
	x.filtered = slices.DeleteFunc(slices.Clone(x.filtered), func(s string) bool { return s == f.Arg })
	if on {
		x.filtered = append(x.filtered, f.Arg)
	}
}

func occupyConsole(x *machine, f Fault, on bool) {
	switch {
	case !on:
		x.console = consoleFree
	case f.Arg == "configure":
		x.console = consoleConfigure
	default:
		x.console = consoleOpen
	}
}
