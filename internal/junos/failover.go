package junos

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// backoffLimit is the longest pause between two tries to reach a device whose routing engine moves to the other node.
const backoffLimit = 10 * time.Second

// Failover makes a node (0 or 1) primary of a redundancy group by a manual failover and waits until the cluster status
// shows it, as long as ctx lasts: the device's "Initiated" is not the end. A failover of group 0 moves the routing engine
// and drops the connection, which is opened again. Where the node is primary nothing is written. The manual flag stays
// set afterwards, see ResetFailover (Juniper: "Chassis Cluster Redundancy Group Manual Failover").
//
// Errors are of kind Refused with the device's text (a manual flag that is set, a node in hold-down), Overdue (ctx ended
// first), Undecided (the reply was lost and no failover is to be seen), Invalid, or those of Dial.
func (c Config) Failover(ctx context.Context, e upgrade.Endpoint, group, node int) error {
	if group < 0 || group > 128 || node < 0 || node > 1 {
		return upgrade.Errorf(upgrade.Invalid, "there is no redundancy group %d on node %d", group, node)
	}
	return c.move(ctx, e, movement{
		group: group, command: fmt.Sprintf("request chassis cluster failover redundancy-group %d node %d", group, node),
		sign:    "initiated manual failover",
		reached: func(g upgrade.Group) bool { return primaryIs(g, fmt.Sprintf("node%d", node)) },
		begun:   manual,
	})
}

// ResetFailover takes the manual flag off a redundancy group and waits until the cluster status shows it, as long as ctx
// lasts; hold-downs go on. Where no flag is set nothing is written. Errors are those of Failover.
func (c Config) ResetFailover(ctx context.Context, e upgrade.Endpoint, group int) error {
	if group < 0 || group > 128 {
		return upgrade.Errorf(upgrade.Invalid, "there is no redundancy group %d", group)
	}
	reset := func(g upgrade.Group) bool { return !manual(g) }
	return c.move(ctx, e, movement{
		group: group, command: fmt.Sprintf("request chassis cluster failover reset redundancy-group %d", group),
		sign: "reset", reached: reset, begun: reset,
	})
}

// movement is a request to a redundancy group, and how to see in the cluster status what became of it.
type movement struct {
	group   int
	command string
	sign    string // part of the device's consent, in lower case
	reached func(upgrade.Group) bool
	begun   func(upgrade.Group) bool // it was carried out, though its effect may not be there yet
}

func primaryIs(g upgrade.Group, node string) bool {
	there := false
	for _, row := range g.Nodes {
		if row.State == "primary" && row.Name != node {
			return false
		}
		there = there || row.State == "primary"
	}
	return there
}

func manual(g upgrade.Group) bool {
	return slices.ContainsFunc(g.Nodes, func(row upgrade.Node) bool { return row.Manual == upgrade.Yes })
}

func (c Config) move(ctx context.Context, e upgrade.Endpoint, m movement) error {
	s, err := c.Dial(ctx, e)
	if err != nil {
		return err
	}
	defer s.Close()
	group, err := s.group(ctx, m.group)
	if err != nil {
		return fmt.Errorf("%s on %s: %w", m.command, e.Address, err)
	}
	if m.reached(group) {
		return nil
	}
	said, err := s.command(ctx, m.command)
	switch {
	case outcomeUnknown(err):
		err = c.resolve(ctx, e, m, err)
	case err == nil && !strings.Contains(strings.ToLower(said), m.sign):
		err = upgrade.Errorf(upgrade.Refused, "the device says %q", said)
	case err == nil:
		err = c.await(ctx, e, m.group, m.reached)
	}
	if err != nil {
		return fmt.Errorf("%s on %s: %w", m.command, e.Address, err)
	}
	return nil
}

// resolve finds out whether a request whose reply was lost was carried out, and never sends it again.
func (c Config) resolve(ctx context.Context, e upgrade.Endpoint, m movement, lost error) error {
	bounded, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, readLimit))
	defer cancel()
	err := c.await(bounded, e, m.group, func(g upgrade.Group) bool { return m.begun(g) || m.reached(g) })
	if err == nil {
		return c.await(ctx, e, m.group, m.reached)
	}
	return upgrade.Errorf(upgrade.Undecided, "the reply was lost (%w), and its effect is not to be seen: %w", lost, err).
		Advise("look at \"show chassis cluster status\" before it is requested again")
}

// await looks at a redundancy group until it is as wanted or ctx ends, over one connection as long as that lasts. No
// answer is not a verdict: it goes on where the device is away for a while.
func (c Config) await(ctx context.Context, e upgrade.Endpoint, id int, wanted func(upgrade.Group) bool) error {
	var s *Session
	var err error
	defer func() {
		if s != nil {
			s.Close()
		}
	}()
	for pause := pollEvery; ; {
		var group upgrade.Group
		if s == nil {
			s, err = c.Dial(ctx, e)
		}
		if err == nil {
			group, err = s.group(ctx, id)
		}
		switch {
		case err == nil && wanted(group):
			return nil
		case err == nil:
			pause = pollEvery
			err = upgrade.Errorf(upgrade.Overdue, "the cluster status shows %s", describe(group))
		case ctx.Err() == nil && !worthAnotherWay(err) && upgrade.KindOf(err) != upgrade.Malformed:
			return err
		default:
			if s != nil {
				s.Close()
				s = nil
			}
			pause = min(2*pause, backoffLimit)
		}
		last := err
		err = nil
		select {
		case <-ctx.Done():
			return upgrade.Errorf(upgrade.Overdue, "it was not done when the time was over: %w", last)
		case <-time.After(pause):
		}
	}
}

// describe is a redundancy group in a line.
func describe(g upgrade.Group) string {
	rows := make([]string, len(g.Nodes))
	for i, row := range g.Nodes {
		rows[i] = fmt.Sprintf("%s %s, manual %s", row.Name, row.State, cmp.Or(string(row.Manual), "unknown"))
	}
	return fmt.Sprintf("redundancy group %d with %s", g.ID, strings.Join(rows, "; "))
}

// group reads one redundancy group of the cluster status. A gateway without it is an error of kind Refused.
func (s *Session) group(ctx context.Context, id int) (upgrade.Group, error) {
	cluster, err := s.Cluster(ctx)
	if err != nil {
		return upgrade.Group{}, err
	}
	if cluster == nil {
		return upgrade.Group{}, upgrade.Errorf(upgrade.Refused, "the gateway is not a chassis cluster")
	}
	group, found := cluster.Group(id)
	if !found {
		return upgrade.Group{}, upgrade.Errorf(upgrade.Refused, "the cluster has no redundancy group %d", id)
	}
	return group, nil
}

// command runs a line of the CLI and returns what it prints. The RPC names of the failover requests are not documented.
func (s *Session) command(ctx context.Context, line string) (string, error) {
	reply, err := s.call(ctx, s.timeout, `<command format="text">`+escape(line)+`</command>`)
	if err != nil {
		return "", err
	}
	var said []string
	for _, output := range reply.all("output") {
		said = append(said, output.text)
	}
	return strings.Join(strings.Fields(strings.Join(said, " ")), " "), nil
}
