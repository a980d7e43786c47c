package upgrade

import (
	"slices"
)

// scene is what every check looks at: the facts, the question, and what follows from both.
type scene struct {
	f      Facts
	q      CheckRequest
	plan   Plan  // as handed over or made, else as much of one as the facts tell
	noPlan error // why plan is only that much
}

func sceneOf(f Facts, q CheckRequest) scene {
	q.Timing = q.Timing.OrDefaults()
	q.Request = q.Request.OrDefaults()
	q.Request.Timing = q.Timing
	s := scene{f: f, q: q}
	switch {
	case q.Plan != nil && (q.Step < 0 || q.Step >= len(q.Plan.Steps)) && q.Moment != AfterSecond:
		s.plan, s.noPlan = s.sketch(), Errorf(Internal, "the plan has %d steps and none with the index %d", len(q.Plan.Steps), q.Step)
	case q.Plan != nil:
		s.plan = *q.Plan
	case s.aimless():
		s.plan = s.sketch()
	case q.Moment == BeforeFirst:
		s.plan, s.noPlan = NewPlan(q.Request, Discovery{Picture: f.Picture, Offers: f.Offers})
		if s.noPlan != nil {
			s.plan = s.sketch()
		}
	default:
		s.plan, s.noPlan = s.sketch(), Errorf(Invalid, "no plan was handed over, and none can be made once a node was reloaded").Advise("ask the running upgrade, it knows its plan")
	}
	return s
}

// aimless reports whether no target was named: nothing is planned then, and the gateway is judged as it stands.
func (s scene) aimless() bool {
	return s.q.Moment == BeforeFirst && s.q.Plan == nil && s.q.Request.TargetVersion == ""
}

// sketch is what can be told of a plan from the facts alone: the running version, and between the reloads the node that
// IBM's records call upgraded.
func (s scene) sketch() Plan {
	p := s.f.Picture
	plan := Plan{Gateway: p.Gateway, Needed: Duration(len(p.Gateway.Members)) * s.q.Timing.PlanNode}
	if len(p.Device.Nodes) > 0 {
		plan.From = p.Device.Nodes[0].Version
	}
	if s.q.Moment != Between {
		return plan
	}
	upgraded := slices.IndexFunc(p.Gateway.Members, func(m Member) bool { return m.Upgraded })
	if upgraded < 0 || slices.ContainsFunc(p.Gateway.Members[upgraded+1:], func(m Member) bool { return m.Upgraded }) {
		return plan
	}
	first := p.Gateway.Members[upgraded]
	plan.Target = first.Version
	plan.Steps = []Step{{MemberID: first.ID, HardwareID: first.HardwareID, Host: first.Host}}
	if h, ok := p.Host(first.HardwareID); ok {
		at, _ := match(h, p.Device.NodeMACs)
		plan.Steps[0].Node = at.Node
	}
	return plan
}

// pair reports whether the gateway has a peer to speak of. Only one single member makes a standalone.
func (s scene) pair() bool { return len(s.f.Picture.Gateway.Members) != 1 }

// lone reports whether one node of the pair is alone on purpose: the other one is off until its own reload.
func (s scene) lone() bool { return s.pair() && s.q.Moment.Lone() }

// carrier is the step of the node that stands alone, false when the facts do not tell.
func (s scene) carrier() (Step, bool) {
	known := 1
	if s.q.Moment == BroughtBack {
		known = 2
	}
	if !s.lone() || len(s.plan.Steps) < known {
		return Step{}, false
	}
	return s.q.Moment.carrier(s.plan), true
}

// loneNode names the node that stands alone, "" when the facts do not tell.
func (s scene) loneNode() string {
	step, _ := s.carrier()
	return step.Node
}

// off reports whether the machine of a member has to be off beside the one that stands alone.
func (s scene) off(m Member) bool {
	step, known := s.carrier()
	return known && step.HardwareID != m.HardwareID
}

// done reports whether a member runs the target already.
func (s scene) done(m Member) bool { return s.lone() && s.q.Moment == Between && isFirst(s.plan, m) }

// next gives the member whose reload comes next.
func (s scene) next() (Step, bool) {
	if s.q.Step < 0 || s.q.Step >= len(s.plan.Steps) {
		return Step{}, false
	}
	return s.plan.Steps[s.q.Step], true
}

// nodes names the nodes that have to run: both of a pair, the lone one, and "" for a standalone's only one.
func (s scene) nodes() []string {
	switch {
	case !s.pair():
		return []string{""}
	case s.lone():
		return []string{s.loneNode()}
	}
	return []string{"node0", "node1"}
}
