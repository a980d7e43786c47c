package e2e

import (
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// BenchmarkNextLookAfterAKill measures, in real seconds, how long a reload is not looked at when its worker is killed and
// another one is there at once: the heartbeat timeout and one poll at most. It is measured once, whatever b.N.
func BenchmarkNextLookAfterAKill(b *testing.B) {
	in := prepareFor(b, sim.Options{})
	worker, err := in.StartWorker()
	if err != nil {
		b.Fatal(err)
	}
	req := request()
	if code, _, text := in.starter("upgrade", "4711", "--input", in.file(req)); code != 0 {
		b.Fatal(text)
	}
	in.await(req.GatewayID, "the reload", func(r upgrade.Report) bool { return len(r.Nodes) == 1 && r.Nodes[0].ReloadID != 0 })
	if err := worker.Kill(); err != nil {
		b.Fatal(err)
	}
	killed, before := time.Now(), len(in.Cloud.Calls())
	next, err := in.StartWorker()
	if err != nil {
		b.Fatal(err)
	}
	for len(in.Cloud.Calls()) == before && time.Since(killed) < patience {
		time.Sleep(10 * time.Millisecond)
	}
	gap := time.Since(killed)
	in.instruct("pause", req.GatewayID)
	if err := next.Kill(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(gap.Seconds(), "s/gap")
	b.ReportMetric(0, "ns/op")
}
