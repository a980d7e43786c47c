package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

const (
	oldVersion = "22.2R2-S2"
	newVersion = "23.4R2-S5"
	reloadTime = 4 * time.Hour // longer than any default reload
)

// upgradeFirst brings a pair to Upgrade Active with node1 on the new version.
func (o operator) upgradeFirst() {
	o.t.Helper()
	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(1), newVersion)
	o.cloud.Step(reloadTime)
}

func TestUpgradeOfAPairByTheBookBreaksNoRuleAndStopsTrafficOnce(t *testing.T) {
	o := ready(t)
	before := o.member(1)
	healthy := []string{"node0 100 primary None", "node1 1 secondary None", "node0 100 primary None", "node1 1 secondary None"}
	if diff := cmp.Diff(healthy, o.netconf().cells()); diff != "" {
		t.Fatalf("cluster at the start (-want +got):\n%s", diff)
	}
	o.upgradeFirst()

	s := o.state()
	if s.Status != "UPGRADE_ACTIVE" || s.Primary != [2]int{1, 1} || !s.Traffic {
		t.Fatalf("after the first reload: %+v", s)
	}
	if s.Members[0].VM != "shut off" || s.Members[0].Autostart || s.Members[1].Version != "23.4R2-S5.5" {
		t.Errorf("members after the first reload: %+v", s.Members)
	}
	if o.member(1).HostPassword == before.HostPassword {
		t.Error("the reload left the host's root password as it was")
	}
	alone := []string{"node0 0 lost n/a", "node1 1 primary None", "node0 0 lost n/a", "node1 0 primary CS"}
	if diff := cmp.Diff(alone, o.netconf().cells()); diff != "" {
		t.Errorf("cluster between the reloads (-want +got):\n%s", diff)
	}
	attributes := o.call(fmt.Sprintf("SoftLayer_Network_Gateway_Member/%d/getAttributes.json", before.ID))
	for _, want := range []string{`"version":"23.4R2-S5"`, `"lastVersion":"22.2R2-S2"`, `"isUpgraded":1`, `-06:00"`} {
		if !strings.Contains(attributes, want) {
			t.Errorf("attributes of the first member lack %s: %s", want, attributes)
		}
	}

	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(0), newVersion)
	o.cloud.Step(reloadTime)

	s = o.state()
	if s.Status != "ACTIVE" || !s.Healthy || s.Upgrading || s.Members[0].Version != "23.4R2-S5.5" || !s.Members[0].Autostart {
		t.Errorf("after the second reload: %+v", s)
	}
	v := o.cloud.Verdict()
	if len(v.Violations) != 0 || v.Outages != 1 || v.Reloads != 2 || v.Writes != 6 {
		t.Errorf("verdict: %+v", v)
	}
	if diff := cmp.Diff(map[string]float64{"switch-over": 48}, v.OutageSeconds); diff != "" {
		t.Errorf("outage seconds (-want +got):\n%s", diff)
	}
}

func TestRollbackBetweenTheReloadsEndsWithTheOldPair(t *testing.T) {
	o := ready(t)
	o.upgradeFirst()
	domain := o.member(1).Domain
	for _, command := range []string{"virsh shutdown " + domain, "virsh autostart " + domain + " --disable"} {
		if out, exit := o.onHost(o.member(1), command); exit != 0 {
			t.Fatalf("%s: exit %d: %s", command, exit, out)
		}
	}
	o.cloud.Step(2 * time.Minute)
	domain = o.member(0).Domain
	folder := "/var/lib/libvirt/images/" + domain
	for _, command := range []string{
		"ls -l " + folder + "/vSRX_Image.qcow2.backup",
		"cd " + folder + " && cp vSRX_Image.qcow2.backup vSRX_Image.qcow2", "virsh start " + domain, "virsh autostart " + domain,
	} {
		if out, exit := o.onHost(o.member(0), command); exit != 0 {
			t.Fatalf("%s: exit %d: %s", command, exit, out)
		}
	}
	o.cloud.Step(10 * time.Minute)
	o.call("SoftLayer_Network_Gateway_Precheck/osReloadPrecheck.json", o.gateway().ID)
	o.cloud.Step(31 * time.Minute)
	o.mustReload(o.member(1), oldVersion)
	o.cloud.Step(reloadTime)
	s := o.state()
	if s.Status != "ACTIVE" || !s.Healthy || s.Members[1].Version != "22.2R2-S2.3" || s.Upgrading {
		t.Errorf("after the rollback: %+v", s)
	}
	if rules := o.rules(); len(rules) != 0 {
		t.Errorf("the rollback broke %v", rules)
	}
}

func TestReloadOfTheNodeWithTheTrafficMovesItTwice(t *testing.T) {
	o := ready(t)
	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(0), newVersion)
	o.cloud.Step(reloadTime)
	v := o.cloud.Verdict()
	if diff := cmp.Diff(map[string]float64{"failover": 4, "switch-over": 48}, v.OutageSeconds); diff != "" || v.Outages != 2 {
		t.Errorf("%d outages, seconds (-want +got):\n%s", v.Outages, diff)
	}
}

func TestStandaloneReloadErasesTheConfiguration(t *testing.T) {
	o := start(t, sim.Options{Gateways: []sim.Gateway{{ID: 62, Name: "solo", Pod: "dal09.pod01", Standalone: true,
		Version: "22.2R2-S2.3", Offered: []string{"23.4R2-S5.5", "22.2R2-S2.3"}}}})
	if whole := o.netconf().rpc(`<get-configuration format="set"/>`); !strings.Contains(whole, "policy app-db") {
		t.Fatalf("configuration before: %s", whole)
	}
	o.checkReadiness(62)
	o.mustReload(o.member(0), newVersion)
	o.cloud.Step(reloadTime)
	after := o.netconf().rpc(`<get-configuration format="set"/>`)
	if strings.Contains(after, "policy app-db") || !strings.Contains(after, "interfaces ae0 unit 0") {
		t.Errorf("configuration after the reload: %s", after)
	}
	if rules := o.rules(); len(rules) != 0 {
		t.Errorf("broke %v", rules)
	}
	if v := o.cloud.Verdict(); v.OutageSeconds["standalone-reload"] < 3600 || v.Outages != 1 {
		t.Errorf("verdict: %+v", v)
	}
}

func TestAStandaloneComesBackWithTheInterfacesOfItsNewVersion(t *testing.T) {
	o := start(t, sim.Options{Gateways: []sim.Gateway{{ID: 62, Name: "solo", Pod: "dal09.pod01", Standalone: true,
		Version: "15.1X49-D170.4", Offered: []string{"23.4R2-S5.5"}}}})
	if old := o.netconf().rpc(`<get-configuration format="set"/>`); !strings.Contains(old, "interfaces ge-0/0/0 unit 0 family inet address") || strings.Contains(old, "ae0") {
		t.Fatalf("configuration of 15.1: %s", old)
	}
	o.checkReadiness(62)
	o.mustReload(o.member(0), newVersion)
	o.cloud.Step(reloadTime)
	if fresh := o.netconf().rpc(`<get-configuration format="set"/>`); !strings.Contains(fresh, "interfaces ae0 unit 0 family inet address") || strings.Contains(fresh, "interfaces ge-0/0/0 unit 0") {
		t.Errorf("configuration of the new version: %s", fresh)
	}
}
