package upgrade_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// sundays is the calendar of the tests: every Sunday from 01:00 in Berlin, for twelve hours.
func sundays() upgrade.Calendar {
	return upgrade.Calendar{Name: "sundays", Zone: "Europe/Berlin", Weekdays: []upgrade.Weekday{upgrade.Sunday}, Start: "01:00", Length: hours(12)}
}

// instant reads a time in UTC.
func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// shown writes windows as start and end in UTC.
func shown(windows []upgrade.Window) []string {
	list := []string{}
	for _, w := range windows {
		list = append(list, w.Start.UTC().Format("2006-01-02T15:04")+" "+w.End.UTC().Format("2006-01-02T15:04"))
	}
	return list
}

// The instants are computed by hand from the rules of the zones: Berlin changes on 2027-03-28 and 2027-10-31 at 01:00 UTC,
// New York on 2027-03-14 and 2027-11-07 at 02:00 local time, Lord Howe by half an hour on 2027-04-04 and 2027-10-03, Troll
// by two hours with Berlin; Apia had no 2011-12-30.
func TestWindowsOpenAtTheRightInstant(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.Calendar)
		after  string
		want   []string
	}{
		"every Sunday":                           {func(*upgrade.Calendar) {}, "2027-01-01T00:00", []string{"2027-01-03T00:00 2027-01-03T12:00", "2027-01-10T00:00 2027-01-10T12:00"}},
		"not the one that opens at that instant": {func(*upgrade.Calendar) {}, "2027-01-03T00:00", []string{"2027-01-10T00:00 2027-01-10T12:00"}},
		"over midnight and the start of summer time": {func(c *upgrade.Calendar) {
			c.Weekdays, c.Start, c.Length = []upgrade.Weekday{upgrade.Saturday}, "22:00", hours(8)
		}, "2027-03-27T12:00", []string{"2027-03-27T21:00 2027-03-28T05:00", "2027-04-03T20:00 2027-04-04T04:00"}},
		"a start that the clock skips in Berlin":       {func(c *upgrade.Calendar) { c.Start = "02:30" }, "2027-03-27T00:00", []string{"2027-03-28T01:00 2027-03-28T13:00", "2027-04-04T00:30 2027-04-04T12:30"}},
		"a start at the first instant that is skipped": {func(c *upgrade.Calendar) { c.Start = "02:00" }, "2027-03-27T00:00", []string{"2027-03-28T01:00 2027-03-28T13:00"}},
		"a start right after the gap":                  {func(c *upgrade.Calendar) { c.Start = "03:00" }, "2027-03-27T00:00", []string{"2027-03-28T01:00 2027-03-28T13:00"}},
		"a start that comes twice in Berlin":           {func(c *upgrade.Calendar) { c.Start = "02:30" }, "2027-10-30T00:00", []string{"2027-10-31T00:30 2027-10-31T12:30", "2027-11-07T01:30 2027-11-07T13:30"}},
		"a start right after the repeated hour":        {func(c *upgrade.Calendar) { c.Start = "03:00" }, "2027-10-30T00:00", []string{"2027-10-31T02:00 2027-10-31T14:00"}},
		"a start that the clock skips in New York":     {func(c *upgrade.Calendar) { c.Zone, c.Start = "America/New_York", "02:30" }, "2027-03-13T00:00", []string{"2027-03-14T07:00 2027-03-14T19:00", "2027-03-21T06:30 2027-03-21T18:30"}},
		"a start that comes twice in New York":         {func(c *upgrade.Calendar) { c.Zone, c.Start = "America/New_York", "01:30" }, "2027-11-06T00:00", []string{"2027-11-07T05:30 2027-11-07T17:30", "2027-11-14T06:30 2027-11-14T18:30"}},
		"half an hour skipped on Lord Howe":            {func(c *upgrade.Calendar) { c.Zone, c.Start = "Australia/Lord_Howe", "02:15" }, "2027-10-01T00:00", []string{"2027-10-02T15:30 2027-10-03T03:30", "2027-10-09T15:15 2027-10-10T03:15"}},
		"half an hour twice on Lord Howe":              {func(c *upgrade.Calendar) { c.Zone, c.Start = "Australia/Lord_Howe", "01:45" }, "2027-04-02T00:00", []string{"2027-04-03T14:45 2027-04-04T02:45", "2027-04-10T15:15 2027-04-11T03:15"}},
		"two hours skipped at Troll":                   {func(c *upgrade.Calendar) { c.Zone, c.Start = "Antarctica/Troll", "01:30" }, "2027-03-27T00:00", []string{"2027-03-28T01:00 2027-03-28T13:00"}},
		"a day that Apia did not have": {func(c *upgrade.Calendar) {
			c.Zone, c.Start, c.Weekdays, c.Length = "Pacific/Apia", "12:00", []upgrade.Weekday{upgrade.Thursday, upgrade.Friday, upgrade.Saturday}, hours(6)
		}, "2011-12-29T00:00", []string{"2011-12-29T22:00 2011-12-30T04:00", "2011-12-30T10:00 2011-12-30T16:00", "2011-12-30T22:00 2011-12-31T04:00"}},
		"midnight of that day is midnight of the next": {func(c *upgrade.Calendar) {
			c.Zone, c.Start, c.Weekdays, c.Length = "Pacific/Apia", "00:00", []upgrade.Weekday{upgrade.Friday, upgrade.Saturday, upgrade.Sunday}, hours(6)
		}, "2011-12-29T12:00", []string{"2011-12-30T10:00 2011-12-30T16:00", "2011-12-31T10:00 2011-12-31T16:00"}},
		"a leap day": {func(c *upgrade.Calendar) {
			c.Zone, c.Weekdays, c.Dates, c.Start, c.Length = "UTC", nil, []string{"2028-02-29"}, "22:00", hours(6)
		}, "2027-01-01T00:00", []string{"2028-02-29T22:00 2028-03-01T04:00"}},
		"the end of a year": {func(c *upgrade.Calendar) {
			c.Zone, c.Weekdays, c.Dates, c.Start, c.Length = "UTC", nil, []string{"2027-12-31"}, "23:00", hours(4)
		}, "2027-01-01T00:00", []string{"2027-12-31T23:00 2028-01-01T03:00"}},
		"the last day of a leap year": {func(*upgrade.Calendar) {}, "2028-12-30T00:00", []string{"2028-12-31T00:00 2028-12-31T12:00", "2029-01-07T00:00 2029-01-07T12:00"}},
		"the last Friday of February": {func(c *upgrade.Calendar) {
			c.Zone, c.Weekdays, c.Monthly = "UTC", nil, []upgrade.MonthDay{{Nth: upgrade.NthLast, Weekday: upgrade.Friday}}
		}, "2028-02-01T00:00", []string{"2028-02-25T01:00 2028-02-25T13:00", "2028-03-31T01:00 2028-03-31T13:00"}},
		"a fifth Sunday, where a month has one": {func(c *upgrade.Calendar) {
			c.Zone, c.Weekdays, c.Monthly = "UTC", nil, []upgrade.MonthDay{{Nth: upgrade.NthFifth, Weekday: upgrade.Sunday}}
		}, "2027-01-01T00:00", []string{"2027-01-31T01:00 2027-01-31T13:00", "2027-05-30T01:00 2027-05-30T13:00"}},
		"second Tuesday, a date and Sundays together": {func(c *upgrade.Calendar) {
			c.Zone, c.Dates, c.Monthly = "UTC", []string{"2027-02-10", "2027-02-07"}, []upgrade.MonthDay{{Nth: upgrade.NthSecond, Weekday: upgrade.Tuesday}}
		}, "2027-02-05T00:00", []string{"2027-02-07T01:00 2027-02-07T13:00", "2027-02-09T01:00 2027-02-09T13:00", "2027-02-10T01:00 2027-02-10T13:00", "2027-02-14T01:00 2027-02-14T13:00"}},
		"from a date on":            {func(c *upgrade.Calendar) { c.From = "2027-01-10" }, "2027-01-01T00:00", []string{"2027-01-10T00:00 2027-01-10T12:00"}},
		"from an instant too late":  {func(c *upgrade.Calendar) { c.From = "2027-01-10T00:00:01Z" }, "2027-01-01T00:00", []string{"2027-01-17T00:00 2027-01-17T12:00"}},
		"until a date included":     {func(c *upgrade.Calendar) { c.Until = "2027-01-10" }, "2027-01-09T00:00", []string{"2027-01-10T00:00 2027-01-10T12:00"}},
		"until an instant excluded": {func(c *upgrade.Calendar) { c.Until = "2027-01-10T01:00:00+01:00" }, "2027-01-01T00:00", []string{"2027-01-03T00:00 2027-01-03T12:00"}},
		"a freeze by dates":         {func(c *upgrade.Calendar) { c.Freezes = []upgrade.Freeze{{From: "2027-01-04", To: "2027-01-10"}} }, "2027-01-01T00:00", []string{"2027-01-03T00:00 2027-01-03T12:00", "2027-01-17T00:00 2027-01-17T12:00"}},
		"a freeze that ends as a window opens": {func(c *upgrade.Calendar) {
			c.Freezes = []upgrade.Freeze{{From: "2027-01-02", To: "2027-01-03T00:00:00Z"}}
		}, "2027-01-01T00:00", []string{"2027-01-03T00:00 2027-01-03T12:00"}},
		"a freeze that begins as a window closes": {func(c *upgrade.Calendar) {
			c.Freezes = []upgrade.Freeze{{From: "2027-01-03T12:00:00Z", To: "2027-01-04"}}
		}, "2027-01-01T00:00", []string{"2027-01-03T00:00 2027-01-03T12:00"}},
		"a freeze of the last second": {func(c *upgrade.Calendar) {
			c.Freezes = []upgrade.Freeze{{From: "2027-01-03T11:59:59Z", To: "2027-01-04"}}
		}, "2027-01-01T00:00", []string{"2027-01-10T00:00 2027-01-10T12:00"}},
		"nothing once it has ended": {func(c *upgrade.Calendar) { c.Until = "2026-12-31" }, "2027-01-01T00:00", []string{}},
		"nothing where it is wrong": {func(c *upgrade.Calendar) { c.Zone = "Europe/Bonn" }, "2027-01-01T00:00", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			calendar := sundays()
			c.change(&calendar)
			if diff := cmp.Diff(c.want, shown(calendar.Next(instant(t, c.after), max(1, len(c.want))))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAWindowIsOpenFromItsStartToBeforeItsEnd(t *testing.T) {
	frozen := sundays()
	frozen.Freezes = []upgrade.Freeze{{Name: "audit", From: "2027-01-03", To: "2027-01-03"}}
	long := sundays()
	long.Length = hours(7 * 24)
	for name, c := range map[string]struct {
		calendar upgrade.Calendar
		at       string
		want     string
	}{
		"before it":               {sundays(), "2027-01-02T23:59", ""},
		"at its start":            {sundays(), "2027-01-03T00:00", "2027-01-03T00:00 2027-01-03T12:00"},
		"in its last minute":      {sundays(), "2027-01-03T11:59", "2027-01-03T00:00 2027-01-03T12:00"},
		"at its end":              {sundays(), "2027-01-03T12:00", ""},
		"frozen":                  {frozen, "2027-01-03T06:00", ""},
		"late in one of a week":   {long, "2027-01-09T23:00", "2027-01-03T00:00 2027-01-10T00:00"},
		"as one of a week begins": {long, "2027-01-10T00:00", "2027-01-10T00:00 2027-01-17T00:00"},
		"of a wrong calendar":     {upgrade.Calendar{}, "2027-01-03T06:00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if w, ok := c.calendar.At(instant(t, c.at)); ok {
				got = shown([]upgrade.Window{w})[0]
			}
			if got != c.want {
				t.Errorf("the window is %q, want %q", got, c.want)
			}
		})
	}
}

func TestFrozenWindowsAreShownWithTheirFreeze(t *testing.T) {
	calendar := sundays()
	calendar.Freezes = []upgrade.Freeze{{Name: "year end", From: "2026-12-20", To: "2027-01-05"}, {From: "2027-01-17", To: "2027-01-17"}}
	var got []string
	for _, o := range calendar.Occurrences(instant(t, "2027-01-01T00:00"), 3, true) {
		got = append(got, o.Start.Format(time.DateOnly)+" "+o.Freeze)
	}
	if diff := cmp.Diff([]string{"2027-01-03 year end", "2027-01-10 ", "2027-01-17 2027-01-17 to 2027-01-17"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnOpeningSaysWhyThereIsNone(t *testing.T) {
	frozen := sundays()
	frozen.Freezes = []upgrade.Freeze{{Name: "audit", From: "2027-01-03", To: "2027-01-03"}}
	last := sundays()
	last.Until = "2027-01-03"
	for name, c := range map[string]struct {
		calendar upgrade.Calendar
		at, want string
	}{
		"outside":        {sundays(), "2027-01-04T00:00", "2027-01-04T01:00:00+01:00 is outside of every window of sundays; the next one opens at 2027-01-10T01:00:00+01:00"},
		"frozen":         {frozen, "2027-01-03T06:00", "the window of sundays that would open at 2027-01-03T01:00:00+01:00 is kept shut by freeze audit; the next one opens at 2027-01-10T01:00:00+01:00"},
		"after the last": {last, "2027-01-04T00:00", "2027-01-04T01:00:00+01:00 is outside of every window of sundays; no other one follows"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.calendar.Opening(instant(t, c.at))
			if err != nil || got.Window != nil || got.Outside != c.want {
				t.Errorf("got %+v, %v, want %q", got, err, c.want)
			}
		})
	}
	if got, err := sundays().Opening(instant(t, "2027-01-03T06:00")); err != nil || got.Window == nil || got.Outside != "" {
		t.Errorf("inside of one: %+v, %v", got, err)
	}
	if _, err := (upgrade.Calendar{}).Opening(instant(t, "2027-01-03T06:00")); upgrade.KindOf(err) != upgrade.Invalid || upgrade.AdviceOf(err) == "" {
		t.Errorf("of a wrong calendar: %v", err)
	}
}

func TestACalendarThatMakesNoSenseIsRefused(t *testing.T) {
	const never = "it never opens after 2027-01-01T00:00:00Z"
	for name, c := range map[string]struct {
		change func(*upgrade.Calendar)
		want   []string
	}{
		"nothing wrong":          {func(*upgrade.Calendar) {}, nil},
		"no name":                {func(c *upgrade.Calendar) { c.Name = "" }, []string{`name "" is not made of`}},
		"a name for a shell":     {func(c *upgrade.Calendar) { c.Name = "a;b" }, []string{`name "a;b" is not made of`}},
		"no zone":                {func(c *upgrade.Calendar) { c.Zone = "" }, []string{`zone "" is no time zone`}},
		"an unknown zone":        {func(c *upgrade.Calendar) { c.Zone = "Europe/Bonn" }, []string{`zone "Europe/Bonn" is no time zone`}},
		"the worker's own zone":  {func(c *upgrade.Calendar) { c.Zone = "Local" }, []string{`zone "Local" is no time zone`}},
		"no days":                {func(c *upgrade.Calendar) { c.Weekdays = nil }, []string{"none of weekdays, monthly and dates"}},
		"a weekday that is none": {func(c *upgrade.Calendar) { c.Weekdays = append(c.Weekdays, "Sonntag") }, []string{`weekdays[1]: "Sonntag" is no day`}},
		"a monthly day that is none": {func(c *upgrade.Calendar) { c.Monthly = []upgrade.MonthDay{{Nth: "sixth", Weekday: "day"}} },
			[]string{`monthly[0]: "day" is no day`, `monthly[0]: "sixth" is none of first`}},
		"a date that is none":      {func(c *upgrade.Calendar) { c.Dates = []string{"2027-02-29"} }, []string{`dates[0]: "2027-02-29" is no date`}},
		"a start that is none":     {func(c *upgrade.Calendar) { c.Start = "25:00" }, []string{`start "25:00" is no time`}},
		"no length":                {func(c *upgrade.Calendar) { c.Length = 0 }, []string{"length 0s is no time"}},
		"too short":                {func(c *upgrade.Calendar) { c.Length = hours(9) }, []string{"it is 9h0m0s long and an upgrade needs 10h0m0s"}},
		"a from that is none":      {func(c *upgrade.Calendar) { c.From = "soon" }, []string{`from: "soon" is neither a date`}},
		"an until that is none":    {func(c *upgrade.Calendar) { c.Until = "later" }, []string{`until: "later" is neither a date`}},
		"an until before its from": {func(c *upgrade.Calendar) { c.From, c.Until = "2027-05-02", "2027-05-01" }, []string{"until 2027-05-01 is not after from 2027-05-02"}},
		"over":                     {func(c *upgrade.Calendar) { c.Until = "2026-12-31" }, []string{never}},
		"dates that are past":      {func(c *upgrade.Calendar) { c.Weekdays, c.Dates = nil, []string{"2026-12-31"} }, []string{never}},
		"frozen for ever":          {func(c *upgrade.Calendar) { c.Freezes = []upgrade.Freeze{{From: "2026-01-01", To: "2099-01-01"}} }, []string{never}},
		"a reversed freeze":        {func(c *upgrade.Calendar) { c.Freezes = []upgrade.Freeze{{From: "2027-02-02", To: "2027-02-01"}} }, []string{"freeze 2027-02-02 to 2027-02-01 ends before it begins"}},
		"a freeze of no days":      {func(c *upgrade.Calendar) { c.Freezes = []upgrade.Freeze{{Name: "x"}} }, []string{`freezes[0]: from: "" is neither`}},
		"a freeze without an end":  {func(c *upgrade.Calendar) { c.Freezes = []upgrade.Freeze{{From: "2027-02-02"}} }, []string{`freezes[0]: to: "" is neither`}},
		"freezes that overlap": {func(c *upgrade.Calendar) {
			c.Freezes = []upgrade.Freeze{{Name: "b", From: "2027-02-05", To: "2027-02-09"}, {Name: "a", From: "2027-02-01", To: "2027-02-05"}}
		}, []string{"freezes a and b overlap"}},
		"windows that overlap": {func(c *upgrade.Calendar) { c.Weekdays, c.Length = append(c.Weekdays, upgrade.Monday), hours(25) },
			[]string{"the window that opens at 2027-01-03T01:00:00+01:00 is still open when the next one opens at 2027-01-04T01:00:00+01:00"}},
		"windows that overlap on the shortest day only": {func(c *upgrade.Calendar) {
			c.Weekdays, c.Length = append(c.Weekdays, upgrade.Monday), hours(24)
		}, []string{"the window that opens at 2027-03-28T01:00:00+01:00 is still open when the next one opens at 2027-03-29T01:00:00+02:00"}},
		"everything at once": {func(c *upgrade.Calendar) {
			*c = upgrade.Calendar{Zone: "Mars/Olympus", Start: "noon", Length: hours(1), Freezes: []upgrade.Freeze{{From: "2027-02-02", To: "2027-02-01"}}}
		}, []string{`name ""`, `zone "Mars/Olympus"`, "it never opens", `start "noon"`, "ends before it begins", "it is 1h0m0s long"}},
	} {
		t.Run(name, func(t *testing.T) {
			calendar := sundays()
			c.change(&calendar)
			wrong := calendar.Problems(instant(t, "2027-01-01T00:00"), hours(10))
			if len(wrong) != len(c.want) {
				t.Errorf("problems are %q, want %q", wrong, c.want)
			}
			for _, want := range c.want {
				if !slices.ContainsFunc(wrong, func(text string) bool { return strings.Contains(text, want) }) {
					t.Errorf("%q lacks %q", wrong, want)
				}
			}
			err := calendar.Validate(instant(t, "2027-01-01T00:00"), hours(10))
			if (err == nil) != (len(c.want) == 0) || err != nil && (upgrade.KindOf(err) != upgrade.Invalid || upgrade.AdviceOf(err) == "") {
				t.Errorf("Validate says %v", err)
			}
		})
	}
}
