package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// reportOfAll is a check with one result of each verdict.
func reportOfAll(verdict upgrade.CheckVerdict) upgrade.CheckReport {
	return upgrade.CheckReport{GatewayID: 5150, Verdict: verdict, Results: []upgrade.CheckResult{
		{Name: "pod", Subject: "gateway", Verdict: upgrade.CheckPass, Evidence: "no other gateway is busy", Remedy: "wait for the other one"},
		{Name: "users", Subject: "gateway", Verdict: upgrade.CheckWarn, Evidence: "1 login", Remedy: "tell them"},
		{Name: "peer-off", Subject: "gateway", Verdict: upgrade.CheckSkipped, Evidence: "no peer has to be off"},
		{Name: "lint", Subject: "gateway", Verdict: upgrade.CheckError, Evidence: "not read", Remedy: "find out why"},
		{Name: "host-telnet", Subject: "edge-a", Verdict: upgrade.CheckFail, Code: 1116, Evidence: "telnet is not installed", Remedy: "apt-get install telnet"},
	}}
}

func TestTheTableShowsWhatAPersonMustKnowFirst(t *testing.T) {
	for name, c := range map[string]struct {
		everything bool
		lines      []string // the beginnings, blanks reduced
	}{
		"in short": {false, []string{"fail host-telnet (1116) edge-a telnet is not installed", "→ apt-get install telnet", "error lint gateway not read", "→ find out why",
			"warn users gateway 1 login", "→ tell them", "", "gateway 5150: NOT READY (1 passed, 1 warn, 1 failed, 1 could not be asked, 1 do not apply)"}},
		"in full": {true, []string{"fail host-telnet (1116) edge-a telnet is not installed", "→ apt-get install telnet", "error lint gateway not read", "→ find out why",
			"warn users gateway 1 login", "→ tell them", "pass pod gateway no other gateway is busy", "skipped peer-off gateway no peer has to be off", "",
			"gateway 5150: NOT READY (1 passed, 1 warn, 1 failed, 1 could not be asked, 1 do not apply)"}},
	} {
		t.Run(name, func(t *testing.T) {
			lines := strings.Split(checkTable(reportOfAll(upgrade.CheckFail), c.everything), "\n")
			for i := range lines {
				lines[i] = strings.Join(strings.Fields(lines[i]), " ")
			}
			if got, want := strings.Join(lines, "\n"), strings.Join(c.lines, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestTheTableSaysTheVerdictInWords(t *testing.T) {
	for verdict, want := range map[upgrade.CheckVerdict]string{
		upgrade.CheckPass: "READY (", upgrade.CheckWarn: "READY, with warnings (", upgrade.CheckFail: "NOT READY (", upgrade.CheckError: "COULD NOT TELL (",
	} {
		if text := checkTable(upgrade.CheckReport{GatewayID: 5150, Verdict: verdict}, false); !strings.HasPrefix(text, "gateway 5150: "+want) {
			t.Errorf("%s is said as %q", verdict, text)
		}
	}
}

func TestTheReleaseThatWasCheckedForIsSaidInTableAndJSON(t *testing.T) {
	r := upgrade.CheckReport{GatewayID: 5150, Target: "23.4R2-S5.5", Verdict: upgrade.CheckPass}
	if text := checkTable(r, false); !strings.HasPrefix(text, "gateway 5150: READY for 23.4R2-S5.5 (") {
		t.Errorf("the table says %q", text)
	}
	var out bytes.Buffer
	if err := (&shared{json: true}).print(&out, r, "in words"); err != nil || !strings.Contains(out.String(), `"target": "23.4R2-S5.5"`) {
		t.Errorf("the JSON is %s, %v", &out, err)
	}
}

func TestTheTableSaysUntilWhenIBMsChecksHold(t *testing.T) {
	r := upgrade.CheckReport{GatewayID: 5150, Verdict: upgrade.CheckPass}
	if text := checkTable(r, false); strings.Contains(text, "valid") {
		t.Errorf("IBM's checks did not run: %s", text)
	}
	r.ValidTo = time.Date(2031, time.May, 6, 21, 30, 0, 0, time.Local)
	if text := checkTable(r, false); !strings.HasSuffix(text, "\nIBM's checks are valid until 2031-05-06 21:30:00") {
		t.Errorf("the table ends otherwise: %s", text)
	}
}

func TestACheckIsPrintedAsJSONWhenAskedFor(t *testing.T) {
	var out bytes.Buffer
	if err := (&shared{json: true}).print(&out, reportOfAll(upgrade.CheckFail), "in words"); err != nil {
		t.Fatal(err)
	}
	var r upgrade.CheckReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Verdict != upgrade.CheckFail || len(r.Results) != 5 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAnOrderThatMakesNoSenseIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:9") // who asks is told so
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a target that is none": {[]string{"--target", "latest"}, "not a Junos release"},
		"an error as warning":   {[]string{"--accept-warning", "1110"}, "cannot be accepted"},
		"a missing order":       {[]string{"--input", "/nonexistent/order.json"}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(t.Context(), append([]string{"check", "5150"}, c.args...), &out, &errs)
			lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
			if code != checkCouldNotTell || out.Len() > 0 || len(lines) != 2 || !strings.Contains(lines[0], c.want) || !strings.HasPrefix(lines[1], "  → ") {
				t.Errorf("exit code %d, standard output %q, standard error %q; want 3, nothing, and %q with advice", code, &out, &errs, c.want)
			}
		})
	}
}

func TestAFaultOfACheckKeepsItsKindAndAdviceUnderItsExitCode(t *testing.T) {
	for _, kind := range []upgrade.Kind{upgrade.Invalid, upgrade.Denied, upgrade.Unreachable} {
		err := couldNotTell(upgrade.Errorf(kind, "no answer").Advise("look at the worker"))
		got, text, advice := explain(err)
		if got != kind || text != "no answer" || advice != "look at the worker" {
			t.Errorf("%s is explained as %s, %q, %q", kind, got, text, advice)
		}
		if code := err.(interface{ ExitCode() int }).ExitCode(); code != 3 {
			t.Errorf("%s exits with %d", kind, code)
		}
	}
	if text := fmt.Sprint(answer{upgrade.Errorf(upgrade.NotReady, "gateway 5150 is not ready"), checkNotReady}); text != "gateway 5150 is not ready" {
		t.Errorf("it says %q", text)
	}
}
