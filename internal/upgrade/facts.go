package upgrade

// Facts is everything the readiness checks are judged by: a picture, what lies beside it on hosts and device, what IBM
// has on record, and what the configuration says. A part that could not be asked carries its error and is unknown,
// never "fine".
type Facts struct {
	Picture Picture     `json:"picture"`
	Offers  []Offer     `json:"offers,omitempty"`
	Records []Record    `json:"records"` // one a member
	Hosts   []HostFacts `json:"hosts"`   // one a member
	Device  DeviceFacts `json:"device"`
	Lint    []Statement `json:"lint,omitempty"`      // statements that stop or break an upgrade
	LintErr string      `json:"lintError,omitempty"` // why the configuration could not be judged
}

// Record is what IBM has on record about one member, passwords apart.
type Record struct {
	MemberID   int         `json:"memberId"`
	HardwareID int         `json:"hardwareId"`
	HostRoot   RecordState `json:"hostRoot"`           // root of the host (hardware.operatingSystem.passwords)
	DeviceRoot RecordState `json:"deviceRoot"`         // root of the vSRX (members.passwords)
	MemoryGB   int         `json:"memoryGb,omitempty"` // of the server; 0 is unknown
	LicenceEnd string      `json:"licenceEnd,omitempty"`
	Error      string      `json:"error,omitempty"` // the record could not be read
}

// RecordState tells whether a root password is on record.
type RecordState string

// The states of a record; readiness codes 1003, 1004, 1011 and 1013 tell them apart.
const (
	RecordPresent    RecordState = "present"
	RecordNoUser     RecordState = "no-user"
	RecordNoPassword RecordState = "no-password"
	RecordUnread     RecordState = "unread"
)

// HostFacts is what a KVM host said beyond its virtual machines. A question that the host did not answer stands in
// Unread under the JSON name of its field.
type HostFacts struct {
	HardwareID   int      `json:"hardwareId"`
	Error        string   `json:"error,omitempty"`        // the host could not be asked at all
	Denied       bool     `json:"denied,omitempty"`       // the recorded root password was refused
	NoShell      bool     `json:"noShell,omitempty"`      // the session opens, commands do not run (1008)
	RootReadOnly bool     `json:"rootReadOnly,omitempty"` // findmnt -no OPTIONS /
	RootFS       string   `json:"rootFs,omitempty"`       // findmnt -no FSTYPE /; overlay or tmpfs in rescue mode
	MemoryKB     int      `json:"memoryKb,omitempty"`     // MemTotal of /proc/meminfo
	Telnet       bool     `json:"telnet"`                 // command -v telnet
	Resolves     bool     `json:"resolves"`               // names resolve (getent hosts of the mirror in the apt sources)
	Mirror       bool     `json:"mirror"`                 // TCP to the Ubuntu mirror
	ServiceRoute bool     `json:"serviceRoute"`           // ip route get 10.0.80.11 finds a way
	Localhost    bool     `json:"localhost"`              // 127.0.0.1 … localhost in /etc/hosts
	Bonds        []Bond   `json:"bonds,omitempty"`        // /proc/net/bonding/*
	Consoles     []string `json:"consoles,omitempty"`     // vSRX domains whose definition has a telnet console
	ConsoleOpen  bool     `json:"consoleOpen,omitempty"`  // somebody is connected to a console (ss -tnp)
	ImageBytes   int64    `json:"imageBytes,omitempty"`   // size of the vSRX's disk image on disk
	FreeBytes    int64    `json:"freeBytes,omitempty"`    // free where the images lie
	PeerSSH      *bool    `json:"peerSsh,omitempty"`      // TCP 22 of the peer host answers; nil without a peer
	DeviceSSH    *bool    `json:"deviceSsh,omitempty"`    // TCP 22 of the gateway's private address answers
	ControlLinks []Link   `json:"controlLinks,omitempty"` // ip -br link of vnet*
	CheckLog     string   `json:"checkLog,omitempty"`     // last line of IBM's precheck.log
	Unread       []Unread `json:"unread,omitempty"`
}

// Bond is a Linux bond of a host with its ports (/proc/net/bonding).
type Bond struct {
	Name  string   `json:"name"`
	Ports []string `json:"ports"`
	Up    []string `json:"up"` // ports whose MII status is up
}

// Link is a network link with its state as printed, lower case.
type Link struct {
	Name  string `json:"name"`
	State string `json:"state"` // up, down, …
}

// DeviceFacts is what the vSRX said beyond its view. A question that it did not answer stands in Unread under the JSON
// name of its field.
type DeviceFacts struct {
	Error        string        `json:"error,omitempty"`
	Denied       bool          `json:"denied,omitempty"`
	Way          string        `json:"way,omitempty"`      // how NETCONF was reached: "830", "22 subsystem", "22 command"
	Answers      string        `json:"answers,omitempty"`  // the node that answers on the private address
	LockedBy     string        `json:"lockedBy,omitempty"` // who holds the configuration, as the device says; "" when a lock was granted and given back
	Dirty        string        `json:"dirty,omitempty"`    // what the candidate would change, secrets masked, first lines
	Commits      []Commit      `json:"commits,omitempty"`  // newest first
	Users        []User        `json:"users,omitempty"`
	Storage      []Filesystem  `json:"storage,omitempty"`
	Control      []Link        `json:"control,omitempty"` // control links
	Fabric       []Link        `json:"fabric,omitempty"`  // fabric links
	Monitored    []Monitored   `json:"monitored,omitempty"`
	Reths        []Link        `json:"reths,omitempty"`
	Weights      []Weight      `json:"weights,omitempty"` // per node and group: 255 when all monitors are fine
	Alarms       []Alarm       `json:"alarms,omitempty"`
	CoreDumps    []string      `json:"coreDumps,omitempty"`
	Licences     []Licence     `json:"licences,omitempty"`
	Interfaces   []Interface   `json:"interfaces,omitempty"`
	Certificates []Certificate `json:"certificates,omitempty"` // local certificates on the VM: not kept by a reload
	Unread       []Unread      `json:"unread,omitempty"`
}

// Commit is an entry of the commit list.
type Commit struct {
	Number  int    `json:"number"`
	User    string `json:"user"`
	Client  string `json:"client"`
	At      string `json:"at"` // as the device prints it
	Pending bool   `json:"pending,omitempty"`
	Log     string `json:"log,omitempty"`
}

// User is a login as show system users lists it.
type User struct {
	Node string `json:"node,omitempty"`
	Name string `json:"name"`
	TTY  string `json:"tty"`
	From string `json:"from,omitempty"`
	What string `json:"what,omitempty"`
}

// Filesystem is a mounted file system of a node.
type Filesystem struct {
	Node        string `json:"node,omitempty"`
	Mount       string `json:"mount"`
	UsedPercent int    `json:"usedPercent"`
	FreeKB      int64  `json:"freeKb,omitempty"`
}

// Monitored is an interface monitored by a redundancy group.
type Monitored struct {
	Name   string `json:"name"`
	Group  int    `json:"group"`
	Weight int    `json:"weight"`
	State  string `json:"state"`
}

// Weight is how well a node stands in a redundancy group: 255 is all, 0 and below is failed.
type Weight struct {
	Node  string `json:"node"`
	Group int    `json:"group"`
	Value int    `json:"value"`
}

// Certificate is a local certificate on the device (show security pki local-certificate).
type Certificate struct {
	ID  string `json:"id"`
	End string `json:"end,omitempty"`
}

// Statement is one statement of a configuration that will stop or break an upgrade.
type Statement struct {
	Rule     string   `json:"rule"`           // stable name
	Code     int      `json:"code,omitempty"` // IBM's readiness code, 0 where none exists
	Severity Severity `json:"severity"`
	Path     string   `json:"path"` // the statement in set form, secrets masked
	File     string   `json:"file,omitempty"`
	Line     int      `json:"line,omitempty"`
	Column   int      `json:"column,omitempty"`
	Why      string   `json:"why"`
	Fix      []string `json:"fix,omitempty"`      // set, delete or deactivate commands
	From     string   `json:"from,omitempty"`     // the group it is inherited from
	Restore  []string `json:"restore,omitempty"`  // commands that bring it back after the upgrade
	NotSince string   `json:"notSince,omitempty"` // the first release that refuses it, "" when every one does
}

// Severity grades a statement.
type Severity string

// The severities: an error stops or breaks the upgrade, a warning costs something, a note is worth knowing.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityNote    Severity = "note"
)
