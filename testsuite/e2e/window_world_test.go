package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// soon is long enough to create a schedule before its window opens, also on a machine that is busy.
const soon = 15 * time.Second

// opensIn is a window that opens in so long, and every day at that time; 0 is one that has just opened, for a run that is
// triggered. Windows are real time, as Temporal's clock is; only what happens in them is fast.
func opensIn(wait, length time.Duration) upgrade.Calendar {
	start := time.Now().UTC().Add(wait).Truncate(time.Second)
	return upgrade.Calendar{Name: "tonight", Zone: "UTC", Start: start.Format(time.TimeOnly), Length: upgrade.Duration(length),
		Weekdays: []upgrade.Weekday{upgrade.Monday, upgrade.Tuesday, upgrade.Wednesday, upgrade.Thursday, upgrade.Friday, upgrade.Saturday, upgrade.Sunday}}
}

// brisk gives a test an installation whose cloud is quick by physics, not by its clock: a check takes 10 of its minutes and a
// reload 40. So a pair takes seconds, while the validity of a check stays as long as the tests' speed makes it.
func brisk(t *testing.T, gateways ...sim.Gateway) *installation {
	t.Helper()
	in := prepareBrisk(t, gateways...)
	in.startWorker()
	return in
}

// prepareBrisk is brisk without the worker.
func prepareBrisk(t *testing.T, gateways ...sim.Gateway) *installation {
	t.Helper()
	t.Parallel()
	return prepareFor(t, sim.Options{Gateways: gateways, Physics: sim.Physics{Precheck: 10 * time.Minute, ReloadMin: 40 * time.Minute, ReloadMax: 45 * time.Minute}})
}

// ordered is an order of the default pair whose upgrade is planned with so much for a node.
func ordered(c upgrade.Calendar, node time.Duration, gateways ...int) upgrade.WindowOrder {
	req := request()
	req.Timing.PlanNode = upgrade.Duration(node)
	return upgrade.WindowOrder{Calendar: c, Gateways: gateways, TargetVersion: req.TargetVersion, Approval: upgrade.ApprovalNone, Preempt: req.Preempt, Timing: req.Timing}
}

// schedule creates a schedule with the starter.
func (in *installation) schedule(name string, order upgrade.WindowOrder, extra ...string) {
	in.t.Helper()
	if code, _, text := in.starter(append([]string{"schedule", "create", name, "--input", in.orderFile(name, order)}, extra...)...); code != 0 {
		in.t.Fatalf("starter schedule create exits with %d: %s", code, text)
	}
}

// trigger starts a run of a schedule now, in a window that is open.
func (in *installation) trigger(name string) {
	in.t.Helper()
	if code, out, text := in.starter("schedule", "trigger", name); code != 0 || !strings.Contains(out, "its window ends at") {
		in.t.Fatalf("starter schedule trigger exits with %d: %s%s", code, out, text)
	}
}

func (in *installation) orderFile(name string, order upgrade.WindowOrder) string {
	in.t.Helper()
	text, err := json.Marshal(order)
	if err != nil {
		in.t.Fatal(err)
	}
	path := filepath.Join(in.Dir, name+".json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		in.t.Fatal(err)
	}
	return path
}

// show reads a schedule with the starter.
func (in *installation) show(name string) (v app.ScheduleView) {
	in.t.Helper()
	code, out, text := in.starter("schedule", "show", name, "--json")
	if code != 0 {
		in.t.Fatalf("starter schedule show exits with %d: %s", code, text)
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		in.t.Fatal(err)
	}
	return v
}

// window waits for the end of the only run of a schedule.
func (in *installation) window(name string) upgrade.WindowReport {
	in.t.Helper()
	for end := time.Now().Add(2 * patience); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		v := in.show(name)
		switch {
		case len(v.Runs) == 0:
		case v.Runs[0].Error != "":
			in.t.Fatalf("the run of %s failed: %s", name, v.Runs[0].Error)
		case v.Runs[0].Result != nil:
			return *v.Runs[0].Result
		}
	}
	in.t.Fatalf("the window of %s has no end: %+v", name, in.show(name))
	return upgrade.WindowReport{}
}

// recordWindow records the only run of the schedule weekly.
func (in *installation) recordWindow(t *testing.T, name string) {
	t.Helper()
	record(t, "../window/"+name, in.history(in.show("weekly").Runs[0].Workflow))
}

// wantStates demands how the gateways of a window fared, in order.
func wantStates(t *testing.T, r upgrade.WindowReport, want ...upgrade.WindowState) {
	t.Helper()
	var got []upgrade.WindowState
	for _, u := range r.Upgrades {
		got = append(got, u.State)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the gateways are %q, want %q: %+v", got, want, r)
	}
}

func (in *installation) wantNoViolation(reloads int) {
	in.t.Helper()
	v := in.Cloud.Verdict()
	if len(v.Violations) > 0 || v.Reloads != reloads {
		in.t.Errorf("%d reloads, want %d; the safety monitor saw %+v", v.Reloads, reloads, v.Violations)
	}
}

// pairs are the default pair and a second one, in a pod.
func pairs(pod string) []sim.Gateway {
	a := sim.DefaultGateways()[0]
	b := a
	b.ID, b.Name, b.Pod = 4712, "gw-b", pod
	return []sim.Gateway{a, b}
}

func until(moment time.Time) { <-time.After(time.Until(moment)) }
