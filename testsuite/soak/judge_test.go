package main

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// record is a pair with one upgrade behind it, and nothing to object to.
type record struct {
	state sim.State
	ends  []end
}

func clean() record {
	at := epoch
	return record{
		state: sim.State{Healthy: true, Traffic: true, Members: []sim.MemberState{{Version: "23.4R2-S3.9", Reloads: 1}, {Node: 1, Version: "23.4R2-S3.9", Reloads: 1}}},
		ends: []end{{gateway: 81, name: "edge-x", run: "r1", outcome: upgrade.OutcomeCompleted, bearsReport: true, report: upgrade.Report{
			From: "22.4R2-S1.8", Target: "23.4R2-S3.9", Reloads: 2, Nodes: []upgrade.NodeReport{{ReloadID: 501, Submitted: at}, {ReloadID: 502, Submitted: at}}}}},
	}
}

func TestAPairIsJudgedByTheTruthAndItsReports(t *testing.T) {
	if found := judgePair(clean().state, &pair{id: 81}, clean().ends); len(found) != 0 {
		t.Fatalf("a clean record is objected to: %q", found)
	}
	for name, c := range map[string]struct {
		spoil func(*record)
		want  string
	}{
		"a node is missing":                   {func(r *record) { r.state.Healthy = false }, "not whole"},
		"traffic stands":                      {func(r *record) { r.state.Traffic = false }, "not whole"},
		"a node runs another version":         {func(r *record) { r.state.Members[1].Version = "22.4R2-S1.8" }, "node1 runs 22.4R2-S1.8"},
		"a reload is in no report":            {func(r *record) { r.state.Members[0].Reloads++ }, "accepted 3 reloads, the reports name 2"},
		"a report names a reload too many":    {func(r *record) { r.state.Members[0].Reloads-- }, "accepted 1 reloads"},
		"a report does not name its reloads":  {func(r *record) { r.ends[0].report.Reloads = 3 }, "reports 3 reloads and names 2"},
		"a rollback left the new version":     {func(r *record) { r.ends[0].outcome = upgrade.OutcomeRolledBack }, "the last report says 22.4R2-S1.8"},
		"a second report names the same ones": {func(r *record) { r.ends = append(r.ends, r.ends[0]); r.state.Members[0].Reloads = 3 }, "accepted 4 reloads"},
	} {
		t.Run(name, func(t *testing.T) {
			r := clean()
			c.spoil(&r)
			if found := strings.Join(judgePair(r.state, &pair{id: 81}, r.ends), "; "); !strings.Contains(found, c.want) {
				t.Errorf("the objections are %q, want %q", found, c.want)
			}
		})
	}
}

func TestASubmissionThatAPersonAbandonedMayHaveBecomeAReload(t *testing.T) {
	r := clean()
	r.ends = append([]end{{gateway: 81, outcome: upgrade.OutcomeAbandoned, bearsReport: true,
		report: upgrade.Report{Nodes: []upgrade.NodeReport{{Submitted: epoch}}}}}, r.ends...)
	for reloads, wrong := range map[int]bool{1: false, 2: false, 3: true} {
		r.state.Members[0].Reloads = reloads
		if found := judgePair(r.state, &pair{id: 81}, r.ends); (len(found) > 0) != wrong {
			t.Errorf("with %d reloads of node0 the objections are %q", reloads, found)
		}
	}
}

func TestAnUpgradeThatNobodySawEndIsLost(t *testing.T) {
	run := execution{kind: workflows.TypeUpgradeGateway, id: "upgrade/81", run: "r1"}
	for name, c := range map[string]struct {
		runs []execution
		want string
	}{
		"nothing is lost":         {[]execution{run, {kind: workflows.TypePodLock, run: "l", open: true}}, ""},
		"an unknown run":          {[]execution{run, {kind: run.kind, id: run.id, run: "r2"}}, "nobody saw the end of upgrade/81, run r2"},
		"a run that is missing":   {nil, "1 upgrades ended and Temporal knows 0"},
		"a permit that is open":   {[]execution{run, {kind: workflows.TypePodPermit, id: "permit", run: "p", open: true}}, "permit, run p, is still open"},
		"an upgrade that is open": {[]execution{{kind: run.kind, id: run.id, run: run.run, open: true}}, "is still open"},
	} {
		t.Run(name, func(t *testing.T) {
			found := strings.Join(lost(c.runs, clean().ends), "; ")
			if (found == "") != (c.want == "") || !strings.Contains(found, c.want) {
				t.Errorf("the objections are %q, want %q", found, c.want)
			}
		})
	}
}

func TestOnlyAnActivityOfALostWorkerIsTimedOutEarly(t *testing.T) {
	died := epoch
	pending := func(spoil func(*workflowpb.PendingActivityInfo)) *workflowpb.PendingActivityInfo {
		a := &workflowpb.PendingActivityInfo{State: enums.PENDING_ACTIVITY_STATE_STARTED, LastWorkerIdentity: "812@host@",
			LastStartedTime: timestamppb.New(died.Add(-time.Second))}
		spoil(a)
		return a
	}
	for name, c := range map[string]struct {
		activity *workflowpb.PendingActivityInfo
		after    time.Duration
		want     bool
	}{
		"its worker is long dead":     {pending(func(*workflowpb.PendingActivityInfo) {}), time.Minute, true},
		"its worker has just died":    {pending(func(*workflowpb.PendingActivityInfo) {}), time.Second, false},
		"its worker lives":            {pending(func(a *workflowpb.PendingActivityInfo) { a.LastWorkerIdentity = "8@host@" }), time.Minute, false},
		"it waits for its next try":   {pending(func(a *workflowpb.PendingActivityInfo) { a.State = enums.PENDING_ACTIVITY_STATE_SCHEDULED }), time.Minute, false},
		"a worker with an old number": {pending(func(a *workflowpb.PendingActivityInfo) { a.LastStartedTime = timestamppb.New(died.Add(time.Second)) }), time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := orphaned(c.activity, map[int]time.Time{812: died}, 30*time.Second, died.Add(c.after)); got != c.want {
				t.Errorf("orphaned is %t, want %t", got, c.want)
			}
		})
	}
}
