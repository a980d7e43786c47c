package sim

import (
	"fmt"
	"time"
)

// Access is how to reach the world. It holds passwords of the simulation only, as they are at the moment of the call.
type Access struct {
	API         string          `json:"api"`
	Username    string          `json:"username"`
	APIKey      string          `json:"apiKey"`
	Control     string          `json:"control"` // base URL of the control face
	HostSSHPort int             `json:"hostSshPort"`
	SSHPort     int             `json:"sshPort"`
	NetconfPort int             `json:"netconfPort"`
	Gateways    []GatewayAccess `json:"gateways"`
}

// GatewayAccess is how to reach one gateway.
type GatewayAccess struct {
	ID           int            `json:"id"`
	Name         string         `json:"name"`
	Kind         string         `json:"kind"` // "ha" or "standalone"
	Account      int            `json:"account"`
	Pod          string         `json:"pod"`
	Address      string         `json:"address"`
	SSHPort      int            `json:"sshPort"`
	NetconfPort  int            `json:"netconfPort"`
	RootPassword string         `json:"rootPassword"`
	Members      []MemberAccess `json:"members"`
}

// MemberAccess is how to reach the host of one member.
type MemberAccess struct {
	ID           int    `json:"id"`
	HardwareID   int    `json:"hardwareId"`
	Node         int    `json:"node"`
	HostAddress  string `json:"hostAddress"`
	HostSSHPort  int    `json:"hostSshPort"`
	HostPassword string `json:"hostPassword"`
	Domain       string `json:"domain"`
}

// Access tells how to reach every face now; host passwords change with each reload.
func (c *Cloud) Access() Access {
	defer c.enter()()
	a := Access{
		API: fmt.Sprintf("http://%s/rest/v3.1/", c.webAddress), Username: c.account.username, APIKey: c.account.apiKey,
		Control:     "http://" + c.controlAddress,
		HostSSHPort: c.ports.hostSSH, SSHPort: c.ports.ssh, NetconfPort: c.ports.netconf,
	}
	for _, g := range c.gateways {
		entry := GatewayAccess{
			ID: g.spec.ID, Name: g.spec.Name, Kind: g.kind(), Account: c.account.id, Pod: g.spec.Pod, Address: g.address,
			SSHPort: c.ports.ssh, NetconfPort: c.ports.netconf, RootPassword: g.rootPassword,
		}
		for _, m := range g.members {
			entry.Members = append(entry.Members, MemberAccess{
				ID: m.id, HardwareID: m.hardwareID, Node: m.node, HostAddress: m.host.address,
				HostSSHPort: c.ports.hostSSH, HostPassword: m.host.password, Domain: m.vm.domain,
			})
		}
		a.Gateways = append(a.Gateways, entry)
	}
	return a
}

// State is the ground truth about one gateway, whatever its faces say.
type State struct {
	Status        string        `json:"status"` // key name, without any lag
	Members       []MemberState `json:"members"`
	Traffic       bool          `json:"traffic"`
	Stopped       string        `json:"stopped,omitempty"` // why traffic stands, in the words of Verdict.OutageSeconds
	PreemptActive bool          `json:"preemptActive"`
	Primary       [2]int        `json:"primary"`   // node that holds RG0 and RG1; -1 if none
	Upgrading     bool          `json:"upgrading"` // from the first version-changing reload until the pair is whole
	Healthy       bool          `json:"healthy"`   // every node joined, one version
}

// MemberState is the ground truth about one member.
type MemberState struct {
	ID         int       `json:"id"`
	HardwareID int       `json:"hardwareId"`
	Node       int       `json:"node"`
	HostUp     bool      `json:"hostUp"`
	VM         string    `json:"vm"` // "running", "shut off" or "absent"
	Version    string    `json:"version"`
	Role       string    `json:"role"` // in RG1, in the words of the cluster status
	Autostart  bool      `json:"autostart"`
	Reloading  bool      `json:"reloading"`
	Reloads    int       `json:"reloads"` // accepted ones
	Booted     time.Time `json:"booted"`
}

// State tells the truth about a gateway; the zero State if there is no such gateway.
func (c *Cloud) State(gatewayID int) State {
	defer c.enter()()
	if g := c.gatewayByID(gatewayID); g != nil {
		return g.state()
	}
	return State{}
}

// kind is "ha" or "standalone".
func (g *appliance) kind() string {
	if g.spec.Standalone {
		return "standalone"
	}
	return "ha"
}

func (g *appliance) state() State {
	s := State{
		Status: string(g.status), Traffic: g.traffic.stopped == "", Stopped: string(g.traffic.stopped),
		PreemptActive: g.preempt(), Primary: g.primary, Upgrading: g.upgrading, Healthy: g.whole(),
	}
	for _, m := range g.members {
		ms := MemberState{
			ID: m.id, HardwareID: m.hardwareID, Node: m.node, HostUp: m.host.up, VM: string(m.vm.power), Version: m.vm.version,
			Role: m.role(), Autostart: m.vm.autostart, Reloading: m.reload != nil, Reloads: m.reloads, Booted: m.vm.booted,
		}
		if m.vm.power == absent {
			ms.VM = "absent"
		}
		s.Members = append(s.Members, ms)
	}
	return s
}
