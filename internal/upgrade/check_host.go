package upgrade

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	// minMemoryKB is what a server with IBM's minimum of 32 GB shows as MemTotal: firmware and kernel keep up to 2 GB.
	minMemoryKB = 30 << 20
	// minFreeBytes is what IBM's check needs to lay down its files on the host, generously.
	minFreeBytes = 1 << 30
	gigabyte     = 1 << 30
)

// hostLogin wants root's login with the password on record: IBM's automation has no other one.
func hostLogin(s scene, m Member) CheckResult {
	view, seen := s.f.Picture.Host(m.HardwareID)
	facts, why := s.hostFacts(m)
	switch {
	case view.Denied || facts.Denied:
		return fail("host %s refuses root with the password on record", m.Host).coded(1107)
	case facts.NoShell:
		return pass("root logs in at %s with the password on record, and see check host-shell", m.Address)
	case seen && view.Error != "":
		why = view.Error
	case !seen:
		why = "nobody looked"
	}
	if why != "" {
		code, _ := CodeOf(1005)
		return unknown("host %s (%s) cannot be asked: %s", m.Host, m.Address, why).cure("%s", code.Remedy).coded(1005)
	}
	return pass("root logs in at %s with the password on record", m.Address)
}

// hostShell tells a host that takes sessions and runs nothing from one that is silent.
func hostShell(s scene, m Member) CheckResult {
	h, why := s.hostFacts(m)
	switch {
	case h.NoShell:
		return fail("host %s opens a session and runs no command", m.Host)
	case why != "":
		return unknown("host %s was not asked: %s", m.Host, why).cure("repair the login to host %s first (check host-login)", m.Host)
	}
	return pass("commands run on the host")
}

// hostRescue refuses the rescue system, which runs from memory.
func hostRescue(_ scene, m Member, h HostFacts) CheckResult {
	switch {
	case h.RootFS == "":
		return unknown("the type of the root file system of host %s was not read", m.Host)
	case slices.Contains([]string{"overlay", "overlayfs", "tmpfs", "ramfs", "rootfs", "squashfs"}, h.RootFS):
		return fail("the root file system of host %s is %s: the host is in rescue mode", m.Host, h.RootFS)
	}
	return pass("the root file system is %s", h.RootFS)
}

// hostMemory goes by what the host itself sees; the record speaks only where the host does not.
func hostMemory(s scene, m Member) CheckResult {
	h, why := s.hostFacts(m)
	reason, missing := unread(h.Unread, "memoryKb")
	record := 0
	for _, r := range s.f.Records {
		if r.HardwareID == m.HardwareID && r.Error == "" {
			record = r.MemoryGB
		}
	}
	switch known := why == "" && !h.NoShell && !missing && h.MemoryKB > 0; {
	case known && h.MemoryKB < minMemoryKB:
		return fail("host %s has %d GB of memory, less than 32", m.Host, h.MemoryKB>>20)
	case known:
		return pass("%d GB of memory are usable", h.MemoryKB>>20)
	case record > 0 && record < 32:
		return fail("host %s has %d GB of memory on record, less than 32", m.Host, record)
	}
	return unknown("the memory of host %s was not read: %s", m.Host, sentence("%s %s", why, reason))
}

// yesOrNo judges a fact that is a plain yes or no.
func yesOrNo(is func(HostFacts) bool, yes, no string) func(scene, Member, HostFacts) CheckResult {
	return func(_ scene, m Member, h HostFacts) CheckResult {
		if is(h) {
			return pass("%s", yes)
		}
		return fail("host %s: %s", m.Host, no)
	}
}

// way judges whether a port answers from the host; nil says that nobody tried.
func way(tried func(HostFacts) *bool, whose string) func(scene, Member, HostFacts) CheckResult {
	return func(_ scene, m Member, h HostFacts) CheckResult {
		switch open := tried(h); {
		case open == nil:
			return unknown("whether host %s reaches %s was not tried", m.Host, whose)
		case !*open:
			return fail("host %s does not reach port 22 of %s", m.Host, whose)
		}
		return pass("port 22 of %s answers from the host", whose)
	}
}

// hostBond wants the two ports of a bond, no more, all up; codes are IBM's for a port too few and one too many.
func hostBond(name string, tooFew, tooMany int) func(scene, Member, HostFacts) CheckResult {
	return func(s scene, m Member, h HostFacts) CheckResult {
		if name == "bond1" && s.f.Picture.Gateway.PrivateOnly {
			return skipped("a private gateway has no public bond")
		}
		i := slices.IndexFunc(h.Bonds, func(b Bond) bool { return b.Name == name })
		if i < 0 {
			return fail("host %s has no %s", m.Host, name).coded(tooFew)
		}
		ports, up := h.Bonds[i].Ports, h.Bonds[i].Up
		switch seen := sentence("%s of host %s has %d ports (%s), %d of them up", name, m.Host, len(ports), strings.Join(ports, " "), len(up)); {
		case len(ports) > 2:
			return fail("%s", seen).coded(tooMany)
		case len(ports) < 2 || len(up) < len(ports):
			return fail("%s", seen).coded(tooFew)
		default:
			return pass("%s", seen).coded(tooFew)
		}
	}
}

// consoleDefined wants every vSRX of the host to keep the console that IBM's automation types into.
func consoleDefined(s scene, m Member, h HostFacts) CheckResult {
	view, ok := s.f.Picture.Host(m.HardwareID)
	if !ok || view.Denied || view.Error != "" || len(view.Domains) == 0 {
		return unknown("the machines of host %s are not known", m.Host)
	}
	names := runningDomains(view.Domains)
	if len(names) == 0 {
		for _, d := range view.Domains {
			names = append(names, d.Name)
		}
	}
	for _, name := range names {
		if !slices.Contains(h.Consoles, name) {
			return fail("the definition of %s on host %s has no telnet console", name, m.Host)
		}
	}
	return pass("telnet console defined for %s", strings.Join(names, ", "))
}

// hostControlLinks looks at the host's ends of the machine's links, the heartbeat among them; a tap port is "unknown"
// while it works.
func hostControlLinks(_ scene, m Member, h HostFacts) CheckResult {
	if len(h.ControlLinks) == 0 {
		return fail("host %s has no vnet port, so no control link", m.Host)
	}
	for _, l := range h.ControlLinks {
		if l.State != "up" && l.State != "unknown" {
			return fail("%s on host %s is %q", l.Name, m.Host, l.State)
		}
	}
	return pass("%d vnet ports, none down", len(h.ControlLinks))
}

// hostSpace wants room for IBM's files, and on the host reloaded last for the copy of the disk image that a rollback
// starts from (IBM: rolling back an upgrade).
func hostSpace(s scene, m Member, h HostFacts) CheckResult {
	free := sentence("%d GB are free beside the image of %d GB", h.FreeBytes/gigabyte, h.ImageBytes/gigabyte)
	switch {
	case h.FreeBytes < minFreeBytes:
		return fail("host %s is full: %s", m.Host, free).
			cure("remove what is not needed from the host's disk, and leave vSRX_Image.qcow2 alone").coded(1102)
	case !s.pair() || s.q.Moment != BeforeFirst || isFirst(s.plan, m):
		return pass("%s", free)
	}
	if _, missing := unread(h.Unread, "imageBytes"); missing || h.ImageBytes == 0 {
		return unknown("the size of the disk image on host %s was not read", m.Host)
	}
	if h.FreeBytes < h.ImageBytes {
		return fail("host %s has no room for the backup image that a rollback needs: %s", m.Host, free).
			cure("free as much space as the image takes where the images lie, or a rollback will not be possible")
	}
	return pass("%s", free)
}

// returnCode is the end of the last line of IBM's log on the host: Host: <name> FAILURE - Return code:<n>.
var returnCode = regexp.MustCompile(`FAILURE.*Return code: ?(\d+)`)

// hostCheckLog only warns: the line has no time, and IBM's rows say what holds now.
func hostCheckLog(_ scene, m Member, h HostFacts) CheckResult {
	found := returnCode.FindStringSubmatch(h.CheckLog)
	if found == nil {
		return pass("no failure in the last line of IBM's log: %q", h.CheckLog)
	}
	number, err := strconv.Atoi(found[1])
	if err != nil {
		return warn("IBM's log on host %s ends with %q", m.Host, h.CheckLog)
	}
	code, _ := CodeOf(number)
	return warn("IBM's log on host %s ends with %q: %s", m.Host, h.CheckLog, code.Meaning).cure("%s", code.Remedy).coded(number)
}
