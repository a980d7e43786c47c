package workflows_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestACancellationBeforeTheFirstReloadIsAnAbort(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*stage)
		scenes []scene
	}{
		"during discover":      {func(s *stage) { s.during["Discover 1"] = s.env.CancelWorkflow }, nil},
		"while preempt is set": {func(s *stage) { s.during["SetPreempt 1"] = s.env.CancelWorkflow }, nil},
		"during the export":    {func(s *stage) { s.during["Export 1"] = s.env.CancelWorkflow }, nil},
		"during the checks":    {func(s *stage) { s.during["CheckReadiness 1"] = s.env.CancelWorkflow }, nil},
		"during the last look": {func(s *stage) { s.during["Observe 1"] = s.env.CancelWorkflow }, nil},
		"while it holds":       {func(s *stage) { s.export.fails(1, broken) }, []scene{holding(upgrade.PhaseExport, upgrade.Unreachable, func(s *stage) { s.env.CancelWorkflow() })}},
		"while it asks":        {func(*stage) {}, []scene{asked(askPreempt, func(s *stage) { s.env.CancelWorkflow() })}},
	} {
		t.Run(name, func(t *testing.T) {
			s, req := newStage(t), wanted()
			s.preempt = upgrade.PreemptActive
			if name != "while it asks" {
				req.Preempt = upgrade.PreemptRestore
			}
			c.spoil(s)
			_, err := s.play(req, c.scenes...)
			if !temporal.IsCanceledError(err) {
				t.Errorf("the workflow was closed with %v, not as canceled", err)
			}
			if s.preempt != upgrade.PreemptActive || s.count("pod taken") != s.count("pod given back") || s.count("RequestReload") != 0 {
				t.Errorf("not undone: preempt %s, calls %q", s.preempt, s.calls)
			}
			if r := s.stored; r == nil || r.Outcome != upgrade.OutcomeAborted || r.Reason != "the workflow was cancelled" || len(r.ToDo) != 0 {
				t.Errorf("stored report: %+v", r)
			}
		})
	}
}

func TestACancellationAfterTheFirstReloadIsAskedAboutAndTheUpgradeGoesOn(t *testing.T) {
	cancel := func(s *stage) { s.env.CancelWorkflow() }
	goOn := scene{name: "asking about the cancellation", do: sends(workflows.UpdateRetry),
		when: func(_ *stage, r upgrade.Report) bool {
			return r.Hold != nil && strings.Contains(r.Hold.Reason, "the workflow was cancelled")
		}}
	overdue := func(do func(*stage)) scene { return holding(upgrade.PhaseReload, upgrade.Overdue, do) }
	for name, c := range map[string]struct {
		during string
		scenes []scene
	}{
		"while the first is submitted": {"RequestReload 1", []scene{goOn, approve()}},
		"while the first is settled":   {"ConfirmReload 1", []scene{goOn, approve()}},
		"while the first runs":         {"AwaitReload 1", []scene{goOn, approve()}},
		"while the first is verified":  {"Verify 1", []scene{approve(), goOn}},
		"while it is checked again":    {"CheckReadiness 2", []scene{approve(), goOn}},
		"while the second runs":        {"AwaitReload 2", []scene{approve(), goOn}},
		"while it asks":                {"", []scene{asked("reload node0", cancel), approve(), goOn}},
		"while it holds":               {"", []scene{overdue(cancel), overdue(sends(workflows.UpdateRetry)), goOn, approve()}},
		"too late to be asked about":   {"Compare 1", []scene{approve()}},
		"while the report is stored":   {"StoreReport 1", []scene{approve()}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			if c.during != "" {
				s.during[c.during] = s.env.CancelWorkflow
			} else if name == "while it holds" {
				s.await.fails(1, says(upgrade.Overdue, "not ended after 24h"))
			}
			r, err := s.play(wanted(), c.scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("RequestReload") != 2 || s.count("pod given back") != 1 {
				t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
			}
		})
	}
}

func TestACancellationWhileWaitingForThePodLeavesTheQueue(t *testing.T) {
	for _, call := range []string{"AskForPod", "KeepPlace"} {
		t.Run("during "+call, func(t *testing.T) {
			s := newStage(t)
			s.ahead = 3
			s.during[call+" 1"] = s.env.CancelWorkflow
			if _, err := s.play(wanted()); !temporal.IsCanceledError(err) || s.count("pod taken") != 0 || s.count("Export") != 0 {
				t.Errorf("%v, %q", err, s.calls)
			}
			s.withdrawn(1)
		})
	}
}

func TestACancellationWhileWaitingForTheWindowEndsTheWait(t *testing.T) {
	s, req := newStage(t), wanted()
	req.Window = &upgrade.Window{Start: night.Add(time.Hour), End: night.Add(20 * time.Hour)}
	waits := scene{name: "waiting for the window", do: func(s *stage) { s.env.CancelWorkflow() }, when: func(_ *stage, r upgrade.Report) bool { return r.Waiting != "" }}
	if _, err := s.play(req, waits); !temporal.IsCanceledError(err) || s.count("pod taken") != 0 {
		t.Errorf("%v, %q", err, s.calls)
	}
}

func logOf(r upgrade.Report) string {
	var lines []string
	for _, e := range r.Log {
		lines = append(lines, string(e.Phase)+": "+e.Text)
	}
	return strings.Join(lines, "\n")
}

func TestAnAbortCutsTheWaitsBeforeTheFirstReload(t *testing.T) {
	for _, call := range []string{"Discover", "Export", "CheckReadiness", "Observe"} {
		t.Run("during "+call, func(t *testing.T) {
			s := newStage(t)
			s.during[call+" 1"] = func() { s.say(workflows.UpdateAbort) }
			r, err := s.play(wanted())
			if err != nil || r.Outcome != upgrade.OutcomeAborted || r.Reason != "night shift says abort" || s.count("RequestReload") != 0 ||
				s.count("pod taken") != s.count("pod given back") || s.stored == nil || s.cut[call] != 1 {
				t.Errorf("%s (%s), %v, %q", r.Outcome, r.Reason, err, s.calls)
			}
		})
	}
}

func TestAnAbortedDryRunStoresNothing(t *testing.T) {
	s, req := newStage(t), wanted()
	req.DryRun = true
	s.during["Discover 1"] = func() { s.say(workflows.UpdateAbort) }
	r, err := s.play(req)
	if err != nil || r.Outcome != upgrade.OutcomeAborted || s.stored != nil {
		t.Errorf("%s, %v, %q", r.Outcome, err, s.calls)
	}
}
