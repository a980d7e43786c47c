package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// at is a moment of the evening in which the made-up upgrades begin.
func at(hour, minute int) time.Time { return time.Date(2027, 3, 6, 20+hour, minute, 0, 0, time.UTC) }

func TestTimesAreRecordedAsTheyPass(t *testing.T) {
	var got upgrade.Times
	got.Enter(upgrade.PhaseDiscover, at(0, 0))
	got.Enter(upgrade.PhaseQueue, at(0, 1))
	got.Stand(upgrade.StopQueue, "place 2", at(0, 2))
	got.Stand(upgrade.StopQueue, "place 1", at(0, 3)) // the same wait
	got.Go(upgrade.StopQueue, "", at(0, 4))
	got.Enter(upgrade.PhaseReady, at(0, 4))
	got.Stand(upgrade.StopHold, "broken", at(0, 5))
	got.Go(upgrade.StopPause, "kim", at(0, 6)) // nothing is paused
	got.Go(upgrade.StopHold, "kim", at(0, 7))
	got.Enter(upgrade.PhaseReady, at(0, 7)) // a retry
	got.Stand(upgrade.StopHold, "still broken", at(0, 8))
	got.Finish(at(0, 9))
	want := upgrade.Times{Begun: at(0, 0),
		Stages: []upgrade.Stage{{Phase: upgrade.PhaseDiscover, Begin: at(0, 0), End: at(0, 1)}, {Phase: upgrade.PhaseQueue, Begin: at(0, 1), End: at(0, 4)}, {Phase: upgrade.PhaseReady, Begin: at(0, 4), End: at(0, 9)}},
		Stops: []upgrade.Stop{{Kind: upgrade.StopQueue, Reason: "place 2", Begin: at(0, 2), End: at(0, 4)}, {Kind: upgrade.StopHold, Reason: "broken", Begin: at(0, 5), End: at(0, 7), By: "kim"},
			{Kind: upgrade.StopHold, Reason: "still broken", Begin: at(0, 8), End: at(0, 9)}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the times (-want +got):\n%s", diff)
	}
}

func TestTheLogTellsThePhases(t *testing.T) {
	submitted := at(1, 53).Add(8 * time.Second)
	want := []upgrade.Stage{{Phase: upgrade.PhasePlan, Begin: at(0, 1), End: at(0, 1)}, {Phase: upgrade.PhaseQueue, Begin: at(0, 1), End: at(0, 41)},
		{Phase: upgrade.PhasePrepare, Begin: at(0, 41), End: at(0, 44)}, {Phase: upgrade.PhaseExport, Begin: at(0, 44), End: at(0, 49)},
		{Phase: upgrade.PhaseReady, Begin: at(0, 49), End: submitted}, {Phase: upgrade.PhaseReload, Begin: submitted, End: at(5, 12)},
		{Phase: upgrade.PhaseVerify, Begin: at(5, 12), End: at(5, 21)}, {Phase: upgrade.PhaseApprove, Begin: at(5, 21), End: at(6, 4)},
		{Phase: upgrade.PhaseReady, Begin: at(6, 4)}}
	if diff := cmp.Diff(want, fixture(t, "held").Timeline().Stages); diff != "" {
		t.Errorf("the phases (-want +got):\n%s", diff)
	}
}

func TestTheLogTellsWhenAnUpgradeStoodStill(t *testing.T) {
	stop := func(kind upgrade.StopKind, begin, end time.Time, by string) upgrade.Stop {
		return upgrade.Stop{Kind: kind, Reason: "why", Begin: begin, End: end, By: by}
	}
	say := func(name string, at time.Time) upgrade.Decision {
		return upgrade.Decision{Name: name, By: "kim", Reason: "why", At: at}
	}
	entry := func(at time.Time, phase upgrade.Phase, text string) upgrade.Entry {
		return upgrade.Entry{At: at, Phase: phase, Text: text}
	}
	for name, c := range map[string]struct {
		log       []upgrade.Entry
		decisions []upgrade.Decision
		outcome   upgrade.Outcome
		want      []upgrade.Stop
	}{
		"a hold ends with a retry": {log: []upgrade.Entry{entry(at(0, 1), upgrade.PhaseReady, "holding: why")}, decisions: []upgrade.Decision{say("accept-warnings", at(0, 2)), say("retry", at(0, 3))},
			want: []upgrade.Stop{stop(upgrade.StopHold, at(0, 1), at(0, 3), "kim")}},
		"a hold outlives an earlier retry": {log: []upgrade.Entry{entry(at(0, 5), upgrade.PhaseReady, "holding: why")}, decisions: []upgrade.Decision{say("retry", at(0, 3))},
			want: []upgrade.Stop{stop(upgrade.StopHold, at(0, 5), time.Time{}, "")}},
		"two holds end with a retry each": {log: []upgrade.Entry{entry(at(0, 1), upgrade.PhaseReady, "holding: why"), entry(at(0, 2), upgrade.PhaseReady, "retry by kim: why"), entry(at(0, 3), upgrade.PhaseReady, "holding: why")},
			decisions: []upgrade.Decision{say("retry", at(0, 2)), say("retry", at(0, 9))},
			want:      []upgrade.Stop{stop(upgrade.StopHold, at(0, 1), at(0, 2), "kim"), stop(upgrade.StopHold, at(0, 3), at(0, 9), "kim")}},
		"a question ends with an approval": {log: []upgrade.Entry{entry(at(0, 1), upgrade.PhaseApprove, "asking for approval: why")}, decisions: []upgrade.Decision{say("retry", at(0, 2)), say("approve", at(0, 4))},
			want: []upgrade.Stop{stop(upgrade.StopApproval, at(0, 1), at(0, 4), "kim")}},
		"a question ends with a rollback": {log: []upgrade.Entry{entry(at(0, 1), upgrade.PhaseApprove, "asking for approval: why")}, decisions: []upgrade.Decision{say("rollback", at(0, 4))},
			want: []upgrade.Stop{stop(upgrade.StopApproval, at(0, 1), at(0, 4), "kim")}},
		"a pause ends with its end": {log: []upgrade.Entry{entry(at(0, 2), upgrade.PhaseReady, "paused")}, decisions: []upgrade.Decision{say("pause", at(0, 1)), say("resume", at(0, 4))},
			want: []upgrade.Stop{stop(upgrade.StopPause, at(0, 2), at(0, 4), "kim")}},
		"a queue ends with the pod": {log: []upgrade.Entry{entry(at(0, 1), upgrade.PhaseQueue, "waiting: why"), entry(at(0, 2), upgrade.PhaseQueue, "waiting: a place less"), entry(at(0, 3), upgrade.PhaseQueue, "the pod x is ours")},
			want: []upgrade.Stop{stop(upgrade.StopQueue, at(0, 1), at(0, 3), "")}},
		"an end ends a hold": {log: []upgrade.Entry{entry(at(0, 1), upgrade.PhaseReady, "holding: why")}, outcome: upgrade.OutcomeAborted,
			want: []upgrade.Stop{stop(upgrade.StopHold, at(0, 1), at(1, 0), "")}},
	} {
		t.Run(name, func(t *testing.T) {
			r := upgrade.Report{Log: c.log, Decisions: c.decisions, Outcome: c.outcome, Phase: upgrade.PhaseReady, Since: at(1, 0)}
			if diff := cmp.Diff(c.want, r.Timeline().Stops); diff != "" {
				t.Errorf("the stops (-want +got):\n%s", diff)
			}
		})
	}
}
