package sim_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
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
		{"<command format=\"text\">show version</command>", "Junos: 22.2R2-S2.3"},
		{"<command format=\"text\">show chassis cluster status</command>", "node1  1        secondary            no      no       None"},
		{"<get-system-storage-information/>", "<bad-element>get-system-storage-information</bad-element>"},
	} {
		if reply := n.rpc(test.rpc); !strings.Contains(reply, test.want) {
			t.Errorf("%s: no %q in %s", test.rpc, test.want, reply)
		}
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
