package upgrade_test

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

func runningReport(t *testing.T) upgrade.Report {
	t.Helper()
	return upgrade.Report{GatewayID: 5150, Gateway: "edge-quokka", From: oldRelease, Target: newRelease, Phase: upgrade.PhaseReload, Since: evening(2, 15),
		Nodes: []upgrade.NodeReport{{Step: validPlan(t).Steps[0], ReloadID: ourReload, Submitted: evening(2, 15)}, {Step: validPlan(t).Steps[1]}},
		Log:   []upgrade.Entry{{At: evening(2, 16), Phase: upgrade.PhaseReload, Text: "reload on"}}}
}

func TestWhatToDoNextStandsAboveEveryTable(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.Report)
		says   []string
	}{
		"a hold": {func(r *upgrade.Report) {
			r.Hold = &upgrade.Hold{Kind: upgrade.Unhealthy, Reason: "ipmi: it is off", Advice: "turn it on", Since: evening(3, 4)}
			r.Choices = []string{"retry", "abort"}
		}, []string{"HOLDING", "23:04:00", "ipmi: it is off", "turn it on", "retry, abort"}},
		"a question": {func(r *upgrade.Report) {
			r.Ask, r.Choices = &upgrade.Ask{Text: "does traffic flow through node1?", Since: evening(3, 4)}, []string{"approve", "rollback"}
		},
			[]string{"WAITING FOR APPROVAL", "23:04:00", "does traffic flow through node1?", "You may send: approve, rollback"}},
		"a queue": {func(r *upgrade.Report) { r.Waiting = "upgrade/5151 of edge-wombat" }, []string{"Waiting", "edge-wombat"}},
		"a hold before a question": {func(r *upgrade.Report) {
			r.Hold, r.Ask = &upgrade.Hold{Reason: "it broke"}, &upgrade.Ask{Text: "go?"}
		}, []string{"it broke"}},
		"the head": {func(*upgrade.Report) {}, []string{"edge-quokka", oldRelease, newRelease, "reload", "17 May 22:15:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := runningReport(t)
			c.change(&r)
			above, _, found := strings.Cut(r.Markdown(), "\n|")
			if !found {
				t.Fatal("there is no table")
			}
			for _, text := range c.says {
				if !strings.Contains(above, text) {
					t.Errorf("%q does not stand above the tables:\n%s", text, r.Markdown())
				}
			}
		})
	}
}

func TestTheTablesShowEachReloadAndTheLog(t *testing.T) {
	text := runningReport(t).Markdown()
	for _, row := range []string{
		"| node1 | quokka-b | 31077 | 17 May 22:15:00 | – | – |\n",
		"| node0 | quokka-a | – | – | – | – |\n",
		"| 17 May 22:16:00 | reload | reload on |\n",
	} {
		if !strings.Contains(text, row) {
			t.Errorf("no row %q in:\n%s", row, text)
		}
	}
}

func TestReloadsThatAreStillPlannedAreShownBehindThoseUnderWay(t *testing.T) {
	plan := validPlan(t)
	for begun := range 3 {
		r := runningReport(t)
		r.Plan, r.Nodes = &plan, r.Nodes[:begun]
		text := r.Markdown()
		first, second := strings.Index(text, "| node1 | quokka-b |"), strings.Index(text, "| node0 | quokka-a |")
		if first < 0 || second < first || strings.Count(text, "| quokka-") != 2 {
			t.Errorf("with %d reloads begun:\n%s", begun, text)
		}
	}
}

func TestAReportOfTheFirstMomentHasNoTables(t *testing.T) {
	text := upgrade.Report{GatewayID: 5150, Target: newRelease, Phase: upgrade.PhaseDiscover}.Markdown()
	if strings.Contains(text, "|") {
		t.Errorf("there is a table:\n%s", text)
	}
	for _, part := range []string{"gateway 5150", "–", newRelease, "discover"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in:\n%s", part, text)
		}
	}
}

// The answers of the API hold line ends and bars.
func TestALogTextCannotBreakItsRow(t *testing.T) {
	for _, said := range []string{"a|b || c", "refused\nby the API", "refused\n\n| by | the API"} {
		r := runningReport(t)
		r.Log[0].Text = said
		_, row, _ := strings.Cut(r.Markdown(), "| 17 May 22:16:00 ")
		line, rest, _ := strings.Cut(row, "\n")
		words := strings.FieldsFunc(said, func(r rune) bool { return r == '|' || r == '\n' || r == ' ' })
		for _, word := range words {
			if !strings.Contains(line, word) {
				t.Errorf("%q is not in the row %q", word, line)
			}
		}
		if strings.Count(line, "|") != 3 || rest != "" {
			t.Errorf("the row is broken: %q and %q", line, rest)
		}
	}
}

func TestTimesAreShownInUTC(t *testing.T) {
	r := runningReport(t)
	r.Since = r.Since.In(time.FixedZone("east", 9*3600))
	if text := r.Markdown(); !strings.Contains(text, "since 17 May 22:15:00") {
		t.Errorf("rendered:\n%s", text)
	}
}
