package junos

import (
	"regexp"
	"strings"
)

// IKE is an IKE security association.
type IKE struct {
	Node   string
	Index  string
	State  string // as printed: UP, DOWN, ...
	Remote string // address of the peer
}

// IPsec is one direction of an IPsec security association.
type IPsec struct {
	Node    string
	Tunnel  string // index
	Inbound bool
	Gateway string
}

// InactiveTunnel is a tunnel that is configured and has no association, with the reason.
type InactiveTunnel struct {
	Node    string
	Tunnel  string
	Gateway string
	Reason  string
}

// Tunnels is what a device says of its VPNs.
type Tunnels struct {
	IKE      []IKE
	IPsec    []IPsec
	Inactive []InactiveTunnel
}

// The rows of "show security ike security-associations", "show security ipsec security-associations" and "show security
// ipsec inactive-tunnels". Before Junos 10 the peer stood in the second column.
var (
	oldIKERow   = regexp.MustCompile(`^(\d+)\s+([0-9a-fA-F.:]+)\s+([A-Z]+)\s+[0-9a-f]{8,16}\s+[0-9a-f]{8,16}\s+\S+$`)
	oldIPsecRow = regexp.MustCompile(`^([<>])\s*(\d+)\s+([0-9a-fA-F.:]+)\s+\d+\s+\S+:\S.*$`)
	ikeRow      = regexp.MustCompile(`^(\d+)\s+([A-Z]+)\s+[0-9a-f]{8,16}\s+[0-9a-f]{8,16}\s+\S.*?\s+([0-9a-fA-F.:]+)$`)
	ipsecRow    = regexp.MustCompile(`^([<>])\s*(\d+)\s+\S+:.*\s([0-9a-fA-F.:]+)$`)
	inactiveRow = regexp.MustCompile(`^(\d+)\s+\d+\s+([0-9a-fA-F.:]+)\s+\d+\s+(\S.*)$`)
	vpnRow      = regexp.MustCompile(`^(?:[<>]\s*)?\d+\s`)
	vpnHeader   = regexp.MustCompile(`^(?:Index\s+(?:State|Remote)|ID\s+(?:Algorithm|Port|Gateway)|Total (?:active|inactive) tunnels)`)
)

// ParseTunnels reads the associations and inactive tunnels of one or more of these commands, in any form. An output
// without any of them is an error of kind Malformed.
func ParseTunnels(raw string) (Tunnels, error) {
	o, err := readOutput(raw)
	if err != nil {
		return Tunnels{}, err
	}
	return readTunnels(o)
}

func readTunnels(o output) (Tunnels, error) {
	var tunnels Tunnels
	recognised := false
	for _, p := range o.byNode() {
		recognised = recognised || p.tree.first("ike-security-associations-information", "ipsec-security-associations-information",
			"ike-security-associations", "ipsec-security-associations", "ipsec-unestablished-tunnel-information") != nil
		tunnels.readTree(p)
		is, err := tunnels.readText(p)
		if err != nil {
			return Tunnels{}, err
		}
		recognised = recognised || is
	}
	if !recognised {
		return Tunnels{}, unrecognised("security association")
	}
	return tunnels, nil
}

func (t *Tunnels) readTree(p part) {
	for _, e := range p.tree.all("ike-security-associations") {
		t.IKE = append(t.IKE, IKE{Node: p.node, Index: e.value("ike-sa-index"), State: e.value("ike-sa-state"), Remote: e.value("ike-sa-remote-address")})
	}
	for _, e := range p.tree.all("ipsec-security-associations") {
		t.IPsec = append(t.IPsec, IPsec{
			Node: p.node, Tunnel: e.value("sa-tunnel-index"), Gateway: e.value("sa-remote-gateway"),
			Inbound: strings.HasPrefix(e.value("sa-direction"), "<") || strings.EqualFold(e.value("sa-direction"), "inbound"),
		})
	}
}

// readText reads the rows under their headers. A row of no known form is an error: it may be the end of a cut text.
func (t *Tunnels) readText(p part) (recognised bool, err error) {
	for _, line := range lines(p.text) {
		if vpnHeader.MatchString(line) {
			recognised = true
			continue
		}
		if !recognised || !vpnRow.MatchString(line) {
			continue
		}
		if !t.readRow(p.node, line) {
			return true, incomplete("the list of tunnels", line)
		}
	}
	return recognised, nil
}

func (t *Tunnels) readRow(node, row string) bool {
	if m := ikeRow.FindStringSubmatch(row); m != nil {
		t.IKE = append(t.IKE, IKE{Node: node, Index: m[1], State: m[2], Remote: m[3]})
	} else if m := oldIKERow.FindStringSubmatch(row); m != nil {
		t.IKE = append(t.IKE, IKE{Node: node, Index: m[1], State: m[3], Remote: m[2]})
	} else if m := oldIPsecRow.FindStringSubmatch(row); m != nil {
		t.IPsec = append(t.IPsec, IPsec{Node: node, Tunnel: m[2], Inbound: m[1] == "<", Gateway: m[3]})
	} else if m := ipsecRow.FindStringSubmatch(row); m != nil {
		t.IPsec = append(t.IPsec, IPsec{Node: node, Tunnel: m[2], Inbound: m[1] == "<", Gateway: m[3]})
	} else if m := inactiveRow.FindStringSubmatch(row); m != nil {
		t.Inactive = append(t.Inactive, InactiveTunnel{Node: node, Tunnel: m[1], Gateway: m[2], Reason: m[3]})
	} else {
		return false
	}
	return true
}
