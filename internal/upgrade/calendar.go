package upgrade

import (
	"iter"
	"strings"
	"time"
)

// Calendar says when maintenance windows open: on which days, at what time of a zone's clock, for how long, and when not
// at all. Weekdays, Monthly and Dates add up.
//
// A window is Length of real time, also where clocks change in it. A start that the clock skips is the first instant
// after the gap; of a start that comes twice the first counts.
type Calendar struct {
	Name     string     `json:"name" yaml:"name"`
	Zone     string     `json:"zone" yaml:"zone"`                             // IANA name, such as Europe/Berlin
	Weekdays []Weekday  `json:"weekdays,omitempty" yaml:"weekdays,omitempty"` // every week
	Monthly  []MonthDay `json:"monthly,omitempty" yaml:"monthly,omitempty"`   // such as the last Sunday
	Dates    []string   `json:"dates,omitempty" yaml:"dates,omitempty"`       // such as 2027-02-13
	Start    string     `json:"start" yaml:"start"`                           // such as 22:00 or 22:00:30
	Length   Duration   `json:"length" yaml:"-"`                              // ReadCalendar reads it as a text
	// From and Until bound when a window may open: dates, the last one included, or instants in RFC 3339.
	From  string `json:"from,omitempty" yaml:"from,omitempty"`
	Until string `json:"until,omitempty" yaml:"until,omitempty"`
	// Freezes are times in which nothing is upgraded. A window that overlaps one does not open at all: half a window
	// would start upgrades that it cannot finish.
	Freezes []Freeze `json:"freezes,omitempty" yaml:"freezes,omitempty"`
}

// Weekday is a day of the week by its English name in small letters.
type Weekday string

// The days of the week.
const (
	Monday    Weekday = "monday"
	Tuesday   Weekday = "tuesday"
	Wednesday Weekday = "wednesday"
	Thursday  Weekday = "thursday"
	Friday    Weekday = "friday"
	Saturday  Weekday = "saturday"
	Sunday    Weekday = "sunday"
)

// Nth counts a weekday within its month. A month without a fifth one has no such day.
type Nth string

// The places of a weekday in its month.
const (
	NthFirst  Nth = "first"
	NthSecond Nth = "second"
	NthThird  Nth = "third"
	NthFourth Nth = "fourth"
	NthFifth  Nth = "fifth"
	NthLast   Nth = "last"
)

// MonthDay is one weekday of every month.
type MonthDay struct {
	Nth     Nth     `json:"nth" yaml:"nth"`
	Weekday Weekday `json:"weekday" yaml:"weekday"`
}

// Freeze is a time in which no window opens. Its ends are dates, the last one included, or instants in RFC 3339.
type Freeze struct {
	Name string `json:"name,omitempty" yaml:"name,omitempty"`
	From string `json:"from" yaml:"from"`
	To   string `json:"to" yaml:"to"`
}

// Occurrence is one window of a calendar, or one that a freeze keeps shut.
type Occurrence struct {
	Window
	Freeze string `json:"freeze,omitempty"` // its name; "" for a window that opens
}

// Next lists the first n windows that open after a moment, in order and in UTC; fewer where the calendar ends, none for
// one that Validate refuses.
func (c Calendar) Next(after time.Time, n int) []Window {
	var next []Window
	for _, o := range c.Occurrences(after, n, false) {
		next = append(next, o.Window)
	}
	return next
}

// Occurrences is Next and, where frozen ones are asked for, also the windows that a freeze keeps shut.
func (c Calendar) Occurrences(after time.Time, n int, frozen bool) []Occurrence {
	t, wrong := c.read()
	if len(wrong) > 0 || n <= 0 {
		return nil
	}
	var list []Occurrence
	for o := range t.occurrences(after) {
		if !o.Start.After(after) || o.Freeze != "" && !frozen {
			continue
		}
		if list = append(list, o); len(list) == n {
			break
		}
	}
	return list
}

// At finds the window that is open at a moment. One ends before its last instant: at its End it is shut.
func (c Calendar) At(moment time.Time) (Window, bool) {
	o, ok := c.Around(moment)
	return o.Window, ok && o.Freeze == ""
}

// Around is At, also for a window that a freeze keeps shut.
func (c Calendar) Around(moment time.Time) (Occurrence, bool) {
	t, wrong := c.read()
	if len(wrong) > 0 {
		return Occurrence{}, false
	}
	for o := range t.occurrences(moment.Add(-t.length)) {
		if o.Start.After(moment) {
			break
		}
		if moment.Before(o.End) {
			return o, true
		}
	}
	return Occurrence{}, false
}

// Validate refuses a calendar that makes no sense, or does not from a moment on, with every reason at once: unreadable
// parts, an unknown zone, reversed or overlapping freezes, windows that overlap, none that opens any more, windows shorter
// than what is needed. The error is of kind Invalid.
func (c Calendar) Validate(from time.Time, needed Duration) error {
	if wrong := c.Problems(from, needed); len(wrong) > 0 {
		return Errorf(Invalid, "window %s: %s", c.Name, strings.Join(wrong, "; ")).Advise("correct the window; docs/windows.md shows its form")
	}
	return nil
}

// Problems lists what Validate refuses, one sentence each.
func (c Calendar) Problems(from time.Time, needed Duration) []string {
	t, wrong := c.read()
	if c.Length > 0 && c.Length < needed {
		wrong = append(wrong, "it is "+c.Length.String()+" long and an upgrade needs "+needed.String())
	}
	if len(wrong) > 0 {
		return wrong
	}
	if text := t.crowded(from); text != "" {
		wrong = append(wrong, text)
	}
	if len(c.Next(from, 1)) == 0 {
		wrong = append(wrong, "it never opens after "+from.UTC().Format(time.RFC3339))
	}
	return wrong
}

// crowded names two windows that overlap within two years: it would be unclear which one an upgrade is in.
func (t timetable) crowded(from time.Time) string {
	var last Occurrence
	for o := range t.occurrences(from) {
		if o.Start.Before(last.End) {
			return "the window that opens at " + t.local(last.Start) + " is still open when the next one opens at " + t.local(o.Start)
		}
		if last = o; o.Start.After(from.AddDate(2, 0, 0)) {
			break
		}
	}
	return ""
}

func (t timetable) local(moment time.Time) string { return moment.In(t.zone).Format(time.RFC3339) }

// horizon is how many days ahead a calendar is searched: about 30 years.
const horizon = 30 * 366

// occurrences yields every occurrence, frozen ones too, from shortly before a moment on.
func (t timetable) occurrences(from time.Time) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		year, month, first := from.In(t.zone).Date()
		var last time.Time
		// Two days early: a start may move by a skipped day (Pacific/Apia, 2011-12-30).
		for i := -2; i < horizon; i++ {
			day := time.Date(year, month, first+i, 0, 0, 0, 0, time.UTC)
			if !t.on(day) {
				continue
			}
			start := t.instant(day.Add(t.start))
			if !t.until.IsZero() && !start.Before(t.until) {
				return
			}
			if start.Before(t.from) || !start.After(last) { // two days may open at one instant where a day is skipped
				continue
			}
			last = start
			o := Occurrence{Window: Window{Start: start, End: start.Add(t.length)}}
			o.Freeze = t.frozen(o.Window)
			if !yield(o) {
				return
			}
		}
	}
}
