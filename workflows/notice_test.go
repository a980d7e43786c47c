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

// noticed makes a wait for a reload come back early.
func noticed(s *stage, call int, notice upgrade.Notice, text string) {
	s.await.changes(call, func(e *activities.ReloadEnd) {
		*e = activities.ReloadEnd{Notice: notice, Text: text, Watch: upgrade.Watch{ReloadID: reloadID(0), Quiet: call}}
	})
}

func TestASlowAndAStuckReloadAreMadeKnownOnceEachAndTheWaitGoesOn(t *testing.T) {
	s := newStage(t)
	noticed(s, 1, upgrade.NoticeStuck, "no new step for 91m")
	noticed(s, 2, upgrade.NoticeSlow, "longer than documented")
	r, err := s.play(wanted(), approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Fatalf("%s, %v", r.Outcome, err)
	}
	if diff := cmp.Diff(with(wholeRun, "ConfirmReload", "AwaitReload", "AwaitReload"), s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"reload 88001 of node1: no new step for 91m", "reload 88001 of node1: longer than documented"}, r.Notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
	for i, want := range [][]upgrade.Notice{nil, {upgrade.NoticeStuck}, {upgrade.NoticeStuck, upgrade.NoticeSlow}, nil} {
		if in := s.await.asked[i]; !slices.Equal(in.Noticed, want) || (in.Watch == nil) != (want == nil) || in.Watch != nil && in.Watch.Quiet != i {
			t.Errorf("wait %d was asked for with notices %q and watch %+v", i+1, in.Noticed, in.Watch)
		}
	}
	if a, b := s.await.asked[0], s.await.asked[2]; a.Deadline != b.Deadline || a.Since != b.Since {
		t.Errorf("a notice moved the deadline from %s to %s", a.Deadline, b.Deadline)
	}
	if n := strings.Count(r.Markdown(), "no new step for 91m"); n == 0 {
		t.Error("the report does not show the notice")
	}
}

func TestANoticeIsNotMadeKnownAgainAfterAHold(t *testing.T) {
	s := newStage(t)
	noticed(s, 1, upgrade.NoticeSlow, "longer than documented")
	s.await.fails(2, says(upgrade.Overdue, "not ended after 24h"))
	r, err := s.play(wanted(), retry(upgrade.PhaseReload, upgrade.Overdue), approve())
	if err != nil || len(r.Notices) != 1 || !slices.Equal(s.await.asked[2].Noticed, []upgrade.Notice{upgrade.NoticeSlow}) {
		t.Errorf("%v, notices %q, asked %+v", err, r.Notices, s.await.asked[2])
	}
}

// IBM Support may go on with a reload of its own: a person who has seen the hold says so by retry.
func TestARetryTakesTheReloadOfSomebodyElseForOurs(t *testing.T) {
	s := newStage(t)
	s.await.changes(1, func(e *activities.ReloadEnd) {
		e.Latest, e.Findings = 99123, []upgrade.Finding{{Check: "foreign-reload", Text: "the last reload is 99123", Advice: "find out who"}}
	})
	r, err := s.play(wanted(), holding(upgrade.PhaseReload, upgrade.Unhealthy, sends(workflows.UpdateRetry)), approve())
	if err != nil || s.await.asked[1].ReloadID != 99123 || s.await.asked[1].Watch != nil || r.Nodes[0].ReloadID != 99123 || r.Reloads != 2 || s.count("RequestReload") != 2 {
		t.Errorf("%v, asked %+v, node %+v, %d reloads", err, s.await.asked[1], r.Nodes[0], r.Reloads)
	}
	if got, want := s.verify.asked[0].Look.DeviceEpoch, "reload 99123 of server 7102"; got != want {
		t.Errorf("new keys are due after %q, want %q", got, want)
	}
}
