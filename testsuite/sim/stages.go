package sim

import (
	"fmt"
	"slices"
	"time"
)

// stage is one step of a reload: its name as a transaction status shows it, the share of the reload's length that it
// takes on average, and what has become of the server when it ends. IBM documents the order, not names or times.
type stage struct {
	group string
	step  string
	share float64
	done  func(m *member, r *reload)
}

// Transaction groups of a reload.
const (
	groupReload    = "SIM OS Reload"
	groupConfigure = "SIM Gateway Configure"
)

func reloadStages() []stage {
	nothing := func(*member, *reload) {}
	return []stage{
		{groupReload, "SIM_PREPARE", 0.03, func(m *member, _ *reload) { m.hostGone() }},
		{groupReload, "SIM_WIPE_DISK", 0.14, nothing},
		{groupReload, "SIM_HOST_INSTALL", 0.35, func(m *member, _ *reload) { m.hostBack() }},
		{groupReload, "SIM_HOST_SETUP", 0.12, nothing},
		{groupReload, "SIM_KVM_INSTALL", 0.10, nothing},
		{groupReload, "SIM_VM_CREATE", 0.06, func(m *member, r *reload) { m.buildVM(r.installed) }},
		{groupConfigure, "SIM_GATEWAY_CONFIGURE", 0.06, nothing},
		{groupConfigure, "SIM_CLUSTER_CONFIGURE", 0.04, func(m *member, r *reload) { m.meet(r) }},
		{groupConfigure, "SIM_VERIFY", 0.10, func(m *member, r *reload) { m.finish(r) }},
	}
}

// defaultAverages are minutes, as transactionGroup.averageTimeToComplete shows them.
func defaultAverages() map[string]int { return map[string]int{groupReload: 150, groupConfigure: 20} }

// stepsOf are the names of the steps of a transaction group.
func stepsOf(group string) []string {
	var steps []string
	for _, s := range reloadStages() {
		if s.group == group {
			steps = append(steps, s.step)
		}
	}
	return steps
}

// needStage accepts the name of a step or its number, from 1.
func needStage(arg string) error {
	if stageNumber(arg) < 0 {
		return fmt.Errorf("want a number from 1 to %d or one of %v", len(reloadStages()), append(stepsOf(groupReload), stepsOf(groupConfigure)...))
	}
	return nil
}

// stageNumber is the index of a stage that an argument names; -1 if there is none.
func stageNumber(arg string) int {
	list := reloadStages()
	if n := number(arg); n >= 1 && n <= len(list) {
		return n - 1
	}
	return slices.IndexFunc(list, func(s stage) bool { return s.step == arg })
}

// enter begins a stage of a running reload, unless a fault stops the reload there.
func (m *member) enter(r *reload) {
	c, list := m.gateway.cloud, reloadStages()
	if r.stage == len(list) {
		r.transaction.close()
		m.housekeeping(r)
		return
	}
	s := list[r.stage]
	if r.transaction == nil || r.transaction.group != s.group {
		if r.transaction != nil && !r.transaction.closed() {
			r.transaction.close()
			c.clock.after(c.physics.ChainGap, func() { m.enter(r) })
			return
		}
		r.transaction = m.addTransaction(s.group, defaultAverages()[s.group], c.clock.now, never, stepsOf(s.group)...)
		r.transaction.reload = s.group == groupReload
	}
	r.transaction.turn(s.step)
	if f, stuck := c.armed("txn-stuck", m); stuck && stageNumber(f.Arg) == r.stage {
		r.halted = true
		return
	}
	if m.failsIn(r, s) {
		m.giveUp(r)
		return
	}
	c.clock.after(r.lengths[r.stage], func() {
		s.done(m, r)
		r.stage++
		m.enter(r)
	})
}

// failsIn tells whether a reload ends in a stage: by a fault, because there is no VM to configure, or because the
// addresses of the transit VLAN are in use by another gateway's reload.
func (m *member) failsIn(r *reload, s stage) bool {
	f, fails := m.gateway.cloud.armed("reload-fails", m)
	return fails && stageNumber(f.Arg) == r.stage || m.vm.refuses && s.step == "SIM_GATEWAY_CONFIGURE" ||
		r.collides && s.step == "SIM_CLUSTER_CONFIGURE"
}

// giveUp ends a reload where it stands: IBM's types know no failed transaction, it is just gone.
func (m *member) giveUp(r *reload) {
	r.failed = true
	r.transaction.close()
	m.reload, m.abandoned = nil, r
	m.gateway.settle(causeFailover)
}

// resume is IBM Support going on with a reload that was stuck or given up.
func (m *member) resume() {
	c := m.gateway.cloud
	r := m.reload
	if r == nil {
		r = m.abandoned
	}
	if r == nil || !r.halted && !r.failed {
		return
	}
	if r.failed {
		r.transaction = nil
	}
	r.halted, r.failed = false, false
	m.reload, m.abandoned = r, nil
	c.clock.after(0, func() { m.enter(r) })
}

// housekeeping books the transactions that follow a reload and ends it after the last.
func (m *member) housekeeping(r *reload) {
	c := m.gateway.cloud
	end := c.clock.now
	if f, armed := c.armed("txn-chain", m); armed {
		n, gap, err := parseChain(f.Arg)
		c.trouble(err)
		for range n {
			from := end.Add(gap)
			end = from.Add(8 * time.Minute)
			m.addTransaction("SIM Housekeeping", 8, from, end, "SIM_HOUSEKEEPING")
		}
	}
	c.clock.at(end, func() {
		if m.reload == r {
			m.reload = nil
			m.gateway.settle(causeFailover)
		}
	})
}

// draw gives every stage its length: together they are as long as the whole reload, each up to a tenth longer or
// shorter than its share.
func (m *member) draw(whole time.Duration) []time.Duration {
	list := reloadStages()
	weights := make([]float64, len(list))
	sum := 0.0
	for i, s := range list {
		weights[i] = s.share * (0.9 + 0.2*m.random.Float64())
		sum += weights[i]
	}
	lengths := make([]time.Duration, len(list))
	for i, w := range weights {
		lengths[i] = time.Duration(w / sum * float64(whole))
	}
	return lengths
}
