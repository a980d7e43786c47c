package podlock

import (
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// slots are the places for activities of the benchmark's worker: what the product's worker has by default.
const slots = 20

// row is a line of the table.
type row struct {
	algorithm  string
	waiters    int
	p50, p99   time.Duration
	events     float64 // of the coordinator, a hold
	bytes      float64
	heap       float64 // of the worker that has the coordinator in its cache, in kB
	enqueueing time.Duration
}

// ground is a namespace with a worker for both algorithms.
type ground struct {
	b      *testing.B
	site   *site
	cloud  *sim.Cloud
	client client.Client
	worker worker.Worker
	gauge  *gauge
}

func newGround(b *testing.B) *ground {
	b.Helper()
	cloud, err := sim.Start(sim.Options{Gateways: []sim.Gateway{{ID: 6100, Name: "edge-a", Pod: pod(0), Version: installed}}})
	if err != nil {
		b.Fatal(err)
	}
	g := &ground{b: b, cloud: cloud, gauge: &gauge{},
		site: &site{Address: server.FrontendHostPort(), Access: cloud.Access(), Dir: b.TempDir(), Slots: slots, Namespace: fmt.Sprintf("bench-%d", namespaces.Add(1))}}
	if g.client, err = g.site.dial(slog.New(slog.DiscardHandler)); err != nil {
		b.Fatal(err)
	}
	if _, err := g.client.WorkflowService().RegisterNamespace(b.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: g.site.Namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)}); err != nil {
		b.Fatal(err)
	}
	if g.worker, err = g.site.worker(g.client); err != nil {
		b.Fatal(err)
	}
	w := g.worker
	w.RegisterWorkflowWithOptions(plainMutex, workflow.RegisterOptions{Name: typePlainMutex})
	w.RegisterWorkflowWithOptions(g.gauge.plainHolder, workflow.RegisterOptions{Name: typePlainHolder})
	w.RegisterWorkflowWithOptions(g.gauge.lockHolder, workflow.RegisterOptions{Name: typeLockHolder})
	w.RegisterActivity(&plainCrew{client: g.client})
	if err := w.Start(); err != nil {
		b.Fatal(err)
	}
	return g
}

func (g *ground) close() {
	g.worker.Stop()
	g.client.Close()
	if err := g.cloud.Close(); err != nil {
		g.b.Error(err)
	}
}

func (g *ground) account() int { return g.site.Access.Gateways[0].Account }

// coordinator is the workflow id of the algorithm's queue.
func (g *ground) coordinator(algorithm string) string {
	if algorithm == "lock" {
		return workflows.LockID(g.account(), pod(0))
	}
	return "plain-mutex"
}

// start starts the i-th holder.
func (g *ground) start(algorithm string, i int) client.WorkflowRun {
	g.b.Helper()
	kind, in := typeLockHolder, benchJob{First: i == 0, Account: g.account(), Gateway: target{Pod: pod(0), ID: 6100, Name: "edge-a"}}
	if algorithm != "lock" {
		kind, in.Mutex = typePlainHolder, g.coordinator(algorithm)
	}
	r, err := g.client.ExecuteWorkflow(g.b.Context(), client.StartWorkflowOptions{ID: fmt.Sprintf("holder-%d", i), TaskQueue: workflows.TaskQueue}, kind, in)
	if err != nil {
		g.b.Fatal(err)
	}
	return r
}

// await waits for a condition of the coordinator.
func (g *ground) await(what string, met func() bool) {
	g.b.Helper()
	for end := time.Now().Add(patience); !met(); time.Sleep(pause) {
		if time.Now().After(end) {
			g.b.Fatalf("waited for %s in vain", what)
		}
	}
}

// queued tells whether so many requests have reached the coordinator.
func (g *ground) queued(algorithm string, n int) bool {
	if algorithm != "lock" { // a request is an event of its history
		h, err := (&world{site: g.site, client: g.client}).history(g.b.Context(), g.coordinator(algorithm), "")
		requests := 0
		for _, e := range h.GetEvents() {
			if e.GetWorkflowExecutionSignaledEventAttributes().GetSignalName() == plainRequest {
				requests++
			}
		}
		return err == nil && requests >= n+1
	}
	value, err := g.client.QueryWorkflow(g.b.Context(), g.coordinator(algorithm), "", workflows.QueryState)
	var state upgrade.PodLock
	return err == nil && value.Get(&state) == nil && len(state.Queue) >= n
}

// measure lets so many waiters take the lock one after another.
func measure(b *testing.B, algorithm string, waiters int) row {
	b.Helper()
	g := newGround(b)
	defer g.close()
	first := g.start(algorithm, 0)
	g.await("the first holder", func() bool { g.gauge.mu.Lock(); defer g.gauge.mu.Unlock(); return len(g.gauge.starts) == 1 })
	begin := time.Now()
	runs := []client.WorkflowRun{first}
	for i := range waiters {
		runs = append(runs, g.start(algorithm, i+1))
	}
	g.await("the queue", func() bool { return g.queued(algorithm, waiters) })
	r := row{algorithm: algorithm, waiters: waiters, enqueueing: time.Since(begin)}
	if err := g.client.SignalWorkflow(b.Context(), first.GetID(), "", signalGoOn, nil); err != nil {
		b.Fatal(err)
	}
	for _, run := range runs {
		if err := run.Get(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
	list := g.gauge.handOvers()
	if len(list) != waiters {
		b.Fatalf("%d hand-overs, want %d", len(list), waiters)
	}
	r.p50, r.p99 = list[len(list)/2], list[len(list)*99/100]
	g.weigh(&r)
	return r
}

// weigh reads what the coordinator's histories hold.
func (g *ground) weigh(r *row) {
	g.b.Helper()
	id, run := g.coordinator(r.algorithm), ""
	var events, bytes int64
	for {
		d, err := g.client.DescribeWorkflowExecution(g.b.Context(), id, run)
		if err != nil {
			g.b.Fatal(err)
		}
		info := d.GetWorkflowExecutionInfo()
		events, bytes = events+info.GetHistoryLength(), bytes+info.GetHistorySizeBytes()
		h, err := (&world{site: g.site, client: g.client}).history(g.b.Context(), id, info.GetExecution().GetRunId())
		if err != nil {
			g.b.Fatal(err)
		}
		if run = h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId(); run == "" {
			break
		}
	}
	holds := float64(r.waiters + 1)
	r.events, r.bytes = float64(events)/holds, float64(bytes)/holds
}

// heap is what the worker keeps for a coordinator with so many in its queue, in kB. The requests come from this process,
// so that no holder's workflow is in the worker's cache but the first one's.
func heap(b *testing.B, algorithm string, waiters int) float64 {
	b.Helper()
	g := newGround(b)
	defer g.close()
	first := g.start(algorithm, 0)
	g.await("the first holder", func() bool { g.gauge.mu.Lock(); defer g.gauge.mu.Unlock(); return len(g.gauge.starts) == 1 })
	before := inUse()
	work := make(chan int)
	var askers sync.WaitGroup
	for range 8 {
		askers.Go(func() {
			for i := range work {
				if err := g.ask(algorithm, i, first.GetRunID()); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range waiters {
		work <- i
	}
	close(work)
	askers.Wait()
	g.await("the queue", func() bool { return g.queued(algorithm, waiters) })
	return float64(int64(inUse())-int64(before)) / 1024
}

// ask sends a request without a workflow that waits.
func (g *ground) ask(algorithm string, i int, run string) error {
	if algorithm != "lock" {
		return g.client.SignalWorkflow(g.b.Context(), g.coordinator(algorithm), "", plainRequest, fmt.Sprintf("holder-%d", i+1))
	}
	_, err := app.NewPods(g.client).Acquire(g.b.Context(), g.account(), pod(0), upgrade.PodRequest{ID: fmt.Sprintf("%s/%s/%d", run, pod(0), i+2), Holder: fmt.Sprintf("holder-%d", i+1), Run: run,
		GatewayID: 6100, Gateway: "edge-a", Poll: upgrade.DefaultTiming().PermitPoll})
	return err
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkPodLock measures the lock beside the plain mutex, each once for so many waiters, and prints its part of the
// table.
func BenchmarkPodLock(b *testing.B) {
	for _, waiters := range []int{2, 10, 100, 1000} {
		b.Run(fmt.Sprint(waiters), func(b *testing.B) {
			var rows []row
			for b.Loop() {
				rows = rows[:0]
				for _, algorithm := range []string{"plain mutex", "lock"} {
					r := measure(b, algorithm, waiters)
					r.heap = heap(b, algorithm, waiters)
					rows = append(rows, r)
				}
			}
			print(rows)
			last := rows[len(rows)-1]
			b.ReportMetric(float64(last.p50.Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(last.p99.Microseconds())/1000, "p99-ms")
			b.ReportMetric(last.events, "events/hold")
		})
	}
}

func print(rows []row) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\n| waiters\t| algorithm\t| release to next start, p50\t| p99\t| events a hold\t| bytes a hold\t| worker's heap\t| all queued after\t|")
	for _, r := range rows {
		fmt.Fprintf(w, "| %d\t| %s\t| %.0f ms\t| %.0f ms\t| %.1f\t| %.0f\t| %.0f kB\t| %.1f s\t|\n", r.waiters, r.algorithm, r.p50.Seconds()*1000, r.p99.Seconds()*1000, r.events, r.bytes, r.heap, r.enqueueing.Seconds())
	}
	_ = w.Flush() // standard output
}
