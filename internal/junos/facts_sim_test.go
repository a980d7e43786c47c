package junos_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// surveyed is all that is read of a simulated gateway.
type surveyed struct {
	Device upgrade.Device
	Facts  upgrade.DeviceFacts
	Config string
}

func survey(t *testing.T, config junos.Config, e upgrade.Endpoint) surveyed {
	t.Helper()
	session, err := config.Dial(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var text strings.Builder
	var s surveyed
	if s.Device, s.Facts, err = session.Survey(t.Context(), &text); err != nil {
		t.Fatal(err)
	}
	s.Config = text.String()
	return s
}

// inject arms faults that have to be accepted.
func inject(t *testing.T, cloud *sim.Cloud, faults ...sim.Fault) {
	t.Helper()
	for _, f := range faults {
		if err := cloud.Inject(f); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFactsOfASimulatedPair(t *testing.T) {
	_, config, e := simulated(t)
	session := open(t, config, e)
	got := session.Facts(t.Context())
	if got.Error != "" || len(got.Unread) > 0 || got.LockedBy != "" || got.Dirty != "" || got.Answers != "node0" || got.Way != "830" {
		t.Errorf("Facts gives %+v", got)
	}
	up := func(links []upgrade.Link) bool {
		return len(links) > 0 && !slices.ContainsFunc(links, func(l upgrade.Link) bool { return l.State != "up" })
	}
	if !up(got.Control) || !up(got.Fabric) || !up(got.Reths) {
		t.Errorf("control %v, fabric %v, reths %v", got.Control, got.Fabric, got.Reths)
	}
	want := []upgrade.Weight{{Node: "node0", Value: 255}, {Node: "node0", Group: 1, Value: 255}, {Node: "node1", Value: 255}, {Node: "node1", Group: 1, Value: 255}}
	if diff := cmp.Diff(want, got.Weights); diff != "" {
		t.Errorf("weights (-want +got):\n%s", diff)
	}
	if len(got.Commits) == 0 || len(got.Storage) != 4 || len(got.Licences) != 2 || len(got.Interfaces) < 10 || len(got.Alarms) != 1 || len(got.Users)+len(got.Certificates)+len(got.CoreDumps) > 0 {
		t.Errorf("Facts gives %+v", got)
	}
}

func TestASurveyIsViewAndFacts(t *testing.T) {
	standalone := sim.DefaultGateways()[0]
	standalone.Standalone, standalone.Preempt = true, false
	for name, gateways := range map[string][]sim.Gateway{"of a pair": nil, "of a standalone": {standalone}} {
		t.Run(name, func(t *testing.T) {
			_, config, e := simulated(t, gateways...)
			got := survey(t, config, e)
			session := open(t, config, e)
			view, err := session.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(view, got.Device); diff != "" {
				t.Errorf("the device (-View +Survey):\n%s", diff)
			}
			if diff := cmp.Diff(session.Facts(t.Context()), got.Facts); diff != "" {
				t.Errorf("the facts (-Facts +Survey):\n%s", diff)
			}
			var text strings.Builder
			if err := session.Configuration(t.Context(), junos.Text, &text); err != nil || text.String() != got.Config {
				t.Errorf("the configuration differs (%v)", err)
			}
			if got.Facts.Error != "" || len(got.Facts.Unread) > 0 {
				t.Errorf("unread: %+v", got.Facts)
			}
		})
	}
}

func TestAStandaloneHasNoClusterFacts(t *testing.T) {
	standalone := sim.DefaultGateways()[0]
	standalone.Standalone, standalone.Preempt = true, false
	_, config, e := simulated(t, standalone)
	got := survey(t, config, e).Facts
	if got.Control != nil || got.Fabric != nil || got.Reths != nil || got.Weights != nil || got.Answers != "" || len(got.Unread) > 0 {
		t.Errorf("Facts gives %+v", got)
	}
}

// TestAFaultShowsInItsFactAlone compares the survey of a healthy pair with that after a fault: what is not named must be
// as it was.
func TestAFaultShowsInItsFactAlone(t *testing.T) {
	full := func(f upgrade.Filesystem) bool { return f.Mount == "/var/" && f.UsedPercent == 104 && f.FreeKB < 0 }
	for name, c := range map[string]struct {
		faults []sim.Fault
		step   time.Duration
		want   func(before, after *surveyed) bool // and makes equal what may differ
	}{
		"a full disk": {[]sim.Fault{{Name: "vsrx-disk-full"}}, 0, func(before, after *surveyed) bool {
			found := after.Facts.Storage
			after.Facts.Storage = before.Facts.Storage
			return slices.ContainsFunc(found, full)
		}},
		"somebody's lock": {[]sim.Fault{{Name: "config-locked"}}, 0, func(before, after *surveyed) bool {
			held, users := after.Facts.LockedBy, after.Facts.Users
			after.Facts.LockedBy, after.Facts.Users = "", before.Facts.Users
			return strings.Contains(held, "opsadmin") && strings.Contains(held, "pts/1") && strings.Contains(held, "exclusive") &&
				len(users) == 1 && users[0].Node == "node0" && users[0].Name == "opsadmin" && users[0].TTY == "pts/1" && users[0].What == "-cli (cli)"
		}},
		"uncommitted changes with a secret": {[]sim.Fault{{Name: "config-uncommitted", Arg: `set system radius-server 10.0.0.7 secret "$9$fakefakefake"`}}, 0, func(before, after *surveyed) bool {
			held, dirty := after.Facts.LockedBy, after.Facts.Dirty
			after.Facts.LockedBy, after.Facts.Dirty = "", ""
			uncommitted := after.Device.Uncommitted
			after.Device.Uncommitted = false
			return strings.Contains(held, "modified") && strings.Contains(dirty, "10.0.0.7") && !strings.Contains(dirty, "fakefakefake") && uncommitted
		}},
		"a pending commit": {[]sim.Fault{{Name: "pending-commit"}}, 0, func(before, after *surveyed) bool {
			entries, pending := after.Facts.Commits, after.Device.Pending
			after.Facts.Commits, after.Device.Mark, after.Config = before.Facts.Commits, before.Device.Mark, before.Config
			after.Device.Pending = false
			return pending && entries[0].Pending && entries[0].User == "opsadmin" && entries[0].Client == "cli" && !entries[1].Pending
		}},
		"an evaluation licence, which ends 60 days after the boot of each node": {[]sim.Fault{{Name: "licence-evaluation"}}, 0, func(before, after *surveyed) bool {
			found := after.Facts.Licences
			after.Facts.Licences = before.Facts.Licences
			return !slices.ContainsFunc(found, func(l upgrade.Licence) bool { return l.End >= "2026" || l.Needed != 0 })
		}},
		"a missing licence": {[]sim.Fault{{Name: "licence-missing"}}, 0, func(before, after *surveyed) bool {
			found, alarms := after.Facts.Licences, after.Facts.Alarms
			after.Facts.Licences, after.Facts.Alarms = before.Facts.Licences, before.Facts.Alarms
			return found[0].Needed == 1 && found[0].End == "" && len(alarms) == len(before.Facts.Alarms)+1
		}},
		"a failed interface": {[]sim.Fault{{Name: "cluster-if", Member: 1}}, 0, func(before, after *surveyed) bool {
			found := after.Facts.Weights
			after.Facts.Weights, after.Device.Cluster = before.Facts.Weights, before.Device.Cluster
			return slices.ContainsFunc(found, func(w upgrade.Weight) bool { return w.Node == "node1" && w.Group == 1 && w.Value <= 0 })
		}},
		"a control link that is down": {[]sim.Fault{{Name: "control-link-down"}}, 0, func(before, after *surveyed) bool {
			control, fabric := after.Facts.Control, after.Facts.Fabric
			after.takeCluster(before)
			return control[0].State == "down" && slices.ContainsFunc(fabric, func(l upgrade.Link) bool { return l.State == "up/down" })
		}},
		"a lone node": {[]sim.Fault{{Name: "peer-lost"}}, time.Minute, func(before, after *surveyed) bool {
			alone := after.Device.Cluster.Alone("node0")
			control, weights, storage := after.Facts.Control, after.Facts.Weights, after.Facts.Storage
			after.takeCluster(before)
			return len(alone) == 0 && control[0].State == "down" && len(weights) == 2 && len(storage) == 2
		}},
	} {
		t.Run(name, func(t *testing.T) {
			cloud, config, e := simulated(t)
			before := survey(t, config, e)
			for i, f := range c.faults {
				if f.Member == 1 { // the second one
					c.faults[i].Member = cloud.Access().Gateways[0].Members[1].ID
				}
			}
			inject(t, cloud, c.faults...)
			cloud.Step(c.step)
			after := survey(t, config, e)
			seen := after
			if !c.want(&before, &after) {
				t.Errorf("the fault does not show in %+v, %+v", seen.Device, seen.Facts)
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("more than the fault's fact changed (-before +after):\n%s", diff)
			}
		})
	}
}

// takeCluster takes over what the loss of a node changes: its part of every answer, and the links.
func (s *surveyed) takeCluster(from *surveyed) {
	s.Device.Cluster, s.Device.Nodes, s.Device.NodeMACs = from.Device.Cluster, from.Device.Nodes, from.Device.NodeMACs
	s.Facts.Control, s.Facts.Fabric, s.Facts.Weights = from.Facts.Control, from.Facts.Fabric, from.Facts.Weights
	s.Facts.Storage, s.Facts.Interfaces = from.Facts.Storage, from.Facts.Interfaces
}

func TestANodeInColdSyncHasNoWeight(t *testing.T) {
	cloud, config, e := simulated(t)
	inject(t, cloud, sim.Fault{Name: "peer-lost"}, sim.Fault{Name: "cluster-cs"})
	cloud.Step(time.Minute)
	cloud.Clear("peer-lost")
	cloud.Step(2 * time.Hour)
	got := survey(t, config, e)
	if !slices.Contains(got.Facts.Weights, upgrade.Weight{Node: "node1", Group: 1}) {
		t.Errorf("weights %v", got.Facts.Weights)
	}
	group, _ := got.Device.Cluster.Group(1)
	if want := []string{"CS"}; !slices.Equal(group.Nodes[1].Failures, want) || got.Facts.Control[0].State != "up" {
		t.Errorf("%+v, control %v", group, got.Facts.Control)
	}
}

func TestFactsLeaveTheDeviceAsItWas(t *testing.T) {
	for name, fault := range map[string]sim.Fault{
		"with a clean candidate":   {Name: "config-drift"},
		"with uncommitted changes": {Name: "config-uncommitted"},
		"with somebody's lock":     {Name: "config-locked"},
	} {
		t.Run(name, func(t *testing.T) {
			cloud, config, e := simulated(t)
			inject(t, cloud, fault)
			first := survey(t, config, e)
			if diff := cmp.Diff(first, survey(t, config, e)); diff != "" {
				t.Errorf("a second survey finds it changed (-first +second):\n%s", diff)
			}
		})
	}
}

func TestALicenceForEvaluationIsToldFromOneWithAnEnd(t *testing.T) {
	cloud, config, e := simulated(t)
	for _, l := range survey(t, config, e).Facts.Licences {
		if l.Evaluation != "" {
			t.Errorf("a licence that ends is taken for one for evaluation: %+v", l)
		}
	}
	if err := cloud.Inject(sim.Fault{Name: "licence-evaluation"}); err != nil {
		t.Fatal(err)
	}
	licences := survey(t, config, e).Facts.Licences
	for _, l := range licences {
		if l.Evaluation == "" {
			t.Errorf("a licence that counts down is not taken for one for evaluation: %+v", l)
		}
	}
	if len(licences) == 0 {
		t.Error("no licences")
	}
}
