package junos

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestAFrameEndsAtItsMarkOnly(t *testing.T) {
	for name, c := range map[string]struct {
		stream string
		want   []string
		last   error // after the messages
	}{
		"one message":             {"<a/>]]>]]>", []string{"<a/>"}, io.ErrUnexpectedEOF},
		"two messages":            {"<a/>]]>]]>\n<b/>]]>]]>", []string{"<a/>", "\n<b/>"}, io.ErrUnexpectedEOF},
		"an empty message":        {"]]>]]><b/>]]>]]>", []string{"", "<b/>"}, io.ErrUnexpectedEOF},
		"half a mark in the text": {"a]]>]]b]]>]]>", []string{"a]]>]]b"}, io.ErrUnexpectedEOF},
		"a mark that overlaps":    {"a]]>]]]]>]]>", []string{"a]]>]]"}, io.ErrUnexpectedEOF},
		"a stream that is cut":    {"<a/>]]>", nil, io.ErrUnexpectedEOF},
		"an empty stream":         {"", nil, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			for _, stream := range []io.Reader{strings.NewReader(c.stream), iotest.OneByteReader(strings.NewReader(c.stream)), iotest.HalfReader(strings.NewReader(c.stream))} {
				in := bufio.NewReaderSize(stream, 16)
				for _, want := range c.want {
					got, err := io.ReadAll(newFrame(in, 100))
					if err != nil || string(got) != want {
						t.Fatalf("got %q, %v, want %q", got, err, want)
					}
				}
				if _, err := io.ReadAll(newFrame(in, 100)); !errors.Is(err, c.last) {
					t.Errorf("the end gives %v, want %v", err, c.last)
				}
			}
		})
	}
}

func TestAFrameIsBounded(t *testing.T) {
	for size, want := range map[int]error{10: nil, 11: errTooLarge} {
		_, err := io.ReadAll(newFrame(bufio.NewReader(strings.NewReader(strings.Repeat("x", size)+"]]>]]>")), 10))
		if !errors.Is(err, want) {
			t.Errorf("%d bytes give %v, want %v", size, err, want)
		}
	}
}
