package junos_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// seed adds the outputs of testdata whose names hold one of the words, as they stand and cut in the middle.
func seed(f *testing.F, words ...string) {
	f.Helper()
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(file, w) }) {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
		f.Add(string(raw[:len(raw)*2/3]))
	}
}

// kindOf makes sure that what cannot be read says why.
func kindOf(t *testing.T, err error) {
	t.Helper()
	if kind := upgrade.KindOf(err); err != nil && kind != upgrade.Malformed && kind != upgrade.Refused {
		t.Errorf("the error %v is of kind %q", err, kind)
	}
}

// soundCluster has what every cluster has that was read: rows of different nodes with words for their states.
func soundCluster(t *testing.T, c *upgrade.Cluster) {
	t.Helper()
	for i, g := range c.Groups {
		if slices.ContainsFunc(c.Groups[:i], func(other upgrade.Group) bool { return other.ID == g.ID }) {
			t.Errorf("group %d stands twice", g.ID)
		}
		for j, n := range g.Nodes {
			if n.Name == "" || n.State == "" || n.State != strings.ToLower(n.State) || slices.ContainsFunc(g.Nodes[:j], func(other upgrade.Node) bool { return other.Name == n.Name }) {
				t.Errorf("group %d has the row %+v", g.ID, n)
			}
			if len(n.Failures) > 0 && !n.FailuresKnown {
				t.Errorf("the failures %v are not known", n.Failures)
			}
		}
	}
	if len(c.Whole()) > 0 {
		return
	}
	for _, g := range c.Groups {
		if len(g.Nodes) != 2 || g.Primary() == "" || g.Nodes[0].State == g.Nodes[1].State || g.Nodes[0].Priority*g.Nodes[1].Priority == 0 {
			t.Errorf("whole, with the group %+v", g)
		}
	}
}

func FuzzClusterText(f *testing.F) {
	seed(f, "show-chassis-cluster-status.txt", "show-version.txt")
	f.Fuzz(func(t *testing.T, raw string) {
		cluster, err := junos.ParseCluster(raw)
		kindOf(t, err)
		if cluster == nil {
			return
		}
		soundCluster(t, cluster)
		if again, err := junos.ParseCluster(strings.ReplaceAll(raw, "\n", "\n\n")); err != nil || len(again.Groups) != len(cluster.Groups) {
			t.Errorf("with blank lines it is %+v, %v", again, err)
		}
	})
}

func FuzzClusterXML(f *testing.F) {
	seed(f, ".json")
	f.Add((&device{preempt: "active"}).cluster())
	f.Fuzz(func(t *testing.T, raw string) {
		cluster, err := junos.ParseCluster("<rpc-reply>" + raw + "</rpc-reply>")
		kindOf(t, err)
		if cluster != nil {
			soundCluster(t, cluster)
		}
	})
}

func FuzzClusterJSON(f *testing.F) {
	seed(f, ".json")
	f.Fuzz(func(t *testing.T, raw string) {
		cluster, err := junos.ParseCluster(raw)
		kindOf(t, err)
		if cluster != nil {
			soundCluster(t, cluster)
		}
	})
}

func FuzzClusterLinks(f *testing.F) {
	seed(f, "cluster-interfaces", "cluster-information", "cluster-statistics")
	f.Fuzz(func(t *testing.T, raw string) {
		links, err := junos.ParseClusterInterfaces(raw)
		kindOf(t, err)
		if links != nil {
			for _, l := range slices.Concat(links.Control, links.Fabric) {
				if l.Name == "" || l.State != strings.ToLower(l.State) {
					t.Errorf("a link %+v", l)
				}
			}
		}
		nodes, err := junos.ParseClusterInformation(raw)
		kindOf(t, err)
		for _, n := range nodes {
			if len(n.Groups) == 0 {
				t.Errorf("%q is in no group", n.Node)
			}
		}
		counts, err := junos.ParseClusterStatistics(raw)
		kindOf(t, err)
		if counts != nil && len(counts.Control)+len(counts.Fabric)+len(counts.Services) == 0 {
			t.Error("statistics of nothing")
		}
	})
}

func FuzzVersion(f *testing.F) {
	seed(f, "show-version", "get-software")
	f.Fuzz(func(t *testing.T, raw string) {
		nodes, err := junos.ParseVersions(raw)
		kindOf(t, err)
		if err == nil && len(nodes) == 0 {
			t.Error("no node and no error")
		}
		for _, n := range nodes {
			if n.Version == "" || n.Version != strings.TrimSpace(n.Version) {
				t.Errorf("the node %+v", n)
			}
		}
	})
}

func FuzzLicences(f *testing.F) {
	seed(f, "license", "alarm")
	f.Add(usage("  Virtual Appliance  1  1  0  41 days\n", "  License identifier: E0\n  Order Type: trial\n  Features:\n    Virtual Appliance - it\n      count-down, Original validity: 60 days\n"))
	f.Add(summary("<remaining-time><remaining-validity-value>41 days</remaining-validity-value></remaining-time>", "<license><order-type>trial</order-type><feature><name>x</name></feature></license>"))
	f.Fuzz(func(t *testing.T, raw string) {
		licences, err := junos.ParseLicences(raw)
		kindOf(t, err)
		for i, l := range licences {
			if i > 0 && licences[i-1] == l {
				t.Errorf("%+v stands twice", l)
			}
		}
		alarms, err := junos.ParseAlarms(raw)
		kindOf(t, err)
		for i, a := range alarms {
			if i > 0 && alarms[i-1] == a || a.Text != strings.Join(strings.Fields(a.Text), " ") {
				t.Errorf("the alarm %+v", a)
			}
		}
	})
}

func FuzzSystem(f *testing.F) {
	seed(f, "storage", "users", "uptime", "routing-engine", "processes", "core-dumps")
	f.Fuzz(func(t *testing.T, raw string) {
		filesystems, err := junos.ParseStorage(raw)
		kindOf(t, err)
		for _, each := range filesystems {
			if each.Mount == "" {
				t.Errorf("the file system %+v", each)
			}
		}
		users, err := junos.ParseUsers(raw)
		kindOf(t, err)
		for _, u := range users {
			if u.Name == "" || u.From == "-" {
				t.Errorf("the user %+v", u)
			}
		}
		_, err = junos.ParseUptime(raw)
		kindOf(t, err)
		_, err = junos.ParseRoutingEngines(raw)
		kindOf(t, err)
		_, err = junos.ParseProcesses(raw)
		kindOf(t, err)
		files, err := junos.ParseCoreDumps(raw)
		kindOf(t, err)
		if slices.ContainsFunc(files, func(name string) bool { return strings.Contains(name, "No such file") }) {
			t.Errorf("the files %q", files)
		}
	})
}

func FuzzNetwork(f *testing.F) {
	seed(f, "security", "flow", "ike", "pki")
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := junos.ParseFlowSessions(raw)
		kindOf(t, err)
		_, err = junos.ParseTunnels(raw)
		kindOf(t, err)
		_, err = junos.ParseCertificates(raw)
		kindOf(t, err)
	})
}

func FuzzCommits(f *testing.F) {
	seed(f, "commit", "configuration")
	f.Fuzz(func(t *testing.T, raw string) {
		commits, err := junos.ParseCommits(raw)
		kindOf(t, err)
		for _, c := range commits {
			if c.Pending && c.Number != 0 || c.At == "" {
				t.Errorf("the commit %+v", c)
			}
		}
		_, err = junos.ParseStamp(raw)
		kindOf(t, err)
		_, err = junos.ParseDifference(raw)
		kindOf(t, err)
		_, _, err = junos.ParsePolicy(raw)
		kindOf(t, err)
	})
}

func FuzzOutcome(f *testing.F) {
	seed(f, "commit-check", "hello")
	f.Add("error: configuration database locked by:\n  a terminal p0 (pid 1) on since 2027-01-01 00:00:00 UTC, idle 00:00:01\n      exclusive\n")
	f.Add("<rpc-reply><output>ERROR: x\nWARNING: y\nShutdown NOW!</output><package-result>1</package-result></rpc-reply>")
	f.Add("MD5 (/x) = 0123456789abcdef0123456789abcdef")
	f.Fuzz(func(t *testing.T, raw string) {
		outcome, err := junos.ParseOutcome(raw)
		kindOf(t, err)
		if err == nil && (outcome.Verdict == junos.Failed) != (len(outcome.Errors) > 0) {
			t.Errorf("the outcome %+v", outcome)
		}
		lock, err := junos.ParseLock(raw)
		kindOf(t, err)
		if err == nil && !lock.Locked && len(lock.Editors) == 0 {
			t.Error("a lock of nobody")
		}
		sum, err := junos.ParseChecksum(raw)
		kindOf(t, err)
		if err == nil && len(sum.Sum) < 32 {
			t.Errorf("the checksum %+v", sum)
		}
		_, err = junos.ParseHello(raw)
		kindOf(t, err)
	})
}
