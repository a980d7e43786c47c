package junos

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"vsrx-upgrade/internal/upgrade"
)

// The lines of "show system alarms" and "show chassis alarms".
var (
	alarmCount = regexp.MustCompile(`(?i)^(\d+|no) alarms? currently active`)
	alarmRow   = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\s+(?:[A-Z]{2,5}|[+-]\d+))?\s+([A-Z][a-z]+)\s+(\S.*)$`)
	datedLine  = regexp.MustCompile(`^\d{4}-\d\d-\d\d\b`)
)

// ParseAlarms reads "show system alarms" or "show chassis alarms" in any form: one alarm of a kind, sorted, since both
// nodes raise the same. A count of alarms that are not all there is an error of kind Malformed.
func ParseAlarms(raw string) ([]upgrade.Alarm, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readAlarms(o)
}

func readAlarms(o output) ([]upgrade.Alarm, error) {
	var alarms []upgrade.Alarm
	recognised := false
	for _, p := range o.byNode() {
		found, is, err := partAlarms(p)
		if err != nil {
			return nil, err
		}
		alarms, recognised = append(alarms, found...), recognised || is
	}
	if !recognised {
		return nil, unrecognised("alarm information")
	}
	slices.SortFunc(alarms, func(a, b upgrade.Alarm) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(alarms), nil
}

func partAlarms(p part) (alarms []upgrade.Alarm, recognised bool, err error) {
	information := p.tree.first("alarm-information")
	if information == nil {
		return textAlarms(p.text)
	}
	for _, e := range information.all("alarm-detail") {
		text := words(e.value("alarm-description"))
		alarms = append(alarms, upgrade.Alarm{Class: e.value("alarm-class"), Text: text})
	}
	return alarms, true, nil
}

func textAlarms(text string) (alarms []upgrade.Alarm, recognised bool, err error) {
	announced := 0
	for _, line := range lines(text) {
		if m := alarmCount.FindStringSubmatch(line); m != nil {
			recognised = true
			if n, err := strconv.Atoi(m[1]); err == nil {
				announced += n
			}
		}
		if m := alarmRow.FindStringSubmatch(line); m != nil {
			alarms = append(alarms, upgrade.Alarm{Class: m[1], Text: words(m[2])})
		} else if datedLine.MatchString(line) {
			return nil, true, incomplete("the alarm list", line)
		}
	}
	if recognised && len(alarms) != announced {
		return nil, true, upgrade.Errorf(upgrade.Malformed, "the alarm list announces %d alarms and holds %d", announced, len(alarms))
	}
	return alarms, recognised, nil
}
