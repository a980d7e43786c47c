package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Picture is everything that was seen of a gateway in one look: IBM's records, the hosts, the device. A part that
// could not be asked carries its error text and is unknown, never "fine".
type Picture struct {
	At      time.Time `json:"at"`
	Gateway Gateway   `json:"gateway"`
	Servers []Server  `json:"servers"`
	Hosts   []Host    `json:"hosts"`
	Device  Device    `json:"device"`
	// Readiness holds IBM's rows as they are now.
	Readiness []ReadinessRow `json:"readiness,omitempty"`
	// Neighbours are the other gateways of the account's pod; NeighboursError says why they are not known.
	Neighbours      []Neighbour `json:"neighbours,omitempty"`
	NeighboursError string      `json:"neighboursError,omitempty"`
}

// Host is what a KVM host said over SSH, logged in as root with the password on record.
type Host struct {
	HardwareID int      `json:"hardwareId"`
	Error      string   `json:"error,omitempty"`
	Denied     bool     `json:"denied,omitempty"` // the recorded root password was refused
	Domains    []Domain `json:"domains,omitempty"`
}

// Domain is a virtual machine on a host, as libvirt shows it.
type Domain struct {
	Name      string   `json:"name"`
	State     string   `json:"state"` // virsh domstate: "running", "shut off", …
	Autostart bool     `json:"autostart"`
	MACs      []string `json:"macs,omitempty"` // lower case, colons
}

// Running reports whether the machine is powered on in any way ("running", "paused", …).
func (d Domain) Running() bool { return d.State != "shut off" }

// Device is what the vSRX that answers on the private address said, logged in as root with the password on record.
type Device struct {
	Error       string        `json:"error,omitempty"`
	Denied      bool          `json:"denied,omitempty"`  // the recorded root password was refused
	Cluster     *Cluster      `json:"cluster,omitempty"` // nil on a standalone
	Nodes       []NodeVersion `json:"nodes,omitempty"`
	RootLogin   bool          `json:"rootLogin"` // system services ssh root-login allow is configured
	Preempt     Preempt       `json:"preempt"`   // of redundancy group 1, as configured
	Mark        Mark          `json:"mark"`
	NodeMACs    []NodeMACs    `json:"nodeMacs,omitempty"` // hardware addresses of each node's own ports
	Pending     bool          `json:"pending,omitempty"`  // a confirmed commit waits for its confirmation
	Uncommitted bool          `json:"uncommitted,omitempty"`
}

// NodeVersion is the release that one node runs. Node is "" on a standalone.
type NodeVersion struct {
	Node    string `json:"node,omitempty"`
	Host    string `json:"host,omitempty"` // configured host name
	Version string `json:"version"`
}

// NodeMACs are the hardware addresses of a node's revenue ports: ge-0/0/* belong to node0, ge-7/0/* to node1.
type NodeMACs struct {
	Node string   `json:"node"`
	MACs []string `json:"macs"` // lower case, colons
}

// Preempt is the state of the preempt statement of redundancy group 1.
type Preempt string

// The states of the statement.
const (
	PreemptAbsent   Preempt = "absent"
	PreemptInactive Preempt = "inactive"
	PreemptActive   Preempt = "active"
)

// Mark identifies a committed configuration: drift is judged by it.
type Mark struct {
	Digest string `json:"digest"` // SHA-256 of the configuration without its time stamp and version lines
	Commit string `json:"commit"` // newest entry of the commit list: time, user, client
}

// Server finds the record of a server.
func (p Picture) Server(hardwareID int) (Server, bool) {
	i := slices.IndexFunc(p.Servers, func(s Server) bool { return s.ID == hardwareID })
	if i < 0 {
		return Server{}, false
	}
	return p.Servers[i], true
}

// Host finds what a host said.
func (p Picture) Host(hardwareID int) (Host, bool) {
	i := slices.IndexFunc(p.Hosts, func(h Host) bool { return h.HardwareID == hardwareID })
	if i < 0 {
		return Host{}, false
	}
	return p.Hosts[i], true
}

// Busy names the other gateways of the pod that are not in normal use, "" when there is none.
func (p Picture) Busy() string {
	var busy []string
	for _, n := range p.Neighbours {
		if n.Status != StatusActive {
			busy = append(busy, fmt.Sprintf("gateway %s is %q", n.Name, n.Text))
		}
	}
	return strings.Join(busy, ", ")
}

// Version gives the release of a node, "" when it was not seen. A standalone has one node, whatever it is called.
func (d Device) Version(node string) string {
	if d.Cluster == nil && len(d.Nodes) == 1 {
		return d.Nodes[0].Version
	}
	for _, n := range d.Nodes {
		if n.Node == node {
			return n.Version
		}
	}
	return ""
}
