package junos

import (
	"context"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

func (s *Session) interfaces(ctx context.Context) ([]upgrade.Interface, error) {
	reply, _, err := s.ask(ctx, "<get-interface-information><terse/></get-interface-information>", "interface-information")
	if err != nil {
		return nil, err
	}
	var interfaces []upgrade.Interface
	for _, e := range reply.all("physical-interface") {
		interfaces = append(interfaces, upgrade.Interface{Name: e.value("name"), Admin: e.value("admin-status"), Oper: e.value("oper-status")})
	}
	return interfaces, nil
}

func (s *Session) routes(ctx context.Context) ([]upgrade.RouteTable, error) {
	reply, _, err := s.ask(ctx, "<get-route-summary-information/>", "route-summary-information")
	if err != nil {
		return nil, err
	}
	var tables []upgrade.RouteTable
	for _, e := range reply.all("route-table") {
		table := upgrade.RouteTable{Name: e.value("table-name"), Active: map[string]int{}}
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

// peers reads the BGP neighbours. A device without BGP has none: it says so in a text, or in an error.
func (s *Session) peers(ctx context.Context) ([]upgrade.Peer, error) {
	reply, text, err := s.ask(ctx, "<get-bgp-summary-information/>", "bgp-information")
	if says(err, "BGP is not running") || strings.Contains(text, "BGP is not running") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var peers []upgrade.Peer
	for _, e := range reply.all("bgp-peer") {
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
	reply, _, err := s.ask(ctx, "<get-ike-security-associations-information/>", "ike-security-associations-information")
	if err != nil {
		return nil, err
	}
	var remotes []string
	for _, e := range reply.all("ike-security-associations") {
		if strings.EqualFold(e.value("ike-sa-state"), "up") {
			remotes = append(remotes, e.value("ike-sa-remote-address"))
		}
	}
	slices.Sort(remotes)
	return slices.Compact(remotes), nil
}

// sessions reads the valid flow sessions. Both nodes of a cluster hold the synchronised sessions, so that the larger
// number is the cluster's.
func (s *Session) sessions(ctx context.Context) (int, error) {
	reply, _, err := s.ask(ctx, "<get-flow-session-information><summary/></get-flow-session-information>", "flow-session-summary-information")
	if err != nil {
		return 0, err
	}
	most := 0
	for _, e := range reply.all("flow-session-summary-information") {
		valid, err := number(e, "active-session-valid")
		if err != nil {
			return 0, err
		}
		most = max(most, valid)
	}
	return most, nil
}
