package sim

import (
	"strconv"
)

func startPrecheck(category string) func(*request) (any, error) {
	return func(r *request) (any, error) {
		var id int
		if err := r.parameter(0, &id); err != nil {
			return nil, err
		}
		g, err := r.gatewayOf(strconv.Itoa(id))
		if err != nil {
			return nil, err
		}
		for _, m := range g.members {
			if m.busy() {
				return nil, &refusal{500, exceptionPublic, "The readiness check cannot run while a transaction is active."}
			}
		}
		g.startCheck(category)
		return true, nil
	}
}

func precheckStatus(r *request) (any, error) {
	var id int
	if err := r.parameter(0, &id); err != nil {
		return nil, err
	}
	g, err := r.gatewayOf(strconv.Itoa(id))
	if err != nil {
		return nil, err
	}
	var rows []precheckRow
	for _, category := range []string{upgradePrecheck, reloadPrecheck} {
		for _, m := range g.members {
			rows = append(rows, precheckRow{category, m})
		}
	}
	return objects("Network_Gateway_Precheck", rows), nil
}

// reloadOperatingSystem is SoftLayer_Hardware_Server::reloadOperatingSystem: with FORCE it starts at once, otherwise
// it only hands out a token.
func reloadOperatingSystem(r *request) (any, error) {
	m, err := r.memberOf(r.id, byHardwareID)
	if err != nil {
		return nil, err
	}
	var mode string
	if len(r.parameters) == 0 || r.parameter(0, &mode) != nil || mode != "FORCE" {
		return r.cloud.password("token"), nil
	}
	version, err := r.orderedVersion(m)
	if err != nil {
		return nil, err
	}
	answer, err, handled := r.sabotaged(m)
	if handled {
		return answer, err
	}
	if err := r.cloud.submit(m, version); err != nil {
		return nil, err
	}
	if _, hit := r.cloud.spend("reload-timeout-done", m); hit {
		return cutOff{}, nil
	}
	if _, hit := r.cloud.spend("reload-token", m); hit {
		return r.cloud.password("token"), nil
	}
	return "1", nil
}

// sabotaged applies the faults that start nothing.
func (r *request) sabotaged(m *member) (answer any, err error, handled bool) {
	if _, hit := r.cloud.spend("reload-200-error", m); hit {
		return raw{200, "application/json", `{"error":"Internal Error","code":"` + exceptionPublic + `"}`}, nil, true
	}
	if _, hit := r.cloud.spend("reload-timeout-lost", m); hit {
		return cutOff{}, nil, true
	}
	if _, hit := r.cloud.spend("reload-busy-500", m); hit {
		return nil, busyRefusal(), true
	}
	return nil, nil, false
}

func busyRefusal() *refusal {
	return &refusal{500, exceptionPublic, "The server has an active transaction; the reload was not started."}
}

// orderedVersion is the version of the one OS price of a reload order; without a price it is the recorded one.
func (r *request) orderedVersion(m *member) (string, error) {
	var order struct {
		ItemPrices []struct {
			ID int `json:"id"`
		} `json:"itemPrices"`
	}
	if len(r.parameters) < 2 {
		return m.version, nil
	}
	if err := r.parameter(1, &order); err != nil {
		return "", err
	}
	if len(order.ItemPrices) == 0 {
		return m.version, nil
	}
	for _, p := range r.cloud.prices {
		if p.id == order.ItemPrices[0].ID && len(order.ItemPrices) == 1 {
			return p.version, nil
		}
	}
	return "", notFound(strconv.Itoa(order.ItemPrices[0].ID))
}

// submit is a client's reload submission: judged first, then refused or begun.
func (c *Cloud) submit(m *member, version string) error {
	c.judgeRepeat(m, version)
	if m.busy() {
		return busyRefusal()
	}
	c.judgeSubmission(m, version)
	if category := m.gateway.unready(m, version); category != "" {
		return &refusal{500, exceptionPublic, "The gateway is not ready: " + category + "."}
	}
	c.monitor.reloads++
	m.begin(&reload{requested: version, installed: version})
	return nil
}

func updateGatewayPassword(r *request) (any, error) {
	g, err := r.gatewayOf(r.id)
	if err != nil {
		return nil, err
	}
	var wanted struct{ Username, Password string }
	if err := r.parameter(0, &wanted); err != nil {
		return nil, err
	}
	changed := false
	for _, m := range g.members {
		for i := range m.passwords {
			if m.passwords[i].username == wanted.Username {
				m.passwords[i].password, m.passwords[i].modified = wanted.Password, r.cloud.clock.now
				changed = true
			}
		}
	}
	if !changed {
		return nil, &refusal{500, exceptionPublic, "The gateway has no such user on record."}
	}
	return true, nil
}

func editHostPasswords(r *request) (any, error) {
	m, err := r.memberOf(r.id, byHardwareID)
	if err != nil {
		return nil, err
	}
	var wanted []struct {
		ID       int
		Password string
	}
	if err := r.parameter(0, &wanted); err != nil {
		return nil, err
	}
	for _, w := range wanted {
		if w.ID != m.host.record.id {
			return nil, notFound(strconv.Itoa(w.ID))
		}
		m.host.record.password, m.host.record.modified = w.Password, r.cloud.clock.now
	}
	return true, nil
}
