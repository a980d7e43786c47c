package activities_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/log"
	sdktest "go.temporal.io/sdk/testsuite"
	_ "gocloud.dev/blob/fileblob" // the archive of the benchmark is a folder

	"vsrx-upgrade/activities"
	store "vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

const (
	largeConfiguration = 10 << 20 // bytes, of each form
	exportHeap         = 64 << 20 // bytes of heap that an export may add
)

// large is a gateway whose configuration has ten megabytes in each form.
type large struct {
	activities.Device
	activities.Cloud
}

func (large) DevicePassword(context.Context, int) (upgrade.Secret, error) { return deviceSecret, nil }
func (large) View(context.Context) (upgrade.Device, error)                { return device(oldVersion), nil }
func (large) Snapshot(context.Context) (upgrade.Snapshot, error)          { return snapshot(), nil }
func (large) Close() error                                                { return nil }

func (large) Configuration(_ context.Context, format string, w io.Writer) error {
	line := map[string]string{
		"text": "    address host-%06d 198.18.%d.%d/32;\n",
		"set":  "set security address-book global address host-%06d 198.18.%d.%d/32\n",
		"xml":  "<address><name>host-%06d</name><ip-prefix>198.18.%d.%d/32</ip-prefix></address>\n",
	}[format]
	for n, sent := 0, 0; sent < largeConfiguration; n++ {
		wrote, err := fmt.Fprintf(w, line, n, n>>8&255, n&255)
		if err != nil {
			return err
		}
		sent += wrote
	}
	return nil
}

func (large) Document(_ context.Context, name upgrade.Document, w io.Writer) error {
	_, err := io.WriteString(w, string(name)+"\n")
	return err
}

// opener opens the one gateway.
type opener struct {
	activities.Devices
	large
}

func (o opener) Dial(context.Context, upgrade.Endpoint) (activities.Device, error) {
	return o.large, nil
}

// BenchmarkExport exports a configuration of ten megabytes in its three forms into an encrypted archive on the disk, which
// reads each back and compares, and then gets each again. It reports the largest heap seen beyond that at the start, and
// fails where it exceeds the limit.
func BenchmarkExport(b *testing.B) {
	kept := encrypted(b)
	a := &activities.Activities{Cloud: large{}, Devices: opener{}, Archive: kept, Now: time.Now}
	var suite sdktest.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	extra := watchHeap()
	b.ReportAllocs()
	b.SetBytes(3 * largeConfiguration)
	round := 0
	used := processor(b)
	for b.Loop() {
		round++
		env := suite.NewTestActivityEnvironment()
		env.RegisterActivity(a)
		value, err := env.ExecuteActivity(a.Export, activities.ExportInput{Gateway: pair(), Folder: fmt.Sprintf("upgrades/4711/run/before-%d", round)})
		if err != nil {
			b.Fatal(err)
		}
		var x upgrade.Export
		if err := value.Get(&x); err != nil {
			b.Fatal(err)
		}
		for _, blob := range append([]upgrade.Blob{x.Curly, x.Set, x.XML, x.Snapshot}, blobsOf(x.Documents)...) {
			if err := readBack(b.Context(), kept, blob); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64((processor(b)-used).Milliseconds())/float64(round), "processor-ms")
	added := extra()
	b.ReportMetric(float64(added)/(1<<20), "peak-MiB")
	if added > exportHeap {
		b.Errorf("the export took %d bytes more of heap, the limit is %d", added, exportHeap)
	}
}

func readBack(ctx context.Context, kept *store.Archive, blob upgrade.Blob) error {
	r, err := kept.Get(ctx, blob)
	if err != nil {
		return err
	}
	defer r.Close()
	n, err := io.Copy(io.Discard, r)
	if err == nil && n != blob.Size {
		err = fmt.Errorf("%s has %d bytes, not %d", blob.Key, n, blob.Size)
	}
	return err
}

// encrypted opens an archive in a folder, with keys of its own.
func encrypted(b *testing.B) *store.Archive {
	b.Helper()
	identity, recipient, err := store.NewIdentity()
	if err != nil {
		b.Fatal(err)
	}
	folder, file := b.TempDir(), filepath.Join(b.TempDir(), "identity.txt")
	if err := os.WriteFile(file, identity, 0o600); err != nil {
		b.Fatal(err)
	}
	kept, err := store.Open(b.Context(), store.Config{URL: "file://" + folder + "?no_tmp_dir=true&metadata=skip",
		Recipients: []string{recipient}, Identity: file})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := kept.Close(); err != nil {
			b.Error(err)
		}
	})
	return kept
}

// watchHeap samples the heap until stop is called, which tells how much larger it became than it was, in bytes.
func watchHeap() (stop func() int64) {
	heap := func() int64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return int64(sample[0].Value.Uint64())
	}
	runtime.GC()
	before := heap()
	var peak atomic.Int64
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			peak.Store(max(peak.Load(), heap()))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	return func() int64 {
		close(done)
		watch.Wait()
		return peak.Load() - before
	}
}
