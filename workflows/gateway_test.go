package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// wholeRun are the calls of an upgrade in which nothing goes wrong.
var wholeRun = []string{
	"Discover", "AskForPod", "pod taken", "Discover", "Export",
	"Check", "CheckReadiness", "Observe", "RequestReload", "ConfirmReload", "AwaitReload", "Verify",
	"Check", "CheckReadiness", "Observe", "RequestReload", "ConfirmReload", "AwaitReload", "Verify",
	"Compare", "pod given back", "StoreReport",
}

// with puts calls between the first call of a name in calls and what follows it.
func with(calls []string, after string, more ...string) []string {
	for i, call := range calls {
		if call == after {
			return append(append(append([]string{}, calls[:i+1]...), more...), calls[i+1:]...)
		}
	}
	return nil
}

func TestAPairIsUpgradedInTheOrderOfTheRunbook(t *testing.T) {
	s := newStage(t)
	r, err := s.play(wanted(), approve())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeRun, s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	t.Run("the secondary first", func(t *testing.T) {
		var order []string
		for _, in := range s.request.asked {
			order = append(order, in.Step.Node+" on "+in.Step.Host)
		}
		if diff := cmp.Diff([]string{"node1 on edge-b", "node0 on edge-a"}, order); diff != "" {
			t.Errorf("reloads (-want +got):\n%s", diff)
		}
	})
	t.Run("each reload with its price, its peer, its baseline and the open permit", func(t *testing.T) {
		for i, in := range s.request.asked {
			if in.Step.Price.ID != 91002 || in.Peer != s.request.asked[1-i].Step.HardwareID || in.Baseline.HardwareID != in.Step.HardwareID ||
				in.Permit.WorkflowID != permitID || in.Permit.RunID == "" {
				t.Errorf("reload %d was asked for with %+v", i, in)
			}
		}
	})
	t.Run("the records are expected upgrade-active between the reloads and active at the end", func(t *testing.T) {
		if a, b := s.await.asked[0].Expected.Status, s.await.asked[1].Expected.Status; a != upgrade.StatusUpgradeActive || b != upgrade.StatusActive {
			t.Errorf("expected %s and %s", a, b)
		}
	})
	t.Run("each node is verified at its own moment", func(t *testing.T) {
		if a, b := s.verify.asked[0].Moment, s.verify.asked[1].Moment; a != upgrade.Between || b != upgrade.AfterSecond {
			t.Errorf("verified %q and %q", a, b)
		}
	})
	t.Run("new host keys are due only after our own reloads", func(t *testing.T) {
		first, second := "reload 88001 of server 7102", "reload 88002 of server 7101"
		for _, c := range []struct {
			look activities.Look
			want activities.Look
		}{
			{s.discover.asked[0], activities.Look{GatewayID: gatewayID}},
			{s.observe.asked[0], activities.Look{GatewayID: gatewayID}},
			{s.verify.asked[0].Look, activities.Look{GatewayID: gatewayID, HostEpochs: map[int]string{serverB: first}, DeviceEpoch: first}},
			{s.observe.asked[1], activities.Look{GatewayID: gatewayID, HostEpochs: map[int]string{serverB: first}, DeviceEpoch: first}},
			{s.verify.asked[1].Look, activities.Look{GatewayID: gatewayID, HostEpochs: map[int]string{serverB: first, serverA: second}, DeviceEpoch: second}},
		} {
			if diff := cmp.Diff(c.want, c.look); diff != "" {
				t.Errorf("look (-want +got):\n%s", diff)
			}
		}
	})
	t.Run("the report says what was done", func(t *testing.T) { reportOfWholeRun(t, s, r) })
}

func reportOfWholeRun(t *testing.T, s *stage, r upgrade.Report) {
	t.Helper()
	if r.Outcome != upgrade.OutcomeCompleted || r.Reloads != 2 || r.Gateway != "edge-fra" || r.Pod != pod || r.From != old ||
		r.Target != target || r.Change != "CHG-31007" || r.RequestedBy != "N. Okafor" || len(r.ToDo) > 0 || r.Hold != nil || r.Ask != nil || r.Waiting != "" {
		t.Errorf("report: %+v", r)
	}
	if len(r.Nodes) != 2 {
		t.Fatalf("nodes: %+v", r.Nodes)
	}
	for i, n := range r.Nodes {
		if n.ReloadID != reloadID(i) || n.Round != 1 || n.Version != landed || n.Submitted.IsZero() || n.Ended.Before(n.Submitted) || n.Verified.Before(n.Ended) {
			t.Errorf("node %d: %+v", i, n)
		}
	}
	if len(r.Decisions) != 1 || r.Decisions[0].Name != workflows.UpdateApprove || r.Decisions[0].By != "A. Lindqvist" || r.Decisions[0].At.IsZero() {
		t.Errorf("decisions: %+v", r.Decisions)
	}
	// The test environment has no first run id, which stands in the middle.
	if key := s.store.asked[0].Key; !strings.HasPrefix(key, "upgrades/5150/") || !strings.HasSuffix(key, "/report.json") || r.Stored == nil || r.Stored.Key != key {
		t.Errorf("stored under %q as %+v", key, r.Stored)
	}
	if diff := cmp.Diff(r.Nodes, s.stored.Nodes); diff != "" || s.stored.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("the stored report is not the result: %s %s", s.stored.Outcome, diff)
	}
}

func TestADryRunEndsAfterThePlanAndTouchesNothing(t *testing.T) {
	s := newStage(t)
	req := wanted()
	req.DryRun = true
	r, err := s.play(req)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Discover"}, s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if r.Outcome != upgrade.OutcomePlanned || r.Plan == nil || len(r.Plan.Steps) != 2 || r.Plan.Steps[0].Node != "node1" {
		t.Errorf("report: %+v", r)
	}
}

func TestAnUpgradeIsRefusedBeforeAnythingIsTouched(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*world, *upgrade.Request)
		kind  upgrade.Kind
		calls []string
	}{
		"when the request has no gateway":       {func(_ *world, r *upgrade.Request) { r.GatewayID = 0 }, upgrade.Invalid, nil},
		"when the target is no release":         {func(_ *world, r *upgrade.Request) { r.TargetVersion = "latest" }, upgrade.Invalid, nil},
		"when the approval is unknown":          {func(_ *world, r *upgrade.Request) { r.Approval = "robot" }, upgrade.Invalid, nil},
		"when the window ends before it starts": {func(_ *world, r *upgrade.Request) { r.Window = &upgrade.Window{} }, upgrade.Invalid, nil},
		"when a timing is negative":             {func(_ *world, r *upgrade.Request) { r.Timing.Poll = -1 }, upgrade.Invalid, nil},
		"when the gateway is not to be seen":    {func(w *world, _ *upgrade.Request) { w.discover.fails(1, says(upgrade.NotFound, "no gateway 5150")) }, upgrade.NotFound, []string{"Discover"}},
		"when nobody answers in time": {func(w *world, _ *upgrade.Request) {
			w.discover.fails(0, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_START_TO_CLOSE, nil))
		}, upgrade.Unreachable, []string{"Discover", "Discover", "Discover"}},
		"when the target is not offered": {func(_ *world, r *upgrade.Request) { r.TargetVersion = "25.2R1" }, upgrade.Unsupported, []string{"Discover"}},
		"when the target is not newer":   {func(_ *world, r *upgrade.Request) { r.TargetVersion = "22.4R3-S2" }, upgrade.Unsupported, []string{"Discover"}},
		"when a host carries no proof of its node": {func(w *world, _ *upgrade.Request) {
			w.discover.changes(1, func(d *upgrade.Discovery) { d.Picture.Device.NodeMACs = nil })
		}, upgrade.Unhealthy, []string{"Discover"}},
		"when the pair is not whole": {func(w *world, _ *upgrade.Request) {
			w.discover.changes(1, func(d *upgrade.Discovery) { d.Picture.Device.Cluster.Groups[1].Nodes[1].State = "hold" })
		}, upgrade.Unhealthy, []string{"Discover"}},
		"when preempt is active and nobody may be asked": {func(w *world, r *upgrade.Request) {
			w.preempt, r.Approval = upgrade.PreemptActive, upgrade.ApprovalNone
		}, upgrade.Invalid, []string{"Discover"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, req := newStage(t), wanted()
			c.spoil(s.world, &req)
			_, err := s.play(req)
			s.refusedAs(err, c.kind)
			if diff := cmp.Diff(c.calls, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARefusalCarriesItsReasonAndItsAdvice(t *testing.T) {
	s := newStage(t)
	s.discover.fails(1, says(upgrade.Denied, "the API key is refused"))
	_, err := s.play(wanted())
	s.refusedAs(err, upgrade.Denied)
	if text := err.Error(); !strings.Contains(text, "the API key is refused") {
		t.Errorf("the error says %q", text)
	}
	if advice := adviceIn(t, err); advice != "advice on: the API key is refused" {
		t.Errorf("the advice is %q", advice)
	}
}

func TestNobodyIsAskedWhenTheRequestSaysSo(t *testing.T) {
	s, req := newStage(t), wanted()
	req.Approval = upgrade.ApprovalNone
	r, err := s.play(req)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeRun, s.calls); diff != "" || len(r.Decisions) != 0 {
		t.Errorf("decisions %+v, calls (-want +got):\n%s", r.Decisions, diff)
	}
}

func TestSilenceMeansWait(t *testing.T) {
	s := newStage(t)
	night := scene{name: "a night without an answer", do: func(*stage) {},
		when: func(s *stage, r upgrade.Report) bool {
			return r.Ask != nil && s.env.Now().Sub(r.Ask.Since) > 48*time.Hour
		}}
	r, err := s.play(wanted(), night, approve())
	if err != nil || r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("%s, %v", r.Outcome, err)
	}
}

func TestWhatIsNotAsBeforeIsLeftToPeople(t *testing.T) {
	s := newStage(t)
	s.compare.changes(1, func(c *activities.Comparison) {
		c.Differences = append(c.Differences, upgrade.Difference{Item: "tunnel 198.51.100.7", Before: "up", After: "down"})
	})
	r, err := s.play(wanted(), approve())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`tunnel 198.51.100.7 was "up" and is "down"`}, r.ToDo); diff != "" || len(r.Differences) != 2 || r.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("outcome %s, differences %+v, to do (-want +got):\n%s", r.Outcome, r.Differences, diff)
	}
}

func TestAReportThatCannotBeStoredIsStillTheResult(t *testing.T) {
	s := newStage(t)
	s.store.fails(1, says(upgrade.Refused, "the bucket is read-only"))
	r, err := s.play(wanted(), approve())
	if err != nil {
		t.Fatal(err)
	}
	if r.Outcome != upgrade.OutcomeCompleted || r.Stored != nil || len(r.ToDo) != 1 || !strings.Contains(r.ToDo[0], "the bucket is read-only") {
		t.Errorf("report: %s, stored %v, to do %q", r.Outcome, r.Stored, r.ToDo)
	}
}
