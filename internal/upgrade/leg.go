package upgrade

// Leg is one reload of an upgrade: what is reloaded to which version, which picture is right before and after it, and
// what IBM must have checked.
type Leg struct {
	Step   Step       `json:"step"`
	Peer   Step       `json:"peer"`
	Target string     `json:"target"`
	Before Moment     `json:"before"`
	After  Moment     `json:"after"`
	Status Status     `json:"status"` // of the gateway once the reload is over
	Checks []Category `json:"checks"`
	Done   []int      `json:"done,omitempty"` // members that run the target already
	Needed Duration   `json:"needed"`         // what must be left of the maintenance window; 0 does not ask
}

// First is the reload of the current secondary. The whole upgrade must fit into the window.
func (p Plan) First() Leg {
	return Leg{Step: p.Steps[0], Peer: p.Steps[1], Target: p.Target, Before: BeforeFirst, After: Between,
		Status: StatusUpgradeActive, Checks: AllChecks(nil), Needed: p.Needed}
}

// Second is the reload of the node that IBM has powered off.
func (p Plan) Second(t Timing) Leg {
	return Leg{Step: p.Steps[1], Peer: p.Steps[0], Target: p.Target, Before: Between, After: AfterSecond,
		Status: StatusActive, Checks: AllChecks(nil), Done: []int{p.Steps[0].MemberID}, Needed: t.PlanNode}
}

// Back is the reload of the first node to the old version, the last step of a rollback. It asks no window: a pair
// without its second node is worse than a late one. IBM asks for the check of an OS reload only.
func (p Plan) Back(old Price) Leg {
	step := p.Steps[0]
	step.Price = old
	return Leg{Step: step, Peer: p.Steps[1], Target: p.From, Before: BroughtBack, After: BeforeFirst,
		Status: StatusActive, Checks: []Category{ReloadCheck}}
}

// Only is the reload of a standalone gateway: it comes back without its configuration.
func (p Plan) Only() Leg {
	return Leg{Step: p.Steps[0], Target: p.Target, Before: BeforeFirst, After: Erased, Status: StatusActive, Checks: AllChecks(nil), Needed: p.Needed}
}
