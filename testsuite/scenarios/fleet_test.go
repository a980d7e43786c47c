package scenarios_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// idle is how long the benchmark watches a world that nobody uses.
const idle = 5 * time.Second

// BenchmarkFleet1000 prints what a thousand HA gateways, 3,000 addresses, cost: seconds until every face answers, per
// cent of one core while nobody asks for anything, and resident memory of the process in MiB.
func BenchmarkFleet1000(b *testing.B) {
	var starting, waiting, busy time.Duration
	resident := 0.0
	for b.Loop() {
		before := time.Now()
		opts := load(b, "fleet-1000")
		cloud, err := sim.Start(opts)
		if err != nil {
			b.Fatal(err)
		}
		starting += time.Since(before)
		used, from := processorTime(b), time.Now()
		time.Sleep(idle) // what is measured, not a wait for something
		waiting += time.Since(from)
		busy += processorTime(b) - used
		resident = max(resident, residentMiB(b))
		if err := cloud.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(0, "ns/op") // of no meaning here
	b.ReportMetric(starting.Seconds()/float64(b.N), "start-s")
	b.ReportMetric(100*busy.Seconds()/waiting.Seconds(), "idle-cpu-%")
	b.ReportMetric(resident, "MiB")
}

// processorTime is the user and system time of this process so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// residentMiB is the resident set of this process (proc(5), statm).
func residentMiB(b *testing.B) float64 {
	b.Helper()
	if runtime.GOOS != "linux" {
		b.Skip("resident memory is read from /proc")
	}
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		b.Fatal(err)
	}
	return float64(pages*os.Getpagesize()) / (1 << 20)
}
