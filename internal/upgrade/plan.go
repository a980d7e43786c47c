package upgrade

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Discovery is what a plan is made from: one look at everything, and what may be ordered for each member.
type Discovery struct {
	Picture Picture `json:"picture"`
	Offers  []Offer `json:"offers"`
}

// Offer lists the OS prices that IBM allows for a member.
type Offer struct {
	MemberID int     `json:"memberId"`
	Prices   []Price `json:"prices"`
}

// Plan is what will be done, in which order, and what it costs.
type Plan struct {
	Gateway Gateway  `json:"gateway"`
	From    string   `json:"from"`
	Target  string   `json:"target"`
	Steps   []Step   `json:"steps"` // one reload each, in order
	Preempt Preempt  `json:"preempt"`
	Needed  Duration `json:"needed"`
	// Rollback says whether the old version can still be ordered between the two reloads.
	Rollback string   `json:"rollback"`
	Old      Price    `json:"old,omitzero"` // OS price of the running version for the first step's member; none when it is not offered
	Notes    []string `json:"notes"`        // what will be lost or changes, in words
}

// Step is the reload of one member.
type Step struct {
	MemberID   int    `json:"memberId"`
	HardwareID int    `json:"hardwareId"`
	Host       string `json:"host"`
	Address    string `json:"address"` // of the host
	Node       string `json:"node"`    // node0 or node1
	Domain     string `json:"domain"`  // name of its virtual machine now
	Price      Price  `json:"price"`
}

// NewPlan decides what to do, or refuses with the reason. The current secondary comes first: traffic then moves once,
// at the switch-over, instead of twice.
func NewPlan(req Request, d Discovery) (Plan, error) {
	p := d.Picture
	if err := supported(p); err != nil {
		return Plan{}, err
	}
	target, err := ParseVersion(req.TargetVersion)
	if err != nil {
		return Plan{}, err
	}
	offers, err := choosePrices(p.Gateway, d.Offers, target)
	if err != nil {
		return Plan{}, err
	}
	if err := newer(p, target); err != nil {
		return Plan{}, err
	}
	plan := Plan{Gateway: p.Gateway, From: p.Device.Nodes[0].Version, Target: target.String(), Preempt: p.Device.Preempt,
		Needed: Duration(len(p.Gateway.Members)) * req.Timing.PlanNode, Rollback: rollback(p, d.Offers)}
	if err := Refusal(worst(p), Judge(p, plan, BeforeFirst)); err != nil {
		return Plan{}, err
	}
	places, err := Place(p)
	if err != nil {
		return Plan{}, err
	}
	if p.Device.Preempt == PreemptActive && req.Preempt == PreemptAsk && req.Approval == ApprovalNone {
		return Plan{}, Errorf(Invalid, "preempt of redundancy group 1 is active and nobody is there to approve its deactivation").
			Advise("start again with preempt set to %q or %q", PreemptDeactivate, PreemptRestore)
	}
	plan.Steps = order(p, places, offers)
	if !p.Gateway.HA() {
		plan.Needed += req.Timing.Import
		plan.Notes = notesAlone()
		return plan, nil
	}
	plan.Old, _ = PriceOf(plan.From, plan.Steps[0].MemberID, d.Offers)
	plan.Notes = notes(p, req.Preempt)
	return plan, nil
}

// worst is the kind that a refusal of the picture has: a refused login and a missing answer come before what was seen.
func worst(p Picture) Kind {
	switch {
	case slices.ContainsFunc(p.Hosts, func(h Host) bool { return h.Denied }):
		return Denied
	case slices.ContainsFunc(p.Hosts, func(h Host) bool { return h.Error != "" }):
		return Unreachable
	}
	return Unhealthy
}

// processor1270v6 matches the ways the portal writes "E3-1270 v6": it has no SR-IOV and cannot run newer releases.
var processor1270v6 = regexp.MustCompile(`(?i)1270[ _-]*v6`)

// supported refuses what IBM's upgrade table excludes (vSRX upgrade page, known limitations).
func supported(p Picture) error {
	g := p.Gateway
	switch {
	case !strings.Contains(strings.ToLower(g.Vendor), "juniper"):
		return Errorf(Unsupported, "gateway %d (%s) is a %q gateway, not a Juniper vSRX", g.ID, g.Name, g.Vendor).Advise("check the id; only Juniper vSRX gateways are upgraded")
	case len(g.Members) != 1 && len(g.Members) != 2:
		return Errorf(Unsupported, "gateway %d (%s) has %d members, not one or two", g.ID, g.Name, len(g.Members)).Advise("ask IBM Support why")
	case g.Pod == "":
		return Errorf(Unsupported, "gateway %d (%s): its pod is unknown, so it cannot be kept apart from its neighbours", g.ID, g.Name).Advise("ask IBM Support for the pod of its private VLAN")
	}
	for _, m := range g.Members {
		if processor1270v6.MatchString(m.Processor) {
			return Errorf(Unsupported, "host %s has the unsupported processor %s", m.Host, m.Processor).Advise("E3-1270 v6 has no SR-IOV: order a new gateway and migrate")
		}
		if runs(p, m, 15, 1) && m.UplinkMbps < 10000 {
			return Errorf(Unsupported, "host %s runs 15.1 on uplinks of %d Mbit/s (0: unknown); IBM upgrades 15.1 only on 10G", m.Host, m.UplinkMbps).Advise("order a new gateway and migrate")
		}
	}
	return nil
}

// runs reports whether a node of the gateway, or the record of the member, is of a major.minor.
func runs(p Picture, m Member, major, minor int) bool {
	names := []string{m.Version}
	for _, n := range p.Device.Nodes {
		names = append(names, n.Version)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		v, err := ParseVersion(name)
		return err == nil && v.Major == major && v.Minor == minor
	})
}

// choosePrices finds the one price of each member that names the target; none or several stop the plan.
func choosePrices(g Gateway, offers []Offer, target Version) (map[int]Price, error) {
	chosen := map[int]Price{}
	for _, m := range g.Members {
		var fit []Price
		var all []string
		for _, o := range offers {
			if o.MemberID != m.ID {
				continue
			}
			for _, p := range o.Prices {
				all = append(all, p.Version)
				if v, err := ParseVersion(p.Version); err == nil && v.Branch != "" && (v.Fits(target) || target.Fits(v)) {
					fit = append(fit, p)
				}
			}
		}
		if len(fit) != 1 {
			return nil, Errorf(Unsupported, "target %s is offered %d times for host %s; offered are: %s", target, len(fit), m.Host, strings.Join(all, ", ")).
				Advise("choose one of the offered versions; older ones need an IBM support case")
		}
		chosen[m.ID] = fit[0]
		if one := chosen[g.Members[0].ID]; !SameRelease(one.Version, fit[0].Version) {
			return nil, Errorf(Unsupported, "target %s would be %s on one host and %s on the other", target, one.Version, fit[0].Version).Advise("name the target with service release and spin")
		}
	}
	return chosen, nil
}

// PriceOf finds the one OS price that names exactly the release for a member.
func PriceOf(release string, member int, offers []Offer) (found Price, ok bool) {
	for _, o := range offers {
		if o.MemberID != member {
			continue
		}
		for _, p := range o.Prices {
			if SameRelease(p.Version, release) {
				if ok {
					return Price{}, false
				}
				found, ok = p, true
			}
		}
	}
	return found, ok
}

// newer refuses a target that is not newer than what both nodes run.
func newer(p Picture, target Version) error {
	if len(p.Device.Nodes) == 0 {
		reason := p.Device.Error
		if reason == "" {
			reason = "it named no version"
		}
		kind := Unreachable
		if p.Device.Denied {
			kind = Denied
		}
		return Errorf(kind, "the running version of %s is unknown: %s", p.Gateway.Name, reason).Advise("check that the worker reaches %s over SSH and that the root password on record is right", p.Gateway.Address)
	}
	for _, n := range p.Device.Nodes {
		running, err := ParseVersion(n.Version)
		if err != nil {
			return Errorf(Unsupported, "%s runs %q, which cannot be compared with a release", n.Node, n.Version).Advise("ask IBM Support; internal builds are not upgraded")
		}
		order, err := target.Compare(running)
		if err != nil {
			return Errorf(Unsupported, "comparing target with running version: %w", err).Advise("choose another target")
		}
		if order <= 0 {
			return Errorf(Unsupported, "target %s is not newer than %s, which %s runs", target, running, n.Node).Advise("nothing to do, or choose a newer target")
		}
	}
	return nil
}

// order puts the current secondary first.
func order(p Picture, places []Placement, prices map[int]Price) []Step {
	primary := ""
	if p.Device.Cluster != nil {
		primary = p.Device.Cluster.Primary()
	}
	steps := make([]Step, 0, len(places))
	for _, first := range []bool{true, false} {
		for _, at := range places {
			if (at.Node != primary) != first {
				continue
			}
			m, _ := p.Gateway.Member(at.HardwareID)
			steps = append(steps, Step{MemberID: m.ID, HardwareID: m.HardwareID, Host: m.Host, Address: m.Address,
				Node: at.Node, Domain: at.Domain, Price: prices[m.ID]})
		}
	}
	return steps
}

// rollback says whether the documented rollback will find its old version among the allowed prices.
func rollback(p Picture, offers []Offer) string {
	if len(p.Gateway.Members) == 1 {
		return "none: the old version of a standalone gateway cannot come back (IBM: vSRX rollback page)"
	}
	for _, m := range p.Gateway.Members {
		if runs(p, m, 18, 4) && folded(m.NetworkModel) != "sriov" {
			return "none: IBM documents no rollback from 18.4 on the legacy network architecture"
		}
	}
	for _, o := range offers {
		found := false
		for _, price := range o.Prices {
			found = found || SameRelease(price.Version, p.Device.Nodes[0].Version)
		}
		if !found {
			return fmt.Sprintf("the running version %s is not orderable for member %d: a rollback between the reloads needs an IBM support case", p.Device.Nodes[0].Version, o.MemberID)
		}
	}
	return "possible between the two reloads, by IBM's documented procedure"
}

// notesAlone names what the reload of a standalone gateway costs and loses.
func notesAlone() []string {
	return []string{
		"an outage from the reload until the configuration is imported: 2 to 5 hours and the import; there is no way back",
		"the reload erases the configuration; the exported one is imported, with the interfaces of the new version",
		"files on the virtual machine (/var/tmp, logs), local certificates and the IDP signature database are lost",
		"the host's root password and the SSH host keys of host and gateway are new after the reload",
	}
}

// notes names what the reloads cost or lose (IBM: vSRX upgrade, general; OS reload).
func notes(p Picture, policy PreemptPolicy) []string {
	n := []string{
		"traffic moves once, when the first reload ends; sessions are not carried across versions",
		"no failover is possible from the first reload until the pair is whole again",
		"files on the virtual machines (/var/tmp, logs) and local certificates are lost",
		"host root passwords and SSH host keys are new after each reload",
	}
	if p.Device.Preempt == PreemptActive {
		n = append(n, "preempt of redundancy group 1 is active and must be deactivated first")
		if policy == PreemptRestore {
			n = append(n, "activating preempt again at the end may move the traffic once more, to the node of higher priority")
		}
	}
	return n
}
