package junos

import (
	"context"
	"fmt"

	"vsrx-upgrade/internal/upgrade"
)

// Snapshot reads the state that must be the same after an upgrade. An item that the device refuses or that cannot be
// read is named in Unread; only a lost connection is an error, of kind Unreachable or Malformed.
func (s *Session) Snapshot(ctx context.Context) (upgrade.Snapshot, error) {
	var snapshot upgrade.Snapshot
	items := []struct {
		name string
		read func() error
	}{
		{"nodes", func() (err error) { snapshot.Nodes, err = s.nodes(ctx); return err }},
		{"cluster", func() (err error) { snapshot.Cluster, err = s.Cluster(ctx); return err }},
		{"interfaces", func() (err error) { snapshot.Interfaces, err = s.interfaces(ctx); return err }},
		{"routes", func() (err error) { snapshot.Routes, err = s.routes(ctx); return err }},
		{"peers", func() (err error) { snapshot.Peers, err = s.peers(ctx); return err }},
		{"tunnels", func() (err error) { snapshot.Tunnels, err = s.tunnels(ctx); return err }},
		{"sessions", func() (err error) { snapshot.Sessions, err = s.sessions(ctx); return err }},
		{"alarms", func() (err error) { snapshot.Alarms, err = s.alarms(ctx); return err }},
		{"coreDumps", func() (err error) { snapshot.CoreDumps, err = s.coreDumps(ctx); return err }},
		{"licences", func() (err error) { snapshot.Licences, err = s.licences(ctx); return err }},
		{"config", func() (err error) { snapshot.Config, err = s.digest(ctx); return err }},
	}
	for _, item := range items {
		err := item.read()
		if s.failed != nil {
			return upgrade.Snapshot{}, s.failed
		}
		if err != nil {
			snapshot.Unread = append(snapshot.Unread, upgrade.Unread{Item: item.name, Reason: err.Error()})
		}
	}
	return snapshot, nil
}

// ask runs a read RPC and reads its reply.
func ask[T any](ctx context.Context, s *Session, operation string, read func(output) (T, error)) (T, error) {
	var none T
	reply, err := s.call(ctx, s.timeout, operation)
	if err != nil {
		return none, err
	}
	o, err := treeOutput(reply)
	if err != nil {
		return none, fmt.Errorf("%s on %s: %w", name(operation), s.address, err)
	}
	answer, err := read(o)
	if err != nil {
		return none, fmt.Errorf("reading the reply to %s: %w", name(operation), err)
	}
	return answer, nil
}
