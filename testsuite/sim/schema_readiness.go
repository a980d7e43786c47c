package sim

// precheckRow is a SoftLayer_Network_Gateway_Precheck.
type precheckRow struct {
	category string
	member   *member
}

// finding is the row's value and code as the world has them.
func (r precheckRow) finding() finding { return r.member.gateway.readiness(r.category, r.member) }

// returnCode is the code that the row shows. Whether that of a mere warning is in the row is not documented.
func (r precheckRow) returnCode() int {
	f := r.finding()
	if f.value == ready && r.member.gateway.cloud.chosen(settingWarnings, "attribute") {
		return 0
	}
	return f.code
}

func precheckProperties() map[string]property {
	return map[string]property{
		"category":              local(func(r precheckRow) any { return r.category }),
		"memberId":              local(func(r precheckRow) any { return r.member.id }),
		"memberReadinessValue":  local(func(r precheckRow) any { return r.member.gateway.wire(r.finding().value) }),
		"gatewayReadinessValue": local(func(r precheckRow) any { return r.member.gateway.wire(r.member.gateway.gatewayReadiness(r.category)) }),
		"returnCode":            local(func(r precheckRow) any { return r.returnCode() }),
	}
}

// warningCode is the code of the last warning of any check as the member's attribute shows it; nil if there is none.
func (m *member) warningCode() any {
	if m.gateway.cloud.chosen(settingWarnings, "return-code") {
		return nil
	}
	for _, category := range []string{upgradePrecheck, reloadPrecheck} {
		if f := m.gateway.readiness(category, m); f.value == ready && f.code != 0 {
			return f.code
		}
	}
	return nil
}
