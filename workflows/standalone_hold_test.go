package workflows_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// stumble is one step of a standalone gateway's upgrade that fails once, with the hold that must come of it.
type stumble struct {
	phase  upgrade.Phase
	kind   upgrade.Kind
	says   string // in the reason; the advice must not be empty
	call   string // that the retry repeats
	times  int    // it is called until the end
	reload int    // reloads before the hold
	spoil  func(*stage)
}

// stumbles are the steps in their order, and each way in which one fails: the second look and the plan, the export, our
// own checks with the lint, IBM's, the last look, the submission, its confirmation, the wait, the first contact, the
// import, the proof over the whole gateway, the comparison.
func stumbles() map[string]stumble {
	const prepare, export, ready, reload, verify, imports = upgrade.PhasePrepare, upgrade.PhaseExport, upgrade.PhaseReady, upgrade.PhaseReload, upgrade.PhaseVerify, upgrade.PhaseImport
	findings := func(check, text string) []upgrade.Finding {
		return []upgrade.Finding{{Check: check, Text: text, Advice: "see " + check}}
	}
	unwell := func(call int, check, text string) func(*stage) {
		return func(s *stage) {
			s.verify.changes(call, func(v *activities.Verification) { v.Findings = findings(check, text) })
		}
	}
	imported := func(kind upgrade.Kind, text string) func(*stage) {
		return func(s *stage) { s.restore.fails(1, says(kind, text)) }
	}
	blocked := func(name, evidence string) func(*stage) {
		return func(s *stage) {
			s.check.changes(1, func(r *[]upgrade.CheckResult) {
				*r = append(*r, upgrade.CheckResult{Name: name, Subject: "gateway", Verdict: upgrade.CheckFail, Evidence: evidence, Remedy: "repair it"})
			})
		}
	}
	return map[string]stumble{
		"the second look fails": {prepare, upgrade.Unreachable, "line is dead", "Discover", 3, 0, func(s *stage) { s.discover.fails(2, broken) }},
		"the plan is refused now": {prepare, upgrade.Unsupported, "", "Discover", 3, 0, func(s *stage) {
			s.discover.changes(2, func(d *upgrade.Discovery) { d.Picture.Gateway.Vendor = "Vyatta" })
		}},
		"the gateway cannot be exported": {export, upgrade.Unreachable, "line is dead", "Export", 2, 0, func(s *stage) { s.export.fails(1, broken) }},
		"the export does not read back": {export, upgrade.Malformed, "its digest differs", "Export", 2, 0, func(s *stage) {
			s.export.fails(1, says(upgrade.Malformed, "what was stored is not what was read: its digest differs"))
		}},
		"somebody commits during the export": {export, upgrade.Drifted, "changed while", "Export", 2, 0, func(s *stage) {
			s.export.fails(1, says(upgrade.Drifted, "the configuration changed while it was exported"))
		}},
		"our own checks cannot be made":  {ready, upgrade.Unreachable, "line is dead", "Check", 2, 0, func(s *stage) { s.check.fails(1, broken) }},
		"the target refuses a statement": {ready, upgrade.NotReady, "set system thing", "Check", 2, 0, blocked("lint-unsupported", "set system thing (running configuration line 41)")},
		"root may not log in over SSH":   {ready, upgrade.NotReady, "root login", "Check", 2, 0, blocked("root-login", "root login over SSH is closed")},
		"IBM's checks are never seen": {ready, upgrade.NotReady, "never seen", "CheckReadiness", 2, 0, func(s *stage) {
			s.readiness.fails(1, says(upgrade.NotReady, "started twice, never seen"))
		}},
		"IBM's row is not Ready":    {ready, upgrade.NotReady, "", "CheckReadiness", 2, 0, func(s *stage) { row(s.world, 1, func(r *upgrade.ReadinessRow) { r.Value = upgrade.Incomplete }) }},
		"the last look fails":       {ready, upgrade.Unreachable, "line is dead", "Observe", 2, 0, func(s *stage) { s.observe.fails(1, broken) }},
		"a confirmed commit waits":  {ready, upgrade.Unhealthy, "", "Observe", 2, 0, func(s *stage) { s.observe.changes(1, func(p *upgrade.Picture) { p.Device.Pending = true }) }},
		"a transaction runs":        {ready, upgrade.Unhealthy, "", "Observe", 2, 0, func(s *stage) { s.observe.changes(1, func(p *upgrade.Picture) { p.Servers[0].ActiveCount = 1 }) }},
		"the permit is gone":        {reload, upgrade.LockLost, "not open", "RequestReload", 2, 0, func(s *stage) { s.request.fails(1, says(upgrade.LockLost, "the pod permit is not open any more")) }},
		"IBM refuses the reload":    {reload, upgrade.Refused, "a transaction is running", "RequestReload", 2, 0, func(s *stage) { declined(s.world, 1) }},
		"the submission is unclear": {reload, upgrade.Undecided, "not to be seen", "ConfirmReload", 2, 0, func(s *stage) { unclear(s.world, 1) }},
		"the reload is overdue":     {reload, upgrade.Overdue, "24h", "AwaitReload", 2, 1, func(s *stage) { s.await.fails(1, says(upgrade.Overdue, "not ended after 24h")) }},
		"the old version is installed": {reload, upgrade.Unhealthy, "not 24.2R2-S1", "AwaitReload", 2, 1, func(s *stage) {
			s.await.changes(1, func(e *activities.ReloadEnd) {
				e.Findings = findings("version", "the record says 22.4R3, not 24.2R2-S1")
			})
		}},
		"the empty gateway is silent":                {verify, upgrade.Unreachable, "line is dead", "Verify", 3, 1, func(s *stage) { s.verify.fails(1, broken) }},
		"the portal's password is not the gateway's": {verify, upgrade.Unhealthy, "login as root", "Verify", 3, 1, unwell(1, "device-login", "the login as root is refused")},
		"the new host has a third key": {verify, upgrade.Untrusted, "host key", "Verify", 3, 1, func(s *stage) {
			s.verify.fails(1, says(upgrade.Untrusted, "the host key is not the one of the reload"))
		}},
		"a port has no counterpart":            {imports, upgrade.Unsupported, "ge-0/0/6", "Restore", 2, 1, imported(upgrade.Unsupported, "interface ge-0/0/6 has units and no counterpart")},
		"the stored export is damaged":         {imports, upgrade.Malformed, "digest", "Restore", 2, 1, imported(upgrade.Malformed, "its digest differs")},
		"the permit is gone before the import": {imports, upgrade.LockLost, "not open", "Restore", 2, 1, imported(upgrade.LockLost, "the pod permit is not open any more")},
		"somebody edits the gateway":           {imports, upgrade.Refused, "locked by", "Restore", 2, 1, imported(upgrade.Refused, "configuration database locked by: netops")},
		"the target refuses a line":            {imports, upgrade.Refused, "syntax error", "Restore", 2, 1, imported(upgrade.Refused, "syntax error")},
		"the import locks its author out":      {imports, upgrade.Denied, "rolls back", "Restore", 2, 1, imported(upgrade.Denied, "the change is not confirmed and rolls back within 10 minutes")},
		"what became of the commit is unknown": {imports, upgrade.Undecided, "commit list", "Restore", 2, 1, imported(upgrade.Undecided, "the commit list shows another commit")},
		"the import's line is dead":            {imports, upgrade.Unreachable, "line is dead", "Restore", 2, 1, imported(upgrade.Unreachable, "the line is dead")},
		"the gateway is not well afterwards":   {verify, upgrade.Unhealthy, "storage", "Verify", 3, 1, unwell(2, "storage", "/var is full: storage")},
		"the comparison fails":                 {upgrade.PhaseCompare, upgrade.Unreachable, "line is dead", "Compare", 2, 1, func(s *stage) { s.compare.fails(1, broken) }},
	}
}

func TestEveryStepOfAStandaloneThatFailsHoldsAndRetryGoesOnWithIt(t *testing.T) {
	for name, c := range stumbles() {
		t.Run("when "+name, func(t *testing.T) {
			s := aloneStage(t)
			c.spoil(s)
			held := holding(c.phase, c.kind, func(s *stage) {
				r := s.status()
				if !strings.Contains(r.Hold.Reason, c.says) || r.Hold.Advice == "" {
					t.Errorf("it holds because %q and advises %q", r.Hold.Reason, r.Hold.Advice)
				}
				if r.Reloads != c.reload || len(s.given) != 0 {
					t.Errorf("%d reloads before it holds, the pod given back %d times", r.Reloads, len(s.given))
				}
				if r.Reloads > 0 {
					s.refused(workflows.UpdateRollback, "a standalone gateway has no way back")
				}
				s.say(workflows.UpdateRetry)
			})
			scenes := []scene{outage(), held}
			if c.phase == upgrade.PhasePrepare || c.phase == upgrade.PhaseExport {
				slices.Reverse(scenes)
			}
			r, err := s.play(wanted(), scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count(c.call) != c.times || r.Reloads != 1 {
				t.Errorf("%s, %v, %d reloads, %s %d times, calls %q", r.Outcome, err, r.Reloads, c.call, s.count(c.call), s.calls)
			}
			s.wantFoldersOfTheirOwn()
			if in := s.restore.asked[len(s.restore.asked)-1]; in.Saved != r.Export.Set || r.Import == nil || r.Import.Fresh.Key != in.Folder+"/fresh.set" {
				t.Errorf("imported was %+v, reported is %+v", in, r.Import)
			}
		})
	}
}

// wantFoldersOfTheirOwn demands that no two exports or imports store in one folder, for nothing stored is overwritten.
func (s *stage) wantFoldersOfTheirOwn() {
	s.Helper()
	var folders []string
	for _, in := range s.restore.asked {
		folders = append(folders, in.Folder)
	}
	for _, in := range s.export.asked {
		folders = append(folders, in.Folder)
	}
	if slices.Sort(folders); len(slices.Compact(slices.Clone(folders))) != len(folders) {
		s.Errorf("folders are shared: %q", folders)
	}
}

func TestWhatIsCommittedAfterTheExportIsExportedAnewAndImported(t *testing.T) {
	s := aloneStage(t)
	s.during["CheckReadiness 1"] = func() { s.commit("2026-03-04 netops") }
	r, err := s.play(wanted(), outage(), holding(upgrade.PhaseReady, upgrade.Drifted, sends(workflows.UpdateRetry)))
	if err != nil || r.Outcome != upgrade.OutcomeCompleted || s.count("Export") != 2 {
		t.Fatalf("%s, %v, calls %q", r.Outcome, err, s.calls)
	}
	if saved := s.restore.asked[0].Saved; saved != r.Export.Set || !strings.Contains(saved.Key, "/before-2/") {
		t.Errorf("imported was %+v, not the second export", saved)
	}
	s.wantFoldersOfTheirOwn()
}

func TestWhoEndsAStandaloneBetweenReloadAndImportIsToldWhereItsConfigurationIs(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*stage)
		phase upgrade.Phase
		told  bool
	}{
		"before the import":          {func(s *stage) { s.verify.fails(1, broken) }, upgrade.PhaseVerify, true},
		"when the import has failed": {func(s *stage) { s.restore.fails(1, broken) }, upgrade.PhaseImport, true},
		"after the import":           {func(s *stage) { s.verify.fails(2, broken) }, upgrade.PhaseVerify, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := aloneStage(t)
			c.spoil(s)
			r, err := s.play(wanted(), outage(), holding(c.phase, upgrade.Unreachable, sends(workflows.UpdateAbort)))
			if err != nil || r.Outcome != upgrade.OutcomeAbandoned || len(s.given) != 1 || s.given[0].Unhealthy == "" {
				t.Fatalf("%s, %v, given back as %+v", r.Outcome, err, s.given)
			}
			told := slices.ContainsFunc(r.ToDo, func(text string) bool {
				return strings.Contains(text, "starter config restore 5150 --from f00d") && strings.Contains(text, r.Export.Set.Key)
			})
			if told != c.told {
				t.Errorf("to do: %q", r.ToDo)
			}
		})
	}
}
