package upgrade_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func TestAMinimalRequestIsValid(t *testing.T) {
	var r upgrade.Request
	if err := json.Unmarshal([]byte(`{"gatewayId":5150,"targetVersion":"23.4R2-S3.9"}`), &r); err != nil {
		t.Fatal(err)
	}
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
	r = r.OrDefaults()
	if r.Approval != upgrade.ApprovalPerson || r.Preempt != upgrade.PreemptAsk || r.Window != nil || r.DryRun {
		t.Errorf("defaults %+v", r)
	}
	if diff := cmp.Diff(upgrade.DefaultTiming(), r.Timing); diff != "" {
		t.Errorf("timing (-want +got):\n%s", diff)
	}
}

func TestOrDefaultsKeepsWhatWasAskedFor(t *testing.T) {
	r := upgrade.Request{Approval: upgrade.ApprovalNone, Preempt: upgrade.PreemptRestore, Timing: upgrade.Timing{PlanNode: hours(3)}}.OrDefaults()
	if r.Approval != upgrade.ApprovalNone || r.Preempt != upgrade.PreemptRestore || r.Timing.PlanNode != hours(3) || r.Timing.Quiet == 0 {
		t.Errorf("request %+v", r)
	}
}

func TestARequestSurvivesJSON(t *testing.T) {
	want := validRequest()
	want.DryRun, want.Preempt, want.AcceptWarnings = true, upgrade.PreemptRestore, []int{1176, 1185}
	want.Window = &upgrade.Window{Start: evening(0, 0), End: evening(14, 0)}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got upgrade.Request
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after JSON (-want +got):\n%s", diff)
	}
}

func TestARequestThatLeavesThingsOutWritesNothingOfThem(t *testing.T) {
	text, err := json.Marshal(upgrade.Request{GatewayID: 5150, TargetVersion: newRelease})
	if want := `{"gatewayId":5150,"targetVersion":"23.4R2-S3.9"}`; err != nil || string(text) != want {
		t.Errorf("JSON %s, %v, want %s", text, err, want)
	}
}

func TestValidateTakes(t *testing.T) {
	for name, change := range map[string]func(*upgrade.Request){
		"a short version":     func(r *upgrade.Request) { r.TargetVersion = "23.4R2-S3" },
		"a version in words":  func(r *upgrade.Request) { r.TargetVersion = "Junos 23.4R2-S3.9" },
		"approval by nobody":  func(r *upgrade.Request) { r.Approval = upgrade.ApprovalNone },
		"approval left out":   func(r *upgrade.Request) { r.Approval = "" },
		"preempt deactivated": func(r *upgrade.Request) { r.Preempt = upgrade.PreemptDeactivate },
		"a window":            func(r *upgrade.Request) { r.Window = &upgrade.Window{Start: evening(0, 0), End: evening(0, 1)} },
		"all warnings": func(r *upgrade.Request) {
			r.AcceptWarnings = []int{1176, 1177, 1178, 1179, 1180, 1181, 1182, 1183, 1184, 1185}
		},
		"a hundred letters":  func(r *upgrade.Request) { r.Change, r.By = strings.Repeat("x", 100), strings.Repeat("y", 100) },
		"every allowed sign": func(r *upgrade.Request) { r.Change, r.By = "CHG#12:a/b_c-d.e", "p.l@example.net" },
		"nobody and nothing": func(r *upgrade.Request) { r.Change, r.By = "", "" },
	} {
		t.Run(name, func(t *testing.T) {
			r := validRequest()
			change(&r)
			if err := r.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestValidateRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*upgrade.Request)
		says  string
	}{
		"no gateway":                {func(r *upgrade.Request) { r.GatewayID = 0 }, "gatewayId 0"},
		"a negative gateway":        {func(r *upgrade.Request) { r.GatewayID = -5150 }, "gatewayId -5150"},
		"no version":                {func(r *upgrade.Request) { r.TargetVersion = "" }, "targetVersion"},
		"no release":                {func(r *upgrade.Request) { r.TargetVersion = "newest" }, "targetVersion"},
		"an unknown approval":       {func(r *upgrade.Request) { r.Approval = "Person" }, "approval"},
		"an unknown preempt policy": {func(r *upgrade.Request) { r.Preempt = "ask" }, "preempt"},
		"a window that ends first":  {func(r *upgrade.Request) { r.Window = &upgrade.Window{Start: evening(1, 0), End: evening(0, 0)} }, "window"},
		"an empty window":           {func(r *upgrade.Request) { r.Window = &upgrade.Window{Start: evening(1, 0), End: evening(1, 0)} }, "window"},
		"a window without an end":   {func(r *upgrade.Request) { r.Window = &upgrade.Window{Start: evening(1, 0)} }, "window"},
		"the code before":           {func(r *upgrade.Request) { r.AcceptWarnings = []int{1175} }, "1175"},
		"the code behind":           {func(r *upgrade.Request) { r.AcceptWarnings = []int{1176, 1186} }, "1186"},
		"an error's code":           {func(r *upgrade.Request) { r.AcceptWarnings = []int{1108} }, "1108"},
		"a change too long":         {func(r *upgrade.Request) { r.Change = strings.Repeat("x", 101) }, "change and by"},
		"a name too long":           {func(r *upgrade.Request) { r.By = strings.Repeat("x", 101) }, "change and by"},
		"a change with a line end":  {func(r *upgrade.Request) { r.Change = "CHG-1\n" }, "change and by"},
		"a name of two lines":       {func(r *upgrade.Request) { r.By = "me\nroot" }, "change and by"},
		"a change with a quote":     {func(r *upgrade.Request) { r.Change = `CHG-1" OR "1` }, "change and by"},
		"a name with a shell sign":  {func(r *upgrade.Request) { r.By = "$(id)" }, "change and by"},
		"a negative duration":       {func(r *upgrade.Request) { r.Timing.Quiet = -1 }, "negative duration"},
		"a negative count":          {func(r *upgrade.Request) { r.Timing.ConfirmMinutes = -1 }, "negative count"},
	} {
		t.Run(name, func(t *testing.T) {
			r := validRequest()
			c.spoil(&r)
			err := r.Validate()
			if err == nil {
				t.Fatal("it was taken")
			}
			if kind := upgrade.KindOf(err); kind != upgrade.Invalid {
				t.Errorf("kind %q", kind)
			}
			if !strings.Contains(err.Error(), c.says) || upgrade.AdviceOf(err) == "" {
				t.Errorf("error %q with advice %q, want %q in it and an advice", err, upgrade.AdviceOf(err), c.says)
			}
		})
	}
}

func TestAWindowFits(t *testing.T) {
	w := &upgrade.Window{Start: evening(0, 0), End: evening(12, 0)}
	for name, c := range map[string]struct {
		window *upgrade.Window
		now    time.Time
		needed upgrade.Duration
		says   string // "" fits
	}{
		"no window":                 {nil, evening(100, 0), hours(10), ""},
		"in the middle":             {w, evening(1, 0), hours(10), ""},
		"at its very start":         {w, evening(0, 0), hours(10), ""},
		"just long enough":          {w, evening(2, 0), hours(10), ""},
		"all of it":                 {w, evening(0, 0), hours(12), ""},
		"nothing needed at its end": {w, evening(12, 0), 0, ""},
		"before it opens":           {w, evening(0, -1), hours(10), "opens only at 2031-05-17T20:00:00Z"},
		"a second before":           {w, evening(0, 0).Add(-time.Second), hours(1), "opens only"},
		"a second too late":         {w, evening(2, 0).Add(time.Second), hours(10), "10h0m0s are planned"},
		"never long enough":         {w, evening(0, 0), hours(13), "12h0m0s are left"},
		"after its end":             {w, evening(12, 0).Add(time.Second), 0, "are left"},
		"long after it":             {w, evening(30, 0), hours(1), "are left"},
		"the same moment elsewhere": {w, evening(2, 0).In(time.FixedZone("west", -7*3600)), hours(10), ""},
		"too late seen from a zone": {w, evening(2, 1).In(time.FixedZone("east", 9*3600)), hours(10), "are left"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.window.Fits(c.now, c.needed)
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && err == nil:
				t.Error("it fits")
			case c.says != "":
				if upgrade.KindOf(err) != upgrade.TooLate || !strings.Contains(err.Error(), c.says) || upgrade.AdviceOf(err) == "" {
					t.Errorf("error %q of kind %q with advice %q, want %q in it", err, upgrade.KindOf(err), upgrade.AdviceOf(err), c.says)
				}
			}
		})
	}
}

func TestAnInstructionNeedsANameAndAReason(t *testing.T) {
	for name, c := range map[string]struct {
		by, reason string
		valid      bool
	}{
		"both":                {"platypus", "traffic is fine", true},
		"a long reason":       {"platypus", strings.Repeat("x", 500), true},
		"no name":             {"", "traffic is fine", false},
		"no reason":           {"platypus", "", false},
		"a reason too long":   {"platypus", strings.Repeat("x", 501), false},
		"a name too long":     {strings.Repeat("x", 101), "traffic is fine", false},
		"a name of two lines": {"me\nroot", "traffic is fine", false},
		"a name with a quote": {`"me"`, "traffic is fine", false},
		"neither":             {"", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			err := upgrade.Instruction{By: c.by, Reason: c.reason}.Validate()
			if (err == nil) != c.valid {
				t.Errorf("Validate = %v", err)
			}
			if err != nil && (upgrade.KindOf(err) != upgrade.Invalid || upgrade.AdviceOf(err) == "") {
				t.Errorf("kind %q, advice %q", upgrade.KindOf(err), upgrade.AdviceOf(err))
			}
		})
	}
}
