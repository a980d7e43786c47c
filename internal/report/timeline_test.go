package report_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// drawn is a bar of the picture.
type drawn struct {
	class, title string
	left, right  float64 // per cent
}

// bars reads the picture of a page.
func bars(t *testing.T, r upgrade.Report) (all []drawn) {
	t.Helper()
	elements := elements(t, html(t, r))
	for i, e := range elements {
		if e.name != "svg" || e.attrs["overflow"] != "hidden" {
			continue
		}
		left, width := percent(t, e.attrs["x"]), percent(t, e.attrs["width"])
		all = append(all, drawn{class: elements[i+2].attrs["class"], title: elements[i+1].text, left: left, right: left + width})
	}
	return all
}

func percent(t *testing.T, text string) float64 {
	t.Helper()
	number, found := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if !found || err != nil {
		t.Fatalf("%q is no share", text)
	}
	return v
}

func of(class string, all []drawn) (found []drawn) {
	for _, b := range all {
		if b.class == class {
			found = append(found, b)
		}
	}
	return found
}

func TestThePictureShowsWhatHappenedWhen(t *testing.T) {
	for name, c := range map[string]struct {
		counts map[string]int // bars by class
		says   []string
	}{
		"completed-pair": {map[string]int{"reload": 4, "hold": 1, "pause": 1, "ask": 2, "unknown": 1, "outage": 0}, []string{"transaction 5610233", "transaction 5610991", "bridge call with the branch; ended by ines", "ready; 2027-03-06 20:49:00, 1 h 4 min", "queue; 2027-03-06 20:01:00, 40 min 0 s"}},
		"rolled-back":    {map[string]int{"reload": 4, "hold": 1, "rollback": 1, "outage": 1, "unknown": 1}, []string{"transaction 5611408 to 21.4R3-S9.5", "no traffic; 2027-03-07 01:51:33, 14 min 22 s", "ended by mika"}},
		"held":           {map[string]int{"reload": 2, "hold": 2, "outage": 0}, []string{"not over"}},
		"standalone":     {map[string]int{"outage": 1, "unknown": 0, "reload": 3}, []string{"no traffic; 2027-03-06 21:30:00, 3 h 15 min"}},
		"abandoned":      {map[string]int{"reload": 1, "unknown": 2}, []string{"its end was not seen"}},
		"refused":        {map[string]int{"reload": 0, "work": 0}, nil},
		"queued":         {map[string]int{"idle": 2}, []string{"place 1, behind upgrade/88017 of edge-bittern; 2027-03-06 20:01:10, not over"}},
	} {
		t.Run(name, func(t *testing.T) {
			all := bars(t, fixture(t, name))
			for class, want := range c.counts {
				if got := of(class, all); len(got) != want {
					t.Errorf("%d bars of %s, not %d: %v", len(got), class, want, got)
				}
			}
			titles := ""
			for _, b := range all {
				titles += b.title + "\n"
			}
			for _, says := range c.says {
				if !strings.Contains(titles, says) {
					t.Errorf("no bar says %q:\n%s", says, titles)
				}
			}
		})
	}
}

func TestBarsStandWhereTheirTimesAre(t *testing.T) {
	r := fixture(t, "rolled-back") // from 20:01:00 to 09:17:20: 47780 seconds
	got := of("outage", bars(t, r))[0]
	left, right := 100*float64(5*3600+50*60+33)/47780, 100*float64(6*3600+4*60+55)/47780
	if d := got.left - left; d > 0.01 || d < -0.01 {
		t.Errorf("the outage begins at %f, not %f", got.left, left)
	}
	if d := got.right - right; d > 0.01 || d < -0.01 {
		t.Errorf("the outage ends at %f, not %f", got.right, right)
	}
}

func TestNoBarLeavesThePictureAndNoneIsInvisible(t *testing.T) {
	for name, change := range map[string]func(*upgrade.Report){
		"as it was":                     func(*upgrade.Report) {},
		"a clock that ran ahead":        func(r *upgrade.Report) { r.Nodes[0].Verified = r.Since.Add(time.Hour) },
		"a clock that ran behind":       func(r *upgrade.Report) { r.Nodes[0].Submitted = r.Log[0].At.Add(-time.Hour) },
		"an end before its begin":       func(r *upgrade.Report) { r.Nodes[1].Ended = r.Nodes[1].Submitted.Add(-time.Hour) },
		"an outage of a moment":         func(r *upgrade.Report) { r.Rollback.TrafficBack = r.Rollback.TrafficStopped.Add(time.Millisecond) },
		"a report written at its begin": func(r *upgrade.Report) { r.Since = r.Log[0].At.Add(time.Second) },
		"a year in the queue":           func(r *upgrade.Report) { r.Log[0].At = r.Log[0].At.AddDate(-1, 0, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			r := fixture(t, "rolled-back")
			change(&r)
			all := bars(t, r)
			if len(all) < 8 {
				t.Fatalf("there are %d bars", len(all))
			}
			for _, b := range all {
				if b.left < 0 || b.right > 100.001 || b.right-b.left < 0.49 {
					t.Errorf("the bar %q goes from %f to %f", b.title, b.left, b.right)
				}
			}
		})
	}
}

func TestTheAxisHasRoomForItsLabels(t *testing.T) {
	begin := time.Date(2027, 3, 6, 20, 1, 0, 0, time.UTC)
	for _, took := range []time.Duration{time.Second, 20 * time.Second, 75 * time.Second, 9 * time.Minute, time.Hour, 11 * time.Hour, 26 * time.Hour,
		9 * 24 * time.Hour, 60 * 24 * time.Hour, 900 * 24 * time.Hour} {
		r := upgrade.Report{GatewayID: 1, Outcome: upgrade.OutcomeAborted, Phase: upgrade.PhaseReport, Since: begin.Add(took),
			Log: []upgrade.Entry{{At: begin, Phase: upgrade.PhasePlan, Text: "planned"}, {At: begin.Add(took / 2), Phase: upgrade.PhaseQueue, Text: "the pod x is ours"}}}
		labels := find(elements(t, html(t, r)), "text", "axis")
		if len(labels) == 0 || len(labels) > 7 {
			t.Errorf("%s: %d labels", took, len(labels))
		}
		last := -100.0
		for _, l := range labels {
			at := percent(t, l.attrs["x"])
			if at-last < 14 {
				t.Errorf("%s: the label %s stands at %f, right behind %f", took, l.text, at, last)
			}
			last = at
		}
	}
}

func TestTheOverviewSaysHowLongTrafficStoodStill(t *testing.T) {
	for name, c := range map[string]struct {
		fixture string
		change  func(*upgrade.Report)
		want    string
	}{
		"a pair":                    {"completed-pair", nil, "not measured: the traffic of a pair moves once, at the end of the first reload"},
		"a pair in its first":       {"abandoned", func(r *upgrade.Report) { r.Outcome = "" }, "none yet: the traffic moves at the end of the first reload"},
		"a rollback":                {"rolled-back", nil, "14 min 22 s (862 seconds), by the rollback"},
		"a rollback under way":      {"rolled-back", func(r *upgrade.Report) { r.Outcome, r.Rollback.TrafficBack = "", time.Time{} }, "since 2027-03-07 01:51:33, and it lasts"},
		"a rollback given up":       {"rolled-back", func(r *upgrade.Report) { r.Outcome, r.Rollback.TrafficBack = upgrade.OutcomeAbandoned, time.Time{} }, "since 2027-03-07 01:51:33; that traffic came back was not seen"},
		"a rollback not yet begun":  {"rolled-back", func(r *upgrade.Report) { r.Rollback.TrafficStopped = time.Time{} }, "not measured"},
		"a standalone":              {"standalone", nil, "3 h 15 min (11712 seconds), counted from the submission"},
		"a standalone still empty":  {"standalone", func(r *upgrade.Report) { r.Outcome, r.Import = "", nil }, "since 2027-03-06 21:30:00, and it lasts"},
		"nothing reloaded":          {"aborted", nil, "none: nothing was reloaded"},
		"no plan":                   {"refused", nil, "none: nothing was reloaded"},
		"a reload that may not be":  {"abandoned", func(r *upgrade.Report) { r.Reloads, r.Nodes[0].ReloadID = 0, 0 }, "not known: a reload was submitted and is not known to have begun"},
		"an upgrade begun by hands": {"held", func(r *upgrade.Report) { r.Adopted = "the first reload is on" }, "not measured"},
	} {
		t.Run(name, func(t *testing.T) {
			r := fixture(t, c.fixture)
			if c.change != nil {
				c.change(&r)
			}
			facts := find(elements(t, html(t, r)), "dl", "facts")
			if len(facts) != 1 || !strings.Contains(facts[0].text, "Without traffic"+c.want) {
				t.Errorf("it does not say %q: %s", c.want, facts[0].text)
			}
		})
	}
}
