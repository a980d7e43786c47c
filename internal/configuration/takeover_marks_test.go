package configuration_test

import (
	"strings"
	"testing"
)

// What stays of the new version must not be switched off by a mark on the whole section, nor what comes along be
// switched on.
func TestMarksOnTheSectionsThatStayDoNotReachWhatStays(t *testing.T) {
	for name, c := range map[string]struct{ saved, fresh, holds, holdsNone string }{
		"the saved interfaces were inactive": {"set interfaces st0 unit 3 family inet\ndeactivate interfaces\n", rebuilt, "interfaces ae0", "deactivate interfaces\n"},
		"the saved chassis was inactive":     {"set chassis alarm x ignore\ndeactivate chassis\n", rebuilt, "device-count 10", "deactivate chassis\n"},
		"the fresh chassis was inactive":     {"set chassis alarm x ignore\n", rebuilt + "deactivate chassis\n", "alarm x ignore", "deactivate chassis\n"},
		"the port of a unit was inactive":    {legacy + "deactivate interfaces ge-0/0/0\n", rebuilt, "deactivate interfaces ae0 unit 17\n", "deactivate interfaces ae0\n"},
	} {
		t.Run(name, func(t *testing.T) {
			_, wanted := takeOver(t, c.saved, c.fresh)
			if !strings.Contains(wanted, c.holds) || strings.Contains(wanted, c.holdsNone) {
				t.Errorf("wanted:\n%s", wanted)
			}
		})
	}
}
