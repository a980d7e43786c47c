package sim_test

import (
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

func TestDurationsOfReloadsLieInTheirRangeAndDependOnTheSeed(t *testing.T) {
	lengths := map[string]bool{}
	for seed := range uint64(4) {
		pair := sim.DefaultGateways()
		pair[0].Preempt = false
		o := start(t, sim.Options{Gateways: pair, Seed: seed, Physics: sim.Physics{ReloadMin: 2 * time.Hour, ReloadMax: 5 * time.Hour}})
		o.checkReadiness(o.gateway().ID)
		o.mustReload(o.member(1), newVersion)
		begun := o.cloud.Now()
		for o.state().Members[1].Reloading {
			o.cloud.Step(time.Minute)
		}
		took := o.cloud.Now().Sub(begun)
		if took < 2*time.Hour || took > 5*time.Hour+2*time.Minute { // the transaction shows 75 s after the submission
			t.Errorf("seed %d: %v", seed, took)
		}
		lengths[took.String()] = true
	}
	if len(lengths) < 2 {
		t.Errorf("every seed gives %v", lengths)
	}
}
