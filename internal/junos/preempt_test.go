package junos_test

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

const ourLog = "upgrade/815: preempt <off>"

// escapedLog is how the device, which keeps texts as they came over the wire, holds it.
const escapedLog = "upgrade/815: preempt &lt;off&gt;"

func TestSetPreempt(t *testing.T) {
	for name, c := range map[string]struct {
		found   string
		on      bool
		changed bool
		left    string
	}{
		"off where it is active":       {"active", false, true, "inactive"},
		"off where it is inactive":     {"inactive", false, false, "inactive"},
		"off where there is none":      {"absent", false, false, "absent"},
		"on where it is inactive":      {"inactive", true, true, "active"},
		"on where it is active anyway": {"active", true, false, "active"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, c.found)
			p := d.peer()
			changed, err := p.config(t).SetPreempt(t.Context(), endpoint(), c.on, 10, ourLog)
			if left, _ := d.state(); err != nil || changed != c.changed || left != c.left {
				t.Fatalf("changed %v, left %s, error %v", changed, left, err)
			}
			wantSettled(t, d)
			if want := map[bool]int{true: 1, false: 0}[c.changed]; p.count("<confirmed/>") != want || p.count("<check/>") != want {
				t.Errorf("the device saw %v", p.seen)
			}
			if !c.changed && p.count("lock-configuration") != 0 {
				t.Error("the configuration was locked without need")
			}
		})
	}
}

func TestSetPreemptAcceptsTheOtherFormOfAComparison(t *testing.T) {
	for name, text := range map[string]string{
		"removed and added":    "-   preempt;\n+   inactive: preempt;",
		"with a block":         "-   preempt {\n-       delay 5;\n-   }\n+   inactive: preempt {\n+       delay 5;\n+   }",
		"marked, with a block": "!   inactive: preempt {\n!       delay 5;\n!   }",
		"marked, block hidden": "!   inactive: preempt { ... }",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			d.override = compare(d, "[edit chassis cluster redundancy-group 1]\n"+text)
			changed, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
			if err != nil || !changed {
				t.Errorf("changed %v, error %v", changed, err)
			}
		})
	}
}

// compare answers comparisons of a loaded candidate with a text.
func compare(d *device, text string) func(operation, body string) (answer, bool) {
	return func(_, body string) (answer, bool) {
		return answer{inner: "<configuration-information><configuration-output>" + text + "</configuration-output></configuration-information>"},
			strings.Contains(body, "compare=") && d.candidate != ""
	}
}

func TestSetPreemptChangesNothingWhere(t *testing.T) {
	banner := "[edit chassis cluster redundancy-group 1]\n"
	refuse := func(operation string, when string) func(*device) {
		return func(d *device) {
			d.override = func(asked, body string) (answer, bool) {
				return answer{inner: rpcError("no")}, asked == operation && strings.Contains(body, when)
			}
		}
	}
	compared := func(text string) func(*device) {
		return func(d *device) { d.override = compare(d, text) }
	}
	for name, c := range map[string]struct {
		arrange func(*device)
		want    upgrade.Kind
	}{
		"somebody else holds the lock":               {func(d *device) { d.foreign = true }, upgrade.Refused},
		"the candidate is not clean":                 {func(d *device) { d.extra = "[edit system]\n+  host-name x;" }, upgrade.Refused},
		"the load is refused":                        {refuse("load-configuration", "deactivate"), upgrade.Refused},
		"the load changes nothing":                   {compared(""), upgrade.Refused},
		"the comparison shows another group":         {compared("[edit chassis cluster redundancy-group 2]\n!  inactive: preempt;"), upgrade.Refused},
		"the comparison shows more":                  {compared(banner + "!  inactive: preempt;\n[edit system]\n+ host-name x;"), upgrade.Refused},
		"the comparison shows another statement":     {compared(banner + "!  inactive: node;"), upgrade.Refused},
		"the comparison shows the contrary":          {compared(banner + "!  active: preempt;"), upgrade.Refused},
		"the comparison removes the statement":       {compared(banner + "-  preempt;"), upgrade.Refused},
		"the comparison changes the block":           {compared(banner + "-  preempt;\n+  inactive: preempt {\n+   delay 5;\n+  }"), upgrade.Refused},
		"the comparison has a second statement":      {compared(banner + "!  inactive: preempt { ... }\n!  inactive: node { ... }"), upgrade.Refused},
		"the check is refused":                       {refuse("commit-configuration", "<check/>"), upgrade.Refused},
		"the commit is refused":                      {refuse("commit-configuration", "<confirmed/>"), upgrade.Refused},
		"a confirmed commit of another one is there": {func(d *device) { d.commits[0] = commit{time: "T", log: "theirs", before: "active", pending: true} }, upgrade.Refused},
		"the check says nothing": {func(d *device) {
			d.override = func(_, body string) (answer, bool) { return answer{}, strings.Contains(body, "<check/>") }
		}, upgrade.Malformed},
		"the connection is lost in the check": {func(d *device) {
			d.override = func(_, body string) (answer, bool) {
				return answer{hangUp: true}, strings.Contains(body, "<check/>")
			}
		}, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			c.arrange(d)
			p := d.peer()
			changed, err := p.config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
			wantKind(t, err, c.want)
			if left, commits := d.state(); changed || left != "active" || len(commits) != 1 {
				t.Errorf("changed %v, preempt %s, commits %v", changed, left, commits)
			}
			if d.foreign && p.count(`rollback="0"/`) != 0 {
				t.Error("the work of the lock's owner was discarded")
			}
		})
	}
}

func TestACheckIsJudgedByTheWholeReply(t *testing.T) {
	warning := "<rpc-error><error-severity>warning</error-severity><error-message>statement has no effect</error-message></rpc-error>"
	unclosed := "<routing-engine junos:style=\"show-name\"><name>node0</name><commit-check-success/>\n"
	for name, c := range map[string]struct {
		inner string
		want  upgrade.Kind
	}{
		"an ok":                           {"<ok/>", ""},
		"empty results":                   {"<commit-results>\n</commit-results>", ""},
		"results with a success":          {"<commit-results><routing-engine><name>node0</name><commit-check-success/></routing-engine></commit-results>", ""},
		"results with a text":             {"<commit-results><output>configuration check succeeds</output></commit-results>", ""},
		"a success beside a warning":      {"<commit-results>" + warning + "</commit-results><ok/>", ""},
		"an unclosed success":             {unclosed + "<nc:ok/>", ""},
		"two unclosed successes":          {unclosed + unclosed + "<nc:ok/>", ""},
		"an unclosed error":               {unclosed + "<routing-engine><name>node1</name>" + rpcError("remote lock failed"), upgrade.Refused},
		"an xnm:error in the results":     {"<commit-results><xnm:error xmlns:xnm='http://xml.juniper.net/xnm/1.1/xnm'><message>check-out failed</message></xnm:error></commit-results>", upgrade.Refused},
		"an ok beside an error":           {"<ok/>" + rpcError("no"), upgrade.Refused},
		"a warning alone":                 {warning, upgrade.Malformed},
		"nothing":                         {"", upgrade.Malformed},
		"results with an unknown text":    {"<commit-results><output>hm</output></commit-results>", upgrade.Malformed},
		"another element that is no sign": {"<commit-results><routing-engine><name>node0</name></routing-engine></commit-results>", upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			d.override = func(_, body string) (answer, bool) { return answer{inner: c.inner}, strings.Contains(body, "<check/>") }
			_, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
			wantKind(t, err, c.want)
		})
	}
}

func TestSetPreemptRefuses(t *testing.T) {
	t.Run("to invent a statement", func(t *testing.T) {
		_, err := newDevice(t, "absent").peer().config(t).SetPreempt(t.Context(), endpoint(), true, 10, ourLog)
		wantKind(t, err, upgrade.Refused)
	})
	t.Run("to believe the configuration alone", func(t *testing.T) {
		d := newDevice(t, "inactive")
		d.stuck = true // preempt comes from a configuration group
		_, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
		wantKind(t, err, upgrade.Refused)
	})
	for name, c := range map[string]struct {
		minutes int
		log     string
	}{
		"no time to confirm": {0, ourLog},
		"too much time":      {65536, ourLog},
		"no log":             {10, ""},
		"a log of two lines": {10, "a\nb"},
		"a log too long":     {10, strings.Repeat("x", 513)},
	} {
		t.Run(name, func(t *testing.T) {
			p := newDevice(t, "active").peer()
			_, err := p.config(t).SetPreempt(t.Context(), endpoint(), false, c.minutes, c.log)
			wantKind(t, err, upgrade.Invalid)
			if p.count("password") != 0 {
				t.Error("the device was asked")
			}
		})
	}
}

func TestALostCommitReplyIsResolvedByTheCommitList(t *testing.T) {
	// lose cuts the connection of the confirmed commit once, after it was applied or before.
	lose := func(d *device, applied bool, then func()) {
		lost := false
		d.override = func(_, body string) (answer, bool) {
			if lost || !strings.Contains(body, "<confirmed/>") {
				return answer{}, false
			}
			lost = true
			if applied {
				d.commit(body)
			}
			d.locked, d.candidate = 0, "" // the session is gone
			if then != nil {
				then()
			}
			return answer{hangUp: true}, true
		}
	}
	for name, c := range map[string]struct {
		applied bool
		before  string // log of the commit before ours
		then    func(*device)
		changed bool
		want    upgrade.Kind
		left    string
	}{
		"applied":                      {applied: true, changed: true, left: "inactive"},
		"not applied":                  {want: upgrade.Unreachable, left: "active"},
		"applied and confirmed by now": {applied: true, then: func(d *device) { d.commit("") }, changed: true, left: "inactive"},
		"not applied, but an older commit has the same log": {before: escapedLog, want: upgrade.Unreachable, left: "active"},
		"applied, and the lost session keeps its lock for a moment": {
			applied: true, then: func(d *device) { d.locked = -1 }, changed: true, left: "inactive",
		},
		"beyond the end of the list": {applied: true, then: func(d *device) { d.commits = d.commits[:1] }, want: upgrade.Undecided, left: "inactive"},
		"followed by a confirmed commit of another one": {
			applied: true, then: func(d *device) {
				d.commits = append([]commit{{time: "T2", log: "theirs", before: "active", pending: true}}, d.commits...)
			}, want: upgrade.Undecided, left: "inactive",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			if c.before != "" {
				d.commits[0].log = c.before
			}
			lose(d, c.applied, func() {
				if c.then != nil {
					c.then(d)
				}
			})
			p := d.peer()
			changed, err := p.config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
			wantKind(t, err, c.want)
			if left, _ := d.state(); changed != c.changed || left != c.left {
				t.Errorf("changed %v, preempt %s", changed, left)
			}
			if p.count("<confirmed/>") != 1 {
				t.Error("the change was committed again")
			}
			if c.want == "" {
				wantSettled(t, d)
			}
		})
	}
	t.Run("rolled back by the device meanwhile", func(t *testing.T) {
		t.Parallel()
		d := newDevice(t, "active")
		lose(d, true, d.rollBack)
		config := d.peer().config(t)
		config.Timeout = 3 * time.Second // until then the effect may still come
		_, err := config.SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
		wantKind(t, err, upgrade.Refused)
	})
	t.Run("while nobody can be asked", func(t *testing.T) {
		t.Parallel()
		d := newDevice(t, "active")
		lose(d, true, func() { d.foreign = true })
		config := d.peer().config(t)
		config.CommitTimeout = 3 * time.Second
		_, err := config.SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
		wantKind(t, err, upgrade.Undecided)
	})
}

func TestAnUnconfirmedChangeOfOursIsTakenUpAgain(t *testing.T) {
	d := newDevice(t, "inactive")
	d.commits = append([]commit{{time: "2026-03-01 09:01:00 UTC", log: escapedLog, before: "active", pending: true}}, d.commits...)
	changed, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
	if err != nil || !changed {
		t.Fatalf("changed %v, error %v", changed, err)
	}
	wantSettled(t, d)
	if _, commits := d.state(); len(commits) != 3 {
		t.Errorf("the commits are %v", commits)
	}
}

func TestALostConfirmationIsReadFromTheCommitList(t *testing.T) {
	for name, c := range map[string]struct {
		applied bool
		want    upgrade.Kind
	}{
		"confirmed":     {true, ""},
		"not confirmed": {false, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(t, "active")
			d.override = func(_, body string) (answer, bool) {
				if body != "<commit-configuration></commit-configuration>" {
					return answer{}, false
				}
				if c.applied {
					d.commit("")
				}
				d.locked = 0
				return answer{hangUp: true}, true
			}
			config := d.peer().config(t)
			_, err := config.SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
			wantKind(t, err, c.want)
			d.mutex.Lock()
			d.override = nil
			d.mutex.Unlock()
			if _, err := config.SetPreempt(t.Context(), endpoint(), false, 10, ourLog); err != nil {
				t.Errorf("the next try gives %v", err)
			}
			wantSettled(t, d)
		})
	}
}

func TestAChangeWithoutEffectIsNotConfirmed(t *testing.T) {
	t.Parallel()
	d := newDevice(t, "active")
	d.override = func(_, body string) (answer, bool) {
		d.stuck = d.stuck || strings.Contains(body, "<confirmed/>")
		return answer{}, false
	}
	p := d.peer()
	config := p.config(t)
	config.Timeout = 3 * time.Second
	_, err := config.SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
	wantKind(t, err, upgrade.Refused)
	if _, commits := d.state(); !commits[0].pending || p.count("<commit-configuration></commit-configuration>") != 0 {
		t.Error("the commit was confirmed")
	}
}

func TestAChangeThatCutsTheWayInIsNotConfirmed(t *testing.T) {
	d := newDevice(t, "active")
	p := d.peer()
	d.override = func(operation, body string) (answer, bool) {
		// From the commit on, every other session is turned away.
		return answer{hangUp: true}, d.commits[0].pending && operation == "get-configuration" && d.locked != 0
	}
	_, err := p.config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
	wantKind(t, err, upgrade.Unreachable)
	if _, commits := d.state(); !commits[0].pending {
		t.Error("the commit was confirmed")
	}
}

// wantSettled checks that nothing of ours is left behind.
func wantSettled(t *testing.T, d *device) {
	t.Helper()
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.locked != 0 || d.candidate != "" || d.commits[0].pending {
		t.Errorf("left behind: locked by %d, candidate %q, pending %v", d.locked, d.candidate, d.commits[0].pending)
	}
}
