package junos

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// View reads what an upgrade decides by: cluster, releases, preempt, root login, the configuration's mark, hardware
// addresses, and whether somebody's change is under way. Any part that cannot be read is an error, of kind Refused,
// Malformed or Unreachable.
func (s *Session) View(ctx context.Context) (upgrade.Device, error) {
	var device upgrade.Device
	var err error
	if device.Nodes, err = s.nodes(ctx); err != nil {
		return upgrade.Device{}, err
	}
	if device.Cluster, err = s.Cluster(ctx); err != nil {
		return upgrade.Device{}, err
	}
	if device.Preempt, device.RootLogin, err = s.policy(ctx); err != nil {
		return upgrade.Device{}, err
	}
	if device.Mark.Digest, err = s.digest(ctx); err != nil {
		return upgrade.Device{}, err
	}
	entries, err := s.commits(ctx)
	if err != nil {
		return upgrade.Device{}, err
	}
	device.Mark.Commit, device.Pending = newest(entries).String(), newest(entries).pending
	difference, err := s.difference(ctx)
	if err != nil {
		return upgrade.Device{}, err
	}
	device.Uncommitted = difference != ""
	if device.NodeMACs, err = s.hardwareAddresses(ctx); err != nil {
		return upgrade.Device{}, err
	}
	return device, nil
}

// policy reads the statements of the committed configuration that an upgrade depends on.
func (s *Session) policy(ctx context.Context) (upgrade.Preempt, bool, error) {
	preempt, rootLogin := follow(preemptPath), follow(rootLoginPath)
	lines := lineWriter{line: func(line string) {
		preempt.read(line)
		rootLogin.read(line)
	}}
	if err := s.Configuration(ctx, Set, &lines); err != nil {
		return "", false, err
	}
	lines.end()
	return preempt.preempt(), rootLogin.active(), nil
}

func (s *Session) digest(ctx context.Context) (string, error) {
	digest := NewDigest()
	if err := s.Configuration(ctx, Text, digest); err != nil {
		return "", err
	}
	return digest.String(), nil
}

const compareCandidate = `<get-configuration compare="rollback" rollback="0" format="text"/>`

// difference is what the candidate would change, "" when it is clean.
func (s *Session) difference(ctx context.Context) (string, error) {
	return ask(ctx, s, compareCandidate, readDifference)
}

func readDifference(o output) (string, error) {
	if o.tree.first("configuration-information", "configuration-output") == nil {
		return "", upgrade.Errorf(upgrade.Malformed, "the comparison holds no configuration-information")
	}
	return o.tree.value("configuration-output"), nil
}

// revenuePort matches the ports of one node: those of node1 are numbered from 7 (Juniper: vSRX chassis cluster slot
// numbering).
var revenuePort = regexp.MustCompile(`^ge-([07])/0/\d+$`)

func (s *Session) hardwareAddresses(ctx context.Context) ([]upgrade.NodeMACs, error) {
	return ask(ctx, s, "<get-interface-information/>", readHardwareAddresses)
}

func readHardwareAddresses(o output) ([]upgrade.NodeMACs, error) {
	if o.tree.first("interface-information") == nil {
		return nil, upgrade.Errorf(upgrade.Malformed, "the interfaces hold no interface-information")
	}
	addresses := map[string][]string{}
	for _, port := range o.tree.all("physical-interface") {
		slot := revenuePort.FindStringSubmatch(port.value("name"))
		address := strings.ToLower(port.value("hardware-physical-address"))
		if slot == nil || address == "" {
			continue
		}
		node := map[string]string{"0": "node0", "7": "node1"}[slot[1]]
		if !slices.Contains(addresses[node], address) {
			addresses[node] = append(addresses[node], address)
		}
	}
	var nodes []upgrade.NodeMACs
	for _, node := range []string{"node0", "node1"} {
		if found := addresses[node]; len(found) > 0 {
			nodes = append(nodes, upgrade.NodeMACs{Node: node, MACs: found})
		}
	}
	return nodes, nil
}
