package workflows_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// BenchmarkFleetMakespan upgrades fleets in simulated time, with upgrades of seeded lengths that the planner does not know,
// and prints how long the fleet took and what no order of its waves can beat: the sum over the waves of their busiest pod.
// More than 1 % above that fails it.
func BenchmarkFleetMakespan(b *testing.B) {
	for _, size := range []struct{ pairs, pods int }{{100, 20}, {1000, 200}} {
		b.Run(fmt.Sprintf("fleet-%d", size.pairs), func(b *testing.B) {
			var makespan, bound time.Duration
			looks := 0
			for b.Loop() {
				makespan, bound, looks = playFleet(b, size.pairs, size.pods)
			}
			b.Logf("%d pairs in %d pods: %s, bound %s, %.2f %% above it, %d looks", size.pairs, size.pods,
				makespan.Round(time.Minute), bound.Round(time.Minute), 100*(makespan.Seconds()/bound.Seconds()-1), looks)
			b.ReportMetric(makespan.Hours(), "makespan-h")
			b.ReportMetric(bound.Hours(), "bound-h")
			b.ReportMetric(0, "ns/op") // of no meaning: the time is simulated
			if makespan.Seconds() > 1.01*bound.Seconds() {
				b.Errorf("the fleet took %s, more than 1 %% above %s", makespan, bound)
			}
		})
	}
}

func playFleet(b *testing.B, pairs, pods int) (makespan, bound time.Duration, looks int) {
	e := newFleetEstate(b, pairs, pods)
	r := rand.New(rand.NewPCG(2027, uint64(pairs)))
	o := e.order(upgrade.FleetWave{Name: "canary", Size: 1}, upgrade.FleetWave{Size: 5}, upgrade.FleetWave{Name: "rest", Rest: true})
	o.Look = upgrade.DefaultLook
	for _, id := range o.Gateways {
		e.takes[id] = 6*time.Hour + time.Duration(r.Int64N(int64(4*time.Hour)))
	}
	e.env.ExecuteWorkflow("UpgradeFleet", o)
	var report upgrade.FleetReport
	if err := e.env.GetWorkflowError(); err != nil {
		b.Fatal(err)
	}
	if err := e.env.GetWorkflowResult(&report); err != nil {
		b.Fatal(err)
	}
	if n := report.Count(upgrade.GatewayCompleted); n != pairs || len(e.started) != pairs {
		b.Fatalf("%d of %d completed, %d started", n, pairs, len(e.started))
	}
	var last time.Time
	for _, w := range report.Waves {
		work := map[string]time.Duration{}
		busiest := time.Duration(0)
		for _, g := range w.Gateways {
			work[g.Pod] += e.takes[g.ID]
			busiest = max(busiest, work[g.Pod])
			if end := e.sights[g.ID].Ended; end.After(last) {
				last = end
			}
		}
		bound += busiest
	}
	return last.Sub(report.Begun), bound, e.looks
}
