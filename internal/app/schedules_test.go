package app_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
)

// midnights is a window of an hour each night of June 2027, from midnight in UTC.
func midnights() upgrade.Calendar {
	days := []upgrade.Weekday{upgrade.Monday, upgrade.Tuesday, upgrade.Wednesday, upgrade.Thursday, upgrade.Friday, upgrade.Saturday, upgrade.Sunday}
	return upgrade.Calendar{Name: "midnights", Zone: "UTC", Weekdays: days, Start: "00:00", Length: upgrade.Duration(time.Hour), From: "2027-06-01", Until: "2027-06-30"}
}

func june(day, hour int) time.Time { return time.Date(2027, time.June, day, hour, 0, 0, 0, time.UTC) }

func TestAWindowThatPassedWithoutARunIsNamed(t *testing.T) {
	ran := func(days ...int) (runs []app.ScheduleRun) {
		for _, day := range days {
			runs = append(runs, app.ScheduleRun{Scheduled: june(day, 0)})
		}
		return runs
	}
	frozen := midnights()
	frozen.Freezes = []upgrade.Freeze{{From: "2027-06-04", To: "2027-06-04"}}
	for name, c := range map[string]struct {
		calendar     upgrade.Calendar
		created, now time.Time
		runs         []app.ScheduleRun
		want         []int
	}{
		"every one had its run":         {midnights(), june(2, 12), june(5, 12), ran(3, 4, 5), nil},
		"one in the middle had none":    {midnights(), june(2, 12), june(5, 12), ran(3, 5), []int{4}},
		"none had one":                  {midnights(), june(2, 12), june(5, 12), nil, []int{3, 4, 5}},
		"the one that is open may come": {midnights(), june(2, 12), june(4, 0).Add(time.Minute), ran(3), nil},
		"a frozen one has none":         {frozen, june(2, 12), june(5, 12), ran(3, 5), nil},
		"a triggered run serves none":   {midnights(), june(2, 12), june(4, 12), []app.ScheduleRun{{Scheduled: june(3, 0).Add(time.Minute)}, {Scheduled: june(4, 0)}}, []int{3}},
		"before it was created":         {midnights(), june(4, 12), june(5, 12), ran(5), nil},
		"before the ten that are known": {midnights(), june(2, 12), june(15, 12), ran(5, 6, 7, 8, 9, 10, 11, 12, 13, 15), []int{14}},
		"after its end":                 {midnights(), june(28, 12), june(28, 12).AddDate(0, 2, 0), ran(29, 30), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int
			for _, w := range app.Unserved(c.calendar, c.created, c.now, c.runs) {
				got = append(got, w.Start.Day())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
