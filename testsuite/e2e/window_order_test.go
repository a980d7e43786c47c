package e2e

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// wantRefused demands that a schedule is refused with reasons, and that none is there afterwards.
func (in *installation) wantRefused(t *testing.T, order upgrade.WindowOrder, reasons ...string) {
	t.Helper()
	code, out, text := in.starter("schedule", "create", "weekly", "--input", in.orderFile("weekly", order))
	if code != 2 {
		t.Errorf("exit code %d, want 2", code)
	}
	wantOneLineAndAdvice(t, out, text)
	for _, want := range reasons {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	if code, out, _ := in.starter("schedule", "list"); code != 0 || !strings.Contains(out, "there is no schedule") {
		t.Errorf("exit code %d, schedules %q", code, out)
	}
}

func TestABadScheduleIsRefusedWithEveryReasonAtOnceAndNothingIsCreated(t *testing.T) {
	behind := sim.DefaultGateways()[0]
	behind.ID, behind.Name, behind.Pod, behind.Offered = 4712, "gw-b", "dal09.pod02", behind.Offered[1:]
	in := install(t, append(badGateways(), behind)...)
	const never = "it never opens after "
	for _, c := range []struct {
		name   string
		change func(*upgrade.WindowOrder)
		want   []string
	}{
		{"a gateway named twice", func(o *upgrade.WindowOrder) { o.Gateways = []int{4711, 4711} }, []string{"gateway 4711 is named twice"}},
		// IBM's API answers for another account's gateway as for one that there never was.
		{"gateways unknown or of another account", func(o *upgrade.WindowOrder) { o.Gateways = []int{4711, 999999, 999998} }, []string{"reading gateway 999999: ", "reading gateway 999998: "}},
		{"a target not offered for one of two", func(o *upgrade.WindowOrder) { o.Gateways = []int{4711, 4712} }, []string{"gateway 4712 (gw-b): target 23.4R2-S5.5 is offered 0 times"}},
		{"gateways that cannot be upgraded", func(o *upgrade.WindowOrder) { o.Gateways = []int{4801, 4803} }, []string{"not a Juniper vSRX", "E3-1270 v6"}},
		{"a window that never opens", func(o *upgrade.WindowOrder) { o.Calendar.Until = "2026-01-01" }, []string{never}},
		{"a window that freezes keep shut for ever", func(o *upgrade.WindowOrder) {
			o.Calendar.Freezes = []upgrade.Freeze{{From: "2026-01-01", To: "2099-01-01"}}
		}, []string{never}},
		{"a window shorter than any upgrade", func(o *upgrade.WindowOrder) { o.Calendar.Length = upgrade.Duration(4 * time.Hour) }, []string{"it is 4h0m0s long and an upgrade needs "}},
		{"a window too short for a pair", func(o *upgrade.WindowOrder) { o.Calendar.Length = upgrade.Duration(9 * time.Hour) }, []string{"gateway 4711 (gw-a) needs 10h0m0s and the window is 9h0m0s long"}},
		{"freezes that overlap", func(o *upgrade.WindowOrder) {
			o.Calendar.Freezes = []upgrade.Freeze{{Name: "audit", From: "2031-02-01", To: "2031-02-03"}, {Name: "fair", From: "2031-02-03", To: "2031-02-05"}}
		}, []string{"freezes audit and fair overlap"}},
		{"an unknown zone", func(o *upgrade.WindowOrder) { o.Calendar.Zone = "Europe/Bonn" }, []string{`zone "Europe/Bonn" is no time zone`}},
		{"a query that finds nothing", func(o *upgrade.WindowOrder) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "edge-*"} }, []string{"the query finds no gateway"}},
		{"everything at once", func(o *upgrade.WindowOrder) {
			o.Gateways = []int{4711, 999999, 4711, 4712, 4801, 4803}
			o.Calendar.Zone, o.Calendar.Length = "Europe/Bonn", upgrade.Duration(time.Hour)
			o.Calendar.Freezes = []upgrade.Freeze{{Name: "audit", From: "2031-02-03", To: "2031-02-01"}}
		}, []string{"gateway 4711 is named twice", `zone "Europe/Bonn"`, "freeze audit ends before it begins", "it is 1h0m0s long", "999999", "gateway 4712 (gw-b): target", "not a Juniper vSRX", "E3-1270 v6"}},
	} {
		order := ordered(opensIn(time.Hour, 12*time.Hour), 5*time.Hour, 4711)
		c.change(&order)
		t.Run(c.name, func(t *testing.T) { in.wantRefused(t, order, c.want...) })
	}
	in.wantNothingWritten()
}

// The gateways of a query are found anew in each window: the one of before is not on record with the old version any more.
func TestAScheduleByQueryUpgradesWhatItFindsInEachWindow(t *testing.T) {
	world := pairs("dal09.pod02")
	core := world[0]
	core.ID, core.Name, core.Pod = 4713, "core-a", "dal09.pod03"
	in := brisk(t, append(world, core)...)
	order := ordered(opensIn(0, 6*time.Minute), 10*time.Second)
	in.schedule("weekly", order, "--query-name", "gw-*", "--query-pod", "dal09.pod01", "--query-from", "22.2R2-S2")
	in.trigger("weekly")
	r := in.window("weekly")
	wantStates(t, r, upgrade.WindowCompleted)
	if n := in.upgrades(); n != 1 || r.Upgrades[0].GatewayID != 4711 {
		t.Errorf("%d upgrades were started: %+v", n, r.Upgrades)
	}
	in.trigger("weekly")
	end := time.Now().Add(patience)
	for ; time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		if runs := in.show("weekly").Runs; len(runs) == 2 && runs[1].Result != nil {
			if again := *runs[1].Result; !again.Ended || len(again.Upgrades) != 0 {
				t.Errorf("the second run says %+v", again)
			}
			break
		}
	}
	if !time.Now().Before(end) {
		t.Errorf("the second run has no end: %+v", in.show("weekly"))
	}
	in.wantNoViolation(2)
}
