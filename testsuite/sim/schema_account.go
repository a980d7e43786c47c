package sim

// user is the API user.
type user struct{ *Cloud }

// keyName is a value of a type that is nothing but its key name.
type keyName string

func accountTypes() schema {
	return schema{
		"Account": {
			"id":              local(func(c *Cloud) any { return c.account.id }),
			"companyName":     local(func(c *Cloud) any { return "Simulated Networks" }),
			"networkGateways": related(func(c *Cloud) any { return objects("Network_Gateway", c.visibleGateways()) }),
			"hardware":        related(func(c *Cloud) any { return objects("Hardware", c.visibleServers()) }),
		},
		"User_Customer": {
			"id":        local(func(u user) any { return u.account.userID }),
			"username":  local(func(u user) any { return u.account.username }),
			"accountId": local(func(u user) any { return u.account.id }),
			"permissions": related(func(u user) any {
				return objects("User_Customer_CustomerPermission_Permission", u.permissions())
			}),
		},
		"User_Customer_CustomerPermission_Permission": {
			"keyName": local(func(k keyName) any { return string(k) }),
			"name":    local(func(k keyName) any { return string(k) }),
		},
	}
}

// permissions are the rights that no fault took.
func (u user) permissions() []keyName {
	var kept []keyName
	for _, right := range []string{rightGateway, rightHardware, rightReload, rightDevices, rightPasswords} {
		if u.findMember(func(m *member) bool { return u.lacks(right, m) }) == nil {
			kept = append(kept, keyName(right))
		}
	}
	return kept
}

// hidden tells whether a list leaves a member out because the user lacks access to it or one of the rights.
func (c *Cloud) hidden(m *member, right string) bool {
	return c.lacks("", m) || c.lacks(rightDevices, m) || c.lacks(right, m)
}

func (c *Cloud) visibleGateways() []*appliance {
	var seen []*appliance
	for _, g := range c.gateways {
		if !c.hidden(g.members[0], rightGateway) {
			seen = append(seen, g)
		}
	}
	return seen
}

func (c *Cloud) visibleServers() []*member {
	var seen []*member
	for _, g := range c.gateways {
		for _, m := range g.members {
			if !c.hidden(m, rightHardware) {
				seen = append(seen, m)
			}
		}
	}
	return seen
}
