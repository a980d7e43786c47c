package sim

import (
	"fmt"
	"slices"
	"strings"
)

// virsh is the libvirt client of a host, in the words and layout of libvirt 9's.
func virsh(s *shell, args []string) int {
	if s.member.host.machine.rescue {
		return s.fail(127, "bash: line 1: virsh: command not found\n")
	}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if (args[0] == "-c" || args[0] == "--connect") && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return s.fail(1, "error: command missing\n")
	}
	name := args[0]
	run, known := virshCommands()[name]
	if !known {
		return s.fail(1, "error: unknown command: '%s'\n", name)
	}
	flags, names := virshOptions(args[1:])
	for _, f := range flags {
		if !slices.Contains(run.flags, f) {
			return s.fail(1, "error: command '%s' doesn't support option %s\n", name, f)
		}
	}
	switch {
	case run.domain && len(names) == 0:
		return s.fail(1, "error: command '%s' requires <domain> option\n", name)
	case len(names) > count(run.domain):
		return s.fail(1, "error: unexpected data '%s'\n", names[len(names)-1])
	case run.domain && !s.isDomain(names[0]):
		s.print("\n")
		return s.fail(1, "error: failed to get domain '%s'\n", names[0])
	}
	return run.do(s, flags)
}

// virshCommand is one command of virsh; domain tells whether it wants one.
type virshCommand struct {
	domain bool
	flags  []string
	do     func(s *shell, flags []string) int
}

func virshCommands() map[string]virshCommand {
	show := func(text func(s *shell) string, flags ...string) virshCommand {
		return virshCommand{domain: true, flags: flags, do: func(s *shell, _ []string) int {
			s.print("%s\n\n", text(s))
			return 0
		}}
	}
	fixed := func(text string) virshCommand {
		return virshCommand{do: func(s *shell, _ []string) int {
			s.print("%s\n\n", text)
			return 0
		}}
	}
	return map[string]virshCommand{
		"list": {flags: []string{"--all", "--inactive", "--name", "--uuid", "--autostart", "--no-autostart", "--state-running", "--state-shutoff"}, do: listDomains},
		"domstate": {domain: true, flags: []string{"--reason"}, do: func(s *shell, flags []string) int {
			s.print("%s%s\n\n", s.member.vm.power, s.reason(flags))
			return 0
		}},
		"dominfo":    show((*shell).info),
		"dumpxml":    show((*shell).definition, "--inactive", "--security-info"),
		"domuuid":    show(func(s *shell) string { return s.member.vm.uuid }),
		"domid":      show((*shell).domainID),
		"domblklist": show((*shell).disks),
		"start":      {domain: true, do: startDomain},
		"shutdown":   {domain: true, flags: []string{"--mode"}, do: shutDomainDown},
		"destroy":    {domain: true, flags: []string{"--graceful"}, do: destroyDomain},
		"autostart":  {domain: true, flags: []string{"--disable"}, do: autostart},
		"uri":        fixed("qemu:///system"),
		"version": fixed("Compiled against library: libvirt 9.0.0\nUsing library: libvirt 9.0.0\nUsing API: QEMU 9.0.0\n" +
			"Running hypervisor: QEMU 7.2.9"),
		"hostname": {do: func(s *shell, _ []string) int { s.print("%s\n\n", s.member.host.name); return 0 }},
	}
}

// virshOptions splits flags from names; "--domain NAME" names a domain too.
func virshOptions(args []string) (flags, names []string) {
	for _, a := range args {
		switch {
		case a == "--domain":
		case strings.HasPrefix(a, "--"):
			flags = append(flags, a)
		default:
			names = append(names, a)
		}
	}
	return flags, names
}

// isDomain tells whether a name, id or UUID means the host's VM.
func (s *shell) isDomain(name string) bool {
	vm := s.member.vm
	return vm.power != absent && (name == vm.domain || name == vm.uuid || vm.power == running && name == s.domainID())
}

// domainID is the number of a running domain; it grows with each start.
func (s *shell) domainID() string {
	if s.member.vm.power != running {
		return "-"
	}
	return fmt.Sprint(s.member.vm.life + 1)
}

func (s *shell) reason(flags []string) string {
	switch {
	case !slices.Contains(flags, "--reason"):
		return ""
	case s.member.vm.power == running:
		return " (booted)"
	}
	return " (shutdown)"
}

// listDomains is "virsh list": running domains, with --all every one.
func listDomains(s *shell, flags []string) int {
	vm := s.member.vm
	has := func(f string) bool { return slices.Contains(flags, f) }
	shown := vm.power == running && !has("--inactive") && !has("--state-shutoff") ||
		vm.power == shutOff && (has("--all") || has("--inactive") || has("--state-shutoff"))
	shown = shown && !(has("--autostart") && !vm.autostart) && !(has("--no-autostart") && vm.autostart)
	if has("--name") || has("--uuid") {
		if shown && has("--name") {
			s.print("%s\n", vm.domain)
		} else if shown {
			s.print("%s\n", vm.uuid)
		}
		s.print("\n")
		return 0
	}
	rows := [][]string{{"Id", "Name", "State"}}
	if shown {
		rows = append(rows, []string{s.domainID(), vm.domain, string(vm.power)})
	}
	s.print("%s\n", virshTable(rows))
	return 0
}

// virshTable is virsh's own: columns three blanks apart, a rule two dashes longer than the text.
func virshTable(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	length := 0
	for i := range widths {
		for _, row := range rows {
			widths[i] = max(widths[i], len(row[i]))
		}
		length += widths[i] + 3
	}
	var out strings.Builder
	for n, row := range rows {
		line := ""
		for i, cell := range row {
			line += fmt.Sprintf(" %-*s  ", widths[i], cell)
		}
		fmt.Fprintf(&out, "%s\n", strings.TrimRight(line, " "))
		if n == 0 {
			fmt.Fprintf(&out, "%s\n", strings.Repeat("-", length))
		}
	}
	return out.String()
}

func (s *shell) info() string {
	vm := s.member.vm
	starts, used := "disable", ""
	if vm.autostart {
		starts = "enable"
	}
	if vm.power == running {
		used = fmt.Sprintf("CPU time:       %.1fs\n", s.now().Sub(vm.booted).Seconds()*5)
	}
	text := fmt.Sprintf("Id:             %s\nName:           %s\nUUID:           %s\nOS Type:        hvm\nState:          %s\nCPU(s):         5\n%s"+
		"Max memory:     16777216 KiB\nUsed memory:    16777216 KiB\nPersistent:     yes\nAutostart:      %s\nManaged save:   no\n"+
		"Security model: apparmor\nSecurity DOI:   0", s.domainID(), vm.domain, vm.uuid, vm.power, used, starts)
	if vm.power == running {
		text += fmt.Sprintf("\nSecurity label: libvirt-%s (enforcing)", vm.uuid)
	}
	return text
}

func (s *shell) disks() string {
	return strings.TrimSuffix(virshTable([][]string{{"Target", "Source"}, {"vda", s.folder() + "/" + imageName}}), "\n")
}

// definition is the domain XML: interfaces in the order fxp0, em0, ge-*/0/0, ge-*/0/1, ..., and the telnet console.
func (s *shell) definition() string {
	vm := s.member.vm
	var out strings.Builder
	id := ""
	if vm.power == running {
		id = " id='" + s.domainID() + "'"
	}
	fmt.Fprintf(&out, "<domain type='kvm'%s>\n  <name>%s</name>\n  <uuid>%s</uuid>\n  <memory unit='KiB'>16777216</memory>\n"+
		"  <currentMemory unit='KiB'>16777216</currentMemory>\n  <vcpu placement='static'>5</vcpu>\n  <os>\n    <type arch='x86_64' machine='pc'>hvm</type>\n"+
		"    <boot dev='hd'/>\n  </os>\n  <clock offset='utc'/>\n  <on_poweroff>destroy</on_poweroff>\n  <on_reboot>restart</on_reboot>\n"+
		"  <on_crash>destroy</on_crash>\n  <devices>\n", id, vm.domain, vm.uuid)
	fmt.Fprintf(&out, "    <disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2'/>\n      <source file='%s/%s'/>\n      <target dev='vda' bus='virtio'/>\n    </disk>\n", s.folder(), imageName)
	for i, mac := range vm.macs {
		if i > 1 {
			fmt.Fprintf(&out, "    <interface type='hostdev' managed='yes'>\n      <mac address='%s'/>\n      <driver name='vfio'/>\n    </interface>\n", mac)
			continue
		}
		fmt.Fprintf(&out, "    <interface type='bridge'>\n      <mac address='%s'/>\n      <source bridge='br%d'/>\n      <target dev='vnet%d'/>\n      <model type='virtio'/>\n    </interface>\n", mac, i, i)
	}
	if !s.member.host.machine.noConsole {
		out.WriteString("    <serial type='tcp'>\n      <source mode='bind' host='127.0.0.1' service='" + consolePort + "' tls='no'/>\n" +
			"      <protocol type='telnet'/>\n      <target port='0'/>\n    </serial>\n")
	}
	out.WriteString("  </devices>\n</domain>")
	return out.String()
}

// refused is how virsh says that a request does not fit the domain's state.
func (s *shell) refused(verb, why string) int {
	s.print("\n")
	return s.fail(1, "error: Failed to %s domain '%s'\nerror: %s\n", verb, s.member.vm.domain, why)
}

const notRunning = "Requested operation is not valid: domain is not running"

// shutDomainDown presses the VM's power button; Junos takes its time.
func shutDomainDown(s *shell, _ []string) int {
	s.write = true
	m := s.member
	if m.vm.power != running {
		return s.refused("shutdown", notRunning)
	}
	life, c := m.vm.life, m.gateway.cloud
	s.print("Domain '%s' is being shutdown\n\n", m.vm.domain)
	if _, hangs := c.armed("shutdown-hangs", m); hangs {
		return 0
	}
	c.clock.after(c.physics.Shutdown, func() {
		if m.vm.life == life {
			m.powerOff(shutOff, causeFailover)
		}
	})
	return 0
}

// destroyDomain pulls the VM's plug.
func destroyDomain(s *shell, _ []string) int {
	s.write = true
	if s.member.vm.power != running {
		return s.refused("destroy", notRunning)
	}
	s.member.powerOff(shutOff, causeFailover)
	s.print("Domain '%s' destroyed\n\n", s.member.vm.domain)
	return 0
}

func startDomain(s *shell, _ []string) int {
	s.write = true
	m := s.member
	switch {
	case m.vm.power == running:
		s.print("\n")
		return s.fail(1, "error: Domain is already active\n")
	case m.vm.refuses:
		return s.refused("start", "internal error: qemu unexpectedly closed the monitor: vfio 0000:3b:02.1: failed to open /dev/vfio/61: Device or resource busy")
	case m.vm.image == "":
		return s.refused("start", fmt.Sprintf("internal error: process exited while connecting to monitor: Could not open '%s/%s': Image is corrupt", s.folder(), imageName))
	}
	m.gateway.cloud.judgePowerOn(m)
	m.powerOn()
	s.print("Domain '%s' started\n\n", m.vm.domain)
	return 0
}

func autostart(s *shell, flags []string) int {
	s.write = true
	s.member.vm.autostart = !slices.Contains(flags, "--disable")
	if !s.member.vm.autostart {
		s.print("Domain '%s' unmarked as autostarted\n\n", s.member.vm.domain)
		return 0
	}
	s.print("Domain '%s' marked as autostarted\n\n", s.member.vm.domain)
	return 0
}
