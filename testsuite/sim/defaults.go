package sim

import (
	"fmt"
	"strings"
)

// defaultConfiguration is a gateway's configuration as an operator of IBM's default layout would have it: HA pairs
// with fabric and reth interfaces, standalone gateways with ae interfaces (IBM: "Understanding the vSRX default
// configuration").
func defaultConfiguration(g Gateway, address string) string {
	shared := []string{
		"system host-name " + g.Name,
		`system root-authentication encrypted-password "$6$invalid$not-a-real-hash-root"`,
		"system login user admin uid 2000", "system login user admin class super-user",
		`system login user admin authentication encrypted-password "$6$invalid$not-a-real-hash-admin"`,
		"system services ssh root-login allow", "system services netconf ssh port 830",
		"system services web-management https port 8443",
		"system services web-management https system-generated-certificate",
		"system name-server 10.0.80.11", "system name-server 10.0.80.12", "system ntp server 10.0.77.54",
		"system syslog user * any emergency", "system syslog file messages any any",
		"security log mode stream", "security log report",
		"security address-book global address app-net 10.61.4.0/24",
		"security address-book global address db-net 10.61.5.0/24",
		"security nat source rule-set out from zone CUSTOMER-PRIVATE", "security nat source rule-set out to zone SL-PUBLIC",
		"security nat source rule-set out rule all match source-address 10.61.0.0/16",
		"security nat source rule-set out rule all then source-nat interface",
		"security policies from-zone CUSTOMER-PRIVATE to-zone SL-PRIVATE policy app-db match source-address app-net",
		"security policies from-zone CUSTOMER-PRIVATE to-zone SL-PRIVATE policy app-db match destination-address db-net",
		"security policies from-zone CUSTOMER-PRIVATE to-zone SL-PRIVATE policy app-db match application any",
		"security policies from-zone CUSTOMER-PRIVATE to-zone SL-PRIVATE policy app-db then permit",
		"security policies from-zone CUSTOMER-PRIVATE to-zone SL-PUBLIC policy out match source-address any",
		"security policies from-zone CUSTOMER-PRIVATE to-zone SL-PUBLIC policy out match destination-address any",
		"security policies from-zone CUSTOMER-PRIVATE to-zone SL-PUBLIC policy out match application any",
		"security policies from-zone CUSTOMER-PRIVATE to-zone SL-PUBLIC policy out then permit",
		"firewall filter PROTECT-IN term PING from protocol icmp", "firewall filter PROTECT-IN term PING then accept",
		"firewall filter PROTECT-IN term SSH from source-address 10.0.0.0/8",
		"firewall filter PROTECT-IN term SSH from protocol tcp",
		"firewall filter PROTECT-IN term SSH from destination-port ssh",
		"firewall filter PROTECT-IN term SSH then accept",
		"routing-options static route 0.0.0.0/0 next-hop 203.0.113.33",
		"routing-options static route 10.0.0.0/8 next-hop 10.61.0.1",
		"routing-options static route 161.26.0.0/16 next-hop 10.61.0.1",
		"routing-options static route 166.9.0.0/16 next-hop 10.61.0.1",
	}
	var lines []string
	for _, s := range append(shared, interfaceStatements(g, address)...) {
		lines = append(lines, "set "+s)
	}
	if !g.Standalone && !g.Preempt {
		lines = append(lines, "deactivate chassis cluster redundancy-group 1 preempt")
	}
	return strings.Join(lines, "\n") + "\n"
}

func interfaceStatements(g Gateway, address string) []string {
	if g.Standalone {
		return standaloneInterfaces(g.Version, address)
	}
	lines := []string{
		"chassis cluster control-link-recovery", "chassis cluster reth-count 4",
		"chassis cluster redundancy-group 0 node 0 priority 100", "chassis cluster redundancy-group 0 node 1 priority 1",
		"chassis cluster redundancy-group 1 node 0 priority 100", "chassis cluster redundancy-group 1 node 1 priority 1",
		"chassis cluster redundancy-group 1 preempt",
	}
	for n, base := range []int{0, 7} {
		for _, port := range []int{0, 9} {
			lines = append(lines, fmt.Sprintf("interfaces fab%d fabric-options member-interfaces ge-%d/0/%d", n, base, port))
		}
		for port := 1; port <= 8; port++ {
			lines = append(lines, fmt.Sprintf("interfaces ge-%d/0/%d gigether-options redundant-parent reth%d", base, port, (port-1)/2))
		}
	}
	for i := range 4 {
		lines = append(lines, fmt.Sprintf("interfaces reth%d redundant-ether-options redundancy-group 1", i))
	}
	return append(lines,
		"interfaces reth0 unit 0 family inet filter input PROTECT-IN",
		"interfaces reth0 unit 0 family inet address "+address+"/26",
		"interfaces reth1 unit 0 family inet address 203.0.113.34/29",
		"interfaces reth2 vlan-tagging", "interfaces reth2 unit 1187 vlan-id 1187",
		"interfaces reth2 unit 1187 family inet address 10.61.4.1/24",
		"interfaces reth3 vlan-tagging", "interfaces st0 unit 0 family inet",
		"security zones security-zone SL-PRIVATE interfaces reth0.0 host-inbound-traffic system-services all",
		"security zones security-zone SL-PUBLIC interfaces reth1.0 host-inbound-traffic system-services ping",
		"security zones security-zone CUSTOMER-PRIVATE interfaces reth2.1187 host-inbound-traffic system-services all",
	)
}

// standaloneInterfaces are the interfaces of a release: 15.1 has bare ports, later ones aggregate them (IBM: "Migrating
// legacy configurations").
func standaloneInterfaces(version, address string) []string {
	private, public := "ge-0/0/0", "ge-0/0/1"
	var lines []string
	if !strings.HasPrefix(version, "15.1") {
		private, public = "ae0", "ae1"
		lines = append(lines, "chassis aggregated-devices ethernet device-count 10")
		for port := range 4 {
			lines = append(lines, fmt.Sprintf("interfaces ge-0/0/%d gigether-options 802.3ad ae%d", port, port%2))
		}
	}
	return append(lines,
		"interfaces "+private+" unit 0 family inet filter input PROTECT-IN",
		"interfaces "+private+" unit 0 family inet address "+address+"/26",
		"interfaces "+public+" unit 0 family inet address 203.0.113.42/29",
		"security zones security-zone SL-PRIVATE interfaces "+private+".0 host-inbound-traffic system-services all",
		"security zones security-zone SL-PUBLIC interfaces "+public+".0 host-inbound-traffic system-services ping",
		"security zones security-zone CUSTOMER-PRIVATE tcp-rst",
	)
}

// factoryConfiguration is what a standalone reload to a version leaves: IBM's default for the fresh interfaces and
// nothing of the customer's.
func factoryConfiguration(g Gateway, version, address string) string {
	g.Version = version
	var kept []string
	for line := range strings.Lines(defaultConfiguration(g, address)) {
		if strings.Contains(line, "security policies") || strings.Contains(line, "security nat") ||
			strings.Contains(line, "address-book") || strings.Contains(line, "CUSTOMER-PRIVATE") {
			continue
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "")
}
