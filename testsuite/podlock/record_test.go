package podlock

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/workflows"
)

// recording is the environment variable that names the folder for fixtures of the replay tests.
const recording = "RECORD_HISTORIES"

// record keeps the history of a run for the replay tests, in the form of: temporal workflow show --output json.
func (w *world) record(name, id, run string) {
	w.t.Helper()
	dir := os.Getenv(recording)
	if dir == "" {
		return
	}
	text, err := exec.Command(tools.Temporal, "workflow", "show", "--address", w.Address, "--namespace", w.Namespace, "-w", id, "-r", run, "-o", "json").Output()
	if err != nil {
		w.t.Fatalf("temporal workflow show: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "podlock-"+name+".json"), text, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// lockRuns lists the runs of the lock of the first pod, oldest first.
func (w *world) lockRuns() []string {
	w.t.Helper()
	all, err := w.runs(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var list []string
	for _, r := range all {
		if r.kind == workflows.TypePodLock {
			list = append(list, r.run)
		}
	}
	slices.Reverse(list) // the server lists the newest first
	return list
}

// TestPodLockReplaysAWholeLife is one pod's life through everything that a recorded history should hold, and the check
// that a lock which is wrong on purpose does not replay it.
func TestPodLockReplaysAWholeLife(t *testing.T) {
	w := open(t, 3)
	a := w.start(0, before)
	held := a.holds()
	b := w.start(1, before)
	b.waits(1)
	c := w.start(2, before)
	c.waits(2)
	b.cancel()
	if _, err := b.result(); !temporal.IsCanceledError(err) {
		t.Fatal(err)
	}
	a.goOn()
	a.works()
	released := c.holds()
	c.terminate() // which taints the pod
	w.until("the taint", func() bool { state := w.lock(0); return state.Current == nil && state.Taint != nil })
	again := w.start(0, before, idle)
	again.holds()
	if err := w.instruct(0, workflows.UpdateRenew, says("")); err != nil {
		t.Fatal(err)
	}
	again.goOn()
	again.works()
	w.free(0)
	w.until("the second run", func() bool { return len(w.lockRuns()) == 2 })
	runs := w.lockRuns()
	w.record("withdrawn-tainted-cleared-and-renewed", w.lockID(0), runs[0])
	w.record("continued-as-new-while-held", w.lockID(0), runs[1])
	w.record("permit-released", held.Permit.WorkflowID, held.Permit.RunID)
	w.record("permit-terminated", released.Permit.WorkflowID, released.Permit.RunID)

	h, err := w.history(t.Context(), w.lockID(0), runs[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := w.replayAs(impatient, h, execution{id: w.lockID(0), run: runs[0]}); err == nil {
		t.Error("the history replays with a lock that is wrong on purpose: the replay proves nothing")
	}
}
