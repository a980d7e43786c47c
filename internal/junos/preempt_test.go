package junos_test

import (
	"strings"
	"testing"

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
	t.Run("a gateway that is no cluster", func(t *testing.T) {
		d := newDevice(t, "inactive")
		d.override = func(operation, _ string) (answer, bool) {
			return answer{inner: rpcError("error: Chassis cluster is not enabled")}, operation == "get-chassis-cluster-status"
		}
		_, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
		wantKind(t, err, upgrade.Refused)
	})
	t.Run("a cluster that does not show preempt", func(t *testing.T) {
		d := newDevice(t, "inactive")
		d.override = func(operation, _ string) (answer, bool) {
			return answer{inner: strings.ReplaceAll(d.cluster(), "<preempt>no<", "<preempt>n/a<")}, operation == "get-chassis-cluster-status"
		}
		_, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
		wantKind(t, err, upgrade.Refused)
	})
	t.Run("to confirm a commit of ours that has no effect", func(t *testing.T) {
		d := newDevice(t, "active")
		d.commits = append([]commit{{time: "T", log: escapedLog, before: "active", pending: true}}, d.commits...)
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

// wantSettled checks that nothing of ours is left behind.
func wantSettled(t *testing.T, d *device) {
	t.Helper()
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.locked != 0 || d.candidate != "" || d.commits[0].pending {
		t.Errorf("left behind: locked by %d, candidate %q, pending %v", d.locked, d.candidate, d.commits[0].pending)
	}
}
