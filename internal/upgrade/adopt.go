package upgrade

import (
	"fmt"
	"slices"
	"strings"
)

// Adoption says where an upgrade stands that somebody began by hand.
type Adoption struct {
	// Reloads are the legs that have begun: 1 or 2.
	Reloads int `json:"reloads"`
	// ReloadID is the transaction of the reload that is running, 0 when none is.
	ReloadID int `json:"reloadId,omitempty"`
}

// String says it in words.
func (a Adoption) String() string {
	switch {
	case a.ReloadID == 0:
		return "the first node is reloaded, the second is not"
	case a.Reloads == 1:
		return fmt.Sprintf("the first reload is on, transaction %d", a.ReloadID)
	}
	return fmt.Sprintf("the second reload is on, transaction %d", a.ReloadID)
}

// Adopt finds out at which point an upgrade stands that was begun by hand, and plans the rest of it. What does not fit
// one of the documented points is refused: a person must look.
func Adopt(req Request, d Discovery) (Plan, Adoption, error) {
	p := d.Picture
	if err := supported(p); err != nil {
		return Plan{}, Adoption{}, err
	}
	if !p.Gateway.HA() {
		return Plan{}, Adoption{}, Errorf(Unsupported, "gateway %s is a standalone gateway: its reload cannot be taken over, for its configuration was not exported", p.Gateway.Name).
			Advise("bring its configuration back by hand: starter config restore")
	}
	first, at, err := whereItStands(p, req.TargetVersion)
	if err != nil {
		return Plan{}, Adoption{}, err
	}
	target, err := ParseVersion(req.TargetVersion)
	if err != nil {
		return Plan{}, Adoption{}, err
	}
	offers, err := choosePrices(p.Gateway, d.Offers, target)
	if err != nil {
		return Plan{}, Adoption{}, err
	}
	steps, err := placeByHand(p, first, at, offers)
	if err != nil {
		return Plan{}, Adoption{}, err
	}
	plan := Plan{Gateway: p.Gateway, From: oldVersion(p, steps, at), Target: target.String(), Steps: steps, Preempt: p.Device.Preempt,
		Needed: req.Timing.PlanNode, Rollback: "as far as IBM's procedure goes: " + at.String(), Notes: notes(p, req.Preempt)}
	plan.Old, _ = PriceOf(plan.From, steps[0].MemberID, d.Offers)
	return plan, at, nil
}

// whereItStands finds the member that was reloaded first.
func whereItStands(p Picture, target string) (first Member, at Adoption, err error) {
	var running, done []Member
	for _, m := range p.Gateway.Members {
		s, _ := p.Server(m.HardwareID)
		if s.Reloading() {
			running = append(running, m)
		} else if SameRelease(m.Version, target) {
			done = append(done, m)
		}
	}
	s := Server{}
	if len(running) == 1 {
		s, _ = p.Server(running[0].HardwareID)
	}
	switch {
	case len(running) == 0 && len(done) == 1 && p.Gateway.Status == StatusUpgradeActive:
		return done[0], Adoption{Reloads: 1}, nil
	case len(running) == 1 && len(done) == 1:
		return done[0], Adoption{Reloads: 2, ReloadID: s.LastReload}, nil
	case len(running) == 1 && len(done) == 0:
		return running[0], Adoption{Reloads: 1, ReloadID: s.LastReload}, nil
	}
	return Member{}, Adoption{}, Errorf(Unhealthy, "gateway %s is at no point from which an upgrade goes on: status %q, %d reloads running, %d members on %s",
		p.Gateway.Name, p.Gateway.StatusText, len(running), len(done), target).Advise("without a reload under way start an upgrade without resume; otherwise ask IBM Support")
}

// placeByHand tells which host carries which node while only one of them can be asked. The node that answers is proven
// by its hardware addresses, the other one is the other.
func placeByHand(p Picture, first Member, at Adoption, prices map[int]Price) ([]Step, error) {
	other := p.Gateway.Members[slices.IndexFunc(p.Gateway.Members, func(m Member) bool { return m.ID != first.ID })]
	alone := first
	if at.Reloads == 1 && at.ReloadID != 0 {
		alone = other // the first host is being reloaded
	}
	host, ok := p.Host(alone.HardwareID)
	if !ok || host.Error != "" {
		return nil, Errorf(Unreachable, "host %s cannot be asked: %s", alone.Host, host.Error).Advise("check that the worker reaches %s over SSH and that the root password on record is right", alone.Address)
	}
	proven, ok := match(host, p.Device.NodeMACs)
	if !ok {
		return nil, Errorf(Unhealthy, "no proof of which node host %s carries", alone.Host).Advise("check on the host (virsh list --all, virsh dumpxml) that exactly one vSRX runs")
	}
	rest := map[string]string{"node0": "node1", "node1": "node0"}[proven.Node]
	nodes := map[int]string{first.ID: proven.Node, other.ID: rest}
	if alone.ID != first.ID {
		nodes = map[int]string{first.ID: rest, other.ID: proven.Node}
	}
	var steps []Step
	for _, m := range []Member{first, other} {
		domain := ""
		if h, _ := p.Host(m.HardwareID); len(h.Domains) == 1 {
			domain = h.Domains[0].Name
		}
		steps = append(steps, Step{MemberID: m.ID, HardwareID: m.HardwareID, Host: m.Host, Address: m.Address, Node: nodes[m.ID], Domain: domain, Price: prices[m.ID]})
	}
	return steps, nil
}

// oldVersion is what the gateway ran before: the device says it while the old node answers, IBM's record otherwise.
func oldVersion(p Picture, steps []Step, at Adoption) string {
	if v := p.Device.Version(steps[1].Node); at.Reloads == 1 && v != "" {
		return v
	}
	second, _ := p.Gateway.Member(steps[1].HardwareID)
	first, _ := p.Gateway.Member(steps[0].HardwareID)
	if at.Reloads == 2 || second.Version == "" {
		return strings.TrimSpace(first.LastVersion)
	}
	return second.Version
}
