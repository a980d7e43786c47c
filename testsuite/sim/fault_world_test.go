package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// sees fails the test unless a picture of the world is right.
func (o operator) sees(what string, good bool, format string, args ...any) {
	o.t.Helper()
	if !good {
		o.t.Errorf("%s: %s", what, fmt.Sprintf(format, args...))
	}
}

func TestFaultsOfAReloadShowFromOutside(t *testing.T) {
	reloaded := func(o operator, f sim.Fault, wait time.Duration) sim.State {
		o.t.Helper()
		o.inject(f)
		o.mustReload(o.member(1), newVersion)
		o.cloud.Step(wait)
		return o.state()
	}
	for _, test := range []struct {
		name string
		look func(o operator)
	}{
		{"txn-stuck keeps the transaction in its step until IBM goes on", func(o operator) {
			s := reloaded(o, sim.Fault{Name: "txn-stuck", Arg: "SIM_KVM_INSTALL"}, 24*time.Hour)
			o.sees("after a day", o.transacting(1) && s.Members[1].Reloading && s.Members[1].HostUp && s.Members[1].VM == "absent" && s.Traffic, "%+v", s)
			step := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(1).HardwareID), "mask[id,activeTransaction[id,transactionStatus[name]]]")
			o.sees("its step", strings.Contains(step, `"SIM_KVM_INSTALL"`), "%s", step)
			o.cloud.Clear("txn-stuck")
			o.cloud.Step(reloadTime)
			o.sees("after the cure", o.state().Status == "UPGRADE_ACTIVE" && !o.transacting(1), "%+v", o.state())
		}},
		{"txn-never accepts a reload of which nothing comes", func(o operator) {
			s := reloaded(o, sim.Fault{Name: "txn-never"}, 24*time.Hour)
			o.sees("after a day", !o.transacting(1) && s.Members[1].Reloads == 1 && !s.Members[1].Reloading && s.Healthy, "%+v", s)
		}},
		{"vm-no-start leaves the new VM off", func(o operator) {
			s := reloaded(o, sim.Fault{Name: "vm-no-start", Member: o.member(1).ID}, reloadTime)
			o.sees("after the reload", s.Members[1].VM == "shut off" && s.Members[0].VM == "running" && s.Status == "ACTIVE" && !o.transacting(1), "%+v", s)
			out, exit := o.onHost(o.member(1), "virsh start "+o.member(1).Domain)
			o.sees("virsh start", exit == 1 && strings.Contains(out, "error: Failed to start domain"), "%d %s", exit, out)
			o.cloud.Clear("vm-no-start")
			o.cloud.Step(reloadTime)
			o.sees("after the cure", o.state().Status == "UPGRADE_ACTIVE" && o.state().Primary == [2]int{1, 1}, "%+v", o.state())
		}},
		{"licence-lost brings the node back without a licence", func(o operator) {
			reloaded(o, sim.Fault{Name: "licence-lost"}, reloadTime)
			reply := o.netconf().rpc("<get-license-summary-information/>")
			o.sees("licences", strings.Contains(reply, "<licensed>0</licensed>"), "%s", reply)
			o.cloud.Clear("licence-lost")
			reply = o.netconf().rpc("<get-license-summary-information/>")
			o.sees("cured", strings.Contains(reply, "<licensed>1</licensed>"), "%s", reply)
		}},
		{"no-traffic-after-A stops the traffic at the switch-over", func(o operator) {
			s := reloaded(o, sim.Fault{Name: "no-traffic-after-A"}, reloadTime)
			o.sees("after A", s.Stopped == "no-traffic" && s.Status == "UPGRADE_ACTIVE" && s.Primary == [2]int{1, 1}, "%+v", s)
			reply := o.netconf().rpc("<get-flow-session-information/>")
			o.sees("sessions", strings.Contains(reply, "<active-session-valid>\n0\n"), "%s", reply)
			o.cloud.Clear("no-traffic-after-A")
			o.sees("cured", o.state().Traffic, "%+v", o.state())
		}},
		{"password-lag leaves the old record for a while", func(o operator) {
			reloaded(o, sim.Fault{Name: "password-lag", Arg: "3h"}, reloadTime)
			record := func() bool {
				text := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(1).HardwareID), "mask[operatingSystem[passwords[password]]]")
				return strings.Contains(text, o.member(1).HostPassword)
			}
			o.sees("at the end", !record(), "the record is new already")
			o.cloud.Step(3 * time.Hour)
			o.sees("later", record(), "the record is still old")
		}},
		{"rg1-wrong-node leaves RG1 at the node that rejoined", func(o operator) {
			o.upgradeFirst()
			o.inject(sim.Fault{Name: "rg1-wrong-node"})
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(0), newVersion)
			o.cloud.Step(reloadTime)
			o.sees("groups", o.state().Primary == [2]int{1, 0} && o.state().Healthy, "%+v", o.state())
		}},
		{"cluster-cs keeps the rejoined node in cold sync", func(o operator) {
			o.upgradeFirst()
			o.inject(sim.Fault{Name: "cluster-cs"})
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(0), newVersion)
			o.cloud.Step(2 * reloadTime)
			o.sees("row", o.netconf().cells()[2] == "node0 0 secondary CS" && !o.state().Healthy, "%v", o.netconf().cells())
			o.cloud.Clear("cluster-cs")
			o.sees("cured", o.state().Healthy && !o.state().Upgrading, "%+v", o.state())
		}},
		{"cluster-if leaves the rejoined node with a monitor failure", func(o operator) {
			o.upgradeFirst()
			o.inject(sim.Fault{Name: "cluster-if"})
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(0), newVersion)
			o.cloud.Step(2 * reloadTime)
			o.sees("row", o.netconf().cells()[2] == "node0 0 secondary IF" && !o.state().Healthy, "%v", o.netconf().cells())
			o.cloud.Clear("cluster-if")
			o.sees("cured", o.netconf().cells()[2] == "node0 100 secondary None" && o.state().Healthy, "%v", o.netconf().cells())
		}},
		{"peer-host-reboots brings the old VM back if its autostart was left", func(o operator) {
			o.inject(sim.Fault{Name: "peer-autostart-left"})
			o.upgradeFirst()
			o.inject(sim.Fault{Name: "peer-host-reboots"})
			o.sees("meanwhile", !o.state().Members[0].HostUp, "%+v", o.state())
			o.cloud.Step(20 * time.Minute)
			o.sees("afterwards", o.state().Stopped == "split-brain" && len(o.rules()) == 0, "%+v", o.state())
		}},
		{"peer-host-reboots does no harm if autostart is off", func(o operator) {
			o.upgradeFirst()
			o.inject(sim.Fault{Name: "peer-host-reboots"})
			o.cloud.Step(20 * time.Minute)
			s := o.state()
			o.sees("afterwards", s.Traffic && s.Members[0].HostUp && s.Members[0].VM == "shut off", "%+v", s)
		}},
		{"foreign-check is a transaction that nobody of ours ordered", func(o operator) {
			o.inject(sim.Fault{Name: "foreign-check"})
			o.sees("transactions", o.transacting(0) && o.transacting(1) && o.rows("reload_precheck")[0].MemberReadinessValue == "Running", "none")
		}},
		{"host-disk-full spoils the copy of the image", func(o operator) {
			m := o.member(0)
			o.onHost(m, "virsh destroy "+m.Domain)
			o.inject(sim.Fault{Name: "host-disk-full", Member: m.ID})
			folder := "/var/lib/libvirt/images/" + m.Domain
			out, exit := o.onHost(m, "cd "+folder+" && cp vSRX_Image.qcow2.backup vSRX_Image.qcow2")
			o.sees("cp", exit == 1 && strings.Contains(out, "No space left on device"), "%d %s", exit, out)
			out, exit = o.onHost(m, "virsh start "+m.Domain)
			o.sees("start", exit == 1 && strings.Contains(out, "Image is corrupt"), "%d %s", exit, out)
			space, _ := o.onHost(m, "df -h /")
			o.sees("df", strings.Contains(space, "100% /"), "%s", space)
			o.cloud.Clear("host-disk-full")
			o.onHost(m, "cp "+folder+"/vSRX_Image.qcow2.backup "+folder+"/vSRX_Image.qcow2")
			_, exit = o.onHost(m, "virsh start "+m.Domain)
			o.sees("cured", exit == 0, "exit %d", exit)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ready(t)
			o.checkReadiness(o.gateway().ID)
			test.look(o)
		})
	}
}

func TestAReloadCanFailInEveryStage(t *testing.T) {
	for stage := 1; stage <= 9; stage++ {
		t.Run(fmt.Sprint(stage), func(t *testing.T) {
			o := ready(t)
			o.checkReadiness(o.gateway().ID)
			o.inject(sim.Fault{Name: "reload-fails", Arg: fmt.Sprint(stage)})
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(24 * time.Hour)
			s := o.state()
			m := s.Members[1]
			o.sees("transactions", !o.transacting(1) && !m.Reloading, "%+v", m)
			o.sees("host", m.HostUp == (stage == 1 || stage > 3), "%+v", m)
			o.sees("VM", m.VM == map[bool]string{true: "running", false: "absent"}[stage == 1 || stage > 6], "%+v", m)
			attributes := o.call(fmt.Sprintf("SoftLayer_Network_Gateway_Member/%d/getAttributes.json", m.ID))
			o.sees("record", strings.Contains(attributes, `"version":"22.2R2-S2"`), "%s", attributes)
			o.cloud.Clear("reload-fails")
			o.cloud.Step(reloadTime)
			o.sees("once IBM Support has finished it", o.state().Status == "UPGRADE_ACTIVE" && o.state().Primary == [2]int{1, 1}, "%+v", o.state())
		})
	}
}

func TestAReloadIsAChainOfTransactionsWithGaps(t *testing.T) {
	o := ready(t)
	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(1), newVersion)
	var seen []string
	begun := o.cloud.Now()
	for o.cloud.Now().Sub(begun) < reloadTime {
		o.cloud.Step(time.Minute)
		text := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(1).HardwareID), "mask[id,activeTransaction[id,transactionStatus[name]]]")
		_, step, found := strings.Cut(text, `"name":"`)
		if step, _, _ = strings.Cut(step, `"`); !found {
			step = "-"
		}
		if len(seen) == 0 || seen[len(seen)-1] != step {
			seen = append(seen, step)
		}
	}
	want := "- SIM_PREPARE SIM_WIPE_DISK SIM_HOST_INSTALL SIM_HOST_SETUP SIM_KVM_INSTALL SIM_VM_CREATE - SIM_GATEWAY_CONFIGURE SIM_CLUSTER_CONFIGURE SIM_VERIFY -"
	if got := strings.Join(seen, " "); got != want {
		t.Errorf("steps\n%s\nwant\n%s", got, want)
	}
}

func TestACommitDuringAReloadBreaksIt(t *testing.T) {
	for name, commit := range map[string]func(o operator){
		"by a client":        func(o operator) { o.netconf().commit("set system host-name other") },
		"by somebody's hand": func(o operator) { o.inject(sim.Fault{Name: "config-drift"}) },
	} {
		t.Run(name, func(t *testing.T) {
			o := ready(t)
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(time.Hour)
			commit(o)
			o.cloud.Step(reloadTime)
			s := o.state()
			if s.Status != "ACTIVE" || s.Healthy || s.Primary != [2]int{0, 0} || s.Members[1].Role != "lost" || !s.Traffic {
				t.Errorf("after the reload: %+v", s)
			}
		})
	}
}

func TestTwoGatewaysOfOnePodCollide(t *testing.T) {
	two := append(sim.DefaultGateways(), sim.DefaultGateways()...)
	two[0].Preempt, two[1].Preempt = false, false
	two[1].ID, two[1].Name = 4712, "gw-b"
	for _, test := range []struct {
		name, pod, setting string
		fail               bool
	}{
		{"same pod", two[0].Pod, "collide", true},
		{"another pod", "dal09.pod02", "collide", false},
		{"same pod where it is tolerated", two[0].Pod, "tolerated", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			two[1].Pod = test.pod
			o := start(t, sim.Options{Gateways: two, Settings: sim.Settings{"pod-collision": test.setting}})
			o.checkReadiness(4711)
			o.checkReadiness(4712)
			o.mustReload(o.member(1), newVersion)
			o.cloud.Step(time.Hour)
			o.mustReload(o.cloud.Access().Gateways[1].Members[1], newVersion)
			o.cloud.Step(2 * reloadTime)
			for _, g := range o.cloud.Access().Gateways {
				s := o.cloud.State(g.ID)
				if failed := s.Status == "ACTIVE" && s.Primary == [2]int{0, 0} && !s.Healthy; failed != test.fail {
					t.Errorf("%s: %+v", g.Name, s)
				}
			}
		})
	}
	t.Run("by somebody's hand", func(t *testing.T) {
		two[1].Pod = two[0].Pod
		o := start(t, sim.Options{Gateways: two})
		o.checkReadiness(4711)
		o.mustReload(o.member(1), newVersion)
		o.inject(sim.Fault{Name: "pod-collision", Gateway: 4711})
		o.cloud.Step(reloadTime)
		if o.state().Status != "ACTIVE" || o.state().Healthy || o.cloud.State(4712).Members[1].Reloads != 1 {
			t.Errorf("%+v and %+v", o.state(), o.cloud.State(4712))
		}
	})
}

func TestANodeThatDidNotRejoinIsCuredByAnotherReload(t *testing.T) {
	o := ready(t)
	o.upgradeFirst()
	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(0), newVersion)
	o.cloud.Step(time.Hour)
	o.inject(sim.Fault{Name: "peer-no-rejoin"})
	o.cloud.Step(reloadTime)
	if s := o.state(); s.Healthy || s.Members[0].Role != "lost" || s.Members[0].VM != "running" {
		t.Fatalf("after the second reload: %+v", s)
	}
	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(0), newVersion)
	o.cloud.Step(time.Hour)
	o.cloud.Clear("peer-no-rejoin")
	o.cloud.Step(reloadTime)
	if s := o.state(); !s.Healthy || s.Upgrading {
		t.Errorf("after the cure: %+v", s)
	}
	if rules := o.rules(); len(rules) != 0 {
		t.Errorf("the documented cure broke %v: %+v", rules, o.cloud.Verdict().Violations)
	}
}
