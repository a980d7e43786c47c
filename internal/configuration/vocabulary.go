package configuration

// keyed reports whether a keyword is followed by a key that Junos prints on the same line: "unit 0 {". It is what the
// set form does not tell.
func keyed(keyword string) bool {
	switch keyword {
	case "address", "address-set", "application", "application-set", "area", "as-path", "ca-profile", "class", "cluster-id",
		"community", "family", "file", "filter", "fpc", "from-zone", "to-zone", "gateway", "group", "host", "ids-option", "instance",
		"interface", "neighbor", "node", "pic", "policer", "policy", "policy-statement", "pool", "prefix-list", "profile", "proposal",
		"redundancy-group", "route", "rule", "rule-set", "security-zone", "server", "ssh-dsa", "ssh-ecdsa", "ssh-ed25519", "ssh-rsa", "static-nat",
		"term", "traffic-selector", "unit", "url-pattern", "user", "vpn", "vrrp-group", "idp-policy", "custom-url-category", "scheduler",
		"forwarding-class", "category", "policy-options", "snmp-community", "static-address", "range", "authentication-key", "port-mirror":
		return keyword != "policy-options"
	}
	return false
}

// bareList reports whether a keyword is followed by keys on lines of their own: "interfaces { ge-0/0/0 { … } }".
func bareList(keyword string) bool {
	switch keyword {
	case groupsWord, "address-book", "interfaces", "interface-monitor", "name-server", "protocols", "radius-server", "routing-instances", "system-services",
		"tacplus-server", "vlans":
		return true
	}
	return false
}

// valueList reports whether a keyword takes any number of values: "source-address [ a b ]".
func valueList(keyword string) bool {
	switch keyword {
	case applyGroups, applyGroupsExcept, "allow-commands", "certificate-authorities", "ciphers", "destination-address", "destination-port",
		"destination-prefix-list", "dynamic-application", "export", "flag", "hostkey-algorithm", "icmp-type", "import", "key-exchange", "macs",
		"members", "next-hop", "permissions", "prefix-list-name", "proposals", "protocol", "source-address", "source-port",
		"source-prefix-list", "source-identity", "route-filter", "to", "url-list", "value", "vlan-id-list", "domain-search", "archive-sites":
		return true
	}
	return false
}

// valued reports whether a keyword takes exactly one value, so that a second one replaces the first.
func valued(keyword string) bool {
	switch keyword {
	case "action", "active-policy", "ascii-text", "authentication-algorithm", "authentication-method", "autonomous-system", "bind-interface",
		"connection-limit", "description", "device-count", "dh-group", "domain-name", "encrypted-password", "encryption-algorithm",
		"establish-tunnels", "external-interface", "full-name", "heartbeat-interval", "heartbeat-threshold", "hexadecimal",
		"hold-down-interval", "host-name", "ike-policy", "ipsec-policy", "lifetime-seconds", "local-certificate", "metric", "minimum-links", "mode",
		"mtu", "native-vlan-id", "preference", "priority", "rate-limit", "reth-count", "root-login", "router-id", "screen", "server-certificate",
		"tcp-mss", "time-zone", "total-memory", "uid", "version", "vlan-id", "weight":
		return true
	}
	return false
}

// takesOne reports whether n is a keyword with one value. Where the vocabulary does not know it, the source's layout
// tells; a set form has none, and there a value is what does not look like a keyword.
func (n *Node) takesOne() bool {
	if len(n.children) != 1 || !n.children[0].Leaf() {
		return false
	}
	if n.parentKeyed() && n.parent.word != "address" { // an entry of a list: what follows may be one of many
		return false
	}
	switch value := n.children[0]; {
	case valued(n.word):
		return true
	case keyed(n.word) || bareList(n.word) || valueList(n.word) || value.flags&listed != 0:
		return false
	case value.flags&structured != 0:
		return value.flags&joined != 0
	default:
		return !plainKeyword(value.word)
	}
}

// plainKeyword reports whether a word could be a keyword of the hierarchy: lower-case letters and hyphens.
func plainKeyword(word string) bool {
	for _, c := range []byte(word) {
		if (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return word != ""
}

// optionWords returns how many words follow an option of a statement whose options stand on one line, -1 when the word
// is no option of it.
func optionWords(keyword, option string) int {
	switch keyword {
	case "term": // of an application
		switch option {
		case "alg", "application-protocol", "destination-port", "icmp-code", "icmp-type", "icmp6-code", "icmp6-type", "inactivity-timeout", "protocol",
			"rpc-program-number", "source-port", "uuid":
			return 1
		}
	case "server": // of NTP
		switch option {
		case "key", "routing-instance", "source-address", "version":
			return 1
		case "prefer":
			return 0
		}
	case "archive", "file": // of syslog, of traceoptions
		switch option {
		case "files", "match", "size":
			return 1
		case "binary-data", "no-binary-data", "no-world-readable", "world-readable":
			return 0
		}
	case "authentication-key": // of NTP
		switch option {
		case "type", "value":
			return 1
		}
	case "threshold": // of NTP
		if option == "action" {
			return 1
		}
	}
	return -1
}

// manyOptions reports whether a word begins a statement that Junos prints with its options on one line in curly form and
// on a line each in set form, and how many words name the statement. The two words before tell which statement it is.
func manyOptions(word, before, above string) (head int, ok bool) {
	switch word {
	case "term":
		return 2, above == "application"
	case "server", "authentication-key":
		return 2, before == "ntp"
	case "threshold":
		return 1, before == "ntp"
	case "archive":
		return 1, true
	case "file":
		return 1, before == "traceoptions"
	}
	return 0, false
}
