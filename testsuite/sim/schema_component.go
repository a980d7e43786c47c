package sim

import "fmt"

// part is a SoftLayer_Hardware_Component of a server.
type part struct {
	server       *member
	number       int
	kind         string // key name of its SoftLayer_Hardware_Component_Type
	manufacturer string
	name         string
	capacity     int
	unit         string
	serial       string
}

// parts are a server's components of a kind, "" for all.
func (m *member) parts(kind string) []part {
	var list []part
	for i, p := range []part{
		{kind: "PROCESSOR", manufacturer: "Intel", name: m.gateway.spec.Processor, capacity: 16, unit: "CORES"},
		{kind: "RAM", manufacturer: "Simulated", name: "64GB DDR4 2Rx4", capacity: 64, unit: "GB"},
		{kind: "HARD_DRIVE", manufacturer: "Simulated", name: "SIM-960S", capacity: 960, unit: "GB", serial: fmt.Sprintf("SIM%dA", m.hardwareID)},
		{kind: "HARD_DRIVE", manufacturer: "Simulated", name: "SIM-960S", capacity: 960, unit: "GB", serial: fmt.Sprintf("SIM%dB", m.hardwareID)},
	} {
		if p.server, p.number = m, i; kind == "" || p.kind == kind {
			list = append(list, p)
		}
	}
	return list
}

// uplink is a SoftLayer_Network_Component: the server's interface on one side.
type uplink struct {
	*member
	public bool
}

func (u uplink) address() string {
	if u.public {
		return fmt.Sprintf("203.0.113.%d", 100+u.hardwareID%100)
	}
	return u.host.address
}

func componentTypes() schema {
	return schema{
		"Hardware_Component": {
			"id":                     local(func(p part) any { return p.server.hardwareID + 800000 + p.number }),
			"serialNumber":           eager(func(p part) any { return p.serial }),
			"name":                   related(func(p part) any { return p.name }),
			"hardwareComponentModel": eager(func(p part) any { return object{"Hardware_Component_Model", p} }),
		},
		"Hardware_Component_Model": {
			"id":                            local(func(p part) any { return 88001 + p.number }),
			"name":                          local(func(p part) any { return p.name }),
			"longDescription":               local(func(p part) any { return p.name + " (simulated)" }),
			"manufacturer":                  local(func(p part) any { return p.manufacturer }),
			"hardwareGenericComponentModel": eager(func(p part) any { return object{"Hardware_Component_Model_Generic", p} }),
			"firmwares":                     related(func(p part) any { return []object{{"Hardware_Component_Firmware", p}} }),
		},
		"Hardware_Component_Model_Generic": {
			"id":                    local(func(p part) any { return 88201 + p.number }),
			"capacity":              local(func(p part) any { return fmt.Sprint(p.capacity) }),
			"units":                 local(func(p part) any { return p.unit }),
			"description":           local(func(p part) any { return fmt.Sprintf("%d %s %s", p.capacity, p.unit, p.name) }),
			"hardwareComponentType": eager(func(p part) any { return object{"Hardware_Component_Type", p} }),
		},
		"Hardware_Component_Type": {
			"id":      local(func(p part) any { return 88301 + p.number }),
			"keyName": local(func(p part) any { return p.kind }),
		},
		"Hardware_Component_Firmware": {
			"version":    local(func(p part) any { return fmt.Sprintf("1.%d", p.number) }),
			"createDate": local(func(p part) any { return stamp(p.server.host.provisioned.AddDate(-1, 0, 0)) }),
		},
		"Network_Component": {
			"id":       local(func(u uplink) any { return u.hardwareID + 900000 + count(u.public) }),
			"name":     local(func(u uplink) any { return "eth" }),
			"port":     local(func(u uplink) any { return count(u.public) }),
			"speed":    local(func(u uplink) any { return u.linkSpeed() }),
			"maxSpeed": local(func(u uplink) any { return u.linkSpeed() }),
			"status":   local(func(u uplink) any { return "ACTIVE" }),
			"macAddress": local(func(u uplink) any {
				return fmt.Sprintf("02:00:%02x:%02x:%02x:%02x", count(u.public), u.hardwareID>>16&0xff, u.hardwareID>>8&0xff, u.hardwareID&0xff)
			}),
			"ipmiMacAddress":   local(func(u uplink) any { return nil }),
			"ipmiIpAddress":    local(func(u uplink) any { return nil }),
			"primaryIpAddress": related(func(u uplink) any { return u.address() }),
			"primarySubnet":    related(func(u uplink) any { return object{"Network_Subnet", u} }),
		},
		"Network_Subnet": {
			"id":                local(func(u uplink) any { return u.hardwareID + 950000 + count(u.public) }),
			"netmask":           local(func(u uplink) any { return "255.255.255.192" }),
			"networkIdentifier": local(func(u uplink) any { return u.address() }),
			"broadcastAddress":  related(func(u uplink) any { return nil }),
			"gateway":           related(func(u uplink) any { return nil }),
		},
	}
}

// billingTypes are what a command line client shows of a server beside its work; nobody pays here.
func billingTypes() schema {
	return schema{
		"Billing_Item": {
			"id":                              local(func(m *member) any { return m.hardwareID + 700000 }),
			"description":                     local(func(m *member) any { return m.gateway.spec.Processor }),
			"categoryCode":                    local(func(m *member) any { return "server" }),
			"nextInvoiceTotalRecurringAmount": related(func(m *member) any { return "0" }),
			"nextInvoiceChildren":             related(func(m *member) any { return []object{} }),
			"orderItem":                       related(func(m *member) any { return object{"Billing_Order_Item", m} }),
		},
		"Billing_Order_Item": {
			"id":    local(func(m *member) any { return m.hardwareID + 710000 }),
			"order": related(func(m *member) any { return object{"Billing_Order", m} }),
		},
		"Billing_Order": {
			"id":         local(func(m *member) any { return m.hardwareID + 720000 }),
			"userRecord": related(func(m *member) any { return object{"User_Customer", user{m.gateway.cloud}} }),
		},
		"Network_Bandwidth_Version1_Allotment_Detail": {
			"id":         local(func(m *member) any { return m.hardwareID + 730000 }),
			"allocation": related(func(m *member) any { return object{"Network_Bandwidth_Version1_Allocation", m} }),
		},
		"Network_Bandwidth_Version1_Allocation": {
			"id":     local(func(m *member) any { return m.hardwareID + 740000 }),
			"amount": local(func(m *member) any { return "20000" }),
		},
		"Network_Bandwidth_Usage": {
			"amountIn":  local(func(alias string) any { return "0" }),
			"amountOut": local(func(alias string) any { return "0" }),
			"type":      related(func(alias string) any { return object{"Network_Bandwidth_Version1_Usage_Detail_Type", alias} }),
		},
		"Network_Bandwidth_Version1_Usage_Detail_Type": {"alias": local(func(alias string) any { return alias })},
	}
}
