package sim_test

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/testsuite/sim"
)

// standalone is one gateway without a cluster, where a plain "configure" shares the candidate.
func standalone(t *testing.T) operator {
	t.Helper()
	one := sim.DefaultGateways()
	one[0].Standalone, one[0].Preempt = true, false
	return start(t, sim.Options{Gateways: one})
}

// typed is what a terminal of some rows shows when root types lines into the CLI; 0 rows are a terminal without pages.
func (o operator) typed(rows int, keys string) string {
	o.t.Helper()
	g := o.gateway()
	client, _, err := o.dial(g.Address, g.SSHPort, "root", g.RootPassword)
	if err != nil {
		o.t.Fatal(err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		o.t.Fatal(err)
	}
	if err := session.RequestPty("vt100", rows, 80, ssh.TerminalModes{}); err != nil {
		o.t.Fatal(err)
	}
	session.Stdin = strings.NewReader("cli\r" + keys + "exit\rexit\r")
	out, err := session.StdoutPipe()
	if err != nil {
		o.t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		o.t.Fatal(err)
	}
	text, err := io.ReadAll(out)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := session.Wait(); err != nil {
		o.t.Errorf("%q ended with %v", keys, err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func TestCLIIsATerminal(t *testing.T) {
	for name, test := range map[string]struct {
		rows int
		keys string
		want []string
		not  string
	}{
		"echo and prompt":       {0, "show version\r", []string{"root@gw-a> show version\n", "Model: vSRX\n"}, "---(more)---"},
		"corrections":           {0, "shoq\bw versiom\x7fn\r", []string{"Model: vSRX\n"}, "unknown"},
		"abbreviations":         {0, "sh ver\r", []string{"Model: vSRX\n"}, "unknown"},
		"interrupt":             {0, "show ver\x03show cli\r", []string{"^C\n", "CLI idle-timeout disabled"}, "Model"},
		"line kill":             {0, "nonsense\x15show version\r", []string{"Model: vSRX\n"}, "unknown"},
		"pages, one and enough": {10, "show configuration\rqshow cli\r", []string{"---(more)---", "CLI idle-timeout"}, "routing-options"},
		"unknown":               {0, "frobnicate\r", []string{"^\nunknown command."}, ""},
		"syntax":                {0, "show frobnicate\r", []string{"^\nsyntax error, expecting <command>."}, ""},
		"set cli":               {10, "set cli screen-length 0\rshow configuration\r", []string{"Screen length set to 0", "routing-options"}, "---(more)---"},
		"pipes":                 {0, "show configuration | display set | match root-login | count\r", []string{"Count: 1 lines"}, ""},
		"the last lines":        {0, "show configuration | display set | last 1\r", []string{"set "}, "set version"},
		"paths":                 {0, "show configuration system services ssh\r", []string{"\nroot-login allow;\n"}, "netconf"},
		"paths in set":          {0, "show configuration system services | display set\r", []string{"set system services ssh root-login allow\n"}, "host-name"},
		"not a cluster":         {0, "show chassis cluster status\r", []string{"error: Chassis cluster is not enabled"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := standalone(t).typed(test.rows, test.keys)
			for _, part := range test.want {
				if !strings.Contains(text, part) {
					t.Errorf("no %q in %s", part, text)
				}
			}
			if test.not != "" && strings.Contains(text, test.not) {
				t.Errorf("%q in %s", test.not, text)
			}
		})
	}
}

func TestCLIConfigures(t *testing.T) {
	for name, test := range map[string]struct {
		world func(*testing.T) operator
		keys  string
		want  []string
	}{
		"a shared edit stays behind": {standalone, "configure\rset system host-name left\rexit\rconfigure\rexit\rshow system configuration database usage\r",
			[]string{"The configuration has been changed but not committed", "Cannot proceed, database is currently being modified"}},
		"a cluster edits privately": {ready, "configure\rset system host-name gone\rexit\rshow configuration system host-name\r",
			[]string{"warning: Clustering enabled; using private edit", "warning: uncommitted changes have been discarded", "host-name gw-a;"}},
		"levels": {standalone, "configure\redit system services\rset ssh connection-limit 9\rup\rshow services ssh\rtop\rcommit and-quit\r",
			[]string{"[edit system services]\nroot@gw-a# ", "[edit system]\n", "connection-limit 9;", "commit complete", "Exiting configuration mode"}},
		"a list of users": {standalone, "configure exclusive\rstatus\rexit\r", []string{"Users currently editing the configuration:\n  root terminal pts/0 (pid ", "exclusive"}},
		"commits on both nodes": {ready, "configure\rset system host-name two\rcommit check\rcommit comment \"of two\"\rexit\rshow system commit\r",
			[]string{"node0: \nconfiguration check succeeds\nnode1: \n", "node1: \ncommit complete", "by root via cli\n    of two"}},
		"confirmed": {standalone, "configure exclusive\rset system host-name now\rcommit confirmed 3\rcommit\rexit\r", []string{"commit confirmed will be automatically rolled back in 3 minutes unless confirmed",
			"\n# commit confirmed will be rolled back in 3 minutes\n[edit]\n"}},
		"a refused commit": {standalone, "configure exclusive\rdelete system root-authentication\rcommit\rrollback\rexit\r",
			[]string{"Missing mandatory statement: 'root-authentication'", "error: commit failed"}},
		"a paste": {standalone, "configure exclusive\rload merge terminal\rsystem { host-name pasted; }\r\x04show | compare\rrollback 0\rexit\r",
			[]string{"[Type ^D at a new line to end input]", "load complete", "+   host-name pasted;"}},
		"a bad paste": {standalone, "configure exclusive\rload merge terminal\rsystem { host-name\r\x04exit\r", []string{"error: load failed: syntax error"}},
		"what is not there": {standalone, "configure exclusive\rdelete system nothing\rset system host-name a b\rrollback 17\rexit\r",
			[]string{"warning: statement not found", "error: syntax error", "error: rollback 17 does not exist"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := test.world(t).typed(0, test.keys)
			for _, part := range test.want {
				if !strings.Contains(text, part) {
					t.Errorf("no %q in %s", part, text)
				}
			}
		})
	}
}

func TestCLIMeetsTheLockOfAnother(t *testing.T) {
	o := standalone(t)
	o.netconf().rpc("<lock-configuration/>")
	text := o.typed(0, "configure\rshow system users\r")
	if !strings.Contains(text, "error: configuration database locked by:\n  root terminal  (pid ") || strings.Contains(text, "Entering") {
		t.Error(text)
	}
	if strings.Contains(text, "netconf") {
		t.Errorf("NETCONF sessions are among the users: %s", text)
	}
}
