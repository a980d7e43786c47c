package sim_test

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

func TestWorldsLiveSideBySide(t *testing.T) {
	first, second := ready(t), ready(t)
	first.inject(sim.Fault{Name: "preempt-active"})
	if !first.state().PreemptActive || second.state().PreemptActive {
		t.Error("the worlds are not apart")
	}
	if first.gateway().Address == second.gateway().Address {
		t.Error("the worlds share an address")
	}
}

func TestSameSeedIsTheSameWorld(t *testing.T) {
	describe := func(seed uint64) string {
		o := start(t, sim.Options{Seed: seed})
		o.upgradeFirst()
		a := o.cloud.Access()
		return fmt.Sprint(a.Username, a.APIKey, a.Gateways[0].RootPassword, a.Gateways[0].Members[1].HostPassword, a.Gateways[0].Members[1].HardwareID)
	}
	one, again, other := describe(1), describe(1), describe(2)
	if one != again || one == other {
		t.Errorf("seed 1: %s, again: %s, seed 2: %s", one, again, other)
	}
}

func TestClosedWorldAnswersNobody(t *testing.T) {
	cloud, err := sim.Start(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := cloud.Access()
	m := a.Gateways[0].Members[0]
	idle, err := net.Dial("tcp", endpoint(m.HostAddress, m.HostSSHPort))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if err := cloud.Close(); err != nil {
		t.Fatal(err)
	}
	api := strings.Split(strings.TrimPrefix(a.API, "http://"), "/")[0]
	for _, address := range []string{api, endpoint(m.HostAddress, m.HostSSHPort), endpoint(a.Gateways[0].Address, a.NetconfPort)} {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			t.Errorf("%s still answers", address)
		}
	}
	if err := cloud.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestClockStandsWhilePausedAndRunsOtherwise(t *testing.T) {
	o := ready(t)
	before := o.cloud.Now()
	o.cloud.Step(90 * time.Minute)
	if got := o.cloud.Now().Sub(before); got != 90*time.Minute {
		t.Errorf("a step of 90 minutes took %v", got)
	}
	fast := start(t, sim.Options{Speed: 1e6})
	at := fast.cloud.Now()
	fast.cloud.Resume()
	for deadline := time.Now().Add(time.Minute); fast.cloud.Now().Sub(at) < time.Hour; {
		if time.Now().After(deadline) {
			t.Fatal("the clock stands")
		}
	}
}

func TestConnectionsAreCutWhileNobodyLooks(t *testing.T) {
	pair := sim.DefaultGateways()
	pair[0].Preempt = false
	o := start(t, sim.Options{Gateways: pair, Speed: 1e5})
	client, _, err := o.dial(o.member(1).HostAddress, o.member(1).HostSSHPort, "root", o.member(1).HostPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(1), newVersion)
	o.cloud.Resume()
	if err := client.Wait(); err == nil {
		t.Error("the connection ended in peace")
	}
}

func TestStartRefusesContradictions(t *testing.T) {
	for name, change := range map[string]func(*sim.Gateway){
		"no version":           func(g *sim.Gateway) { g.Version = "" },
		"no id":                func(g *sim.Gateway) { g.ID = 0 },
		"third node":           func(g *sim.Gateway) { g.Primary = 2 },
		"broken configuration": func(g *sim.Gateway) { g.Config = "set system host-name a b" },
	} {
		t.Run(name, func(t *testing.T) {
			list := sim.DefaultGateways()
			change(&list[0])
			if cloud, err := sim.Start(sim.Options{Gateways: list}); err == nil {
				t.Errorf("started; closing: %v", cloud.Close())
			}
		})
	}
}

func TestAccessKeepsItsJSONNames(t *testing.T) {
	o := ready(t)
	text, err := json.Marshal(o.cloud.Access())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"api", "username", "apiKey", "hostSshPort", "sshPort", "netconfPort", "gateways", "id", "name", "kind",
		"account", "pod", "address", "rootPassword", "members", "hardwareId", "node", "hostAddress", "hostPassword", "domain"} {
		if !strings.Contains(string(text), `"`+name+`":`) {
			t.Errorf("no %q in %s", name, text)
		}
	}
}

func TestEveryCallIsRecorded(t *testing.T) {
	o := ready(t)
	o.call("SoftLayer_Account.json")
	o.onHost(o.member(1), "virsh domstate "+o.member(1).Domain)
	o.netconf().rpc("<get-chassis-cluster-status/>")
	o.dial(o.gateway().Address, o.gateway().SSHPort, "root", "fake")
	var seen []string
	for _, c := range o.cloud.Calls() {
		if c.Write {
			t.Errorf("%s counts as a write", c.Name)
		}
		seen = append(seen, c.Face+" "+c.Name+" "+c.Status)
	}
	want := "api SoftLayer_Account/getObject 200, host virsh domstate " + o.member(1).Domain + " exit 0, vsrx rpc get-chassis-cluster-status ok, vsrx login root refused"
	if got := strings.Join(seen, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
