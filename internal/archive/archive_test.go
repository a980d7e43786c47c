package archive_test

import (
	"bytes"
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

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

func TestWhatIsPutIsGot(t *testing.T) {
	k := newKeys(t)
	for world, start := range map[string]func(*testing.T) archive.Config{
		"in memory":              func(*testing.T) archive.Config { return plain("mem://") },
		"in files":               func(t *testing.T) archive.Config { return plain(fileURL(t.TempDir())) },
		"in files with a second": func(t *testing.T) archive.Config { return plain("file://" + t.TempDir() + "?no_tmp_dir=true") },
		"encrypted in memory":    func(*testing.T) archive.Config { return sealed("mem://", k) },
		"encrypted in files":     func(t *testing.T) archive.Config { return sealed(fileURL(t.TempDir()), k) },
		"encrypted for two": func(t *testing.T) archive.Config {
			c := sealed("mem://", k)
			c.Recipients = append(c.Recipients, newKeys(t).recipient)
			return c
		},
		"in files by another way": func(t *testing.T) archive.Config {
			t.Chdir(t.TempDir())
			return sealed("file://./?no_tmp_dir=true&metadata=skip", k)
		},
	} {
		for name, content := range map[string]string{
			"a configuration":       "system {\n    host-name test;\n}\n",
			"nothing":               "",
			"an age file":           "age-encryption.org/v1\n-> X25519 made up\n",
			"exactly a chunk":       strings.Repeat("0123456789abcdef", 1<<12),
			"a large one":           strings.Repeat("0123456789abcdef", 1<<16),
			"a large one and a bit": strings.Repeat("0123456789abcdef", 1<<16) + "x",
		} {
			t.Run(world+", "+name, func(t *testing.T) {
				c := start(t)
				a := open(t, c)
				b := put(t, a, key, content)
				sum := sha256.Sum256([]byte(content))
				want := upgrade.Blob{Key: key, Digest: hex.EncodeToString(sum[:]), Size: int64(len(content))}
				if len(c.Recipients) > 0 {
					want.Object = key + ".age"
				}
				if b != want {
					t.Errorf("put as %+v, want %+v", b, want)
				}
				if got, err := get(t, a, b); err != nil || got != content {
					t.Errorf("got %d bytes, %v, want the %d that were put", len(got), err, len(content))
				}
				e, err := a.Entry(t.Context(), key)
				if err != nil || e.Blob != b || e.Kind != archive.KindConfiguration || e.Encrypted != (want.Object != "") || !e.At.Equal(noon) {
					t.Errorf("the entry is %+v, %v", e, err)
				}
			})
		}
	}
}

func TestEncryptedContentStandsNowhereInTheClear(t *testing.T) {
	a, folder := openSealed(t)
	put(t, a, key, strings.Repeat("set system host-name fake-secret-name\n", 1000))
	for _, name := range files(t, folder) {
		text, err := os.ReadFile(at(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("host-name")) {
			t.Errorf("%s holds the content in the clear", name)
		}
	}
}

func TestPuttingTheSameAgainChangesNothing(t *testing.T) {
	k := newKeys(t)
	for name, of := range map[string]func(string) archive.Config{
		"in the clear":                  plain,
		"encrypted":                     func(u string) archive.Config { return sealed(u, k) },
		"encrypted without an identity": func(u string) archive.Config { return blind(u, k) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			a := open(t, of(fileURL(folder)))
			first := put(t, a, key, "set system host-name test\n")
			before := files(t, folder)
			if again := put(t, a, key, "set system host-name test\n"); again != first {
				t.Errorf("put again as %+v, want %+v", again, first)
			}
			if after := files(t, folder); !slices.Equal(before, after) {
				t.Errorf("the files were %q and are %q", before, after)
			}
			_, err := a.Put(t.Context(), key, strings.NewReader("set system host-name other\n"))
			wantKind(t, err, upgrade.Refused)
		})
	}
}

func TestEvidenceIsNeverOverwritten(t *testing.T) {
	for world, of := range map[string]archive.Config{"in memory": plain("mem://"), "in files": plain(fileURL(t.TempDir())), "encrypted": sealed(fileURL(t.TempDir()), newKeys(t))} {
		for name, other := range map[string]string{"other content": "b", "more of it": "ab", "nothing": ""} {
			t.Run(world+", "+name, func(t *testing.T) {
				a := open(t, of)
				first := put(t, a, key, "a")
				_, err := a.Put(t.Context(), key, strings.NewReader(other))
				wantKind(t, err, upgrade.Refused)
				if got, err := get(t, a, first); err != nil || got != "a" {
					t.Errorf("the first content became %q, %v", got, err)
				}
			})
		}
	}
}

// Whoever comes second is refused, or told to try again while the first is not done.
func TestOfConcurrentPutsOneContentStands(t *testing.T) {
	k := newKeys(t)
	for name, of := range map[string]func(string) archive.Config{"in the clear": plain, "encrypted": func(u string) archive.Config { return sealed(u, k) }} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			var all sync.WaitGroup
			var mu sync.Mutex
			var stored []upgrade.Blob
			for i := range 12 {
				a := open(t, of(fileURL(folder))) // as another process has it
				all.Go(func() {
					for {
						b, err := a.Put(t.Context(), key, strings.NewReader(string(rune('a'+i%3))))
						if upgrade.KindOf(err) == upgrade.Unreachable {
							continue
						}
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							stored = append(stored, b)
						} else {
							wantKind(t, err, upgrade.Refused)
						}
						return
					}
				})
			}
			all.Wait()
			if len(stored) == 0 || len(slices.Compact(stored)) != 1 {
				t.Fatalf("stored as %v, want one content", stored)
			}
			if _, err := get(t, open(t, of(fileURL(folder))), stored[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestKeysArePlain(t *testing.T) {
	a := open(t, plain("mem://"))
	for _, bad := range []string{"", "/", "/a", "a/", "a//b", "../a", "a/../b", "a..b", "a/./b", "A", "a b", "a\n", "ä", "-a", ".a", "a\\b", "a:b",
		"a.attrs", "a.age", "a.beside", "a.entry.json"} {
		_, err := a.Put(t.Context(), bad, strings.NewReader("x"))
		wantKind(t, err, upgrade.Invalid)
		_, err = a.Get(t.Context(), upgrade.Blob{Key: bad, Digest: strings.Repeat("0", 64)})
		wantKind(t, err, upgrade.Invalid)
		_, err = a.Entry(t.Context(), bad)
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
		source func() io.Reader
		cancel bool
		kind   upgrade.Kind
	}{
		"the source fails at once":      {func() io.Reader { return iotest.ErrReader(cause) }, false, upgrade.Internal},
		"the source fails in between":   {func() io.Reader { return io.MultiReader(megabyte(), iotest.ErrReader(cause)) }, false, upgrade.Internal},
		"the source's kind is kept":     {func() io.Reader { return iotest.ErrReader(upgrade.Errorf(upgrade.Drifted, "changed: %w", cause)) }, false, upgrade.Drifted},
		"the caller cancels in between": {megabyte, true, upgrade.Unreachable},
	} {
		for world, start := range map[string]func(testing.TB) (*archive.Archive, string){"in the clear": openFolder, "encrypted": openSealed} {
			t.Run(name+", "+world, func(t *testing.T) {
				a, folder := start(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				source := c.source()
				if c.cancel {
					source = io.MultiReader(source, cancelling(cancel))
				}
				_, err := a.Put(ctx, key, source)
				wantKind(t, err, c.kind)
				if !c.cancel && !errors.Is(err, cause) {
					t.Errorf("the error does not carry its cause: %v", err)
				}
				if left := files(t, folder); len(left) != 0 {
					t.Errorf("left behind: %q", left)
				}
				put(t, a, key, "whole")
			})
		}
	}
}

func megabyte() io.Reader { return strings.NewReader(strings.Repeat("x", 1<<20)) }

// cancelling is an empty reader that cancels when it is reached.
func cancelling(cancel func()) io.Reader {
	return readerFunc(func([]byte) (int, error) { cancel(); return 0, io.EOF })
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Archives of before the entries hold objects alone; their blobs are in the reports of that time.
func TestABlobWithoutAnEntryIsStillGot(t *testing.T) {
	a, folder := openFolder(t)
	b := put(t, a, key, "as it was")
	if err := os.Remove(at(folder, key+".entry.json")); err != nil {
		t.Fatal(err)
	}
	if got, err := get(t, a, b); err != nil || got != "as it was" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOpenRefusesWhatIsNoBucket(t *testing.T) {
	for name, bucketURL := range map[string]string{
		"nothing":            "",
		"an unknown scheme":  "nowhere://bucket",
		"a missing folder":   fileURL(filepath.Join(t.TempDir(), "missing")),
		"a login in the URL": "mem://someone:fake-word@",
		"no URL at all":      "://",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := archive.Open(t.Context(), plain(bucketURL))
			wantKind(t, err, upgrade.Invalid)
			if err != nil && strings.Contains(err.Error(), "fake-word") {
				t.Errorf("the error holds the login: %v", err)
			}
		})
	}
}
