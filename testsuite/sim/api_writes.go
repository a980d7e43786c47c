package sim

import "time"

// startPrecheck is SoftLayer_Network_Gateway_Precheck::upgradePrecheck and its sisters.
func startPrecheck(category string) func(*request) (any, error) {
	return func(r *request) (any, error) {
		g, err := r.gatewayOfParameter()
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

// updateGatewayPassword is SoftLayer_Network_Gateway::updateGatewayUserPassword, which changes IBM's record only.
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

// editHostPasswords is SoftLayer_Hardware_Server::editSoftwareComponentPasswords.
func editHostPasswords(r *request) (any, error) {
	m, err := r.serverOf(r.id)
	if err != nil {
		return nil, err
	}
	var wanted []struct {
		ID       loose
		Password string
	}
	if err := r.parameter(0, &wanted); err != nil {
		return nil, err
	}
	for _, w := range wanted {
		if int(w.ID) != m.host.record.id {
			return nil, notFound(w.ID.String())
		}
		m.host.record.password, m.host.record.modified = w.Password, r.cloud.clock.now
	}
	return true, nil
}

// setHostPassword is SoftLayer_Hardware_Server::setOperatingSystemPassword, which changes IBM's record only.
func setHostPassword(r *request) (any, error) {
	m, err := r.serverOf(r.id)
	if err != nil {
		return nil, err
	}
	var wanted string
	if err := r.parameter(0, &wanted); err != nil {
		return nil, err
	}
	m.host.record.password, m.host.record.modified = wanted, r.cloud.clock.now
	return true, nil
}

// management is what somebody made of a server's management interface.
type management string

const (
	managementAsBuilt  management = "" // on, unless a fault says otherwise
	managementEnabled  management = "enabled"
	managementDisabled management = "disabled"
)

// managementDelay is the virtual time until a change of the management interface shows; IBM documents only that it is
// asynchronous.
const managementDelay = 2 * time.Minute

// managementOff tells whether the management card of a server does not answer.
func (m *member) managementOff() bool {
	if m.management != managementAsBuilt {
		return m.management == managementDisabled
	}
	_, armed := m.gateway.cloud.armed("ipmi-disabled", m)
	return armed
}

// toggleManagement is SoftLayer_Hardware_Server::toggleManagementInterface.
func toggleManagement(r *request) (any, error) {
	m, err := r.serverOf(r.id)
	if err != nil {
		return nil, err
	}
	var on truth
	if err := r.parameter(0, &on); err != nil {
		return nil, err
	}
	if m.busy() {
		return nil, &refusal{500, exceptionPublic, "The management interface cannot be changed while a transaction is active."}
	}
	r.cloud.clock.after(managementDelay, func() {
		if m.management = managementDisabled; on {
			m.management = managementEnabled
		}
	})
	return true, nil
}
