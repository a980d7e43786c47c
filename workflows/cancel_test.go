package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

func TestACancellationAfterTheFirstReloadIsNotedAndTheUpgradeGoesOn(t *testing.T) {
	for _, call := range []string{"RequestReload 1", "ConfirmReload 1", "AwaitReload 1", "Verify 1", "CheckReadiness 2", "AwaitReload 2", "Compare 1", "StoreReport 1"} {
		t.Run("during "+call, func(t *testing.T) {
			s := newStage(t)
			s.during[call] = s.env.CancelWorkflow
			r, err := s.play(wanted(), approve())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wholeRun, s.calls); diff != "" || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("outcome %s, calls (-want +got):\n%s", r.Outcome, diff)
			}
			if !strings.Contains(logOf(r), "cancellation noted and not followed") || len(r.Decisions) != 1 {
				t.Errorf("decisions %+v, log:\n%s", r.Decisions, logOf(r))
			}
		})
	}
	t.Run("while it asks", func(t *testing.T) {
		s := newStage(t)
		r, err := s.play(wanted(), asked("reload node0", func(s *stage) { s.env.CancelWorkflow() }), approve())
		if err != nil || r.Outcome != upgrade.OutcomeCompleted {
			t.Errorf("%s, %v", r.Outcome, err)
		}
	})
	t.Run("while it holds", func(t *testing.T) {
		s := newStage(t)
		s.await.fails(1, says(upgrade.Overdue, "not ended after 24h"))
		r, err := s.play(wanted(), holding(upgrade.PhaseReload, upgrade.Overdue, func(s *stage) { s.env.CancelWorkflow() }),
			retry(upgrade.PhaseReload, upgrade.Overdue), approve())
		if err != nil || r.Outcome != upgrade.OutcomeCompleted {
			t.Errorf("%s, %v", r.Outcome, err)
		}
	})
}

func TestACancellationWhileWaitingForThePodLeavesItToItsHolder(t *testing.T) {
	s := newStage(t)
	s.during["AwaitPodFree 1"] = s.env.CancelWorkflow
	if _, err := s.playAs("BesideRival", wanted()); !temporal.IsCanceledError(err) || s.count("pod given back") != 0 || s.count("Export") != 0 {
		t.Errorf("%v, %q", err, s.calls)
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
