package sim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Strike is a fault with the moment it strikes. Moments are virtual time after the start of the world.
type Strike struct {
	Fault `yaml:",inline"`
	Node  *int          `yaml:"node"`  // instead of Member, whose id the seed chooses; nil means any
	After time.Duration `yaml:"after"` // 0 strikes at the start
	Until time.Duration `yaml:"until"` // when it is repaired; 0 means never
}

// Planned is a fault that is still to strike.
type Planned struct {
	Fault
	At time.Time `json:"at"` // virtual
}

// FaultNames are all faults that this world knows, sorted.
func FaultNames() []string { return slices.Sorted(maps.Keys(faultKinds())) }

// Faults are the faults that are armed now and those that are still to strike.
func (c *Cloud) Faults() (armed []Fault, planned []Planned) {
	defer c.enter()()
	return slices.Clone(c.faults), slices.Clone(c.planned)
}

// Strike plans a fault from now on; what Inject would refuse is refused at once.
func (c *Cloud) Strike(s Strike) error {
	defer c.enter()()
	return c.book(s)
}

// plan books the faults of the options.
func (c *Cloud) plan(strikes []Strike) error {
	for i, s := range strikes {
		if err := c.book(s); err != nil {
			return fmt.Errorf("planning fault %d: %w", i+1, err)
		}
	}
	return nil
}

func (c *Cloud) book(s Strike) error {
	f, err := c.name(s)
	if err != nil {
		return err
	}
	kind, _, err := c.fit(f)
	switch {
	case err != nil:
		return err
	case s.After < 0:
		return fmt.Errorf("fault %s strikes %v before the start", f.Name, -s.After)
	case s.Until != 0 && s.Until <= s.After:
		return fmt.Errorf("fault %s ends after %v, before it strikes after %v", f.Name, s.Until, s.After)
	case s.Until != 0 && kind.instant:
		return fmt.Errorf("fault %s happens in a moment and has no end", f.Name)
	}
	p := Planned{Fault: f, At: c.clock.now.Add(s.After)}
	c.planned = append(c.planned, p)
	c.clock.after(s.After, func() {
		if i := slices.Index(c.planned, p); i >= 0 { // otherwise it was called off
			c.planned = slices.Delete(c.planned, i, i+1)
			c.trouble(c.inject(f))
		}
	})
	if s.Until != 0 {
		c.clock.after(s.Until, func() { c.lift(func(other Fault) bool { return other == f }) })
	}
	return nil
}

// name finds the member that a strike calls by its node.
func (c *Cloud) name(s Strike) (Fault, error) {
	f := s.Fault
	if s.Node == nil {
		return f, nil
	}
	if f.Member != 0 {
		return f, errors.New("a fault has a member or a node, not both")
	}
	if f.Gateway == 0 && len(c.gateways) == 1 {
		f.Gateway = c.gateways[0].spec.ID
	}
	m := c.findMember(func(m *member) bool { return m.gateway.spec.ID == f.Gateway && m.node == *s.Node })
	if m == nil {
		return f, fmt.Errorf("fault %s: gateway %d has no node %d", f.Name, f.Gateway, *s.Node)
	}
	f.Member = m.id
	return f, nil
}

// callOff clears the armed faults of a name and forgets the planned ones; "" means all.
func (c *Cloud) callOff(name string) {
	c.planned = slices.DeleteFunc(c.planned, func(p Planned) bool { return name == "" || p.Name == name })
	c.lift(func(f Fault) bool { return name == "" || f.Name == name })
}
