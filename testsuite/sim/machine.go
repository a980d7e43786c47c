package sim

import (
	"fmt"
	"slices"
	"time"
)

// machine is what a host is made of, as far as IBM's readiness checks and runbooks look at it.
type machine struct {
	memory      int         // KiB, as /proc/meminfo counts them
	bonds       [2][]string // NICs of bond0 (private side) and bond1 (public side)
	readOnly    bool        // the kernel has remounted / after an error
	rescue      bool        // booted from the network, without its own disk
	full        bool        // no space left on /
	shellBroken bool        // sshd takes sessions, commands fail
	noTelnet    bool        // the telnet package is missing
	noNames     bool        // names do not resolve
	filtered    []string    // what its firewall drops: "gateway", "peer"
	console     console
	noConsole   bool // the VM's definition has lost its telnet console
	log         []string
	copies      map[string]diskImage // files beside the VM's disk image, by name
}

// console is what somebody does on the VM's serial console.
type console string

const (
	consoleFree      console = ""
	consoleOpen      console = "open"
	consoleConfigure console = "configure"
)

// licence is the state of a vSRX's licence.
type licence string

const (
	licenceValid      licence = "valid"
	licenceEvaluation licence = "evaluation"
	licenceMissing    licence = "missing"
)

// diskImage is the content of an image file: two files with one digest hold the same.
type diskImage struct {
	version string
	digest  string
	written time.Time
}

func newMachine() machine {
	return machine{memory: 65843072, bonds: [2][]string{{"eth0", "eth2"}, {"eth1", "eth3"}}}
}

// reinstalled is the machine after an OS reload: the software is new, the hardware is what it was.
func (x machine) reinstalled() machine {
	return machine{memory: x.memory, bonds: x.bonds}
}

func (x machine) drops(what string) bool { return slices.Contains(x.filtered, what) }

// bonding is /proc/net/bonding/bondN in the form of the Linux bonding driver.
func (x machine) bonding(n int) string {
	text := "Ethernet Channel Bonding Driver: v5.15.0-131-generic\n\nBonding Mode: IEEE 802.3ad Dynamic link aggregation\n" +
		"Transmit Hash Policy: layer3+4 (1)\nMII Status: up\nMII Polling Interval (ms): 100\nUp Delay (ms): 0\nDown Delay (ms): 0\n" +
		"Peer Notification Delay (ms): 0\n\n802.3ad info\nLACP active: on\nLACP rate: fast\nMin links: 0\nAggregator selection policy (ad_select): stable\n"
	for _, nic := range x.bonds[n] {
		text += fmt.Sprintf("\nSlave Interface: %s\nMII Status: up\nSpeed: 10000 Mbps\nDuplex: full\nLink Failure Count: 0\nSlave queue ID: 0\n", nic)
	}
	return text
}

// memoryInfo is the head of /proc/meminfo.
func (x machine) memoryInfo() string {
	return fmt.Sprintf("MemTotal:       %8d kB\nMemFree:        %8d kB\nMemAvailable:   %8d kB\n", x.memory, x.memory*46/100, x.memory*49/100)
}
