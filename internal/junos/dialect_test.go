package junos_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// TestEveryDialectOfAReplyIsTheSame reads one reply in the namespaces and wrappings in which releases and ways send it.
func TestEveryDialectOfAReplyIsTheSame(t *testing.T) {
	item := func(node, space string) string {
		return "<multi-routing-engine-item>\n<re-name>" + node + "</re-name>\n<software-information" + space + ">\n<host-name>edge-" + node + "</host-name>\n" +
			"<junos-version>\n 24.4R1-S2.9\n</junos-version>\n<package-information><name>example</name><comment>JUNOS Software Example [19.1R1.1]</comment></package-information>\n</software-information>\n</multi-routing-engine-item>\n"
	}
	results := func(space string) string {
		return "<multi-routing-engine-results>\n" + item("node0", space) + item("node1", space) + "</multi-routing-engine-results>\n"
	}
	want := []upgrade.NodeVersion{{Node: "node0", Host: "edge-node0", Version: "24.4R1-S2.9"}, {Node: "node1", Host: "edge-node1", Version: "24.4R1-S2.9"}}
	const netconf = "urn:ietf:params:xml:ns:netconf:base:1.0"
	for name, raw := range map[string]string{
		"the default namespace":   `<rpc-reply xmlns="` + netconf + `" xmlns:junos="http://xml.juniper.net/junos/24.4R1/junos">` + results("") + "</rpc-reply>",
		"rfc-compliant":           `<nc:rpc-reply xmlns:nc="` + netconf + `">` + results("") + "</nc:rpc-reply>",
		"a namespace of the tree": `<rpc-reply xmlns="` + netconf + `">` + results(` xmlns="http://xml.juniper.net/junos/24.4R0/junos-example"`) + "</rpc-reply>",
		"an undeclared prefix":    `<rpc-reply>` + strings.Replace(results(""), "<host-name>", `<host-name junos:style="x">`, 1) + "</rpc-reply>",
		"no reply around it":      results(""),
		"the CLI's display xml":   "root@edge> show version | display xml \n<rpc-reply xmlns:junos=\"http://xml.juniper.net/junos/24.4R1/junos\">\n" + results("") + "<cli>\n<banner>{primary:node0}</banner>\n</cli>\n</rpc-reply>\n\n{primary:node0}\nroot@edge> ",
		"lone carriage returns":   "<rpc-reply>" + strings.ReplaceAll(results(""), "</re-name>\n", "</re-name>\n\r\n\r") + "</rpc-reply>",
		"comments around it":      "<!-- example -->\n<rpc-reply>" + results("") + "</rpc-reply>\n]]>]]>\n<!-- session end at 2027-01-01 00:00:00 UTC -->\n",
		"an XML declaration":      "<?xml version=\"1.0\" encoding=\"us-ascii\"?>\n<rpc-reply>" + results("") + "</rpc-reply>",
		"text in the elements": "<rpc-reply><multi-routing-engine-results><multi-routing-engine-item><re-name>node0</re-name><output>Hostname: edge-node0\nJunos: 24.4R1-S2.9\n</output></multi-routing-engine-item>" +
			"<multi-routing-engine-item><re-name>node1</re-name><output>Hostname: edge-node1\nJunos: 24.4R1-S2.9\nJUNOS example [19.1R1.1]\n</output></multi-routing-engine-item></multi-routing-engine-results></rpc-reply>",
		"text with headers": "<rpc-reply><output>\nnode0:\n------\nHostname: edge-node0\nJunos: 24.4R1-S2.9\n\nnode1:\n------\nHostname: edge-node1\nJunos: 24.4R1-S2.9\n</output></rpc-reply>",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := junos.ParseVersions(raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReleasesAreKeptAsTheDeviceNamesThem(t *testing.T) {
	for _, release := range []string{"21.4R3.15", "18.4R1-S1.3", "15.1X49-D170.4", "12.1X46-D15.3", "18.2R2-S1", "17.4-20170101_dev_example.1", "14.2I20140101_0657_example", "23.4R1.9-EVO"} {
		for name, raw := range map[string]string{
			"text":    "Hostname: edge\nModel: vSRX\nJunos: " + release + "\nPending: 9.9R9.9\nJUNOS example [8.8R8.8]\n",
			"element": "<software-information><host-name>edge</host-name><junos-version>" + release + "</junos-version></software-information>",
			"base OS": "Hostname: edge\nModel: example\nJUNOS example [8.8R8.8]\nJUNOS Base OS boot [" + release + "]\nJUNOS Base OS Software Suite [7.7R7.7]\n",
			"package": "<software-information><host-name>edge</host-name><package-information><comment>JUNOS example [8.8R8.8]</comment></package-information>" +
				"<package-information><comment>JUNOS Software Release [" + release + "]</comment></package-information></software-information>",
		} {
			got, err := junos.ParseVersions(raw)
			if err != nil || len(got) != 1 || got[0].Version != release || got[0].Host != "edge" {
				t.Errorf("%s in %s is read as %+v, %v", release, name, got, err)
			}
		}
	}
}

func TestAStatusThatIsNotWholeSaysSo(t *testing.T) {
	raw := fixture(t, "22.2R2/show-chassis-cluster-status.txt")
	rest := raw[strings.Index(raw, "Redundancy group: 0"):]
	for name, text := range map[string]string{
		"no groups":                        strings.Replace(raw, rest, "", 1),
		"one row in a group":               strings.Replace(raw, "node1  90       secondary            yes     no       None\n", "", 1),
		"group 0 alone":                    raw[:strings.Index(raw, "Redundancy group: 1")],
		"both priorities 0":                strings.NewReplacer("node0  180 ", "node0  0   ", "node1  90 ", "node1  0  ").Replace(raw),
		"a node disabled at full priority": strings.ReplaceAll(raw, "secondary ", "disabled  "),
		"two codes in a cell":              strings.Replace(raw, "yes     no       None\n\n{", "yes     no       CS, FL\n\n{", 1),
		"a manual failover":                strings.ReplaceAll(raw, "no      no ", "no      yes"),
	} {
		t.Run(name, func(t *testing.T) {
			cluster, err := junos.ParseCluster(text)
			if err != nil {
				t.Fatal(err)
			}
			if len(cluster.Whole()) == 0 {
				t.Errorf("%+v passes for whole", cluster)
			}
		})
	}
	if cluster, err := junos.ParseCluster(raw); err != nil || len(cluster.Whole()) > 0 {
		t.Errorf("the whole one does not: %+v, %v", cluster, err)
	}
}

func TestTheCommitListTellsAPendingCommitFromHistory(t *testing.T) {
	entry := func(number, more string) string {
		return "<commit-history><sequence-number>" + number + "</sequence-number><user>casey</user><client>cli</client><date-time junos:seconds=\"1\">2027-03-03 12:00:00 UTC</date-time>" + more + "</commit-history>"
	}
	const comment, mark = "<comment>commit confirmed, rollback in 10mins</comment>", "<commit-confirmed>rollback pending</commit-confirmed>"
	for name, c := range map[string]struct {
		entries string
		want    bool
	}{
		"a comment on the newest":       {entry("0", comment) + entry("1", ""), true},
		"the mark of newer releases":    {entry("0", mark) + entry("1", ""), true},
		"both":                          {entry("0", comment+mark), true},
		"a comment on an older one":     {entry("0", "") + entry("1", comment), false},
		"a log that quotes the comment": {entry("0", "<log>commit confirmed, rollback in 10mins</log>"), false},
		"none":                          {entry("0", ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			commits, err := junos.ParseCommits("<rpc-reply><commit-information>" + c.entries + "</commit-information></rpc-reply>")
			if err != nil {
				t.Fatal(err)
			}
			for _, commit := range commits {
				if commit.Pending != (c.want && commit.Number == 0) {
					t.Errorf("entry %d is pending: %v", commit.Number, commit.Pending)
				}
			}
		})
	}
}

func TestCoreDumpsOfADirectoryHaveTheirPath(t *testing.T) {
	got, err := junos.ParseCoreDumps(`<rpc-reply><directory-list root-path="/"><directory name="/var/crash/"><file-information><file-name>core.example.3</file-name></file-information></directory>` +
		`<directory name="/var/tmp/"><file-information><file-name>/var/tmp/example.core.0</file-name></file-information></directory></directory-list></rpc-reply>`)
	if diff := cmp.Diff([]string{"/var/crash/core.example.3", "/var/tmp/example.core.0"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestAComparisonLosesItsPromptsOnly(t *testing.T) {
	want := []string{"[edit system]", "-  host-name edge-a;", "+  host-name edge-b;"}
	body := strings.Join(want, "\n")
	for name, raw := range map[string]string{
		"text":     "{primary:node0}[edit]\nroot@edge-a# show | compare \n" + body + "\n\n{primary:node0}[edit]\nroot@edge-a# ",
		"elements": "<rpc-reply><configuration-information><configuration-output>\n" + body + "\n</configuration-output></configuration-information></rpc-reply>",
	} {
		if got, err := junos.ParseDifference(raw); err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("%s is read as %q, %v", name, got, err)
		}
	}
	for _, same := range []string{"", "\n", "<rpc-reply><configuration-information><configuration-output>\n</configuration-output></configuration-information></rpc-reply>"} {
		if got, err := junos.ParseDifference(same); err != nil || len(got) > 0 {
			t.Errorf("%q is read as %q, %v", same, got, err)
		}
	}
}

func TestADocumentWithoutEndIsRefused(t *testing.T) {
	for name, raw := range map[string]string{
		"elements": strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300),
		"objects":  strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300),
		"arrays":   `{"a":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "}",
	} {
		t.Run(name+" nested too deep", func(t *testing.T) {
			_, err := junos.ParseCluster(raw)
			wantKind(t, err, upgrade.Malformed)
		})
	}
}

func TestAnAnswerWithoutCertificatesIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		kind upgrade.Kind
	}{
		"nothing":               {"", ""},
		"an empty reply":        {"<rpc-reply><output>\n</output></rpc-reply>", ""},
		"nothing of both nodes": {"node0:\n-----\n\nnode1:\n-----\nLSYS: root-logical-system\n", ""},
		"another text":          {"Hostname: edge\n", upgrade.Malformed},
		"unknown elements":      {"<rpc-reply><example><name>x</name></example></rpc-reply>", upgrade.Malformed},
		"a refusal":             {"error: command is not valid on the vsrx\n", upgrade.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := junos.ParseCertificates(c.raw)
			wantKind(t, err, c.kind)
			if len(got) > 0 {
				t.Errorf("read as %v", got)
			}
		})
	}
	got, err := junos.ParseCertificates("<rpc-reply><example><certificate-identifier>example-vpn</certificate-identifier><validity><not-after>02-01-2031 00:00 UTC</not-after></validity></example></rpc-reply>")
	if diff := cmp.Diff([]upgrade.Certificate{{ID: "example-vpn", End: "02-01-2031 00:00 UTC"}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
