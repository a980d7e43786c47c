package upgrade

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// ReadCalendar reads one calendar in YAML, or in JSON, which is YAML too. An unknown key is refused with its line; whether
// the calendar makes sense is for Validate. Errors are of kind Invalid.
func ReadCalendar(text []byte) (Calendar, error) {
	var form struct {
		Calendar `yaml:",inline"`
		Length   string `yaml:"length"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err := decoder.Decode(&form)
	var mistakes *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		err = errors.New("the file is empty")
	case errors.As(err, &mistakes):
		err = errors.New(plainly(mistakes.Errors))
	case err == nil && !errors.Is(decoder.Decode(&yaml.Node{}), io.EOF):
		err = errors.New("the file holds more than one document")
	}
	if err == nil && form.Length != "" {
		var length time.Duration
		length, err = time.ParseDuration(form.Length)
		form.Calendar.Length = Duration(length)
	}
	if err != nil {
		return Calendar{}, Errorf(Invalid, "reading the window: %w", err).Advise("correct the file; docs/windows.md shows its form")
	}
	return form.Calendar, nil
}

// plainly says the mistakes in a file on one line, without the names of Go types.
func plainly(mistakes []string) string {
	said := make([]string, 0, len(mistakes))
	for _, mistake := range mistakes {
		mistake, _, _ = strings.Cut(mistake, " in type ")
		said = append(said, strings.Replace(mistake, "field ", "unknown key ", 1))
	}
	return strings.Replace(strings.Join(said, "; "), " not found", "", -1)
}

// windowName keeps names fit for the ids of schedules and workflows, and for a shell.
var windowName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// read makes a timetable of the calendar, and lists what cannot be read or contradicts itself.
func (c Calendar) read() (t timetable, wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !windowName.MatchString(c.Name) {
		add("name %q is not made of up to 64 letters, digits and . _ -", c.Name)
	}
	t.zone = time.UTC
	if zone, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		add("zone %q is no time zone such as Europe/Berlin", c.Zone)
	} else {
		t.zone = zone
	}
	if len(c.Weekdays)+len(c.Monthly)+len(c.Dates) == 0 {
		add("it never opens: none of weekdays, monthly and dates is given")
	}
	t.readDays(c, add)
	clock, err := parseAny(c.Start, "15:04", time.TimeOnly)
	if err != nil {
		add("start %q is no time such as 22:00", c.Start)
	}
	t.start = time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute + time.Duration(clock.Second())*time.Second
	if t.length = c.Length.D(); t.length <= 0 {
		add("length %s is no time such as 12h", c.Length)
	}
	t.readBounds(c, add)
	t.readFreezes(c, add)
	return t, wrong
}

func (t *timetable) readDays(c Calendar, add func(string, ...any)) {
	for i, name := range c.Weekdays {
		day, ok := name.day()
		if t.weekdays = append(t.weekdays, day); !ok {
			add("weekdays[%d]: %q is no day such as %q", i, name, Saturday)
		}
	}
	places := []Nth{NthLast, NthFirst, NthSecond, NthThird, NthFourth, NthFifth}
	for i, m := range c.Monthly {
		day, ok := m.Weekday.day()
		if !ok {
			add("monthly[%d]: %q is no day such as %q", i, m.Weekday, Saturday)
		}
		nth := slices.Index(places, m.Nth)
		if nth < 0 {
			add("monthly[%d]: %q is none of first, second, third, fourth, fifth, last", i, m.Nth)
		}
		t.monthly = append(t.monthly, monthly{nth, day})
	}
	for i, text := range c.Dates {
		date, err := time.Parse(time.DateOnly, text)
		if t.dates = append(t.dates, date); err != nil {
			add("dates[%d]: %q is no date such as 2027-02-13", i, text)
		}
	}
}

// day finds the standard library's weekday.
func (w Weekday) day() (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.ToLower(day.String()) == string(w) {
			return day, true
		}
	}
	return 0, false
}

func (t *timetable) readBounds(c Calendar, add func(string, ...any)) {
	var err error
	if c.From != "" {
		if t.from, err = t.moment(c.From, 0); err != nil {
			add("from: %s", err)
		}
	}
	if c.Until != "" {
		if t.until, err = t.moment(c.Until, 1); err != nil {
			add("until: %s", err)
		}
	}
	if !t.until.IsZero() && !t.from.Before(t.until) {
		add("until %s is not after from %s", c.Until, c.From)
	}
}

func (t *timetable) readFreezes(c Calendar, add func(string, ...any)) {
	for i, f := range c.Freezes {
		name := cmp.Or(f.Name, f.From+" to "+f.To)
		from, err := t.moment(f.From, 0)
		if err != nil {
			add("freezes[%d]: from: %s", i, err)
			continue
		}
		to, err := t.moment(f.To, 1)
		if err != nil {
			add("freezes[%d]: to: %s", i, err)
			continue
		}
		if !from.Before(to) {
			add("freeze %s ends before it begins", name)
			continue
		}
		t.freezes = append(t.freezes, freeze{Window{from, to}, name})
	}
	slices.SortStableFunc(t.freezes, func(a, b freeze) int { return a.Start.Compare(b.Start) })
	for i := 1; i < len(t.freezes); i++ {
		if t.freezes[i].Start.Before(t.freezes[i-1].End) {
			add("freezes %s and %s overlap", t.freezes[i-1].name, t.freezes[i].name)
		}
	}
}

// moment reads an instant, or the midnight that many days after a date begins.
func (t timetable) moment(text string, days int) (time.Time, error) {
	if date, err := time.Parse(time.DateOnly, text); err == nil {
		return t.instant(date.AddDate(0, 0, days)), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a date such as 2027-02-13 nor an instant such as 2027-02-13T22:00:00+01:00", text)
	}
	return at.UTC(), nil
}

// parseAny reads a text by the first layout that fits.
func parseAny(text string, layouts ...string) (at time.Time, err error) {
	for _, layout := range layouts {
		if at, err = time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, err
}
