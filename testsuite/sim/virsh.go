package sim

import (
	"fmt"
	"slices"
	"strings"
)

// virsh is the libvirt client of a host; texts are those of libvirt 8, which Ubuntu 22.04 carries.
func virsh(s *shell, args []string) (string, int) {
	args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "-q" || a == "--quiet" })
	if len(args) > 1 && (args[0] == "-c" || args[0] == "--connect") {
		args = args[2:]
	}
	if len(args) == 0 {
		return "error: command missing\n", 1
	}
	if args[0] == "list" {
		return s.domains(args[1:]), 0
	}
	run, known := virshCommands()[args[0]]
	if !known {
		return fmt.Sprintf("error: unknown command: '%s'\n", args[0]), 1
	}
	options := slices.DeleteFunc(slices.Clone(args[1:]), func(a string) bool { return !strings.HasPrefix(a, "--") })
	names := slices.DeleteFunc(slices.Clone(args[1:]), func(a string) bool { return strings.HasPrefix(a, "--") })
	if len(names) != 1 {
		return "error: command '" + args[0] + "' requires <domain> option\n", 1
	}
	if s.member.vm.power == absent || names[0] != s.member.vm.domain {
		return fmt.Sprintf("error: failed to get domain '%s'\n", names[0]), 1
	}
	return run(s, slices.Contains(options, "--disable"))
}

func virshCommands() map[string]func(s *shell, disable bool) (string, int) {
	return map[string]func(*shell, bool) (string, int){
		"domstate":  func(s *shell, _ bool) (string, int) { return string(s.member.vm.power) + "\n\n", 0 },
		"dominfo":   func(s *shell, _ bool) (string, int) { return s.info(), 0 },
		"dumpxml":   func(s *shell, _ bool) (string, int) { return s.definition(), 0 },
		"shutdown":  shutdown,
		"start":     start,
		"autostart": autostart,
	}
}

func (s *shell) domains(options []string) string {
	vm := s.member.vm
	shown := vm.power == running || vm.power == shutOff && slices.Contains(options, "--all")
	if slices.Contains(options, "--name") {
		if !shown {
			return "\n"
		}
		return vm.domain + "\n\n"
	}
	out := " Id   Name      State\n--------------------------\n"
	if shown && vm.power == running {
		out += fmt.Sprintf(" %-4d %-9s running\n", vm.life+1, vm.domain)
	} else if shown {
		out += fmt.Sprintf(" -    %-9s shut off\n", vm.domain)
	}
	return out + "\n"
}

func (s *shell) info() string {
	vm := s.member.vm
	id, starts := "-", "disable"
	if vm.power == running {
		id = fmt.Sprint(vm.life + 1)
	}
	if vm.autostart {
		starts = "enable"
	}
	return fmt.Sprintf("Id:             %s\nName:           %s\nUUID:           00000000-0000-4000-a000-%012d\n"+
		"OS Type:        hvm\nState:          %s\nCPU(s):         5\nMax memory:     16777216 KiB\n"+
		"Used memory:    16777216 KiB\nPersistent:     yes\nAutostart:      %s\nManaged save:   no\n\n",
		id, vm.domain, s.member.id, vm.power, starts)
}

// definition is the domain XML: interfaces in the order fxp0, em0, ge-*/0/0, ge-*/0/1, ..., and the telnet console.
func (s *shell) definition() string {
	vm := s.member.vm
	var out strings.Builder
	id := ""
	if vm.power == running {
		id = fmt.Sprintf(" id='%d'", vm.life+1)
	}
	fmt.Fprintf(&out, "<domain type='kvm'%s>\n  <name>%s</name>\n  <memory unit='KiB'>16777216</memory>\n  <devices>\n", id, vm.domain)
	fmt.Fprintf(&out, "    <disk type='file' device='disk'>\n      <source file='%s/vSRX_Image.qcow2'/>\n    </disk>\n", s.folder())
	for i, mac := range vm.macs {
		kind := "bridge"
		if i > 1 {
			kind = "hostdev"
		}
		fmt.Fprintf(&out, "    <interface type='%s'>\n      <mac address='%s'/>\n    </interface>\n", kind, mac)
	}
	out.WriteString("    <serial type='tcp'>\n      <source mode='bind' host='127.0.0.1' service='8610' tls='no'/>\n" +
		"      <protocol type='telnet'/>\n      <target port='0'/>\n    </serial>\n  </devices>\n</domain>\n\n")
	return out.String()
}

func shutdown(s *shell, _ bool) (string, int) {
	s.write = true
	m := s.member
	if m.vm.power != running {
		return fmt.Sprintf("error: Failed to shutdown domain '%s'\nerror: Requested operation is not valid: domain is not running\n", m.vm.domain), 1
	}
	life, c := m.vm.life, m.gateway.cloud
	if _, hangs := c.armed("shutdown-hangs", m); hangs {
		return fmt.Sprintf("Domain '%s' is being shutdown\n\n", m.vm.domain), 0
	}
	c.clock.after(c.physics.Shutdown, func() {
		if m.vm.life == life {
			m.powerOff(shutOff, causeFailover)
		}
	})
	return fmt.Sprintf("Domain '%s' is being shutdown\n\n", m.vm.domain), 0
}

func start(s *shell, _ bool) (string, int) {
	s.write = true
	if s.member.vm.power == running {
		return "error: Domain is already active\n", 1
	}
	s.member.powerOn()
	return fmt.Sprintf("Domain '%s' started\n\n", s.member.vm.domain), 0
}

func autostart(s *shell, disable bool) (string, int) {
	s.write = true
	s.member.vm.autostart = !disable
	if disable {
		return fmt.Sprintf("Domain '%s' unmarked as autostarted\n\n", s.member.vm.domain), 0
	}
	return fmt.Sprintf("Domain '%s' marked as autostarted\n\n", s.member.vm.domain), 0
}
