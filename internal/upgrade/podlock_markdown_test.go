package upgrade_test

import (
	"fmt"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func TestTheDetailsOfALockShow(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.PodLock)
		want   string
	}{
		"who holds the pod":  {func(*upgrade.PodLock) {}, "Pod **par05.pod07** is with gateway **edge-1** (upgrade/5151) since 17 May 21:00:00, request `q-1`\n"},
		"that nobody does":   {func(l *upgrade.PodLock) { *l = upgrade.PodLock{Pod: "par05.pod07"} }, "Pod **par05.pod07** is free\n"},
		"who is the next":    {func(*upgrade.PodLock) {}, "| 1 | edge-2 | upgrade/5152 | 17 May 20:01:00 | q-2 |\n"},
		"who is the last":    {func(*upgrade.PodLock) {}, "| 2 | edge-3 | upgrade/5153 | 17 May 20:02:00 | q-3 |\n"},
		"what is in the way": {func(l *upgrade.PodLock) { l.PutBack(); l.Blocked = "gateway edge-7 (5157) Updating" }, "**NOT GRANTED**: gateway edge-7 (5157) Updating\n"},
		"why the pod is tainted": {func(l *upgrade.PodLock) {
			l.End(upgrade.PodEnd{How: upgrade.PodLost, Text: "its permit being closed"}, evening(3, 0))
		}, "**TAINTED** since 17 May 23:00:00: the hold of gateway edge-1 ended by its permit being closed."},
		"what clears a taint": {func(l *upgrade.PodLock) { l.Taint = &upgrade.Taint{} }, "clear-taint declares it well"},
		"how the last hold ended": {func(l *upgrade.PodLock) { l.End(upgrade.PodEnd{How: upgrade.PodReleased}, evening(3, 0)) },
			"| edge-1 | 17 May 21:00:00 | 17 May 23:00:00 | released |\n"},
		"a text with bars as one cell": {func(l *upgrade.PodLock) { l.End(upgrade.PodEnd{How: upgrade.PodLost, Text: "a|b"}, evening(3, 0)) }, "| lost: a/b |\n"},
	} {
		t.Run(name, func(t *testing.T) {
			l := busyLock()
			c.change(&l)
			if got := plain(l.Markdown()); !strings.Contains(got, c.want) {
				t.Errorf("no %q in\n%s", c.want, got)
			}
		})
	}
}

// plain lets blanks that must not break be read as blanks.
func plain(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }

// Temporal Web does not show a paragraph that follows a table, so what is in the way must not stand there.
func TestWhatIsInTheWayStandsAboveTheTables(t *testing.T) {
	l := busyLock()
	l.End(upgrade.PodEnd{How: upgrade.PodLost, Text: "its permit being closed"}, evening(3, 0))
	l.Blocked = "gateway edge-7 (5157) Updating"
	above, _, found := strings.Cut(l.Markdown(), "\n|")
	for _, want := range []string{"TAINTED", "NOT GRANTED", "is free"} {
		if !found || !strings.Contains(above, want) {
			t.Errorf("%q does not stand above the tables:\n%s", want, l.Markdown())
		}
	}
}

func TestALongQueueIsCutAndCounted(t *testing.T) {
	l := upgrade.PodLock{}
	for n := range 53 {
		l.Ask(asking(n), evening(0, n))
	}
	got := l.Markdown()
	if strings.Contains(got, "q-50 ") || !strings.Contains(got, "| 50 | edge-49 |") || !strings.Contains(got, "and 3 more") {
		t.Errorf("shown:\n%s", got)
	}
	for n := range 3 {
		l.Leave(fmt.Sprintf("q-%d", n))
	}
	if strings.Contains(l.Markdown(), "more") {
		t.Errorf("shown:\n%s", l.Markdown())
	}
}
