package upgrade_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vsrx-upgrade/internal/upgrade"
)

// drawCalendar draws a calendar in a zone with one of the odder clocks; some do not make sense.
func drawCalendar(t *rapid.T) upgrade.Calendar {
	date := rapid.Custom(func(t *rapid.T) string {
		return time.Date(2026, 1, rapid.IntRange(1, 2000).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	})
	weekday := rapid.SampledFrom([]upgrade.Weekday{upgrade.Monday, upgrade.Tuesday, upgrade.Wednesday, upgrade.Thursday, upgrade.Friday, upgrade.Saturday, upgrade.Sunday})
	c := upgrade.Calendar{Name: "drawn", Length: upgrade.Duration(rapid.IntRange(1, 24*60).Draw(t, "minutes")) * upgrade.Duration(time.Minute),
		Zone:     rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca"}).Draw(t, "zone"),
		Weekdays: rapid.SliceOfN(weekday, 0, 3).Draw(t, "weekdays"), Dates: rapid.SliceOfN(date, 0, 3).Draw(t, "dates"),
		Start: fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 1, 15, 30, 45, 59}).Draw(t, "minute"))}
	for range rapid.IntRange(0, 2).Draw(t, "monthly") {
		c.Monthly = append(c.Monthly, upgrade.MonthDay{Nth: rapid.SampledFrom([]upgrade.Nth{upgrade.NthFirst, upgrade.NthSecond, upgrade.NthThird, upgrade.NthFourth, upgrade.NthFifth, upgrade.NthLast}).Draw(t, "nth"), Weekday: weekday.Draw(t, "weekday")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "freezes") {
		from := time.Date(2026, 1, rapid.IntRange(1, 2000).Draw(t, "freeze"), 0, 0, 0, 0, time.UTC)
		c.Freezes = append(c.Freezes, upgrade.Freeze{From: from.Format(time.DateOnly), To: from.AddDate(0, 0, rapid.IntRange(-1, 40).Draw(t, "days")).Format(time.DateOnly)})
	}
	return c
}

func TestTheWindowsOfAnyCalendarAreInOrderAndAreFoundAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		at := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 2000*24*60).Draw(t, "minute"), 0, 0, time.UTC)
		if c.Problems(at, 0) != nil {
			return // overlapping windows may be found by either
		}
		zone, err := time.LoadLocation(c.Zone)
		if err != nil {
			t.Fatal(err)
		}
		last := at
		for _, w := range c.Next(at, 30) {
			if !w.Start.After(last) || w.End.Sub(w.Start) != c.Length.D() {
				t.Fatalf("%v does not follow %s with a length of %s", w, last, c.Length)
			}
			for _, moment := range []time.Time{w.Start, w.Start.Add(c.Length.D() / 2), w.End.Add(-time.Second)} {
				if found, ok := c.At(moment); !ok || !found.Start.Equal(w.Start) || !found.End.Equal(w.End) {
					t.Fatalf("at %s of %v there is %v", moment, w, found)
				}
			}
			if again := c.Next(w.Start.Add(-time.Second), 1); len(again) != 1 || !again[0].Start.Equal(w.Start) {
				t.Fatalf("a second before %v comes %v", w, again)
			}
			if shown := w.Start.In(zone).Format("15:04"); shown < c.Start && w.Start.In(zone).Hour() != 0 {
				t.Fatalf("%v opens at %s of the zone, before %s", w, shown, c.Start)
			}
			for _, f := range c.Freezes {
				from, err := time.ParseInLocation(time.DateOnly, f.From, zone)
				if err != nil {
					t.Fatal(err)
				}
				to, err := time.ParseInLocation(time.DateOnly, f.To, zone)
				if err != nil {
					t.Fatal(err)
				}
				// Noon of its days lies in a freeze whatever the clock does at midnight.
				for day := from.Add(12 * time.Hour); !day.After(to.Add(13 * time.Hour)); day = day.AddDate(0, 0, 1) {
					if !day.Before(w.Start) && day.Before(w.End) {
						t.Fatalf("%v lies in freeze %v", w, f)
					}
				}
			}
			last = w.Start
		}
	})
}
