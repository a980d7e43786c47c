package upgrade

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// FleetFacts are what a fleet is planned by.
type FleetFacts struct {
	Now      time.Time
	Gateways []FleetFact // in the order of the order, or of IBM's list for a query
}

// FleetFact is what is known of one gateway of an order.
type FleetFact struct {
	ID      int
	Name    string
	Pod     string
	Account int
	Needed  Duration // planned for its upgrade
	Done    bool     // on record with the target already
	Refused string   // why it is not to be upgraded
}

// FleetFactOf judges one gateway of an order by its records and by what may be ordered for it.
func (o FleetOrder) FleetFactOf(c Candidate) FleetFact {
	g := c.Gateway
	fact := FleetFact{ID: c.ID, Name: g.Name, Pod: g.Pod, Account: g.Account}
	if c.Error != nil {
		fact.Refused = c.Error.Error()
		return fact
	}
	fact.Needed = NeededFor(g, o.Timing.OrDefaults())
	fact.Done = len(g.Members) > 0 && !slices.ContainsFunc(g.Members, func(m Member) bool { return !SameRelease(m.Version, o.TargetVersion) })
	if err := o.upgradeable(c); err != nil {
		fact.Refused = err.Error()
	}
	return fact
}

func (o FleetOrder) upgradeable(c Candidate) error {
	if err := supported(Picture{Gateway: c.Gateway}); err != nil {
		return err
	}
	target, err := ParseVersion(o.TargetVersion)
	if err != nil {
		return err
	}
	_, err = choosePrices(c.Gateway, c.Offers, target)
	return err
}

// FleetPlan is which gateways are upgraded in which wave, in which order, and when by estimate. Its times count from the
// beginning of the fleet.
type FleetPlan struct {
	Waves    []WaveReport `json:"waves,omitempty"`
	Makespan Duration     `json:"makespan,omitempty"` // until the last upgrade has ended
	Bound    Duration     `json:"bound,omitempty"`    // no order of these waves takes less: their critical path
	Unfit    []string     `json:"unfit,omitempty"`    // what does not fit into its wave's window, one sentence each
}

// PlanFleet divides a fleet into waves and orders each so that its end comes soonest: a pod takes one gateway at a time, so
// the pods with most work left go first. It refuses, with every reason at once, an order that makes no sense or that not
// every gateway can be upgraded by; the error is of kind Invalid, or Unsupported where only gateways are at fault.
func PlanFleet(order FleetOrder, facts FleetFacts) (FleetPlan, error) {
	order = order.OrDefaults()
	if err := order.Validate(); err != nil {
		return FleetPlan{}, err
	}
	if wrong := order.wrongWith(facts); len(wrong) > 0 {
		return FleetPlan{}, refuseFleet(Unsupported, wrong)
	}
	plan := FleetPlan{Waves: order.divide(facts)}
	plan.estimate(order.Limits, facts.Now)
	return plan, nil
}

// wrongWith lists what the facts have against the order.
func (o FleetOrder) wrongWith(facts FleetFacts) (wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	account, todo, known := o.Account, 0, map[int]bool{}
	for _, f := range facts.Gateways {
		if account == 0 && f.Refused == "" {
			account = f.Account
		}
	}
	for _, f := range facts.Gateways {
		known[f.ID] = true
		switch {
		case f.Account != 0 && account != 0 && f.Account != account:
			add("gateway %d (%s) is of account %d, not %d", f.ID, f.Name, f.Account, account)
		case f.Refused != "" && !f.Done:
			add("gateway %d%s: %s", f.ID, inBrackets(f.Name), f.Refused)
		case !f.Done:
			todo++
		}
	}
	for _, w := range o.Waves {
		for _, id := range w.Gateways {
			if !known[id] {
				add("%s: gateway %d is not among those of the fleet", w.Name, id)
			}
		}
		if w.Size > len(facts.Gateways) {
			add("%s: its size is %d and there are %d gateways", w.Name, w.Size, len(facts.Gateways))
		}
	}
	switch {
	case len(facts.Gateways) == 0:
		add("no gateway is chosen")
	case len(facts.Gateways) > MaxFleetGateways:
		add("%d gateways are more than the %d that one fleet takes", len(facts.Gateways), MaxFleetGateways)
	case todo == 0 && len(wrong) == 0:
		add("nothing is to be done: every gateway is on record with %s", o.TargetVersion)
	}
	return append(wrong, o.uncovered(facts)...)
}

// uncovered names a gateway that is in no wave.
func (o FleetOrder) uncovered(facts FleetFacts) []string {
	if len(o.Waves) > 0 && o.Waves[len(o.Waves)-1].Rest {
		return nil
	}
	taken := 0
	for _, w := range o.Waves {
		taken += w.Size + len(w.Gateways)
	}
	if left := len(facts.Gateways) - taken; left > 0 {
		return []string{fmt.Sprintf("%d gateways are in no wave: add a wave with rest", left)}
	}
	return nil
}

func inBrackets(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}

// divide deals the gateways out to the waves and puts each wave into its order. Those that are done already stand in the
// wave that names them, otherwise in the last.
func (o FleetOrder) divide(facts FleetFacts) []WaveReport {
	pool := newPool(facts.Gateways)
	for _, w := range o.Waves {
		for _, id := range w.Gateways {
			pool.named[id] = true
		}
	}
	waves := make([]WaveReport, 0, len(o.Waves))
	for i, w := range o.Waves {
		var list []FleetGateway
		switch {
		case len(w.Gateways) > 0:
			list = pool.take(w.Gateways)
		case w.Rest:
			list = pool.rest()
		default:
			list = pool.takeSome(w.Size)
		}
		if i == len(o.Waves)-1 && !w.Rest {
			list = append(list, pool.done()...)
		}
		waves = append(waves, WaveReport{Name: w.Name, Gateways: inOrder(list), Soak: w.Soak, Window: w.Window})
	}
	return waves
}

// inOrder sorts a wave: the gateway whose pod has most work left from it on comes first. Within a pod the order stays.
func inOrder(list []FleetGateway) []FleetGateway {
	left := map[string]Duration{}
	tail := make(map[int]Duration, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].State == GatewayDone {
			continue // and comes last
		}
		left[list[i].Pod] += list[i].Needed
		tail[list[i].ID] = left[list[i].Pod]
	}
	slices.SortStableFunc(list, func(a, b FleetGateway) int { return cmp.Compare(tail[b.ID], tail[a.ID]) })
	return list
}

// pool is what no wave has taken yet.
type pool struct {
	facts map[int]FleetFact
	order []int        // ids
	named map[int]bool // by a wave
	taken map[int]bool
	pods  []string         // in the order in which they appear
	queue map[string][]int // ids of a pod that are neither done nor named, in order
	work  map[string]Duration
}

func newPool(facts []FleetFact) *pool {
	p := &pool{facts: map[int]FleetFact{}, named: map[int]bool{}, taken: map[int]bool{}}
	for _, f := range facts {
		p.facts[f.ID] = f
		p.order = append(p.order, f.ID)
	}
	return p
}

func (p *pool) gateway(id int) FleetGateway {
	f := p.facts[id]
	p.taken[id] = true
	g := FleetGateway{ID: id, Name: f.Name, Pod: strings.ToLower(f.Pod), State: GatewayWaiting, Needed: f.Needed}
	if f.Done {
		g.State, g.Needed = GatewayDone, 0
	}
	return g
}

func (p *pool) take(ids []int) (list []FleetGateway) {
	for _, id := range ids {
		list = append(list, p.gateway(id))
	}
	return list
}

// rest takes everything that is left.
func (p *pool) rest() (list []FleetGateway) {
	for _, id := range p.order {
		if !p.taken[id] && !p.named[id] {
			list = append(list, p.gateway(id))
		}
	}
	return list
}

// done takes what is left of those that need no upgrade.
func (p *pool) done() (list []FleetGateway) {
	for _, id := range p.order {
		if !p.taken[id] && p.facts[id].Done {
			list = append(list, p.gateway(id))
		}
	}
	return list
}

// takeSome takes so many, or what is left, from the pods with most work: of each pod one before another one gives two, so
// that the wave is over soonest and what is left for later is shortest.
func (p *pool) takeSome(n int) (list []FleetGateway) {
	p.sortByPod()
	given := map[string]int{}
	for len(list) < n {
		best := ""
		for _, pod := range p.pods {
			if len(p.queue[pod]) == 0 {
				continue
			}
			if best == "" || given[pod] < given[best] || given[pod] == given[best] && p.work[pod] > p.work[best] {
				best = pod
			}
		}
		if best == "" {
			return list
		}
		g := p.gateway(p.queue[best][0])
		p.queue[best], p.work[best] = p.queue[best][1:], p.work[best]-g.Needed
		given[best]++
		list = append(list, g)
	}
	return list
}

func (p *pool) sortByPod() {
	if p.queue != nil {
		return
	}
	p.queue, p.work = map[string][]int{}, map[string]Duration{}
	for _, id := range p.order {
		f := p.facts[id]
		if f.Done || p.named[id] {
			continue
		}
		pod := strings.ToLower(f.Pod)
		if len(p.queue[pod]) == 0 {
			p.pods = append(p.pods, pod)
		}
		p.queue[pod] = append(p.queue[pod], id)
		p.work[pod] += f.Needed
	}
}
