package upgrade

import (
	"slices"
	"sort"
	"time"
)

// timetable is a calendar that has been read.
type timetable struct {
	zone     *time.Location
	weekdays []time.Weekday
	monthly  []monthly
	dates    []time.Time // midnights in UTC, for the day alone
	start    time.Duration
	length   time.Duration
	from     time.Time // zero is without bound
	until    time.Time // exclusive
	freezes  []freeze
}

type monthly struct {
	nth     int // 1 to 5, 0 is the last
	weekday time.Weekday
}

type freeze struct {
	Window
	name string
}

// on reports whether windows open on a day, given as its midnight in UTC.
func (t timetable) on(day time.Time) bool {
	return slices.Contains(t.weekdays, day.Weekday()) || slices.ContainsFunc(t.dates, day.Equal) ||
		slices.ContainsFunc(t.monthly, func(m monthly) bool { return m.on(day) })
}

func (m monthly) on(day time.Time) bool {
	if day.Weekday() != m.weekday {
		return false
	}
	if m.nth == 0 {
		return day.AddDate(0, 0, 7).Month() != day.Month()
	}
	return (day.Day()-1)/7+1 == m.nth
}

// instant is when the zone's clock first shows what wall shows in UTC, or has just skipped it. time.Date leaves open
// which of two instants it takes where clocks change, and Time.ZoneBounds errs on the last day of a leap year (Go 1.26).
func (t timetable) instant(wall time.Time) time.Time {
	shown := func(at time.Time) time.Time {
		_, offset := at.In(t.zone).Zone()
		return at.Add(time.Duration(offset) * time.Second)
	}
	var found []time.Time // one for each offset around the day; some do not show wall
	// No offset is further from UTC than 15 hours, and none has ever lasted less than three.
	for at := wall.Add(-36 * time.Hour); !at.After(wall.Add(36 * time.Hour)); at = at.Add(3 * time.Hour) {
		offset := shown(at).Sub(at)
		found = append(found, wall.Add(-offset))
	}
	slices.SortFunc(found, time.Time.Compare)
	for _, at := range found {
		if shown(at).Equal(wall) {
			return at
		}
	}
	// The clock jumps from before to after wall somewhere between the two candidates.
	first, last := found[0], found[len(found)-1]
	seconds := sort.Search(int(last.Sub(first)/time.Second), func(i int) bool { return !shown(first.Add(time.Duration(i) * time.Second)).Before(wall) })
	return first.Add(time.Duration(seconds) * time.Second)
}

// frozen names the freeze that a window overlaps, "" for none.
func (t timetable) frozen(w Window) string {
	for _, f := range t.freezes {
		if w.Start.Before(f.End) && f.Start.Before(w.End) {
			return f.name
		}
	}
	return ""
}
