package workflows_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// wayBack are the calls of a rollback in which nothing goes wrong, from the decision to the end.
var wayBack = []string{
	"LookBack", "PowerOff", "BringBack", "Verify", "Discover",
	"CheckReadiness", "Observe", "RequestReload", "ConfirmReload", "AwaitReload", "Verify",
	"Compare", "pod given back", "StoreReport",
}

// rolledBackFromTheAsk are the calls of an upgrade that is rolled back where it asks for the second reload.
var rolledBackFromTheAsk = append(slices.Clone(wholeRun[:12]), wayBack...)

// backStage is a world in which a rollback succeeds: the old machine carries the traffic once it is started, and the pair
// is whole on the old version once the first host is reloaded again.
func backStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	s.on.changes(0, func(*activities.Powered) { s.view = broughtBack })
	s.await.changes(0, func(*activities.ReloadEnd) {
		if s.view != nil {
			s.view, s.ended = nil, 0
		}
	})
	return s
}

// broughtBack shows the old node0 alone, the upgraded machine off.
func broughtBack(p *upgrade.Picture) {
	p.Gateway.Status, p.Gateway.StatusText = upgrade.StatusUpgradeActive, "Upgrade Active"
	p.Hosts[0].Domains[0].State, p.Hosts[1].Domains[0].State = "running", "shut off"
	p.Device.Nodes = []upgrade.NodeVersion{{Node: "node0", Version: old}}
	for _, g := range p.Device.Cluster.Groups {
		g.Nodes[0].State, g.Nodes[0].Priority = "primary", 100
		g.Nodes[1].State, g.Nodes[1].Priority = "lost", 0
	}
	for i := range p.Readiness {
		p.Readiness[i].Value, p.Readiness[i].Raw = upgrade.Ready, string(upgrade.Ready)
	}
}

// goBack says rollback where the second reload is asked for.
func goBack() scene { return asked("reload node0 on edge-a now?", sends(workflows.UpdateRollback)) }

func TestARollbackBringsTheOldVersionBackInTheDocumentedOrder(t *testing.T) {
	s := backStage(t)
	r, err := s.play(wanted(), goBack())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rolledBackFromTheAsk, s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	t.Run("and the report says so", func(t *testing.T) {
		if r.Outcome != upgrade.OutcomeRolledBack || r.Reason != "night shift says rollback" || r.Reloads != 2 || len(r.ToDo) > 0 || s.stored.Outcome != r.Outcome {
			t.Errorf("outcome %s (%s), %d reloads, to do %q, stored %s", r.Outcome, r.Reason, r.Reloads, r.ToDo, s.stored.Outcome)
		}
		if b := r.Rollback; b == nil || b.Asked.By != "A. Lindqvist" || b.TrafficStopped.IsZero() || b.TrafficBack.Before(b.TrafficStopped) {
			t.Errorf("rollback: %+v", b)
		}
		if n := r.Nodes[1]; n.Step.Node != "node1" || n.Target != old || n.Version != old || n.Verified.IsZero() {
			t.Errorf("the reload back: %+v", n)
		}
	})
	t.Run("the upgraded machine is switched off, the old one on, under the open permit", func(t *testing.T) {
		off, on, permit := s.off.asked[0], s.on.asked[0], s.request.asked[0].Permit
		if off.Step.HardwareID != serverB || on.Off.HardwareID != serverB || on.On.HardwareID != serverA || off.Permit != permit || on.Permit != permit {
			t.Errorf("off %+v, on %+v", off, on)
		}
		if epoch := "reload 88001 of server 7102"; off.HostEpoch != epoch || on.HostEpochs[serverB] != epoch || on.HostEpochs[serverA] != "" {
			t.Errorf("epochs %q and %v", off.HostEpoch, on.HostEpochs)
		}
	})
	t.Run("the first host is reloaded with the price of the old version after the check of an OS reload alone", func(t *testing.T) {
		in := s.request.asked[1]
		if in.Step.HardwareID != serverB || in.Step.Price.ID != 91001 || in.Peer != serverA {
			t.Errorf("asked for %+v", in)
		}
		if diff := cmp.Diff([]upgrade.Category{upgrade.ReloadCheck}, s.readiness.asked[1].Checks); diff != "" {
			t.Errorf("checks (-want +got):\n%s", diff)
		}
	})
	t.Run("each moment is verified as itself", func(t *testing.T) {
		var moments []upgrade.Moment
		for _, in := range s.verify.asked {
			moments = append(moments, in.Moment)
		}
		if diff := cmp.Diff([]upgrade.Moment{upgrade.Between, upgrade.BroughtBack, upgrade.BeforeFirst}, moments); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("the old machine answers with its old key", func(t *testing.T) {
		if got, want := s.verify.asked[1].Look.DeviceEpoch, "rollback after reload 88001"; got != want {
			t.Errorf("device epoch %q, want %q", got, want)
		}
	})
}

func TestARollbackMayBeSaidUntilTheSecondSubmission(t *testing.T) {
	from := sends(workflows.UpdateRollback)
	for name, c := range map[string]struct {
		spoil  func(*stage)
		scenes []scene
		nodes  int
	}{
		"where the second reload is asked for": {func(*stage) {}, []scene{goBack()}, 2},
		"from a hold of the first node's verification": {func(s *stage) { s.verify.fails(1, broken) },
			[]scene{holding(upgrade.PhaseVerify, upgrade.Unreachable, from)}, 2},
		"while the first node is verified": {func(s *stage) { s.during["Verify 1"] = func() { s.say(workflows.UpdateRollback) } }, nil, 2},
		"from the readiness of the second node": {func(s *stage) { s.observe.fails(2, broken) },
			[]scene{approve(), holding(upgrade.PhaseReady, upgrade.Unreachable, from)}, 3},
		"while the second node is checked": {func(s *stage) { s.during["CheckReadiness 2"] = func() { s.say(workflows.UpdateRollback) } },
			[]scene{approve()}, 3},
		"after the second submission was certainly refused": {func(s *stage) { declined(s.world, 2) },
			[]scene{approve(), holding(upgrade.PhaseReload, upgrade.Refused, from)}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := backStage(t)
			c.spoil(s)
			r, err := s.play(wanted(), c.scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeRolledBack || len(r.Nodes) != c.nodes || s.count("PowerOff") != 1 || s.count("BringBack") != 1 {
				t.Errorf("%s, %v, %d nodes, calls %q", r.Outcome, err, len(r.Nodes), s.calls)
			}
		})
	}
}

// backHitch is one step of a rollback that fails once, with the hold that must come of it.
type backHitch struct {
	phase upgrade.Phase
	kind  upgrade.Kind
	call  string // that the retry repeats
	times int    // of the call in the whole run
	spoil func(*stage)
}

func backHitches() map[string]backHitch {
	lost := says(upgrade.LockLost, "the pod permit is not open any more")
	findings := []upgrade.Finding{{Check: "cluster", Text: "node0 is not primary of group 1", Advice: "look at the console"}}
	return map[string]backHitch{
		"the look fails": {upgrade.PhaseRollback, upgrade.Unreachable, "LookBack", 2, func(s *stage) { s.back.fails(1, broken) }},
		"the backup is missing": {upgrade.PhaseRollback, upgrade.Unhealthy, "LookBack", 2, func(s *stage) {
			s.back.changes(1, func(v *activities.BackView) { v.Backup.Exists, v.Backup.Bytes = false, 0 })
		}},
		"the backup cannot be looked for": {upgrade.PhaseRollback, upgrade.Unhealthy, "LookBack", 2, func(s *stage) {
			s.back.changes(1, func(v *activities.BackView) { v.Backup = upgrade.Backup{Error: "no route"} })
		}},
		"a transaction runs": {upgrade.PhaseRollback, upgrade.Unhealthy, "LookBack", 2, func(s *stage) {
			s.back.changes(1, func(v *activities.BackView) { v.Picture.Servers[0].ActiveCount = 1 })
		}},
		"the machine does not shut down":   {upgrade.PhaseRollback, upgrade.Overdue, "PowerOff", 2, func(s *stage) { s.off.fails(1, says(upgrade.Overdue, "still on after 30m")) }},
		"the permit is gone at power off":  {upgrade.PhaseRollback, upgrade.LockLost, "PowerOff", 2, func(s *stage) { s.off.fails(1, lost) }},
		"the image is not restored":        {upgrade.PhaseRollback, upgrade.Unreachable, "BringBack", 2, func(s *stage) { s.on.fails(1, broken) }},
		"the permit is gone at the start":  {upgrade.PhaseRollback, upgrade.LockLost, "BringBack", 2, func(s *stage) { s.on.fails(1, lost) }},
		"the old node does not take over":  {upgrade.PhaseRollback, upgrade.Unhealthy, "BringBack", 2, func(s *stage) { s.verify.changes(2, func(v *activities.Verification) { v.Findings = findings }) }},
		"the prices cannot be read":        {upgrade.PhaseRollback, upgrade.Unreachable, "Discover", 4, func(s *stage) { s.discover.fails(3, broken) }},
		"the old version is not offered":   {upgrade.PhaseRollback, upgrade.Unsupported, "Discover", 4, func(s *stage) { s.discover.changes(3, withdrawn) }},
		"the check of the OS reload fails": {upgrade.PhaseReady, upgrade.NotReady, "CheckReadiness", 3, func(s *stage) { s.readiness.fails(2, says(upgrade.NotReady, "never seen")) }},
		"the last look finds the other on": {upgrade.PhaseReady, upgrade.Unhealthy, "Observe", 3, func(s *stage) {
			s.observe.changes(2, func(p *upgrade.Picture) { p.Hosts[1].Domains[0].State = "running" })
		}},
		"the reload back is refused":        {upgrade.PhaseReload, upgrade.Refused, "RequestReload", 3, func(s *stage) { declined(s.world, 2) }},
		"the reload back is overdue":        {upgrade.PhaseReload, upgrade.Overdue, "AwaitReload", 3, func(s *stage) { s.await.fails(2, says(upgrade.Overdue, "not ended after 24h")) }},
		"the pair does not become whole":    {upgrade.PhaseVerify, upgrade.Unhealthy, "Verify", 4, func(s *stage) { s.verify.changes(3, func(v *activities.Verification) { v.Findings = findings }) }},
		"preempt cannot be put back":        {upgrade.PhaseRestore, upgrade.Unreachable, "SetPreempt true", 2, func(s *stage) { s.setting.fails(2, broken) }},
		"the comparison at the end is lost": {upgrade.PhaseCompare, upgrade.Unreachable, "Compare", 2, func(s *stage) { s.compare.fails(1, broken) }},
	}
}

// withdrawn leaves the newest release alone among what IBM offers.
func withdrawn(d *upgrade.Discovery) {
	for i := range d.Offers {
		d.Offers[i].Prices = d.Offers[i].Prices[1:]
	}
}

// playBack rolls an upgrade back in a world in which preempt has to be put back too.
func (h backHitch) playBack(t *testing.T, scenes ...scene) (*stage, upgrade.Report) {
	t.Helper()
	s, req := backStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptDeactivate
	h.spoil(s)
	r, err := s.play(req, append([]scene{goBack()}, scenes...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

func TestAFailingStepOfARollbackHoldsAndRetryGoesOnWithIt(t *testing.T) {
	for name, h := range backHitches() {
		t.Run("when "+name, func(t *testing.T) {
			var choices []string
			s, r := h.playBack(t, holding(h.phase, h.kind, func(s *stage) {
				choices = s.status().Choices
				s.refused(workflows.UpdateRollback, "the rollback is under way already")
				s.say(workflows.UpdateRetry)
			}))
			if r.Outcome != upgrade.OutcomeRolledBack || s.count(h.call) != h.times || s.preempt != upgrade.PreemptActive || !r.Preempt.Restored {
				t.Errorf("outcome %s, %s %d times (want %d), preempt %s %+v; calls %q", r.Outcome, h.call, s.count(h.call), h.times, s.preempt, r.Preempt, s.calls)
			}
			want := []string{workflows.UpdateRetry, workflows.UpdateAccept, workflows.UpdatePause, workflows.UpdateAbort}
			if diff := cmp.Diff(want, choices); diff != "" {
				t.Errorf("choices (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnAbortFromAnyHoldOfARollbackLeavesTheGatewayAndTaintsThePod(t *testing.T) {
	for name, h := range backHitches() {
		t.Run("when "+name, func(t *testing.T) {
			s, r := h.playBack(t, holding(h.phase, h.kind, sends(workflows.UpdateAbort)))
			if r.Outcome != upgrade.OutcomeAbandoned || len(s.given) != 1 || !strings.Contains(s.given[0].Unhealthy, "after a reload") {
				t.Errorf("outcome %s, given back by %+v", r.Outcome, s.given)
			}
		})
	}
}

func TestTheHoldOfAMissingPriceNamesTheHostAndTheWayOut(t *testing.T) {
	s := backStage(t)
	s.discover.changes(3, withdrawn)
	var hold upgrade.Hold
	_, err := s.play(wanted(), goBack(), holding(upgrade.PhaseRollback, upgrade.Unsupported, func(s *stage) {
		hold = *s.status().Hold
		if s.count("RequestReload") != 1 {
			t.Errorf("something was reloaded without a price: %q", s.calls)
		}
		s.say(workflows.UpdateRetry)
	}))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(hold.Reason, "no OS price of "+old+" for host edge-b") || !strings.Contains(hold.Advice, "open an IBM case") {
		t.Errorf("hold: %+v", hold)
	}
}

func TestTheMomentsOfTheOutageAreTheFirstOnesAlsoAfterARetry(t *testing.T) {
	s := backStage(t)
	s.verify.fails(2, broken)
	var stopped string
	r, err := s.play(wanted(), goBack(), holding(upgrade.PhaseRollback, upgrade.Unreachable, func(s *stage) {
		status := s.status().Rollback
		if stopped = status.TrafficStopped.String(); status.TrafficStopped.IsZero() || !status.TrafficBack.IsZero() {
			t.Errorf("while the old node is not proven: %+v", status)
		}
		s.say(workflows.UpdateRetry)
	}))
	if err != nil {
		t.Fatal(err)
	}
	if b := r.Rollback; b.TrafficStopped.String() != stopped || !b.TrafficBack.After(b.TrafficStopped) {
		t.Errorf("stopped %s at first, then %+v", stopped, b)
	}
}

func TestWhatWasCommittedSinceTheExportIsNamedAsLost(t *testing.T) {
	s := backStage(t)
	s.back.changes(1, func(v *activities.BackView) { v.Picture.Device.Mark.Commit = "2026-03-04 night worker" })
	r, err := s.play(wanted(), goBack())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Log, func(e upgrade.Entry) bool {
		return strings.Contains(e.Text, "lost by the rollback") && strings.Contains(e.Text, "night worker")
	}) {
		t.Errorf("log: %+v", r.Log)
	}
}

func TestARollbackIsRefused(t *testing.T) {
	rollback := workflows.UpdateRollback
	for name, c := range map[string]struct {
		during, text string
	}{
		"while the first look is taken":        {"Discover 1", "nothing has been reloaded yet"},
		"before the first submission":          {"CheckReadiness 1", "nothing has been reloaded yet"},
		"while the first reload is submitted":  {"RequestReload 1", "the first node's reload is not over yet"},
		"while the first reload is settled":    {"ConfirmReload 1", "the first node's reload is not over yet"},
		"while the first reload runs":          {"AwaitReload 1", "the first node's reload is not over yet"},
		"while the second reload is submitted": {"RequestReload 2", "the second node's reload has been submitted"},
		"while the second reload runs":         {"AwaitReload 2", "the second node's reload has been submitted"},
		"while the pair is verified":           {"Verify 2", "the second node's reload has been submitted"},
		"while the state is compared":          {"Compare 1", "the second node's reload has been submitted"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.during[c.during] = func() { s.refused(rollback, c.text) }
			r, err := s.play(wanted(), approve())
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("LookBack") != 0 {
				t.Errorf("%s, %v, calls %q", r.Outcome, err, s.calls)
			}
		})
	}
}

func TestPreemptIsPutBackByARollbackWhateverTheRequestSaid(t *testing.T) {
	for _, policy := range []upgrade.PreemptPolicy{upgrade.PreemptDeactivate, upgrade.PreemptRestore} {
		t.Run(string(policy), func(t *testing.T) {
			s, req := backStage(t), wanted()
			s.preempt, req.Preempt = upgrade.PreemptActive, policy
			r, err := s.play(req, goBack())
			if err != nil || s.preempt != upgrade.PreemptActive || !r.Preempt.Restored || len(r.ToDo) > 0 {
				t.Errorf("%v, preempt %s, %+v, to do %q", err, s.preempt, r.Preempt, r.ToDo)
			}
			if before := s.compare.asked[0].Preempt; before != "d1" {
				t.Errorf("compared with %q, want the configuration found at first", before)
			}
		})
	}
}

func TestACancellationOfARollbackIsAskedAboutAndNothingIsUndone(t *testing.T) {
	s := backStage(t)
	s.during["PowerOff 1"] = s.env.CancelWorkflow
	r, err := s.play(wanted(), goBack(), holding(upgrade.PhaseRollback, upgrade.Refused, sends(workflows.UpdateRetry)))
	if err != nil || r.Outcome != upgrade.OutcomeRolledBack || s.count("PowerOff") != 1 {
		t.Errorf("%s, %v, calls %q", r.Outcome, err, s.calls)
	}
}
