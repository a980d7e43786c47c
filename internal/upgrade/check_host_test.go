package upgrade_test

import (
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// hostBlots spoil what a host says; quokka-b is the second one.
func hostBlots() map[string]blot {
	no := false
	on := func(i int, spoil func(*upgrade.HostFacts)) func(*question) {
		return func(w *question) { spoil(&w.f.Hosts[i]) }
	}
	bond := func(i int, ports, up []string) func(*question) {
		return on(1, func(h *upgrade.HostFacts) { h.Bonds[i].Ports, h.Bonds[i].Up = ports, up })
	}
	return map[string]blot{
		"root is in a file system of memory": {pairBefore, on(1, func(h *upgrade.HostFacts) { h.RootFS = "tmpfs" }), []string{"host-rescue@quokka-b=fail/1168"}, "rescue mode"},
		"the type of root was not read":      {pairBefore, on(0, func(h *upgrade.HostFacts) { h.RootFS = "" }), []string{"host-rescue@quokka-a=error/1168"}, "not read"},
		"root is read-only":                  {pairBetween, on(0, func(h *upgrade.HostFacts) { h.RootReadOnly = true }), []string{"host-storage@quokka-a=fail/1026"}, "read-only"},
		"the host is full":                   {standalone, on(0, func(h *upgrade.HostFacts) { h.FreeBytes = 1<<30 - 1 }), []string{"host-space@quokka-a=fail/1102"}, "is full"},
		"no room for the backup image":       {pairBefore, on(0, func(h *upgrade.HostFacts) { h.FreeBytes = 20 << 30 }), []string{"host-space@quokka-a=fail"}, "20 GB are free beside the image of 21 GB"},
		"no room on the host reloaded first": {pairBefore, on(1, func(h *upgrade.HostFacts) { h.FreeBytes = 20 << 30 }), []string{}, ""},
		"the size of the image is unknown":   {pairBefore, on(0, func(h *upgrade.HostFacts) { h.ImageBytes = 0 }), []string{"host-space@quokka-a=error"}, "size of the disk image"},
		"too little memory":                  {pairBefore, on(1, func(h *upgrade.HostFacts) { h.MemoryKB = 16 << 20 }), []string{"host-memory@quokka-b=fail/1114"}, "16 GB"},
		"memory of exactly 32 GB":            {pairBefore, on(1, func(h *upgrade.HostFacts) { h.MemoryKB = 32_781_000 }), []string{}, ""},
		"memory not read, enough on record":  {pairBefore, on(1, func(h *upgrade.HostFacts) { h.MemoryKB = 0 }), []string{"host-memory@quokka-b=error/1114"}, "not read"},
		"memory not read, too little on record": {pairBefore, func(w *question) {
			w.f.Hosts[1].MemoryKB, w.f.Records[1].MemoryGB = 0, 16
		}, []string{"host-memory@quokka-b=fail/1114"}, "16 GB of memory on record"},
		"no telnet":                   {pairBefore, on(0, func(h *upgrade.HostFacts) { h.Telnet = false }), []string{"host-telnet@quokka-a=fail/1116"}, "telnet is not installed"},
		"names do not resolve":        {standalone, on(0, func(h *upgrade.HostFacts) { h.Resolves = false }), []string{"host-names@quokka-a=fail/1023"}, "does not resolve"},
		"no route to the services":    {pairBefore, on(1, func(h *upgrade.HostFacts) { h.ServiceRoute = false }), []string{"host-route@quokka-b=fail/1023"}, "no route"},
		"no mirror":                   {pairBefore, on(1, func(h *upgrade.HostFacts) { h.Mirror = false }), []string{"host-mirror@quokka-b=fail/1117"}, "mirror does not answer"},
		"no localhost":                {pairBefore, on(1, func(h *upgrade.HostFacts) { h.Localhost = false }), []string{"host-localhost@quokka-b=fail/1119"}, "localhost"},
		"a private port is missing":   {pairBefore, bond(0, []string{"enp1"}, []string{"enp1"}), []string{"host-private-bond@quokka-b=fail/1127"}, "has 1 ports (enp1)"},
		"a private port is down":      {pairBefore, bond(0, []string{"enp1", "enp3"}, []string{"enp1"}), []string{"host-private-bond@quokka-b=fail/1127"}, "1 of them up"},
		"a public port is missing":    {pairBetween, bond(1, []string{"enp2"}, []string{"enp2"}), []string{"host-public-bond@quokka-b=fail/1128"}, "bond1"},
		"a private port too many":     {pairBefore, bond(0, []string{"enp1", "enp3", "enp5"}, []string{"enp1", "enp3", "enp5"}), []string{"host-private-bond@quokka-b=fail/1129"}, "3 ports"},
		"a public port too many":      {pairBefore, bond(1, []string{"enp2", "enp4", "enp6"}, []string{"enp2"}), []string{"host-public-bond@quokka-b=fail/1130"}, "enp6"},
		"no private bond":             {pairBefore, on(1, func(h *upgrade.HostFacts) { h.Bonds = h.Bonds[1:] }), []string{"host-private-bond@quokka-b=fail/1127"}, "has no bond0"},
		"no public bond":              {pairBefore, on(1, func(h *upgrade.HostFacts) { h.Bonds = h.Bonds[:1] }), []string{"host-public-bond@quokka-b=fail/1128"}, "has no bond1"},
		"no public bond on a private": {pairBefore, func(w *question) { w.f.Picture.Gateway.PrivateOnly, w.f.Hosts[1].Bonds = true, w.f.Hosts[1].Bonds[:1] }, []string{}, ""},
		"no way to the other host":    {pairBetween, on(1, func(h *upgrade.HostFacts) { h.PeerSSH = &no }), []string{"host-to-peer@quokka-b=fail/1106"}, "port 22 of the other host"},
		"the way was not tried":       {pairBefore, on(1, func(h *upgrade.HostFacts) { h.PeerSSH = nil }), []string{"host-to-peer@quokka-b=error/1106"}, "not tried"},
		"no way to the gateway":       {standalone, on(0, func(h *upgrade.HostFacts) { h.DeviceSSH = &no }), []string{"host-to-gateway@quokka-a=fail/1105"}, "port 22 of the gateway"},
		"a port of the machine down":  {pairBefore, on(0, func(h *upgrade.HostFacts) { h.ControlLinks[1].State = "down" }), []string{"host-control-link@quokka-a=fail/1126"}, `vnet1 on host quokka-a is "down"`},
		"no port of the machine":      {pairBefore, on(0, func(h *upgrade.HostFacts) { h.ControlLinks = nil }), []string{"host-control-link@quokka-a=fail/1126"}, "no vnet port"},
		"the console left the definition": {pairBetween, on(0, func(h *upgrade.HostFacts) { h.Consoles = []string{"other"} }),
			[]string{"console-defined@quokka-a=fail/1132"}, "vSRXvQ1"},
		"somebody is at the console":   {pairBefore, on(1, func(h *upgrade.HostFacts) { h.ConsoleOpen = true }), []string{"console-closed@quokka-b=fail/1119"}, "connected"},
		"IBM's check failed to set up": {pairBefore, on(1, func(h *upgrade.HostFacts) { h.CheckLog = "Host: quokka-b FAILURE - Return code:1103" }), []string{"precheck-log@quokka-b=warn/1103"}, "1103"},
		"IBM's check failed otherwise": {pairBefore, on(1, func(h *upgrade.HostFacts) { h.CheckLog = "Host: quokka-b FAILURE - Return code: 1104" }), []string{"precheck-log@quokka-b=warn/1104"}, "third step"},
		"IBM's log was never written":  {pairBefore, on(1, func(h *upgrade.HostFacts) { h.CheckLog = "" }), []string{}, ""},
		"the host runs no command": {standalone, func(w *question) {
			w.f.Hosts[0], w.f.Picture.Hosts[0] = upgrade.HostFacts{HardwareID: primaryHardware, NoShell: true, Error: "no answer to true"}, upgrade.Host{HardwareID: primaryHardware, Error: "no answer"}
		}, append(append([]string{"host-shell@quokka-a=fail/1008"}, silentHost("quokka-a", false)...), "machine-state@quokka-a=error/1113", "machine@quokka-a=error/1118"), "runs no command"},
		"an old machine without a console lies beside": {pairBefore, func(w *question) {
			w.f.Picture.Hosts[1].Domains = append(w.f.Picture.Hosts[1].Domains, upgrade.Domain{Name: "left-over", State: "shut off"})
		}, []string{}, ""},
		"the host could not be asked": {pairBetween, on(0, func(h *upgrade.HostFacts) { *h = upgrade.HostFacts{HardwareID: primaryHardware, Error: "timed out"} }),
			append([]string{"host-login@quokka-a=error/1005", "host-shell@quokka-a=error/1008"}, silentHost("quokka-a", true)...), "10.77.8.11"},
		"the host refuses root": {pairBetween, on(0, func(h *upgrade.HostFacts) { h.Denied = true }),
			append([]string{"host-login@quokka-a=fail/1107", "host-shell@quokka-a=error/1008"}, silentHost("quokka-a", true)...), "refuses root"},
		"nobody asked the host": {pairBetween, func(w *question) { w.f.Hosts = w.f.Hosts[1:] },
			append([]string{"host-login@quokka-a=error/1005", "host-shell@quokka-a=error/1008"}, silentHost("quokka-a", true)...), "nobody looked"},
	}
}

// silentHost is what every question to a host gives that cannot be asked, between the reloads or on a standalone.
func silentHost(host string, paired bool) []string {
	var list []string
	for _, c := range []string{"host-rescue=error/1168", "host-storage=error/1026", "host-space=error", "host-memory=error/1114", "host-telnet=error/1116",
		"host-names=error/1023", "host-route=error/1023", "host-mirror=error/1117", "host-localhost=error/1119", "host-private-bond=error", "host-public-bond=error",
		"host-to-peer=error/1106", "host-to-gateway=error/1105", "console-defined=error/1132", "console-closed=error/1119", "precheck-log=error"} {
		name, rest, _ := strings.Cut(c, "=")
		if paired || name != "host-to-peer" {
			list = append(list, name+"@"+host+"="+rest)
		}
	}
	return list
}

func machineBlots() map[string]blot {
	view := func(i int, spoil func(*upgrade.Host)) func(*question) {
		return func(w *question) { spoil(&w.f.Picture.Hosts[i]) }
	}
	stray := upgrade.Domain{Name: "stray", State: "running"}
	return map[string]blot{
		"libvirt does not answer": {standalone, view(0, func(h *upgrade.Host) { h.Error = "virsh: exit status 1" }), []string{"host-login@quokka-a=error/1005",
			"console-defined@quokka-a=error/1132", "machine-state@quokka-a=error/1113", "machine@quokka-a=error/1118"}, "virsh"},
		"the first machine is off": {pairBefore, view(1, func(h *upgrade.Host) { h.Domains[0].State = "shut off" }),
			[]string{"machine@quokka-b=fail/1118", "placement@gateway=fail"}, "vSRXvQ2 shut off"},
		"the machine that stays is off": {pairBefore, view(0, func(h *upgrade.Host) { h.Domains[0].State = "shut off" }),
			[]string{"machine@quokka-a=fail/1118", "peer-alive@quokka-a=fail/1134", "placement@gateway=fail"}, "no vSRX machine runs"},
		"two machines run": {pairBefore, view(1, func(h *upgrade.Host) { h.Domains = append(h.Domains, stray) }),
			[]string{"console-defined@quokka-b=fail/1132", "machine@quokka-b=fail/1118"}, "stray"},
		"no machine is defined": {standalone, view(0, func(h *upgrade.Host) { h.Domains = nil }),
			[]string{"console-defined@quokka-a=error/1132", "machine@quokka-a=fail/1118"}, "not known"},
		"both machines are off": {pairBefore, func(w *question) {
			w.f.Picture.Hosts[0].Domains[0].State, w.f.Picture.Hosts[1].Domains[0].State = "shut off", "shut off"
		}, []string{"machine@quokka-a=fail/1118", "machine@quokka-b=fail/1118", "peer-alive@quokka-a=fail/1134", "any-node-up@gateway=fail/1154", "placement@gateway=fail"}, "quokka-a"},
		"the old machine runs beside the new":       {pairBetween, view(0, func(h *upgrade.Host) { h.Domains[0].State = "running" }), []string{"peer-off@quokka-a=fail"}, "beside a node of the other version"},
		"the old machine is paused":                 {pairBetween, view(0, func(h *upgrade.Host) { h.Domains[0].State = "paused" }), []string{"peer-off@quokka-a=fail"}, "paused"},
		"the old machine would start":               {pairBetween, view(0, func(h *upgrade.Host) { h.Domains[0].Autostart = true }), []string{"peer-autostart@quokka-a=warn"}, "reboot of host quokka-a"},
		"the upgraded machine runs on the way back": {pairBack, view(1, func(h *upgrade.Host) { h.Domains[0].State = "running" }), []string{"peer-off@quokka-b=fail"}, "other version"},
		"the old machine is off on the way back": {pairBack, view(0, func(h *upgrade.Host) { h.Domains[0].State = "shut off" }),
			[]string{"machine@quokka-a=fail/1118", "peer-alive@quokka-a=fail/1134", "any-node-up@gateway=fail/1154", "placement@gateway=fail"}, "quokka-a"},
		"the upgraded machine is off": {pairBetween, view(1, func(h *upgrade.Host) { h.Domains[0].State = "crashed" }),
			[]string{}, ""}, // any state but "shut off" counts as power: see Domain.Running
		"the upgraded machine is shut off": {pairBetween, view(1, func(h *upgrade.Host) { h.Domains[0].State = "shut off" }),
			[]string{"machine@quokka-b=fail/1118", "peer-alive@quokka-b=fail/1134", "any-node-up@gateway=fail/1154", "placement@gateway=fail"}, "quokka-b"},
	}
}
