package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func TestTheReadmesRequestIsComplete(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(text)
	if example == nil {
		t.Fatal("the README shows no request")
	}
	var req upgrade.Request
	if err := readJSON("-", bytes.NewReader(example[1]), &req); err != nil {
		t.Fatal(err)
	}
	if err := req.Validate(); err != nil {
		t.Error(err)
	}
	var shown map[string]any
	if err := json.Unmarshal(example[1], &shown); err != nil {
		t.Fatal(err)
	}
	full, err := json.Marshal(upgrade.Request{DryRun: true, Resume: true, Defer: true, Approval: "x", Preempt: "x", Window: &upgrade.Window{}, AcceptWarnings: []int{1}, Change: "x", By: "x", Timing: upgrade.DefaultTiming()})
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(full, &all); err != nil {
		t.Fatal(err)
	}
	for field := range all {
		if _, ok := shown[field]; !ok {
			t.Errorf("the README's request lacks the field %s", field)
		}
	}
}

func TestFlagsOverrideTheInput(t *testing.T) {
	input := `{"gatewayId":4711,"targetVersion":"22.2R2-S2.3","preempt":"restore","change":"CHG-1","acceptWarnings":[1176],"timing":{"poll":"2s"}}`
	o := order{input: "-", target: "23.4R2-S5.5", change: "CHG-2", approve: true, accept: []int{1177},
		windowStart: "2026-01-31T01:00:00Z", windowEnd: "2026-01-31T15:00:00Z"}
	got, err := o.request(4711, strings.NewReader(input))
	if err != nil {
		t.Fatal(err)
	}
	want := upgrade.Request{GatewayID: 4711, TargetVersion: "23.4R2-S5.5", Preempt: upgrade.PreemptRestore, Change: "CHG-2",
		Approval: upgrade.ApprovalNone, AcceptWarnings: []int{1176, 1177}, Timing: upgrade.Timing{Poll: upgrade.Duration(2 * time.Second)},
		Window: &upgrade.Window{Start: time.Date(2026, 1, 31, 1, 0, 0, 0, time.UTC), End: time.Date(2026, 1, 31, 15, 0, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
}

func TestABadInputFileIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ input, want string }{
		"no JSON":          {"gateway: 4711", "invalid character"},
		"unknown field":    {`{"gateway":4711}`, "unknown field"},
		"another gateway":  {`{"gatewayId":4712,"targetVersion":"23.4R2-S5.5"}`, "names gateway 4712"},
		"a bare number":    {`{"targetVersion":"23.4R2-S5.5","timing":{"poll":60}}`, "a duration is a text"},
		"a negative time":  {`{"targetVersion":"23.4R2-S5.5","timing":{"poll":"-60s"}}`, "negative duration"},
		"unknown approval": {`{"targetVersion":"23.4R2-S5.5","approval":"maybe"}`, "approval"},
		"unknown preempt":  {`{"targetVersion":"23.4R2-S5.5","preempt":"off"}`, "preempt"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := (&order{input: "-"}).request(4711, strings.NewReader(c.input))
			if upgrade.KindOf(err) != upgrade.Invalid || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
			if upgrade.AdviceOf(err) == "" {
				t.Error("there is no advice")
			}
		})
	}
}

func TestEveryKindOfErrorHasItsExitCode(t *testing.T) {
	for kind, want := range map[upgrade.Kind]int{
		upgrade.Invalid: 2, kindUsage: 2, upgrade.NotFound: 3, upgrade.Denied: 3, upgrade.Unsupported: 3, upgrade.Unhealthy: 3,
		upgrade.NotReady: 3, upgrade.Drifted: 3, upgrade.Refused: 3, upgrade.TooLate: 3, upgrade.Untrusted: 3, kindAborted: 4,
		upgrade.Unreachable: 5, upgrade.Internal: 1, upgrade.Overdue: 1, upgrade.Undecided: 1, upgrade.LockLost: 1, upgrade.Malformed: 1,
	} {
		if got := exitCode(kind); got != want {
			t.Errorf("%s exits with %d, want %d", kind, got, want)
		}
	}
}

func TestHelpFitsAScreenAndNamesEveryCommand(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"--help"}, &out, &errs); code != 0 || errs.Len() > 0 {
		t.Fatalf("exit code %d, stderr %q", code, &errs)
	}
	for _, name := range []string{"setup", "plan", "upgrade", "status", "approve", "retry", "abort", "report"} {
		if !strings.Contains(out.String(), "\n  "+name+" ") {
			t.Errorf("the help does not name %s", name)
		}
	}
	if n := strings.Count(out.String(), "\n"); n > 40 {
		t.Errorf("the help has %d lines", n)
	}
}
