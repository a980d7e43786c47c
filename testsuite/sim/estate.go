package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/crypto/ssh"
)

// power is the state of a VM in libvirt's words.
type power string

const (
	running power = "running"
	shutOff power = "shut off"
	absent  power = "" // the host, or the VM on it, does not exist
)

// standing is what a powered-on node is in its cluster.
type standing string

const (
	booting  standing = "booting" // Junos is not up yet
	apart    standing = "apart"   // up, but IBM's automation keeps it off the links
	holding  standing = "hold"    // up, before its first state
	syncing  standing = "syncing" // secondary whose cold sync is not done
	joined   standing = "joined"
	cutLoose standing = "lost" // lost all its links; stays out of the cluster until repaired or rebooted

	// ineligible and disabled is a secondary that misses the heartbeat of the control link, for 180 s and after.
	ineligible standing = "ineligible"
	disabled   standing = "disabled"
)

// gatewayStatus is a SoftLayer_Network_Gateway_Status key name.
type gatewayStatus string

const (
	statusActive        gatewayStatus = "ACTIVE"
	statusUpgradeActive gatewayStatus = "UPGRADE_ACTIVE"
)

// credential is a user's password in the portal's records.
type credential struct {
	id       int
	username string
	password string
	modified time.Time
}

// appliance is one gateway: its portal records and its real state.
type appliance struct {
	cloud   *Cloud
	spec    Gateway
	address string // the private address, which floats to the RG0 primary
	members []*member

	status    gatewayStatus // as IBM's automation has set it
	published gatewayStatus // as the API shows it
	checks    map[string]*check
	examined  [][]string // the statements that a running examination looks at; nil outside of one

	rootPassword, adminPassword string // on the device
	config                      *configuration
	commits                     []commit
	pending                     *pendingCommit // nil if every commit is confirmed
	edits                       edits
	sessions                    map[int]*netconfSession // by session-id
	exported                    bool                    // a complete configuration was read since the last commit

	primary     [2]int // node that is primary of RG0 and RG1; none if no node is
	failovers   [2]int
	manual      [2]bool
	holdDown    [2]holdDown
	destroyed   bool // both nodes were reloaded at once
	upgrading   bool // from the first version-changing reload until the pair is whole again
	mixed       bool // two versions see each other
	controlDown bool // the control link between the hosts is cut
	traffic     traffic

	ssh, netconf *endpoint
}

// none means that no node has a role.
const none = -1

// member is one server of a gateway: portal records, host and VM.
type member struct {
	gateway    *appliance
	id         int
	hardwareID int
	node       int
	priority   int

	version, lastVersion string // as recorded by IBM, with spin
	upgraded             bool
	upgradedAt           time.Time
	passwords            []credential // vSRX users in the portal's records

	management management // what became of the server's management interface

	host   host
	vm     vm
	random *rand.Rand // its own, so that its fate does not depend on what clients ask for meanwhile

	transactions []*transaction
	reload       *reload // the running one; nil if none
	reloads      int     // accepted ones
	abandoned    *reload // one that was given up; nil if none
	accepted     string  // version of the last accepted reload
	acceptedAt   time.Time
}

// host is a bare-metal server with Ubuntu and KVM.
type host struct {
	name        string
	address     string
	up          bool
	password    string
	record      credential
	key         ssh.Signer
	provisioned time.Time
	booted      time.Time
	backup      bool      // vSRX_Image.qcow2.backup exists
	backupImage diskImage // what is in it
	machine     machine
	endpoint    *endpoint
}

// vm is the vSRX on a host.
type vm struct {
	domain    string
	power     power
	standing  standing
	autostart bool
	version   string
	image     string // version of vSRX_Image.qcow2; "" if it is damaged
	disk      diskImage
	uuid      string
	licence   licence
	varUsed   int    // per cent of /var
	failures  string // monitor failure codes of redundancy group 1 beside those of its standing; "" means none
	refuses   bool   // it does not start
	deaf      bool   // it forwards nothing
	macs      []string
	key       ssh.Signer
	booted    time.Time
	life      int // counts power-ons, so that an old boot's event finds its VM gone
}

func (m *member) up() bool { return m.vm.power == running && m.vm.standing != booting }

// active is a node that takes part in the cluster, or could as soon as it is alone.
func (m *member) active() bool {
	switch m.vm.standing {
	case holding, syncing, joined:
		return m.vm.power == running
	}
	return false
}

func (m *member) peer() *member {
	for _, other := range m.gateway.members {
		if other != m {
			return other
		}
	}
	return nil
}

// able tells whether a node could take over all groups without loss of state.
func (m *member) able() bool {
	return m != nil && m.active() && m.vm.standing == joined && m.vm.failures == "" && !m.gateway.destroyed
}

func (g *appliance) node(n int) *member {
	for _, m := range g.members {
		if m.node == n {
			return m
		}
	}
	return nil
}

// answering is the node that has the private address now; nil if nobody has.
func (g *appliance) answering() *member { return g.node(g.primary[0]) }

func (g *appliance) preempt() bool {
	return !g.spec.Standalone && g.config.active("chassis cluster redundancy-group 1 preempt")
}

// reloading lists the members whose reload runs.
func (g *appliance) reloading() []*member {
	var list []*member
	for _, m := range g.members {
		if m.reload != nil {
			list = append(list, m)
		}
	}
	return list
}

// whole tells whether the gateway is redundant again: both nodes joined with one version.
func (g *appliance) whole() bool {
	for _, m := range g.members {
		if !m.active() || m.vm.standing != joined || m.vm.failures != "" || m.vm.version != g.members[0].vm.version {
			return false
		}
	}
	return !g.mixed
}

// inWork is a gateway that nobody else in its pod may work beside.
func (g *appliance) inWork() bool { return g.upgrading || len(g.reloading()) > 0 }

// create puts a fresh VM of a version on the host, powered off.
func (m *member) create(version string) {
	m.vm = vm{
		domain: m.vm.domain, power: shutOff, autostart: true, version: version, image: version, key: m.gateway.cloud.hostKey(), life: m.vm.life,
		uuid:    fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", m.random.Uint32(), m.random.IntN(1<<16), m.random.IntN(1<<12), m.random.IntN(1<<12), m.random.Int64N(1<<48)),
		licence: licenceValid, varUsed: 22,
		disk: diskImage{version: version, written: m.gateway.cloud.clock.now, digest: fmt.Sprintf("image of %d at %d", m.id, m.gateway.cloud.clock.now.Unix())},
	}
	nics := 12 // fxp0, em0 and ten revenue ports
	if m.gateway.spec.Standalone {
		nics = 6
	}
	for range nics {
		n := m.random.IntN(1 << 24)
		m.vm.macs = append(m.vm.macs, fmt.Sprintf("52:54:00:%02x:%02x:%02x", n>>16, n>>8&0xff, n&0xff))
	}
}
