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

	"vsrx-upgrade/internal/upgrade"
)

// reader is where the tests' person sits, all year an hour and a half east of UTC.
func reader() *time.Location { return time.FixedZone("", 90*60) }

// halted is a fleet whose canary is done and of which one holds.
func halted() *upgrade.FleetReport {
	h := upgrade.Duration(time.Hour)
	return &upgrade.FleetReport{Name: "rims", Target: "23.4R2-S2.1", State: upgrade.FleetHalted, Reason: "1 in trouble", Halt: "1 in trouble", Begun: time.Date(2027, time.August, 9, 18, 30, 0, 0, time.UTC),
		Decisions: []upgrade.Decision{{Name: "pause", By: "R. Adeyemi", Reason: "lunch", At: time.Date(2027, time.August, 9, 19, 30, 0, 0, time.UTC)}},
		FleetPlan: upgrade.FleetPlan{Makespan: 18 * h, Bound: 17 * h, Waves: []upgrade.WaveReport{
			{Name: "canary", Passed: true, Soak: h, End: 8 * h, Gateways: []upgrade.FleetGateway{{ID: 31, Name: "rim-1", Pod: "ams03.pod01", State: upgrade.GatewayCompleted, Needed: 8 * h, Run: "r31", From: 60, To: 28860}}},
			{Name: "rest", Start: 9 * h, End: 17 * h, Gateways: []upgrade.FleetGateway{
				{ID: 32, Name: "rim-2", Pod: "ams03.pod02", State: upgrade.GatewayHeld, Reason: "=storage is full", Needed: 8 * h, At: 9 * h, Run: "r32", From: 32400, Open: true},
				{ID: 33, Name: "rim-3", Pod: "ams03.pod02", State: upgrade.GatewayWaiting, Needed: 8 * h, At: 17 * h}}}}}}
}

func TestAFleetIsShownOneLineAGateway(t *testing.T) {
	want := []string{"fleet rims → 23.4R2-S2.1: halted 1 in trouble", "1 completed, 1 held, 1 waiting", "",
		"WAVE GATEWAY POD STATE STARTED TOOK NOTE",
		"canary 31 rim-1 ams03.pod01 completed 2027-08-09 20:01:00 +0130 8h0m0s",
		"rest 32 rim-2 ams03.pod02 held 2027-08-10 05:00:00 +0130 – =storage is full",
		"rest 33 rim-3 ams03.pod02 waiting – –", "",
		"2027-08-09 21:00:00 +0130 pause by R. Adeyemi: lunch",
		"begun 2027-08-09 20:00:00 +0130 (2027-08-09 18:30:00Z)",
		"a gateway's own report: starter report GATEWAY; their keys in the archive: starter fleet report rims --format csv"}
	if diff := cmp.Diff(want, lines(fleetTable(halted(), reader()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestThePlanOfAFleetIsShownWithItsCalendar(t *testing.T) {
	r := halted()
	r.Waves[0].Gateways[0].State = upgrade.GatewayDone
	r.Waves[1].Gateways[0].State, r.Waves[1].Gateways[0].Ready = upgrade.GatewayWaiting, upgrade.CheckFail
	r.Waves[1].Gateways[1].Ready = upgrade.CheckWarn
	r.Waves[1].Gateways[0].At -= upgrade.Duration(2 * time.Second) // planned 2 s after the beginning, for a window that opens at 05:00
	r.Unfit = []string{"rest: gateway 33 is too late"}
	want := []string{"fleet rims → 23.4R2-S2.1: 3 gateways, 1 of them done already", "",
		"WAVE GATEWAY POD START END READY NOTE",
		"canary 31 rim-1 ams03.pod01 – – – done already",
		"rest 32 rim-2 ams03.pod02 2027-08-10 05:00 +0130 2027-08-10 13:00 +0130 fail =storage is full",
		"rest 33 rim-3 ams03.pod02 2027-08-10 13:00 +0130 2027-08-10 21:00 +0130 warn", "",
		"WAVE GATEWAYS FIRST START LAST END IN UTC SOAK",
		"canary 1 2027-08-09 20:00 +0130 2027-08-10 04:00 +0130 2027-08-09 18:30 to 2027-08-10 02:30 1h",
		"rest 2 2027-08-10 05:00 +0130 2027-08-10 13:00 +0130 2027-08-10 03:30 to 2027-08-10 11:30 0s",
		"does not fit: rest: gateway 33 is too late",
		"about 18h in all; no order of these waves takes less than 17h"}
	if diff := cmp.Diff(want, lines(planTable(r, reader()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheReportOfAFleetNamesEachGatewaysReport(t *testing.T) {
	var text bytes.Buffer
	if err := fleetCSV(&text, halted()); err != nil {
		t.Fatal(err)
	}
	want := "wave,gateway,name,pod,state,started,took,report,note\n" +
		"canary,31,rim-1,ams03.pod01,completed,2027-08-09T18:31:00Z,8h0m0s,upgrades/31/r31/report.json,\n" +
		"rest,32,rim-2,ams03.pod02,held,2027-08-10T03:30:00Z,,,'=storage is full\n" +
		"rest,33,rim-3,ams03.pod02,waiting,,,,\n"
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheHTMLOfAFleetEscapesWhatPeopleWrote(t *testing.T) {
	r := halted()
	r.Decisions[0].Reason = "<script>alert(1)</script>"
	var text bytes.Buffer
	if err := fleetHTML(&text, r, reader()); err != nil {
		t.Fatal(err)
	}
	if s := text.String(); strings.Contains(s, "<script>") || !strings.Contains(s, "&lt;script&gt;") {
		t.Errorf("the page is %s", s)
	}
}

func TestThePageOfAFleetLeadsToEachReportAndTellsTheTimeTwice(t *testing.T) {
	var text bytes.Buffer
	if err := fleetHTML(&text, halted(), reader()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<a href="#31">31 rim-1</a>`, `<dt id="31">31 rim-1<dd><code>starter archive get upgrades/31/r31/report.json</code>`,
		"begun 2027-08-09 20:00:00 &#43;0130 (2027-08-09 18:30:00Z)", "<td>2027-08-10 05:00:00 &#43;0130<td>–<td>=storage is full"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q lacks %q", &text, want)
		}
	}
	if strings.Contains(text.String(), `href="#32"`) {
		t.Error("there is a link to the report of an upgrade that has none")
	}
}

func TestALengthIsSaidWithoutTheZerosThatGoPrints(t *testing.T) {
	for want, d := range map[string]time.Duration{"0s": 0, "45s": 45 * time.Second, "10m": 10 * time.Minute, "24h": 24 * time.Hour, "10h10m": 610 * time.Minute,
		"1h0m5s": time.Hour + 5*time.Second, "1m30s": 90 * time.Second} {
		if got := span(upgrade.Duration(d)); got != want {
			t.Errorf("%s is said as %q, want %q", d, got, want)
		}
	}
}

func TestTheExitCodeSaysHowAFleetStands(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.FleetReport)
		want   int
	}{
		"halted":                   {func(*upgrade.FleetReport) {}, 3},
		"going on":                 {func(r *upgrade.FleetReport) { r.Halt, r.State = "", upgrade.FleetUpgrading }, 0},
		"ended with gateways left": {func(r *upgrade.FleetReport) { r.Halt, r.State = "", upgrade.FleetEnded }, 3},
		"ended with all upgraded": {func(r *upgrade.FleetReport) {
			r.Halt, r.State = "", upgrade.FleetEnded
			for _, g := range r.All() {
				g.State = upgrade.GatewayCompleted
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, got := halted(), 0
			c.change(r)
			if err := verdictOf(r); err != nil {
				kind, _, advice := explain(err)
				if got = exitCode(kind); advice == "" {
					t.Error("there is no advice")
				}
			}
			if got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
		})
	}
}

func TestAFleetStandsOnceItHasHaltedAndNothingOfItMoves(t *testing.T) {
	r := halted()
	if !fleetStands(r) {
		t.Error("one that holds is taken for one that runs")
	}
	r.Waves[1].Gateways[0].State = upgrade.GatewayRunning
	if fleetStands(r) {
		t.Error("one that runs is not waited for")
	}
	r.Waves[1].Gateways[0].State, r.State = upgrade.GatewayHeld, upgrade.FleetUpgrading
	if fleetStands(r) {
		t.Error("a fleet within its budget goes on by itself")
	}
}

func TestThePlanFailsWhereAGatewayIsNotReadyOrDoesNotFit(t *testing.T) {
	ready := func() *upgrade.FleetReport {
		r := halted()
		for _, g := range r.All() {
			g.State, g.Ready = upgrade.GatewayWaiting, upgrade.CheckPass
		}
		return r
	}
	if err := unready(ready()); err != nil {
		t.Errorf("a fleet that is ready: %v", err)
	}
	for _, verdict := range []upgrade.CheckVerdict{upgrade.CheckFail, upgrade.CheckError, ""} {
		r := ready()
		r.Waves[1].Gateways[1].Ready = verdict
		if kind := upgrade.KindOf(unready(r)); kind != upgrade.NotReady {
			t.Errorf("verdict %q gives kind %q", verdict, kind)
		}
	}
	r := ready()
	r.Unfit = []string{"rest: gateway 33 is too late"}
	if kind := upgrade.KindOf(unready(r)); kind != upgrade.TooLate {
		t.Errorf("what does not fit gives kind %q", kind)
	}
}

// Bad input is refused before anybody is asked: the server of these tests does not exist.
func TestBadInputOfFleetIsRefused(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	t.Setenv("USER", "")
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "fleet.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	twice := file("name: rims\ntargetVersion: 23.4R2-S2.1\ngateways: [31, 31]\n")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a command that is none":   {[]string{"fleet", "stop"}, `"stop" is no command of fleet`},
		"no file":                  {[]string{"fleet", "start"}, "exactly one file is needed"},
		"a file that is not there": {[]string{"fleet", "plan", "/nowhere/fleet.yaml"}, "no such file"},
		"an unknown key":           {[]string{"fleet", "plan", file("nam: x\n")}, `unknown key "nam"`},
		"a gateway twice":          {[]string{"fleet", "start", twice}, "gateway 31 is named twice"},
		"no fleet":                 {[]string{"fleet", "status"}, "exactly one fleet is needed"},
		"a form that is none":      {[]string{"fleet", "report", "rims", "--format", "pdf"}, `"pdf" is no form`},
		"nobody":                   {[]string{"fleet", "resume", "rims", "--reason", "repaired"}, "needs by"},
		"without a reason":         {[]string{"fleet", "pause", "rims", "--by", "R. Adeyemi"}, "needs by"},
		"skip of no gateway":       {[]string{"fleet", "skip", "rims", "--by", "R. Adeyemi", "--reason", "sold"}, "no gateway is named"},
		"pause of a gateway":       {[]string{"fleet", "pause", "rims", "--gateway", "31"}, "unknown flag"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), c.args, &out, &errs)
			if code != 2 || !strings.Contains(errs.String(), c.want) || !strings.Contains(errs.String(), "→") || out.Len() != 0 {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %q", code, &out, &errs, c.want)
			}
		})
	}
}
