package junos_test

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// unconfirmed is a device on which a commit of ours waits.
func unconfirmed(t *testing.T) *device {
	d := newDevice(t, "inactive")
	d.commits = append([]commit{{time: "2026-03-01 09:01:00 UTC", log: escapedLog, before: "active", pending: true}}, d.commits...)
	return d
}

func TestRollbackTakesBackWhatWaits(t *testing.T) {
	d := unconfirmed(t)
	config := d.peer().config(t)
	for _, want := range []bool{true, false} {
		rolledBack, err := config.Rollback(t.Context(), endpoint(), ourLog)
		if left, _ := d.state(); err != nil || rolledBack != want || left != "active" {
			t.Fatalf("rolled back %v, want %v; preempt %s, error %v", rolledBack, want, left, err)
		}
		wantSettled(t, d)
	}
}

func TestRollbackLeavesAloneWhat(t *testing.T) {
	for name, arrange := range map[string]func(*device){
		"was confirmed":                      func(d *device) { d.commit("") },
		"was rolled back by the device":      func(d *device) { d.rollBack() },
		"is somebody else's":                 func(d *device) { d.commits[0].log = "theirs" },
		"was never made":                     func(d *device) { d.commits = d.commits[1:] },
		"was confirmed while the lock waits": func(d *device) { d.override = onLock(d, func() { d.commit("") }) },
	} {
		t.Run(name, func(t *testing.T) {
			d := unconfirmed(t)
			arrange(d)
			p := d.peer()
			rolledBack, err := p.config(t).Rollback(t.Context(), endpoint(), ourLog)
			if err != nil || rolledBack || p.count("<commit-configuration>") != 0 {
				t.Errorf("rolled back %v, error %v", rolledBack, err)
			}
		})
	}
}

// onLock lets something happen right before the lock is granted.
func onLock(d *device, happen func()) func(operation, body string) (answer, bool) {
	return func(operation, _ string) (answer, bool) {
		if operation == "lock-configuration" && d.commits[0].pending {
			happen()
		}
		return answer{}, false
	}
}

func TestRollbackFailsWhere(t *testing.T) {
	refuse := func(when string) func(*device) {
		return func(d *device) {
			d.override = func(_, body string) (answer, bool) {
				return answer{inner: rpcError("no")}, strings.Contains(body, when)
			}
		}
	}
	for name, c := range map[string]struct {
		arrange func(*device)
		want    upgrade.Kind
	}{
		"somebody holds the lock":              {func(d *device) { d.foreign = true }, upgrade.Refused},
		"the list is refused":                  {refuse("<get-commit-information"), upgrade.Refused},
		"the load is refused":                  {refuse(`rollback="1"`), upgrade.Refused},
		"the comparison is refused":            {refuse("compare="), upgrade.Refused},
		"the commit is refused":                {refuse("<commit-configuration>"), upgrade.Refused},
		"the configuration before is the same": {func(d *device) { d.commits[0].before = "inactive" }, upgrade.Refused},
		"the commit has no effect": {func(d *device) {
			d.override = func(_, body string) (answer, bool) {
				return answer{inner: "<ok/>"}, strings.Contains(body, "<commit-configuration>")
			}
		}, upgrade.Refused},
		"the log is none": {func(*device) {}, upgrade.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			d := unconfirmed(t)
			c.arrange(d)
			log := ourLog
			if c.want == upgrade.Invalid {
				log = ""
			}
			rolledBack, err := d.peer().config(t).Rollback(t.Context(), endpoint(), log)
			wantKind(t, err, c.want)
			if left, _ := d.state(); rolledBack || left != "inactive" {
				t.Errorf("rolled back %v, preempt %s", rolledBack, left)
			}
		})
	}
}

func TestALostRollbackIsResolvedByTheCommitList(t *testing.T) {
	for name, c := range map[string]struct {
		applied bool
		then    func(*device)
		want    upgrade.Kind
	}{
		"applied":     {applied: true},
		"not applied": {want: upgrade.Unreachable},
		"not applied, and the device has rolled back by itself": {then: func(d *device) { d.rollBack() }, want: upgrade.Undecided},
		"beyond the end of the list":                            {applied: true, then: func(d *device) { d.commits = d.commits[:1] }, want: upgrade.Undecided},
	} {
		t.Run(name, func(t *testing.T) {
			d := unconfirmed(t)
			lost := false
			d.override = func(_, body string) (answer, bool) {
				if lost || !strings.Contains(body, "<commit-configuration>") {
					return answer{}, false
				}
				lost = true
				if c.applied {
					d.commit(body)
				}
				d.locked, d.candidate = 0, "" // the session is gone
				if c.then != nil {
					c.then(d)
				}
				return answer{hangUp: true}, true
			}
			p := d.peer()
			rolledBack, err := p.config(t).Rollback(t.Context(), endpoint(), ourLog)
			wantKind(t, err, c.want)
			if rolledBack != (c.want == "") || p.count("<commit-configuration>") != 1 {
				t.Errorf("rolled back %v, the device saw %v", rolledBack, p.seenBy())
			}
		})
	}
}
