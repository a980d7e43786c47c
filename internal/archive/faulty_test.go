package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

// storage is a bucket that fails in one way.
type storage struct {
	driver.Bucket // what is not written here is never called
	content       []byte
	stored        bool
	deleted       bool
	faults
}

type faults struct{ look, write, close, read, remove, alter bool }

var (
	errStorage = errors.New("the storage is broken")
	errMissing = errors.New("no such object")
)

func (s *storage) ErrorCode(err error) gcerrors.ErrorCode {
	if errors.Is(err, errMissing) {
		return gcerrors.NotFound
	}
	return gcerrors.Unknown
}

func (s *storage) NewTypedWriter(ctx context.Context, _, _ string, options *driver.WriterOptions) (driver.Writer, error) {
	if !options.IfNotExist {
		return nil, errors.New("asked to overwrite")
	}
	return &storageWriter{ctx: ctx, to: s}, nil
}

type storageWriter struct {
	bytes.Buffer
	ctx context.Context
	to  *storage
}

func (w *storageWriter) Write(p []byte) (int, error) {
	if w.to.write {
		return len(p) / 2, errStorage
	}
	return w.Buffer.Write(p)
}

func (w *storageWriter) Close() error {
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	if w.to.close {
		return errStorage
	}
	w.to.content, w.to.stored = w.Bytes(), true
	return nil
}

func (s *storage) NewRangeReader(context.Context, string, int64, int64, *driver.ReaderOptions) (driver.Reader, error) {
	switch {
	case s.look && !s.stored, s.read && s.stored:
		return nil, errStorage
	case !s.stored:
		return nil, errMissing
	}
	content := bytes.Clone(s.content)
	if s.alter {
		content[0] ^= 1
	}
	return storageReader{bytes.NewReader(content)}, nil
}

type storageReader struct{ *bytes.Reader }

func (r storageReader) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{Size: r.Size()}
}
func (storageReader) As(any) bool  { return false }
func (storageReader) Close() error { return nil }

func (s *storage) Delete(context.Context, string, *driver.DeleteOptions) error {
	if s.remove {
		return errStorage
	}
	s.stored, s.deleted = false, true
	return nil
}

func (s *storage) Close() error { return nil }

func TestAFailingStorageIsNeverBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		faults  faults
		kind    upgrade.Kind
		stands  bool
		deleted bool
	}{
		"nothing fails":                     {faults{}, "", true, false},
		"looking fails":                     {faults{look: true}, upgrade.Unreachable, false, false},
		"writing fails":                     {faults{write: true}, upgrade.Unreachable, false, false},
		"the end of the writing fails":      {faults{close: true}, upgrade.Unreachable, false, false},
		"reading back fails":                {faults{read: true}, upgrade.Unreachable, true, false},
		"other content comes back":          {faults{alter: true}, upgrade.Malformed, false, true},
		"other content cannot be removed":   {faults{alter: true, remove: true}, upgrade.Unreachable, true, false},
		"writing and then removing do fail": {faults{write: true, remove: true}, upgrade.Unreachable, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &storage{faults: c.faults}
			a := archive.Over(blob.NewBucket(s))
			defer a.Close()
			_, err := a.Put(t.Context(), key, io.LimitReader(strings.NewReader("content of the gateway"), 100))
			wantKind(t, err, c.kind)
			if s.stored != c.stands || s.deleted != c.deleted {
				t.Errorf("stands %t, deleted %t, want %t and %t", s.stored, s.deleted, c.stands, c.deleted)
			}
		})
	}
}
