package lint_test

// sys, ifs and sec put statements into their hierarchy, beside what every rule wants.
func sys(text string) string { return sound + "system { " + text + " }\n" }
func ifs(text string) string { return sound + "interfaces { " + text + " }\n" }
func sec(text string) string { return sound + "security { " + text + " }\n" }

// pol is one policy with a match.
func pol(match string) string {
	return sec("policies { from-zone a to-zone b { policy p { match { " + match + " } then { permit; } } } }")
}

// cluster is a pair whose nodes have statements of their own.
func nodes(node0, node1, both string) string {
	return sound + "groups { node0 { " + node0 + " } node1 { " + node1 + " } }\napply-groups \"${node}\";\n" + both
}

// examples are what the rules have to find and what they must not.
func examples() map[string][]example {
	all := map[string][]example{}
	for _, part := range []map[string][]example{systemExamples(), interfaceExamples(), serviceExamples(), natExamples(), policyExamples(), tunnelExamples(), lossExamples(), accessExamples()} {
		for rule, list := range part {
			all[rule] = append(all[rule], list...)
		}
	}
	return all
}

func systemExamples() map[string][]example {
	const limit = "system services ssh connection-limit"
	return map[string][]example{
		"ssh-connection-limit": {
			{"a limit", sys("services { ssh { connection-limit 4; } }"), []string{limit + " 4 ⇒ delete " + limit + " ⇐ set " + limit + " 4"}},
			{"a high limit", sys("services { ssh { connection-limit 250; } }"), []string{limit + " 250 ⇒ delete " + limit + " ⇐ set " + limit + " 250"}},
			{"by a group", sound + "groups { g { " + "system { services { ssh { connection-limit 4; } } }" + " } } apply-groups g;",
				[]string{limit + " 4 ⇒ delete groups g " + limit + " ⇐ set groups g " + limit + " 4"}},
			{"inactive", sys("services { ssh { inactive: connection-limit 4; } }"), nil},
			{"a rate limit", sys("services { ssh { rate-limit 10; } }"), nil},
			{"of NETCONF", sys("services { netconf { ssh { connection-limit 4; } } }"), nil},
			{"a group that is not applied", sound + "groups { g { system { services { ssh { connection-limit 4; } } } } }", nil},
		},
		"console-closed": {
			{"disabled", sys("ports { console { disable; } }"), []string{"system ports console disable ⇒ delete system ports console disable ⇐ set system ports console disable"}},
			{"insecure", sys("ports { console { insecure; } }"), []string{"system ports console insecure ⇒ delete system ports console insecure ⇐ set system ports console insecure"}},
			{"both", sys("ports { console { insecure; disable; } }"), []string{
				"system ports console disable ⇒ delete system ports console disable ⇐ set system ports console disable",
				"system ports console insecure ⇒ delete system ports console insecure ⇐ set system ports console insecure"}},
			{"log out on disconnect", sys("ports { console { log-out-on-disconnect; } }"), nil},
			{"the auxiliary port", sys("ports { auxiliary { disable; } }"), nil},
			{"inactive", sys("ports { console { inactive: disable; } }"), nil},
		},
		"syslog-structured-explicit": {
			{"a host", sys("syslog { host 192.0.2.9 { any any; explicit-priority; structured-data; } }"),
				[]string{"system syslog host 192.0.2.9 explicit-priority ⇒ delete system syslog host 192.0.2.9 explicit-priority"}},
			{"a file", sys("syslog { file audit { any info; structured-data { brief; } explicit-priority; } }"),
				[]string{"system syslog file audit explicit-priority ⇒ delete system syslog file audit explicit-priority"}},
			{"half by a group", sound + "groups { g { system { syslog { host 192.0.2.9 { explicit-priority; } } } } } apply-groups g; system { syslog { host 192.0.2.9 { structured-data; } } }",
				[]string{"system syslog host 192.0.2.9 explicit-priority ⇒ delete groups g system syslog host 192.0.2.9 explicit-priority"}},
			{"only structured", sys("syslog { host 192.0.2.9 { any any; structured-data; } }"), nil},
			{"only explicit", sys("syslog { host 192.0.2.9 { any any; explicit-priority; } }"), nil},
			{"two targets", sys("syslog { host 192.0.2.9 { structured-data; } host 192.0.2.10 { explicit-priority; } }"), nil},
			{"one inactive", sys("syslog { host 192.0.2.9 { structured-data; inactive: explicit-priority; } }"), nil},
		},
		"rest-https-certificate": {
			{"a certificate", sys("services { rest { https { server-certificate web; } } }"),
				[]string{"system services rest https server-certificate web ⇒ deactivate system services rest https ⇐ activate system services rest https"}},
			{"with a port", sys("services { rest { https { port 3443; server-certificate edge; } } }"),
				[]string{"system services rest https server-certificate edge ⇒ deactivate system services rest https ⇐ activate system services rest https"}},
			{"by a group", sound + "groups { g { system { services { rest { https { server-certificate web; } } } } } } apply-groups g;",
				[]string{"system services rest https server-certificate web ⇒ deactivate groups g system services rest https ⇐ activate groups g system services rest https"}},
			{"HTTP only", sys("services { rest { http; } }"), nil},
			{"inactive", sys("services { rest { inactive: https { server-certificate web; } } }"), nil},
			{"of web management", sys("services { web-management { https { system-generated-certificate; } } }"), nil},
		},
		"unsupported-statement": {
			{"datapath debugging", sec("datapath-debug { capture-file trace; }"), []string{"security datapath-debug ⇒ delete security datapath-debug"}},
			{"marked by the device", ifs("st0 { unit 0 { ##\n ## Warning: statement ignored: unsupported platform (vsrx)\n ##\n bandwidth 5m;\n } }"),
				[]string{"interfaces st0 unit 0 bandwidth 5m ⇒ delete interfaces st0 unit 0 bandwidth 5m"}},
			{"marked in a group", sound + "groups { g { chassis { ## Warning: statement ignored: unsupported platform (vsrx)\n usb-disable; } } }",
				[]string{"groups g chassis usb-disable ⇒ delete groups g chassis usb-disable"}},
			{"power over Ethernet", sound + "poe { interface all; }", []string{"poe ⇒ delete poe"}},
			{"another warning", ifs("st0 { ## Warning: referenced object is missing\n mtu 1400;\n }"), nil},
			{"inactive", sec("inactive: datapath-debug { capture-file trace; }"), nil},
			{"marked and inactive", ifs("inactive: st0 { ## Warning: statement ignored: unsupported platform (vsrx)\n mtu 1400;\n }"), nil},
			{"flow tracing", sec("flow { traceoptions { flag basic-datapath; } }"), nil},
		},
		"hidden-address-range": {
			{"an address", sec("address-book { global { address pool { address-range 192.0.2.1 to 192.0.2.9; } } }"),
				[]string{"security address-book global address pool address-range ⇒ delete security address-book global address pool address-range ⇒ set security address-book global address pool range-address 192.0.2.1 to 192.0.2.9"}},
			{"with low and high", sec("address-book { global { address pool { address-range { low 192.0.2.1; high 192.0.2.9; } } } }"),
				[]string{"security address-book global address pool address-range ⇒ delete security address-book global address pool address-range ⇒ set security address-book global address pool range-address 192.0.2.1 to 192.0.2.9"}},
			{"elsewhere", sound + "access { profile p { address-range 192.0.2.1; } }", []string{"access profile p address-range ⇒ delete access profile p address-range"}},
			{"the new syntax", sec("address-book { global { address pool { range-address 192.0.2.1 { to { 192.0.2.9; } } } } }"), nil},
			{"an object of that name", sec("address-book { global { address address-range 192.0.2.1/32; } }"), nil},
			{"a reference to it", pol("source-address address-range; destination-address any; application any;"), nil},
			{"inactive", sec("address-book { global { inactive: address pool { address-range 192.0.2.1 to 192.0.2.9; } } }"), nil},
		},
	}
}

func interfaceExamples() map[string][]example {
	unit := func(path string) string { return path + " ⇒ deactivate " + path + " ⇐ activate " + path }
	mss := func(path, value string) string { return path + " " + value + " ⇒ delete " + path }
	twice := func(path string) string { return path + " ⇒ delete " + path }
	return map[string][]example{
		"untagged-unit": {
			{"no vlan-id", ifs("ge-0/0/1 { vlan-tagging; unit 0 { family inet; } }"), []string{unit("interfaces ge-0/0/1 unit 0")}},
			{"flexible", ifs("reth0 { flexible-vlan-tagging; unit 3 { description spare; } unit 4 { vlan-id 4; } }"), []string{unit("interfaces reth0 unit 3")}},
			{"an inactive vlan-id", ifs("ge-0/0/1 { vlan-tagging; unit 7 { inactive: vlan-id 7; family inet; } }"), []string{unit("interfaces ge-0/0/1 unit 7")}},
			{"all tagged", ifs("ge-0/0/1 { vlan-tagging; unit 5 { vlan-id 5; } unit 6 { vlan-tags outer 6; } }"), nil},
			{"no tagging", ifs("ge-0/0/1 { unit 0 { family inet; } }"), nil},
			{"tagging inactive", ifs("ge-0/0/1 { inactive: vlan-tagging; unit 0 { family inet; } }"), nil},
			{"a unit inactive", ifs("ge-0/0/1 { vlan-tagging; inactive: unit 0 { family inet; } unit 1 { vlan-id 1; } }"), nil},
			{"the vlan-id by a group", sound + "groups { g { interfaces { <*> { unit <*> { vlan-id 9; } } } } } apply-groups g; interfaces { ge-0/0/1 { vlan-tagging; unit 9 { family inet; } } }", nil},
		},
		"interface-tcp-mss": {
			{"a tunnel", ifs("st0 { unit 0 { family inet { tcp-mss 1310; } } }"), []string{mss("interfaces st0 unit 0 family inet tcp-mss", "1310")}},
			{"IPv6", ifs("reth1 { unit 2 { family inet6 { tcp-mss 1280; } } }"), []string{mss("interfaces reth1 unit 2 family inet6 tcp-mss", "1280")}},
			{"two", ifs("st0 { unit 0 { family inet { tcp-mss 1310; } } unit 1 { family inet { tcp-mss 1320; } } }"),
				[]string{mss("interfaces st0 unit 0 family inet tcp-mss", "1310"), mss("interfaces st0 unit 1 family inet tcp-mss", "1320")}},
			{"of flows", sec("flow { tcp-mss { ipsec-vpn { mss 1350; } } }"), nil},
			{"inactive", ifs("st0 { unit 0 { family inet { inactive: tcp-mss 1310; } } }"), nil},
			{"an MTU", ifs("st0 { unit 0 { family inet { mtu 1400; } } }"), nil},
		},
		"address-twice": {
			{"two interfaces", ifs("reth0 { unit 0 { family inet { address 192.0.2.1/24; } } } st0 { unit 0 { family inet { address 192.0.2.1/30; } } }"),
				[]string{twice("interfaces st0 unit 0 family inet address 192.0.2.1/30")}},
			{"one unit", ifs("reth0 { unit 0 { family inet { address 192.0.2.1/24; address 192.0.2.1/25; } } }"), []string{twice("interfaces reth0 unit 0 family inet address 192.0.2.1/25")}},
			{"IPv6 written differently", ifs("reth0 { unit 0 { family inet6 { address 2001:db8::1/64; } } } reth1 { unit 0 { family inet6 { address 2001:DB8:0::1/64; } } }"),
				[]string{twice("interfaces reth1 unit 0 family inet6 address 2001:DB8:0::1/64")}},
			{"within one node", nodes("interfaces { fxp0 { unit 0 { family inet { address 192.0.2.1/24; } } } lo0 { unit 0 { family inet { address 192.0.2.1/32; } } } }", "system { host-name right; }", ""),
				[]string{"interfaces lo0 unit 0 family inet address 192.0.2.1/32 ⇒ delete groups node0 interfaces lo0 unit 0 family inet address 192.0.2.1/32"}},
			{"different addresses", ifs("reth0 { unit 0 { family inet { address 192.0.2.1/24; address 192.0.2.2/24; } } }"), nil},
			{"one inactive", ifs("reth0 { unit 0 { family inet { address 192.0.2.1/24; } } } inactive: st0 { unit 0 { family inet { address 192.0.2.1/30; } } }"), nil},
			{"fxp0 of both nodes", nodes("interfaces { fxp0 { unit 0 { family inet { address 192.0.2.1/24; } } } }", "interfaces { fxp0 { unit 0 { family inet { address 192.0.2.1/24; } } } }", ""), nil},
			{"lo0 and fxp0 of different nodes", nodes("interfaces { fxp0 { unit 0 { family inet { address 192.0.2.1/24; } } } }", "interfaces { lo0 { unit 0 { family inet { address 192.0.2.1/32; } } } }", ""), nil},
			{"reth and its ports", ifs("ge-0/0/1 { gigether-options { redundant-parent reth0; } } reth0 { unit 0 { family inet { address 192.0.2.1/24; } } }"), nil},
			{"link-local", ifs("reth0 { unit 0 { family inet6 { address fe80::1/64; } } } reth1 { unit 0 { family inet6 { address fe80::1/64; } } }"), nil},
		},
	}
}

func serviceExamples() map[string][]example {
	zone := func(services string) string {
		return sec("zones { security-zone a { interfaces { reth0.0 { host-inbound-traffic { system-services { " + services + " } } } } } }")
	}
	const inbound = "security zones security-zone a interfaces reth0.0 host-inbound-traffic system-services"
	url := func(values string) string {
		return sec("utm { custom-objects { url-pattern u { value [ " + values + " ]; } } }")
	}
	const value = "security utm custom-objects url-pattern u value"
	ssl := func(service string) string {
		return "services ssl " + service + " ⇒ deactivate services ssl " + service + " ⇐ activate services ssl " + service
	}
	return map[string][]example{
		"beside-any-service": {
			{"one", zone("any-service; ping;"), []string{inbound + " ping ⇒ delete " + inbound + " ping"}},
			{"two", zone("ssh; any-service; https;"), []string{inbound + " https ⇒ delete " + inbound + " https", inbound + " ssh ⇒ delete " + inbound + " ssh"}},
			{"an exception", zone("any-service; telnet { except; }"), []string{inbound + " telnet ⇒ delete " + inbound + " telnet"}},
			{"alone", zone("any-service;"), nil},
			{"others", zone("ssh; ping;"), nil},
			{"inactive", zone("any-service; inactive: ping;"), nil},
			{"different interfaces", sec("zones { security-zone a { interfaces { reth0.0 { host-inbound-traffic { system-services { any-service; } } } reth1.0 { host-inbound-traffic { system-services { ping; } } } } } }"), nil},
		},
		"url-wildcard": {
			{"trailing", url("\"http://www.example.net/*\" a.example.net"), []string{value + " http://www.example.net/* ⇒ delete " + value + " http://www.example.net/* ⇒ set " + value + " http://www.example.net"}},
			{"glued", url("\"*example.net\" b"), []string{value + " *example.net ⇒ delete " + value + " *example.net ⇒ set " + value + " *.example.net"}},
			{"glued behind", url("\"www*.example.net\" b"), []string{value + " www*.example.net ⇒ delete " + value + " www*.example.net ⇒ set " + value + " www.example.net"}},
			{"all", url("\"*\" b"), []string{value + " * ⇒ delete " + value + " *"}},
			{"a leading label", url("\"*.example.net\" \"http://*.example.net\""), nil},
			{"none", url("www.example.net http://example.net/a"), nil},
			{"elsewhere", sys("syslog { user * { any emergency; } }"), nil},
		},
		"ssl-certificates": {
			{"proxy", sound + "services { ssl { proxy { profile p { root-ca mine; } } } }", []string{ssl("proxy")}},
			{"termination and initiation", sound + "services { ssl { termination { profile p { server-certificate web; } } initiation { profile q { client-certificate c; } } } }", []string{ssl("initiation"), ssl("termination")}},
			{"a policy uses it", sound + "services { ssl { proxy { profile p { root-ca mine; } } } }\nsecurity { policies { global { policy g { then { permit { application-services { ssl-proxy { profile-name p; } } } } } } } }",
				[]string{"services ssl proxy ⇒ deactivate security policies global policy g then permit application-services ssl-proxy ⇒ deactivate services ssl proxy ⇐ activate services ssl proxy ⇐ activate security policies global policy g then permit application-services ssl-proxy"}},
			{"inactive", sound + "services { inactive: ssl { proxy { profile p { root-ca mine; } } } }", nil},
			{"tracing", sound + "services { ssl { traceoptions { flag all; } } }", nil},
			{"other services", sound + "services { application-identification; }", nil},
		},
	}
}

func natExamples() map[string][]example {
	pool := func(address string) string { return sec("nat { source { pool p { address { " + address + " } } } }") }
	const at = "security nat source pool p address"
	match := func(text string) string {
		return sec("nat { source { rule-set s { rule r { match { " + text + " } then { source-nat { interface; } } } } } }")
	}
	return map[string][]example{
		"nat-range": {
			{"a range", pool("192.0.2.4/32 to 192.0.2.8/32;"), []string{at + " 192.0.2.4/32 to 192.0.2.8/32 ⇒ delete " + at + " 192.0.2.4/32 ⇒ set " + at + " 192.0.2.4/30 ⇒ set " + at + " 192.0.2.8/32"}},
			{"a range backwards", pool("192.0.2.8/32 to 192.0.2.4/32;"), []string{at + " 192.0.2.8/32 to 192.0.2.4/32 ⇒ delete " + at + " 192.0.2.8/32"}},
			{"host bits in a pool", pool("192.0.2.9/24;"), []string{at + " 192.0.2.9/24 ⇒ delete " + at + " 192.0.2.9/24 ⇒ set " + at + " 192.0.2.0/24"}},
			{"host bits in a match", match("source-address [ 10.0.0.0/8 192.0.2.9/28 ];"), []string{"security nat source rule-set s rule r match source-address 192.0.2.9/28 ⇒ delete security nat source rule-set s rule r match source-address 192.0.2.9/28 ⇒ set security nat source rule-set s rule r match source-address 192.0.2.0/28"}},
			{"IPv6", pool("2001:db8::1/128 to 2001:db8::3/128;"), []string{at + " 2001:db8::1/128 to 2001:db8::3/128 ⇒ delete " + at + " 2001:db8::1/128 ⇒ set " + at + " 2001:db8::1/128 ⇒ set " + at + " 2001:db8::2/127"}},
			{"a prefix", pool("192.0.2.8/29;"), nil},
			{"one address", pool("192.0.2.8/32;"), nil},
			{"a match", match("source-address [ 0.0.0.0/0 10.0.0.0/8 ]; destination-address 192.0.2.1/32;"), nil},
			{"inactive", pool("inactive: 192.0.2.4/32 to 192.0.2.8/32;"), nil},
			{"an address book", sec("address-book { global { address a 192.0.2.9/24; } }"), nil},
		},
	}
}

func policyExamples() map[string][]example {
	const p = "security policies from-zone a to-zone b policy p match dynamic-application "
	const g = "security policies global policy g match dynamic-application "
	away := func(at, value string) string { return at + value + " ⇒ delete " + at + value }
	back := func(at, value string) string { return away(at, value) + " ⇐ set " + at + value }
	global := func(match string) string {
		return sec("policies { global { policy g { match { " + match + " } then { permit; } } } }")
	}
	const off = "security policies from-zone a to-zone b policy p then permit application-services idp-policy"
	return map[string][]example{
		"any-with-defaults": {
			{"an application", pol("application junos-defaults; dynamic-application any;"), []string{away(p, "any")}},
			{"a list", pol("application junos-defaults; dynamic-application [ any junos:HTTP ];"), []string{away(p, "any")}},
			{"a global policy", global("application junos-defaults; dynamic-application any;"), []string{away(g, "any")}},
			{"only any", pol("application any; dynamic-application any;"), nil},
			{"only defaults", pol("application junos-defaults; dynamic-application junos:HTTP;"), nil},
			{"two policies", sec("policies { from-zone a to-zone b { policy p { match { dynamic-application any; } } policy q { match { application junos-defaults; } } } }"), nil},
		},
		"icmp-traceroute": {
			{"a policy", pol("dynamic-application junos:ICMP-TRACEROUTE;"), []string{away(p, "junos:ICMP-TRACEROUTE")}},
			{"a list", pol("dynamic-application [ junos:PING junos:ICMP-TRACEROUTE ];"), []string{away(p, "junos:ICMP-TRACEROUTE")}},
			{"a global policy", global("dynamic-application junos:ICMP-TRACEROUTE;"), []string{away(g, "junos:ICMP-TRACEROUTE")}},
			{"another application", pol("dynamic-application junos:PING;"), nil},
			{"no dynamic application", pol("application junos-icmp-all;"), nil},
			{"inactive", pol("inactive: dynamic-application junos:ICMP-TRACEROUTE; application any;"), nil},
		},
		"dynamic-application-any": {
			{"a policy", pol("dynamic-application any;"), []string{back(p, "any")}},
			{"a list", pol("dynamic-application [ any junos:HTTP ];"), []string{back(p, "any")}},
			{"a global policy", global("dynamic-application any;"), []string{back(g, "any")}},
			{"none", pol("dynamic-application none;"), nil},
			{"an application", pol("dynamic-application junos:HTTP;"), nil},
			{"any source", pol("source-address any; destination-address any; application any;"), nil},
		},
		"idp-unlicensed": {
			{"an active policy", sec("idp { active-policy strict; }"), []string{"security idp active-policy ⇒ deactivate security idp active-policy ⇐ activate security idp active-policy"}},
			{"a security policy", sec("policies { from-zone a to-zone b { policy p { then { permit { application-services { idp-policy strict; } } } } } }"), []string{off + " ⇒ deactivate " + off + " ⇐ activate " + off}},
			{"the script of the templates", sys("scripts { commit { file templates.xsl; } }"),
				[]string{"system scripts commit file templates.xsl ⇒ deactivate system scripts commit file templates.xsl ⇐ activate system scripts commit file templates.xsl"}},
			{"the package only", sec("idp { security-package { url \"https://192.0.2.8/\"; } }"), nil},
			{"inactive", sec("inactive: idp { active-policy strict; }"), nil},
			{"other services", sec("policies { global { policy p { then { permit { application-services { application-firewall { rule-set r; } } } } } } }"), nil},
		},
		"idp-signatures": {
			{"an active policy", sec("idp { active-policy strict; }"), []string{"security idp active-policy ⇐ request security idp security-package download ⇐ request security idp security-package install"}},
			{"a security policy", sec("policies { from-zone a to-zone b { policy p { then { permit { application-services { idp-policy strict; } } } } } }"), []string{off + " ⇐ request security idp security-package download ⇐ request security idp security-package install"}},
			{"both once", sec("idp { active-policy strict; default-policy loose; }"), []string{"security idp active-policy ⇐ request security idp security-package download ⇐ request security idp security-package install"}},
			{"none", sound, nil},
			{"inactive", sec("inactive: idp { active-policy strict; }"), nil},
			{"the package only", sec("idp { security-package { automatic { interval 24; } } }"), nil},
		},
		"idp-packet-log-memory": {
			{"a percentage", sec("idp { sensor-configuration { packet-log { total-memory 5; } } }"), []string{"security idp sensor-configuration packet-log total-memory 5 ⇒ delete security idp sensor-configuration packet-log total-memory"}},
			{"beside others", sec("idp { sensor-configuration { packet-log { max-sessions 4; total-memory 8; } } }"), []string{"security idp sensor-configuration packet-log total-memory 8 ⇒ delete security idp sensor-configuration packet-log total-memory"}},
			{"by a group", sound + "groups { g { security { idp { sensor-configuration { packet-log { total-memory 5; } } } } } } apply-groups g;",
				[]string{"security idp sensor-configuration packet-log total-memory 5 ⇒ delete groups g security idp sensor-configuration packet-log total-memory"}},
			{"other memory", sec("idp { sensor-configuration { packet-log { max-sessions 4; } } }"), nil},
			{"inactive", sec("idp { sensor-configuration { inactive: packet-log { total-memory 5; } } }"), nil},
			{"elsewhere", sec("idp { sensor-configuration { log { cache-size 100; } } }"), nil},
		},
	}
}

func tunnelExamples() map[string][]example {
	const vpn = "security ipsec vpn v"
	tunnel := func(text string) string { return sec("ipsec { vpn v { ike { gateway g; } " + text + " } }") }
	to := func(at, value, strong string) string { return at + " " + value + " ⇒ set " + at + " " + strong }
	ssh := func(list, value string) string {
		return "system services ssh " + list + " " + value + " ⇒ delete system services ssh " + list + " " + value
	}
	return map[string][]example{
		"ike-without-interface": {
			{"the others agree", sec("ike { gateway g { ike-policy p; } gateway h { ike-policy p; external-interface reth1.0; } }"),
				[]string{"security ike gateway g ⇒ set security ike gateway g external-interface reth1.0 ⇐ delete security ike gateway g external-interface"}},
			{"alone", sec("ike { gateway g { ike-policy p; } } ipsec { vpn v { ike { gateway g; } establish-tunnels immediately; } }"),
				[]string{"security ike gateway g ⇒ deactivate security ike gateway g ⇒ deactivate security ipsec vpn v ⇐ activate security ike gateway g ⇐ activate security ipsec vpn v"}},
			{"the others differ", sec("ike { gateway g { ike-policy p; } gateway h { external-interface reth1.0; } gateway i { external-interface reth0.0; } }"),
				[]string{"security ike gateway g ⇒ deactivate security ike gateway g ⇐ activate security ike gateway g"}},
			{"with one", sec("ike { gateway g { ike-policy p; external-interface reth1.0; } }"), nil},
			{"by a group", sound + "groups { g { security { ike { gateway <*> { external-interface reth1.0; } } } } } apply-groups g; security { ike { gateway g { ike-policy p; } } }", nil},
			{"inactive", sec("ike { inactive: gateway g { ike-policy p; } }"), nil},
		},
		"late-tunnel": {
			{"nothing said", tunnel("bind-interface st0.0;"), []string{vpn + " ⇒ set " + vpn + " establish-tunnels immediately ⇐ delete " + vpn + " establish-tunnels"}},
			{"on traffic", tunnel("establish-tunnels on-traffic;"), []string{vpn + " establish-tunnels on-traffic ⇒ set " + vpn + " establish-tunnels immediately ⇐ set " + vpn + " establish-tunnels on-traffic"}},
			{"responder only", tunnel("establish-tunnels responder-only;"), []string{vpn + " establish-tunnels responder-only ⇒ set " + vpn + " establish-tunnels immediately ⇐ set " + vpn + " establish-tunnels responder-only"}},
			{"immediately", tunnel("establish-tunnels immediately;"), nil},
			{"by hand", sec("ipsec { vpn v { manual { gateway 192.0.2.7; } } }"), nil},
			{"inactive", sec("ipsec { inactive: vpn v { bind-interface st0.0; } }"), nil},
		},
		"weak-cipher": {
			{"SSH", sys("services { ssh { ciphers [ 3des-cbc aes256-ctr arcfour128 ]; macs [ hmac-md5 hmac-sha2-256 ]; key-exchange dh-group1-sha1; } }"),
				[]string{ssh("ciphers", "3des-cbc"), ssh("ciphers", "arcfour128"), ssh("key-exchange", "dh-group1-sha1"), ssh("macs", "hmac-md5")}},
			{"IKE", sec("ike { proposal p { authentication-algorithm md5; encryption-algorithm 3des-cbc; } }"),
				[]string{to("security ike proposal p authentication-algorithm", "md5", "sha-256"), to("security ike proposal p encryption-algorithm", "3des-cbc", "aes-256-cbc")}},
			{"IPsec", sec("ipsec { proposal p { protocol esp; authentication-algorithm hmac-md5-96; encryption-algorithm des-cbc; } }"),
				[]string{to("security ipsec proposal p authentication-algorithm", "hmac-md5-96", "hmac-sha-256-128"), to("security ipsec proposal p encryption-algorithm", "des-cbc", "aes-256-cbc")}},
			{"strong SSH", sys("services { ssh { ciphers [ aes256-ctr \"aes128-gcm@openssh.com\" ]; macs hmac-sha2-512; } }"), nil},
			{"strong proposals", sec("ike { proposal p { authentication-algorithm sha-384; encryption-algorithm aes-256-gcm; } } ipsec { proposal p { encryption-algorithm aes-256-gcm; } }"), nil},
			{"inactive", sec("ike { inactive: proposal p { encryption-algorithm 3des-cbc; } }"), nil},
		},
	}
}

func lossExamples() map[string][]example {
	load := func(path, id string) string {
		return path + " " + id + " ⇐ request security pki local-certificate load certificate-id " + id + " filename /var/tmp/" + id + ".pem key /var/tmp/" + id + ".key"
	}
	return map[string][]example{
		"certificate-lost": {
			{"IKE", sec("ike { policy p { certificate { local-certificate edge; } } }"), []string{load("security ike policy p certificate local-certificate", "edge")}},
			{"web management", sys("services { web-management { https { pki-local-certificate web; } } }"), []string{load("system services web-management https pki-local-certificate", "web")}},
			{"two references", sec("ike { policy p { certificate { local-certificate edge; } } policy q { certificate { local-certificate edge; } } }"),
				[]string{load("security ike policy p certificate local-certificate", "edge"), load("security ike policy q certificate local-certificate", "edge")}},
			{"generated by the system", sys("services { web-management { https { system-generated-certificate; } } }"), nil},
			{"a pre-shared key", sec("ike { policy p { pre-shared-key ascii-text \"$9$invented\"; } }"), nil},
			{"inactive", sec("ike { policy p { inactive: certificate { local-certificate edge; } mode main; } }"), nil},
		},
		"file-lost": {
			{"a commit script", sys("scripts { commit { file tidy.slax; } }"), []string{"system scripts commit file tidy.slax ⇐ file copy /var/tmp/tidy.slax /var/db/scripts/commit/tidy.slax"}},
			{"an event script", sound + "event-options { event-script { file watch.py; } }", []string{"event-options event-script file watch.py ⇐ file copy /var/tmp/watch.py /var/db/scripts/event/watch.py"}},
			{"a path", sec("dynamic-address { feed-server f { file \"/var/db/feeds/list.txt\"; } }"), []string{"security dynamic-address feed-server f file /var/db/feeds/list.txt ⇐ file copy /var/tmp/list.txt /var/db/feeds/list.txt"}},
			{"a log", sys("syslog { file messages { any notice; } }"), nil},
			{"a URL", sec("dynamic-address { feed-server f { url \"https://192.0.2.4/list\"; } }"), nil},
			{"a description", ifs("reth0 { description \"/var/tmp is full\"; }"), nil},
			{"inactive", sys("inactive: scripts { commit { file tidy.slax; } }"), nil},
		},
	}
}

func accessExamples() map[string][]example {
	const login = "system services ssh root-login"
	preempt := func(group string) string {
		at := "chassis cluster redundancy-group " + group + " preempt"
		return at + " ⇒ deactivate " + at + " ⇐ activate " + at
	}
	rg := func(text string) string { return sound + "chassis { cluster { " + text + " } }" }
	return map[string][]example{
		"root-login-closed": {
			{"denied", "system { services { ssh { root-login deny; } } }", []string{login + " deny ⇒ set " + login + " allow ⇐ set " + login + " deny"}},
			{"keys only", "system { services { ssh { root-login deny-password; } } }", []string{login + " deny-password ⇒ set " + login + " allow ⇐ set " + login + " deny-password"}},
			{"not said", "system { services { ssh; } }", []string{login + " ⇒ set " + login + " allow ⇐ delete " + login}},
			{"inactive", "system { services { ssh { inactive: root-login allow; } } }", []string{login + " ⇒ set " + login + " allow ⇒ activate " + login + " ⇐ deactivate " + login}},
			{"SSH inactive", "system { services { inactive: ssh { root-login allow; } ftp; } }", []string{login + " ⇒ set " + login + " allow ⇒ activate system services ssh ⇐ deactivate system services ssh"}},
			{"no SSH", "system { host-name gw; }", []string{login + " ⇒ set " + login + " allow ⇐ delete " + login}},
			{"denied by a group", "groups { g { system { services { ssh { root-login deny; } } } } } apply-groups g;", []string{login + " deny ⇒ set groups g " + login + " allow ⇐ set groups g " + login + " deny"}},
			{"allowed", sound, nil},
			{"allowed by a group", "groups { g { system { services { ssh { root-login allow; } } } } } apply-groups g; system { host-name gw; }", nil},
			{"allowed over a group", "groups { g { system { services { ssh { root-login deny; } } } } } apply-groups g;\n" + sound, nil},
		},
		"netconf-absent": {
			{"none", "system { services { ssh { root-login allow; } } }", []string{"system services netconf ssh ⇒ set system services netconf ssh ⇐ delete system services netconf ssh"}},
			{"without SSH", "system { services { netconf { rfc-compliant; } } }", []string{"system services netconf ssh ⇒ set system services netconf ssh ⇐ delete system services netconf ssh"}},
			{"inactive", "system { services { netconf { inactive: ssh; rfc-compliant; } } }", []string{"system services netconf ssh ⇒ set system services netconf ssh ⇒ activate system services netconf ssh ⇐ deactivate system services netconf ssh"}},
			{"there", sound, nil},
			{"with a port", "system { services { netconf { ssh { port 830; } } } }", nil},
			{"by a group", "groups { g { system { services { netconf { ssh; } } } } } apply-groups g; system { host-name gw; }", nil},
		},
		"preempt-active": {
			{"group 1", rg("redundancy-group 1 { node 0 priority 90; preempt; }"), []string{preempt("1")}},
			{"two groups", rg("redundancy-group 1 { preempt; } redundancy-group 2 { preempt; }"), []string{preempt("1"), preempt("2")}},
			{"with a delay", rg("redundancy-group 1 { preempt { delay 30; } }"), []string{preempt("1")}},
			{"by a group", rg("redundancy-group 1 { node 0 priority 90; }") + "groups { g { chassis { cluster { redundancy-group <*> { preempt; } } } } } apply-groups g;",
				[]string{"chassis cluster redundancy-group 1 preempt ⇒ deactivate groups g chassis cluster redundancy-group <*> preempt ⇐ activate groups g chassis cluster redundancy-group <*> preempt"}},
			{"inactive", rg("redundancy-group 1 { inactive: preempt; node 0 priority 90; }"), nil},
			{"group 0", rg("redundancy-group 0 { preempt; }"), nil},
			{"none", rg("redundancy-group 1 { node 0 priority 90; }"), nil},
			{"the group inactive", rg("inactive: redundancy-group 1 { preempt; }"), nil},
		},
	}
}
