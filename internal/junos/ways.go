package junos

import (
	"slices"
	"sync"
)

// way is a way to NETCONF on a device. Its text stands in the facts of a device.
type way string

// The ways, in the order in which they are tried (Juniper: NETCONF XML Management Protocol Developer Guide, "Establishing
// an SSH connection for a NETCONF session").
const (
	netconfPort  way = "830"
	sshSubsystem way = "22 subsystem"
	sshCommand   way = "22 command" // works where the service is not configured
)

// Ways remembers for every address which way in has worked, so that the next dial tries it first: where a filter drops
// port 830 silently, each try costs seconds. The zero Ways is ready; it may be used concurrently. A nil one remembers
// nothing.
type Ways struct {
	mutex  sync.Mutex
	worked map[string]way
}

func (w *Ways) remember(address string, which way) {
	if w == nil {
		return
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.worked == nil {
		w.worked = map[string]way{}
	}
	w.worked[address] = which
}

func (w *Ways) last(address string) way {
	if w == nil {
		return ""
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.worked[address]
}

// entrance is a port and the ways in behind it, which share one login.
type entrance struct {
	port int
	ways []way
}

// entrances are all ways, the one that worked last first. Its port's other way comes next, because it costs no login.
func entrances(netconf, ssh int, worked way) []entrance {
	all := []entrance{{netconf, []way{netconfPort}}, {ssh, []way{sshSubsystem, sshCommand}}}
	if netconf == ssh {
		all = all[1:]
	}
	slices.SortStableFunc(all, func(a, b entrance) int {
		return rank(slices.Contains(a.ways, worked)) - rank(slices.Contains(b.ways, worked))
	})
	for _, e := range all {
		slices.SortStableFunc(e.ways, func(a, b way) int { return rank(a == worked) - rank(b == worked) })
	}
	return all
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}
