package upgrade

import (
	"slices"
	"strings"
	"time"
)

// Gateway is an ordered gateway as IBM Cloud describes it (SoftLayer_Network_Gateway).
type Gateway struct {
	ID          int      `json:"id"`
	Name        string   `json:"name"`
	Account     int      `json:"account"`
	Pod         string   `json:"pod"`    // e.g. dal10.pod01, of the private side
	Vendor      string   `json:"vendor"` // osManufacturer
	Status      Status   `json:"status"`
	StatusText  string   `json:"statusText"` // as the API names it
	PrivateOnly bool     `json:"privateOnly,omitempty"`
	Address     string   `json:"address"` // private address; floats to the primary node
	Members     []Member `json:"members"`
}

// HA reports whether the gateway is a pair.
func (g Gateway) HA() bool { return len(g.Members) == 2 }

// Member finds a member by the id of its server.
func (g Gateway) Member(hardwareID int) (Member, bool) {
	for _, m := range g.Members {
		if m.HardwareID == hardwareID {
			return m, true
		}
	}
	return Member{}, false
}

// Member is one bare-metal server of a gateway with what IBM has on record about the vSRX on it.
type Member struct {
	ID           int    `json:"id"`
	HardwareID   int    `json:"hardwareId"`
	Host         string `json:"host"` // host name
	Domain       string `json:"domain,omitempty"`
	Address      string `json:"address"` // private address of the host
	Version      string `json:"version"` // on record; without spin as a rule
	LastVersion  string `json:"lastVersion,omitempty"`
	Upgraded     bool   `json:"upgraded,omitempty"`
	NetworkModel string `json:"networkModel,omitempty"`
	Processor    string `json:"processor,omitempty"`
	UplinkMbps   int    `json:"uplinkMbps,omitempty"`
	WarningCode  int    `json:"warningCode,omitempty"`
}

// Status is the state of a gateway in IBM's records.
type Status string

// The states this program acts on; any other one is shown and never taken for StatusActive.
const (
	StatusActive        Status = "active"
	StatusUpdating      Status = "updating"
	StatusUpgradeActive Status = "upgrade-active"
	StatusOther         Status = "other"
)

// ReadStatus recognises a gateway status by key name or name, whatever its case, blanks and underscores: the key name
// of "Upgrade Active" is documented nowhere.
func ReadStatus(keyName, name string) Status {
	known := map[string]Status{"upgradeactive": StatusUpgradeActive, "updating": StatusUpdating, "active": StatusActive}
	words := []string{folded(keyName), folded(name)}
	for _, word := range []string{"upgradeactive", "updating", "active"} { // "active" must not hide what the other text says
		if slices.Contains(words, word) {
			return known[word]
		}
	}
	return StatusOther
}

// folded drops what the spellings of a key name differ in.
func folded(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", " ", "", "-", "").Replace(s))
}

// Price is an OS price that may be ordered for a member, with the release it installs.
type Price struct {
	ID      int    `json:"id"`
	Version string `json:"version"`
	Text    string `json:"text"`
}

// Server is what the API says of a bare-metal server and the work on it (SoftLayer_Hardware_Server).
type Server struct {
	ID           int          `json:"id"`
	Status       string       `json:"status"` // hardwareStatus; ACTIVE when in use
	Provisioned  bool         `json:"provisioned"`
	Billed       bool         `json:"billed"`
	IPMIDisabled bool         `json:"ipmiDisabled,omitempty"`
	Active       *Transaction `json:"active,omitempty"`
	ActiveIDs    []int        `json:"activeIds,omitempty"`
	ActiveCount  int          `json:"activeCount"`
	LastReload   int          `json:"lastReload,omitempty"` // id of the last reload transaction, also while it runs; 0 = none
}

// Idle reports whether no transaction is running on the server.
func (s Server) Idle() bool { return s.ActiveCount == 0 && s.Active == nil && len(s.ActiveIDs) == 0 }

// Reloading reports whether an OS reload runs on the server; other transactions, such as readiness checks, do not count.
func (s Server) Reloading() bool {
	return s.LastReload != 0 && (s.Active != nil && s.Active.ID == s.LastReload || slices.Contains(s.ActiveIDs, s.LastReload))
}

// Transaction is a series of automatic steps on a server (SoftLayer_Provisioning_Version1_Transaction). Group and step
// names are for people: they are documented nowhere and nothing branches on them.
type Transaction struct {
	ID             int       `json:"id"`
	Group          string    `json:"group,omitempty"`
	Step           string    `json:"step,omitempty"`
	Since          time.Time `json:"since,omitzero"` // the step's start
	AverageMinutes float64   `json:"averageMinutes,omitempty"`
}

// Neighbour is another gateway of the same account and pod.
type Neighbour struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Status Status `json:"status"`
	Text   string `json:"text"`
}
