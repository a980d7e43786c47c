package podlock

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// member is the secondary node of a gateway.
func (w *world) member(i int) int { return w.Access.Gateways[i].Members[1].ID }

func TestPodLockWhoeverWorksOutsideOfItCountsAsHolder(t *testing.T) {
	for name, c := range map[string]struct {
		begin, end func(*world) error
		want       string
	}{
		"a reload by hand": {
			func(w *world) error {
				err := w.cloud.Inject(sim.Fault{Name: "foreign-reload", Gateway: 6101, Member: w.member(1)})
				w.reloading(6101)
				w.cloud.Step(2 * time.Minute) // its transaction is visible
				w.cloud.Pause()
				return err
			},
			func(w *world) error { w.cloud.Resume(); return nil },
			"is being reloaded by transaction",
		},
		"an upgrade by hand between its nodes": {
			func(w *world) error {
				if err := w.cloud.Inject(sim.Fault{Name: "foreign-reload", Arg: newer, Gateway: 6101, Member: w.member(1)}); err != nil {
					return err
				}
				w.until("the status Upgrade Active", func() bool { s := w.cloud.State(6101); return s.Status == "UPGRADE_ACTIVE" && !s.Members[1].Reloading })
				return nil
			},
			func(w *world) error {
				return w.cloud.Inject(sim.Fault{Name: "foreign-reload", Arg: newer, Gateway: 6101, Member: w.Access.Gateways[1].Members[0].ID})
			},
			"Upgrade Active",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, 3)
			if err := c.begin(w); err != nil {
				t.Fatal(err)
			}
			a := w.start(0)
			b := w.start(2)
			w.until("both in the queue", func() bool { state, err := w.ask(0); return err == nil && len(state.Queue) == 2 })
			w.until("the reason", func() bool { return strings.Contains(w.lock(0).Blocked, "gateway edge-b (6101)") })
			for _, x := range []*actor{a, b} {
				w.until("the word for whom it waits", func() bool {
					text := x.stance().Waiting
					return strings.Contains(text, "nothing is granted: gateway edge-b (6101)") && strings.Contains(text, c.want)
				})
			}
			if w.permit(0) != nil {
				t.Error("the pod was granted")
			}
			if err := c.end(w); err != nil {
				t.Fatal(err)
			}
			a.works()
			b.works()
			if state := w.free(0); state.Taint != nil || state.Blocked != "" {
				t.Errorf("the pod is %+v", state)
			}
		})
	}
}

func TestPodLockAGatewayThatLostItsPermitBetweenItsNodesGoesBeforeThoseItIsInTheWayOf(t *testing.T) {
	w := open(t, 2)
	if err := w.cloud.Inject(sim.Fault{Name: "foreign-reload", Arg: newer, Gateway: 6100, Member: w.member(0)}); err != nil {
		t.Fatal(err)
	}
	w.until("the status Upgrade Active", func() bool { s := w.cloud.State(6100); return s.Status == "UPGRADE_ACTIVE" && !s.Members[1].Reloading })
	b := w.start(1)
	b.waits(1)
	w.until("the reason", func() bool { return strings.Contains(w.lock(0).Blocked, "gateway edge-a (6100)") })
	a := w.start(0, before, idle)
	a.holds()
	b.waits(1)
	if err := w.cloud.Inject(sim.Fault{Name: "foreign-reload", Arg: newer, Gateway: 6100, Member: w.Access.Gateways[0].Members[0].ID}); err != nil {
		t.Fatal(err)
	}
	w.until("the end of its upgrade", func() bool { s := w.cloud.State(6100); return s.Healthy && !s.Upgrading })
	a.goOn()
	a.works()
	b.works()
	w.wantServed(0, a, b)
}

func TestPodLockACloudThatDoesNotAnswerIsNotTakenForAFreePod(t *testing.T) {
	w := open(t, 2)
	if err := w.cloud.Inject(sim.Fault{Name: "api-down", Arg: "1000h"}); err != nil {
		t.Fatal(err)
	}
	a := w.start(0)
	w.until("the reason", func() bool {
		state, err := w.ask(0)
		return err == nil && strings.Contains(state.Blocked, "cannot be listed")
	})
	if state := w.lock(0); state.Place(a.request()).Position != 1 || w.permit(0) != nil {
		t.Errorf("the pod is %+v", state)
	}
	w.cloud.Clear("api-down")
	a.works()
}
