package sim

import (
	"net/netip"
	"slices"
	"strings"
)

// statements are the active statements of the committed configuration, one list of words each, without "set". While a
// check looks at all of them they are read once.
func (g *appliance) statements() [][]string {
	if g.examined != nil {
		return g.examined
	}
	var lines, off []string
	for line := range strings.Lines(g.config.setForm()) {
		verb, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		if verb == "deactivate" {
			off = append(off, path)
		} else {
			lines = append(lines, path)
		}
	}
	var list [][]string
	for _, line := range lines {
		inactive := slices.ContainsFunc(off, func(path string) bool { return line == path || strings.HasPrefix(line, path+" ") })
		if words, err := splitWords(line); err == nil && !inactive {
			list = append(list, words)
		}
	}
	return list
}

// match compares words with a pattern in which "*" is any word; what follows the pattern does not matter.
func match(words []string, pattern string) bool {
	wanted := strings.Fields(pattern)
	if len(words) < len(wanted) {
		return false
	}
	for i, w := range wanted {
		if w != "*" && w != words[i] {
			return false
		}
	}
	return true
}

// has makes a predicate: some active statement matches one of the patterns.
func has(patterns ...string) func(*member) bool {
	return func(m *member) bool {
		return slices.ContainsFunc(m.gateway.statements(), func(words []string) bool {
			return slices.ContainsFunc(patterns, func(p string) bool { return match(words, p) })
		})
	}
}

// statementObstacles are the codes that a configuration causes (IBM: "Correcting vSRX readiness check errors").
func statementObstacles() []obstacle {
	return []obstacle{
		{1115, has("system services ssh connection-limit")},
		{1124, (*member).untaggedUnit},
		{1125, (*member).structuredAndExplicit},
		{1131, func(m *member) bool {
			return slices.ContainsFunc(m.gateway.statements(), func(words []string) bool { return slices.Contains(words, "address-range") })
		}},
		{1139, has("interfaces * unit * family inet tcp-mss")},
		{1140, has("security datapath-debug")},
		{1142, (*member).repeatedAddress},
		{1145, has("security idp active-policy", "security idp idp-policy", "security policies from-zone * to-zone * policy * then permit application-services idp",
			"security policies from-zone * to-zone * policy * then permit application-services idp-policy")},
		{1147, (*member).wildURL},
		{1155, (*member).besideAnyService},
		{1157, has("services ssl initiation", "services ssl termination", "services ssl proxy")},
		{1158, (*member).natRange},
		{1159, has("system services rest https server-certificate")},
		{1160, has("security idp sensor-configuration packet-log total-memory")},
		{1165, func(m *member) bool { return m.policyMatches("any") && m.policyMatches("junos-defaults") }},
		{1167, (*member).homelessGateway},
		{1169, func(m *member) bool { return m.policyMatches("junos:ICMP-TRACEROUTE") }},
	}
}

// statementWarnings are the warnings that a configuration causes.
func statementWarnings() []obstacle {
	return []obstacle{
		{1176, (*member).lateTunnel},
		{1177, func(m *member) bool { return m.policyMatches("any") }},
	}
}

// groupBy collects the statements that match a pattern under the words at its stars.
func (m *member) groupBy(pattern string) map[string][][]string {
	groups := map[string][][]string{}
	fields := strings.Fields(pattern)
	for _, words := range m.gateway.statements() {
		if !match(words, pattern) {
			continue
		}
		var key []string
		for i, f := range fields {
			if f == "*" {
				key = append(key, words[i])
			}
		}
		groups[strings.Join(key, " ")] = append(groups[strings.Join(key, " ")], words[len(fields):])
	}
	return groups
}

// untaggedUnit is a unit without vlan-id on an interface with vlan-tagging.
func (m *member) untaggedUnit() bool {
	units := m.groupBy("interfaces * unit *")
	for _, words := range m.gateway.statements() {
		if !match(words, "interfaces * vlan-tagging") {
			continue
		}
		for key, unit := range units {
			if strings.HasPrefix(key, words[1]+" ") && !slices.ContainsFunc(unit, func(w []string) bool { return match(w, "vlan-id") }) {
				return true
			}
		}
	}
	return false
}

// structuredAndExplicit is a syslog target with both structured-data and explicit-priority.
func (m *member) structuredAndExplicit() bool {
	for _, target := range []string{"file", "host"} {
		for _, lines := range m.groupBy("system syslog " + target + " *") {
			holds := func(word string) bool {
				return slices.ContainsFunc(lines, func(w []string) bool { return match(w, word) })
			}
			if holds("structured-data") && holds("explicit-priority") {
				return true
			}
		}
	}
	return false
}

// repeatedAddress is one IP address at two interfaces.
func (m *member) repeatedAddress() bool {
	seen := map[string]string{}
	for _, words := range m.gateway.statements() {
		if !match(words, "interfaces * unit * family inet address *") {
			continue
		}
		address, _, _ := strings.Cut(words[7], "/")
		at := words[1] + "." + words[3]
		if before, found := seen[address]; found && before != at {
			return true
		}
		seen[address] = at
	}
	return false
}

// wildURL is a url-pattern with a "*" at its end or glued to a name.
func (m *member) wildURL() bool {
	for _, words := range m.gateway.statements() {
		if !match(words, "security utm custom-objects url-pattern * value *") {
			continue
		}
		pattern := strings.Trim(words[6], `"`)
		for i, r := range pattern {
			if r == '*' && !strings.HasPrefix(pattern[i:], "*.") || r == '*' && i > 0 && pattern[i-1] != '/' && pattern[i-1] != '.' {
				return true
			}
		}
	}
	return false
}

// besideAnyService is any-service with another service at one interface of a zone.
func (m *member) besideAnyService() bool {
	for _, lines := range m.groupBy("security zones security-zone * interfaces * host-inbound-traffic system-services") {
		if len(lines) > 1 && slices.ContainsFunc(lines, func(w []string) bool { return match(w, "any-service") }) {
			return true
		}
	}
	return false
}

// natRange is a NAT address that is neither one address nor a prefix without host bits.
func (m *member) natRange() bool {
	for _, words := range m.gateway.statements() {
		if !match(words, "security nat") {
			continue
		}
		for i, word := range words[:len(words)-1] {
			if word != "address" && word != "source-address" && word != "destination-address" {
				continue
			}
			if i+2 < len(words) && words[i+2] == "to" {
				return true
			}
			prefix, err := netip.ParsePrefix(words[i+1])
			if err == nil && prefix.Masked() != prefix {
				return true
			}
		}
	}
	return false
}

// policyMatches tells whether a policy matches a dynamic application.
func (m *member) policyMatches(application string) bool {
	for _, words := range m.gateway.statements() {
		if match(words, "security policies") && slices.Contains(words, "dynamic-application") && words[len(words)-1] == application {
			return true
		}
	}
	return false
}

// homelessGateway is an IKE gateway without external-interface.
func (m *member) homelessGateway() bool {
	for _, lines := range m.groupBy("security ike gateway *") {
		if !slices.ContainsFunc(lines, func(w []string) bool { return match(w, "external-interface") }) {
			return true
		}
	}
	return false
}

// lateTunnel is a VPN that does not come up by itself.
func (m *member) lateTunnel() bool {
	for _, lines := range m.groupBy("security ipsec vpn *") {
		if !slices.ContainsFunc(lines, func(w []string) bool { return match(w, "establish-tunnels immediately") }) {
			return true
		}
	}
	return false
}
