package sim

import (
	"slices"
	"strings"
)

// kind says how a configuration statement is written; the set form alone does not tell a container from a value.
type kind string

const (
	container kind = "container" // system { ... }
	named     kind = "named"     // unit 0 { ... }
	list      kind = "list"      // system-services { ssh; ping; }, each entry an XML element of its own
	keyed     kind = "keyed"     // family inet { ... }
	wildcard  kind = "wildcard"  // ge-0/0/0 { ... }, the keyword is only the XML element
	zonePair  kind = "zone-pair" // from-zone a to-zone b { ... }
	value     kind = "value"     // host-name a;
	values    kind = "values"    // protocols [ a b ];
	flag      kind = "flag"      // preempt;
)

// rule is one statement of the Junos hierarchy.
type rule struct {
	keyword string
	kind    kind
	secret  bool // its value is printed with SECRET-DATA
	inline  bool // its children are printed on the same line
	rules   []*rule
}

// hierarchy lists the part of the Junos statement hierarchy that gateways of IBM use. A statement that is not listed
// is kept as one line in all three forms. Nesting is by tab; the options secret and inline are those of rule.
const hierarchy = `
groups list
	groups wildcard
system container
	host-name value
	root-authentication container
		encrypted-password value secret
	login container
		message value
		class named
			permissions values
		user named
			uid value
			class value
			authentication container
				encrypted-password value secret
	services container
		ssh container
			root-login value
			connection-limit value
			ciphers values
			protocol-version value
		netconf container
			ssh container
				port value
		web-management container
			https container
				port value
				system-generated-certificate flag
				interface values
	name-server list
		name-server wildcard
	ntp container
		server named
	syslog container
		user named
			any value
		file named
			any value
			structured-data flag
			explicit-priority flag
		host named
			any value
			structured-data flag
			explicit-priority flag
	ports container
		console container
			insecure flag
			disable flag
	time-zone value
chassis container
	cluster container
		control-link-recovery flag
		reth-count value
		heartbeat-interval value
		heartbeat-threshold value
		redundancy-group named
			node named inline
				priority value
			preempt flag
			interface-monitor list
				interface-monitor wildcard inline
					weight value
	aggregated-devices container
		ethernet container
			device-count value
security container
	ike container
		proposal named
			authentication-method value
			dh-group value
			authentication-algorithm value
			encryption-algorithm value
			lifetime-seconds value
		policy named
			mode value
			proposals value
			pre-shared-key container
				ascii-text value secret
			certificate container
				local-certificate value
		gateway named
			ike-policy value
			address value
			external-interface value
			version value
	ipsec container
		proposal named
			protocol value
			authentication-algorithm value
			encryption-algorithm value
		policy named
			proposals value
		vpn named
			bind-interface value
			ike container
				gateway value
				ipsec-policy value
			establish-tunnels value
	log container
		mode value
		report flag
	address-book named
		address named inline
		address-set named
	screen container
		ids-option named
	nat container
		source container
			pool named
				address list
					address wildcard
			rule-set named
				rule named
					match container
						source-address values
						destination-address values
					then container
						source-nat container
							interface flag
							pool container
		static container
			rule-set named
	policies container
		policy zone-pair
			policy named
				match container
					source-address values
					destination-address values
					application values
					dynamic-application values
				then container
					permit flag
					deny flag
					reject flag
					log container
						session-init flag
						session-close flag
		default-policy container
			permit-all flag
			deny-all flag
	zones container
		security-zone named
			screen value
			tcp-rst flag
			host-inbound-traffic container
				system-services list
					system-services wildcard
				protocols list
					protocols wildcard
			interfaces list
				interfaces wildcard
					host-inbound-traffic container
						system-services list
							system-services wildcard
						protocols list
							protocols wildcard
	idp container
	utm container
interfaces container
	interface wildcard
		description value
		vlan-tagging flag
		mtu value
		gigether-options container
			redundant-parent value
		fabric-options container
			member-interfaces list
				member-interfaces wildcard
		redundant-ether-options container
			redundancy-group value
		unit named
			description value
			vlan-id value
			family keyed
				mtu value
				address named
				filter container
					input value
					output value
firewall container
	filter named
		term named
			from container
				source-address list
					source-address wildcard
				destination-address list
					destination-address wildcard
				protocol values
				destination-port values
				source-port values
			then container
				accept flag
				discard flag
				log flag
policy-options container
	prefix-list named
	policy-statement named
protocols container
	bgp container
		group named
			type value
			peer-as value
			local-as value
			neighbor named
snmp container
	community named
routing-options container
	static container
		route named inline
			next-hop values
			discard flag
	autonomous-system value
	router-id value
applications container
	application named
		protocol value
		destination-port value
`

// newGrammar parses the hierarchy.
func newGrammar() *rule {
	root := &rule{kind: container}
	open := []*rule{root}
	for line := range strings.Lines(hierarchy) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, "\t"))
		r := &rule{keyword: words[0], kind: kind(words[1]), secret: slices.Contains(words, "secret"), inline: slices.Contains(words, "inline")}
		open = append(open[:depth+1], r)
		open[depth].rules = append(open[depth].rules, r)
	}
	return root
}

// find is the rule for a word below r; nil if the hierarchy does not list it.
func (r *rule) find(word string) *rule {
	if r == nil {
		return nil
	}
	var free *rule
	for _, c := range r.rules {
		switch {
		case c.kind == zonePair && word == "from-zone", c.kind != wildcard && c.kind != zonePair && c.keyword == word:
			return c
		case c.kind == wildcard:
			free = c
		}
	}
	return free
}

// width is how many words of a statement name the node itself.
func (r *rule) width() int {
	switch r.kind {
	case named, keyed:
		return 2
	case zonePair:
		return 4
	}
	return 1
}
