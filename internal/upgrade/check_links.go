package upgrade

import (
	"regexp"
	"strconv"
	"strings"
)

// links wants every link of a list up.
func links(what string, of func(DeviceFacts) []Link) func(scene, DeviceFacts) CheckResult {
	return func(s scene, d DeviceFacts) CheckResult {
		var seen []string
		down := false
		for _, l := range of(d) {
			if s.f.Picture.Gateway.PrivateOnly && (l.Name == "reth1" || l.Name == "reth3") {
				continue // the public side, which a private gateway does not have (IBM: vSRX default configuration)
			}
			down = down || l.State != "up"
			seen = append(seen, l.Name+" "+l.State)
		}
		switch {
		case len(seen) == 0:
			return unknown("the gateway lists no %s", what)
		case down:
			return fail("%s: %s", what, strings.Join(seen, ", ")).cure("find the port or cable that is down: show chassis cluster interfaces")
		}
		return pass("%s: %s", what, strings.Join(seen, ", "))
	}
}

// monitored wants every monitored interface up; the ports of a powered-off peer are down by nature.
func monitored(s scene, d DeviceFacts) CheckResult {
	var down []string
	count := 0
	for _, i := range d.Monitored {
		if s.lone() && nodeOf(i.Name) != s.loneNode() {
			continue
		}
		count++
		if i.State != "up" {
			down = append(down, sentence("%s %s (weight %d in group %d)", i.Name, i.State, i.Weight, i.Group))
		}
	}
	if len(down) > 0 {
		return fail("monitored interfaces: %s", strings.Join(down, ", ")).cure("bring the interface up, or find out with IBM Support why it has no link")
	}
	return pass("%d interfaces monitored, all up", count)
}

// interfacesUp warns of ports that are switched on and have no link.
func interfacesUp(s scene, d DeviceFacts) CheckResult {
	var down []string
	count := 0
	for _, i := range d.Interfaces {
		if !portName.MatchString(i.Name) || i.Admin != "up" || s.lone() && nodeOf(i.Name) != s.loneNode() && nodeOf(i.Name) != "" {
			continue
		}
		count++
		if i.Oper != "up" {
			down = append(down, i.Name)
		}
	}
	switch {
	case count == 0:
		return unknown("the gateway lists no interface that is switched on")
	case len(down) > 0:
		return warn("%d of %d interfaces have no link: %s", len(down), count, some(down)).
			cure("find out whether they had one before; a port without link may be a failure that the redundancy hides")
	}
	return pass("%d interfaces are switched on, all have link", count)
}

var (
	portName   = regexp.MustCompile(`^((ge|xe|et)-\d+/|(ae|reth|fab)\d)`)
	portOfNode = regexp.MustCompile(`^(?:ge|xe|et)-(\d+)/|^fab(\d)`)
)

// nodeOf names the node that a port belongs to: ge-0/0/* and fab0 are node0's, ge-7/0/* and fab1 node1's on a vSRX
// cluster; "" for what both share.
func nodeOf(port string) string {
	found := portOfNode.FindStringSubmatch(port)
	if found == nil {
		return ""
	}
	if slot, err := strconv.Atoi(found[1]); err == nil && slot < 7 || found[2] == "0" {
		return "node0"
	}
	return "node1"
}
