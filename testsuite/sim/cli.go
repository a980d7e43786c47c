package sim

import (
	"fmt"
	"strings"
	"time"
)

// trimQuotes is the CLI line of root's `cli -c "line"`, or what follows `cli`.
func trimQuotes(words []string) string {
	if words[1] == "-c" {
		return strings.Trim(strings.Join(words[2:], " "), `"'`)
	}
	return strings.Join(words[1:], " ")
}

// runCLI runs one CLI line of an SSH session and records it.
func (c *Cloud) runCLI(m *member, line, peer string) (out string, ok bool) {
	if m.gateway.answering() != m {
		return "", false // the node has lost the address while the command was on its way
	}
	out, ok, write := c.cli(m, line)
	status := "ok"
	if !ok {
		status = "error"
	}
	c.note(Call{Face: "vsrx", Peer: peer, Name: line, Gateway: m.gateway.spec.ID, Member: m.id, Write: write, Status: status})
	return out, ok
}

// cli runs one line of the CLI.
func (c *Cloud) cli(m *member, line string) (out string, ok, write bool) {
	g := m.gateway
	line = strings.TrimSuffix(line, " | no-more")
	switch line {
	case "show version":
		return g.versionText(), true, false
	case "show chassis cluster status":
		if g.spec.Standalone {
			return "error: Chassis cluster is not enabled\n", false, false
		}
		return g.statusText(m), true, false
	case "show configuration":
		g.exported = true
		return g.lastCommit() + "version " + m.vm.version + ";\n" + g.config.curlyForm(), true, false
	case "show configuration | display set":
		g.exported = true
		return "set version " + m.vm.version + "\n" + g.config.setForm(), true, false
	case "show system commit":
		return g.commitText(), true, false
	}
	if words := strings.Fields(line); strings.HasPrefix(line, "request chassis cluster failover ") && !g.spec.Standalone {
		return g.requestFailover(words[4:])
	}
	return "error: syntax error: " + line + "\n", false, false
}

func (g *appliance) commitText() string {
	var out strings.Builder
	for i, entry := range g.commits {
		fmt.Fprintf(&out, "%-3d %s by %s via %s", i, entry.at.UTC().Format("2006-01-02 15:04:05 MST"), entry.user, entry.client)
		if entry.comment != "" {
			out.WriteString(" " + entry.comment)
		}
		out.WriteString("\n")
		if entry.log != "" {
			fmt.Fprintf(&out, "    %s\n", entry.log)
		}
	}
	return out.String()
}

// requestFailover is "redundancy-group N node M" and "reset redundancy-group N" (Juniper: "Chassis Cluster Redundancy
// Group Failover").
func (g *appliance) requestFailover(words []string) (out string, ok, write bool) {
	group, node := 0, 0
	if n, err := fmt.Sscanf(strings.Join(words, " "), "reset redundancy-group %d", &group); n == 1 && err == nil && group >= 0 && group < 2 {
		g.manual[group] = false
		return fmt.Sprintf("node%d:\n--------------------------------------------------------------------------\n"+
			"Successfully reset manual failover for redundancy group %d\n", max(g.primary[group], 0), group), true, true
	}
	n, err := fmt.Sscanf(strings.Join(words, " "), "redundancy-group %d node %d", &group, &node)
	if n != 2 || err != nil || group < 0 || group > 1 || node < 0 || node > 1 {
		return "error: syntax error\n", false, false
	}
	header := fmt.Sprintf("node%d:\n--------------------------------------------------------------------------\n", node)
	switch {
	case g.manual[group]:
		return header + fmt.Sprintf("Manual failover is already in effect for redundancy group %d. Please reset it before requesting a failover\n", group), false, true
	case g.primary[group] == node:
		return header + fmt.Sprintf("Node is already primary for redundancy group %d\n", group), false, true
	case !g.node(node).able():
		return header + fmt.Sprintf("Node is not ready to become primary for redundancy group %d\n", group), false, true
	}
	g.manual[group] = true
	g.cloud.clock.after(time.Second, func() { g.move(group, node, causeManual) })
	return header + fmt.Sprintf("Initiated manual failover for redundancy group %d\n", group), true, true
}
