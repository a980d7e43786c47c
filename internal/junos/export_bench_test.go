package junos_test

import (
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/testsuite/loopback"
)

const (
	exportSize   = 10 << 20 // bytes of configuration
	exportMemory = 64 << 20 // bytes of heap that an export may add, both ends of the connection together
)

// BenchmarkExport reads a configuration of 10 MB from a peer that makes it up line by line. It reports the largest heap
// seen beyond that at the start, and fails where it exceeds the limit.
func BenchmarkExport(b *testing.B) {
	for form, made := range map[junos.Format]struct {
		before, line, after string // what the peer sends; the line has a number
		least               counter
	}{
		junos.Set: {"<configuration-set>\n", "set security address-book global address host-%06d description &quot;a &amp; b&quot;\n", "</configuration-set>",
			exportSize * 8 / 10}, // references are shorter when resolved
		junos.XML: {"<configuration junos:commit-user=\"x\">\n", "<address>\n  <name>host-%06d</name>\n  <description>a &amp; b</description>\n</address>\n", "</configuration>",
			exportSize},
	} {
		b.Run(string(form), func(b *testing.B) {
			p := &peer{hello: junosHello, signer: loopback.HostKey(b)}
			p.SSH = loopback.Listen(b, p.handle)
			p.NETCONF = p.SSH
			p.export = func(w io.Writer, id string) {
				fmt.Fprintf(w, "<rpc-reply xmlns:junos=\"urn:made-up\" message-id=\"%s\">%s", id, made.before)
				for n, sent := 0, 0; sent < exportSize; n++ {
					wrote, err := fmt.Fprintf(w, made.line, n)
					if err != nil {
						return
					}
					sent += wrote
				}
				io.WriteString(w, made.after+"</rpc-reply>]]>]]>\n")
			}
			exportOf(b, p, form, made.least)
		})
	}
}

func exportOf(b *testing.B, p *peer, form junos.Format, least counter) {
	session, err := p.config(b).Dial(b.Context(), endpoint())
	if err != nil {
		b.Fatal(err)
	}
	defer session.Close()
	runtime.GC()
	before := heap()
	peak, stop := watchHeap()
	b.ReportAllocs()
	b.SetBytes(exportSize)
	for b.Loop() {
		var got counter
		if err := session.Configuration(b.Context(), form, &got); err != nil {
			b.Fatal(err)
		}
		if got < least {
			b.Fatalf("%d bytes of configuration, want at least %d", got, least)
		}
	}
	stop()
	extra := int64(*peak) - int64(before)
	b.ReportMetric(float64(extra)/(1<<20), "peak-MiB")
	if extra > exportMemory {
		b.Errorf("the export took %d bytes more of heap, the limit is %d", extra, exportMemory)
	}
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// heap is the size of all objects on the heap, dead ones that were not collected yet included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// watchHeap samples the heap until stop is called; peak may be read after that.
func watchHeap() (peak *uint64, stop func()) {
	peak = new(uint64)
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for {
			*peak = max(*peak, heap())
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	})
	return peak, func() {
		close(done)
		watch.Wait()
	}
}
