package sim_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

func TestConfigurationIsTheSameInThreeForms(t *testing.T) {
	pair := sim.DefaultGateways()
	pair[0].Config = `set system host-name gw-a
set system services ssh root-login allow
set system services netconf ssh port 830
set system services web-management https interface [ reth0.0 reth1.0 ]
set system login message "two words"
set chassis cluster redundancy-group 1 node 0 priority 100
set chassis cluster redundancy-group 1 preempt
set security policies from-zone a to-zone b policy p match application any
set security zones security-zone a interfaces reth0.0 host-inbound-traffic system-services ssh
set interfaces reth0 unit 0 family inet address 192.0.2.1/24
set routing-options static route 10.0.0.0/8 next-hop 192.0.2.2
set unheard of statement
deactivate chassis cluster redundancy-group 1 preempt
`
	o := start(t, sim.Options{Gateways: pair})
	n := o.netconf()
	curly := `system {
    host-name gw-a;
    services {
        ssh {
            root-login allow;
        }
        netconf {
            ssh {
                port 830;
            }
        }
        web-management {
            https {
                interface [ reth0.0 reth1.0 ];
            }
        }
    }
    login {
        message "two words";
    }
}
chassis {
    cluster {
        redundancy-group 1 {
            node 0 priority 100;
            inactive: preempt;
        }
    }
}
security {
    policies {
        from-zone a to-zone b {
            policy p {
                match {
                    application any;
                }
            }
        }
    }
    zones {
        security-zone a {
            interfaces {
                reth0.0 {
                    host-inbound-traffic {
                        system-services {
                            ssh;
                        }
                    }
                }
            }
        }
    }
}
interfaces {
    reth0 {
        unit 0 {
            family inet {
                address 192.0.2.1/24;
            }
        }
    }
}
routing-options {
    static {
        route 10.0.0.0/8 next-hop 192.0.2.2;
    }
}
unheard of statement;
`
	text := n.rpc(`<get-configuration format="text"/>`)
	_, text, _ = strings.Cut(text, "version 22.2R2-S2.3;\n")
	text, _, _ = strings.Cut(text, "</configuration-text>")
	if diff := cmp.Diff(curly, text); diff != "" {
		t.Errorf("curly form (-want +got):\n%s", diff)
	}
	set := n.rpc(`<get-configuration format="set"/>`)
	for _, want := range []string{"set chassis cluster redundancy-group 1 preempt\n", "deactivate chassis cluster redundancy-group 1 preempt\n",
		"set system services web-management https interface reth1.0\n"} {
		if !strings.Contains(set, want) {
			t.Errorf("set form lacks %q: %s", want, set)
		}
	}
	xml := regexp.MustCompile(`>\s+<`).ReplaceAllString(n.rpc("<get-configuration/>"), "><")
	for _, want := range []string{`<preempt inactive="inactive"/>`, "<node><name>0</name><priority>100</priority></node>", "junos:commit-seconds=",
		"<policy><from-zone-name>a</from-zone-name><to-zone-name>b</to-zone-name><policy><name>p</name>",
		"<interfaces><name>reth0.0</name><host-inbound-traffic><system-services><name>ssh</name></system-services>",
		"<family><inet><address><name>192.0.2.1/24</name></address></inet></family>"} {
		if !strings.Contains(xml, want) {
			t.Errorf("XML lacks %s: %s", want, xml)
		}
	}
}

func TestConfigurationChanges(t *testing.T) {
	const load = `<load-configuration action="set" format="text"><configuration-set>%s</configuration-set></load-configuration>`
	const diff = `<get-configuration compare="rollback" rollback="0" format="text"/>`
	o := ready(t)
	n := o.netconf()
	for _, step := range []struct{ rpc, want string }{
		{fmt.Sprintf(load, "set system host-name x"), "Configuration database is not open"},
		{"<unlock-configuration/>", "Configuration database is not open"},
		{"<lock-configuration/>", "message-id"},
		{fmt.Sprintf(load, "activate chassis cluster redundancy-group 1 preempt"), "<ok/>"},
		{diff, "[edit chassis cluster redundancy-group 1]\n!   active: preempt;"},
		{`<load-configuration rollback="0"/>`, "<ok/>"},
		{diff, "<configuration-output>\n</configuration-output>"},
		{fmt.Sprintf(load, "set system host-name b"), "<ok/>"},
		{diff, "[edit system]\n-   host-name gw-a;\n+   host-name b;"},
		{fmt.Sprintf(load, "delete system nothing"), "<error-severity>warning</error-severity>"},
		{fmt.Sprintf(load, "nonsense"), "<error-severity>error</error-severity>"},
		{"<commit-configuration><check/></commit-configuration>", "<name>node1</name>\n<commit-check-success/>"},
		{"<commit-configuration><log>" + strings.Repeat("x", 513) + "</log></commit-configuration>", "512"},
		{"<commit-configuration><confirmed/><confirm-timeout>10</confirm-timeout><log>run 7</log></commit-configuration>", "rolled back in 10 minutes"},
		{"<get-commit-information/>", "<comment>commit confirmed, rollback in 10mins</comment>\n<commit-confirmed>rollback pending</commit-confirmed>\n<log>run 7</log>"},
	} {
		if reply := n.rpc(step.rpc); !strings.Contains(reply, step.want) {
			t.Fatalf("%s: no %q in %s", step.rpc, step.want, reply)
		}
	}
	if reply := o.netconf().rpc("<lock-configuration/>"); !strings.Contains(reply, "configuration database locked by:\n  root") {
		t.Errorf("a second session got the lock: %s", reply)
	}
	host := func() string { return n.rpc(`<get-configuration database="committed" format="set"/>`) }
	if !strings.Contains(host(), "host-name b\n") {
		t.Error("the confirmed commit is not in force")
	}
	o.cloud.Step(10 * time.Minute)
	if !strings.Contains(host(), "host-name gw-a\n") {
		t.Error("an unconfirmed commit was not rolled back")
	}
	for _, rpc := range []string{fmt.Sprintf(load, "set system host-name c"), "<commit-configuration><confirmed/></commit-configuration>", "<commit-configuration/>"} {
		n.rpc(rpc)
	}
	o.cloud.Step(time.Hour)
	if !strings.Contains(host(), "host-name c\n") {
		t.Error("a confirmed commit was rolled back")
	}
}
