package workflows_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// shown is what a recorded upgrade shows.
type shown struct {
	Held    upgrade.Phase   // in which a person said what gets it out of a hold; "" is none
	Outcome upgrade.Outcome // of its report
	Adopted bool            // it was begun by hand
}

// scenes says which history shows what. Held are those from which a person's word led on to the end.
func scenes() map[string]shown {
	const completed = upgrade.OutcomeCompleted
	return map[string]shown{
		"completed.json":                    {Outcome: completed},
		"rolled-back.json":                  {Outcome: upgrade.OutcomeRolledBack},
		"aborted.json":                      {Outcome: upgrade.OutcomeAborted},
		"adopted-in-its-first-reload.json":  {Outcome: completed, Adopted: true},
		"adopted-between-its-reloads.json":  {Outcome: completed, Adopted: true},
		"adopted-in-its-second-reload.json": {Outcome: completed, Adopted: true},
		"held-in-queue.json":                {Held: upgrade.PhaseQueue, Outcome: upgrade.OutcomeAborted},
		"held-in-prepare.json":              {Held: upgrade.PhasePrepare, Outcome: completed},
		"held-in-export.json":               {Held: upgrade.PhaseExport, Outcome: completed},
		"held-and-retried.json":             {Held: upgrade.PhaseReady, Outcome: completed},
		"held-in-reload.json":               {Held: upgrade.PhaseReload, Outcome: completed},
		"held-in-reload-resubmitted.json":   {Held: upgrade.PhaseReload, Outcome: completed},
		"held-in-reload-abandoned.json":     {Held: upgrade.PhaseReload, Outcome: upgrade.OutcomeAbandoned},
		"held-in-verify.json":               {Held: upgrade.PhaseVerify, Outcome: completed},
		"held-in-approve.json":              {Held: upgrade.PhaseApprove, Outcome: completed},
		"held-in-import.json":               {Held: upgrade.PhaseImport, Outcome: completed},
		"held-in-rollback.json":             {Held: upgrade.PhaseRollback, Outcome: upgrade.OutcomeRolledBack},
		"held-in-restore.json":              {Held: upgrade.PhaseRestore, Outcome: completed},
		"held-in-compare.json":              {Held: upgrade.PhaseCompare, Outcome: completed},
	}
}

// unheld says in which phases no upgrade ever holds, and why.
func unheld() map[upgrade.Phase]string {
	return map[upgrade.Phase]string{
		upgrade.PhaseDiscover: "nothing has been touched: what is in the way refuses the upgrade",
		upgrade.PhasePlan:     "nothing has been touched: what is in the way refuses the upgrade",
		upgrade.PhaseReport:   "a report that cannot be stored is the workflow's result all the same",
	}
}

func TestEveryPhaseHasAHistoryThatHeldInItOrAReasonWhyNoneCan(t *testing.T) {
	held := map[upgrade.Phase]bool{}
	for _, s := range scenes() {
		held[s.Held] = true
	}
	for _, phase := range declaredPhases(t) {
		if reason := unheld()[phase]; held[phase] == (reason != "") {
			t.Errorf("phase %s: a history of a hold %t, excluded because %q; want one of the two", phase, held[phase], reason)
		}
	}
}

func TestRecordedHistoriesShowWhatTheyAreNamedFor(t *testing.T) {
	for _, file := range slices.Sorted(maps.Keys(scenes())) {
		t.Run(file, func(t *testing.T) {
			if got, want := read(t, filepath.Join("testdata", "replay", file)), scenes()[file]; !got.shows(want) {
				t.Errorf("it shows holds in %v and a report %q, adopted %t; want %+v", got.holds, got.report.Outcome, got.report.Adopted != "", want)
			}
		})
	}
}

// declaredPhases reads the phases from their declaration, so that none is forgotten.
func declaredPhases(t *testing.T) (phases []upgrade.Phase) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "internal", "upgrade", "report.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Phase" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			phases = append(phases, upgrade.Phase(text))
		}
		return true
	})
	if len(phases) == 0 {
		t.Fatal("no phase is declared in internal/upgrade/report.go")
	}
	return phases
}

// recording is what is read of a history.
type recording struct {
	holds  []upgrade.Phase // in which retry or resubmit was accepted, which only a hold allows
	report ending          // the result
}

// ending is what is read of a report: the rest of an old one may have another form by now.
type ending struct {
	Outcome upgrade.Outcome `json:"outcome"`
	Adopted string          `json:"adopted"`
}

func (r recording) shows(s shown) bool {
	held := s.Held == "" && len(r.holds) == 0 || slices.Contains(r.holds, s.Held)
	return held && r.report.Outcome == s.Outcome && (r.report.Adopted != "") == s.Adopted
}

// payload is one value of a history, decoded from its base64 by encoding/json.
type payload struct {
	Data []byte `json:"data"`
}

// read follows the phases of a history, as they are upserted for the list of workflows, and the words said in them.
func read(t *testing.T, path string) (r recording) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var history struct {
		Events []struct {
			Upserted struct {
				Attributes struct {
					Fields map[string]payload `json:"indexedFields"`
				} `json:"searchAttributes"`
			} `json:"upsertWorkflowSearchAttributesEventAttributes"`
			Accepted struct {
				Request struct {
					Input struct {
						Name string `json:"name"`
					} `json:"input"`
				} `json:"acceptedRequest"`
			} `json:"workflowExecutionUpdateAcceptedEventAttributes"`
			Completed struct {
				Result struct {
					Payloads []payload `json:"payloads"`
				} `json:"result"`
			} `json:"workflowExecutionCompletedEventAttributes"`
		} `json:"events"`
	}
	if err := json.Unmarshal(text, &history); err != nil {
		t.Fatalf("%s is no history: %v", path, err)
	}
	var phase upgrade.Phase
	for _, e := range history.Events {
		if p, ok := e.Upserted.Attributes.Fields[workflows.AttributePhase.GetName()]; ok {
			decode(t, p, &phase)
		}
		if word := e.Accepted.Request.Input.Name; word == workflows.UpdateRetry || word == workflows.UpdateResubmit {
			r.holds = append(r.holds, phase)
		}
		for _, p := range e.Completed.Result.Payloads {
			decode(t, p, &r.report)
		}
	}
	return r
}

func decode(t *testing.T, p payload, into any) {
	t.Helper()
	if err := json.Unmarshal(p.Data, into); err != nil {
		t.Fatalf("reading a payload: %v", err)
	}
}
