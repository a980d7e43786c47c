package junos_test

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/testsuite/loopback"
)

// BenchmarkExportXML reads the XML form of a configuration, 10 MB of it, over SSH and NETCONF as BenchmarkExport reads the
// set form.
func BenchmarkExportXML(b *testing.B) {
	p := &peer{hello: junosHello, signer: loopback.HostKey(b)}
	p.SSH = loopback.Listen(b, p.handle)
	p.NETCONF = p.SSH
	p.export = func(w io.Writer, id string) {
		fmt.Fprintf(w, "<rpc-reply xmlns:junos=\"urn:made-up\" message-id=\"%s\"><configuration junos:commit-user=\"x\">\n", id)
		for n, sent := 0, 0; sent < exportSize; n++ {
			wrote, err := fmt.Fprintf(w, "<address>\n  <name>host-%06d</name>\n  <description>a &amp; b</description>\n</address>\n", n)
			if err != nil {
				return
			}
			sent += wrote
		}
		io.WriteString(w, "</configuration></rpc-reply>]]>]]>\n")
	}
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
		if err := session.Configuration(b.Context(), junos.XML, &got); err != nil {
			b.Fatal(err)
		}
		if got < exportSize {
			b.Fatalf("%d bytes of configuration, want more than %d", got, exportSize)
		}
	}
	stop()
	extra := int64(*peak) - int64(before)
	b.ReportMetric(float64(extra)/(1<<20), "peak-MiB")
	if extra > exportMemory {
		b.Errorf("the export took %d bytes more of heap, the limit is %d", extra, exportMemory)
	}
}
