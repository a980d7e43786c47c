package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Fault is something that goes wrong. Gateway and Member are SoftLayer ids; 0 means any. Call is for faults of single
// API calls: the fault hits only the nth call that it fits, and is spent then; 0 means every one.
type Fault struct {
	Name    string `json:"name" yaml:"name"`
	Arg     string `json:"arg,omitempty" yaml:"arg"`
	Gateway int    `json:"gateway,omitempty" yaml:"gateway"`
	Member  int    `json:"member,omitempty" yaml:"member"`
	Call    int    `json:"call,omitempty" yaml:"call"`
}

// target is the first member that a fault of a kind can befall; nil if there is none.
func (c *Cloud) target(kind faultKind, f Fault) *member {
	return c.findMember(func(m *member) bool { return f.hits(m) && !(kind.pair && m.gateway.spec.Standalone) })
}

func (f Fault) hits(m *member) bool {
	return (f.Gateway == 0 || f.Gateway == m.gateway.spec.ID) && (f.Member == 0 || f.Member == m.id)
}

// faultKind says what a fault does. A kind without apply only stays armed for those who ask; a kind with instant is
// not armed, it happens.
type faultKind struct {
	check   func(arg string) error
	apply   func(*Cloud, Fault, *member)
	clear   func(*Cloud, Fault, *member)
	instant bool
	pair    bool // it needs an HA gateway
	calls   bool // it hits single API calls, so that they can be counted
}

// faultKinds is every fault this world knows: the first ones below, and those of each face.
func faultKinds() map[string]faultKind {
	kinds := firstFaults()
	for _, rows := range []map[string]faultKind{apiFaults(), deviceFaults(), worldFaults()} {
		maps.Copy(kinds, rows)
	}
	return kinds
}

func firstFaults() map[string]faultKind {
	return map[string]faultKind{
		"peer-lost":              {pair: true, apply: losePeer, clear: repairPeer},
		"precheck-code":          {check: needNumber},
		"precheck-warning":       {check: needNumber},
		"preempt-active":         {pair: true, apply: setPreempt("activate"), clear: setPreempt("deactivate")},
		"rg-split":               {pair: true, apply: splitGroups, clear: uniteGroups},
		"password-mismatch":      {apply: spoilRecord, clear: repairRecord},
		"host-password-mismatch": {apply: spoilHostRecord, clear: repairHostRecord},
		"config-drift":           {apply: driftConfig, instant: true},
		"reload-old-version":     {},
		"txn-late":               {check: needDuration},
		"txn-chain":              {check: needChain},
		"txn-slow":               {check: needFactor},
		"peer-not-off":           {pair: true, clear: completeSwitchOver},
		"peer-no-rejoin":         {pair: true, clear: completeRejoin},
		"status-lag":             {check: needDuration},
		"peer-autostart-left":    {pair: true},
		"lone-clean":             {pair: true},
		"precheck-peer-off":      {pair: true, check: needNumber},
		"precheck-wire":          {check: needWireForm},
		"no-backup-image":        {apply: dropBackup},
		"old-price-missing":      {},
		"shutdown-hangs":         {},
		"foreign-reload":         {apply: reloadByHand, instant: true},
	}
}

// Inject arms or applies a fault; unknown names, bad arguments and ids that do not exist are refused. The reload-*
// faults and ssh-drop hit once, all others stay until they are cleared.
func (c *Cloud) Inject(f Fault) error {
	defer c.enter()()
	return c.inject(f)
}

// fit checks a fault against the table and the world.
func (c *Cloud) fit(f Fault) (faultKind, *member, error) {
	kind, known := faultKinds()[f.Name]
	if !known {
		return kind, nil, fmt.Errorf("unknown fault %q", f.Name)
	}
	if kind.check != nil {
		if err := kind.check(f.Arg); err != nil {
			return kind, nil, fmt.Errorf("fault %s: argument %q: %w", f.Name, f.Arg, err)
		}
	}
	if f.Call < 0 || f.Call > 0 && !kind.calls {
		return kind, nil, fmt.Errorf("fault %s: call %d cannot be chosen", f.Name, f.Call)
	}
	target := c.target(kind, f)
	if target == nil {
		return kind, nil, fmt.Errorf("fault %s: no fitting member %d on gateway %d", f.Name, f.Member, f.Gateway)
	}
	return kind, target, nil
}

func (c *Cloud) inject(f Fault) error {
	kind, target, err := c.fit(f)
	if err != nil {
		return err
	}
	if !kind.instant {
		c.faults = append(c.faults, f)
	}
	if kind.apply != nil {
		kind.apply(c, f, target)
	}
	return nil
}

// Clear disarms every fault of a name and repairs what it broke.
func (c *Cloud) Clear(name string) {
	defer c.enter()()
	c.clear(name)
}

func (c *Cloud) clear(name string) {
	c.lift(func(f Fault) bool { return f.Name == name })
}

// lift disarms the faults that match and repairs what they broke.
func (c *Cloud) lift(match func(Fault) bool) {
	var gone []Fault
	c.faults = slices.DeleteFunc(c.faults, func(f Fault) bool {
		if match(f) {
			gone = append(gone, f)
			return true
		}
		return false
	})
	kinds := faultKinds()
	for _, f := range gone {
		delete(c.api.seen, f)
		if kind := kinds[f.Name]; kind.clear != nil {
			kind.clear(c, f, c.target(kind, f))
		}
	}
}

// armed looks for a fault that hits a member; nil asks for any member.
func (c *Cloud) armed(name string, m *member) (Fault, bool) {
	for _, f := range c.faults {
		if f.Name == name && (m == nil || f.hits(m)) {
			return f, true
		}
	}
	return Fault{}, false
}

// spend is armed for faults that hit once.
func (c *Cloud) spend(name string, m *member) (Fault, bool) {
	f, is := c.armed(name, m)
	if is {
		i := slices.Index(c.faults, f)
		c.faults = slices.Delete(c.faults, i, i+1)
	}
	return f, is
}

func needNumber(arg string) error {
	if number(arg) <= 0 {
		return fmt.Errorf("not a readiness code")
	}
	return nil
}

func needWireForm(arg string) error {
	if arg != "upper" && arg != "number" && arg != "quoted" {
		return fmt.Errorf("want upper, number or quoted")
	}
	return nil
}

func needDuration(arg string) error {
	_, err := time.ParseDuration(arg)
	return err
}

func needFactor(arg string) error {
	factor := 0.0
	if _, err := fmt.Sscan(arg, &factor); err != nil || factor <= 0 {
		return fmt.Errorf("not a positive factor")
	}
	return nil
}

func needChain(arg string) error {
	_, _, err := parseChain(arg)
	return err
}

// parseChain reads "n,gap": how many more transactions follow a reload, each after an idle gap.
func parseChain(arg string) (n int, gap time.Duration, err error) {
	count, rest, found := strings.Cut(arg, ",")
	if n = number(count); !found || n <= 0 {
		return 0, 0, fmt.Errorf("want a number, a comma and a duration")
	}
	gap, err = time.ParseDuration(rest)
	return n, gap, err
}

// endLater clears a fault after the virtual time that its argument names.
func endLater(c *Cloud, f Fault, _ *member) {
	d, err := time.ParseDuration(f.Arg)
	c.trouble(err)
	c.clock.after(d, func() { c.clear(f.Name) })
}
