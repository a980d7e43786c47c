package activities_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func TestCheckReadinessKeepsIBMsLogsAndGoesOnWithoutThoseThatCannotBeHad(t *testing.T) {
	const (
		one, two  = "upgrades/4711/readiness-1/1/83001/precheck.log", "upgrades/4711/readiness-1/1/83002/precheck.log"
		keptOne   = "IBM's log of the checks on host north-h1: " + one
		keptTwo   = "IBM's log of the checks on host north-h2: " + two
		notStored = "IBM's log of the checks on host north-h1 was not stored: "
	)
	both := map[string]string{one: "one is ready\n", two: "two is ready\n"}
	second := map[string]string{two: "two is ready\n"}
	for name, c := range map[string]struct {
		change func(*world)
		stored map[string]string
		said   []string
	}{
		"both":     {func(*world) {}, both, []string{keptOne, keptTwo}},
		"no login": {func(w *world) { w.hostLogins[address1] = fails[string](errors.New("no route")) }, second, nil},
		"no log": {func(w *world) {
			w.checkLogs[address1] = fails[string](upgrade.Errorf(upgrade.NotFound, "no log yet"))
		}, second, []string{notStored + "storing " + one + ": no log yet", keptTwo}},
		"the archive is full": {func(w *world) { w.puts = fails[string](errors.New("full")) }, map[string]string{},
			[]string{notStored + "full", "IBM's log of the checks on host north-h2 was not stored: full"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), checking()
			in.Folder = "upgrades/4711/readiness-1"
			c.change(w)
			got, err := run(w, w.activities().CheckReadiness, in)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Rows) != 4 || len(got.Logs) != 2 {
				t.Errorf("%d rows, logs %q", len(got.Rows), got.Logs)
			}
			if diff := cmp.Diff(c.said, got.Logs); c.said != nil && diff != "" {
				t.Errorf("said (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(c.stored, w.stored); diff != "" {
				t.Errorf("stored (-want +got)\n%s", diff)
			}
			if w.open != 0 {
				t.Errorf("%d sessions are left open", w.open)
			}
		})
	}
}
