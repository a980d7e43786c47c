package junos_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

func TestCapturedClusterStatusFiles(t *testing.T) {
	folder := capturedFolder(t)
	content, err := os.ReadFile(filepath.Join(folder, "expected-show-chassis-cluster-status.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected struct{ Cases map[string]captured }
	if err := json.Unmarshal(content, &expected); err != nil {
		t.Fatal(err)
	}
	for name, want := range expected.Cases {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(folder, "show-chassis-cluster-status", name))
			if err != nil {
				t.Fatal(err)
			}
			got, err := junos.ParseCluster(string(raw))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.cluster(), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if want.Form == "xml" {
				overTheWire(t, string(raw), want.cluster())
			}
		})
	}
}

// overTheWire gives a captured reply to a session.
func overTheWire(t *testing.T, raw string, want *upgrade.Cluster) {
	t.Helper()
	inner := raw
	if _, body, found := strings.Cut(raw, "rpc-reply"); found {
		_, body, _ = strings.Cut(body, ">")
		inner = body[:strings.LastIndex(body, "</")]
	}
	p := &peer{answer: func(int, string, string) answer { return answer{inner: inner} }}
	got, err := p.start(t).dial(t).Cluster(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("over NETCONF (-want +got):\n%s", diff)
	}
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
