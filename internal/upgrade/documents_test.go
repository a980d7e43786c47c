package upgrade_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// Everything in this file is asked for by IBM or Juniper in so many words; each test cites the page.

// General upgrade page: use a maintenance window; no reload is submitted outside it, the second one neither.
func TestTheSecondReloadIsKeptInsideTheWindowToo(t *testing.T) {
	for name, window := range map[string]upgrade.Window{
		"closed":    {Start: evening(-9, 0), End: evening(1, 0)},
		"too short": {Start: evening(0, 0), End: evening(6, 0)}, // 4 hours left, 5 planned
	} {
		c := clearanceFor(t, 1)
		c.Window = &window
		if found := upgrade.JudgeSubmission(pictureFor(1), c); !slices.Equal(checksOf(t, found), []string{"window"}) {
			t.Errorf("a %s window: found %q", name, texts(found))
		}
	}
}

// OS reload page: all nodes of a cluster on the same version, minor releases included; Juniper: to the spin.
func TestAPairOfTwoSpinsIsMixedAlsoWhenTheTargetNamesNone(t *testing.T) {
	plan := validPlan(t)
	plan.Target = "23.4R2-S3"
	p := pictureAt(upgrade.AfterSecond)
	p.Device.Nodes[0].Version, p.Device.Nodes[1].Version = "23.4R2-S3.9", "23.4R2-S3.11"
	if found := upgrade.Judge(p, plan, upgrade.AfterSecond); !slices.Equal(checksOf(t, found), []string{"version"}) {
		t.Errorf("found %q", texts(found))
	}
}

// OS reload page: both members must end on one release, so their prices must name one.
func TestAVagueTargetDoesNotPlanTwoReleases(t *testing.T) {
	req, d := validRequest(), validDiscovery()
	req.TargetVersion, d.Offers[0].Prices[1].Version = "23.4", "23.4R2-S5"
	if plan, err := upgrade.NewPlan(req, d); err == nil {
		t.Errorf("planned %s for one member and %s for the other", plan.Steps[0].Price.Version, plan.Steps[1].Price.Version)
	}
}

// vSRX version notes: the base "19.4" installs 19.4R2-S1, so a bare name does not prove which release a price installs.
func TestABarePriceNameIsNoMatchForAReleaseOfIt(t *testing.T) {
	req, d := validRequest(), validDiscovery()
	d.Offers[0].Prices[1].Version, d.Offers[1].Prices[1].Version = "23.4", "23.4"
	if plan, err := upgrade.NewPlan(req, d); upgrade.KindOf(err) != upgrade.Unsupported {
		t.Errorf("target %s was planned at the price of %q: %v", req.TargetVersion, plan.Steps[0].Price.Version, err)
	}
}

// Readiness page: warnings appear as return code or as the member's warningCode, and need an acknowledgement by code.
func TestAWarningOnTheMembersRecordBlocksUntilAccepted(t *testing.T) {
	p, c := pictureFor(0), clearanceFor(t, 0)
	p.Gateway.Members[1].WarningCode = 1179
	if found := upgrade.JudgeSubmission(p, c); !strings.Contains(texts(found), "1179") {
		t.Errorf("not accepted: found %q", texts(found))
	}
	c.Accepted = []int{1179}
	if found := upgrade.JudgeSubmission(p, c); len(found) > 0 {
		t.Errorf("accepted: found %q", texts(found))
	}
}

// SoftLayer_Hardware_Server: a server without billingItem is cancelled, one without provisionDate is not finished.
func TestAServerMustBeBilledAndProvisioned(t *testing.T) {
	for name, spoil := range map[string]func(*upgrade.Server){
		"cancelled":       func(s *upgrade.Server) { s.Billed = false },
		"not provisioned": func(s *upgrade.Server) { s.Provisioned = false },
	} {
		p := pictureFor(0)
		spoil(&p.Servers[1])
		if found := upgrade.Judge(p, validPlan(t), upgrade.BeforeFirst); !slices.Equal(checksOf(t, found), []string{"server"}) {
			t.Errorf("%s: found %q", name, texts(found))
		}
	}
}

// Before each submission the members must be those of the plan: hardware may have been exchanged while the run waited.
func TestTheMembersMustStillBeThoseOfThePlan(t *testing.T) {
	for name, spoil := range map[string]func(*upgrade.Picture){
		"no member any more": func(p *upgrade.Picture) { p.Gateway.Members = nil },
		"one member gone":    func(p *upgrade.Picture) { p.Gateway.Members = p.Gateway.Members[:1] },
		"another server": func(p *upgrade.Picture) {
			p.Gateway.Members[1].HardwareID, p.Servers[1].ID, p.Hosts[1].HardwareID = 9109, 9109, 9109
		},
		"another member id": func(p *upgrade.Picture) { p.Gateway.Members[1].ID = 619 },
	} {
		p := pictureFor(0)
		spoil(&p)
		if found := upgrade.JudgeSubmission(p, clearanceFor(t, 0)); len(found) == 0 {
			t.Errorf("%s: cleared", name)
		}
	}
}

// Juniper: a missing cell is unknown, not "None" and not "no": such a pair is unproven.
func TestUnknownCellsDoNotProveAPair(t *testing.T) {
	for name, spoil := range map[string]func(*upgrade.Node){
		"failures not told": func(n *upgrade.Node) { n.FailuresKnown = false },
		"manual not told":   func(n *upgrade.Node) { n.Manual = "" },
	} {
		c := wholeCluster("node0")
		spoil(&c.Groups[1].Nodes[1])
		found := c.Whole()
		if len(found) != 1 || !found[0].Unknown {
			t.Errorf("%s: found %+v, want one that is Unknown", name, found)
		}
	}
	c := loneCluster("node1", "node0")
	c.Groups[1].Nodes[1].FailuresKnown, c.Groups[1].Nodes[1].Failures = false, nil
	if found := c.Alone("node1"); len(found) != 1 || !found[0].Unknown {
		t.Errorf("the lone node's failures not told: found %+v, want one that is Unknown", found)
	}
}

// Juniper: one row in a group is to be reported. Between the reloads the peer is seen as lost, not unseen.
func TestAMissingRowDoesNotProveThatThePeerIsLost(t *testing.T) {
	c := loneCluster("node1", "node0")
	c.Groups[1].Nodes = c.Groups[1].Nodes[1:]
	if found := c.Alone("node1"); len(found) == 0 {
		t.Error("group 1 without the peer's row passes")
	}
}

// General upgrade page, older revision: preempt of group 1 has to be off; not knowing it is not knowing it off.
func TestAnUnknownPreemptForbidsASubmission(t *testing.T) {
	p := pictureFor(0)
	p.Device.Preempt = ""
	if found := upgrade.JudgeSubmission(p, clearanceFor(t, 0)); !slices.Equal(checksOf(t, found), []string{"preempt"}) {
		t.Errorf("found %q", texts(found))
	}
}

// Support matrix: 15.1 is upgraded on 10G only. An unknown speed is not 10G, and the running release counts.
func Test15IsRefusedUnlessItIsKnownToRunOn10G(t *testing.T) {
	fifteen := func(d *upgrade.Discovery) {
		for i := range d.Picture.Device.Nodes {
			d.Picture.Device.Nodes[i].Version, d.Picture.Gateway.Members[i].Version = "15.1X49-D170.4", "15.1X49-D170"
		}
	}
	for name, change := range map[string]func(*upgrade.Discovery){
		"unknown speed": func(d *upgrade.Discovery) { fifteen(d); d.Picture.Gateway.Members[0].UplinkMbps = 0 },
		"1G and another record": func(d *upgrade.Discovery) {
			fifteen(d)
			d.Picture.Gateway.Members[0].Version, d.Picture.Gateway.Members[0].UplinkMbps = "", 1000
		},
	} {
		d := validDiscovery()
		change(&d)
		if _, err := upgrade.NewPlan(validRequest(), d); upgrade.KindOf(err) != upgrade.Unsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Rollback page: from 18.4 a rollback exists only on the new (SR-IOV) architecture.
func TestNoRollbackIsPromisedFromALegacy18(t *testing.T) {
	d := validDiscovery()
	for i := range d.Picture.Gateway.Members {
		d.Picture.Gateway.Members[i].Version, d.Picture.Gateway.Members[i].NetworkModel = "18.4R1-S1", "Linux Bridge"
		d.Picture.Device.Nodes[i].Version, d.Offers[i].Prices[0].Version = "18.4R1-S1.3", "18.4R1-S1"
	}
	plan, err := upgrade.NewPlan(validRequest(), d)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(plan.Rollback, "possible") {
		t.Errorf("Rollback = %q", plan.Rollback)
	}
}

// Juniper: internal builds cannot be compared. The device is what cannot be upgraded; the request is in order.
func TestARunningInternalBuildIsUnsupportedNotAnInvalidRequest(t *testing.T) {
	d := validDiscovery()
	d.Picture.Device.Nodes[1].Version = "17.4-20180109_dev_common.2"
	_, err := upgrade.NewPlan(validRequest(), d)
	if upgrade.KindOf(err) != upgrade.Unsupported || !strings.Contains(err.Error(), "node1") {
		t.Errorf("kind %q: %v", upgrade.KindOf(err), err)
	}
}

// Snapshot rules: cluster healthy and of the same priorities; prefixes within a tenth; licences needed 0, end not earlier.
func TestCompareFinds(t *testing.T) {
	for name, change := range map[string]func(*upgrade.Snapshot){
		"another priority":            func(s *upgrade.Snapshot) { s.Cluster.Groups[1].Nodes[0].Priority = 0 },
		"a lost secondary":            func(s *upgrade.Snapshot) { s.Cluster.Groups[0].Nodes[1].State = "lost" },
		"a secondary without a row":   func(s *upgrade.Snapshot) { s.Cluster.Groups[0].Nodes = s.Cluster.Groups[0].Nodes[:1] },
		"a peer without its prefixes": func(s *upgrade.Snapshot) { s.Peers[0].Active = 0 },
		"a licence that is needed":    func(s *upgrade.Snapshot) { s.Licences[0].Needed = 1 },
		"a licence that ends earlier": func(s *upgrade.Snapshot) { s.Licences[0].End = "2031-06-01" },
	} {
		after := snapshot()
		change(&after)
		if diff := upgrade.Compare(snapshot(), after); len(diff) == 0 {
			t.Errorf("%s: no difference", name)
		}
	}
}

// Readiness page: a member may be reloaded when its row is Ready with code 0, or with an acknowledged warning.
func TestRowsThatContradictThemselvesBlock(t *testing.T) {
	withError := readyRows()
	withError.Rows[1].Code = 1108
	twice := readyRows()
	twice.Rows = append(twice.Rows, upgrade.ReadinessRow{Category: upgrade.UpgradeCheck, MemberID: secondaryMember, Value: upgrade.NotReadyYet, Raw: "Not Ready"})
	for name, r := range map[string]upgrade.Readiness{"Ready with an error's code": withError, "Ready and Not Ready": twice} {
		if found := r.Blocking(secondaryMember, nil, nil); len(found) == 0 {
			t.Errorf("%s: nothing blocks", name)
		}
	}
}

// Readiness page: a result expires 5 hours after its check; the age of a check never seen running is unknown.
func TestBothChecksMustHaveBeenSeenRunning(t *testing.T) {
	r := readyRows()
	delete(r.SeenRunning, upgrade.UpgradeCheck)
	if until := r.ValidUntil(5 * time.Hour); until.After(time.Time{}) {
		t.Errorf("valid until %s", until)
	}
}

// A wrong verb must not print what the right one redacts.
func TestAWrongVerbDoesNotPrintASecret(t *testing.T) {
	for _, verb := range []string{"%d", "%t", "%c", "%U", "%f", "%e", "%b", "%o", "%y"} {
		for name, value := range map[string]any{"a secret": upgrade.Secret(fakePassword), "an endpoint": endpoint()} {
			if text := fmt.Sprintf(verb, value); reveals(text) {
				t.Errorf("%s of %s: %s", verb, name, text)
			}
		}
	}
}

// Juniper: order by numbers. A number that cannot be read is not a part that is missing.
func TestANumberTooLargeIsRefusedNotDropped(t *testing.T) {
	for _, text := range []string{"22.3R99999999999999999999", "22.3R1-S99999999999999999999.6", "22.3R1.99999999999999999999"} {
		if v, err := upgrade.ParseVersion(text); err == nil {
			t.Errorf("%s was read as release %d, service %d, spin %d", text, v.Release, v.Service, v.Spin)
		}
	}
}

// Version notes: the price lists' "15.1X49" names no D release. Only a branch R name stands for service release 0.
func TestAnXNameWithoutItsDReleaseFitsAnyOfThem(t *testing.T) {
	if !upgrade.SameRelease("15.1X49", "15.1X49-D170.4") {
		t.Error("15.1X49 does not name 15.1X49-D170.4")
	}
}

// errors.Is must find every cause that the format wraps.
func TestAnErrorKeepsTwoCauses(t *testing.T) {
	err := upgrade.Errorf(upgrade.Unreachable, "%w after %w", io.EOF, io.ErrShortWrite)
	if !errors.Is(err, io.EOF) || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v lost a cause", err)
	}
}
