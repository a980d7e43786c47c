package matrix

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestEveryFaultInEveryActivityEndsWell(t *testing.T) {
	cells := sample()
	if *full {
		cells = all()
	}
	results := openLedger(document)
	t.Run("cells", func(t *testing.T) {
		for _, c := range cells {
			t.Run(strings.ReplaceAll(c.String(), " ", "-"), func(t *testing.T) {
				t.Parallel()
				end := "has no end"
				defer func() { results.enter(c, end, !t.Failed()) }()
				end = upgradeWith(t, c)
			})
		}
	})
	if *full && results.complete() {
		if err := results.write(document); err != nil {
			t.Fatal(err)
		}
	}
}

// upgradeWith runs one upgrade to its end with the fault of a cell, and says how it ended.
func upgradeWith(t *testing.T, c cell) string {
	w := open(t, c)
	p := w.run()
	w.judge(p.report, p.holds, p.before)
	return told(c, p.report, p.holds)
}

// run brings one upgrade to its end.
func (w *world) run() *person {
	w.t.Helper()
	defer w.wakes.ring()
	w.serve()
	p := &person{world: w, release: w.occupy(), before: w.configuration()}
	if w.Cell.Path == first {
		if err := w.arm(); err != nil {
			w.t.Fatal(err)
		}
	}
	w.start(workflows.UpgradeID(pair().ID), workflows.TypeUpgradeGateway, request())
	p.accompany()
	return p
}

// judge holds the end of a cell against what is expected of it, the safety monitor, the pod's lock and the device.
func (w *world) judge(r upgrade.Report, holds []upgrade.Hold, before string) {
	w.t.Helper()
	want := expected(w.Cell)
	if !w.struck() {
		w.t.Error("the fault never struck: nothing is proven")
	}
	if r.Outcome != want.outcome {
		w.t.Errorf("it ended as %q, want %q: %s", r.Outcome, want.outcome, r.Markdown())
	}
	for _, h := range holds {
		switch {
		case noise(w.Cell, h):
			w.t.Logf("excused as noise of this machine: %s: %s", h.Kind, h.Reason)
		case !slices.Contains(want.holds, h.Kind):
			w.t.Errorf("it stood still: %s: %s", h.Kind, h.Reason)
		}
	}
	for a, reason := range never(w.Cell.Path) {
		if _, ran := w.names.Load(a); ran {
			w.t.Errorf("%s was executed, which is excluded because %s", a, reason)
		}
	}
	w.judgeCloud(want)
	w.judgeConfiguration(before)
	w.judgePod(want)
}

// judgeCloud asks the simulated world.
func (w *world) judgeCloud(want ending) {
	w.t.Helper()
	verdict, state := w.cloud.Verdict(), w.cloud.State(pair().ID)
	for _, v := range verdict.Violations {
		w.t.Errorf("the safety monitor saw %s: %s", v.Rule, v.Text)
	}
	submitted := w.submitted()
	if verdict.Reloads != want.reloads || submitted != want.reloads {
		w.t.Errorf("%d reloads were submitted and %d accepted, want %d", submitted, verdict.Reloads, want.reloads)
	}
	if !state.Healthy || !state.Traffic {
		w.t.Errorf("the pair is not whole: %+v", state)
	}
	version := map[upgrade.Outcome]string{upgrade.OutcomeCompleted: pair().Offered[0]}[want.outcome]
	if version == "" {
		version = pair().Version
	}
	for _, m := range state.Members {
		if m.Version != version {
			w.t.Errorf("node%d runs %s, want %s", m.Node, m.Version, version)
		}
	}
}

// submitted counts the requests for a reload that reached the API, whatever was answered.
func (w *world) submitted() int {
	n := 0
	for _, call := range w.cloud.Calls() {
		if strings.HasSuffix(call.Name, "/reloadOperatingSystem") {
			n++
		}
	}
	return n
}

// judgeConfiguration reads the device again.
func (w *world) judgeConfiguration(before string) {
	w.t.Helper()
	after := w.configuration()
	if digest(before) != digest(after) {
		w.t.Errorf("the configuration is another one:\n%s\nwas\n%s", after, before)
	}
}

// judgePod asks the lock: the pod is free, or tainted with a reason.
func (w *world) judgePod(want ending) {
	w.t.Helper()
	if w.Cell.Fault == cancel && w.Cell.Activity == "Discover" && w.Cell.Path == first {
		if state, err := w.ask(); err == nil || unlessGone(err) != nil {
			w.t.Errorf("the pod's lock answers %+v (%v), although no plan was made: nobody may have asked for the pod", state, err)
		}
		return
	}
	state := w.lock()
	switch {
	case want.tainted && (state.Taint == nil || state.Taint.Reason == ""):
		w.t.Errorf("the pod is not tainted, or without a reason: %+v", state.Taint)
	case !want.tainted && state.Taint != nil:
		w.t.Errorf("the pod is tainted: %s", state.Taint.Reason)
	}
}

// told says in a cell of the table how an upgrade ended, and what was asked of a person on the way.
func told(c cell, r upgrade.Report, holds []upgrade.Hold) string {
	text := string(r.Outcome)
	var kinds []string
	for _, h := range holds {
		if kind := string(h.Kind); !noise(c, h) && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
			text += ", held: " + kind
		}
	}
	return text
}
