package junos

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzFrame holds that messages are what stands between the end marks, however the stream is cut into reads.
func FuzzFrame(f *testing.F) {
	for _, stream := range []string{"<a/>]]>]]>", "<a/>]]>]]>\n<b/>]]>]]>", "]]>]]>", "<a>]]></a>]]>]]>", "]]>]]]>]]>", "<a/>"} {
		f.Add(stream)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		whole := strings.Split(stream, string(endMark))
		reader := bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(stream)), 64)
		for _, want := range whole[:len(whole)-1] {
			got, err := io.ReadAll(newFrame(reader, len(stream)+1))
			if err != nil || string(got) != want {
				t.Fatalf("a message of %q is %q, %v; want %q", stream, got, err, want)
			}
		}
		if rest, err := io.ReadAll(newFrame(reader, len(stream)+1)); err == nil || bytes.Contains(rest, endMark) {
			t.Fatalf("the end of %q is %q, %v; want an unexpected end", stream, rest, err)
		}
	})
}
