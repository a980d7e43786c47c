package junos_test

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// TestACutOutputIsReported takes each output and breaks off or spoils one row.
func TestACutOutputIsReported(t *testing.T) {
	for name, c := range map[string]struct{ file, before, after string }{
		"a status row ends in its state":        {"22.2R2/show-chassis-cluster-status.txt", "secondary            yes     no       None", "seconda"},
		"a status row ends in its name":         {"22.2R2/show-chassis-cluster-status.txt", "node1  90       secondary            yes     no       None\n\n{primary:node0}\n", "node1"},
		"a status ends in the title of a group": {"22.2R2/show-chassis-cluster-status.txt", "Redundancy group: 1 , Failover count: 7", "Redundancy group: 1 , Fail"},
		"a transition has no reason":            {"22.2R2/show-chassis-cluster-information.txt", "Better priority (180/90)", ""},
		"a group has no weight":                 {"22.2R2/show-chassis-cluster-information.txt", "secondary-hold, Weight: 0", "secondary-hold"},
		"a weight is no number":                 {"22.2R2/show-chassis-cluster-information.txt", "Weight: 0", "Weight: 99999999999999999999"},
		"a node has no groups":                  {"22.2R2/show-chassis-cluster-information.txt", "Redundancy Group 0 , Current State: secondary, Weight: 255", "Nothing"},
		"a count of heartbeats is missing":      {"22.2R2/show-chassis-cluster-statistics.txt", "packets sent: 90017", "packets sent: "},
		"a service has one count":               {"22.2R2/show-chassis-cluster-statistics.txt", "1180         904", "1180"},
		"an alarm is missing":                   {"22.2R2/show-system-alarms.txt", "2 alarms", "3 alarms"},
		"an alarm has no text":                  {"22.2R2/show-system-alarms.txt", "Minor  Rescue configuration is not set", "Minor"},
		"a core dump has no name":               {"22.2R2/show-system-core-dumps.txt", " /var/tmp/exampled.core.1.gz", ""},
		"a core dump is missing":                {"22.2R2/show-system-core-dumps.txt", "total files: 2", "total files: 3"},
		"a licence has no expiry":               {"22.2R2/show-system-license.txt", "    invalid", ""},
		"a licence has no count":                {"22.2R2/show-system-license.txt", "1            0           1    invalid", "1            0"},
		"a file system has no mount":            {"22.2R2/show-system-storage.txt", "  /.mount/dev", ""},
		"a file system has no size":             {"22.2R2/show-system-storage.txt", "1.5G       40%", "?          40%"},
		"a node has no boot time":               {"22.2R2/show-system-uptime.txt", "System booted: 2027-02-27", "System b"},
		"a login has no terminal":               {"22.2R2/show-system-users.txt", "casey    pts/0    198.51.100.77                    4:59AM      - -cli (cli)", "casey"},
		"a process has no command":              {"22.2R2/show-system-processes.txt", "0.10% intr{irq9: em0}", "0.10%"},
		"valid sessions are not counted":        {"22.2R2/show-security-flow-session-summary.txt", "Valid sessions: 611", "Valid sessions:"},
		"an IKE association has no peer":        {"22.2R2/show-security-vpn.txt", "IKEv2          2001:db8::51", ""},
		"an IPsec association has no gateway":   {"22.2R2/show-security-vpn.txt", "root 500 203.0.113.51    \n  >", "root\n  >"},
		"an inactive tunnel has no reason":      {"22.2R2/show-security-vpn.txt", "1             No response from peer. Negotiation failed (12 times)", "1"},
		"a certificate has no identifier":       {"22.2R2/show-security-pki-local-certificate.txt", "identifier: example-vpn", "identifier:"},
		"a commit has no user":                  {"22.2R2/show-system-commit.txt", " by root via synchronize", ""},
		"a node runs no release":                {"22.2R2/show-version.txt", "Model: vSRX\nJunos: 22.2R2-S2.3", "Model: vSRX"},
		"an XML document is not closed":         {"24.4R1/get-configuration.xml", "</cluster></chassis>", ""},
		"a JSON document is not closed":         {"24.4R1/show-chassis-cluster-status.json", `"monitor-failures" : [{"data" : "CS CF"}]`, ""},
		"a hello is something else":             {"24.4R1/hello.xml", "nc:hello", "nc:goodbye"},
	} {
		t.Run(name, func(t *testing.T) {
			raw := fixture(t, c.file)
			if !strings.Contains(raw, c.before) {
				t.Fatalf("the fixture holds no %q", c.before)
			}
			got, err := forms()[c.file].parse(strings.ReplaceAll(raw, c.before, c.after))
			wantKind(t, err, upgrade.Malformed)
			if err == nil {
				t.Errorf("read as %+v", got)
			}
		})
	}
}

func TestACutRowOfTheLinksLeavesTheOthers(t *testing.T) {
	raw := fixture(t, "22.2R2/show-chassis-cluster-interfaces.txt")
	for name, c := range map[string]struct{ before, after, row string }{
		"a monitored interface": {"55        Up  /  Up                 1   \n", "55        Up", "ge-7/0/4          55        Up"},
		"a reth":                {"reth1        Down        Not configured   \n", "reth1        Down\n", "reth1        Down"},
		"a fabric child":        {"fab1    ge-7/0/8           Up   / Down               Disabled  \n", "fab1    ge-7/0/8\n", "fab1    ge-7/0/8"},
		"a control interface":   {"1       em1         Down               Disabled      Disabled  \n", "1       em1\n", "1       em1"},
	} {
		t.Run(name, func(t *testing.T) {
			links, err := junos.ParseClusterInterfaces(strings.Replace(raw, c.before, c.after, 1))
			if err != nil || len(links.Incomplete) != 1 || links.Incomplete[0] != c.row {
				t.Fatalf("read as %+v, %v", links, err)
			}
			if rows := len(links.Control) + len(links.Fabric) + len(links.Reths) + len(links.Monitored); rows != 7 {
				t.Errorf("%d rows are left of eight: %+v", rows, links)
			}
		})
	}
}

func TestAStandaloneIsNoCluster(t *testing.T) {
	for name, raw := range map[string]string{
		"said in text":        "error: Chassis cluster is not enabled\n",
		"said with full stop": "root> show chassis cluster status\r\nerror: Chassis cluster is not enabled.\r\n",
		"said in an xnm:error": `<rpc-reply><xnm:error xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm"><source-daemon>jsrpd</source-daemon>` +
			`<message>error: Chassis cluster is not enabled</message></xnm:error></rpc-reply>`,
		"said in both errors": `<rpc-reply><xnm:error xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm"><message>error: Chassis cluster is not enabled</message></xnm:error>` +
			"<rpc-error><error-severity>error</error-severity><error-message>\nerror: HA is not enabled\n</error-message></rpc-error></rpc-reply>",
		"said of HA": "<rpc-reply><rpc-error><error-severity>error</error-severity><error-message>error: HA is not enabled</error-message></rpc-error></rpc-reply>",
	} {
		t.Run(name, func(t *testing.T) {
			cluster, err := junos.ParseCluster(raw)
			nodes, second := junos.ParseClusterInformation(raw)
			links, third := junos.ParseClusterInterfaces(raw)
			counts, fourth := junos.ParseClusterStatistics(raw)
			if cluster != nil || nodes != nil || links != nil || counts != nil || err != nil || second != nil || third != nil || fourth != nil {
				t.Errorf("read as %v %v %v %v; %v %v %v %v", cluster, nodes, links, counts, err, second, third, fourth)
			}
		})
	}
}

func TestUnknownWordsAreKept(t *testing.T) {
	raw := strings.NewReplacer("secondary            yes", "primary-preempt-hold yes", "no       None\n\n{", "n/a      XY,ZZ\n\n{").Replace(fixture(t, "22.2R2/show-chassis-cluster-status.txt"))
	cluster, err := junos.ParseCluster(raw)
	if err != nil {
		t.Fatal(err)
	}
	node := cluster.Groups[1].Nodes[1]
	if node.State != "primary-preempt-hold" || strings.Join(node.Failures, " ") != "XY ZZ" || node.Manual != "" || len(cluster.Whole()) == 0 {
		t.Errorf("read as %+v, whole %v", node, cluster.Whole())
	}
}

func TestMissingCellsAreUnknown(t *testing.T) {
	row := func(name, state string) string {
		return "<device-name>" + name + "</device-name><device-priority>9</device-priority><redundancy-group-status>" + state + "</redundancy-group-status>"
	}
	nested := "<device-stats>" + row("node0", "primary") + "</device-stats><device-stats>" + row("node1", "secondary") + "</device-stats>"
	flat := "<device-stats>" + row("node0", "primary") + row("node1", "secondary") + "</device-stats>"
	for name, rows := range map[string]string{"nested": nested, "flat": flat} {
		t.Run(name, func(t *testing.T) {
			cluster, err := junos.ParseCluster("<chassis-cluster-status><cluster-id>2</cluster-id><redundancy-group><redundancy-group-id>0</redundancy-group-id>" +
				"<redundancy-group-failover-count>0</redundancy-group-failover-count>" + rows + "</redundancy-group></chassis-cluster-status>")
			if err != nil || len(cluster.Groups[0].Nodes) != 2 {
				t.Fatalf("read as %+v, %v", cluster, err)
			}
			for _, n := range cluster.Groups[0].Nodes {
				if n.Preempt != "" || n.Manual != "" || n.FailuresKnown {
					t.Errorf("%+v", n)
				}
			}
		})
	}
}
