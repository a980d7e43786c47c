package junos_test

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

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

func TestARefusedConfirmationIsReported(t *testing.T) {
	d := newDevice(t, "active")
	d.override = func(_, body string) (answer, bool) {
		return answer{inner: rpcError("no")}, body == "<commit-configuration></commit-configuration>"
	}
	_, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
	wantKind(t, err, upgrade.Refused)
	if _, commits := d.state(); !commits[0].pending {
		t.Error("the commit is not pending any more")
	}
}

func TestAConfirmationWithoutEffectIsReported(t *testing.T) {
	d := newDevice(t, "active")
	d.override = func(_, body string) (answer, bool) {
		return answer{inner: "<ok/>"}, body == "<commit-configuration></commit-configuration>"
	}
	_, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
	wantKind(t, err, upgrade.Refused)
}

func TestALostNodeHidesNoPreempt(t *testing.T) {
	d := newDevice(t, "active")
	d.override = func(operation, _ string) (answer, bool) {
		status := d.cluster()
		at := strings.LastIndex(status, "<preempt>")
		lost := status[:at] + "<preempt>n/a</preempt>" + status[at+strings.Index(status[at:], "<failover-mode>"):]
		return answer{inner: lost}, operation == "get-chassis-cluster-status"
	}
	changed, err := d.peer().config(t).SetPreempt(t.Context(), endpoint(), false, 10, ourLog)
	if err != nil || !changed {
		t.Errorf("changed %v, error %v", changed, err)
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
