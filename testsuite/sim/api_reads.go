package sim

import (
	"slices"
	"strconv"
)

// This file holds the reads that are more than the relation of an object.

func rollbackSupport(g *appliance) any {
	if g.spec.Standalone {
		return "UNSUPPORTED"
	}
	return "MANUAL"
}

func imagesMatch(g *appliance) any {
	return !slices.ContainsFunc(g.members, func(m *member) bool { return m.version != g.members[0].version })
}

func allowedPrices(r *request) (any, error) {
	g, err := r.gatewayOf(r.id)
	if err != nil {
		return nil, err
	}
	var id loose
	if err := r.parameter(0, &id); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(g.members, func(m *member) bool { return m.id == int(id) }) {
		return nil, notFound(id.String())
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
	g, err := r.gatewayOfParameter()
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

// gatewayOfParameter is the gateway that the first parameter names.
func (r *request) gatewayOfParameter() (*appliance, error) {
	var id loose
	if err := r.parameter(0, &id); err != nil {
		return nil, err
	}
	return r.gatewayOf(id.String())
}

// precheckStatus is SoftLayer_Network_Gateway_Precheck::getPrecheckStatus. No category for rollbacks exists here, so its
// second parameter changes nothing.
func precheckStatus(r *request) (any, error) {
	g, err := r.gatewayOfParameter()
	if err != nil {
		return nil, err
	}
	var withRollback truth
	if len(r.parameters) > 1 {
		if err := r.parameter(1, &withRollback); err != nil {
			return nil, err
		}
	}
	var rows []precheckRow
	for _, category := range []string{upgradePrecheck, reloadPrecheck} {
		for _, m := range g.members {
			rows = append(rows, precheckRow{category, m})
		}
	}
	return objects("Network_Gateway_Precheck", rows), nil
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

// powerState is SoftLayer_Hardware_Server::getServerPowerState, which asks the management card.
func powerState(r *request) (any, error) {
	m, err := r.serverOf(r.id)
	if err != nil {
		return nil, err
	}
	if m.managementOff() {
		return nil, &refusal{500, exceptionPublic, "Unable to reach the management interface of the server."}
	}
	return "on", nil
}

func listPods(r *request) (any, error) {
	var pods []*appliance
	seen := map[string]bool{}
	for _, g := range r.cloud.gateways {
		if !seen[g.spec.Pod] {
			seen[g.spec.Pod] = true
			pods = append(pods, g)
		}
	}
	return objects("Network_Pod", pods), nil
}

func podOfCall(r *request) (any, error) {
	for _, g := range r.cloud.gateways {
		if g.spec.Pod == r.id {
			return g, nil
		}
	}
	return nil, notFound(r.id)
}

func priceOfCall(r *request) (any, error) {
	for _, p := range r.cloud.prices {
		if strconv.Itoa(p.id) == r.id {
			return p, nil
		}
	}
	return nil, notFound(r.id)
}
