package junos

import (
	"context"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

func (s *Session) interfaces(ctx context.Context) ([]upgrade.Interface, error) {
	return ask(ctx, s, "<get-interface-information><terse/></get-interface-information>", readInterfaces)
}

// readInterfaces reads the physical interfaces, of a terse reply or a whole one.
func readInterfaces(o output) ([]upgrade.Interface, error) {
	if o.tree.first("interface-information") == nil {
		return nil, unrecognised("interface-information")
	}
	var interfaces []upgrade.Interface
	for _, e := range o.tree.all("physical-interface") {
		i := upgrade.Interface{Name: e.value("name"), Admin: e.value("admin-status"), Oper: e.value("oper-status")}
		if i.Name == "" {
			return nil, unrecognised("name of an interface")
		}
		interfaces = append(interfaces, i)
	}
	return interfaces, nil
}

func (s *Session) routes(ctx context.Context) ([]upgrade.RouteTable, error) {
	return ask(ctx, s, "<get-route-summary-information/>", readRoutes)
}

func readRoutes(o output) ([]upgrade.RouteTable, error) {
	if o.tree.first("route-summary-information") == nil {
		return nil, unrecognised("route-summary-information")
	}
	var tables []upgrade.RouteTable
	for _, e := range o.tree.all("route-table") {
		table := upgrade.RouteTable{Name: e.value("table-name"), Active: map[string]int{}}
		if table.Name == "" {
			return nil, unrecognised("name of a routing table")
		}
		for _, protocol := range e.all("protocols") {
			routes, err := number(protocol, "active-route-count")
			if err != nil {
				return nil, err
			}
			table.Active[protocol.value("protocol-name")] = routes
		}
		tables = append(tables, table)
	}
	return tables, nil
}

const noBGP = "BGP is not running"

// peers reads the BGP neighbours. A device without BGP has none: it says so in a text, or in an error.
func (s *Session) peers(ctx context.Context) ([]upgrade.Peer, error) {
	peers, err := ask(ctx, s, "<get-bgp-summary-information/>", readPeers)
	if says(err, noBGP) {
		return nil, nil
	}
	return peers, err
}

func readPeers(o output) ([]upgrade.Peer, error) {
	if o.tree.first("bgp-information") == nil {
		if strings.Contains(o.text, noBGP) {
			return nil, nil
		}
		return nil, upgrade.Errorf(upgrade.Malformed, "the output holds no bgp-information, but %q", o.text)
	}
	var peers []upgrade.Peer
	for _, e := range o.tree.all("bgp-peer") {
		address, _, _ := strings.Cut(e.value("peer-address"), "+") // "192.0.2.1+179" names the port too
		peer := upgrade.Peer{Address: address, State: e.value("peer-state")}
		for _, rib := range e.all("bgp-rib") {
			active, err := number(rib, "active-prefix-count")
			if err != nil {
				return nil, err
			}
			peer.Active += active
		}
		peers = append(peers, peer)
	}
	return peers, nil
}

// tunnels reads the remote addresses of the IKE associations that are up; indices, cookies and lifetimes differ anyway.
func (s *Session) tunnels(ctx context.Context) ([]string, error) {
	found, err := ask(ctx, s, "<get-ike-security-associations-information/>", readTunnels)
	if err != nil {
		return nil, err
	}
	var remotes []string
	for _, association := range found.IKE {
		if strings.EqualFold(association.State, "up") {
			remotes = append(remotes, association.Remote)
		}
	}
	slices.Sort(remotes)
	return slices.Compact(remotes), nil
}

// sessions reads the valid flow sessions. Both nodes of a cluster hold the synchronised sessions, so that the larger
// number is the cluster's.
func (s *Session) sessions(ctx context.Context) (int, error) {
	counts, err := ask(ctx, s, "<get-flow-session-information><summary/></get-flow-session-information>", readFlowSessions)
	if err != nil {
		return 0, err
	}
	most := 0
	for _, count := range counts {
		most = max(most, count.Valid)
	}
	return most, nil
}
