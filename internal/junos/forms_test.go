package junos_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// form is how an output is to be read, whatever its type.
type form struct {
	parse func(string) (any, error)
	want  any
}

func read[T any](parse func(string) (T, error), want T) form {
	return form{func(raw string) (any, error) { return parse(raw) }, want}
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// forms are the outputs of testdata in text, and those in other forms that NETCONF does not give.
func forms() map[string]form {
	all := map[string]form{}
	for _, some := range []map[string]form{clusterForms(), systemForms(), networkForms(), configurationForms()} {
		for name, f := range some {
			all[name] = f
		}
	}
	return all
}

func clusterRow(name string, priority int, state string, preempt, manual upgrade.Flag, known bool, codes ...string) upgrade.Node {
	return upgrade.Node{Name: name, Priority: priority, State: state, Preempt: preempt, Manual: manual, FailuresKnown: known, Failures: codes}
}

func clusterForms() map[string]form {
	const yes, no = upgrade.Yes, upgrade.No
	pair := func(id, failovers int, preempt upgrade.Flag) upgrade.Group {
		return upgrade.Group{ID: id, Failovers: failovers, Nodes: []upgrade.Node{clusterRow("node0", 180, "primary", preempt, no, true), clusterRow("node1", 90, "secondary", preempt, no, true)}}
	}
	return map[string]form{
		"22.2R2/show-chassis-cluster-status.txt": read(junos.ParseCluster, &upgrade.Cluster{ID: 21, Groups: []upgrade.Group{pair(0, 5, no), pair(1, 7, yes)}}),
		"12.1X44/show-chassis-cluster-status.txt": read(junos.ParseCluster, &upgrade.Cluster{ID: 4, Groups: []upgrade.Group{
			{ID: 0, Failovers: 1, Nodes: []upgrade.Node{clusterRow("node0", 150, "primary", no, no, false), clusterRow("node1", 75, "secondary", no, no, false)}},
			{ID: 3, Failovers: 9, Nodes: []upgrade.Node{clusterRow("node0", 150, "secondary", yes, no, false), clusterRow("node1", 75, "primary", yes, no, false)}},
		}}),
		"9.2R1/show-chassis-cluster-status.txt": read(junos.ParseCluster, &upgrade.Cluster{ID: 7, Groups: []upgrade.Group{
			{ID: 0, Failovers: 2, Nodes: []upgrade.Node{clusterRow("node0", 200, "secondary", no, yes, false), clusterRow("node1", 1, "primary", no, yes, false)}},
		}}),
		"24.4R1/show-chassis-cluster-status.json": read(junos.ParseCluster, &upgrade.Cluster{ID: 6, Groups: []upgrade.Group{
			{ID: 0, Failovers: 3, Nodes: []upgrade.Node{clusterRow("node0", 100, "primary", no, no, true), clusterRow("node1", 0, "secondary", no, no, true, "CS", "CF")}},
		}}),
		"22.2R2/show-chassis-cluster-information.txt": read(junos.ParseClusterInformation, []junos.NodeInformation{
			{Node: "node0", LED: "Amber", Groups: []junos.GroupInformation{
				{ID: 0, State: "primary", Weight: 255, Transitions: []junos.Transition{
					{At: "Jan  9 03:15:41", From: "hold", To: "secondary", Reason: "Hold timer expired"}, {At: "Jan  9 03:15:58", From: "secondary", To: "primary", Reason: "Better priority (180/90)"}}},
				{ID: 1, State: "secondary-hold", Transitions: []junos.Transition{{At: "Jan 11 23:01:07", From: "primary", To: "secondary-hold", Reason: "Monitor failed: IF"}}},
			}},
			{Node: "node1", LED: "Green", Groups: []junos.GroupInformation{
				{ID: 0, State: "secondary", Weight: 255, Transitions: []junos.Transition{{At: "Jan  9 03:15:40", From: "hold", To: "secondary", Reason: "Hold timer expired"}}},
			}},
		}),
		"11.4R7/show-chassis-cluster-information.txt": read(junos.ParseClusterInformation, []junos.NodeInformation{{Node: "node0", Groups: []junos.GroupInformation{
			{ID: 0, Weight: 255, Transitions: []junos.Transition{
				{At: "Apr  2 10:11:12.131", From: "hold", To: "secondary", Reason: "Hold timer expired"}, {At: "Apr  2 10:11:13.000", From: "secondary", To: "primary", Reason: "Better priority (150/75)"}}},
			{ID: 2, Weight: -255, Failures: "interface-monitoring", Transitions: []junos.Transition{{At: "Apr  3 10:11:12.131", From: "primary", To: "secondary-hold", Reason: "Monitor failed: IF"}}},
		}}}),
		"22.2R2/show-chassis-cluster-interfaces.txt": read(junos.ParseClusterInterfaces, &junos.ClusterInterfaces{
			ControlStatus: "up", FabricStatus: "up", Control: []upgrade.Link{{Name: "em0", State: "up"}, {Name: "em1", State: "down"}},
			Fabric:    []upgrade.Link{{Name: "ge-0/0/8", State: "up"}, {Name: "ge-7/0/8", State: "up/down"}},
			Reths:     []junos.Reth{{Link: upgrade.Link{Name: "reth0", State: "up"}, Group: 1}, {Link: upgrade.Link{Name: "reth1", State: "down"}, Group: -1}},
			Monitored: []upgrade.Monitored{{Name: "ge-0/0/4", Group: 1, Weight: 200, State: "down"}, {Name: "ge-7/0/4", Group: 1, Weight: 55, State: "up"}},
		}),
		"11.4R7/show-chassis-cluster-interfaces.txt": read(junos.ParseClusterInterfaces, &junos.ClusterInterfaces{
			ControlStatus: "up", FabricStatus: "down", Fabric: []upgrade.Link{{Name: "ge-0/0/8", State: "up"}, {Name: "ge-7/0/8", State: "down"}},
			Reths: []junos.Reth{{Link: upgrade.Link{Name: "reth0", State: "up"}, Group: 1}},
		}),
		"22.2R2/show-chassis-cluster-statistics.txt": read(junos.ParseClusterStatistics, &junos.ClusterStatistics{
			Control:  []junos.Heartbeats{{Link: 0, Sent: 90017, Received: 90011, Errors: 3}, {Link: 1}},
			Fabric:   []junos.Probes{{Link: 0, Sent: 70441, Received: 70440}, {Link: 1, Sent: 12}},
			Services: []junos.Synchronized{{Service: "Translation context", Sent: 4, Received: 1}, {Service: "IPv4/6 session RTO ACK", Sent: 1180, Received: 904}},
		}),
	}
}

func systemForms() map[string]form {
	return map[string]form{
		"22.2R2/show-version.txt":           read(junos.ParseVersions, []upgrade.NodeVersion{{Node: "node0", Host: "pair-a", Version: "22.2R2-S2.3"}, {Node: "node1", Host: "pair-b", Version: "22.2R2-S2.3"}}),
		"12.1X44/show-version.xml":          read(junos.ParseVersions, []upgrade.NodeVersion{{Host: "old-a", Version: "12.1X44-D30.4"}}),
		"22.2R2/show-system-alarms.txt":     read(junos.ParseAlarms, []upgrade.Alarm{{Class: "Major", Text: "FPC 3 Example errors"}, {Class: "Minor", Text: "Rescue configuration is not set"}}),
		"22.2R2/show-system-core-dumps.txt": read(junos.ParseCoreDumps, []string{"node0:/var/tmp/exampled.core-tarball.0.tgz", "node0:/var/tmp/exampled.core.1.gz"}),
		"22.2R2/show-system-license.txt": read(junos.ParseLicences, []upgrade.Licence{{Feature: "Example Appliance", Needed: 1, End: "invalid"},
			{Feature: "anti_spam_key_example", End: "2029-04-30 00:00:00 UTC"}, {Feature: "logical-system 2", End: "permanent"}}),
		"22.2R2/show-system-storage.txt": read(junos.ParseStorage, []upgrade.Filesystem{
			{Node: "node0", Mount: "/.mount", UsedPercent: 40, FreeKB: 3 << 19}, {Node: "node0", Mount: "/.mount/dev", UsedPercent: 100},
			{Node: "node0", Mount: "/.mount/var", UsedPercent: 105, FreeKB: -310 << 10}, {Node: "node1", Mount: "/.mount", UsedPercent: 40, FreeKB: 1572864}}),
		"22.2R2/show-system-uptime.txt": read(junos.ParseUptime, []junos.Uptime{
			{Node: "node0", Text: "2027-03-01 02:03:04 UTC", Booted: time.Date(2027, 3, 1, 2, 3, 4, 0, time.UTC), Routing: true},
			{Node: "node1", Text: "2027-02-27 04:03:04 CEST"}}),
		"22.2R2/show-chassis-routing-engine.txt": read(junos.ParseRoutingEngines, []junos.RoutingEngine{{Node: "node0", Model: "VSRX RE", Started: "2027-03-01 02:03:04 UTC",
			RebootReason: "Router rebooted after a normal shutdown.", MemoryPercent: 40, IdlePercent: 88}}),
		"22.2R2/show-system-users.txt": read(junos.ParseUsers, []upgrade.User{{Node: "node0", Name: "casey", TTY: "pts/0", From: "198.51.100.77", What: "-cli (cli)"},
			{Node: "node0", Name: "root", TTY: "u0", What: "-csh (csh)"}}),
		"22.2R2/show-system-processes.txt": read(junos.ParseProcesses, []junos.Process{{PID: 4101, User: "root", CPU: "3.20%", Command: "exampled{worker one}"},
			{PID: 12, User: "root", CPU: "0.10%", Command: "intr{irq9: em0}"}}),
	}
}

func networkForms() map[string]form {
	return map[string]form{
		"22.2R2/show-security-flow-session-summary.txt": read(junos.ParseFlowSessions, []junos.FlowSessions{{Node: "node0", Valid: 611, Max: 524288}, {Node: "node1", Valid: 598, Max: 524288}}),
		"22.2R2/show-security-vpn.txt": read(junos.ParseTunnels, junos.Tunnels{
			IKE:      []junos.IKE{{Node: "node0", Index: "7110001", State: "UP", Remote: "203.0.113.51"}, {Node: "node0", Index: "7110002", State: "DOWN", Remote: "2001:db8::51"}},
			IPsec:    []junos.IPsec{{Node: "node0", Tunnel: "131075", Inbound: true, Gateway: "203.0.113.51"}, {Node: "node0", Tunnel: "131075", Gateway: "203.0.113.51"}},
			Inactive: []junos.InactiveTunnel{{Node: "node0", Tunnel: "131076", Gateway: "2001:db8::51", Reason: "No response from peer. Negotiation failed (12 times)"}},
		}),
		"9.2R1/show-security-vpn.txt": read(junos.ParseTunnels, junos.Tunnels{
			IKE:   []junos.IKE{{Index: "12", State: "UP", Remote: "203.0.113.61"}},
			IPsec: []junos.IPsec{{Tunnel: "7", Inbound: true, Gateway: "203.0.113.61"}, {Tunnel: "7", Gateway: "203.0.113.61"}},
		}),
		"22.2R2/show-security-pki-local-certificate.txt": read(junos.ParseCertificates, []upgrade.Certificate{{ID: "example-vpn", End: "02-01-2031 00:00 UTC"}}),
	}
}

func configurationForms() map[string]form {
	committed := time.Date(2027, 3, 3, 12, 0, 0, 0, time.UTC)
	return map[string]form{
		"22.2R2/show-system-commit.txt": read(junos.ParseCommits, []upgrade.Commit{
			{Number: 0, At: "2027-03-03 12:00:00 UTC", User: "casey", Client: "cli", Pending: true},
			{Number: 1, At: "2027-03-02 10:00:00 UTC", User: "root", Client: "netconf", Log: "example change: first line\nexample change: second line"},
			{Number: 2, At: "2027-03-01 09:00:00 CEST", User: "root", Client: "synchronize"}}),
		"22.2R2/show-configuration.txt": read(junos.ParseStamp, junos.Stamp{Version: "22.2R2-S2.3", Text: "2027-03-03 12:00:00 UTC", At: committed, User: "casey"}),
		"24.4R1/get-configuration.xml": read(junos.ParseStamp, junos.Stamp{Version: "24.4R1.9", Text: "2027-03-03 12:00:00 UTC",
			At: time.Unix(1804075200, 0).UTC(), User: "casey"}),
		"24.4R1/commit-check.xml": read(junos.ParseOutcome, junos.Outcome{Verdict: junos.Done, Signs: []string{"commit-check-success", "ok"}}),
		"24.4R1/hello.xml": read(junos.ParseHello, junos.Hello{SessionID: "60123", User: "casey", Class: "j-example", Capabilities: []string{
			"urn:ietf:params:netconf:base:1.0", "urn:ietf:params:xml:ns:netconf:base:1.0?module=ietf-netconf&revision=2011-06-01",
			"urn:ietf:params:netconf:capability:url:1.0?protocol=http,ftp,file", "http://xml.juniper.net/netconf/junos/1.0"}}),
	}
}

// TestEveryFormIsReadHoweverItWasCaptured reads each output as it stands and as captures change it.
func TestEveryFormIsReadHoweverItWasCaptured(t *testing.T) {
	columns := regexp.MustCompile(` {3,}`)
	for name, f := range forms() {
		raw := fixture(t, name)
		captures := map[string]string{
			"as it stands":      raw,
			"carriage returns":  strings.ReplaceAll(raw, "\n", "\r\n"),
			"no final newline":  strings.TrimSpace(raw),
			"a byte order mark": "\uFEFF" + raw,
			"spare blank lines": "\n\n" + raw + "\n\n",
		}
		if strings.HasSuffix(name, ".txt") {
			captures["prompts around it"] = "{primary:node0}\nroot@pair-a> show something | no-more \n" + raw + "\n{primary:node0}\nroot@pair-a> "
		}
		if strings.HasSuffix(name, ".txt") && !strings.HasSuffix(name, "show-configuration.txt") {
			captures["a blank line after each"] = strings.ReplaceAll(raw, "\n", "\n \n")
			captures["an indent"] = "    " + strings.ReplaceAll(raw, "\n", "\n    ")
			captures["TABs between columns"] = columns.ReplaceAllString(raw, "\t")
		}
		for capture, text := range captures {
			t.Run(name+" with "+capture, func(t *testing.T) {
				got, err := f.parse(text)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(f.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestATextOfAnotherCommandIsRefused gives each parser the outputs of the others' commands: what it does not recognise
// is an error, never an empty result.
func TestATextOfAnotherCommandIsRefused(t *testing.T) {
	all := forms()
	for name, f := range all {
		for _, other := range []string{"22.2R2/show-chassis-routing-engine.txt", "22.2R2/show-system-users.txt", "22.2R2/show-security-pki-local-certificate.txt", "24.4R1/get-configuration.xml"} {
			same := fmt.Sprintf("%T", f.want) == fmt.Sprintf("%T", all[other].want)
			tolerant := strings.Contains(name, "commit-check") // any answer has an outcome
			if same || tolerant {
				continue
			}
			t.Run(name+" given "+other, func(t *testing.T) {
				if got, err := f.parse(fixture(t, other)); err == nil {
					t.Errorf("read as %+v", got)
				}
			})
		}
	}
}
