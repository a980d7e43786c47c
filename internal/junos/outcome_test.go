package junos_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

func TestParseOutcomeTellsSuccessFromFailure(t *testing.T) {
	const xnm = `xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm"`
	warning := "<rpc-error><error-severity>warning</error-severity><error-message>\nstatement not found\n</error-message></rpc-error>"
	reply := func(inner string) string {
		return `<nc:rpc-reply xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="3">` + inner + "</nc:rpc-reply>"
	}
	for name, c := range map[string]struct {
		raw  string
		want junos.Outcome
	}{
		"ok":                         {reply("<nc:ok/>"), junos.Outcome{Verdict: junos.Done, Signs: []string{"ok"}}},
		"an empty reply":             {reply(""), junos.Outcome{Verdict: junos.Quiet}},
		"data":                       {reply("<nc:data><example/></nc:data>"), junos.Outcome{Verdict: junos.Quiet}},
		"empty commit-results":       {reply("<commit-results>\n</commit-results>"), junos.Outcome{Verdict: junos.Done}},
		"a commit of both nodes":     {reply("<commit-results><routing-engine><name>node0</name><commit-success/></routing-engine><routing-engine><name>node1</name><commit-success/></routing-engine></commit-results>"), junos.Outcome{Verdict: junos.Done, Signs: []string{"commit-success"}}},
		"a load":                     {reply("<load-configuration-results><load-success/></load-configuration-results>"), junos.Outcome{Verdict: junos.Done, Signs: []string{"load-success"}}},
		"a load beside warnings":     {reply("<load-configuration-results>" + warning + warning + "<ok/></load-configuration-results>"), junos.Outcome{Verdict: junos.Done, Warnings: []string{"statement not found"}, Signs: []string{"ok"}}},
		"ok beside an xnm:warning":   {reply("<xnm:warning " + xnm + "><message> uncommitted changes </message></xnm:warning><ok/>"), junos.Outcome{Verdict: junos.Done, Warnings: []string{"uncommitted changes"}, Signs: []string{"ok"}}},
		"an error beside ok":         {reply("<ok/>" + rpcError("no")), junos.Outcome{Verdict: junos.Failed, Errors: []string{"no"}, Signs: []string{"ok"}}},
		"an error in commit-results": {reply("<commit-results><xnm:error " + xnm + "><edit-path>[edit x]</edit-path><message>check-out failed</message></xnm:error></commit-results>"), junos.Outcome{Verdict: junos.Failed, Errors: []string{"check-out failed, [edit x]"}}},
		"an error without severity":  {reply("<rpc-error><error-message>odd</error-message></rpc-error>"), junos.Outcome{Verdict: junos.Failed, Errors: []string{"odd"}}},
		"an error far down":          {reply("<a><b><c><rpc-error><error-message>deep</error-message></rpc-error></c></b></a><ok/>"), junos.Outcome{Verdict: junos.Failed, Errors: []string{"deep"}, Signs: []string{"ok"}}},
		"a bare error":               {"<rpc-error><error-message>permission denied</error-message></rpc-error>", junos.Outcome{Verdict: junos.Failed, Errors: []string{"permission denied"}}},
		"escaped markup":             {reply("<rpc-error><error-message>expecting &lt;candidate/&gt;</error-message></rpc-error>"), junos.Outcome{Verdict: junos.Failed, Errors: []string{"expecting <candidate/>"}}},
		"an unclosed engine with an error": {reply("<routing-engine><name>node1</name>" + rpcError("remote lock-configuration failed on node1")),
			junos.Outcome{Verdict: junos.Failed, Errors: []string{"remote lock-configuration failed on node1"}}},
		"an error of one node only": {reply("<multi-routing-engine-results><multi-routing-engine-item><re-name>node0</re-name><output>JUNOS 1 will become active at next reboot</output><package-result>0</package-result></multi-routing-engine-item>" +
			"<multi-routing-engine-item><re-name>node1</re-name><output>ERROR: rollback aborted</output><package-result>1</package-result></multi-routing-engine-item></multi-routing-engine-results>"),
			junos.Outcome{Verdict: junos.Failed, Errors: []string{"package-result 1", "ERROR: rollback aborted"}, Signs: []string{"package-result 0", "JUNOS 1 will become active at next reboot"}}},
		"a result of 0 with nothing staged": {reply("<output>There is pending upgrade. example=stage</output><package-result>0</package-result>"),
			junos.Outcome{Verdict: junos.Failed, Errors: []string{"There is pending upgrade. example=stage"}, Signs: []string{"package-result 0"}}},
		"noise in a success": {reply("<output>rm: /x: Operation not permitted\nmgd: error: example noise\nValidation succeeded\nWARNING: A reboot is required</output>"),
			junos.Outcome{Verdict: junos.Done, Warnings: []string{"mgd: error: example noise", "WARNING: A reboot is required"}, Signs: []string{"Validation succeeded"}}},
		"an error in text alone": {reply("<output>\nERROR: package: /var/tmp/example.tgz is not found or empty\n</output>"), junos.Outcome{Verdict: junos.Failed, Errors: []string{"ERROR: package: /var/tmp/example.tgz is not found or empty"}}},
		"a prompt before the result": {reply("<rpc><select-choice><prompt>Reboot the system ? [yes,no] (no) </prompt></select-choice></rpc><request-reboot-results><request-reboot-status>\nShutdown NOW!\n[pid 3]\n</request-reboot-status></request-reboot-results>"),
			junos.Outcome{Verdict: junos.Done, Signs: []string{"Shutdown NOW!"}}},
		"a failover": {"{primary:node0}\nroot@a> request chassis cluster failover redundancy-group 1 node 1\nnode1:\n-----------\nInitiated manual failover for redundancy group 1\n",
			junos.Outcome{Verdict: junos.Done, Signs: []string{"Initiated manual failover for redundancy group 1"}}},
		"a failover too many": {"node1:\n------\nManual failover is in progress. Please reset it before requesting a failover\n",
			junos.Outcome{Verdict: junos.Failed, Errors: []string{"Manual failover is in progress. Please reset it before requesting a failover"}}},
		"a commit that is confirmed later": {reply("<commit-results><output>commit confirmed will be automatically rolled back in 10 minutes unless confirmed</output></commit-results>"),
			junos.Outcome{Verdict: junos.Done, Signs: []string{"commit confirmed will be automatically rolled back in 10 minutes unless confirmed"}}},
		"a refused line on the CLI":   {"[edit]\nroot@a# set example\n            ^\nsyntax error.\n", junos.Outcome{Verdict: junos.Failed, Errors: []string{"syntax error."}}},
		"the same error of each node": {"error: command is not valid on the vsrx\nerror: command is not valid on the vsrx\n", junos.Outcome{Verdict: junos.Failed, Errors: []string{"error: command is not valid on the vsrx"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := junos.ParseOutcome(c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a quoted line shows no secret", func(t *testing.T) {
		got, err := junos.ParseOutcome("<rpc-reply>" + rpcError("syntax error: set security ike policy p pre-shared-key ascii-text \"fake shared key\"") + "</rpc-reply>")
		want := []string{"syntax error: set security ike policy p pre-shared-key ascii-text ***"}
		if diff := cmp.Diff(want, got.Errors); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
	for name, raw := range map[string]string{"nothing": "", "a prompt alone": "root@a> \n", "broken markup": "<rpc-reply><ok>", "another unclosed element": "<rpc-reply><example></rpc-reply>"} {
		t.Run(name+" is no outcome", func(t *testing.T) {
			_, err := junos.ParseOutcome(raw)
			wantKind(t, err, upgrade.Malformed)
		})
	}
}

func TestParseLockReadsEveryForm(t *testing.T) {
	editor := junos.Editor{User: "casey", Terminal: "pts/3", PID: "9120", Since: "2027-04-05 06:07:08 UTC", Idle: "00:01:02", Mode: "exclusive"}
	line := "  casey terminal pts/3 (pid 9120) on since 2027-04-05 06:07:08 UTC, idle 00:01:02\n      exclusive \n"
	for name, c := range map[string]struct {
		raw    string
		locked bool
		want   []junos.Editor
	}{
		"of the CLI":                  {"root@a> configure exclusive\nerror: configuration database locked by:\n" + line, true, []junos.Editor{editor}},
		"of an rpc-error":             {"<rpc-reply>" + rpcError("configuration database locked by:\n"+line) + "</rpc-reply>", true, []junos.Editor{editor}},
		"of database-status elements": {"<rpc-reply><database-status-information><database-status><user>casey</user><terminal>pts/3</terminal><pid>9120</pid><start-time junos:seconds='1'>2027-04-05 06:07:08 UTC</start-time><idle-time>00:01:02</idle-time><exclusive/></database-status></database-status-information></rpc-reply>", false, []junos.Editor{editor}},
		"of people beside each other": {"Users currently editing the configuration:\n  kim terminal p0 (pid 5) on since 2027-04-05 07:00:00 CEST\n      [edit interfaces]\n" + line, false,
			[]junos.Editor{{User: "kim", Terminal: "p0", PID: "5", Since: "2027-04-05 07:00:00 CEST"}, editor}},
		"of a changed database":        {"error: configuration database modified\n", true, nil},
		"of private edits":             {"error: private edits in use. Try 'configure private' or 'configure exclusive'.\n", true, nil},
		"of the usage of the database": {"Cannot proceed, database is currently being modified", true, nil},
		"of the other node's database": {"<rpc-reply>" + rpcError("remote lock-configuration failed on node1") + "</rpc-reply>", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := junos.ParseLock(c.raw)
			if err != nil || got.Locked != c.locked {
				t.Fatalf("read as %+v, %v", got, err)
			}
			if diff := cmp.Diff(c.want, got.Editors); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for raw, kind := range map[string]upgrade.Kind{
		"<rpc-reply>" + rpcError("Configuration database is not open") + "</rpc-reply>": upgrade.Refused,
		"Current database size on disk: 1.10 MB\n":                                      upgrade.Malformed,
	} {
		_, err := junos.ParseLock(raw)
		wantKind(t, err, kind)
	}
}

func TestParsePolicyReadsEveryForm(t *testing.T) {
	curly := fixture(t, "22.2R2/show-configuration.txt")
	for name, c := range map[string]struct {
		raw     string
		preempt upgrade.Preempt
		root    bool
	}{
		"a group that is inactive":   {curly, upgrade.PreemptInactive, true},
		"a group that is active":     {strings.Replace(curly, "inactive: redundancy", "redundancy", 1), upgrade.PreemptActive, true},
		"preempt that is inactive":   {strings.NewReplacer("inactive: redundancy", "redundancy", "preempt {", "inactive: preempt {").Replace(curly), upgrade.PreemptInactive, true},
		"preempt of another group":   {strings.NewReplacer("inactive: redundancy-group 1", "redundancy-group 2").Replace(curly), upgrade.PreemptAbsent, true},
		"root login denied":          {strings.Replace(curly, "root-login allow", "root-login deny", 1), upgrade.PreemptInactive, false},
		"root login under inactive":  {strings.Replace(curly, "ssh {", "inactive: ssh {", 1), upgrade.PreemptInactive, false},
		"root login in a comment":    {strings.Replace(curly, "root-login allow;", "/* root-login allow; */", 1), upgrade.PreemptInactive, false},
		"root login in a text":       {strings.Replace(curly, "root-login allow;", `banner "root-login allow; }";`, 1), upgrade.PreemptInactive, false},
		"preempt without children":   {"chassis {\n    cluster {\n        redundancy-group 1 {\n            preempt;\n        }\n    }\n}\n", upgrade.PreemptActive, false},
		"set lines":                  {"## Last commit: x\nset system services ssh root-login allow\nset chassis cluster redundancy-group 1 preempt delay 5\n", upgrade.PreemptActive, true},
		"set lines with deactivate":  {"set chassis cluster redundancy-group 1 preempt\ndeactivate chassis cluster redundancy-group 1\n", upgrade.PreemptInactive, false},
		"elements, yang-compliant":   {fixture(t, "24.4R1/get-configuration.xml"), upgrade.PreemptInactive, true},
		"elements, inactive":         {strings.Replace(fixture(t, "24.4R1/get-configuration.xml"), `jcmd:active="false"`, `inactive="inactive"`, 1), upgrade.PreemptInactive, true},
		"elements, active":           {strings.Replace(fixture(t, "24.4R1/get-configuration.xml"), ` jcmd:active="false"`, "", 1), upgrade.PreemptActive, true},
		"a reply with the text form": {"<rpc-reply><configuration-text>\nsystem { services { ssh { root-login allow; } } }\n</configuration-text></rpc-reply>", upgrade.PreemptAbsent, true},
	} {
		t.Run(name, func(t *testing.T) {
			preempt, root, err := junos.ParsePolicy(c.raw)
			if err != nil || preempt != c.preempt || root != c.root {
				t.Errorf("preempt %q, root login %v, %v", preempt, root, err)
			}
		})
	}
	for name, raw := range map[string]string{
		"ends in a container": strings.TrimSpace(curly)[:400],
		"ends in a quote":     `system { host-name "x`,
		"ends in a statement": "system;\nchassis",
		"closes too much":     "system {\n}\n}\n",
		"ends in a comment":   "system { }\n/* never",
	} {
		t.Run("a configuration that "+name, func(t *testing.T) {
			_, _, err := junos.ParsePolicy(raw)
			wantKind(t, err, upgrade.Malformed)
		})
	}
}

func TestParseChecksumReadsEveryForm(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	want := junos.Checksum{Method: "SHA-256", File: "/var/tmp/example.tgz", Sum: sum}
	for name, raw := range map[string]string{
		"elements": "<rpc-reply><checksum-information><file-checksum><computation-method>SHA-256</computation-method><input-file>/var/tmp/example.tgz</input-file><checksum>\n" + sum + "\n</checksum></file-checksum></checksum-information></rpc-reply>",
		"text":     "root@a> file checksum sha-256 /var/tmp/example.tgz\nSHA-256 (/var/tmp/example.tgz) = " + strings.ToUpper(sum) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := junos.ParseChecksum(raw); err != nil || got != want {
				t.Errorf("read as %+v, %v", got, err)
			}
		})
	}
	for raw, kind := range map[string]upgrade.Kind{
		"<rpc-reply><checksum-information><file-checksum><rpc-error><error-message>md5: /x: No such file or directory</error-message></rpc-error></file-checksum></checksum-information></rpc-reply>": upgrade.Refused,
		"SHA-256 (/var/tmp/example.tgz) = 0a0a": upgrade.Malformed,
	} {
		_, err := junos.ParseChecksum(raw)
		wantKind(t, err, kind)
	}
}
