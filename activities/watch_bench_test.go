package activities_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	sdktest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// unending is IBM's record of a reload that never ends.
type unending struct {
	activities.Cloud
	calls atomic.Int64
}

func (e *unending) Server(_ context.Context, id int) (upgrade.Server, error) {
	e.calls.Add(1)
	if id == host2 {
		return busy(host2, 601, 601, "INSTALL"), nil
	}
	return idle(id, 501), nil
}

func (e *unending) Gateway(context.Context, int) (upgrade.Gateway, error) {
	e.calls.Add(1)
	return pair(), nil
}

// BenchmarkAThousandReloads watches a thousand reloads at once, with a look each second where production takes one a
// minute, and tells what they cost a worker.
func BenchmarkAThousandReloads(b *testing.B) {
	const watched, seconds = 1000, 10
	cloud := &unending{}
	a := &activities.Activities{Cloud: cloud, Now: time.Now}
	timing := upgrade.DefaultTiming()
	timing.Poll = upgrade.Duration(time.Second)
	in := activities.AwaitInput{GatewayID: gatewayID, Servers: []int{host2, host1}, ReloadID: 601, Since: time.Now(), Deadline: time.Now().Add(24 * time.Hour),
		Expected: upgrade.Expected{Step: plan().Steps[0], Target: newVersion, Status: upgrade.StatusUpgradeActive}, Timing: timing}
	for range b.N {
		before := held()
		ctx, cancel := context.WithCancelCause(b.Context())
		var watching sync.WaitGroup
		for range watched {
			watching.Go(func() {
				var suite sdktest.WorkflowTestSuite
				env := suite.NewTestActivityEnvironment()
				env.SetWorkerOptions(worker.Options{BackgroundActivityContext: ctx})
				env.RegisterActivity(a)
				_, _ = env.ExecuteActivity(a.AwaitReload, in) // ends by the cancellation
			})
		}
		time.Sleep(2 * time.Second) // all have begun
		calls, used := cloud.calls.Load(), processor(b)
		time.Sleep(seconds * time.Second)
		calls, used = cloud.calls.Load()-calls, processor(b)-used
		each := float64(held()-before) / 1024 / watched
		cancel(temporal.NewCanceledError())
		watching.Wait()
		b.ReportMetric(each, "KiB/reload")
		b.ReportMetric(used.Seconds()/seconds/60*100, "%core@1/min")
		b.ReportMetric(float64(calls)/watched/seconds*60, "calls/h@1/min")
	}
}

// held is what the process holds in memory, in bytes.
func held() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// processor is the processor time that the process has used.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
