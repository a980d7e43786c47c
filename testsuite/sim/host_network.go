package sim

import (
	"fmt"
	"slices"
	"strings"
)

// showLinks is "ip -br link" and "ip -br addr" of iproute2: physical NICs, bonds, and the taps of a running VM.
func showLinks(s *shell, args []string) int {
	object := ""
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			object = a
			break
		}
	}
	switch {
	case object == "route" && slices.Contains(args, "get"):
		s.print("%s via 10.61.0.1 dev bond0 src %s uid 0 \n    cache \n", args[len(args)-1], s.member.host.address)
		return 0
	case object == "route":
		s.print("default via 10.61.0.1 dev bond0\n10.0.0.0/8 via 10.61.0.1 dev bond0\n")
		return 0
	case !strings.HasPrefix("link", object) && !strings.HasPrefix("address", object) || object == "":
		return s.fail(255, "Object \"%s\" is unknown, try \"ip help\".\n", object)
	}
	link := func(name, state, mac, flags string) {
		if strings.HasPrefix("address", object) {
			detail := ""
			if name == "bond0" {
				detail = " " + s.member.host.address + "/26"
			}
			s.print("%-16s %-14s%s\n", name, state, detail)
			return
		}
		s.print("%-16s %-14s %s <%s>\n", name, state, mac, flags)
	}
	link("lo", "UNKNOWN", "00:00:00:00:00:00", "LOOPBACK,UP,LOWER_UP")
	x := s.member.host.machine
	for n, slaves := range x.bonds {
		for i, nic := range slaves {
			link(nic, "UP", fmt.Sprintf("0c:c4:7a:%02x:%02x:%02x", s.member.hardwareID%251, n, i), "BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP")
		}
		link(fmt.Sprintf("bond%d", n), "UP", fmt.Sprintf("0c:c4:7a:%02x:%02x:00", s.member.hardwareID%251, n), "BROADCAST,MULTICAST,MASTER,UP,LOWER_UP")
	}
	if s.member.vm.power == running {
		for i := range 2 {
			state := "UNKNOWN"
			if s.member.gateway.controlDown && !s.member.gateway.spec.Standalone {
				state = "DOWN"
			}
			link(fmt.Sprintf("vnet%d", i), state, "fe"+s.member.vm.macs[i][2:], "BROADCAST,MULTICAST,UP,LOWER_UP")
		}
	}
	return 0
}

// resolve is "getent hosts NAME".
func resolve(s *shell, args []string) int {
	if len(args) < 2 {
		return 1
	}
	if name := args[len(args)-1]; name == "localhost" {
		s.print("127.0.0.1       localhost\n")
	} else if s.member.host.machine.noNames {
		return 2
	} else {
		s.print("%-15s %s\n", "10.0.80.11", name)
	}
	return 0
}

// consolePort is where a host takes telnet for the console of its VM.
const consolePort = "8610"

// showConnections is "ss -tn": the session that asks, and whoever sits on the VM's console.
func showConnections(s *shell, _ []string) int {
	row := func(state, received, sent, local, peer string) {
		s.print("%-6s %-6s %-6s %18s %18s  \n", state, received, sent, local, peer)
	}
	row("State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port")
	row("ESTAB", "0", "36", s.member.host.address+":22", "10.61.0.200:40022")
	if s.member.vm.power == running && s.member.host.machine.console != consoleFree {
		row("ESTAB", "0", "0", "127.0.0.1:"+consolePort, "127.0.0.1:40610")
		row("ESTAB", "0", "0", "127.0.0.1:40610", "127.0.0.1:"+consolePort)
	}
	return 0
}

// dialled is what becomes of a TCP connection from a host; the words are those of the C library.
type dialled string

const (
	dialOpen     dialled = ""
	dialRefused  dialled = "Connection refused"
	dialSilent   dialled = "Connection timed out"
	dialNoRoute  dialled = "No route to host"
	dialNameless dialled = "Temporary failure in name resolution"
)

// dial is a connection from the host to an address of this world, as its firewall and the other side have it; 22 stands
// for the SSH port of this world.
func (s *shell) dial(address, port string) dialled {
	switch {
	case address == mirrorName && s.member.host.machine.noNames:
		return dialNameless
	case address == mirrorName && port == "80":
		return dialOpen
	}
	for _, g := range s.member.gateway.cloud.gateways {
		if g.address == address {
			return s.dialGateway(g, port)
		}
		for _, m := range g.members {
			if m.host.address == address {
				return s.dialHost(m, port)
			}
		}
	}
	return dialNoRoute
}

func (s *shell) dialGateway(g *appliance, port string) dialled {
	switch {
	case s.member.gateway == g && s.member.host.machine.drops("gateway"), g.answering() == nil, g.sshFiltered():
		return dialSilent
	case port != "22" || !g.ssh.listening():
		return dialRefused
	}
	return dialOpen
}

func (s *shell) dialHost(m *member, port string) dialled {
	switch {
	case s.member.peer() == m && s.member.host.machine.drops("peer"), !m.host.up, m.host.machine.drops("inbound"):
		return dialSilent
	case port != "22":
		return dialRefused
	}
	return dialOpen
}

// openConnection is Bash's redirection from /dev/tcp/ADDRESS/PORT.
func openConnection(s *shell, target string) int {
	address, port, _ := strings.Cut(target, "/")
	end := s.dial(address, port)
	switch end {
	case dialOpen:
		return 0
	case dialNameless:
		s.fail(1, "bash: %s: %s\n", address, end)
		return s.fail(1, "bash: line 1: /dev/tcp/%s: Invalid argument\n", target)
	}
	s.hangs = end == dialSilent
	s.fail(1, "bash: connect: %s\n", end)
	return s.fail(1, "bash: line 1: /dev/tcp/%s: %s\n", target, end)
}
