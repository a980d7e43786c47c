package sim_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

func TestDeviceAnswersEveryReading(t *testing.T) {
	o := ready(t)
	n := o.netconf()
	for _, test := range []struct{ rpc, want string }{
		{"<get-software-information/>", "<re-name>node1</re-name>\n\n<software-information>\n<host-name>gw-a</host-name>"},
		{"<get-software-information/>", "<junos-version>22.2R2-S2.3</junos-version>"},
		{"<get-chassis-cluster-interfaces/>", "<control-interface-status>Up</control-interface-status>"},
		{"<get-interface-information><terse/></get-interface-information>", "<name>\nge-7/0/9\n</name>"},
		{"<get-interface-information/>", "<name>\nreth0.0\n</name>"},
		{"<get-system-uptime-information/>", "<system-booted-time>\n<date-time junos:seconds="},
		{"<get-license-summary-information/>", "<needed>0</needed>"},
		{"<get-route-summary-information/>", "<protocol-name>Static</protocol-name>\n<protocol-route-count>4</protocol-route-count>"},
		{"<get-bgp-summary-information/>", "BGP is not running"},
		{"<get-flow-session-information><summary/></get-flow-session-information>", "<active-session-valid>"},
		{"<get-ike-security-associations-information/>", "<ike-security-associations-information>"},
		{"<get-security-associations-information/>", "<ipsec-security-associations-information>"},
		{"<get-system-alarm-information/>", "Rescue configuration is not set"},
		{"<get-alarm-information/>", "<no-active-alarms/>"},
		{"<get-system-core-dumps/>", "No such file or directory"},
		{"<get-system-storage/>", "<used-percent>\n 18\n</used-percent>"},
		{"<get-route-engine-information/>", "<status>Testing</status>"},
		{"<get-commit-information/>", "<sequence-number>0</sequence-number>"},
		{"<command>show version</command>", "Junos: 22.2R2-S2.3"},
		{"<command>show chassis cluster status</command>", "node1  1        secondary            no      no       None"},
		{"<get-system-storage-information/>", "<bad-element>get-system-storage-information</bad-element>"},
	} {
		if reply := n.rpc(test.rpc); !strings.Contains(reply, test.want) {
			t.Errorf("%s: no %q in %s", test.rpc, test.want, reply)
		}
	}
}

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

func TestNetconfIsReachedInEveryWay(t *testing.T) {
	o := ready(t)
	g := o.gateway()
	for _, test := range []struct {
		name, command string
		port          int
	}{
		{"subsystem on the NETCONF port", "", g.NetconfPort},
		{"subsystem on the SSH port", "", g.SSHPort},
		{"command of root", "cli xml-mode netconf need-trailer", g.SSHPort},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, _, err := o.dial(g.Address, test.port, "root", g.RootPassword)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			session, err := client.NewSession()
			if err != nil {
				t.Fatal(err)
			}
			out, err := session.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := session.StdinPipe(); err != nil {
				t.Fatal(err)
			}
			if test.command == "" {
				err = session.RequestSubsystem("netconf")
			} else {
				err = session.Start(test.command)
			}
			if err != nil {
				t.Fatal(err)
			}
			n := &netconf{t: t, client: client, out: out}
			if hello := n.read(); !strings.HasPrefix(hello, "<!-- No zombies") || strings.Contains(hello, "base:1.1") {
				t.Errorf("hello: %s", hello)
			}
		})
	}
}

func TestHostAnswersLikeALibvirtHost(t *testing.T) {
	o := ready(t)
	m := o.member(0)
	for _, test := range []struct {
		command, want string
		exit          int
	}{
		{"virsh list --all", " " + m.Domain + "   running", 0},
		{"virsh domstate " + m.Domain, "running\n\n", 0},
		{"virsh dominfo " + m.Domain, "Autostart:      enable", 0},
		{"virsh dumpxml " + m.Domain, "service='8610'", 0},
		{"virsh dumpxml " + m.Domain + " | grep service", "service='8610'", 0},
		{"virsh domstate other", "error: failed to get domain 'other'", 1},
		{"virsh start " + m.Domain, "Domain is already active", 1},
		{"ls -l /var/lib/libvirt/images/" + m.Domain, "vSRX_Image.qcow2.backup", 0},
		{"ls -l /nowhere", "No such file or directory", 2},
		{"cat /proc/meminfo", "MemTotal:       65843072 kB", 0},
		{"findmnt -no OPTIONS /", "rw,", 0},
		{"free", "Mem:", 0},
		{"true", "", 0},
		{"hostname", "gw-a-h0\n", 0},
		{"frobnicate", "bash: line 1: frobnicate: command not found\n", 127},
	} {
		if out, exit := o.onHost(m, test.command); exit != test.exit || !strings.Contains(out, test.want) {
			t.Errorf("%s: exit %d, want %d with %q: %s", test.command, exit, test.exit, test.want, out)
		}
	}
	if _, _, err := o.dial(m.HostAddress, m.HostSSHPort, "root", "fake"); err == nil {
		t.Error("a wrong password was accepted")
	}
}

func TestHostCarriesTheNodeWhoseAddressesItShows(t *testing.T) {
	o := ready(t)
	reply := o.netconf().rpc("<get-interface-information/>")
	for n, base := range []int{0, 7} {
		definition, _ := o.onHost(o.member(n), "virsh dumpxml "+o.member(n).Domain)
		macs := regexp.MustCompile(`mac address='(.*)'`).FindAllStringSubmatch(definition, -1)
		if len(macs) != 12 {
			t.Fatalf("%d interfaces: %s", len(macs), definition)
		}
		for port, mac := range macs[2:] {
			found := regexp.MustCompile(fmt.Sprintf(`\nge-%d/0/%d\n(?s:.*?)<hardware-physical-address>(.*)</hardware`, base, port)).FindStringSubmatch(reply)
			if len(found) != 2 || found[1] != mac[1] {
				t.Errorf("ge-%d/0/%d is %v, the VM's is %s", base, port, found, mac[1])
			}
		}
	}
}

func TestReloadTakesHostAndGatewayAwayAndBringsThemBackNew(t *testing.T) {
	o := ready(t)
	g, m := o.gateway(), o.member(1)
	client, hostKey, err := o.dial(m.HostAddress, m.HostSSHPort, "root", m.HostPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	device, deviceKey, err := o.dial(g.Address, g.SSHPort, "root", g.RootPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	o.checkReadiness(g.ID)
	o.mustReload(m, newVersion)
	o.cloud.Step(time.Hour)
	if err := client.Wait(); err == nil {
		t.Error("the connection to the host ended in peace")
	}
	if _, _, err := o.dial(m.HostAddress, m.HostSSHPort, "root", m.HostPassword); err == nil {
		t.Error("a host that is being reloaded answers")
	}
	if _, err := device.NewSession(); err != nil {
		t.Errorf("the other node dropped its client: %v", err)
	}
	o.cloud.Step(reloadTime)
	if err := device.Wait(); err == nil {
		t.Error("the connection to the old primary ended in peace")
	}
	if _, _, err := o.dial(m.HostAddress, m.HostSSHPort, "root", m.HostPassword); err == nil {
		t.Error("the old host password still works")
	}
	_, newHostKey, err := o.dial(m.HostAddress, m.HostSSHPort, "root", o.member(1).HostPassword)
	if err != nil || bytes.Equal(hostKey.Marshal(), newHostKey.Marshal()) {
		t.Errorf("host key after the reload: %v", err)
	}
	_, newDeviceKey, err := o.dial(g.Address, g.SSHPort, "root", g.RootPassword)
	if err != nil || bytes.Equal(deviceKey.Marshal(), newDeviceKey.Marshal()) {
		t.Errorf("gateway key after the switch-over: %v", err)
	}
}
