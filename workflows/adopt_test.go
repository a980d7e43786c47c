package workflows_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// adopting is the request to take over what somebody began by hand.
func adopting() upgrade.Request {
	req := wanted()
	req.Resume = true
	return req
}

// reloading shows a reload under way on a server, until its end was awaited.
func reloading(s *stage, server, id int) {
	s.view = func(p *upgrade.Picture) {
		i := slices.IndexFunc(p.Servers, func(s upgrade.Server) bool { return s.ID == server })
		p.Servers[i].LastReload, p.Servers[i].Active, p.Servers[i].ActiveIDs, p.Servers[i].ActiveCount = id, &upgrade.Transaction{ID: id, Step: "imaging"}, []int{id}, 1
	}
	s.await.changes(0, func(*activities.ReloadEnd) { s.view = nil })
}

// The points at which an upgrade by hand is taken over.
func firstDone(s *stage)     { s.ended = 1 }
func firstRunning(s *stage)  { reloading(s, serverB, 4711) }
func secondRunning(s *stage) { s.ended = 1; reloading(s, serverA, 4712) }

func TestAnUpgradeByHandIsTakenOverWhereItStands(t *testing.T) {
	begin := []string{"Discover", "AskForPod", "pod taken", "Discover", "Export"}
	second := []string{"Check", "CheckReadiness", "Observe", "RequestReload", "ConfirmReload", "AwaitReload", "Verify"}
	end := []string{"Compare", "pod given back", "StoreReport"}
	for name, c := range map[string]struct {
		at      func(*stage)
		scenes  []scene
		calls   []string
		adopted string
		reloads int
		ids     []int
	}{
		"between the reloads": {firstDone, []scene{approve()}, slices.Concat(begin, []string{"Verify"}, second, end),
			"the first node is reloaded, the second is not", 1, []int{0, 88002}},
		"in the first reload": {firstRunning, []scene{approve()}, slices.Concat(begin, []string{"AwaitReload", "Verify"}, second, end),
			"the first reload is on, transaction 4711", 2, []int{4711, 88002}},
		"in the second reload": {secondRunning, nil, slices.Concat(begin, []string{"AwaitReload", "Verify"}, end),
			"the second reload is on, transaction 4712", 1, []int{0, 4712}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			c.at(s)
			r, err := s.play(adopting(), c.scenes...)
			if err != nil || r.Outcome != upgrade.OutcomeCompleted || r.Adopted != c.adopted || r.Reloads != c.reloads {
				t.Fatalf("%s, %v, adopted %q, %d reloads", r.Outcome, err, r.Adopted, r.Reloads)
			}
			if diff := cmp.Diff(c.calls, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if len(r.Nodes) != 2 || r.Nodes[0].Step.Node != "node1" || r.Nodes[0].ReloadID != c.ids[0] || r.Nodes[1].ReloadID != c.ids[1] {
				t.Errorf("nodes: %+v", r.Nodes)
			}
			if !s.discover.asked[0].ByRecord {
				t.Error("the members are not found by their records")
			}
		})
	}
}

func TestTheTakeOverGoesOnFromWhereItStandsOnceThePodIsOurs(t *testing.T) {
	s := newStage(t)
	firstRunning(s)
	s.during["AskForPod 1"] = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.view, s.ended = nil, 1
	}
	r, err := s.play(adopting(), approve())
	if err != nil || r.Adopted != "the first node is reloaded, the second is not" || s.count("AwaitReload") != 1 {
		t.Errorf("%v, adopted %q, calls %q", err, r.Adopted, s.calls)
	}
}

func TestATakeOverIsRefusedAtAnyOtherPoint(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*stage)
		kind  upgrade.Kind
	}{
		"when nothing was begun":           {func(*stage) {}, upgrade.Unhealthy},
		"when both nodes are upgraded":     {func(s *stage) { s.ended = 2 }, upgrade.Unhealthy},
		"when the gateway is a standalone": {func(s *stage) { s.view = aloneStage(t).view }, upgrade.Unsupported},
		"when the node is not proven": {func(s *stage) {
			s.ended, s.view = 1, func(p *upgrade.Picture) { p.Device.NodeMACs = nil }
		}, upgrade.Unhealthy},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			c.spoil(s)
			_, err := s.play(adopting())
			s.refusedAs(err, c.kind)
			if diff := cmp.Diff([]string{"Discover"}, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARollbackOfATakenOverUpgrade(t *testing.T) {
	t.Run("is possible between the reloads", func(t *testing.T) {
		s := backStage(t)
		firstDone(s)
		s.view = func(p *upgrade.Picture) { p.Gateway.Members[0].Version = "22.4R3-S2" } // what the second node runs, as IBM offers it
		r, err := s.play(adopting(), goBack())
		if err != nil || r.Outcome != upgrade.OutcomeRolledBack || s.request.asked[0].Step.HardwareID != serverB {
			t.Errorf("%s, %v, calls %q", r.Outcome, err, s.calls)
		}
	})
	for name, c := range map[string]struct {
		at     func(*stage)
		scenes []scene
		text   string
	}{
		"is refused in the first reload":  {firstRunning, []scene{approve()}, notOver},
		"is refused in the second reload": {secondRunning, nil, tooFar},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			c.at(s)
			s.during["AwaitReload 1"] = func() { s.refused(workflows.UpdateRollback, c.text) }
			if r, err := s.play(adopting(), c.scenes...); err != nil || r.Outcome != upgrade.OutcomeCompleted {
				t.Errorf("%s, %v", r.Outcome, err)
			}
		})
	}
}
