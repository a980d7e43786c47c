package upgrade_test

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

func TestNoticeTellsSlowFromStuck(t *testing.T) {
	begun := evening(2, 0)
	step := func(average float64) *upgrade.Transaction {
		return &upgrade.Transaction{ID: 4411, Step: "imaging", AverageMinutes: average}
	}
	for name, c := range map[string]struct {
		elapsed, still time.Duration // since the submission, since the last new step
		average        float64       // of the step, in minutes
		change         func(*upgrade.Watch)
		before         []upgrade.Notice
		want           upgrade.Notice
	}{
		"in time":                              {4 * time.Hour, time.Hour, 0, nil, nil, ""},
		"slow while the steps go on":           {5*time.Hour + time.Minute, time.Minute, 0, nil, nil, upgrade.NoticeSlow},
		"not slow at five hours":               {5 * time.Hour, time.Minute, 0, nil, nil, ""},
		"slow once only":                       {9 * time.Hour, time.Minute, 0, nil, []upgrade.Notice{upgrade.NoticeSlow}, ""},
		"stuck":                                {3 * time.Hour, 91 * time.Minute, 0, nil, nil, upgrade.NoticeStuck},
		"not stuck at ninety minutes":          {3 * time.Hour, 90 * time.Minute, 0, nil, nil, ""},
		"not stuck in a step of forty minutes": {4 * time.Hour, 199 * time.Minute, 40, nil, nil, ""},
		"stuck after five times its average":   {4 * time.Hour, 201 * time.Minute, 40, nil, nil, upgrade.NoticeStuck},
		"a short step has ninety minutes too":  {3 * time.Hour, 89 * time.Minute, 1, nil, nil, ""},
		"stuck once only":                      {4 * time.Hour, 3 * time.Hour, 0, nil, []upgrade.Notice{upgrade.NoticeStuck}, ""},
		"slow after stuck":                     {6 * time.Hour, 3 * time.Hour, 0, nil, []upgrade.Notice{upgrade.NoticeStuck}, upgrade.NoticeSlow},
		"stuck before slow":                    {6 * time.Hour, 3 * time.Hour, 0, nil, nil, upgrade.NoticeStuck},
		"stuck after slow":                     {6 * time.Hour, 3 * time.Hour, 0, nil, []upgrade.Notice{upgrade.NoticeSlow}, upgrade.NoticeStuck},
		"an outage of the API is not stuck":    {3 * time.Hour, 2 * time.Hour, 0, func(w *upgrade.Watch) { w.Invalid = 3 }, nil, ""},
		"a gap is not stuck":                   {3 * time.Hour, 2 * time.Hour, 0, func(w *upgrade.Watch) { w.Quiet = 1 }, nil, ""},
		"no step was seen":                     {3 * time.Hour, 2 * time.Hour, 0, func(w *upgrade.Watch) { w.Step = nil }, nil, ""},
		"a change was not seen":                {3 * time.Hour, 2 * time.Hour, 0, func(w *upgrade.Watch) { w.Changed = time.Time{} }, nil, ""},
		"an outage is slow all the same":       {6 * time.Hour, time.Hour, 0, func(w *upgrade.Watch) { w.Invalid = 9 }, nil, upgrade.NoticeSlow},
	} {
		t.Run(name, func(t *testing.T) {
			now := begun.Add(c.elapsed)
			w := upgrade.Watch{ReloadID: ourReload, Started: begun, Step: step(c.average), Changed: now.Add(-c.still)}
			if c.change != nil {
				c.change(&w)
			}
			got, text := w.Notice(now, upgrade.DefaultTiming(), c.before...)
			if got != c.want || (text == "") != (got == "") {
				t.Errorf("got %q (%q), want %q", got, text, c.want)
			}
			if got == upgrade.NoticeStuck && (!strings.Contains(text, "4411") || !strings.Contains(text, "imaging")) {
				t.Errorf("the notice names no transaction: %q", text)
			}
		})
	}
}

func TestConfigChangesSayWhatDiffersInOneLine(t *testing.T) {
	lines := strings.Fields("one two three four five six seven")
	for name, c := range map[string]struct {
		changes upgrade.ConfigChanges
		want    string
	}{
		"nothing":        {upgrade.ConfigChanges{Commit: "by ops"}, "no statement differs from the exported configuration; last commit by ops"},
		"one":            {upgrade.ConfigChanges{Lines: lines[:1], Count: 1, Commit: "by ops"}, "1 statements differ from the exported configuration, last commit by ops: one"},
		"five":           {upgrade.ConfigChanges{Lines: lines[:5], Count: 5, Commit: "by ops"}, "5 statements differ from the exported configuration, last commit by ops: one; two; three; four; five"},
		"more than five": {upgrade.ConfigChanges{Lines: lines, Count: 400, Commit: "by ops"}, "400 statements differ from the exported configuration, last commit by ops: one; two; three; four; five; and 395 more"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.changes.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
