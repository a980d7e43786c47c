package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

func TestAScheduleUpgradesItsGatewaysInTheWindow(t *testing.T) {
	in := brisk(t, pairs("dal09.pod02")...)
	in.schedule("weekly", ordered(opensIn(soon, 4*time.Minute), 10*time.Second, 4711, 4712))
	r := in.window("weekly")
	wantStates(t, r, upgrade.WindowCompleted, upgrade.WindowCompleted)
	in.wantNoViolation(4)
	for _, id := range []int{4711, 4712} {
		report := in.result(id)
		if report.Outcome != upgrade.OutcomeCompleted || report.Log[0].At.Before(r.Window.Start) {
			t.Errorf("gateway %d: %s, begun at %s; the window opened at %s", id, report.Outcome, report.Log[0].At, r.Window.Start)
		}
	}
	v := in.show("weekly")
	if !v.Runs[0].Scheduled.Equal(r.Window.Start) || len(v.Unserved) > 0 || v.Held != 99 && v.Held != 100 || v.Paused {
		t.Errorf("the schedule shows %+v", v)
	}
	if code, out, _ := in.starter("schedule", "next", "weekly", "--count", "3"); code != 0 || strings.Count(out, "\n") != 4 {
		t.Errorf("exit code %d, output %q; want a head and three windows", code, out)
	}
	in.recordWindow(t, "ran")
}

func TestAGatewayThatWaitsForItsPodAtTheWindowsEndIsDeferredAndLeavesTheQueue(t *testing.T) {
	in := brisk(t, pairs("dal09.pod01")...)
	in.inject(sim.Fault{Name: "precheck-code", Arg: "1110"})
	in.schedule("weekly", ordered(opensIn(0, 40*time.Second), 2*time.Second, 4711, 4712))
	in.trigger("weekly")
	r := in.window("weekly")
	first, second := r.Upgrades[0], r.Upgrades[1] // whoever was quicker to its pod
	if first.State != upgrade.WindowHeld {
		first, second = second, first
	}
	if first.State != upgrade.WindowHeld || second.State != upgrade.WindowDeferred || !strings.Contains(second.Reason, "the window ended while it waited") {
		t.Errorf("one is %s, the other %s: %s", first.State, second.State, second.Reason)
	}
	code, out, text := in.starter("pods", "--json")
	var locks []upgrade.PodLock
	if err := json.Unmarshal([]byte(out), &locks); code != 0 || err != nil {
		t.Fatalf("starter pods exits with %d: %s %v", code, text, err)
	}
	if len(locks) != 1 || locks[0].Current == nil || locks[0].Current.Request.GatewayID != first.GatewayID || len(locks[0].Queue) > 0 {
		t.Errorf("the pod's lock is %+v, want it held for %d and nobody waiting", locks, first.GatewayID)
	}
	if s := in.Cloud.State(second.GatewayID); !s.PreemptActive {
		t.Error("preempt of the one that waited was touched")
	}
	in.recordWindow(t, "closed-while-one-waited")
	in.instruct(workflows.UpdateAbort, first.GatewayID)
	in.result(first.GatewayID)
	in.wantNoViolation(0)
}

func TestAWindowThatEndsBetweenTheNodesHoldsUntilAPersonSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for say, end := range map[string]struct {
		outcome upgrade.Outcome
		reloads int
	}{workflows.UpdateRetry: {upgrade.OutcomeCompleted, 2}, workflows.UpdateRollback: {upgrade.OutcomeRolledBack, 2}} {
		t.Run(say, func(t *testing.T) {
			in := brisk(t)
			order := ordered(opensIn(0, 45*time.Second), 5*time.Second, 4711)
			order.Approval = upgrade.ApprovalPerson
			in.schedule("weekly", order)
			in.trigger("weekly")
			in.await(4711, "the question before the second reload", func(r upgrade.Report) bool { return r.Ask != nil })
			r := in.window("weekly")
			wantStates(t, r, upgrade.WindowHeld)
			until(r.Window.End)
			in.instruct(workflows.UpdateApprove, 4711)
			stands := in.await(4711, "the hold between the nodes", held)
			if stands.Hold.Kind != upgrade.TooLate || !strings.Contains(stands.Hold.Reason, "maintenance window") || stands.Reloads != 1 {
				t.Errorf("after %d reloads it holds at %+v", stands.Reloads, stands.Hold)
			}
			in.instruct(say, 4711)
			if report := in.result(4711); report.Outcome != end.outcome {
				t.Errorf("it ended as %q: %s", report.Outcome, report.Reason)
			}
			in.wantNoViolation(end.reloads)
		})
	}
}

func TestAWindowThatPassesWithoutAWorkerIsOverAndOneThatIsOpenIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		length time.Duration
		node   time.Duration // planned for each
		back   func(w upgrade.Window) time.Time
		want   func(*testing.T, *installation, upgrade.WindowReport)
	}{
		"back after it": {15 * time.Second, 5 * time.Second, func(w upgrade.Window) time.Time { return w.End.Add(time.Second) }, func(t *testing.T, in *installation, r upgrade.WindowReport) {
			if !strings.Contains(r.Skipped, "was over when a worker took it up") || len(r.Upgrades) > 0 {
				t.Errorf("the run says %+v, want it skipped", r)
			}
			in.wantNothingWritten()
		}},
		"back too late in it": {35 * time.Second, 15 * time.Second, func(w upgrade.Window) time.Time { return w.End.Add(-20 * time.Second) }, func(t *testing.T, in *installation, r upgrade.WindowReport) {
			wantStates(t, r, upgrade.WindowDeferred)
			in.wantNothingWritten()
		}},
		"back in time": {5 * time.Minute, 15 * time.Second, func(w upgrade.Window) time.Time { return w.Start.Add(5 * time.Second) }, func(t *testing.T, in *installation, r upgrade.WindowReport) {
			wantStates(t, r, upgrade.WindowCompleted)
			in.wantNoViolation(2)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in := prepareBrisk(t)
			order := ordered(opensIn(5*time.Second, c.length), c.node, 4711)
			order.Name = "weekly"
			window := order.Calendar.Next(time.Now(), 1)[0]
			if _, err := app.NewSchedules(in.client).Create(t.Context(), order, 2*order.Timing.PlanNode, false, "", time.Now()); err != nil {
				t.Fatal(err)
			}
			until(c.back(window))
			in.startWorker()
			c.want(t, in, in.window("weekly"))
		})
	}
}

func TestTwoSchedulesOfOnePodTakeTurns(t *testing.T) {
	in := brisk(t, pairs("dal09.pod01")...)
	window := opensIn(0, 6*time.Minute)
	in.schedule("north", ordered(window, 10*time.Second, 4711))
	in.schedule("south", ordered(window, 10*time.Second, 4712))
	in.trigger("north")
	in.trigger("south")
	wantStates(t, in.window("north"), upgrade.WindowCompleted)
	wantStates(t, in.window("south"), upgrade.WindowCompleted)
	in.wantNoViolation(4)
}

func TestATriggerOutsideOfTheWindowIsSkippedAndSaysSo(t *testing.T) {
	in := install(t)
	in.schedule("weekly", ordered(opensIn(10*time.Hour, time.Hour), 10*time.Second, 4711))
	code, out, text := in.starter("schedule", "trigger", "weekly")
	if code != 0 || !strings.Contains(out, "will be skipped") {
		t.Errorf("exit code %d, output %q %q", code, out, text)
	}
	if r := in.window("weekly"); !strings.Contains(r.Skipped, "is outside of every window of tonight; the next one opens at") {
		t.Errorf("the run says %+v", r)
	}
	if code, out, _ := in.starter("schedule", "show", "weekly"); code != 0 || !strings.Contains(out, "skipped: ") {
		t.Errorf("exit code %d, output %q", code, out)
	}
	in.wantNothingWritten()
	in.recordWindow(t, "skipped")
}

func TestAPausedScheduleLetsItsWindowPassAndShowsIt(t *testing.T) {
	in := install(t)
	calendar := opensIn(soon, 8*time.Second)
	in.schedule("weekly", ordered(calendar, time.Second, 4711), "--paused")
	window := calendar.Next(time.Now().Add(-time.Minute), 1)[0]
	until(window.End.Add(time.Second))
	v := in.show("weekly")
	if !v.Paused || len(v.Runs) != 0 || len(v.Unserved) != 1 || !v.Unserved[0].Start.Equal(window.Start) {
		t.Errorf("the schedule shows %+v, want one window without a run", v)
	}
	if code, _, text := in.starter("schedule", "resume", "weekly", "--by", "tester", "--reason", "the freeze is over"); code != 0 {
		t.Fatalf("starter schedule resume: %s", text)
	}
	if v := in.show("weekly"); v.Paused || !strings.Contains(v.Note, "resumed by tester: the freeze is over") {
		t.Errorf("the schedule shows %+v", v)
	}
	if code, _, text := in.starter("schedule", "pause", "weekly", "--by", "tester", "--reason", "a freeze"); code != 0 || !in.show("weekly").Paused {
		t.Errorf("starter schedule pause: %s", text)
	}
	if code, out, text := in.starter("schedule", "renew", "weekly"); code != 0 || !strings.Contains(out, "100 occurrences") {
		t.Errorf("starter schedule renew: exit code %d, %q %s", code, out, text)
	}
	if code, _, text := in.starter("schedule", "delete", "weekly"); code != 0 {
		t.Errorf("starter schedule delete: %s", text)
	}
	if code, _, text := in.starter("schedule", "show", "weekly"); code != 3 || !strings.Contains(text, "there is no schedule weekly") {
		t.Errorf("exit code %d, %q after the deletion", code, text)
	}
	in.wantNothingWritten()
}

func TestAWindowStartedByHandOutsideOfAllIsSkippedUnlessAttended(t *testing.T) {
	in := brisk(t)
	order := ordered(opensIn(5*time.Hour, time.Hour), 10*time.Second, 4711)
	order.Name = "by-hand"
	for _, attended := range []bool{false, true} {
		order.Attended = attended
		id := fmt.Sprintf("window/by-hand-%t", attended)
		if code, _, text := in.run(in.Temporal(t.Context(), "workflow", "start", "--type", workflows.TypeMaintenanceWindow, "--task-queue", workflows.TaskQueue,
			"--workflow-id", id, "--input-file", in.orderFile("by-hand", order))); code != 0 {
			t.Fatalf("temporal workflow start: %s", text)
		}
		var r upgrade.WindowReport
		if err := in.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
		if !attended {
			if !strings.Contains(r.Skipped, "is outside of every window") {
				t.Errorf("it says %+v", r)
			}
			in.wantNothingWritten()
			continue
		}
		wantStates(t, r, upgrade.WindowCompleted)
		in.wantNoViolation(2)
	}
}
