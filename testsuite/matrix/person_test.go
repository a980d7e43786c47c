package matrix

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// look is the pause between two looks at an upgrade.
const look = 1500 * time.Millisecond

// status asks the upgrade of a world where it stands.
func status(ctx context.Context, c client.Client) (r upgrade.Report, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	value, err := c.QueryWorkflow(ctx, workflows.UpgradeID(pair().ID), "", workflows.QueryStatus)
	if err != nil {
		return r, err
	}
	return r, value.Get(&r)
}

// person is whoever accompanies an upgrade: answers what it asks and resolves what it holds at.
type person struct {
	*world
	holds   []upgrade.Hold // in the order in which they came
	release func()         // of the pod that somebody else holds, nil when nobody does
	before  string         // the configuration that must be there at the end
	drifted bool
	last    upgrade.Report // as it was seen last
	report  upgrade.Report // at the end
}

// accompany brings an upgrade to its end.
func (p *person) accompany() {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(look) {
		p.succeed()
		r, err := status(p.t.Context(), p.client)
		if err != nil { // a dead worker answers no query; the next one will
			continue
		}
		p.last = r
		p.disturb(r)
		switch {
		case r.Outcome != "" && p.closed():
			p.report = p.lastWord()
			return
		case r.Ask != nil:
			p.answer()
		case r.Hold != nil && !slices.Contains(p.holds, *r.Hold):
			p.resolve(*r.Hold)
		}
	}
	p.t.Fatalf("the upgrade has not ended within %s; the fault has struck: %t; it stands at: %s", patience, p.struck(), p.last.Markdown())
}

// disturb does what others do to the pair and its pod, where the cell's activity runs only for that.
func (p *person) disturb(r upgrade.Report) {
	p.t.Helper()
	switch {
	case p.Cell.Activity == "KeepPlace" && p.struck(), p.Cell.Activity == "AwaitFit" && r.Waiting != "":
		if p.release != nil {
			p.release()
		}
		p.release = nil
	case p.Cell.Activity == "Differ" && r.Phase == upgrade.PhaseReady && !p.drifted && p.armed():
		if err := p.cloud.Inject(sim.Fault{Name: "config-drift", Gateway: pair().ID}); err != nil {
			p.t.Fatal(err)
		}
		p.drifted, p.before = true, strings.Replace(p.configuration(), preemptOff, "", 1)
	}
}

// answer answers the question between the two reloads; on the way there and back the fault strikes from now on.
func (p *person) answer() {
	p.t.Helper()
	if p.Cell.Path == first {
		p.say(workflows.UpdateApprove)
		return
	}
	if !p.struck() {
		if err := p.arm(); err != nil {
			p.t.Fatal(err)
		}
	}
	p.say(map[path]string{second: workflows.UpdateApprove, backward: workflows.UpdateRollback}[p.Cell.Path])
}

// resolve says retry to a hold. Where a second look finds no reload either, the portal decides: the program never submits
// one twice, and this person says so only where none is to be seen.
func (p *person) resolve(h upgrade.Hold) {
	p.t.Helper()
	again := slices.ContainsFunc(p.holds, func(before upgrade.Hold) bool { return before.Kind == h.Kind })
	word := workflows.UpdateRetry
	switch {
	case again && h.Kind == upgrade.Undecided && p.portalShowsNone():
		word = workflows.UpdateResubmit
	case again || len(p.holds) > 3:
		word = workflows.UpdateAbort
	}
	if p.say(word) {
		p.holds = append(p.holds, h)
	}
}

// portalShowsNone tells whether the portal shows no reload that runs, and none but those that the report names.
func (p *person) portalShowsNone() bool {
	known := 0
	for _, n := range p.last.Nodes {
		if n.ReloadID != 0 {
			known++
		}
	}
	seen := 0
	for _, m := range p.cloud.State(pair().ID).Members {
		if m.Reloading {
			return false
		}
		seen += m.Reloads
	}
	return seen == known
}

// say tells the upgrade something. What it refuses, or does not hear, is not said: the next look shows what is.
func (p *person) say(word string) bool {
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	handle, err := p.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: workflows.UpgradeID(pair().ID), UpdateName: word, WaitForStage: client.WorkflowUpdateStageCompleted,
		Args: []any{upgrade.Instruction{By: "robin", Reason: "the matrix says so"}}})
	return err == nil && handle.Get(ctx, nil) == nil
}

// closed tells whether the upgrade's workflow has ended.
func (p *person) closed() bool {
	d, err := p.client.DescribeWorkflowExecution(p.t.Context(), workflows.UpgradeID(pair().ID), "")
	return err == nil && d.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// lastWord is the report of an upgrade that has ended.
func (p *person) lastWord() upgrade.Report {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(look) {
		if r, err := status(p.t.Context(), p.client); err == nil {
			return r
		}
	}
	p.t.Fatal("the ended upgrade answers no query")
	return upgrade.Report{}
}
