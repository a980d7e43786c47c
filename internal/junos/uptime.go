package junos

import (
	"strconv"
	"strings"
	"time"
)

// Uptime is when a node booted, by its own clock.
type Uptime struct {
	Node string
	Text string // as the device prints it
	// Booted is zero where only a local time with an abbreviated zone is known, which names no moment.
	Booted time.Time
	// Routing tells whether its protocols were started: a disabled node lacks that time.
	Routing bool
}

// ParseUptime reads "show system uptime" in any form. Errors are of kind Malformed, or Refused in the words of the
// device.
func ParseUptime(raw string) ([]Uptime, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	var uptimes []Uptime
	for _, p := range o.byNode() {
		uptime := Uptime{Node: p.node}
		if booted := p.tree.first("system-booted-time"); booted != nil {
			stamp := booted.first("date-time")
			uptime.Text, uptime.Booted = booted.value("date-time"), moment(booted.value("date-time"), stamp.attribute("seconds"))
			uptime.Routing = p.tree.first("protocols-started-time") != nil
		} else {
			for _, line := range lines(p.text) {
				if text, found := strings.CutPrefix(line, "System booted:"); found {
					text, _, _ = strings.Cut(text, "(")
					uptime.Text = strings.TrimSpace(text)
					uptime.Booted = moment(uptime.Text, "")
				}
				uptime.Routing = uptime.Routing || strings.HasPrefix(line, "Protocols started:")
			}
		}
		if uptime.Text == "" {
			return nil, unrecognised("boot time")
		}
		uptimes = append(uptimes, uptime)
	}
	return uptimes, nil
}

// moment is the time that seconds count since 1970, else that of a text in UTC. Abbreviations of other zones are
// ambiguous and give the zero time.
func moment(text, seconds string) time.Time {
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
		return time.Unix(n, 0).UTC()
	}
	at, err := time.Parse("2006-01-02 15:04:05 MST", strings.Join(strings.Fields(text), " "))
	if err != nil || at.Location() != time.UTC {
		return time.Time{}
	}
	return at
}
