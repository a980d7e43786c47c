package workflows_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

const askPreempt = "deactivate preempt of redundancy group 1"

func TestPreemptIsSwitchedOffOnlyWhereItIsActive(t *testing.T) {
	off := slices.Insert(slices.Clone(wholeRun), 4, "SetPreempt false")
	restored := append(append(append([]string{}, off[:len(off)-3]...), "SetPreempt true"), off[len(off)-3:]...)
	todo := []string{"preempt of redundancy group 1 is still off: activate it again if it is wanted"}
	for name, c := range map[string]struct {
		found  upgrade.Preempt
		policy upgrade.PreemptPolicy
		scenes []scene
		calls  []string
		report upgrade.PreemptReport
		todo   []string
	}{
		"absent":                      {upgrade.PreemptAbsent, upgrade.PreemptRestore, nil, wholeRun, upgrade.PreemptReport{}, nil},
		"inactive":                    {upgrade.PreemptInactive, upgrade.PreemptRestore, nil, wholeRun, upgrade.PreemptReport{}, nil},
		"active, to be left off":      {upgrade.PreemptActive, upgrade.PreemptDeactivate, nil, off, upgrade.PreemptReport{Deactivated: true}, todo},
		"active, to be restored":      {upgrade.PreemptActive, upgrade.PreemptRestore, nil, restored, upgrade.PreemptReport{Deactivated: true, Restored: true}, nil},
		"active, approved by a human": {upgrade.PreemptActive, upgrade.PreemptAsk, []scene{asked(askPreempt, sends(workflows.UpdateApprove))}, off, upgrade.PreemptReport{Deactivated: true}, todo},
	} {
		t.Run(name, func(t *testing.T) {
			s, req := newStage(t), wanted()
			s.preempt, req.Preempt, c.report.Found = c.found, c.policy, c.found
			r, err := s.play(req, append(c.scenes, approve())...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.calls, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(&c.report, r.Preempt); diff != "" {
				t.Errorf("preempt (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.todo, r.ToDo); diff != "" {
				t.Errorf("to do (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPreemptIsSetUnderTheOpenPermitByACommitThatNamesTheUpgrade(t *testing.T) {
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
	req.Timing.ConfirmMinutes = 7
	if _, err := s.play(req, approve()); err != nil {
		t.Fatal(err)
	}
	for i, in := range s.setting.asked {
		if in.Permit != s.request.asked[0].Permit || in.ConfirmMinutes != 7 || in.Gateway.ID != gatewayID || in.Log == "" {
			t.Errorf("call %d: %+v", i, in)
		}
	}
	if diff := cmp.Diff("d1", s.compare.asked[0].Preempt); diff != "" {
		t.Errorf("compared with another configuration than the one found before preempt was touched (-want +got):\n%s", diff)
	}
	if before, after := s.setting.asked[0].DeviceEpoch, s.setting.asked[1].DeviceEpoch; before != "" || after != "reload 88002 of server 7101" {
		t.Errorf("device epochs %q and %q", before, after)
	}
}

func TestAnAbortPutsPreemptBack(t *testing.T) {
	undone := []string{"Discover", "AskForPod", "pod taken", "Discover", "SetPreempt false", "SetPreempt true", "pod given back", "StoreReport"}
	exported := []string{"Discover", "AskForPod", "pod taken", "Discover", "SetPreempt false", "Export", "SetPreempt true", "pod given back", "StoreReport"}
	abort := sends(workflows.UpdateAbort)
	for name, c := range map[string]struct {
		policy upgrade.PreemptPolicy
		spoil  func(*stage)
		scenes []scene
		calls  []string
		cut    string // a call that the abort cuts: whether and when it still begins is not told
	}{
		"not where its deactivation was only asked for": {upgrade.PreemptAsk, func(*stage) {}, []scene{asked(askPreempt, abort)},
			[]string{"Discover", "AskForPod", "pod taken", "Discover", "pod given back", "StoreReport"}, ""},
		"after its deactivation failed half-way": {upgrade.PreemptDeactivate,
			func(s *stage) { s.setting.fails(1, says(upgrade.Unreachable, "the session broke")) },
			[]scene{holding(upgrade.PhasePrepare, upgrade.Unreachable, abort)}, undone, ""},
		"when it comes while the device is changed": {upgrade.PreemptDeactivate,
			func(s *stage) { s.during["SetPreempt 1"] = func() { s.say(workflows.UpdateAbort) } }, nil, undone, ""},
		"from a hold of a later step": {upgrade.PreemptDeactivate,
			func(s *stage) { s.export.fails(1, says(upgrade.Refused, "the archive is full")) },
			[]scene{holding(upgrade.PhaseExport, upgrade.Refused, abort)}, exported, ""},
		"when it comes during a later step": {upgrade.PreemptRestore,
			func(s *stage) { s.during["Export 1"] = func() { s.say(workflows.UpdateAbort) } }, nil, undone, "Export"},
	} {
		t.Run(name, func(t *testing.T) {
			s, req := newStage(t), wanted()
			s.preempt, req.Preempt = upgrade.PreemptActive, c.policy
			c.spoil(s)
			r, err := s.play(req, c.scenes...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.calls, without(s.calls, c.cut)); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if r.Outcome != upgrade.OutcomeAborted || r.Reason != "night shift says abort" || s.preempt != upgrade.PreemptActive || len(r.ToDo) != 0 || s.cut["SetPreempt"] != 0 {
				t.Errorf("outcome %s (%s), preempt %s, to do %q", r.Outcome, r.Reason, s.preempt, r.ToDo)
			}
		})
	}
}

// without leaves one call out.
func without(calls []string, name string) []string {
	var rest []string
	for _, call := range calls {
		if call != name {
			rest = append(rest, call)
		}
	}
	return rest
}

func TestAnUndoThatFailsIsLeftToPeopleByName(t *testing.T) {
	s, req := newStage(t), wanted()
	s.preempt, req.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
	s.export.fails(1, says(upgrade.Refused, "the archive is full"))
	s.setting.fails(2, says(upgrade.Denied, "the root password is refused"))
	r, err := s.play(req, holding(upgrade.PhaseExport, upgrade.Refused, sends(workflows.UpdateAbort)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"activating preempt of redundancy group 1 again did not succeed: the root password is refused"}
	if diff := cmp.Diff(want, r.ToDo); diff != "" || r.Outcome != upgrade.OutcomeAborted || s.count("pod given back") != 1 {
		t.Errorf("outcome %s, to do (-want +got):\n%s", r.Outcome, diff)
	}
}
