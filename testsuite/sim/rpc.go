package sim

import (
	"fmt"
	"strings"
)

// rpcHandler answers one RPC; write is set if it changed the device.
type rpcHandler func(s *netconfSession, e *element) (body string, write bool)

// reading is an RPC that only looks.
func reading(show func(s *netconfSession, e *element) string) rpcHandler {
	return func(s *netconfSession, e *element) (string, bool) { return show(s, e), false }
}

// perNode is an RPC whose answer a cluster wraps once per node.
func perNode(show func(m *member) string) rpcHandler {
	return reading(func(s *netconfSession, _ *element) string { return s.eachNode(show) })
}

// perGateway is an RPC that the answering node answers alone.
func perGateway(show func(g *appliance) string) rpcHandler {
	return reading(func(s *netconfSession, _ *element) string { return show(s.gateway) })
}

// rpcTable is every RPC that the device knows.
func rpcTable() map[string]rpcHandler {
	return map[string]rpcHandler{
		"get-software-information":                  perNode(softwareInformation),
		"get-system-uptime-information":             perNode(uptimeInformation),
		"get-license-summary-information":           printed(licenceInformation, licenceText),
		"get-license-key-information":               printed(licenceKeyInformation, licenceKeyText),
		"get-rescue-information":                    reading(rescueInformation),
		"get-system-alarm-information":              perNode(systemAlarms),
		"get-alarm-information":                     perNode(func(*member) string { return alarmInformation(nil) }),
		"get-system-core-dumps":                     perNode(coreDumps),
		"get-system-storage":                        perNode(storageInformation),
		"get-route-engine-information":              perNode(routeEngineInformation),
		"get-flow-session-information":              perNode(flowSessions),
		"get-ike-security-associations-information": perNode(ikeInformation),
		"get-security-associations-information":     perNode(ipsecInformation),
		"get-chassis-cluster-status":                perGateway(clusterStatus),
		"get-chassis-cluster-interfaces":            perGateway(clusterInterfaces),
		"get-chassis-cluster-information":           reading(clusterInformation),
		"get-interface-information":                 reading(interfaceInformation),
		"get-route-summary-information":             perGateway(routeSummary),
		"get-bgp-summary-information":               perGateway(bgpInformation),
		"get-arp-table-information":                 perGateway(arpInformation),
		"get-configuration":                         reading(getConfiguration),
		"get-commit-information":                    perGateway(commitInformation),
		"get-pki-local-certificate":                 perGateway(func(*appliance) string { return "<output>\n</output>\n" }),
		"get-system-users-information":              reading(systemUsers),
		"lock-configuration":                        reading(lockConfiguration),
		"unlock-configuration":                      reading(unlockConfiguration),
		"load-configuration":                        reading(loadConfiguration),
		"commit-configuration":                      commitConfiguration,
		"open-configuration":                        reading(openConfiguration),
		"close-configuration":                       reading(closeConfiguration),
		"get-rollback-information":                  reading(rollbackInformation),
		"get-config":                                reading(getConfig),
		"edit-config":                               reading(editConfig),
		"lock":                                      reading(lockDatastore),
		"unlock":                                    reading(unlockDatastore),
		"discard-changes":                           reading(discardChanges),
		"commit":                                    standardCommit,
		"validate":                                  validateCandidate,
		"kill-session":                              killSession,
		"command":                                   cliCommand,
		"get-chassis-inventory":                     perNode(chassisInventory),
		"file-show":                                 reading(fileShow),
		"file-list":                                 reading(fileList),
		"close-session":                             reading(func(*netconfSession, *element) string { return "<ok/>\n" }),
	}
}

// dispatch runs the handler of an RPC.
func (s *netconfSession) dispatch(e *element, call *Call) (string, bool) {
	name := e.XMLName.Local
	run, known := rpcTable()[name]
	if !known {
		return rpcError("protocol", "operation-failed", "syntax error, expecting <command> or </command>", name), false
	}
	if name == "command" {
		call.Name += " " + strings.TrimSpace(e.Text)
	}
	return run(s, e)
}

// eachNode wraps an answer per node on a cluster; a node that the others have lost is not there.
func (s *netconfSession) eachNode(show func(*member) string) string {
	g := s.gateway
	if g.spec.Standalone {
		return show(s.member)
	}
	out := "<multi-routing-engine-results>\n"
	for _, m := range g.members {
		if m.active() {
			out += fmt.Sprintf("\n<multi-routing-engine-item>\n\n<re-name>node%d</re-name>\n\n%s</multi-routing-engine-item>\n", m.node, show(m))
		}
	}
	return out + "\n</multi-routing-engine-results>\n"
}
