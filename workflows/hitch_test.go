package workflows_test

import (
	"testing"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// hitch is one step that fails once, with the hold that must come of it. Together they stand for every phase.
type hitch struct {
	phase  upgrade.Phase
	kind   upgrade.Kind
	call   string         // that the retry repeats
	moment upgrade.Moment // before the first reload, before or after the approval of the second
	spoil  func(*world)
}

var broken = says(upgrade.Unreachable, "the line is dead")

func hitches() map[string]hitch {
	const first, between, second = upgrade.BeforeFirst, upgrade.Between, upgrade.AfterSecond
	found := []upgrade.Finding{{Check: "version", Text: "node1 runs 22.4R3", Advice: "touch nothing"}}
	lost, overdue := says(upgrade.LockLost, "the pod permit is not open any more"), says(upgrade.Overdue, "not ended after 24h")
	return map[string]hitch{
		"the pod cannot be asked for":     {upgrade.PhaseQueue, upgrade.Unreachable, "AskForPod", first, func(w *world) { w.ahead = 2; w.ask.fails(1, broken) }},
		"the wait for the pod breaks":     {upgrade.PhaseQueue, upgrade.Unreachable, "KeepPlace", first, func(w *world) { w.ahead = 2; w.place.fails(1, broken) }},
		"preempt cannot be switched off":  {upgrade.PhasePrepare, upgrade.Unreachable, "SetPreempt false", first, func(w *world) { w.setting.fails(1, broken) }},
		"the export fails":                {upgrade.PhaseExport, upgrade.Unreachable, "Export", first, func(w *world) { w.export.fails(1, broken) }},
		"the readiness checks fail":       {upgrade.PhaseReady, upgrade.NotReady, "CheckReadiness", first, func(w *world) { w.readiness.fails(1, says(upgrade.NotReady, "started twice, never seen")) }},
		"a readiness row is not Ready":    {upgrade.PhaseReady, upgrade.NotReady, "CheckReadiness", first, func(w *world) { row(w, 1, func(r *upgrade.ReadinessRow) { r.Value = upgrade.Incomplete }) }},
		"a readiness warning came up":     {upgrade.PhaseReady, upgrade.NotReady, "CheckReadiness", first, func(w *world) { row(w, 1, func(r *upgrade.ReadinessRow) { r.Code = 1180 }) }},
		"the last look fails":             {upgrade.PhaseReady, upgrade.Unreachable, "Observe", first, func(w *world) { w.observe.fails(1, broken) }},
		"a transaction runs on a host":    {upgrade.PhaseReady, upgrade.Unhealthy, "Observe", first, func(w *world) { w.observe.changes(1, func(p *upgrade.Picture) { p.Servers[0].ActiveCount = 1 }) }},
		"the first node became primary":   {upgrade.PhaseReady, upgrade.Unhealthy, "Observe", first, func(w *world) { w.observe.changes(1, swapPrimary) }},
		"a confirmed commit is pending":   {upgrade.PhaseReady, upgrade.Unhealthy, "Observe", first, func(w *world) { w.observe.changes(1, func(p *upgrade.Picture) { p.Device.Pending = true }) }},
		"the permit is gone at the first": {upgrade.PhaseReload, upgrade.LockLost, "RequestReload", first, func(w *world) { w.request.fails(1, lost) }},
		"the submission is refused":       {upgrade.PhaseReload, upgrade.Refused, "RequestReload", first, func(w *world) { declined(w, 1) }},
		"the submission is not settled":   {upgrade.PhaseReload, upgrade.Unreachable, "ConfirmReload", between, func(w *world) { w.confirm.fails(1, broken) }},
		"the submission is unclear":       {upgrade.PhaseReload, upgrade.Undecided, "ConfirmReload", between, func(w *world) { unclear(w, 1) }},
		"the reload is overdue":           {upgrade.PhaseReload, upgrade.Overdue, "AwaitReload", between, func(w *world) { w.await.fails(1, overdue) }},
		"the reload ends with findings":   {upgrade.PhaseReload, upgrade.Unhealthy, "AwaitReload", between, func(w *world) { w.await.changes(1, func(e *activities.ReloadEnd) { e.Findings = found }) }},
		"the first node does not verify":  {upgrade.PhaseVerify, upgrade.Unhealthy, "Verify", between, func(w *world) { w.verify.changes(1, func(v *activities.Verification) { v.Findings = found }) }},
		"the first node is out of reach":  {upgrade.PhaseVerify, upgrade.Unreachable, "Verify", between, func(w *world) { w.verify.fails(1, broken) }},
		"the second check is not Ready":   {upgrade.PhaseReady, upgrade.NotReady, "CheckReadiness", second, func(w *world) { row(w, 2, func(r *upgrade.ReadinessRow) { r.Value = upgrade.Expired }) }},
		"the old machine came up again": {upgrade.PhaseReady, upgrade.Unhealthy, "Observe", second, func(w *world) {
			w.observe.changes(2, func(p *upgrade.Picture) { p.Hosts[0].Domains[0].State = "running" })
		}},
		"the second submission is refused": {upgrade.PhaseReload, upgrade.Refused, "RequestReload", second, func(w *world) { declined(w, 2) }},
		"the permit is gone at the second": {upgrade.PhaseReload, upgrade.LockLost, "RequestReload", second, func(w *world) { w.request.fails(2, lost) }},
		"the second one is unclear":        {upgrade.PhaseReload, upgrade.Undecided, "ConfirmReload", second, func(w *world) { unclear(w, 2) }},
		"the second reload is overdue":     {upgrade.PhaseReload, upgrade.Overdue, "AwaitReload", second, func(w *world) { w.await.fails(2, overdue) }},
		"the pair does not verify":         {upgrade.PhaseVerify, upgrade.Unhealthy, "Verify", second, func(w *world) { w.verify.changes(2, func(v *activities.Verification) { v.Findings = found }) }},
		"preempt cannot be switched on":    {upgrade.PhaseRestore, upgrade.Unreachable, "SetPreempt true", second, func(w *world) { w.setting.fails(2, broken) }},
		"the comparison fails":             {upgrade.PhaseCompare, upgrade.Unreachable, "Compare", second, func(w *world) { w.compare.fails(1, broken) }},
	}
}

// committed reports whether there is no way back any more.
func (h hitch) committed() bool { return h.moment != upgrade.BeforeFirst }

// scenes puts the approval of the second node before or after what happens at the hitch.
func (h hitch) scenes(at scene) []scene {
	if h.moment == upgrade.AfterSecond {
		return []scene{approve(), at}
	}
	return []scene{at, approve()}
}

// play runs an upgrade with the hitch in a world in which every phase has something to do.
func (h hitch) play(t *testing.T, scenes ...scene) (*stage, upgrade.Report, error) {
	t.Helper()
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
	h.spoil(s.world)
	r, err := s.play(req, scenes...)
	return s, r, err
}

// row changes the first readiness row that a look shows.
func row(w *world, call int, change func(*upgrade.ReadinessRow)) {
	w.observe.changes(call, func(p *upgrade.Picture) { change(&p.Readiness[0]) })
}

// swapPrimary makes the secondary of the plan the primary of every group.
func swapPrimary(p *upgrade.Picture) {
	for _, g := range p.Device.Cluster.Groups {
		g.Nodes[0].State, g.Nodes[1].State = g.Nodes[1].State, g.Nodes[0].State
	}
}

// declined makes IBM refuse a submission; nothing is started then.
func declined(w *world, call int) {
	w.request.changes(call, func(s *upgrade.Submission) { s.Answer, s.Text = upgrade.Declined, "a transaction is running" })
	w.confirm.changes(call, func(c *activities.Confirmation) { *c = activities.Confirmation{Verdict: upgrade.NotStarted, Looks: 3} })
}

// unclear makes the answer to a submission get lost, and nothing show within the time for it.
func unclear(w *world, call int) {
	w.request.changes(call, func(s *upgrade.Submission) { s.Answer, s.Text = upgrade.Ambiguous, "HTTP 502" })
	w.confirm.changes(call, func(c *activities.Confirmation) { *c = activities.Confirmation{Verdict: upgrade.Unclear, Looks: 60} })
}
