package workflows_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// aloneRun are the calls of a standalone gateway's upgrade in which nothing goes wrong.
var aloneRun = []string{
	"Discover", "AskForPod", "pod taken", "Discover", "Export",
	"Check", "CheckReadiness", "Observe", "RequestReload", "ConfirmReload", "AwaitReload", "Verify", "Differ",
	"Restore", "Verify", "Differ", "Compare", "pod given back", "StoreReport",
}

// aloneStage is a world with a gateway of one member, whose reload erases its configuration.
func aloneStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	s.view = func(p *upgrade.Picture) {
		p.Gateway.Members, p.Servers, p.Hosts = p.Gateway.Members[:1], p.Servers[:1], p.Hosts[:1]
		p.Readiness = slices.DeleteFunc(p.Readiness, func(r upgrade.ReadinessRow) bool { return r.MemberID != memberA })
		p.Device.Cluster, p.Device.NodeMACs, p.Device.Nodes = nil, nil, []upgrade.NodeVersion{{Version: p.Device.Nodes[0].Version}}
	}
	s.await.changes(0, func(*activities.ReloadEnd) { s.mark = upgrade.Mark{Digest: "erased", Commit: "first boot"} })
	return s
}

func outage() scene { return asked("standalone gateway edge-fra", sends(workflows.UpdateApprove)) }

func TestAStandaloneGatewayIsReloadedAndItsConfigurationImported(t *testing.T) {
	for _, approval := range []upgrade.Approval{upgrade.ApprovalPerson, upgrade.ApprovalNone} {
		t.Run("and a person is asked with approval "+string(approval), func(t *testing.T) {
			s, req := aloneStage(t), wanted()
			req.Approval = approval
			r, err := s.play(req, outage())
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || r.Reloads != 1 || len(r.ToDo) > 0 {
				t.Fatalf("%s, %v, %d reloads, to do %q", r.Outcome, err, r.Reloads, r.ToDo)
			}
			if diff := cmp.Diff(aloneRun, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if in := s.request.asked[0]; in.Peer != 0 || in.Step.HardwareID != serverA || in.Step.Price.ID != 91002 {
				t.Errorf("submitted with %+v", in)
			}
			in, epoch := s.restore.asked[0], "reload 88001 of server 7101"
			if in.Saved != r.Export.Set || in.DeviceEpoch != epoch || in.Permit != s.request.asked[0].Permit || in.ConfirmMinutes == 0 || !strings.HasSuffix(in.Folder, "/fresh-1") || in.Log == "" {
				t.Errorf("imported with %+v", in)
			}
			if r.Import == nil || r.Import.Fresh.Key != in.Folder+"/fresh.set" || r.Import.At.IsZero() {
				t.Errorf("import: %+v", r.Import)
			}
			if before, after := s.differ.asked[0].Fresh, s.differ.asked[1].Fresh; before != nil || after == nil || *after != r.Import.Fresh {
				t.Errorf("compared with the fresh configurations %v and %v", before, after)
			}
			if a, b := s.verify.asked[0].Moment, s.verify.asked[1].Moment; a != upgrade.Erased || b != upgrade.AfterSecond {
				t.Errorf("verified %q and %q", a, b)
			}
		})
	}
}

func TestTheQuestionOfAStandaloneSaysWhatItCosts(t *testing.T) {
	s := aloneStage(t)
	_, err := s.play(wanted(), asked("reload host edge-a", func(s *stage) {
		r := s.status()
		for _, word := range []string{"edge-fra", target, "no way back", r.Export.Set.Key, "local certificates", "2 to 5 hours"} {
			if !strings.Contains(r.Ask.Text, word) {
				t.Errorf("the question lacks %q: %s", word, r.Ask.Text)
			}
		}
		s.refused(workflows.UpdateRollback, noReload)
		s.say(workflows.UpdateApprove)
	}))
	if err != nil {
		t.Fatal(err)
	}
}

func TestAStandaloneIsLeftAloneByAnAbortAtItsQuestion(t *testing.T) {
	s := aloneStage(t)
	r, err := s.play(wanted(), asked("standalone gateway", sends(workflows.UpdateAbort)))
	if err != nil || r.Outcome != upgrade.OutcomeAborted || s.count("RequestReload") != 0 || s.given[0].Unhealthy != "" {
		t.Errorf("%s, %v, calls %q", r.Outcome, err, s.calls)
	}
}

func TestNothingOfAStandaloneIsReloadedWithoutItsExport(t *testing.T) {
	s := aloneStage(t)
	s.export.fails(0, broken)
	r, err := s.play(wanted(), holding(upgrade.PhaseExport, upgrade.Unreachable, sends(workflows.UpdateAbort)))
	if err != nil || r.Outcome != upgrade.OutcomeAborted || s.count("RequestReload") != 0 {
		t.Errorf("%s, %v, calls %q", r.Outcome, err, s.calls)
	}
}

func TestTheSameStatementsInAnotherOrderAreNoDifference(t *testing.T) {
	for name, c := range map[string]struct {
		count int
		todo  int
	}{"the same": {0, 0}, "not the same": {2, 1}} {
		t.Run(name, func(t *testing.T) {
			s := aloneStage(t)
			s.differ.changes(0, func(d *upgrade.ConfigChanges) { d.Count, d.Lines = c.count, []string{"added a", "added b"}[:c.count] })
			s.compare.changes(1, func(got *activities.Comparison) {
				got.Differences = append(got.Differences, upgrade.Difference{Item: "configuration", Before: "d1", After: "d2"})
			})
			r, err := s.play(wanted(), outage())
			if err != nil || len(r.ToDo) != c.todo || r.Differences[1].Expected != (c.count == 0) {
				t.Errorf("%v, to do %q, differences %+v", err, r.ToDo, r.Differences)
			}
		})
	}
}
