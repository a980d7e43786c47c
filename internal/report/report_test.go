package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/report"
	"vsrx-upgrade/internal/upgrade"
)

// fixtures are made-up reports, by what became of the upgrade.
func fixtures(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) < 6 {
		t.Fatalf("%d reports: %v", len(names), err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".json")] = text
	}
	return all
}

// read reads a report, and refuses a field that the types do not know.
func read(t *testing.T, text []byte) (r upgrade.Report) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func fixture(t *testing.T, name string) upgrade.Report {
	t.Helper()
	return read(t, fixtures(t)[name])
}

// later is the moment as of which the reports are shown: the morning after.
func later() time.Time { return time.Date(2027, 3, 7, 4, 10, 0, 0, time.UTC) }

func html(t *testing.T, r upgrade.Report) string {
	t.Helper()
	var b strings.Builder
	if err := report.HTML(&b, report.View{Report: r, Now: later()}); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

func markdown(t *testing.T, r upgrade.Report) string {
	t.Helper()
	var b strings.Builder
	if err := report.Markdown(&b, report.View{Report: r, Now: later()}); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

// element is an element of a page, with all text in it and below.
type element struct {
	name   string
	attrs  map[string]string
	text   string
	inside []string // names of the elements around it
}

// elements takes a page apart. The page is well-formed XML too, so a strict parser finds every text that broke out.
func elements(t *testing.T, page string) []element {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(page))
	var all []element
	var open []int
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			for _, i := range open {
				e.inside = append(e.inside, all[i].name)
			}
			open, all = append(open, len(all)), append(all, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, i := range open {
				all[i].text += string(token)
			}
		}
	}
}

// find gives the elements of a name, and of a class unless it is "".
func find(all []element, name, class string) (found []element) {
	for _, e := range all {
		if e.name == name && (class == "" || strings.Contains(" "+e.attrs["class"]+" ", " "+class+" ")) {
			found = append(found, e)
		}
	}
	return found
}

func TestTheFirstSentenceSaysHowItWent(t *testing.T) {
	for name, want := range map[string]string{
		"completed-pair": "edge-heron was upgraded from 21.4R3-S9.5 to 24.2R1-S2.6 in 11 h 0 min; 3 things are left to people.",
		"standalone":     "edge-wren was upgraded from 21.4R3-S9.5 to 24.2R1-S2.6 in 5 h 1 min.",
		"rolled-back":    "edge-heron was rolled back by ines between the two reloads and is whole again on 21.4R3-S9.5; traffic stood still for 14 min 22 s.",
		"held":           "The upgrade of edge-heron from 21.4R3-S9.5 to 24.2R1-S2.6 has stood still in phase ready since 2027-03-07 02:31:00 and waits for a person.",
		"aborted":        "The upgrade of edge-heron to 24.2R1-S2.6 was aborted by mika before any reload; what had been prepared was undone.",
		"refused":        "The upgrade of edge-dunlin to 24.2R1-S2.6 was refused before anything was changed.",
		"abandoned":      "The upgrade of edge-heron was ended by ines after a reload; the gateway is left as it is and needs people.",
		"planned":        "The upgrade of edge-heron from 21.4R3-S9.5 to 24.2R1-S2.6 is possible as things are; this was a dry run, and nothing was changed.",
		"queued":         "The upgrade of edge-heron from 21.4R3-S9.5 to 24.2R1-S2.6 waits for its turn in phase queue.",
	} {
		t.Run(name, func(t *testing.T) {
			r := fixture(t, name)
			all := elements(t, html(t, r))
			if got := find(all, "p", "sentence"); len(got) != 1 || got[0].text != want {
				t.Errorf("HTML says %v", got)
			}
			opening, _, _ := strings.Cut(markdown(t, r), "\n## ")
			if !strings.Contains(opening, want) {
				t.Errorf("Markdown begins with %q", opening)
			}
		})
	}
}

func TestOtherSentences(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.Report)
		want   string
	}{
		"a question":             {func(r *upgrade.Report) { r.Hold, r.Ask = nil, &upgrade.Ask{Text: "go?", Since: later()} }, "has waited for an approval since 2027-03-07 04:10:00."},
		"a pause":                {func(r *upgrade.Report) { r.Hold, r.Paused = nil, &upgrade.Decision{By: "kim"} }, "was paused by kim."},
		"under way":              {func(r *upgrade.Report) { r.Hold = nil }, "is under way, in phase ready since 2027-03-07 02:31:00."},
		"nothing told":           {func(r *upgrade.Report) { *r = upgrade.Report{GatewayID: 88041} }, "gateway 88041"},
		"an abort that left":     {func(r *upgrade.Report) { r.Outcome, r.ToDo = upgrade.OutcomeAborted, []string{"x"} }, "could be undone."},
		"a rollback not yet off": {func(r *upgrade.Report) { r.Outcome = upgrade.OutcomeRolledBack }, "whole again on 21.4R3-S9.5."},
		"one thing left":         {func(r *upgrade.Report) { r.Outcome, r.ToDo = upgrade.OutcomeCompleted, []string{"x"} }, "1 thing is left to people."},
	} {
		t.Run(name, func(t *testing.T) {
			r := fixture(t, "held")
			c.change(&r)
			if got := find(elements(t, html(t, r)), "p", "sentence"); len(got) != 1 || !strings.Contains(got[0].text, c.want) {
				t.Errorf("it says %v, not %q", got, c.want)
			}
		})
	}
}

func TestABrokenWorkflowPromisesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		fixture, broken, want string
		next                  int
	}{
		"after a reload":         {"held", "terminated", "The workflow that upgraded edge-heron to 24.2R1-S2.6 ended in phase ready without an outcome; the gateway is as it was left then and needs people.", 0},
		"before any reload":      {"queued", "terminated", "The workflow that upgraded edge-heron to 24.2R1-S2.6 ended in phase queue without an outcome; nothing had been reloaded.", 0},
		"with an outcome":        {"refused", "failed", "The upgrade of edge-dunlin to 24.2R1-S2.6 was refused before anything was changed.", 0},
		"a whole one that holds": {"held", "", "The upgrade of edge-heron from 21.4R3-S9.5 to 24.2R1-S2.6 has stood still in phase ready since 2027-03-07 02:31:00 and waits for a person.", 1},
	} {
		t.Run(name, func(t *testing.T) {
			var page, text strings.Builder
			v := report.View{Report: fixture(t, c.fixture), Now: later(), Broken: c.broken}
			if err := errors.Join(report.HTML(&page, v), report.Markdown(&text, v)); err != nil {
				t.Fatal(err)
			}
			all := elements(t, page.String())
			if got := find(all, "p", "sentence"); len(got) != 1 || got[0].text != c.want || !strings.Contains(text.String(), c.want) {
				t.Errorf("it says %v", got)
			}
			if got := find(all, "section", "next"); len(got) != c.next {
				t.Errorf("people are asked for %v", got)
			}
			if c.broken == "terminated" && !strings.Contains(page.String(), "Reason: the workflow was terminated") {
				t.Error("it does not say how the workflow ended")
			}
		})
	}
}
