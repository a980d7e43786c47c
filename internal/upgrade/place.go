package upgrade

import "slices"

// Placement says which host carries which node, and by which virtual machine.
type Placement struct {
	HardwareID int    `json:"hardwareId"`
	Node       string `json:"node"`
	Domain     string `json:"domain"`
	Proof      string `json:"proof"` // the hardware address seen on both sides
}

// Place proves which host carries which node: a hardware address that libvirt gives to a host's virtual machine is one
// that the cluster reports for a node's port. Names and priorities prove nothing. It refuses to guess: every host must
// carry exactly one node, by one running machine.
func Place(p Picture) ([]Placement, error) {
	var places []Placement
	taken := map[string]bool{}
	for _, m := range p.Gateway.Members {
		host, ok := p.Host(m.HardwareID)
		if !ok || host.Error != "" {
			kind := Unreachable
			if host.Denied {
				kind = Denied
			}
			return nil, Errorf(kind, "host %s cannot be asked: %s", m.Host, host.Error).Advise("check that the worker reaches %s over SSH and that the root password on record is right", m.Address)
		}
		at, ok := match(host, p.Device.NodeMACs)
		if len(p.Gateway.Members) == 1 {
			at, ok = alone(host)
		}
		if !ok || taken[at.Node] {
			return nil, Errorf(Unhealthy, "no proof of which node host %s carries: no hardware address of its machines is one of a cluster node's ports, or it is not alone", m.Host).
				Advise("check on the host (virsh list --all, virsh dumpxml) that exactly one vSRX runs")
		}
		taken[at.Node] = true
		places = append(places, at)
	}
	return places, nil
}

// alone is the one running machine of a standalone gateway's host: there is nothing to mistake it for.
func alone(h Host) (at Placement, ok bool) {
	for _, d := range h.Domains {
		if !d.Running() {
			continue
		}
		if ok {
			return Placement{}, false
		}
		at, ok = Placement{HardwareID: h.HardwareID, Node: "node0", Domain: d.Name}, true
	}
	return at, ok
}

// match finds the one node whose ports belong to the one running machine of a host.
func match(h Host, nodes []NodeMACs) (Placement, bool) {
	var hits []Placement
	for _, d := range h.Domains {
		if !d.Running() {
			continue
		}
		for _, n := range nodes {
			if i := slices.IndexFunc(n.MACs, func(mac string) bool { return slices.Contains(d.MACs, mac) }); i >= 0 {
				hits = append(hits, Placement{HardwareID: h.HardwareID, Node: n.Node, Domain: d.Name, Proof: n.MACs[i]})
			}
		}
	}
	if len(hits) != 1 {
		return Placement{}, false
	}
	return hits[0], true
}
