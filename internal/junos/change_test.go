package junos_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// anything accepts every comparison.
func anything(string) error { return nil }

// banner is a change that a gateway takes: one statement, wanted as it is.
func banner() junos.Change {
	return junos.Change{
		Lines:          []string{"set system login message kept-off"},
		Wanted:         junos.Exactly("[edit system]", "+   login {", "+       message kept-off;", "+   }"),
		ConfirmMinutes: 10, Log: "test 1: banner",
	}
}

func TestAChangeIsMadeOnce(t *testing.T) {
	for name, c := range map[string]struct {
		first, again []string
	}{
		"set":                {[]string{"set system login message kept-off"}, nil},
		"set, two lines":     {[]string{"set system login message kept-off", "set system location building x"}, nil},
		"delete":             {[]string{"delete chassis cluster redundancy-group 1 preempt"}, nil},
		"deactivate":         {[]string{"deactivate chassis cluster redundancy-group 1 preempt"}, []string{"activate chassis cluster redundancy-group 1 preempt"}},
		"delete and set":     {[]string{"delete system login", "set system login message kept-off"}, nil},
		"deactivate another": {[]string{"deactivate system services netconf"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, config, e := simulated(t)
			config.NETCONFPort = config.SSHPort // works without the service too
			change := junos.Change{Lines: c.first, Wanted: anything, ConfirmMinutes: 10, Log: "test: " + name}
			for _, want := range []bool{true, false} {
				changed, err := config.Apply(t.Context(), e, change)
				if err != nil || changed != want {
					t.Fatalf("changed %v, want %v; error %v", changed, want, err)
				}
			}
			if c.again == nil {
				return
			}
			change.Lines, change.Log = c.again, "test: back"
			if changed, err := config.Apply(t.Context(), e, change); err != nil || !changed {
				t.Errorf("changed %v, error %v", changed, err)
			}
		})
	}
}

func TestAChangeIsComparedExactly(t *testing.T) {
	_, config, e := simulated(t)
	session := open(t, config, e)
	var before strings.Builder
	if err := session.Configuration(t.Context(), junos.Set, &before); err != nil {
		t.Fatal(err)
	}
	var seen string
	change := banner()
	change.Wanted = func(difference string) error {
		seen = difference
		return errors.New("not this one")
	}
	_, err := config.Apply(t.Context(), e, change)
	wantKind(t, err, upgrade.Refused)
	change.Wanted = junos.Exactly(append(strings.Split(seen, "\n"), "+ more;")...)
	_, err = config.Apply(t.Context(), e, change)
	wantKind(t, err, upgrade.Refused)
	wantUntouched(t, session, before.String())
	change.Wanted = junos.Exactly(strings.Split(seen, "\n")...)
	if changed, err := config.Apply(t.Context(), e, change); err != nil || !changed {
		t.Errorf("changed %v, error %v", changed, err)
	}
}

func TestAChangeIsStoppedWhere(t *testing.T) {
	for name, c := range map[string]struct {
		fault sim.Fault
		want  upgrade.Kind
		left  bool // the change is committed and rolls back, or is confirmed
	}{
		"somebody holds the lock":                  {fault: sim.Fault{Name: "config-locked"}, want: upgrade.Refused},
		"somebody has changed the candidate":       {fault: sim.Fault{Name: "config-uncommitted"}, want: upgrade.Refused},
		"somebody's commit waits":                  {fault: sim.Fault{Name: "pending-commit"}, want: upgrade.Refused},
		"the device refuses to commit":             {fault: sim.Fault{Name: "commit-refused"}, want: upgrade.Refused},
		"the peer's configuration is locked":       {fault: sim.Fault{Name: "peer-config-locked"}, want: upgrade.Refused},
		"the connection is lost in the list":       {fault: sim.Fault{Name: "ssh-drop", Arg: "get-commit-information"}, want: upgrade.Unreachable},
		"the connection is lost in the lock":       {fault: sim.Fault{Name: "ssh-drop", Arg: "lock-configuration"}, want: upgrade.Unreachable},
		"the connection is lost in the load":       {fault: sim.Fault{Name: "ssh-drop", Arg: "load-configuration"}, want: upgrade.Unreachable},
		"the connection is lost in the check":      {fault: sim.Fault{Name: "ssh-drop", Arg: "commit-configuration"}, want: upgrade.Unreachable},
		"the connection is lost in the comparison": {fault: sim.Fault{Name: "ssh-drop", Arg: "get-configuration"}, want: upgrade.Unreachable},
		"nothing, but a node's reply has no end":   {fault: sim.Fault{Name: "unclosed-engine"}, left: true},
	} {
		t.Run(name, func(t *testing.T) {
			cloud, config, e := simulated(t)
			if err := cloud.Inject(c.fault); err != nil {
				t.Fatal(err)
			}
			change := banner()
			change.Wanted = anything
			changed, err := config.Apply(t.Context(), e, change)
			wantKind(t, err, c.want)
			if changed != c.left {
				t.Errorf("changed %v", changed)
			}
			if has := configured(t, config, e, "kept-off"); has != c.left {
				t.Errorf("the change is in the configuration: %v", has)
			}
		})
	}
}

func TestAProofThatFailsLeavesTheChangeToRollBack(t *testing.T) {
	_, config, e := simulated(t)
	change := banner()
	change.Wanted = anything
	calls := 0
	change.Done = func(context.Context, *junos.Session) (bool, error) {
		if calls++; calls == 1 {
			return false, nil
		}
		return false, upgrade.Errorf(upgrade.Malformed, "unreadable")
	}
	_, err := config.Apply(t.Context(), e, change)
	wantKind(t, err, upgrade.Malformed)
	if !strings.Contains(fmt.Sprint(err), "rolls back within 10 minutes") {
		t.Errorf("the error is %v", err)
	}
	if rolledBack, err := config.Rollback(t.Context(), e, change.Log); err != nil || !rolledBack {
		t.Fatalf("rolled back %v, error %v", rolledBack, err)
	}
	if configured(t, config, e, "kept-off") {
		t.Error("the change is still there")
	}
}

func TestAChangeIsRefusedUnseen(t *testing.T) {
	for name, spoil := range map[string]func(*junos.Change){
		"without lines and load":      func(c *junos.Change) { c.Lines = nil },
		"with lines and a load":       func(c *junos.Change) { c.Load = text("system {}") },
		"without a judge":             func(c *junos.Change) { c.Wanted = nil },
		"with another command":        func(c *junos.Change) { c.Lines = []string{"rollback 1"} },
		"with half a command":         func(c *junos.Change) { c.Lines = []string{"delete"} },
		"with two commands in a line": func(c *junos.Change) { c.Lines = []string{"set a b\ndelete system"} },
		"without a time":              func(c *junos.Change) { c.ConfirmMinutes = 0 },
		"with too long a time":        func(c *junos.Change) { c.ConfirmMinutes = 65536 },
		"without a log":               func(c *junos.Change) { c.Log = "" },
		"with too long a log":         func(c *junos.Change) { c.Log = strings.Repeat("x", 513) },
		"with an empty load":          func(c *junos.Change) { c.Lines, c.Load = nil, &junos.Load{Action: junos.LoadSet, Format: junos.Set} },
		"with an unknown load": func(c *junos.Change) {
			c.Lines, c.Load = nil, &junos.Load{Action: "update", Format: junos.Text, From: strings.NewReader("x")}
		},
		"with set lines to override": func(c *junos.Change) {
			c.Lines, c.Load = nil, &junos.Load{Action: junos.LoadOverride, Format: junos.Set, From: strings.NewReader("x")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			change := banner()
			spoil(&change)
			p := newDevice(t, "active").peer()
			_, err := p.config(t).Apply(t.Context(), endpoint(), change)
			wantKind(t, err, upgrade.Invalid)
			if p.count("password") != 0 {
				t.Error("the device was asked")
			}
		})
	}
}

func open(t *testing.T, config junos.Config, e upgrade.Endpoint) *junos.Session {
	t.Helper()
	session, err := config.Dial(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return session
}

// configured reports whether the committed configuration holds a text.
func configured(t *testing.T, config junos.Config, e upgrade.Endpoint, text string) bool {
	t.Helper()
	var set strings.Builder
	if err := open(t, config, e).Configuration(t.Context(), junos.Set, &set); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(set.String(), text)
}

// wantUntouched checks that the committed configuration is as before and that no candidate is left.
func wantUntouched(t *testing.T, session *junos.Session, before string) {
	t.Helper()
	var now strings.Builder
	if err := session.Configuration(t.Context(), junos.Set, &now); err != nil {
		t.Fatal(err)
	}
	view, err := session.View(t.Context())
	if err != nil || view.Uncommitted || view.Pending || now.String() != before {
		t.Errorf("left behind: uncommitted %v, pending %v, error %v", view.Uncommitted, view.Pending, err)
	}
}

func text(configuration string) *junos.Load {
	return &junos.Load{Action: junos.LoadMerge, Format: junos.Text, From: strings.NewReader(configuration)}
}
