package sim

import "fmt"

// address is a SoftLayer_Network_Subnet_IpAddress.
type address struct {
	id   int
	text string
}

// vlan is a transit VLAN of a gateway.
type vlan struct {
	*appliance
	public bool
}

// number is the VLAN's SoftLayer id.
func (v vlan) number() int { return 2_000_000 + 2*v.spec.ID + count(v.public) }

// router is the customer router that a pod is named after.
type router struct {
	id   int
	name string
}

func (g *appliance) datacenter() string {
	if len(g.spec.Pod) >= 5 {
		return g.spec.Pod[:5]
	}
	return g.spec.Pod
}

// router is bcr01a.dal10 for dal10.pod01; public ones are called fcr.
func (g *appliance) router(public bool) router {
	number, prefix := "01", "bcr"
	if i := len(g.spec.Pod) - 2; i > 0 {
		number = g.spec.Pod[i:]
	}
	if public {
		prefix = "fcr"
	}
	r := router{id: 410000, name: fmt.Sprintf("%s%sa.%s", prefix, number, g.datacenter())}
	for _, b := range []byte(r.name) {
		r.id = (r.id*31 + int(b)) % 900000
	}
	return r
}

func gatewayTypes() schema {
	return schema{
		"Network_Gateway": gatewayProperties(),
		"Network_Gateway_Status": {
			"id":          local(func(s shownStatus) any { return s.id }),
			"keyName":     local(func(s shownStatus) any { return s.keyName }),
			"name":        local(func(s shownStatus) any { return s.name }),
			"description": local(func(s shownStatus) any { return "The gateway is " + s.name }),
		},
		"Network_Gateway_Member":           memberProperties(),
		"Network_Gateway_Member_Attribute": attributeProperties(),
		"Network_Gateway_Member_Passwords": {
			"id":       local(func(p credential) any { return p.id }),
			"username": local(func(p credential) any { return p.username }),
			"password": local(func(p credential) any { return p.password }),
		},
		"Network_Vlan": {
			"id":            local(func(v vlan) any { return v.number() }),
			"vlanNumber":    local(func(v vlan) any { return 700 + v.spec.ID%300 + 300*count(v.public) }),
			"podName":       related(func(v vlan) any { return v.spec.Pod }),
			"networkSpace":  related(func(v vlan) any { return []string{"PRIVATE", "PUBLIC"}[count(v.public)] }),
			"primaryRouter": related(func(v vlan) any { return object{"Hardware_Router", v.router(v.public)} }),
		},
		"Hardware_Router": {
			"id":       local(func(r router) any { return r.id }),
			"hostname": local(func(r router) any { return r.name }),
		},
		"Network_Subnet_IpAddress": {
			"id":        local(func(a address) any { return a.id }),
			"ipAddress": local(func(a address) any { return a.text }),
		},
		"Network_Pod":                    podProperties(),
		"Network_Gateway_VersionUpgrade": upgradeProperties(),
		"Network_Gateway_Precheck":       precheckProperties(),
	}
}

func gatewayProperties() map[string]property {
	return map[string]property{
		"id":               local(func(g *appliance) any { return g.spec.ID }),
		"name":             local(func(g *appliance) any { return g.spec.Name }),
		"accountId":        local(func(g *appliance) any { return g.cloud.account.id }),
		"networkSpace":     local(func(g *appliance) any { return "both" }),
		"groupNumber":      local(func(g *appliance) any { return 1 + g.spec.ID%254 }),
		"statusId":         local(func(g *appliance) any { return g.shown().id }),
		"privateVlanId":    local(func(g *appliance) any { return vlan{g, false}.number() }),
		"publicVlanId":     local(func(g *appliance) any { return vlan{g, true}.number() }),
		"osManufacturer":   related(func(g *appliance) any { return g.spec.Manufacturer }),
		"memberCount":      related(func(g *appliance) any { return len(g.members) }),
		"status":           related(func(g *appliance) any { return object{"Network_Gateway_Status", g.shown()} }),
		"account":          related(func(g *appliance) any { return object{"Account", g.cloud} }),
		"members":          related(func(g *appliance) any { return objects("Network_Gateway_Member", g.members) }),
		"privateIpAddress": related(func(g *appliance) any { return object{"Network_Subnet_IpAddress", address{g.spec.ID + 1, g.address}} }),
		"publicIpAddress": related(func(g *appliance) any {
			return object{"Network_Subnet_IpAddress", address{g.spec.ID + 2, "203.0.113.34"}}
		}),
		"privateVlan": related(func(g *appliance) any { return object{"Network_Vlan", vlan{g, false}} }),
		"publicVlan":  related(func(g *appliance) any { return object{"Network_Vlan", vlan{g, true}} }),
		"insideVlans": related(func(g *appliance) any { return []object{} }),
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func memberProperties() map[string]property {
	return map[string]property{
		"id":               local(func(m *member) any { return m.id }),
		"networkGatewayId": local(func(m *member) any { return m.gateway.spec.ID }),
		"hardwareId":       local(func(m *member) any { return m.hardwareID }),
		"priority":         local(func(m *member) any { return m.priority }),
		"attributes":       related(func(m *member) any { return object{"Network_Gateway_Member_Attribute", m} }),
		"passwords":        related(secret(func(m *member) any { return objects("Network_Gateway_Member_Passwords", m.passwords) })),
		"licenses":         related(func(m *member) any { return []object{} }),
		"hardware":         related(func(m *member) any { return object{"Hardware", m} }),
		"networkGateway":   related(func(m *member) any { return object{"Network_Gateway", m.gateway} }),
	}
}

func podProperties() map[string]property {
	return map[string]property{
		"name":               local(func(g *appliance) any { return g.spec.Pod }),
		"backendRouterId":    local(func(g *appliance) any { return g.router(false).id }),
		"backendRouterName":  local(func(g *appliance) any { return g.router(false).name }),
		"frontendRouterId":   local(func(g *appliance) any { return g.router(true).id }),
		"frontendRouterName": local(func(g *appliance) any { return g.router(true).name }),
		"datacenterId":       local(func(g *appliance) any { return 440000 + len(g.datacenter()) }),
		"datacenterName":     local(func(g *appliance) any { return g.datacenter() }),
		"datacenterLongName": local(func(g *appliance) any { return "Data centre " + g.datacenter() }),
		"capabilities":       related(func(g *appliance) any { return []string{} }),
	}
}

// upgradeOffer is a SoftLayer_Network_Gateway_VersionUpgrade.
type upgradeOffer struct {
	id       int
	from, to string
}

func upgradeProperties() map[string]property {
	return map[string]property{
		"id":               local(func(u upgradeOffer) any { return u.id }),
		"fromVersion":      local(func(u upgradeOffer) any { return base(u.from) }),
		"toVersion":        local(func(u upgradeOffer) any { return base(u.to) }),
		"osReloadRequired": local(func(u upgradeOffer) any { return 1 }),
	}
}
