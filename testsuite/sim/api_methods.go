package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// method is one method of a service.
type method struct {
	write    bool   // it changes something
	relation string // property that a filter on its list starts with
	run      func(*request) (any, error)
}

// serviceTable is every service and method that this account may call. Anything else is "not a valid method".
func serviceTable() map[string]map[string]method {
	return map[string]map[string]method{
		"Account": {
			"getObject":          {run: func(r *request) (any, error) { return object{"Account", r.cloud}, nil }},
			"getCurrentUser":     {run: func(r *request) (any, error) { return object{"User_Customer", user{r.cloud}}, nil }},
			"getNetworkGateways": {relation: "networkGateways", run: listGateways},
		},
		"Network_Gateway": {
			"getObject":                   {run: onGateway(func(_ *request, g *appliance) any { return object{"Network_Gateway", g} })},
			"getStatus":                   {run: onGateway(func(_ *request, g *appliance) any { return object{"Network_Gateway_Status", g.published} })},
			"getMembers":                  {relation: "members", run: onGateway(func(_ *request, g *appliance) any { return objects("Network_Gateway_Member", g.members) })},
			"getRollbackSupport":          {run: onGateway(rollbackSupport)},
			"getMemberGatewayImagesMatch": {run: onGateway(imagesMatch)},
			"getAllowedOsPriceIds":        {run: allowedPrices},
			"updateGatewayUserPassword":   {write: true, run: updateGatewayPassword},
		},
		"Network_Gateway_Member": {
			"getObject":     {run: onMember(byMemberID, func(m *member) any { return object{"Network_Gateway_Member", m} })},
			"getAttributes": {run: onMember(byMemberID, func(m *member) any { return object{"Network_Gateway_Member_Attribute", m} })},
			"getPasswords":  {relation: "passwords", run: onMember(byMemberID, func(m *member) any { return objects("Network_Gateway_Member_Passwords", m.passwords) })},
		},
		"Hardware":        {"getObject": {run: onMember(byHardwareID, func(m *member) any { return object{"Hardware", m} })}},
		"Hardware_Server": serverMethods(),
		"Network_Gateway_VersionUpgrade": {
			"getAllUpgradesByGatewayId": {run: upgradesOfGateway},
		},
		"Network_Gateway_Precheck": {
			"upgradePrecheck":   {write: true, run: startPrecheck(upgradePrecheck)},
			"osReloadPrecheck":  {write: true, run: startPrecheck(reloadPrecheck)},
			"getPrecheckStatus": {run: precheckStatus},
		},
		"Network_Pod":        {"getAllObjects": {run: listPods}, "getObject": {run: onePod}},
		"Product_Item_Price": {"getObject": {run: onePrice}},
	}
}

func serverMethods() map[string]method {
	return map[string]method{
		"getObject":             {run: onMember(byHardwareID, func(m *member) any { return object{"Hardware_Server", m} })},
		"getTransactionHistory": {run: onMember(byHardwareID, transactionHistory)},
		"getActiveTransaction": {run: onMember(byHardwareID, func(m *member) any {
			if active := m.activeTransactions(); len(active) > 0 {
				return object{"Provisioning_Version1_Transaction", active[0]}
			}
			return nil
		})},
		"getServerPowerState":            {run: onMember(byHardwareID, func(*member) any { return "on" })},
		"isBackendPingable":              {run: onMember(byHardwareID, func(m *member) any { return m.host.up })},
		"reloadOperatingSystem":          {write: true, run: reloadOperatingSystem},
		"editSoftwareComponentPasswords": {write: true, run: editHostPasswords},
	}
}

func notFound(id string) *refusal {
	return &refusal{404, exceptionNotFound, fmt.Sprintf("Unable to find object with id of '%s'.", id)}
}

// denied is what a user without rights, or without device access, sees: nothing there.
func (r *request) denied(m *member) bool {
	_, armed := r.cloud.armed("perm-404", m)
	r.gateway, r.member = m.gateway.spec.ID, m.id
	return armed
}

// gatewayOf is the gateway of an id text; a refusal if there is none or no right.
func (r *request) gatewayOf(id string) (*appliance, error) {
	n, err := strconv.Atoi(id)
	g := r.cloud.gatewayByID(n)
	if err != nil || g == nil || r.denied(g.members[0]) {
		return nil, notFound(id)
	}
	r.member = 0
	return g, nil
}

func onGateway(do func(*request, *appliance) any) func(*request) (any, error) {
	return func(r *request) (any, error) {
		g, err := r.gatewayOf(r.id)
		if err != nil {
			return nil, err
		}
		return do(r, g), nil
	}
}

func byMemberID(m *member) int   { return m.id }
func byHardwareID(m *member) int { return m.hardwareID }

func (r *request) memberOf(id string, key func(*member) int) (*member, error) {
	m := r.cloud.findMember(func(m *member) bool { return strconv.Itoa(key(m)) == id })
	if m == nil || r.denied(m) {
		return nil, notFound(id)
	}
	return m, nil
}

func onMember(key func(*member) int, do func(*member) any) func(*request) (any, error) {
	return func(r *request) (any, error) {
		m, err := r.memberOf(r.id, key)
		if err != nil {
			return nil, err
		}
		return do(m), nil
	}
}

// parameter decodes the positional parameter n; a missing or unfitting one is an error of the caller.
func (r *request) parameter(n int, into any) error {
	if n >= len(r.parameters) || json.Unmarshal(r.parameters[n], into) != nil {
		return &refusal{500, exceptionPublic, fmt.Sprintf("Parameter %d is missing or of a wrong type.", n+1)}
	}
	return nil
}

func listGateways(r *request) (any, error) {
	var seen []*appliance
	for _, g := range r.cloud.gateways {
		if _, hidden := r.cloud.armed("perm-404", g.members[0]); !hidden {
			seen = append(seen, g)
		}
	}
	return objects("Network_Gateway", seen), nil
}

func rollbackSupport(_ *request, g *appliance) any {
	if g.spec.Standalone {
		return "UNSUPPORTED"
	}
	return "MANUAL"
}

func imagesMatch(_ *request, g *appliance) any {
	for _, m := range g.members {
		if m.version != g.members[0].version {
			return false
		}
	}
	return true
}

func allowedPrices(r *request) (any, error) {
	g, err := r.gatewayOf(r.id)
	if err != nil {
		return nil, err
	}
	var id int
	if err := r.parameter(0, &id); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(g.members, func(m *member) bool { return m.id == id }) {
		return nil, notFound(strconv.Itoa(id))
	}
	_, withdrawn := r.cloud.armed("old-price-missing", g.members[0])
	ids := []int{}
	for _, p := range r.cloud.prices {
		if slices.Contains(g.spec.Offered, p.version) && !(withdrawn && p.version == g.spec.Version) {
			ids = append(ids, p.id)
		}
	}
	return ids, nil
}

func upgradesOfGateway(r *request) (any, error) {
	var id int
	if err := r.parameter(0, &id); err != nil {
		return nil, err
	}
	g, err := r.gatewayOf(strconv.Itoa(id))
	if err != nil {
		return nil, err
	}
	var offers []upgradeOffer
	for i, v := range g.spec.Offered {
		if v != g.members[0].version {
			offers = append(offers, upgradeOffer{id: 87000 + i, from: g.members[0].version, to: v})
		}
	}
	return objects("Network_Gateway_VersionUpgrade", offers), nil
}

func transactionHistory(m *member) any {
	var seen []*transaction
	for _, t := range m.transactions {
		if !t.start.After(m.gateway.cloud.clock.now) {
			seen = append(seen, t)
		}
	}
	return objects("Provisioning_Version1_Transaction_History", seen)
}

func listPods(r *request) (any, error) {
	var pods []*appliance
	for _, g := range r.cloud.gateways {
		if !slices.ContainsFunc(pods, func(p *appliance) bool { return p.spec.Pod == g.spec.Pod }) {
			pods = append(pods, g)
		}
	}
	return objects("Network_Pod", pods), nil
}

func onePod(r *request) (any, error) {
	for _, g := range r.cloud.gateways {
		if g.spec.Pod == r.id {
			return object{"Network_Pod", g}, nil
		}
	}
	return nil, notFound(r.id)
}

func onePrice(r *request) (any, error) {
	for _, p := range r.cloud.prices {
		if strconv.Itoa(p.id) == r.id {
			return object{"Product_Item_Price", p}, nil
		}
	}
	return nil, notFound(r.id)
}
