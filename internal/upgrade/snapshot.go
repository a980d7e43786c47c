package upgrade

// Snapshot is the state of a gateway that must be the same after the upgrade. An item that could not be read is named
// in Unread and compares as unknown, never as equal.
type Snapshot struct {
	Nodes      []NodeVersion `json:"nodes"`
	Cluster    *Cluster      `json:"cluster,omitempty"`
	Interfaces []Interface   `json:"interfaces"`
	Routes     []RouteTable  `json:"routes"`
	Peers      []Peer        `json:"peers"`    // BGP
	Tunnels    []string      `json:"tunnels"`  // remote addresses of IKE associations that are up
	Sessions   int           `json:"sessions"` // valid flow sessions
	Alarms     []Alarm       `json:"alarms"`
	CoreDumps  []string      `json:"coreDumps"`
	Licences   []Licence     `json:"licences"`
	Config     string        `json:"config"` // digest as in Mark
	Unread     []Unread      `json:"unread,omitempty"`
}

// Unread is an item that could not be read, with the reason.
type Unread struct {
	Item   string `json:"item"` // JSON name of the Snapshot field
	Reason string `json:"reason"`
}

// Interface is one physical interface.
type Interface struct {
	Name  string `json:"name"`
	Admin string `json:"admin"` // up or down
	Oper  string `json:"oper"`
}

// RouteTable counts active routes by protocol.
type RouteTable struct {
	Name   string         `json:"name"`
	Active map[string]int `json:"active"` // protocol → routes
}

// Peer is a BGP neighbour.
type Peer struct {
	Address string `json:"address"`
	State   string `json:"state"`  // Established, Active, …
	Active  int    `json:"active"` // prefixes in use
}

// Alarm is an alarm without its time.
type Alarm struct {
	Class string `json:"class"` // Major, Minor
	Text  string `json:"text"`
}

// Licence is one licensed feature.
type Licence struct {
	Feature string `json:"feature"`
	Needed  int    `json:"needed"`
	End     string `json:"end,omitempty"` // as the device prints it; "permanent", a date, …
	// Evaluation says by what the device shows that it is for evaluation only, "" where nothing does.
	Evaluation string `json:"evaluation,omitempty"`
}

// Unknown reports whether the item (JSON name of the field) could not be read, and why.
func (s Snapshot) Unknown(item string) (string, bool) {
	for _, u := range s.Unread {
		if u.Item == item {
			return u.Reason, true
		}
	}
	return "", false
}
