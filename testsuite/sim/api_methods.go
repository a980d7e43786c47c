package sim

import (
	"slices"
	"strconv"
	"strings"
)

// Rights of the API user, as their key names (SoftLayer_User_Customer_CustomerPermission_Permission).
const (
	rightGateway   = "GATEWAY_MANAGE"
	rightHardware  = "HARDWARE_VIEW"
	rightReload    = "SERVER_RELOAD"
	rightDevices   = "ACCESS_ALL_HARDWARE"
	rightPasswords = "VIEW_CUSTOMER_SOFTWARE_PASSWORD"
)

// service is one service of the API.
type service struct {
	kind    string                      // the type of its objects; each of its relations has a getter
	right   string                      // what all of its methods need; "" for nothing
	find    func(*request) (any, error) // the object that the id of a request names; nil if the service has none
	methods map[string]method
}

// method is one method of a service.
type method struct {
	write    bool   // it changes something
	right    string // what it needs beside the right of its service
	relation string // property that a filter on its list starts with
	run      func(*request) (any, error)
}

// serviceTable is every service that this account may call. A method that is neither here nor the getter of a relation
// is "not a valid method".
func serviceTable() map[string]service {
	return map[string]service{
		"Account": {kind: "Account", find: func(r *request) (any, error) { return r.cloud, nil }, methods: map[string]method{
			"getCurrentUser": {run: func(r *request) (any, error) { return object{"User_Customer", user{r.cloud}}, nil }},
		}},
		"Network_Gateway": {kind: "Network_Gateway", right: rightGateway, find: gatewayOfCall, methods: map[string]method{
			"getRollbackSupport":          {run: onGateway(rollbackSupport)},
			"getMemberGatewayImagesMatch": {run: onGateway(imagesMatch)},
			"getAllowedOsPriceIds":        {run: allowedPrices},
			"updateGatewayUserPassword":   {write: true, run: updateGatewayPassword},
		}},
		"Network_Gateway_Member": {kind: "Network_Gateway_Member", right: rightGateway, find: memberOfCall, methods: map[string]method{
			"getPasswords": {right: rightPasswords, relation: "passwords", run: func(r *request) (any, error) {
				m, err := r.memberOf(r.id, byMemberID)
				if err != nil {
					return nil, err
				}
				return objects("Network_Gateway_Member_Passwords", m.passwords), nil
			}},
		}},
		"Hardware":                       {kind: "Hardware", right: rightHardware, find: serverOfCall},
		"Hardware_Server":                {kind: "Hardware_Server", right: rightHardware, find: serverOfCall, methods: serverMethods()},
		"Network_Gateway_VersionUpgrade": {right: rightGateway, methods: map[string]method{"getAllUpgradesByGatewayId": {run: upgradesOfGateway}}},
		"Network_Gateway_Precheck": {right: rightGateway, methods: map[string]method{
			"upgradePrecheck":   {write: true, run: startPrecheck(upgradePrecheck)},
			"osReloadPrecheck":  {write: true, run: startPrecheck(reloadPrecheck)},
			"getPrecheckStatus": {run: precheckStatus},
		}},
		"Network_Pod":        {kind: "Network_Pod", find: podOfCall, methods: map[string]method{"getAllObjects": {run: listPods}}},
		"Product_Item_Price": {kind: "Product_Item_Price", find: priceOfCall},
	}
}

func serverMethods() map[string]method {
	return map[string]method{
		"getTransactionHistory":       {run: onServer(transactionHistory)},
		"getServerPowerState":         {run: powerState},
		"isBackendPingable":           {run: onServer(func(m *member) any { return m.host.up })},
		"getBandwidthAllotmentDetail": {run: onServer(func(m *member) any { return object{"Network_Bandwidth_Version1_Allotment_Detail", m} })},
		"getBillingCycleBandwidthUsage": {run: onServer(func(*member) any {
			return objects("Network_Bandwidth_Usage", []string{"PUBLIC_SERVER_BW", "PRIVATE_SERVER_BW"})
		})},
		"reloadOperatingSystem":          {write: true, right: rightReload, run: reloadOperatingSystem},
		"editSoftwareComponentPasswords": {write: true, right: rightPasswords, run: editHostPasswords},
		"setOperatingSystemPassword":     {write: true, right: rightPasswords, run: setHostPassword},
		"toggleManagementInterface":      {write: true, run: toggleManagement},
	}
}

// method finds a method by name: one of the table, getObject, or the getter of a relation.
func (s service) method(schema schema, name string) (method, bool) {
	if m, known := s.methods[name]; known {
		return m, true
	}
	if s.find == nil {
		return method{}, false
	}
	if name == "getObject" {
		return method{run: func(r *request) (any, error) {
			value, err := s.find(r)
			return object{s.kind, value}, err
		}}, true
	}
	relation, getter := strings.CutPrefix(name, "get")
	if !getter || relation == "" {
		return method{}, false
	}
	relation = strings.ToLower(relation[:1]) + relation[1:]
	p, known := schema[s.kind][relation]
	if !known || p.local {
		return method{}, false
	}
	return method{relation: relation, run: func(r *request) (any, error) {
		value, err := s.find(r)
		if err != nil {
			return nil, err
		}
		return p.get(value), nil
	}}, true
}

// sees tells whether the user may see a member: with device access, and with the rights that the call needs.
func (r *request) sees(m *member) bool {
	return !slices.ContainsFunc(append([]string{"", rightDevices}, r.rights...), func(right string) bool { return r.cloud.lacks(right, m) })
}

// gatewayOf is the gateway of an id; a refusal if there is none or no right.
func (r *request) gatewayOf(id string) (*appliance, error) {
	n, err := strconv.Atoi(id)
	g := r.cloud.gatewayByID(n)
	if err != nil || g == nil {
		return nil, notFound(id)
	}
	if r.gateway = g.spec.ID; !r.sees(g.members[0]) {
		return nil, notFound(id)
	}
	return g, nil
}

func byMemberID(m *member) string { return strconv.Itoa(m.id) }

// memberOf is the member of an id; a refusal if there is none or no right.
func (r *request) memberOf(id string, keys ...func(*member) string) (*member, error) {
	m := r.cloud.findMember(func(m *member) bool {
		return slices.ContainsFunc(keys, func(key func(*member) string) bool { return key(m) == id })
	})
	if m == nil {
		return nil, notFound(id)
	}
	if r.gateway, r.member = m.gateway.spec.ID, m.id; !r.sees(m) {
		return nil, notFound(id)
	}
	return m, nil
}

// serverOf is the member on a server, which a SoftLayer id or a global identifier names.
func (r *request) serverOf(id string) (*member, error) {
	return r.memberOf(id, func(m *member) string { return strconv.Itoa(m.hardwareID) }, (*member).globalIdentifier)
}

func gatewayOfCall(r *request) (any, error) { return present(r.gatewayOf(r.id)) }
func memberOfCall(r *request) (any, error)  { return present(r.memberOf(r.id, byMemberID)) }
func serverOfCall(r *request) (any, error)  { return present(r.serverOf(r.id)) }

// present keeps a nil pointer out of an interface.
func present[T any](value *T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return value, nil
}

func onGateway(do func(*appliance) any) func(*request) (any, error) {
	return func(r *request) (any, error) {
		g, err := r.gatewayOf(r.id)
		if err != nil {
			return nil, err
		}
		return do(g), nil
	}
}

func onServer(do func(*member) any) func(*request) (any, error) {
	return func(r *request) (any, error) {
		m, err := r.serverOf(r.id)
		if err != nil {
			return nil, err
		}
		return do(m), nil
	}
}
