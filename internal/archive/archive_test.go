package archive_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

const key = "upgrade/4711/before.conf"

func open(t *testing.T, bucketURL string) *archive.Archive {
	t.Helper()
	a, err := archive.Open(t.Context(), bucketURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// openFolder gives an archive of files, and their folder.
func openFolder(t *testing.T) (*archive.Archive, string) {
	t.Helper()
	folder := t.TempDir()
	return open(t, "file://"+filepath.ToSlash(folder)+"?no_tmp_dir=true&metadata=skip"), folder
}

func put(t *testing.T, a *archive.Archive, content string) upgrade.Blob {
	t.Helper()
	b, err := a.Put(t.Context(), key, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func get(t *testing.T, a *archive.Archive, b upgrade.Blob) (string, error) {
	t.Helper()
	r, err := a.Get(t.Context(), b)
	if err != nil {
		return "", err
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	return string(content), err
}

func wantKind(t *testing.T, err error, kind upgrade.Kind) {
	t.Helper()
	if got := upgrade.KindOf(err); got != kind {
		t.Errorf("the error is of kind %q, want %q: %v", got, kind, err)
	}
}

// files lists what stands in a folder, as slash-separated paths.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, relErr := filepath.Rel(folder, path)
			names, err = append(names, filepath.ToSlash(name)), relErr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestWhatIsPutIsGot(t *testing.T) {
	memory := func(t *testing.T) *archive.Archive { return open(t, "mem://") }
	folder := func(t *testing.T) *archive.Archive { a, _ := openFolder(t); return a }
	twoFiles := func(t *testing.T) *archive.Archive {
		return open(t, "file://"+filepath.ToSlash(t.TempDir())+"?no_tmp_dir=true")
	}
	for world, start := range map[string]func(*testing.T) *archive.Archive{"in memory": memory, "in files": folder, "in files with a second one": twoFiles} {
		for name, content := range map[string]string{
			"a configuration": "system {\n    host-name test;\n}\n",
			"nothing":         "",
			"a large one":     strings.Repeat("0123456789abcdef", 1<<18),
		} {
			t.Run(world+", "+name, func(t *testing.T) {
				a := start(t)
				b := put(t, a, content)
				sum := sha256.Sum256([]byte(content))
				if want := (upgrade.Blob{Key: key, Digest: hex.EncodeToString(sum[:]), Size: int64(len(content))}); b != want {
					t.Errorf("put as %+v, want %+v", b, want)
				}
				if got, err := get(t, a, b); err != nil || got != content {
					t.Errorf("got %d bytes, %v, want the %d that were put", len(got), err, len(content))
				}
			})
		}
	}
}

func TestPuttingTheSameAgainChangesNothing(t *testing.T) {
	a, folder := openFolder(t)
	first := put(t, a, "set system host-name test\n")
	path := filepath.Join(folder, filepath.FromSlash(key))
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if again := put(t, a, "set system host-name test\n"); again != first {
		t.Errorf("put again as %+v, want %+v", again, first)
	}
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("the file was written anew: %v", err)
	}
}

func TestEvidenceIsNeverOverwritten(t *testing.T) {
	for world, bucketURL := range map[string]string{"in memory": "mem://", "in files": "file://" + filepath.ToSlash(t.TempDir()) + "?no_tmp_dir=true"} {
		for name, other := range map[string]string{"other content": "b", "more of it": "ab", "nothing": ""} {
			t.Run(world+", "+name, func(t *testing.T) {
				a := open(t, bucketURL)
				first := put(t, a, "a")
				_, err := a.Put(t.Context(), key, strings.NewReader(other))
				wantKind(t, err, upgrade.Refused)
				if got, err := get(t, a, first); err != nil || got != "a" {
					t.Errorf("the first content became %q, %v", got, err)
				}
			})
		}
	}
}

func TestOfConcurrentPutsOneContentStands(t *testing.T) {
	a, _ := openFolder(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	var stored []upgrade.Blob
	for i := range 12 {
		all.Go(func() {
			b, err := a.Put(t.Context(), key, strings.NewReader(string(rune('a'+i%3))))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				wantKind(t, err, upgrade.Refused)
				return
			}
			stored = append(stored, b)
		})
	}
	all.Wait()
	if len(stored) == 0 || len(slices.Compact(stored)) != 1 {
		t.Fatalf("stored as %v, want one content", stored)
	}
	if _, err := get(t, a, stored[0]); err != nil {
		t.Error(err)
	}
}

func TestKeysArePlain(t *testing.T) {
	a := open(t, "mem://")
	for _, bad := range []string{"", "/", "/a", "a/", "a//b", "../a", "a/../b", "a..b", "A", "a b", "a\n", "ä", "-a", ".a", "a\\b", "a:b", "a.attrs"} {
		_, err := a.Put(t.Context(), bad, strings.NewReader("x"))
		wantKind(t, err, upgrade.Invalid)
		_, err = a.Get(t.Context(), upgrade.Blob{Key: bad, Digest: strings.Repeat("0", 64)})
		wantKind(t, err, upgrade.Invalid)
	}
	for _, good := range []string{"a", "0", "upgrade/4711/report.json", "a-b_c.d/e"} {
		if _, err := a.Put(t.Context(), good, strings.NewReader("x")); err != nil {
			t.Errorf("key %q: %v", good, err)
		}
	}
}

func TestNothingHalfWrittenIsLeft(t *testing.T) {
	cause := errors.New("the device hung up")
	for name, c := range map[string]struct {
		source io.Reader
		cancel bool
		kind   upgrade.Kind
	}{
		"the source fails at once":      {iotest.ErrReader(cause), false, upgrade.Internal},
		"the source fails in between":   {io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), iotest.ErrReader(cause)), false, upgrade.Internal},
		"the source's kind is kept":     {iotest.ErrReader(upgrade.Errorf(upgrade.Drifted, "changed: %w", cause)), false, upgrade.Drifted},
		"the caller cancels in between": {strings.NewReader(strings.Repeat("x", 1<<20)), true, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			a, folder := openFolder(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.cancel {
				c.source = io.MultiReader(c.source, cancelling(cancel))
			}
			_, err := a.Put(ctx, key, c.source)
			wantKind(t, err, c.kind)
			if !c.cancel && !errors.Is(err, cause) {
				t.Errorf("the error does not carry its cause: %v", err)
			}
			if left := files(t, folder); len(left) != 0 {
				t.Errorf("left behind: %q", left)
			}
			put(t, a, "whole")
		})
	}
}

// cancelling is an empty reader that cancels when it is reached.
func cancelling(cancel func()) io.Reader {
	return readerFunc(func([]byte) (int, error) { cancel(); return 0, io.EOF })
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestGetSaysWhatIsWrong(t *testing.T) {
	a, folder := openFolder(t)
	b := put(t, a, "as it was")
	missing, odd, other := b, b, b
	missing.Key, odd.Digest, other.Digest = "elsewhere", "short", strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		blob upgrade.Blob
		kind upgrade.Kind
	}{
		"no such key":       {missing, upgrade.NotFound},
		"no digest":         {odd, upgrade.Invalid},
		"of another digest": {other, upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := get(t, a, c.blob)
			wantKind(t, err, c.kind)
		})
	}
	for name, content := range map[string]string{"changed": "as it is!", "shortened": "as it", "lengthened": "as it was, and more"} {
		t.Run(name+" on disk", func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(folder, filepath.FromSlash(key)), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := get(t, a, b)
			wantKind(t, err, upgrade.Malformed)
		})
	}
}

func TestOpenRefusesWhatIsNoBucket(t *testing.T) {
	for name, bucketURL := range map[string]string{
		"nothing":            "",
		"an unknown scheme":  "nowhere://bucket",
		"a missing folder":   "file://" + filepath.ToSlash(filepath.Join(t.TempDir(), "missing")),
		"a login in the URL": "mem://someone:fake-word@",
		"no URL at all":      "://",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := archive.Open(t.Context(), bucketURL)
			wantKind(t, err, upgrade.Invalid)
			if err != nil && strings.Contains(err.Error(), "fake-word") {
				t.Errorf("the error holds the login: %v", err)
			}
		})
	}
}
