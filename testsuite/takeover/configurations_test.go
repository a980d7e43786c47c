package takeover

import (
	"fmt"
	"strings"
)

// example is a gateway as a customer may have it.
type example struct {
	name    string
	version string
	text    string // set form
	holds   []string
}

// lines makes set commands of statements.
func lines(statements ...string) string {
	var b strings.Builder
	for _, s := range statements {
		if verb, _, _ := strings.Cut(s, " "); verb != "deactivate" && verb != "protect" {
			b.WriteString("set ")
		}
		b.WriteString(s + "\n")
	}
	return b.String()
}

// each makes n statements of a form with its number, from 1.
func each(n int, statement func(i int) []string) (all []string) {
	for i := 1; i <= n; i++ {
		all = append(all, statement(i)...)
	}
	return all
}

// common is what every gateway has: a way in, and zones on its transit networks.
func common(private, public string) string {
	return lines(
		"system host-name gw-heron",
		`system root-authentication encrypted-password "$6$fakesalt$not-a-hash-of-heron"`,
		`system login user netops uid 2311`, "system login user netops class super-user",
		`system login user netops authentication encrypted-password "$6$fakesalt$not-a-hash-of-netops"`,
		"system services ssh root-login allow", "system services netconf ssh port 830",
		"system name-server 192.0.2.53", "system ntp server 192.0.2.123",
		"interfaces "+private+" unit 0 family inet filter input GUARD",
		"interfaces "+private+" unit 0 family inet address 198.18.4.2/26",
		"interfaces "+public+" unit 0 family inet address 203.0.113.66/29",
		"security zones security-zone INSIDE interfaces "+private+".0 host-inbound-traffic system-services all",
		"security zones security-zone OUTSIDE interfaces "+public+".0 host-inbound-traffic system-services ike",
		"firewall filter GUARD term LOGIN from source-address 198.18.0.0/15",
		"firewall filter GUARD term LOGIN from protocol tcp",
		"firewall filter GUARD term LOGIN from destination-port ssh",
		"firewall filter GUARD term LOGIN then accept",
		"routing-options static route 0.0.0.0/0 next-hop 203.0.113.65",
		"routing-options static route 198.18.0.0/15 next-hop 198.18.4.1",
	)
}

// aggregated is a gateway of the current architecture with the statements given.
func aggregated(statements ...string) string {
	return common("ae0", "ae1") + lines("chassis aggregated-devices ethernet device-count 10",
		"interfaces ge-0/0/0 gigether-options 802.3ad ae0", "interfaces ge-0/0/1 gigether-options 802.3ad ae1",
		"interfaces ge-0/0/2 gigether-options 802.3ad ae0", "interfaces ge-0/0/3 gigether-options 802.3ad ae1") + lines(statements...)
}

// barePorts is a gateway of the legacy architecture with the statements given.
func barePorts(statements ...string) string {
	return common("ge-0/0/0", "ge-0/0/1") + lines(statements...)
}

// examples are ten gateways that differ in what they do.
func examples() []example {
	const current, legacy = "21.4R3.15", "15.1X49-D160.2"
	return []example{
		{"route-based VPNs", legacy, barePorts(routeBasedVPNs()...), []string{"set security ike gateway PEER-40 external-interface ae1.0", "set interfaces st0 unit 40 family inet address 172.31.40.1/30"}},
		{"policy-based NAT", current, aggregated(policyBasedNAT()...), []string{"set security nat source rule-set EGRESS rule R12 then source-nat pool P12"}},
		{"200 VLAN units", legacy, barePorts(vlanUnits()...), []string{"set interfaces ae0 unit 1200 vlan-id 1200", "set security zones security-zone V200 interfaces ae0.1200 host-inbound-traffic system-services ping"}},
		{"groups with wildcards", current, aggregated(groups()...), []string{"set groups EDGE interfaces <ge-*> mtu 9014", `set groups LOGS security policies from-zone <*> to-zone <*> policy <*> then log session-close`}},
		{"inactive and protected parts", current, aggregated(marked()...), []string{"deactivate security policies from-zone INSIDE to-zone OUTSIDE policy OLD", "deactivate interfaces ae0 unit 77"}},
		{"10,000 address-book entries", current, aggregated(addressBook()...), []string{"set security address-book global address-set ALL address HOST-10000"}},
		{"routing-instances", current, aggregated(routingInstances()...), []string{"set routing-instances TENANT-7 interface ae0.107", "set routing-instances TENANT-7 instance-type virtual-router"}},
		{"IDP and UTM", current, aggregated(inspection()...), []string{"set security idp active-policy WATCH"}},
		{"BGP and its policies", current, aggregated(bgp()...), []string{"set protocols bgp group TRANSIT neighbor 192.0.2.201 peer-as 64701"}},
		{"filters in odd quoting", current, aggregated(quoting()...), []string{`set system login message "Keep out; {all} of it\n#1 \"really\""`}},
	}
}

func routeBasedVPNs() []string {
	return append(each(40, func(i int) []string {
		return []string{
			fmt.Sprintf("interfaces st0 unit %d family inet address 172.31.%d.1/30", i, i),
			fmt.Sprintf(`security ike policy P-%d pre-shared-key ascii-text "$9$fake/secret-%d.of|peer"`, i, i),
			fmt.Sprintf("security ike policy P-%d proposals STRONG", i),
			fmt.Sprintf("security ike gateway PEER-%d ike-policy P-%d", i, i),
			fmt.Sprintf("security ike gateway PEER-%d address 192.0.2.%d", i, i),
			fmt.Sprintf("security ike gateway PEER-%d external-interface ge-0/0/1.0", i),
			fmt.Sprintf("security ipsec vpn V-%d bind-interface st0.%d", i, i),
			fmt.Sprintf("security ipsec vpn V-%d ike gateway PEER-%d", i, i),
			fmt.Sprintf("security ipsec vpn V-%d ike ipsec-policy STRONG", i),
			fmt.Sprintf("security ipsec vpn V-%d traffic-selector T local-ip 198.51.100.0/24", i),
			fmt.Sprintf("security ipsec vpn V-%d traffic-selector T remote-ip 172.20.%d.0/24", i, i),
			fmt.Sprintf("routing-options static route 172.20.%d.0/24 next-hop st0.%d", i, i),
		}
	}), "security ike proposal STRONG dh-group group20", "security ike proposal STRONG encryption-algorithm aes-256-cbc",
		"security ipsec policy STRONG perfect-forward-secrecy keys group20", "security ipsec policy STRONG proposals STRONG",
		"security zones security-zone VPN interfaces st0.1", "deactivate security ipsec vpn V-9", "deactivate interfaces st0 unit 9")
}

func policyBasedNAT() []string {
	return append(each(12, func(i int) []string {
		return []string{
			fmt.Sprintf("security nat source pool P%d address 203.0.113.%d/32", i, 70+i),
			fmt.Sprintf("security nat source rule-set EGRESS rule R%d match source-address 10.90.%d.0/24", i, i),
			fmt.Sprintf("security nat source rule-set EGRESS rule R%d match destination-address 0.0.0.0/0", i),
			fmt.Sprintf("security nat source rule-set EGRESS rule R%d then source-nat pool P%d", i, i),
			fmt.Sprintf("security nat destination pool D%d address 10.90.%d.10/32", i, i),
			fmt.Sprintf("security nat destination rule-set INGRESS rule I%d match destination-address 203.0.113.%d/32", i, 70+i),
			fmt.Sprintf("security nat destination rule-set INGRESS rule I%d then destination-nat pool D%d", i, i),
			fmt.Sprintf("security nat static rule-set ONE rule S%d match destination-address 203.0.113.%d/32", i, 100+i),
			fmt.Sprintf("security nat static rule-set ONE rule S%d then static-nat prefix 10.91.%d.10/32", i, i),
			fmt.Sprintf("security nat proxy-arp interface ae1.0 address 203.0.113.%d/32", 70+i),
		}
	}), "security nat source rule-set EGRESS from zone INSIDE", "security nat source rule-set EGRESS to zone OUTSIDE",
		"security nat destination rule-set INGRESS from interface ae1.0", "security nat static rule-set ONE from zone OUTSIDE",
		"security nat source rule-set EGRESS rule LAST match source-address 0.0.0.0/0", "security nat source rule-set EGRESS rule LAST then source-nat interface",
		"deactivate security nat source rule-set EGRESS rule R3")
}

func vlanUnits() []string {
	return append([]string{"interfaces ge-0/0/0 vlan-tagging"}, each(200, func(i int) []string {
		unit := 1000 + i
		return []string{
			fmt.Sprintf(`interfaces ge-0/0/0 unit %d description "VLAN %d of rack %d"`, unit, unit, i%9),
			fmt.Sprintf("interfaces ge-0/0/0 unit %d vlan-id %d", unit, unit),
			fmt.Sprintf("interfaces ge-0/0/0 unit %d family inet address 10.%d.%d.1/24", unit, 100+i/100, i%100),
			fmt.Sprintf("security zones security-zone V%d interfaces ge-0/0/0.%d host-inbound-traffic system-services ping", i, unit),
		}
	})...)
}

func groups() []string {
	return []string{
		"groups EDGE interfaces <ge-*> mtu 9014", "groups EDGE interfaces <*> unit <*> family inet mtu 1400",
		"groups LOGS security policies from-zone <*> to-zone <*> policy <*> then log session-close",
		"groups NAMES system domain-search one.example", "groups NAMES system domain-search two.example",
		"groups LAST system time-zone Europe/Oslo", "groups UNUSED system services finger",
		"apply-groups NAMES", "apply-groups LOGS", "apply-groups LAST", "interfaces apply-groups EDGE",
		"security policies from-zone INSIDE to-zone OUTSIDE apply-groups-except LOGS",
		"security policies from-zone INSIDE to-zone OUTSIDE policy WEB match source-address any",
		"security policies from-zone INSIDE to-zone OUTSIDE policy WEB match destination-address any",
		"security policies from-zone INSIDE to-zone OUTSIDE policy WEB match application junos-https",
		"security policies from-zone INSIDE to-zone OUTSIDE policy WEB then permit",
	}
}

func marked() []string {
	var all []string
	for _, policy := range []string{"NEW", "OLD", "OLDER"} {
		at := "security policies from-zone INSIDE to-zone OUTSIDE policy " + policy
		all = append(all, at+" match source-address any", at+" match destination-address any", at+" match application any", at+" then deny")
	}
	return append(all,
		"interfaces ae0 vlan-tagging", "interfaces ae0 unit 77 vlan-id 77", "interfaces ae0 unit 77 family inet address 10.77.0.1/24",
		"interfaces lo0 unit 0 family inet address 192.0.2.88/32", "system services web-management https port 8443",
		"protocols bgp group OFF neighbor 192.0.2.9 peer-as 64999", "groups SPARE system services telnet", "apply-groups SPARE",
		"deactivate security policies from-zone INSIDE to-zone OUTSIDE policy OLD",
		"deactivate security policies from-zone INSIDE to-zone OUTSIDE policy OLDER match",
		"deactivate interfaces ae0 unit 77", "deactivate interfaces lo0", "deactivate protocols", "deactivate apply-groups",
		"deactivate system services web-management")
}

func addressBook() []string {
	return each(10_000, func(i int) []string {
		host := fmt.Sprintf("HOST-%d", i)
		return []string{
			fmt.Sprintf("security address-book global address %s 10.%d.%d.%d/32", host, 64+i/62500, i/250%250, i%250),
			"security address-book global address-set ALL address " + host,
		}
	})
}

func routingInstances() []string {
	return append([]string{"interfaces ae0 vlan-tagging"}, each(8, func(i int) []string {
		at := fmt.Sprintf("routing-instances TENANT-%d ", i)
		return []string{
			fmt.Sprintf("interfaces ae0 unit %d vlan-id %d", 100+i, 100+i), fmt.Sprintf("interfaces ae0 unit %d family inet address 10.200.%d.1/24", 100+i, i),
			at + "instance-type virtual-router", at + fmt.Sprintf("interface ae0.%d", 100+i),
			at + fmt.Sprintf("routing-options static route 0.0.0.0/0 next-hop 10.200.%d.254", i),
			at + "routing-options instance-import LEAK", at + "protocols ospf area 0.0.0.0 interface all passive",
		}
	})...)
}

func inspection() []string {
	return append(each(6, func(i int) []string {
		at := fmt.Sprintf("security idp idp-policy WATCH rulebase-ips rule R%d ", i)
		return []string{
			at + "match from-zone INSIDE", at + fmt.Sprintf("match attacks custom-attack-groups GROUP-%d", i), at + "then action recommended", at + "then notification log-attacks alert",
		}
	}), "security idp active-policy WATCH", "security idp security-package url https://signatures.example/cgi-bin/index.cgi",
		`security utm custom-objects url-pattern BAD value "http://*.bad.example/?q=1&r=2"`, "security utm custom-objects url-pattern BAD value http://worse.example",
		"security utm feature-profile web-filtering type juniper-local", "security utm utm-policy SCAN web-filtering http-profile junos-wf-local-default",
		`security utm default-configuration web-filtering juniper-local custom-block-message "No, you don't"`,
		"security policies from-zone INSIDE to-zone OUTSIDE policy SCANNED then permit application-services utm-policy SCAN",
		"security policies from-zone INSIDE to-zone OUTSIDE policy SCANNED then permit application-services idp-policy WATCH",
		"security policies from-zone INSIDE to-zone OUTSIDE policy SCANNED match application any")
}

func bgp() []string {
	return append(each(5, func(i int) []string {
		at := fmt.Sprintf("policy-options policy-statement OUT term T%d ", 6-i) // their order counts, not their names
		return []string{
			fmt.Sprintf("policy-options prefix-list NETS-%d 10.%d.0.0/16", i, i), at + fmt.Sprintf("from prefix-list NETS-%d", i),
			at + fmt.Sprintf("then community add C%d", i), at + "then accept", fmt.Sprintf("policy-options community C%d members 64700:%d", i, i),
			fmt.Sprintf("protocols bgp group TRANSIT neighbor 192.0.2.%d peer-as 64701", 200+i),
			fmt.Sprintf(`protocols bgp group TRANSIT neighbor 192.0.2.%d authentication-key "$9$fake-key-%d"`, 200+i, i),
			fmt.Sprintf(`protocols bgp group TRANSIT neighbor 192.0.2.%d description "transit %d; the 'good' one"`, 200+i, i),
		}
	}), "policy-options policy-statement OUT then reject", "protocols bgp group TRANSIT type external", "protocols bgp group TRANSIT export OUT", "protocols bgp group TRANSIT export NONE",
		"policy-options policy-statement NONE then reject", `policy-options as-path OURS "^64700( 64[0-9]{3})*$"`, "routing-options autonomous-system 64700", "routing-options router-id 192.0.2.1")
}

func quoting() []string {
	return []string{
		`system login message "Keep out; {all} of it\n#1 \"really\""`,
		`interfaces ae0 unit 0 description "left alone: \"old\""`,
		`firewall filter "TWO WORDS" term "A & B" from source-address 10.1.0.0/16`, `firewall filter "TWO WORDS" term "A & B" then accept`,
		`firewall filter "TWO WORDS" term "<none>" then count "100%|sure?"`, `firewall filter "TWO WORDS" term "<none>" then discard`,
		`security address-book global address spare description "a 'quoted' \\ thing"`, `security address-book global address "half [open" 10.1.1.1/32`,
		`security zones security-zone EMPTY description ""`, "snmp location \"Oslo, \u00d8st / rack 7\"", `snmp community "fake(community)!" authorization read-only`,
		`event-options policy P events "[ui_commit]"`, `event-options policy P then execute-commands commands "show version | match \"Junos:\""`,
	}
}
