package junos_test

import (
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

func TestParseClusterReads(t *testing.T) {
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
			got, err := junos.ParseCluster(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ParseCluster (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseClusterFindsNoCluster(t *testing.T) {
	for _, text := range []string{"error: Chassis cluster is not enabled\n", "root> show chassis cluster status\r\nerror: Chassis cluster is not enabled.\r\n"} {
		if got, err := junos.ParseCluster(text); got != nil || err != nil {
			t.Errorf("%q gives %v, %v", text, got, err)
		}
	}
}

func TestParseClusterRefusesToGuessWhere(t *testing.T) {
	for name, text := range map[string]string{
		"there is nothing":             "",
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
			got, err := junos.ParseCluster(text)
			wantKind(t, err, upgrade.Malformed)
			if err == nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestParseClusterTellsTheDevicesRefusal(t *testing.T) {
	for name, text := range map[string]string{
		"an error line":      "root> show chassis cluster status\nerror: the chassis-control subsystem is not running\n",
		"an error for each":  "error: command is not valid on the vsrx\nerror: command is not valid on the vsrx\n",
		"an unknown command": "              ^\nunknown command.\n",
		"a syntax error":     "root@edge> show chassis clusters\n                 ^\nsyntax error, expecting <command>.\n",
		"an rpc-error":       "<rpc-reply><rpc-error><error-message>permission denied</error-message></rpc-error></rpc-reply>",
		"an error in text":   "<rpc-reply><output>error: command is not valid on the vsrx</output></rpc-reply>",
		"one of two nodes": "<rpc-reply><multi-routing-engine-results><multi-routing-engine-item><re-name>node0</re-name><chassis-cluster-status/></multi-routing-engine-item>" +
			"<multi-routing-engine-item><re-name>node1</re-name><xnm:error xmlns:xnm='http://xml.juniper.net/xnm/1.1/xnm'><message>busy</message></xnm:error></multi-routing-engine-item></multi-routing-engine-results></rpc-reply>",
		"JSON": `{"multi-routing-engine-results":[{"multi-routing-engine-item":[{"re-name":[{"data":"node0"}],"error":[{"attributes":{"xmlns":"http://xml.juniper.net/xnm/1.1/xnm"},"message":[{"data":"busy"}]}]}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := junos.ParseCluster(text)
			wantKind(t, err, upgrade.Refused)
		})
	}
}

func TestParseVersions(t *testing.T) {
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
			got, err := junos.ParseVersions(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("ParseVersions (-want +got):\n%s", diff)
			}
		})
	}
	_, err := junos.ParseVersions("Hostname: x\nPending: 23.4R2-S3.9\n")
	wantKind(t, err, upgrade.Malformed)
}
