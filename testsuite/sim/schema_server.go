package sim

import (
	"fmt"
	"strings"
)

func serverTypes() schema {
	hardware := hardwareProperties()
	return schema{
		"Hardware": hardware,
		"Hardware_Server": extend(hardware, map[string]property{
			"activeTransactionCount": related(func(m *member) any { return len(m.activeTransactions()) }),
			"activeTransactions":     related(func(m *member) any { return objects("Provisioning_Version1_Transaction", m.activeTransactions()) }),
			"activeTransaction": related(func(m *member) any {
				if active := m.activeTransactions(); len(active) > 0 {
					return object{"Provisioning_Version1_Transaction", active[0]}
				}
				return nil
			}),
			"lastOperatingSystemReload": related(func(m *member) any { return transactionOrNil(m.lastTransaction(true)) }),
			"isIpmiDisabled": related(func(m *member) any {
				_, disabled := m.gateway.cloud.armed("ipmi-disabled", m)
				return disabled
			}),
		}),
		"Hardware_Status":                           {"id": local(func(s string) any { return 5 }), "status": local(func(s string) any { return s })},
		"Billing_Item":                              {"id": local(func(m *member) any { return m.hardwareID + 700000 })},
		"Location":                                  {"id": local(func(s string) any { return 440000 + len(s) }), "name": local(func(s string) any { return s }), "longName": local(func(s string) any { return "Data centre " + s })},
		"Software_Component":                        softwareProperties(),
		"Software_Component_Password":               passwordProperties(),
		"Provisioning_Version1_Transaction":         transactionProperties(),
		"Provisioning_Version1_Transaction_Group":   {"name": local(func(t *transaction) any { return t.group }), "averageTimeToComplete": local(func(t *transaction) any { return fmt.Sprint(t.average) })},
		"Provisioning_Version1_Transaction_Status":  stepProperties(),
		"Provisioning_Version1_Transaction_History": historyProperties(),
		"Hardware_Component": {
			"id":                     local(func(m *member) any { return m.hardwareID + 800000 }),
			"hardwareComponentModel": related(func(m *member) any { return object{"Hardware_Component_Model", m} }),
		},
		"Hardware_Component_Model": {
			"id":              local(func(m *member) any { return 88001 }),
			"name":            local(func(m *member) any { return m.gateway.spec.Processor }),
			"longDescription": local(func(m *member) any { return m.gateway.spec.Processor + " (simulated)" }),
			"manufacturer":    local(func(m *member) any { return "Intel" }),
		},
		"Network_Component": {
			"id":               local(func(m *member) any { return m.hardwareID + 900000 }),
			"name":             local(func(m *member) any { return "eth" }),
			"port":             local(func(m *member) any { return 0 }),
			"speed":            local(func(m *member) any { return m.linkSpeed() }),
			"maxSpeed":         local(func(m *member) any { return m.linkSpeed() }),
			"status":           local(func(m *member) any { return "ACTIVE" }),
			"primaryIpAddress": related(func(m *member) any { return m.host.address }),
		},
	}
}

// linkSpeed is the private uplink in Mbit/s; the E3-1270 v6 servers were sold with 1G uplinks.
func (m *member) linkSpeed() int {
	if strings.Contains(m.gateway.spec.Processor, "1270") {
		return 1000
	}
	return 10000
}

func hardwareProperties() map[string]property {
	return map[string]property{
		"id":                       local(func(m *member) any { return m.hardwareID }),
		"accountId":                local(func(m *member) any { return m.gateway.cloud.account.id }),
		"hostname":                 local(func(m *member) any { return m.host.name }),
		"domain":                   local(func(m *member) any { return "sim.example" }),
		"fullyQualifiedDomainName": local(func(m *member) any { return m.host.name + ".sim.example" }),
		"globalIdentifier":         local(func(m *member) any { return fmt.Sprintf("00000000-0000-4000-8000-%012d", m.hardwareID) }),
		"provisionDate":            local(func(m *member) any { return stamp(m.host.provisioned) }),
		"primaryBackendIpAddress":  related(func(m *member) any { return m.host.address }),
		"memoryCapacity":           related(func(m *member) any { return 64 }),
		"datacenter":               related(func(m *member) any { return object{"Location", m.gateway.datacenter()} }),
		"hardwareStatus":           related(func(m *member) any { return object{"Hardware_Status", "ACTIVE"} }),
		"billingItem":              related(func(m *member) any { return object{"Billing_Item", m} }),
		"operatingSystem":          related(func(m *member) any { return object{"Software_Component", m} }),
		"lastTransaction":          related(func(m *member) any { return transactionOrNil(m.lastTransaction(false)) }),
		"networkGatewayMember":     related(func(m *member) any { return object{"Network_Gateway_Member", m} }),
		"networkGatewayMemberFlag": related(func(m *member) any { return true }),
		"backendRouters": related(func(m *member) any {
			return []object{{"Hardware_Router", m.gateway.router(false)}}
		}),
		"processors":                     related(func(m *member) any { return []object{{"Hardware_Component", m}} }),
		"primaryBackendNetworkComponent": related(func(m *member) any { return object{"Network_Component", m} }),
		"networkComponents":              related(func(m *member) any { return []object{{"Network_Component", m}} }),
	}
}

func transactionOrNil(t *transaction) any {
	if t == nil {
		return nil
	}
	return object{"Provisioning_Version1_Transaction", t}
}

func softwareProperties() map[string]property {
	return map[string]property{
		"id":         local(func(m *member) any { return m.hardwareID + 600000 }),
		"hardwareId": local(func(m *member) any { return m.hardwareID }),
		"passwords": related(func(m *member) any {
			return objects("Software_Component_Password", []credential{m.host.record})
		}),
		"softwareDescription": related(func(m *member) any {
			return object{"Software_Description", price{software: m.hardwareID + 650000, version: m.version}}
		}),
	}
}

func passwordProperties() map[string]property {
	return map[string]property{
		"id":         local(func(p credential) any { return p.id }),
		"username":   local(func(p credential) any { return p.username }),
		"password":   local(func(p credential) any { return p.password }),
		"port":       local(func(p credential) any { return nil }),
		"createDate": local(func(p credential) any { return stamp(p.modified) }),
		"modifyDate": local(func(p credential) any { return stamp(p.modified) }),
		"sshKeys":    related(func(p credential) any { return []object{} }),
	}
}

func (t *transaction) now() (name string, since any, elapsed int) {
	now := t.server.gateway.cloud.clock.now
	name, began := t.step(now)
	return name, stamp(began), int(now.Sub(began).Seconds())
}

func transactionProperties() map[string]property {
	return map[string]property{
		"id":                  local(func(t *transaction) any { return t.id }),
		"hardwareId":          local(func(t *transaction) any { return t.server.hardwareID }),
		"createDate":          local(func(t *transaction) any { return stamp(t.start) }),
		"modifyDate":          local(func(t *transaction) any { _, since, _ := t.now(); return since }),
		"statusChangeDate":    local(func(t *transaction) any { _, since, _ := t.now(); return since }),
		"elapsedSeconds":      local(func(t *transaction) any { _, _, elapsed := t.now(); return elapsed }),
		"transactionGroup":    related(func(t *transaction) any { return object{"Provisioning_Version1_Transaction_Group", t} }),
		"transactionStatus":   related(func(t *transaction) any { return object{"Provisioning_Version1_Transaction_Status", t} }),
		"pendingTransactions": related(func(t *transaction) any { return []object{} }),
	}
}

func stepProperties() map[string]property {
	return map[string]property{
		"name":            local(func(t *transaction) any { name, _, _ := t.now(); return name }),
		"friendlyName":    local(func(t *transaction) any { name, _, _ := t.now(); return "Simulated step " + name }),
		"averageDuration": local(func(t *transaction) any { return fmt.Sprintf("%.2f", float64(t.average)/float64(len(t.steps))) }),
	}
}

func historyProperties() map[string]property {
	return map[string]property{
		"id":            local(func(t *transaction) any { return t.id + 1 }),
		"transactionId": local(func(t *transaction) any { return t.id }),
		"hardwareId":    local(func(t *transaction) any { return t.server.hardwareID }),
		"startDate":     local(func(t *transaction) any { return stamp(t.start) }),
		"finishDate": local(func(t *transaction) any {
			if t.end.After(t.server.gateway.cloud.clock.now) {
				return nil
			}
			return stamp(t.end)
		}),
		"transactionStatus": local(func(t *transaction) any { name, _, _ := t.now(); return map[string]any{"name": name} }),
		"transaction":       related(func(t *transaction) any { return object{"Provisioning_Version1_Transaction", t} }),
	}
}

func catalogueTypes() schema {
	name := func(p price) string { return "Juniper vSRX " + base(p.version) }
	return schema{
		"Product_Item_Price": {
			"id":   local(func(p price) any { return p.id }),
			"item": related(func(p price) any { return object{"Product_Item", p} }),
		},
		"Product_Item": {
			"id":                  local(func(p price) any { return p.item }),
			"keyName":             local(func(p price) any { return "OS_JUNIPER_VSRX_" + underscored(base(p.version)) }),
			"description":         local(func(p price) any { return name(p) }),
			"softwareDescription": related(func(p price) any { return object{"Software_Description", p} }),
		},
		"Software_Description": {
			"id":            local(func(p price) any { return p.software }),
			"manufacturer":  local(func(p price) any { return "Juniper" }),
			"name":          local(func(p price) any { return "vSRX" }),
			"version":       local(func(p price) any { return base(p.version) }),
			"referenceCode": local(func(p price) any { return "VSRX_" + underscored(base(p.version)) }),
		},
	}
}

func underscored(version string) string {
	out := []byte(version)
	for i, b := range out {
		if b == '.' || b == '-' {
			out[i] = '_'
		}
	}
	return string(out)
}
