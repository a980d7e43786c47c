package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// checked is one row of a readiness check.
type checked struct {
	Category             string
	MemberID             int `json:"memberId"`
	MemberReadinessValue string
	ReturnCode           int
}

// check runs the OS reload check of the first gateway and reads its rows by node.
func (o operator) check() [2]checked {
	o.t.Helper()
	o.call("SoftLayer_Network_Gateway_Precheck/osReloadPrecheck.json", o.gateway().ID)
	o.cloud.Step(31 * time.Minute)
	return o.rows("reload_precheck")
}

func (o operator) rows(category string) [2]checked {
	o.t.Helper()
	var rows []checked
	if err := json.Unmarshal([]byte(o.call("SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", o.gateway().ID, true)), &rows); err != nil {
		o.t.Fatal(err)
	}
	var byNode [2]checked
	for _, row := range rows {
		for _, m := range o.gateway().Members {
			if row.Category == category && row.MemberID == m.ID {
				byNode[m.Node] = row
			}
		}
	}
	return byNode
}

// change spoils the world and repairs it again.
type change func(o operator) (repair func())

// byFault lets a fault strike node0.
func byFault(name, arg string) change {
	return func(o operator) func() {
		o.inject(sim.Fault{Name: name, Arg: arg, Member: o.member(0).ID})
		return func() { o.cloud.Clear(name) }
	}
}

// byCommit commits statements as a client of the gateway does and takes them back.
func byCommit(statements ...string) change {
	return func(o operator) func() {
		n := o.netconf()
		n.commit("set " + strings.Join(statements, "\nset "))
		return func() { n.commit("delete " + strings.Join(statements, "\ndelete ")) }
	}
}

// bySetting commits statements and takes them back by deleting a whole branch.
func bySetting(branch string, statements ...string) change {
	return func(o operator) func() {
		n := o.netconf()
		n.commit("set " + strings.Join(statements, "\nset "))
		return func() { n.commit("delete " + branch) }
	}
}

// byGatewayRecord writes another root password into the portal's record of the vSRX.
func byGatewayRecord(password string) change {
	return func(o operator) func() {
		record := func(p string) {
			o.call(fmt.Sprintf("SoftLayer_Network_Gateway/%d/updateGatewayUserPassword", o.gateway().ID), map[string]string{"username": "root", "password": p})
		}
		record(password)
		return func() { record(o.gateway().RootPassword) }
	}
}

// byHostRecord writes another root password into the portal's record of host 0.
func byHostRecord(password string) change {
	return func(o operator) func() {
		hardware := fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID)
		var server struct {
			OperatingSystem struct{ Passwords []struct{ ID int } }
		}
		if err := json.Unmarshal([]byte(o.masked(hardware, "mask[operatingSystem[passwords[id]]]")), &server); err != nil || len(server.OperatingSystem.Passwords) != 1 {
			o.t.Fatalf("reading the password record: %v, %+v", err, server)
		}
		record := func(p string) {
			o.call(hardware+"/editSoftwareComponentPasswords", []map[string]any{{"id": server.OperatingSystem.Passwords[0].ID, "password": p}})
		}
		record(password)
		return func() { record(o.member(0).HostPassword) }
	}
}

// byCommand runs a command on host 0 and one that undoes it.
func byCommand(command, undo string) change {
	return func(o operator) func() {
		o.onHost(o.member(0), command+" "+o.member(0).Domain)
		o.cloud.Step(20 * time.Minute)
		return func() {
			o.onHost(o.member(0), undo+" "+o.member(0).Domain)
			o.cloud.Step(30 * time.Minute)
		}
	}
}

const aPolicy = "security policies from-zone CUSTOMER-PRIVATE to-zone SL-PUBLIC policy spoilt "

func TestReadinessCodesFollowFromTheWorld(t *testing.T) {
	for _, test := range []struct {
		code  int
		name  string
		spoil change
	}{
		{1003, "the portal has no root user of the host", byFault("host-record-missing", "")},
		{1004, "the portal's record of the host is empty", byHostRecord("")},
		{1107, "the portal's record of the host is wrong", byHostRecord("fake-and-wrong")},
		{1005, "the host is away", byFault("host-unreachable", "")},
		{1009, "the host's firewall drops SSH", byFault("host-firewall", "inbound")},
		{1008, "the host runs no command", byFault("host-shell-broken", "")},
		{1168, "the host is in rescue mode", byFault("host-rescue", "")},
		{1026, "the host's storage is read-only", byFault("host-readonly", "")},
		{1102, "the host's disk is full", byFault("host-disk-full", "")},
		{1023, "the host cannot resolve names", byFault("host-names-broken", "")},
		{1025, "IPMI is disabled", byFault("ipmi-disabled", "")},
		{1116, "the host has no telnet", byFault("host-telnet-missing", "")},
		{1114, "the host has too little memory", byFault("host-memory-small", "")},
		{1127, "bond0 lacks a NIC", byFault("host-bond-nic-missing", "bond0")},
		{1128, "bond1 lacks a NIC", byFault("host-bond-nic-missing", "bond1")},
		{1129, "bond0 has one NIC more", byFault("host-bond-nic-added", "bond0")},
		{1130, "bond1 has one NIC more", byFault("host-bond-nic-added", "bond1")},
		{1013, "the portal has no root user of the gateway", byFault("record-missing", "")},
		{1011, "the portal's record of the gateway is empty", byGatewayRecord("")},
		{1108, "the portal's record of the gateway is wrong", byGatewayRecord("fake-and-wrong")},
		{1012, "root may not log in to the gateway", func(o operator) func() {
			n := o.netconf()
			n.commit("set system services ssh root-login deny")
			return func() { n.commit("set system services ssh root-login allow") }
		}},
		{1019, "the filter of the gateway takes no SSH", func(o operator) func() {
			n := o.netconf()
			n.commit("delete firewall filter PROTECT-IN term SSH from destination-port ssh")
			return func() { n.commit("set firewall filter PROTECT-IN term SSH from destination-port ssh") }
		}},
		{1105, "the host cannot reach the gateway", byFault("host-firewall", "gateway")},
		{1106, "the host cannot reach its peer", byFault("host-firewall", "peer")},
		{1132, "the VM has no telnet console", byFault("console-definition-lost", "")},
		{1119, "somebody is on the console", byFault("console-open", "")},
		{1119, "the console is disabled", byCommit("system ports console disable")},
		{1123, "the console is in configuration mode", byFault("console-open", "configure")},
		{1110, "/var of the gateway is full", byFault("vsrx-disk-full", "")},
		{1120, "the licence is missing", byFault("licence-missing", "")},
		{1120, "the licence is one for evaluation", byFault("licence-evaluation", "")},
		{1118, "the VM is off", byCommand("virsh shutdown", "virsh start")},
		{1126, "the control link is down", byFault("control-link-down", "")},
		{1112, "the peer is lost", func(o operator) func() {
			o.inject(sim.Fault{Name: "peer-lost"})
			return func() { o.cloud.Clear("peer-lost"); o.cloud.Step(time.Hour) }
		}},
		{1141, "the groups have two primaries", byFault("rg-split", "")},
		{1154, "both nodes are off", func(o operator) func() {
			for n := range 2 {
				o.onHost(o.member(n), "virsh destroy "+o.member(n).Domain)
			}
			return func() {
				for n := range 2 {
					o.onHost(o.member(n), "virsh start "+o.member(n).Domain)
				}
				o.cloud.Step(time.Hour)
			}
		}},
		{1115, "a connection limit", byCommit("system services ssh connection-limit 5")},
		{1124, "a unit without vlan-id", bySetting("interfaces reth2 unit 7", "interfaces reth2 unit 7 family inet address 10.61.7.1/24")},
		{1125, "structured data with explicit priority", byCommit("system syslog host 10.61.9.9 structured-data", "system syslog host 10.61.9.9 explicit-priority")},
		{1131, "an address-range", byCommit("security address-book global address wide address-range 10.61.8.1 to 10.61.8.9")},
		{1139, "tcp-mss on an interface", byCommit("interfaces st0 unit 0 family inet tcp-mss 1350")},
		{1140, "datapath-debug", byCommit("security datapath-debug capture-file trace")},
		{1142, "one address twice", bySetting("interfaces reth3 unit 9", "interfaces reth3 unit 9 vlan-id 9", "interfaces reth3 unit 9 family inet address 10.61.4.1/32")},
		{1145, "IDP without its licence", byCommit("security idp active-policy strict")},
		{1147, "a url-pattern with a trailing star", byCommit("security utm custom-objects url-pattern bad value www.shop.example/*")},
		{1155, "a service beside any-service", byCommit(
			"security zones security-zone SL-PRIVATE interfaces reth0.0 host-inbound-traffic system-services any-service")},
		{1157, "certificates under services ssl", byCommit("services ssl proxy profile p root-ca c")},
		{1158, "a NAT prefix with host bits", byCommit("security nat source pool p address 203.0.113.35/30")},
		{1159, "a certificate for REST", byCommit("system services rest https server-certificate c")},
		{1160, "a memory limit of the IDP packet log", byCommit("security idp sensor-configuration packet-log total-memory 10")},
		{1165, "any and junos-defaults", byCommit(aPolicy+"match dynamic-application any", aPolicy+"match application junos-defaults", aPolicy+"match dynamic-application junos-defaults")},
		{1167, "an IKE gateway without external-interface", bySetting("security ike", "security ike gateway branch address 198.51.100.7")},
		{1169, "ICMP-TRACEROUTE", byCommit(aPolicy + "match dynamic-application junos:ICMP-TRACEROUTE")},
	} {
		t.Run(fmt.Sprintf("%d: %s", test.code, test.name), func(t *testing.T) {
			o := ready(t)
			if rows := o.check(); rows[0].ReturnCode != 0 || rows[0].MemberReadinessValue != "Ready" {
				t.Fatalf("before: %+v", rows)
			}
			repair := test.spoil(o)
			if rows := o.check(); rows[0].ReturnCode != test.code || rows[0].MemberReadinessValue != "Not Ready" {
				t.Errorf("spoilt: %+v, want %d", rows, test.code)
			}
			repair()
			if rows := o.check(); rows[0].ReturnCode != 0 || rows[0].MemberReadinessValue != "Ready" {
				t.Errorf("repaired: %+v", rows)
			}
		})
	}
}

func TestReadinessWarningsLeaveTheMemberReady(t *testing.T) {
	for _, test := range []struct {
		code  int
		spoil change
	}{
		{1176, bySetting("security ipsec", "security ipsec vpn branch ike gateway hub")},
		{1177, byCommit(aPolicy + "match dynamic-application any")},
	} {
		t.Run(fmt.Sprint(test.code), func(t *testing.T) {
			o := ready(t)
			repair := test.spoil(o)
			if rows := o.check(); rows[0].ReturnCode != test.code || rows[0].MemberReadinessValue != "Ready" {
				t.Errorf("spoilt: %+v", rows)
			}
			repair()
			if rows := o.check(); rows[0].ReturnCode != 0 {
				t.Errorf("repaired: %+v", rows)
			}
		})
	}
	t.Run("1179", func(t *testing.T) {
		list := sim.DefaultGateways()
		list[0].Version, list[0].Preempt = "22.1R1.10", false
		o := start(t, sim.Options{Gateways: list})
		if rows := o.check(); rows[0].ReturnCode != 1179 || rows[0].MemberReadinessValue != "Ready" {
			t.Errorf("a version that is not certified: %+v", rows)
		}
	})
}

func TestOneMembersErrorLeavesTheOtherIncomplete(t *testing.T) {
	o := ready(t)
	o.inject(sim.Fault{Name: "host-readonly", Member: o.member(0).ID})
	if rows := o.check(); rows[1].MemberReadinessValue != "Incomplete" || rows[0].ReturnCode != 1026 {
		t.Errorf("rows: %+v", rows)
	}
}

func TestAForeignReloadDuringTheCheckIsCode1000(t *testing.T) {
	o := ready(t)
	o.call("SoftLayer_Network_Gateway_Precheck/osReloadPrecheck.json", o.gateway().ID)
	o.cloud.Step(40 * time.Minute)
	o.inject(sim.Fault{Name: "foreign-reload", Member: o.member(1).ID})
	o.inject(sim.Fault{Name: "foreign-check"})
	o.cloud.Step(31 * time.Minute)
	if rows := o.rows("reload_precheck"); rows[0].ReturnCode != 1000 {
		t.Errorf("rows: %+v", rows)
	}
}

func TestHostKeepsTheLogOfItsChecks(t *testing.T) {
	o := ready(t)
	if _, exit := o.onHost(o.member(0), "test -e /home/vSRX/precheck.log"); exit == 0 {
		t.Error("there is a log before the first check")
	}
	o.check()
	o.inject(sim.Fault{Name: "console-open", Member: o.member(0).ID})
	o.check()
	out, exit := o.onHost(o.member(0), "tail -n 1 /home/vSRX/precheck.log")
	if want := "Host: gw-a-h0 FAILURE - Return code:1119\n"; out != want || exit != 0 {
		t.Errorf("last line %q, want %q", out, want)
	}
	if out, _ := o.onHost(o.member(0), "grep -c 'Return code:0' /home/vSRX/precheck.log"); out != "1\n" {
		t.Errorf("%s successes in the log, want 1", out)
	}
}

func TestStatusOfAReadinessCheckVaries(t *testing.T) {
	for _, test := range []struct {
		fault sim.Fault
		after time.Duration // of the start of the second check
		want  string
		code  int
	}{
		{sim.Fault{Name: "precheck-late", Arg: "10m"}, 9 * time.Minute, "Ready", 0},
		{sim.Fault{Name: "precheck-late", Arg: "10m"}, 11 * time.Minute, "Running", 0},
		{sim.Fault{Name: "precheck-slow", Arg: "3"}, 80 * time.Minute, "Running", 0},
		{sim.Fault{Name: "precheck-slow", Arg: "3"}, 91 * time.Minute, "Ready", 0},
		{sim.Fault{Name: "precheck-timeout"}, 31 * time.Minute, "Not Ready", 1014},
		{sim.Fault{Name: "precheck-incomplete"}, 31 * time.Minute, "Incomplete", 0},
		{sim.Fault{Name: "precheck-expire-early", Arg: "20m"}, 49 * time.Minute, "Ready", 0},
		{sim.Fault{Name: "precheck-expire-early", Arg: "20m"}, 51 * time.Minute, "Expired", 0},
		{sim.Fault{Name: "precheck-current"}, 31 * time.Minute, "Current", 0},
	} {
		t.Run(fmt.Sprintf("%s after %v", test.fault.Name, test.after), func(t *testing.T) {
			o := ready(t)
			o.call("SoftLayer_Network_Gateway_Precheck/upgradePrecheck.json", o.gateway().ID)
			o.cloud.Step(31 * time.Minute)
			if test.fault.Arg != "" { // when a check of the gateway starts and ends is nothing of one member's
				test.fault.Member = o.member(1).ID
			}
			o.inject(test.fault)
			o.call("SoftLayer_Network_Gateway_Precheck/upgradePrecheck.json", o.gateway().ID)
			o.cloud.Step(test.after)
			if row := o.rows("upgrade_precheck")[0]; row.MemberReadinessValue != test.want || row.ReturnCode != test.code {
				t.Errorf("row %+v, want %s with %d", row, test.want, test.code)
			}
		})
	}
}

func TestAReloadIsRefusedForWhatTheCheckFound(t *testing.T) {
	o := ready(t)
	o.netconf().commit("set system services ssh connection-limit 3")
	o.checkReadiness(o.gateway().ID)
	if status, text, err := o.reload(o.member(1), newVersion); status != http.StatusInternalServerError || err != nil {
		t.Errorf("status %d, %v: %s", status, err, text)
	}
}
