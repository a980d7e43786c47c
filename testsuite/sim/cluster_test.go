package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

// cli runs a line of the CLI over NETCONF.
func (n *netconf) cli(line string) string {
	n.t.Helper()
	return n.rpc("<command>" + line + "</command>")
}

func TestAManualFailoverHoldsDownTheNodeThatGaveTheGroupAway(t *testing.T) {
	o := ready(t)
	o.netconf().cli("request chassis cluster failover redundancy-group 0 node 1")
	o.cloud.Step(2 * time.Second)
	n := o.netconf()
	if diff := cmp.Diff([]string{"node0 100 secondary-hold None", "node1 255 primary None"}, n.cells()[:2]); diff != "" {
		t.Fatalf("after the failover (-want +got):\n%s", diff)
	}
	if reply := n.cli("request chassis cluster failover redundancy-group 0 node 0"); !strings.Contains(reply, "Manual failover is already in effect") {
		t.Errorf("a second failover: %s", reply)
	}
	n.cli("request chassis cluster failover reset redundancy-group 0")
	if reply := n.cli("request chassis cluster failover redundancy-group 0 node 0"); !strings.Contains(reply, "secondary-hold") {
		t.Errorf("a failover in the hold-down time: %s", reply)
	}
	o.cloud.Step(300 * time.Second)
	if cells := n.cells(); cells[0] != "node0 100 secondary None" || cells[1] != "node1 1 primary None" {
		t.Errorf("after the hold-down time: %v", cells)
	}
	n.cli("request chassis cluster failover redundancy-group 0 node 0")
	o.cloud.Step(2 * time.Second)
	if s := o.state(); s.Primary[0] != 0 {
		t.Errorf("primaries %v", s.Primary)
	}
}

func TestPreemptWaitsForTheHoldDownTime(t *testing.T) {
	o := start(t, sim.Options{})
	n := o.netconf()
	n.commit("set chassis cluster redundancy-group 1 hold-down-interval 60")
	n.cli("request chassis cluster failover redundancy-group 1 node 1")
	o.cloud.Step(2 * time.Second)
	n.cli("request chassis cluster failover reset redundancy-group 1")
	if s := o.state(); s.Primary[1] != 1 {
		t.Fatalf("preempt did not wait: %v", s.Primary)
	}
	o.cloud.Step(time.Minute)
	if s := o.state(); s.Primary[1] != 0 {
		t.Errorf("preempt did not take RG1 back: %v", s.Primary)
	}
}

func TestANodeWithoutHeartbeatIsIneligibleAndThenDisabled(t *testing.T) {
	o := ready(t)
	o.inject(sim.Fault{Name: "control-link-down"})
	n := o.netconf()
	peer := func() string { return n.cells()[3] }
	if got := peer(); got != "node1 0 ineligible None" {
		t.Errorf("at once: %s", got)
	}
	o.cloud.Step(179 * time.Second)
	if got := peer(); got != "node1 0 ineligible None" {
		t.Errorf("after 179 s: %s", got)
	}
	o.cloud.Step(2 * time.Second)
	if got := peer(); got != "node1 0 disabled None" {
		t.Errorf("after 181 s: %s", got)
	}
	if reply := n.cli("request chassis cluster failover redundancy-group 1 node 1"); !strings.Contains(reply, "not ready") {
		t.Errorf("a disabled node takes over: %s", reply)
	}
	link, _ := o.onHost(o.member(0), "ip -br link show vnet0")
	if !strings.Contains(link, "DOWN") {
		t.Errorf("the host's side: %s", link)
	}
	o.cloud.Clear("control-link-down")
	o.cloud.Step(50 * time.Second)
	if got := peer(); got != "node1 0 disabled None" {
		t.Errorf("a disabled node came back without a reboot: %s", got)
	}
	o.cloud.Step(time.Hour)
	if s := o.state(); !s.Healthy {
		t.Errorf("control-link-recovery did not reboot it: %+v", s)
	}
}

func TestADisabledNodeStaysSoWithoutControlLinkRecovery(t *testing.T) {
	o := ready(t)
	o.netconf().commit("delete chassis cluster control-link-recovery")
	o.inject(sim.Fault{Name: "control-link-down"})
	o.cloud.Step(10 * time.Minute)
	o.cloud.Clear("control-link-down")
	o.cloud.Step(time.Hour)
	if got := o.netconf().cells()[3]; got != "node1 0 disabled None" {
		t.Fatalf("without a reboot: %s", got)
	}
	m := o.member(1)
	o.onHost(m, "virsh destroy "+m.Domain)
	o.onHost(m, "virsh start "+m.Domain)
	o.cloud.Step(time.Hour)
	if s := o.state(); !s.Healthy {
		t.Errorf("after a reboot: %+v", s)
	}
}

func TestAShortLossOfHeartbeatNeedsNoReboot(t *testing.T) {
	o := ready(t)
	booted := o.state().Members[1].Booted
	o.inject(sim.Fault{Name: "control-link-down"})
	o.cloud.Step(time.Minute)
	o.cloud.Clear("control-link-down")
	o.cloud.Step(time.Hour)
	if s := o.state(); !s.Healthy || s.Members[1].Booted != booted {
		t.Errorf("after a minute: %+v", s)
	}
}

func TestAMonitorFailureOfThePrimaryMovesRG1(t *testing.T) {
	o := ready(t)
	o.inject(sim.Fault{Name: "cluster-if", Member: o.member(0).ID})
	want := []string{"node0 100 primary None", "node1 1 secondary None", "node0 0 secondary-hold IF", "node1 1 primary None"}
	if diff := cmp.Diff(want, o.netconf().cells()); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
	o.cloud.Clear("cluster-if")
	o.cloud.Step(time.Minute)
	if s := o.state(); !s.Healthy || s.Primary != [2]int{0, 1} {
		t.Errorf("after the repair: %+v", s)
	}
}

func TestTheSurvivorTakesEveryGroupAndTheFirstToBootKeepsThem(t *testing.T) {
	o := ready(t)
	o.onHost(o.member(0), "virsh destroy "+o.member(0).Domain)
	if s := o.state(); s.Primary != [2]int{1, 1} {
		t.Fatalf("the survivor: %+v", s)
	}
	o.onHost(o.member(1), "virsh destroy "+o.member(1).Domain)
	if s := o.state(); s.Stopped != "both-down" {
		t.Fatalf("without any node: %+v", s)
	}
	for n := range 2 {
		o.onHost(o.member(n), "virsh start "+o.member(n).Domain)
		o.cloud.Step(time.Minute)
	}
	o.cloud.Step(time.Hour)
	if s := o.state(); s.Primary != [2]int{0, 0} || !s.Healthy {
		t.Errorf("after both booted: %+v", s)
	}
}
