package sim

import "time"

// shownStatus is a SoftLayer_Network_Gateway_Status as the API shows it. Only ACTIVE and UPDATING are documented.
type shownStatus struct {
	id      int
	keyName any
	name    string
}

// shown is the gateway's status as the API shows it now.
func (g *appliance) shown() shownStatus {
	c := g.cloud
	if _, armed := c.armed("status-unknown", g.members[0]); armed {
		return shownStatus{23, "PENDING_REVIEW", "Pending Review"}
	}
	if len(g.reloading()) > 0 && c.chosen(settingReloadStatus, "UPDATING") {
		return shownStatus{2, "UPDATING", "Updating"}
	}
	if g.published != statusUpgradeActive {
		return shownStatus{1, string(g.published), "Active"}
	}
	if c.chosen(settingUpgradeKey, "none") {
		return shownStatus{9, nil, "Upgrade Active"}
	}
	return shownStatus{9, c.settings[settingUpgradeKey], "Upgrade Active"}
}

// versions are what a member's attributes say of it.
type versions struct {
	now, last string // with spin; last is "" if there was none
	upgraded  bool
	at        time.Time // of the last change
}

// attributed are the versions as the attributes show them, which a fault lets run behind or ahead of the reload.
func (m *member) attributed() versions {
	c := m.gateway.cloud
	lag, late := c.armed("attr-lag", m)
	if _, early := c.armed("attr-early", m); early && m.reload != nil && m.reload.requested != m.version {
		return versions{now: m.reload.requested, last: m.version, upgraded: true}
	}
	if late && !m.upgradedAt.IsZero() && c.clock.now.Before(m.upgradedAt.Add(c.duration(lag.Arg))) {
		return versions{now: m.lastVersion}
	}
	return versions{now: m.version, last: m.lastVersion, upgraded: m.upgraded, at: m.upgradedAt}
}

// versionText is a version in the form that the setting chooses; IBM documents none.
func (c *Cloud) versionText(version string) any {
	switch {
	case version == "":
		return nil
	case c.chosen(settingVersionForm, "spin"):
		return version
	case c.chosen(settingVersionForm, "junos"):
		return "Junos " + base(version)
	}
	return base(version)
}

func attributeProperties() map[string]property {
	return map[string]property{
		"id":                    local(func(m *member) any { return m.id + 500000 }),
		"memberId":              local(func(m *member) any { return m.id }),
		"version":               local(func(m *member) any { return m.gateway.cloud.versionText(m.attributed().now) }),
		"lastVersion":           local(func(m *member) any { return m.gateway.cloud.versionText(m.attributed().last) }),
		"isUpgraded":            local(func(m *member) any { return count(m.attributed().upgraded) }),
		"upgradedDate":          local(func(m *member) any { return stamp(m.attributed().at) }),
		"networkModel":          local(func(m *member) any { return "SR-IOV" }),
		"licenseExpirationDate": local(func(m *member) any { return "2028-03-31T00:00:00-06:00" }),
		"licenseKey":            local(func(m *member) any { return nil }),
		"username":              local(func(m *member) any { return "root" }),
		"password":              local(secret(func(m *member) any { return m.record("root") })),
		"warningCode":           local(func(m *member) any { return m.warningCode() }),
	}
}
