package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func texts(found []upgrade.Finding) string {
	var b strings.Builder
	for _, f := range found {
		b.WriteString(f.Text + "\n")
	}
	return b.String()
}

func TestAHealthyPairIsWhole(t *testing.T) {
	for _, primary := range []string{"node0", "node1"} { // the node of lower priority may be primary: no fault
		if found := wholeCluster(primary).Whole(); len(found) > 0 {
			t.Errorf("with %s primary:\n%s", primary, texts(found))
		}
	}
}

func TestPreemptAndFailoverCountsAreNoFaultOfThePair(t *testing.T) {
	c := wholeCluster("node0")
	c.Groups[1].Failovers = 250
	for i := range c.Groups[1].Nodes {
		c.Groups[1].Nodes[i].Preempt = upgrade.Yes
	}
	c.Groups = append(c.Groups, upgrade.Group{ID: 4, Nodes: slices.Clone(c.Groups[0].Nodes)}) // ids have gaps
	if found := c.Whole(); len(found) > 0 {
		t.Errorf("found:\n%s", texts(found))
	}
}

// TestWholeRefuses spoils every cell of the status in each group and on each row.
func TestWholeRefuses(t *testing.T) {
	cells := map[string]struct {
		spoil func(*upgrade.Node)
		says  string
	}{
		"secondary-hold":                  {func(n *upgrade.Node) { n.State = "secondary-hold" }, "is secondary-hold"},
		"hold":                            {func(n *upgrade.Node) { n.State = "hold" }, "is hold"},
		"ineligible":                      {func(n *upgrade.Node) { n.State = "ineligible" }, "is ineligible"},
		"disabled with priority and None": {func(n *upgrade.Node) { n.State = "disabled" }, "is disabled"},
		"lost":                            {func(n *upgrade.Node) { n.State, n.Priority, n.FailuresKnown = "lost", 0, false }, "is lost"},
		"a state nobody documented":       {func(n *upgrade.Node) { n.State = "primary-preempt-hold" }, "is primary-preempt-hold"},
		"no state":                        {func(n *upgrade.Node) { n.State = "" }, "0 primaries"},
		"priority 0":                      {func(n *upgrade.Node) { n.Priority = 0 }, "has priority 0"},
		"a manual failover":               {func(n *upgrade.Node) { n.Manual = upgrade.Yes }, "manual failover"},
		"one failure":                     {func(n *upgrade.Node) { n.Failures = []string{"IF"} }, "monitor failures IF"},
		"cold sync":                       {func(n *upgrade.Node) { n.Failures = []string{"CS"} }, "monitor failures CS"},
		"two failures":                    {func(n *upgrade.Node) { n.Failures = []string{"HW", "SP"} }, "monitor failures HW SP"},
	}
	for name, c := range cells {
		for group := range 2 {
			for row := range 2 {
				cluster := wholeCluster("node1")
				c.spoil(&cluster.Groups[group].Nodes[row])
				t.Run(name+" in "+cluster.Groups[group].Nodes[row].Name+" of group "+string(rune('0'+group)), func(t *testing.T) {
					found := cluster.Whole()
					if len(found) == 0 {
						t.Fatal("nothing was found")
					}
					if says := c.says; says != "0 primaries" && !strings.Contains(texts(found), says) {
						t.Errorf("found %q, want %q in it", texts(found), says)
					}
					if names := checksOf(t, found); !slices.Equal(names, []string{"cluster"}) {
						t.Errorf("checks %v", names)
					}
				})
			}
		}
	}
}

func TestWholeRefusesAPairThatIsNoneOrNotSettled(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*upgrade.Cluster)
		says  string
	}{
		"no groups":           {func(c *upgrade.Cluster) { c.Groups = nil }, "lacks redundancy group"},
		"only group 0":        {func(c *upgrade.Cluster) { c.Groups = c.Groups[:1] }, "lacks redundancy group"},
		"no group 0":          {func(c *upgrade.Cluster) { c.Groups = c.Groups[1:] }, "lacks redundancy group"},
		"one row":             {func(c *upgrade.Cluster) { c.Groups[1].Nodes = c.Groups[1].Nodes[:1] }, "in 1 rows"},
		"no rows":             {func(c *upgrade.Cluster) { c.Groups[0].Nodes = nil }, "in 0 rows"},
		"three rows":          {func(c *upgrade.Cluster) { c.Groups[0].Nodes = append(c.Groups[0].Nodes, c.Groups[0].Nodes[1]) }, "in 3 rows"},
		"two primaries":       {func(c *upgrade.Cluster) { c.Groups[1].Nodes[1].State = "primary" }, "2 primaries and 0 secondaries"},
		"two secondaries":     {func(c *upgrade.Cluster) { c.Groups[0].Nodes[0].State = "secondary" }, "0 primaries and 2 secondaries"},
		"groups split":        {func(c *upgrade.Cluster) { c.Groups[1] = wholeCluster("node1").Groups[1] }, "primary on different nodes"},
		"a third group fails": {func(c *upgrade.Cluster) { c.Groups = append(c.Groups, upgrade.Group{ID: 2}) }, "redundancy group 2"},
		"a lone node":         {func(c *upgrade.Cluster) { *c = *loneCluster("node0", "node1") }, "node1 is lost"},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := wholeCluster("node0")
			c.spoil(cluster)
			if found := texts(cluster.Whole()); !strings.Contains(found, c.says) {
				t.Errorf("found %q, want %q in it", found, c.says)
			}
		})
	}
}

func TestALoneNodeIsRight(t *testing.T) {
	for name, change := range map[string]func(*upgrade.Node){
		"with cold sync missing":        func(*upgrade.Node) {},
		"with the fabric down":          func(n *upgrade.Node) { n.Failures = []string{"FL"} },
		"with configuration sync open":  func(n *upgrade.Node) { n.Failures = []string{"CF"} },
		"with all that a peer explains": func(n *upgrade.Node) { n.Failures = []string{"CS", "FL", "CF"} },
		"without any failure":           func(n *upgrade.Node) { n.Failures, n.Priority = nil, 120 },
	} {
		for _, pair := range [][2]string{{"node0", "node1"}, {"node1", "node0"}} {
			t.Run(name+" as "+pair[0], func(t *testing.T) {
				c := loneCluster(pair[0], pair[1])
				nodes := c.Groups[1].Nodes
				change(&nodes[slices.IndexFunc(nodes, func(n upgrade.Node) bool { return n.Name == pair[0] })])
				if found := c.Alone(pair[0]); len(found) > 0 {
					t.Errorf("found:\n%s", texts(found))
				}
			})
		}
	}
}

func TestAloneRefusesAFailureThatTheMissingPeerDoesNotExplain(t *testing.T) {
	for _, code := range []string{"IF", "HW", "IP", "SP", "GR", "LB", "MB", "NH", "NP", "SM", "RE", "IS", "ZZ"} {
		for group := range 2 {
			c := loneCluster("node1", "node0")
			c.Groups[group].Nodes[1].Failures = []string{"CS", code}
			if found := texts(c.Alone("node1")); !strings.Contains(found, "monitor failure "+code) {
				t.Errorf("%s in group %d: found %q", code, group, found)
			}
		}
	}
}

func TestAloneRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*upgrade.Cluster)
		says  string
	}{
		"no groups":                {func(c *upgrade.Cluster) { c.Groups = nil }, "lacks redundancy group"},
		"only group 0":             {func(c *upgrade.Cluster) { c.Groups = c.Groups[:1] }, "lacks redundancy group"},
		"the wrong node alone":     {func(c *upgrade.Cluster) { *c = *loneCluster("node0", "node1") }, `the primary is "node0"`},
		"a peer that is secondary": {func(c *upgrade.Cluster) { c.Groups[0].Nodes[0].State = "secondary" }, "node0 is secondary, not lost"},
		"a peer in hold":           {func(c *upgrade.Cluster) { c.Groups[1].Nodes[0].State = "hold" }, "node0 is hold, not lost"},
		"a disabled peer":          {func(c *upgrade.Cluster) { c.Groups[1].Nodes[0].State = "disabled" }, "node0 is disabled, not lost"},
		"split brain":              {func(c *upgrade.Cluster) { c.Groups[1].Nodes[0].State = "primary" }, "node0 is primary, not lost"},
		"the node is secondary":    {func(c *upgrade.Cluster) { c.Groups[1].Nodes[1].State = "secondary" }, `the primary is ""`},
		"the node holds":           {func(c *upgrade.Cluster) { c.Groups[0].Nodes[1].State = "secondary-hold" }, `the primary is ""`},
		"a group without rows":     {func(c *upgrade.Cluster) { c.Groups[1].Nodes = nil }, `the primary is ""`},
		"a whole pair":             {func(c *upgrade.Cluster) { *c = *wholeCluster("node1") }, "node0 is secondary, not lost"},
		"a third group elsewhere": {func(c *upgrade.Cluster) {
			c.Groups = append(c.Groups, upgrade.Group{ID: 2, Nodes: loneCluster("node0", "node1").Groups[0].Nodes})
		}, "redundancy group 2"},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := loneCluster("node1", "node0")
			c.spoil(cluster)
			found := cluster.Alone("node1")
			if !strings.Contains(texts(found), c.says) {
				t.Errorf("found %q, want %q in it", texts(found), c.says)
			}
			checksOf(t, found)
		})
	}
}

func TestPrimaryNamesANodeOnlyWhenItIsOne(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.Cluster)
		want   string
	}{
		"of every group": {func(*upgrade.Cluster) {}, "node0"},
		"split":          {func(c *upgrade.Cluster) { c.Groups[1] = wholeCluster("node1").Groups[1] }, ""},
		"none of one":    {func(c *upgrade.Cluster) { c.Groups[0].Nodes[0].State = "hold" }, ""},
		"two of one":     {func(c *upgrade.Cluster) { c.Groups[1].Nodes[1].State = "primary" }, ""},
		"no groups":      {func(c *upgrade.Cluster) { c.Groups = nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := wholeCluster("node0")
			c.change(cluster)
			if got := cluster.Primary(); got != c.want {
				t.Errorf("Primary() = %q, want %q", got, c.want)
			}
		})
	}
}

func TestPreemptIsSeenOnAnyRowOfAnyGroup(t *testing.T) {
	if wholeCluster("node0").Preempt() {
		t.Error("a cluster without preempt reports it")
	}
	for group := range 2 {
		for row := range 2 {
			c := wholeCluster("node0")
			c.Groups[group].Nodes[row].Preempt = upgrade.Yes
			if !c.Preempt() {
				t.Errorf("preempt in row %d of group %d was not seen", row, group)
			}
		}
	}
}
