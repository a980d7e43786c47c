package junos_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// statusText is made up after the form of 23.4.
const statusText = `{primary:node1}
root@edge-b> show chassis cluster status
Monitor Failure codes:
    CS  Cold Sync monitoring        FL  Fabric Connection monitoring
    IS  IRQ storm

Cluster ID: 12
Node   Priority Status               Preempt Manual   Monitor-failures

Redundancy group: 0 , Failover count: 3
node0  0        lost                 n/a     n/a      n/a
node1  255      primary              no      yes      None

Redundancy group: 4 , Failover count: 0
node0  100      secondary-hold       yes     no       CS, FL
node1  0        primary              yes     no       IF SP

{primary:node1}
`

func TestParseClusterTextReads(t *testing.T) {
	want := &upgrade.Cluster{ID: 12, Groups: []upgrade.Group{
		{ID: 0, Failovers: 3, Nodes: []upgrade.Node{
			{Name: "node0", State: "lost"},
			{Name: "node1", Priority: 255, State: "primary", Preempt: upgrade.No, Manual: upgrade.Yes, FailuresKnown: true},
		}},
		{ID: 4, Nodes: []upgrade.Node{
			{Name: "node0", Priority: 100, State: "secondary-hold", Preempt: upgrade.Yes, Manual: upgrade.No, Failures: []string{"CS", "FL"}, FailuresKnown: true},
			{Name: "node1", State: "primary", Preempt: upgrade.Yes, Manual: upgrade.No, Failures: []string{"IF", "SP"}, FailuresKnown: true},
		}},
	}}
	for name, text := range map[string]string{
		"the usual form":          statusText,
		"carriage returns":        strings.ReplaceAll(statusText, "\n", "\r\n"),
		"tabs for blanks":         strings.ReplaceAll(statusText, "      ", "\t"),
		"a blank line after each": strings.ReplaceAll(statusText, "\n", "\n \n"),
		"no blank lines":          strings.ReplaceAll(statusText, "\n\n", "\n"),
		"an indent":               "  " + strings.ReplaceAll(statusText, "\n", "\n  "),
		"no final newline":        strings.TrimSpace(statusText),
		"the words of Junos 9.2": strings.NewReplacer("Redundancy group: 0 ,", "Redundancy-group: 0,", "primary ", "Primary ", " no ", " No ",
			" yes ", " Yes ", " lost", " Lost").Replace(statusText),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := junos.ParseClusterText(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ParseClusterText (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseClusterTextFindsNoCluster(t *testing.T) {
	for _, text := range []string{"error: Chassis cluster is not enabled\n", "root> show chassis cluster status\r\nerror: Chassis cluster is not enabled.\r\n"} {
		if got, err := junos.ParseClusterText(text); got != nil || err != nil {
			t.Errorf("%q gives %v, %v", text, got, err)
		}
	}
}

func TestParseClusterTextRefusesToGuessWhere(t *testing.T) {
	for name, text := range map[string]string{
		"there is nothing":             "",
		"there is another error":       "error: the chassis-control subsystem is not running",
		"the last row is cut":          statusText[:strings.LastIndex(statusText, "yes")],
		"the failures of a row lack":   strings.Replace(statusText, "IF SP", "", 1),
		"a row has no priority":        strings.Replace(statusText, "node1  255 ", "node1 ", 1),
		"a node stands twice":          strings.Replace(statusText, "node0  100", "node1  100", 1),
		"a group stands twice":         strings.Replace(statusText, "group: 4", "group: 0", 1),
		"a row stands before a group":  strings.Replace(statusText, "Redundancy group: 0 , Failover count: 3\n", "", 1),
		"a number is far too large":    strings.Replace(statusText, "255", "25555555555555555555", 1),
		"a cluster number is nonsense": strings.Replace(statusText, "ID: 12", "ID: 12345678901234567890", 1),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := junos.ParseClusterText(text)
			wantKind(t, err, upgrade.Malformed)
			if err == nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestParseVersionText(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []upgrade.NodeVersion
	}{
		"of a standalone": {
			"Hostname: solo\nModel: vsrx\nJunos: 21.4R3.15\nJUNOS OS Kernel 64-bit [20230101.1]\n",
			[]upgrade.NodeVersion{{Host: "solo", Version: "21.4R3.15"}},
		},
		"of a pair, one with a release that waits": {
			"node0:\n-------\nHostname: a\nJunos: 22.2R2-S2.3\nPending: 23.4R2-S3.9\n\nnode1:\n-------\nHostname: b\nJunos: 23.4R2-S3.9\n\n{primary:node0}\n",
			[]upgrade.NodeVersion{{Node: "node0", Host: "a", Version: "22.2R2-S2.3"}, {Node: "node1", Host: "b", Version: "23.4R2-S3.9"}},
		},
		"of an old image": {
			"Hostname: old\nModel: firefly-perimeter\nJUNOS Software Release [12.1X46-D20.5]\n",
			[]upgrade.NodeVersion{{Host: "old", Version: "12.1X46-D20.5"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := junos.ParseVersionText(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("ParseVersionText (-want +got):\n%s", diff)
			}
		})
	}
	_, err := junos.ParseVersionText("Hostname: x\nPending: 23.4R2-S3.9\n")
	wantKind(t, err, upgrade.Malformed)
}

// A collection of captured outputs stands beside the repository where it is developed.
func TestCapturedClusterStatusFiles(t *testing.T) {
	folder := filepath.Join(repositoryRoot(t), "..", "shared", "testdata", "junos")
	content, err := os.ReadFile(filepath.Join(folder, "expected-show-chassis-cluster-status.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("shared/testdata/junos is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var expected struct{ Cases map[string]captured }
	if err := json.Unmarshal(content, &expected); err != nil {
		t.Fatal(err)
	}
	for name, want := range expected.Cases {
		if want.Form == "json" { // never asked for: both nodes share the keys of one object
			continue
		}
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, "show-chassis-cluster-status", name))
			if err != nil {
				t.Fatal(err)
			}
			got, err := readStatus(t, want.Form, string(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.cluster(), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// readStatus reads a captured text, or gives a captured reply to a session.
func readStatus(t *testing.T, form, text string) (*upgrade.Cluster, error) {
	if form == "text" {
		return junos.ParseClusterText(text)
	}
	inner := text
	if _, body, found := strings.Cut(text, "rpc-reply"); found {
		_, body, _ = strings.Cut(body, ">")
		inner = body[:strings.LastIndex(body, "</")]
	}
	return (&peer{answer: func(int, string, string) answer { return answer{inner: inner} }}).start(t).dial(t).Cluster(t.Context())
}

type captured struct {
	Form    string
	Verdict string
	ID      int `json:"cluster_id"`
	Groups  []struct {
		ID        int
		Failovers int `json:"failover_count"`
		Nodes     []struct {
			Node, Status    string
			Priority        int
			Preempt, Manual *string
			Failures        *string
		}
	}
}

func (c captured) cluster() *upgrade.Cluster {
	if c.Verdict == "not-enabled" {
		return nil
	}
	cluster := &upgrade.Cluster{ID: c.ID}
	cell := func(text *string) upgrade.Flag {
		if text == nil || *text == "n/a" {
			return ""
		}
		return upgrade.Flag(*text)
	}
	for _, g := range c.Groups {
		group := upgrade.Group{ID: g.ID, Failovers: g.Failovers}
		for _, n := range g.Nodes {
			node := upgrade.Node{Name: n.Node, Priority: n.Priority, State: n.Status, Preempt: cell(n.Preempt), Manual: cell(n.Manual)}
			if n.Failures != nil && *n.Failures != "n/a" {
				node.FailuresKnown = true
				if *n.Failures != "None" {
					node.Failures = strings.Fields(*n.Failures)
				}
			}
			group.Nodes = append(group.Nodes, node)
		}
		cluster.Groups = append(cluster.Groups, group)
	}
	return cluster
}

func repositoryRoot(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = parent
	}
}
