package upgrade

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// Difference is one thing that is not after the upgrade what it was before.
type Difference struct {
	Item   string `json:"item"`
	Before string `json:"before"`
	After  string `json:"after"`
	// Expected marks what an upgrade changes by its nature.
	Expected bool `json:"expected,omitempty"`
}

// tenth is the tolerance for counts that move by themselves, such as learned routes.
const tenth = 10

// Compare lists what changed. Items that could not be read on either side are listed as unknown, never as equal.
func Compare(before, after Snapshot) []Difference {
	var diff []Difference
	for _, c := range []struct {
		item    string
		compare func(before, after Snapshot) []Difference
	}{
		{"nodes", compareVersions}, {"cluster", compareClusters}, {"interfaces", compareInterfaces}, {"routes", compareRoutes},
		{"peers", comparePeers}, {"tunnels", compareTunnels}, {"sessions", compareSessions}, {"alarms", compareAlarms},
		{"coreDumps", compareCoreDumps}, {"licences", compareLicences}, {"config", compareConfig},
	} {
		if why, unknown := before.Unknown(c.item); unknown {
			diff = append(diff, Difference{Item: c.item, Before: "unknown: " + why})
			continue
		}
		if why, unknown := after.Unknown(c.item); unknown {
			diff = append(diff, Difference{Item: c.item, After: "unknown: " + why})
			continue
		}
		diff = append(diff, c.compare(before, after)...)
	}
	return diff
}

// WithPreempt gives the snapshot that is right again once preempt of redundancy group 1 is back: s was taken while it
// was off, digest is of the configuration as it was found before.
func (s Snapshot) WithPreempt(digest string) Snapshot {
	s.Config = digest
	if s.Cluster == nil {
		return s
	}
	cluster := *s.Cluster
	cluster.Groups = slices.Clone(cluster.Groups)
	for i, g := range cluster.Groups {
		if g.ID != 1 {
			continue
		}
		g.Nodes = slices.Clone(g.Nodes)
		for j := range g.Nodes {
			g.Nodes[j].Preempt = Yes
		}
		cluster.Groups[i] = g
	}
	s.Cluster = &cluster
	return s
}

func compareVersions(before, after Snapshot) []Difference {
	var diff []Difference
	for _, b := range before.Nodes {
		a := ""
		for _, n := range after.Nodes {
			if n.Node == b.Node {
				a = n.Version
			}
		}
		if a != b.Version {
			diff = append(diff, Difference{Item: "version of " + b.Node, Before: b.Version, After: a, Expected: a != ""})
		}
	}
	return diff
}

// compareClusters expects the primary to have moved: the node reloaded first ends as primary.
func compareClusters(before, after Snapshot) []Difference {
	if before.Cluster == nil || after.Cluster == nil {
		if before.Cluster == after.Cluster {
			return nil
		}
		return []Difference{{Item: "cluster", Before: fmt.Sprint(before.Cluster != nil), After: fmt.Sprint(after.Cluster != nil)}}
	}
	var diff []Difference
	parted := before.Cluster.Primary() != "" && after.Cluster.split() // traffic and control plane on different nodes: no new upgrade would start
	for _, g := range before.Cluster.Groups {
		item := fmt.Sprintf("redundancy group %d", g.ID)
		other, ok := after.Cluster.Group(g.ID)
		if !ok {
			diff = append(diff, Difference{Item: item, Before: "present", After: "missing"})
			continue
		}
		if g.Primary() != other.Primary() {
			diff = append(diff, Difference{Item: item + " primary", Before: g.Primary(), After: other.Primary(), Expected: other.Primary() != "" && !parted})
		}
		for _, n := range g.Nodes {
			for _, m := range other.Nodes {
				if n.Name == m.Name && n.Preempt != m.Preempt {
					diff = append(diff, Difference{Item: item + " preempt on " + n.Name, Before: string(n.Preempt), After: string(m.Preempt)})
				}
				if n.Name == m.Name && n.Priority != m.Priority {
					diff = append(diff, Difference{Item: item + " priority of " + n.Name, Before: fmt.Sprint(n.Priority), After: fmt.Sprint(m.Priority)})
				}
			}
		}
		if b, a := roles(g), roles(other); b != a && other.Primary() != "" {
			diff = append(diff, Difference{Item: item + " roles", Before: b, After: a})
		}
	}
	return diff
}

// split reports whether every group has a primary, and not all on one node.
func (c Cluster) split() bool {
	return c.Primary() == "" && !slices.ContainsFunc(c.Groups, func(g Group) bool { return g.Primary() == "" })
}

// roles names the states in a group, whichever node has them.
func roles(g Group) string {
	var states []string
	for _, n := range g.Nodes {
		states = append(states, n.State)
	}
	sort.Strings(states)
	return strings.Join(states, " ")
}

func compareInterfaces(before, after Snapshot) []Difference {
	b, a := map[string]string{}, map[string]string{}
	for _, i := range before.Interfaces {
		b[i.Name] = i.Admin + "/" + i.Oper
	}
	for _, i := range after.Interfaces {
		a[i.Name] = i.Admin + "/" + i.Oper
	}
	return compareMaps("interface ", b, a, func(string, string) bool { return true })
}

// compareRoutes is exact for what the configuration alone decides, and tolerant for what is learned.
func compareRoutes(before, after Snapshot) []Difference {
	count := func(s Snapshot) map[string]int {
		m := map[string]int{}
		for _, t := range s.Routes {
			for protocol, n := range t.Active {
				m[t.Name+" "+protocol] += n
			}
		}
		return m
	}
	exact := []string{"Direct", "Local", "Static"}
	var diff []Difference
	b, a := count(before), count(after)
	for _, key := range sortedKeys(b, a) {
		tolerance := 0
		if !slices.ContainsFunc(exact, func(p string) bool { return len(key) > len(p) && key[len(key)-len(p):] == p }) {
			tolerance = b[key] / tenth
		}
		if d := a[key] - b[key]; d > tolerance || -d > tolerance {
			diff = append(diff, Difference{Item: "routes " + key, Before: fmt.Sprint(b[key]), After: fmt.Sprint(a[key])})
		}
	}
	return diff
}

func comparePeers(before, after Snapshot) []Difference {
	state := func(s Snapshot) map[string]string {
		m := map[string]string{}
		for _, p := range s.Peers {
			m[p.Address] = p.State
		}
		return m
	}
	diff := compareMaps("BGP peer ", state(before), state(after), func(b, _ string) bool { return b == "Established" })
	for _, b := range before.Peers {
		for _, a := range after.Peers {
			if d := a.Active - b.Active; a.Address == b.Address && a.State == b.State && max(d, -d) > b.Active/tenth {
				diff = append(diff, Difference{Item: "prefixes of BGP peer " + b.Address, Before: fmt.Sprint(b.Active), After: fmt.Sprint(a.Active)})
			}
		}
	}
	return diff
}

func compareTunnels(before, after Snapshot) []Difference {
	return missing("IKE peer ", before.Tunnels, after.Tunnels)
}

// compareSessions warns only at a loss that matters: sessions come and go, and none is carried across versions.
func compareSessions(before, after Snapshot) []Difference {
	if before.Sessions >= 10 && after.Sessions == 0 {
		return []Difference{{Item: "sessions", Before: fmt.Sprint(before.Sessions), After: "0"}}
	}
	return nil
}

func compareAlarms(before, after Snapshot) []Difference {
	var diff []Difference
	for _, a := range after.Alarms {
		if !slices.Contains(before.Alarms, a) {
			diff = append(diff, Difference{Item: "alarm", After: a.Class + ": " + a.Text})
		}
	}
	return diff
}

func compareCoreDumps(before, after Snapshot) []Difference {
	var diff []Difference
	for _, file := range after.CoreDumps {
		if !slices.Contains(before.CoreDumps, file) {
			diff = append(diff, Difference{Item: "core dump", After: file})
		}
	}
	return diff
}

// compareLicences tolerates more and later: a version-changing reload may renew them (IBM: renew-license).
func compareLicences(before, after Snapshot) []Difference {
	names := func(s Snapshot) []string {
		var out []string
		for _, l := range s.Licences {
			out = append(out, l.Feature)
		}
		return out
	}
	diff := missing("licence ", names(before), names(after))
	for _, a := range after.Licences {
		for _, b := range before.Licences {
			if a.Feature == b.Feature && a.Needed > b.Needed {
				diff = append(diff, Difference{Item: "licences needed for " + a.Feature, Before: fmt.Sprint(b.Needed), After: fmt.Sprint(a.Needed)})
			}
			if a.Feature == b.Feature && earlier(a.End, b.End) {
				diff = append(diff, Difference{Item: "end of licence " + a.Feature, Before: b.End, After: a.End})
			}
		}
	}
	return diff
}

// earlier compares two ends of validity as devices print them, a date or the word permanent; a date is earlier than never.
func earlier(a, b string) bool {
	x, err := time.Parse(time.DateOnly, strings.TrimSpace(a)[:min(10, len(strings.TrimSpace(a)))])
	if err != nil {
		return false
	}
	y, err := time.Parse(time.DateOnly, strings.TrimSpace(b)[:min(10, len(strings.TrimSpace(b)))])
	return b == "permanent" || err == nil && x.Before(y)
}

func compareConfig(before, after Snapshot) []Difference {
	if before.Config == after.Config {
		return nil
	}
	return []Difference{{Item: "configuration", Before: before.Config, After: after.Config}}
}

func missing(prefix string, before, after []string) []Difference {
	var diff []Difference
	for _, b := range before {
		if !slices.Contains(after, b) {
			diff = append(diff, Difference{Item: prefix + b, Before: "present", After: "missing"})
		}
	}
	return diff
}

func compareMaps(prefix string, before, after map[string]string, matters func(before, after string) bool) []Difference {
	var diff []Difference
	for _, key := range sortedKeys(before, after) {
		if b, a := before[key], after[key]; b != a && matters(b, a) {
			diff = append(diff, Difference{Item: prefix + key, Before: b, After: a})
		}
	}
	return diff
}

func sortedKeys[V any](maps ...map[string]V) []string {
	var keys []string
	for _, m := range maps {
		for k := range m {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return slices.Compact(keys)
}
