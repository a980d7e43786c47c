package sim

// reloadOperatingSystem is SoftLayer_Hardware_Server::reloadOperatingSystem: with FORCE it starts at once, otherwise
// it only hands out a token.
func reloadOperatingSystem(r *request) (any, error) {
	m, err := r.serverOf(r.id)
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
	if answer, hit := r.sabotaged(m); hit {
		return answer, nil
	}
	if err := r.cloud.submit(m, version); err != nil {
		return nil, err
	}
	return r.reloadAnswer(m), nil
}

// sabotaged is the answer of a fault that starts nothing.
func (r *request) sabotaged(m *member) (answer any, hit bool) {
	internal := `{"error":"Internal Error","code":"` + exceptionPublic + `"}`
	for _, f := range []struct {
		name   string
		answer any
	}{
		{"reload-200-error", raw{200, "application/json", internal}},
		{"reload-200-error-newline", raw{200, "application/json", internal + "\n"}},
		{"reload-busy-500", busyRefusal()},
		{"reload-refused-500", &refusal{500, exceptionPublic, "The vSRX license of this server does not cover the chosen operating system."}},
	} {
		if _, hit := r.once(f.name, m); hit {
			return f.answer, true
		}
	}
	if f, hit := r.once("reload-timeout-lost", m); hit {
		return cutOff{after: r.cloud.duration(f.Arg)}, true
	}
	return nil, false
}

// reloadAnswer is what comes back for a reload that was started.
func (r *request) reloadAnswer(m *member) any {
	if f, hit := r.once("reload-timeout-done", m); hit {
		return cutOff{after: r.cloud.duration(f.Arg)}
	}
	if _, hit := r.once("reload-reset-after", m); hit {
		return cutOff{reset: true}
	}
	if _, hit := r.once("reload-token", m); hit {
		return r.cloud.password("token")
	}
	switch {
	case r.cloud.chosen(settingReloadAnswer, "number"):
		return 1
	case r.cloud.chosen(settingReloadAnswer, "true"):
		return "true"
	}
	return "1"
}

func busyRefusal() *refusal {
	return &refusal{500, exceptionPublic, "The server has an active transaction; the reload was not started."}
}

// orderedVersion is the version of the one OS price of a reload order; without a price it is the recorded one.
func (r *request) orderedVersion(m *member) (string, error) {
	var order struct {
		ItemPrices []struct {
			ID loose `json:"id"`
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
		if p.id == int(order.ItemPrices[0].ID) && len(order.ItemPrices) == 1 {
			return p.version, nil
		}
	}
	return "", notFound(order.ItemPrices[0].ID.String())
}

// submit is a client's reload submission: judged first, then refused or begun.
func (c *Cloud) submit(m *member, version string) error {
	c.judgeRepeat(m, version)
	if m.busy() {
		return busyRefusal()
	}
	c.judgeSubmission(m, version)
	if peer := m.peer(); peer != nil && peer.reload != nil && c.chosen(settingOtherMember, "refused") {
		return busyRefusal()
	}
	if category := m.gateway.unready(m, version); category != "" && c.chosen(settingNotReady, "refused") {
		return &refusal{500, exceptionPublic, "The gateway is not ready: " + category + "."}
	}
	c.monitor.reloads++
	m.begin(&reload{requested: version, installed: version})
	return nil
}
