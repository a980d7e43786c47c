package sim

import (
	"fmt"
	"strings"
)

func serverTypes() schema {
	hardware := hardwareProperties()
	return schema{
		"Hardware":        hardware,
		"Hardware_Server": extend(hardware, serverProperties()),
		"Hardware_Status": {"id": local(func(s string) any { return 5 }), "status": local(func(s string) any { return s })},
		"Hardware_Chassis": {
			"id":   local(func(m *member) any { return 88100 }),
			"name": local(func(m *member) any { return "Simulated 1U chassis" }),
		},
		"Location":                    {"id": local(func(s string) any { return 440000 + len(s) }), "name": local(func(s string) any { return s }), "longName": local(func(s string) any { return "Data centre " + s })},
		"Software_Component":          softwareProperties(),
		"Software_License":            {"id": local(func(m *member) any { return m.hardwareID + 640000 }), "softwareDescription": eager(installedSoftware)},
		"Software_Component_Password": passwordProperties(),
		"Hardware_Component_RemoteManagement_User": {
			"username": local(func(m *member) any { return "ADMIN" }),
			"password": local(func(m *member) any { return fmt.Sprintf("fake-ipmi-%08x", uint32(m.hardwareID)*2654435761) }),
		},
	}
}

// serverProperties are what SoftLayer_Hardware_Server has and SoftLayer_Hardware has not.
func serverProperties() map[string]property {
	return map[string]property{
		"activeTransactionCount": related(func(m *member) any { return len(m.activeTransactions()) }),
		"activeTransactions":     related(func(m *member) any { return objects("Provisioning_Version1_Transaction", m.activeTransactions()) }),
		"activeTransaction": related(func(m *member) any {
			if active := m.activeTransactions(); len(active) > 0 {
				return object{"Provisioning_Version1_Transaction", active[0]}
			}
			return nil
		}),
		"lastOperatingSystemReload": related(func(m *member) any { return transactionOrNil(m.lastTransaction(true)) }),
		"isIpmiDisabled":            related(func(m *member) any { return m.managementOff() }),
	}
}

func hardwareProperties() map[string]property {
	return map[string]property{
		"id":                       local(func(m *member) any { return m.hardwareID }),
		"accountId":                local(func(m *member) any { return m.gateway.cloud.account.id }),
		"hostname":                 local(func(m *member) any { return m.host.name }),
		"domain":                   local(func(m *member) any { return "sim.example" }),
		"fullyQualifiedDomainName": local(func(m *member) any { return m.host.name + ".sim.example" }),
		"globalIdentifier":         local(func(m *member) any { return m.globalIdentifier() }),
		"provisionDate":            local(func(m *member) any { return stamp(m.host.provisioned) }),
		"hardwareStatusId":         local(func(m *member) any { return 5 }),
		"bareMetalInstanceFlag":    local(func(m *member) any { return 0 }),
		"notes":                    local(func(m *member) any { return "" }),
		"account":                  related(func(m *member) any { return object{"Account", m.gateway.cloud} }),
		"primaryIpAddress":         related(func(m *member) any { return fmt.Sprintf("203.0.113.%d", 100+m.hardwareID%100) }),
		"primaryBackendIpAddress":  related(func(m *member) any { return m.host.address }),
		"networkManagementIpAddress": related(func(m *member) any {
			return fmt.Sprintf("192.0.2.%d", 1+m.hardwareID%250)
		}),
		"privateNetworkOnlyFlag":      related(func(m *member) any { return false }),
		"hourlyBillingFlag":           related(func(m *member) any { return false }),
		"memoryCapacity":              related(func(m *member) any { return 64 }),
		"processorPhysicalCoreAmount": related(func(m *member) any { return 16 }),
		"userData":                    related(func(m *member) any { return []object{} }),
		"tagReferences":               related(func(m *member) any { return []object{} }),
		"networkMonitors":             related(func(m *member) any { return []object{} }),
		"monitoringServiceComponent":  related(func(m *member) any { return nil }),
		"datacenter":                  related(func(m *member) any { return object{"Location", m.gateway.datacenter()} }),
		"hardwareStatus":              related(func(m *member) any { return object{"Hardware_Status", "ACTIVE"} }),
		"hardwareChassis":             related(func(m *member) any { return object{"Hardware_Chassis", m} }),
		"billingItem":                 related(func(m *member) any { return object{"Billing_Item", m} }),
		"operatingSystem":             related(func(m *member) any { return object{"Software_Component", m} }),
		"softwareComponents":          related(func(m *member) any { return []object{{"Software_Component", m}} }),
		"remoteManagementAccounts":    related(secret(func(m *member) any { return []object{{"Hardware_Component_RemoteManagement_User", m}} })),
		"lastTransaction":             related(func(m *member) any { return transactionOrNil(m.lastTransaction(false)) }),
		"networkGatewayMember":        related(func(m *member) any { return object{"Network_Gateway_Member", m} }),
		"networkGatewayMemberFlag":    related(func(m *member) any { return true }),
		"networkVlans":                related(func(m *member) any { return objects("Network_Vlan", []vlan{{m.gateway, false}, {m.gateway, true}}) }),
		"backendRouters":              related(func(m *member) any { return []object{{"Hardware_Router", m.gateway.router(false)}} }),
		"processors":                  related(func(m *member) any { return objects("Hardware_Component", m.parts("PROCESSOR")) }),
		"hardDrives":                  related(func(m *member) any { return objects("Hardware_Component", m.parts("HARD_DRIVE")) }),
		"components":                  related(func(m *member) any { return objects("Hardware_Component", m.parts("")) }),
		"activeComponents":            related(func(m *member) any { return objects("Hardware_Component", m.parts("")) }),
		"primaryBackendNetworkComponent": related(func(m *member) any {
			return object{"Network_Component", uplink{m, false}}
		}),
		"networkComponents": related(func(m *member) any { return objects("Network_Component", []uplink{{m, false}, {m, true}}) }),
	}
}

// globalIdentifier names the server beside its id.
func (m *member) globalIdentifier() string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", m.hardwareID)
}

// linkSpeed is the private uplink in Mbit/s; the E3-1270 v6 servers were sold with 1G uplinks.
func (m *member) linkSpeed() int {
	if strings.Contains(m.gateway.spec.Processor, "1270") {
		return 1000
	}
	return 10000
}

func softwareProperties() map[string]property {
	return map[string]property{
		"id":                  local(func(m *member) any { return m.hardwareID + 600000 }),
		"hardwareId":          local(func(m *member) any { return m.hardwareID }),
		"passwords":           related(secret(func(m *member) any { return objects("Software_Component_Password", []credential{m.host.record}) })),
		"softwareDescription": related(installedSoftware),
		"softwareLicense":     related(func(m *member) any { return object{"Software_License", m} }),
	}
}

// secret is a relation that only a user with the right to passwords sees; to others it is empty.
func secret(get func(*member) any) func(*member) any {
	return func(m *member) any {
		if m.gateway.cloud.lacks(rightPasswords, m) {
			return nil
		}
		return get(m)
	}
}

func installedSoftware(m *member) any {
	return object{"Software_Description", price{software: m.hardwareID + 650000, version: m.version}}
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
