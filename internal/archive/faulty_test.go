package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

// storage is a bucket in memory that fails in one way.
type storage struct {
	driver.Bucket // what is not written here is never called
	mu            sync.Mutex
	objects       map[string][]byte
	faults
}

type faults struct {
	gone, look, write, end, enter, read, remove, alter, alterEntry, full, quicker bool
	race                                                                          string // another writer's content, which appears while ours is written
}

var (
	errStorage = errors.New("the storage is broken")
	errFull    = errors.New("no space is left")
	errMissing = errors.New("no such object")
	errTaken   = errors.New("there is such an object")
)

func (s *storage) ErrorCode(err error) gcerrors.ErrorCode {
	switch {
	case errors.Is(err, errMissing):
		return gcerrors.NotFound
	case errors.Is(err, errTaken):
		return gcerrors.FailedPrecondition
	case errors.Is(err, errFull):
		return gcerrors.ResourceExhausted
	}
	return gcerrors.Unknown
}

func (s *storage) ListPaged(context.Context, *driver.ListOptions) (*driver.ListPage, error) {
	if s.gone {
		return nil, errMissing
	}
	return &driver.ListPage{}, nil
}

func (s *storage) Attributes(_ context.Context, name string) (*driver.Attributes, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text, ok := s.objects[name]; ok {
		return &driver.Attributes{Size: int64(len(text))}, nil
	}
	return nil, errMissing
}

func (s *storage) NewTypedWriter(ctx context.Context, name, _ string, options *driver.WriterOptions) (driver.Writer, error) {
	if !options.IfNotExist {
		return nil, errors.New("asked to overwrite")
	}
	return &storageWriter{ctx: ctx, to: s, name: name}, nil
}

type storageWriter struct {
	bytes.Buffer
	ctx  context.Context
	to   *storage
	name string
}

func (w *storageWriter) isEntry() bool { return strings.HasSuffix(w.name, ".entry.json") }

func (w *storageWriter) Write(p []byte) (int, error) {
	if w.to.write {
		return len(p) / 2, errStorage
	}
	return w.Buffer.Write(p)
}

func (w *storageWriter) Close() error {
	s := w.to
	s.mu.Lock()
	defer s.mu.Unlock()
	switch _, taken := s.objects[w.name]; {
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case s.full:
		return errFull
	case s.end && !w.isEntry(), s.enter && w.isEntry():
		return errStorage
	case taken, s.quicker && !w.isEntry():
		return errTaken
	}
	s.objects[w.name] = bytes.Clone(w.Bytes())
	return nil
}

func (s *storage) NewRangeReader(_ context.Context, name string, _, _ int64, _ *driver.ReaderOptions) (driver.Reader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	content, stored := s.objects[name]
	isEntry := strings.HasSuffix(name, ".entry.json")
	switch {
	case s.look && !stored, s.read && stored && !isEntry:
		return nil, errStorage
	case !stored:
		return nil, errMissing
	}
	content = bytes.Clone(content)
	if s.alter && !isEntry || s.alterEntry && isEntry {
		content[len(content)/2] ^= 1
	}
	return storageReader{bytes.NewReader(content)}, nil
}

type storageReader struct{ *bytes.Reader }

func (r storageReader) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{Size: r.Size()}
}
func (storageReader) As(any) bool  { return false }
func (storageReader) Close() error { return nil }

func (s *storage) Delete(_ context.Context, name string, _ *driver.DeleteOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.remove {
		return errStorage
	}
	delete(s.objects, name)
	return nil
}

func (s *storage) Close() error { return nil }

func TestAFailingStorageIsNeverBelieved(t *testing.T) {
	k := newKeys(t)
	for name, c := range map[string]struct {
		faults faults
		kind   upgrade.Kind
		stands []bool // content, entry
	}{
		"nothing fails":                      {faults{}, "", []bool{true, true}},
		"the bucket is gone":                 {faults{gone: true}, upgrade.Unreachable, []bool{false, false}},
		"looking fails":                      {faults{look: true}, upgrade.Unreachable, []bool{false, false}},
		"writing fails":                      {faults{write: true}, upgrade.Unreachable, []bool{false, false}},
		"the storage is full":                {faults{full: true}, upgrade.Unreachable, []bool{false, false}},
		"the end of the writing fails":       {faults{end: true}, upgrade.Unreachable, []bool{false, false}},
		"entering it fails":                  {faults{enter: true}, upgrade.Unreachable, []bool{true, false}},
		"reading back fails":                 {faults{read: true}, upgrade.Unreachable, []bool{true, false}},
		"other content comes back":           {faults{alter: true}, upgrade.Malformed, []bool{false, false}},
		"other content cannot be removed":    {faults{alter: true, remove: true}, upgrade.Unreachable, []bool{true, false}},
		"another entry comes back":           {faults{alterEntry: true}, upgrade.Malformed, []bool{true, true}},
		"another writer is at the same name": {faults{quicker: true}, upgrade.Unreachable, []bool{false, false}},
		"another writer has entered other":   {faults{race: "other content"}, upgrade.Refused, []bool{true, true}},
		"another writer has entered it too":  {faults{race: "content of the gateway"}, "", []bool{true, true}},
	} {
		for world, of := range map[string]archive.Config{"in the clear": plain("mem://"), "encrypted": sealed("mem://", k), "encrypted without an identity": blind("mem://", k)} {
			t.Run(name+", "+world, func(t *testing.T) {
				s := &storage{faults: c.faults, objects: map[string][]byte{}}
				a := archive.Over(open(t, of), blob.NewBucket(s))
				var source io.Reader = io.LimitReader(strings.NewReader("content of the gateway"), 100)
				if c.faults.race != "" {
					rival := archive.Over(open(t, of), blob.NewBucket(s))
					source = io.MultiReader(source, readerFunc(func([]byte) (int, error) { put(t, rival, key, c.faults.race); return 0, io.EOF }))
				}
				_, err := a.Put(t.Context(), key, source)
				wantKind(t, err, c.kind)
				object := key
				if len(of.Recipients) > 0 {
					object += ".age"
				}
				for i, name := range []string{object, key + ".entry.json"} {
					if _, stands := s.objects[name]; stands != c.stands[i] {
						t.Errorf("%s stands: %t, want %t", name, stands, c.stands[i])
					}
				}
				if c.kind != "" && upgrade.AdviceOf(err) == "" {
					t.Errorf("there is no advice with %v", err)
				}
			})
		}
	}
}

// The rival stores under another name when ours is taken before it begins; then the entries race.
func TestOfTwoContentsTheFirstEnteredStands(t *testing.T) {
	s := &storage{objects: map[string][]byte{}}
	a, rival := archive.Over(open(t, plain("mem://")), blob.NewBucket(s)), archive.Over(open(t, plain("mem://")), blob.NewBucket(s))
	s.objects[key] = []byte("of a dead writer") // both store beside it
	_, err := a.Put(t.Context(), key, io.MultiReader(strings.NewReader("ours"), readerFunc(func([]byte) (int, error) { put(t, rival, key, "theirs"); return 0, io.EOF })))
	wantKind(t, err, upgrade.Refused)
	e, err := a.Entry(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := get(t, a, e.Blob); err != nil || got != "theirs" {
		t.Errorf("got %q, %v", got, err)
	}
	if len(s.objects) != 3 { // the dead writer's, theirs, the entry
		t.Errorf("%d objects stand, want 3", len(s.objects))
	}
}
