package upgrade

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// planPossible says what is planned, or why nothing can be (IBM: table of supported upgrades).
func planPossible(s scene) []CheckResult {
	err := s.noPlan
	if err == nil {
		names := make([]string, len(s.plan.Steps))
		for i, step := range s.plan.Steps {
			names[i] = sentence("%s %s", step.Host, step.Node)
		}
		return []CheckResult{pass("from %s to %s, %s planned, in this order: %s", s.plan.From, s.plan.Target, s.plan.Needed, strings.Join(names, ", "))}
	}
	advice := AdviceOf(err)
	if advice == "" {
		advice = "remove the reason, then check again"
	}
	f, members := s.f, len(s.f.Picture.Gateway.Members)
	unread := len(f.Picture.Servers) < members || len(f.Offers) < members || f.Picture.NeighboursError != ""
	if kind := KindOf(err); unread || kind.Passing() || kind == Denied || s.q.Moment != BeforeFirst {
		return []CheckResult{unknown("no plan can be made: %s", err).cure("%s", advice)}
	}
	return []CheckResult{fail("no plan can be made: %s", err).cure("%s", advice)}
}

// sameServers wants the members that the plan was made for.
func sameServers(s scene) []CheckResult {
	g := s.f.Picture.Gateway
	if len(g.Members) == 0 {
		return []CheckResult{unknown("the members of the gateway were not read")}
	}
	if len(g.Members) > 2 {
		return []CheckResult{fail("the gateway has %d members, not one or two", len(g.Members)).cure("open a case with IBM Support")}
	}
	if found := sameMembers(g, s.plan.Gateway); len(found) > 0 {
		return []CheckResult{fail("%s", found[0].Text).cure("%s", found[0].Advice)}
	}
	return []CheckResult{pass("%d members, those of the plan", len(g.Members))}
}

// wayBackOffered wants the old version's price for the node that a rollback reloads (IBM: rolling back an upgrade).
func wayBackOffered(s scene) []CheckResult {
	step, known := s.next()
	if !known {
		return []CheckResult{unknown("which node is to be reloaded is not known without a plan").cure("see check plan")}
	}
	if len(s.f.Offers) == 0 {
		return []CheckResult{unknown("what may be ordered for host %s was not read", step.Host).about(step.Host)}
	}
	price, ok := PriceOf(s.plan.From, step.MemberID, s.f.Offers)
	if !ok {
		return []CheckResult{fail("the old version %s is not offered exactly once for host %s", s.plan.From, step.Host).
			cure("open a case with IBM Support: they can order it").about(step.Host)}
	}
	return []CheckResult{pass("%s is offered as %q, price %d", s.plan.From, price.Text, price.ID).about(step.Host)}
}

// targetOffered wants one allowed OS price of the target for every member whose reload is to come.
func targetOffered(s scene, m Member) CheckResult {
	name := cmp.Or(s.plan.Target, s.q.Request.TargetVersion)
	target, err := ParseVersion(name)
	if err != nil {
		return unknown("the target version is not known: %s", err).cure("name a Junos release such as 23.4R2-S5.5")
	}
	result := offered(s, m, target)
	result.Target = name
	return result
}

// offered looks for the price of the target among those of one member.
func offered(s scene, m Member, target Version) CheckResult {
	if s.done(m) {
		return skipped("host %s is reloaded already", m.Host)
	}
	if !slices.ContainsFunc(s.f.Offers, func(o Offer) bool { return o.MemberID == m.ID }) {
		return unknown("what may be ordered for host %s was not read", m.Host)
	}
	only := Gateway{Members: []Member{m}}
	prices, err := choosePrices(only, s.f.Offers, target)
	if err != nil {
		return fail("%s", err).cure("%s", AdviceOf(err))
	}
	return pass("%s is offered as %q, price %d", target, prices[m.ID].Text, prices[m.ID].ID)
}

// oldVersionOffered warns of an upgrade without a way back: the documented rollback reloads the first node with the
// version it had (IBM: rolling back an upgrade).
func oldVersionOffered(s scene) []CheckResult {
	if len(s.f.Picture.Device.Nodes) == 0 || len(s.f.Offers) == 0 {
		return []CheckResult{unknown("whether the running version can be ordered again is not known")}
	}
	if why := rollback(s.f.Picture, s.f.Offers); !strings.HasPrefix(why, "possible") {
		return []CheckResult{warn("rollback: %s", why).cure("ask IBM Support before the upgrade whether they would order the old version for a rollback")}
	}
	return []CheckResult{pass("the running version %s can be ordered for every member", s.f.Picture.Device.Nodes[0].Version)}
}

// windowFits wants the planned time to fit into what is left of the maintenance window. Before the second reload it only
// warns: a pair left half done may be worse than a late one, and its submission asks a person (JudgeSubmission).
func windowFits(s scene) []CheckResult {
	w, needed := s.q.Request.Window, s.plan.Needed
	switch {
	case w == nil:
		return []CheckResult{pass("no maintenance window was set: now, and without end")}
	case s.q.Now.IsZero():
		return []CheckResult{unknown("the time of the look is not known")}
	case s.lone():
		needed = s.q.Timing.PlanNode
	}
	err := w.Fits(s.q.Now, needed)
	if err == nil {
		return []CheckResult{pass("%s are left in the window and %s are planned", w.End.Sub(s.q.Now).Round(time.Minute), needed)}
	}
	if s.lone() {
		return []CheckResult{warn("%s", err).
			cure("decide whether to go on outside the window: the gateway has no failover until its second node is reloaded too")}
	}
	return []CheckResult{fail("%s", err).cure("%s", AdviceOf(err))}
}

// secondaryFirst wants the node that goes first not to carry the traffic: it would move twice.
func secondaryFirst(s scene, d Device) CheckResult {
	step, ok := s.next()
	switch {
	case !ok || d.Cluster == nil:
		return unknown("which node is reloaded first is not known without a plan and a cluster status").cure("see check plan")
	case d.Cluster.Primary() == "":
		return unknown("no single node is primary of all redundancy groups").cure("see check cluster-primary")
	case d.Cluster.Primary() == step.Node:
		return fail("%s is primary and would be reloaded first; the traffic would move twice", step.Node).
			cure("move the redundancy groups to the other node, or plan again")
	}
	return pass("%s is secondary and goes first", step.Node)
}
