package configuration_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"vsrx-upgrade/internal/configuration"
)

// manyLines makes up a configuration of about so many set lines: address books, policies whose order counts, and interfaces.
// In the other one of a pair every hundredth address is another, and a policy stands first that was last.
func manyLines(lines int, other bool) string {
	var b strings.Builder
	addresses, policies := lines/2, lines/8
	for n := range addresses {
		host := n & 255
		if other && n%100 == 0 {
			host = 255 - host
		}
		fmt.Fprintf(&b, "set security address-book global address host-%06d 198.18.%d.%d/32\n", n, n>>8&255, host)
	}
	for n := range policies {
		name := n
		if other {
			name = (n + policies - 1) % policies
		}
		policy := fmt.Sprintf("set security policies from-zone inside to-zone outside policy p-%06d", name)
		fmt.Fprintf(&b, "%s match source-address host-%06d\n%s match application any\n%s then permit\n", policy, name, policy, policy)
	}
	for n := range lines - addresses - 3*policies {
		fmt.Fprintf(&b, "set interfaces ge-0/0/%d unit %d family inet address 10.%d.%d.1/24\n", n%8, n/8, n>>8&255, n&255)
	}
	return b.String()
}

// BenchmarkCompare compares two configurations of 200,000 lines: as trees, and from their text on.
func BenchmarkCompare(b *testing.B) {
	const lines = 200_000
	before, after := manyLines(lines, false), manyLines(lines, true)
	x, y := parse(b, before), parse(b, after)
	check := func(b *testing.B, changes []configuration.Change) {
		if want := lines/2/100 + 1; len(changes) < want/2 || len(changes) > 2*want {
			b.Fatalf("%d changes, want about %d", len(changes), want)
		}
	}
	b.Run("trees", func(b *testing.B) {
		defer processor(b)()
		for b.Loop() {
			check(b, configuration.Compare(x, y))
		}
	})
	b.Run("texts", func(b *testing.B) {
		defer processor(b)()
		for b.Loop() {
			check(b, configuration.Compare(parse(b, before), parse(b, after)))
		}
	})
	b.Run("reversed", func(b *testing.B) { // the most that can have moved
		z := parse(b, reversed(before))
		defer processor(b)()
		for b.Loop() {
			configuration.Compare(x, z)
		}
	})
}

// reversed gives the lines from last to first.
func reversed(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	return strings.Join(lines, "")
}

// processor reports the processor's time for each round once it is called, which a busy machine does not lengthen much.
func processor(b *testing.B) func() {
	b.Helper()
	b.ReportAllocs()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	return func() { b.ReportMetric(float64((used()-before).Milliseconds())/float64(b.N), "processor-ms") }
}
