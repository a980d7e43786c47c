package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

const exportSize = 10 << 20 // bytes of configuration

// export gives a configuration through a pipe, as the activity does: the device writes, the archive reads.
func export(a *archive.Archive, key string) (upgrade.Blob, error) {
	r, w := io.Pipe()
	go func() {
		const line = "set security address-book global address host-%06d 198.18.%d.%d/32\n"
		var err error
		for n, sent := 0, 0; err == nil && sent < exportSize; n++ {
			var wrote int
			wrote, err = fmt.Fprintf(w, line, n, n>>8&255, n&255)
			sent += wrote
		}
		w.CloseWithError(err) // nil is io.EOF
	}()
	b, err := a.Put(context.Background(), key, r)
	r.CloseWithError(err)
	return b, err
}

// readBack reads a blob to its end.
func readBack(a *archive.Archive, b upgrade.Blob) error {
	r, err := a.Get(context.Background(), b)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}

// What is alive at any moment stays far below the size of the content: it is streamed on all its ways.
func TestTheContentIsNeverHeldWhole(t *testing.T) {
	k := newKeys(t)
	for name, of := range map[string]func(string) archive.Config{"plain": plain, "encrypted": func(u string) archive.Config { return sealed(u, k) }} {
		t.Run(name, func(t *testing.T) {
			a := open(t, of(fileURL(t.TempDir())))
			var most uint64
			alive := readerFunc(func(p []byte) (int, error) { // a megabyte of zeros at most, then the look
				runtime.GC()
				most = max(most, heap())
				return 0, io.EOF
			})
			var parts []io.Reader
			for range exportSize >> 20 {
				parts = append(parts, io.LimitReader(zeros{}, 1<<20), alive)
			}
			runtime.GC()
			before := heap()
			b, err := a.Put(t.Context(), key, io.MultiReader(parts...))
			if err != nil || b.Size != exportSize {
				t.Fatalf("put %d bytes, %v", b.Size, err)
			}
			r, err := a.Get(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for err == nil {
				if _, err = io.CopyN(io.Discard, r, 1<<20); err == nil {
					_, _ = alive(nil) // looks only
				}
			}
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			if extra := int64(most) - int64(before); extra > exportSize/4 {
				t.Errorf("%d bytes more were alive for the %d of the content", extra, exportSize)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// BenchmarkExport puts a configuration of 10 MB as it comes, reads it back and gets it again. It reports the largest heap
// seen beyond that at the start.
func BenchmarkExport(b *testing.B) {
	k := newKeys(b)
	for name, of := range map[string]func(string) archive.Config{"plain": plain, "encrypted": func(u string) archive.Config { return sealed(u, k) }} {
		b.Run(name, func(b *testing.B) {
			a := open(b, of(fileURL(b.TempDir())))
			runtime.GC()
			before, peak, stop := heap(), new(atomic.Uint64), make(chan struct{})
			var watcher sync.WaitGroup
			watcher.Go(func() {
				for tick := time.NewTicker(time.Millisecond); ; {
					select {
					case <-tick.C:
						peak.Store(max(peak.Load(), heap()))
					case <-stop:
						tick.Stop()
						return
					}
				}
			})
			b.ReportAllocs()
			b.SetBytes(exportSize)
			for n := 0; b.Loop(); n++ {
				stored, err := export(a, fmt.Sprintf("upgrades/4711/run/before-%d/configuration.set", n))
				if err == nil {
					err = readBack(a, stored)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			close(stop)
			watcher.Wait()
			b.ReportMetric(float64(int64(peak.Load())-int64(before))/(1<<20), "peak-MiB")
		})
	}
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
