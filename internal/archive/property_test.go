package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

// Whatever the content, however long it is and in whatever pieces it comes: what is got is what was put, and one changed
// bit of what is stored is noticed.
func TestAnyContentComesBackAsItWas(t *testing.T) {
	k := newKeys(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]archive.Config{plain("mem://"), sealed("mem://", k)}).Draw(t, "archive")
		a, err := archive.Open(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		content := drawContent(t)
		piece := rapid.IntRange(1, 70_000).Draw(t, "piece")
		b, err := a.Put(context.Background(), key, &pieces{content, piece})
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Get(context.Background(), b)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("got %d bytes, %v, want the %d that were put", len(got), err, len(content))
		}
		again, err := a.Put(context.Background(), key, bytes.NewReader(content))
		if err != nil || again != b {
			t.Fatalf("put again as %+v, %v, want %+v", again, err, b)
		}
		other := append(bytes.Clone(content), 'x')
		if _, err := a.Put(context.Background(), key, bytes.NewReader(other)); upgrade.KindOf(err) != upgrade.Refused {
			t.Fatalf("other content was taken: %v", err)
		}
	})
}

// drawContent prefers the sizes at the edges of age's chunks of 64 KiB.
func drawContent(t *rapid.T) []byte {
	size := rapid.OneOf(rapid.IntRange(0, 300), rapid.IntRange(65_530, 65_542), rapid.IntRange(131_066, 131_078)).Draw(t, "size")
	seed := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "seed")
	return bytes.Repeat(seed, size/len(seed)+1)[:size]
}

// pieces gives its text some bytes at a time.
type pieces struct {
	text []byte
	size int
}

func (p *pieces) Read(into []byte) (int, error) {
	if len(p.text) == 0 {
		return 0, io.EOF
	}
	n := copy(into, p.text[:min(p.size, len(p.text))])
	p.text = p.text[n:]
	return n, nil
}

// No bit of an encrypted or plain object, or of an age header, may change unnoticed.
func TestNoChangedBitGoesUnnoticed(t *testing.T) {
	k := newKeys(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.Byte(), 1, 500).Draw(t, "text")
		c := rapid.SampledFrom([]archive.Config{plain("mem://"), sealed("mem://", k)}).Draw(t, "archive")
		a, err := archive.Open(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		b, err := a.Put(context.Background(), key, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		flip := rapid.IntRange(0, 1<<16).Draw(t, "bit")
		if err := archive.FlipBit(context.Background(), a, b, flip); err != nil {
			t.Fatal(err)
		}
		got, err := readAll(a, b)
		if err == nil {
			t.Fatalf("bit %d changed unnoticed: got %q of %q", flip, got, text)
		}
		if kind := upgrade.KindOf(err); kind != upgrade.Malformed && kind != upgrade.Denied {
			t.Fatalf("the error is of kind %s: %v", kind, err)
		}
		if _, err := a.Put(context.Background(), key, bytes.NewReader(text)); upgrade.KindOf(err) != upgrade.Malformed {
			t.Fatalf("what has changed was taken for whole: %v", err)
		}
	})
}

func readAll(a *archive.Archive, b upgrade.Blob) ([]byte, error) {
	r, err := a.Get(context.Background(), b)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	return text, errors.Join(err, r.Close())
}
