package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
)

const saturdayFile = `name: saturdays
zone: Europe/Lisbon
weekdays: [saturday]
start: "23:00"
length: 12h
`

// windowFile writes a window to a file.
func windowFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "window.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Bad input is refused although the server of these tests does not exist.
func TestBadInputOfScheduleIsRefused(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	t.Setenv("USER", "")
	good := windowFile(t, saturdayFile)
	short := windowFile(t, strings.Replace(saturdayFile, "12h", "4h", 1))
	typo := windowFile(t, strings.Replace(saturdayFile, "length:", "lenght:", 1))
	create := func(window string, more ...string) []string {
		return append([]string{"schedule", "create", "south", "--window", window}, more...)
	}
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"an unknown command":        {[]string{"schedule", "make"}, []string{`schedule has no command "make"`}},
		"create without a name":     {[]string{"schedule", "create", "--window", good}, []string{"exactly one schedule name"}},
		"create without a window":   {[]string{"schedule", "create", "south", "--gateways", "61", "--target", "23.4R2-S4"}, []string{"no window"}},
		"create without a target":   {create(good, "--gateways", "61"), []string{"no target version"}},
		"create without gateways":   {create(good, "--target", "23.4R2-S4"), []string{"either gateways or a query"}},
		"a file that is not there":  {create(good+".old", "--gateways", "61", "--target", "23.4R2-S4"), []string{"no such file"}},
		"a typo in the file":        {create(typo, "--gateways", "61", "--target", "23.4R2-S4"), []string{"line 5: unknown key lenght"}},
		"a window too short":        {create(short, "--gateways", "61", "--target", "23.4R2-S4"), []string{"it is 4h0m0s long and an upgrade needs 6h0m0s"}},
		"everything at once":        {create(short, "--gateways", "61,61,-2", "--target", "newest"), []string{"targetVersion", "gateway 61 is named twice", "gateway -2", "an upgrade needs 6h0m0s"}},
		"ids and a query":           {create(good, "--gateways", "61", "--query-name", "shore-*", "--target", "23.4R2-S4"), []string{"either gateways or a query"}},
		"a gateway by name":         {create(good, "--gateways", "shore", "--target", "23.4R2-S4"), []string{"invalid argument"}},
		"show without a name":       {[]string{"schedule", "show"}, []string{"exactly one schedule name"}},
		"next of nothing":           {[]string{"schedule", "next"}, []string{"either the name of a schedule or --window"}},
		"next of two things":        {[]string{"schedule", "next", "south", "--window", good}, []string{"either the name of a schedule or --window"}},
		"next of none":              {[]string{"schedule", "next", "--window", good, "--count", "0"}, []string{"--count 0 is not"}},
		"pause by nobody":           {[]string{"schedule", "pause", "south", "--reason", "freeze"}, []string{"an instruction needs by"}},
		"resume without a reason":   {[]string{"schedule", "resume", "south", "--by", "I. Brandt"}, []string{"an instruction needs by"}},
		"list with a word too many": {[]string{"schedule", "list", "south"}, []string{"one word too many"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), c.args, &out, &errs)
			if code != 2 || out.Len() != 0 || !strings.Contains(errs.String(), "→") {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, &out, &errs)
			}
			for _, want := range c.want {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("%q lacks %q", &errs, want)
				}
			}
		})
	}
}

func TestGoodInputOfScheduleAsksTheServer(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	signed := []string{"--by", "I. Brandt", "--reason", "freeze"}
	for _, args := range [][]string{
		{"schedule", "create", "south", "--window", windowFile(t, saturdayFile), "--gateways", "61,62", "--target", "23.4R2-S4"},
		{"schedule", "list"}, {"schedule", "show", "south"}, {"schedule", "next", "south"}, {"schedule", "trigger", "south"},
		{"schedule", "renew", "south"}, {"schedule", "delete", "south"},
		append([]string{"schedule", "pause", "south"}, signed...), append([]string{"schedule", "resume", "south"}, signed...),
	} {
		t.Run(strings.Join(args[:2], " "), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			var out, errs bytes.Buffer
			if code := run(ctx, args, &out, &errs); code != 5 || !strings.Contains(errs.String(), "no Temporal server answers at 127.0.0.1:1") {
				t.Errorf("exit code %d, stderr %q", code, &errs)
			}
		})
	}
}

func TestTheNextWindowsOfAFileNeedNoServer(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"schedule", "next", "--window", windowFile(t, saturdayFile), "--count", "3"}, &out, &errs); code != 0 || len(lines(out.String())) != 4 {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, &out, &errs)
	}
}

func TestWindowsAreShownByTheirOwnClockAndInUTC(t *testing.T) {
	c, err := upgrade.ReadCalendar([]byte(saturdayFile))
	if err != nil {
		t.Fatal(err)
	}
	c.Freezes = []upgrade.Freeze{{Name: "audit", From: "2027-04-03", To: "2027-04-03"}}
	list := c.Occurrences(time.Date(2027, 3, 22, 0, 0, 0, 0, time.UTC), 2, true)
	want := []string{"OPENS (Europe/Lisbon) CLOSES OPENS (UTC) CLOSES (UTC)",
		"Sat 2027-03-27 23:00:00 +0000 Sun 2027-03-28 12:00:00 +0100 2027-03-27 23:00:00Z 2027-03-28 11:00:00Z",
		"Sat 2027-04-03 23:00:00 +0100 Sun 2027-04-04 11:00:00 +0100 2027-04-03 22:00:00Z 2027-04-04 10:00:00Z FROZEN: audit"}
	if diff := cmp.Diff(want, lines(occurrenceTable(c, list))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAScheduleIsShownWithWhatDidNotHappen(t *testing.T) {
	at := time.Date(2027, 8, 7, 22, 0, 0, 0, time.UTC)
	v := app.ScheduleView{ScheduleLine: app.ScheduleLine{Name: "south", Paused: true, Note: "paused by I. Brandt: freeze", Next: at},
		Order: upgrade.WindowOrder{Gateways: []int{61, 62}, TargetVersion: "23.4R2-S4", Calendar: upgrade.Calendar{Name: "saturdays", Zone: "Europe/Lisbon", Length: upgrade.Duration(12 * time.Hour)}},
		Held:  99, Last: at.AddDate(2, 0, 0), Catchup: upgrade.Duration(2 * time.Hour), Overlap: 1, Missed: 2,
		Unserved: []upgrade.Window{{Start: at, End: at.Add(12 * time.Hour)}},
		Runs: []app.ScheduleRun{{Scheduled: at, Error: "401"}, {Scheduled: at, Workflow: "window/south-1"},
			{Scheduled: at, Result: &upgrade.WindowReport{Notes: []string{"the schedule was not renewed"}, Upgrades: []upgrade.WindowUpgrade{
				{WindowTarget: upgrade.WindowTarget{GatewayID: 61, Gateway: "shore-a"}, State: upgrade.WindowHeld, Reason: "code 1110"}}}}}}
	want := []string{"schedule south, paused: paused by I. Brandt: freeze", "window saturdays, 12h0m0s long, Europe/Lisbon", "gateways 61, 62", "target 23.4R2-S4",
		"next 2027-08-07 22:00:00Z; 99 are known, the last one at 2029-08-07 22:00:00Z", "late a run is caught up to 2h0m0s after its window has opened",
		"not run 1 because another run was open, 2 because it was too late", "the window from 2027-08-07 22:00:00Z to 2027-08-08 10:00:00Z had no run",
		"run 2027-08-07 22:00:00Z failed: 401", "run 2027-08-07 22:00:00Z is open: window/south-1", "run 2027-08-07 22:00:00Z 1 held", "61 shore-a: held code 1110", "the schedule was not renewed"}
	if diff := cmp.Diff(want, lines(scheduleText(v))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	v.Order.Gateways, v.Order.Query = nil, &upgrade.GatewayQuery{NamePattern: "shore-*", FromVersion: "22.2R2"}
	if text := scheduleText(v); !strings.Contains(text, "all with name shore-*, from 22.2R2") {
		t.Errorf("the query is shown as %s", text)
	}
}

func TestSchedulesAreListedOneALine(t *testing.T) {
	at := time.Date(2027, 8, 7, 22, 0, 0, 0, time.UTC)
	want := []string{"NAME STATE NEXT (UTC) NOTE", "north active 2027-08-07 22:00:00Z window saturdays", "south paused – freeze"}
	if diff := cmp.Diff(want, lines(scheduleTable([]app.ScheduleLine{{Name: "north", Next: at, Note: "window saturdays"}, {Name: "south", Paused: true, Note: "freeze"}}))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"there is no schedule"}, lines(scheduleTable(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
