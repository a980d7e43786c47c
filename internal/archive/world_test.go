package archive_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

const key = "upgrades/4711/0c1d-run/before-1/1/configuration.conf"

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// keys are a pair of age keys: the path of the identity, and the recipient.
type keys struct{ identity, recipient string }

func newKeys(t testing.TB) keys {
	t.Helper()
	identity, recipient, err := archive.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "identity.txt")
	if err := os.WriteFile(path, identity, 0o600); err != nil {
		t.Fatal(err)
	}
	return keys{path, recipient}
}

func fileURL(folder string) string {
	return "file://" + filepath.ToSlash(folder) + "?no_tmp_dir=true&metadata=skip"
}

// plain, sealed and blind configure an archive: without encryption, with both keys, and with the recipient alone.
func plain(bucketURL string) archive.Config {
	return archive.Config{URL: bucketURL, Plaintext: true, Now: func() time.Time { return noon }}
}

func sealed(bucketURL string, k keys) archive.Config {
	return archive.Config{URL: bucketURL, Recipients: []string{k.recipient}, Identity: k.identity, Now: func() time.Time { return noon }}
}

func blind(bucketURL string, k keys) archive.Config {
	c := sealed(bucketURL, k)
	c.Identity = ""
	return c
}

func open(t testing.TB, c archive.Config) *archive.Archive {
	t.Helper()
	a, err := archive.Open(context.Background(), c)
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

// openFolder gives an archive of files without encryption, and their folder.
func openFolder(t testing.TB) (*archive.Archive, string) {
	t.Helper()
	folder := t.TempDir()
	return open(t, plain(fileURL(folder))), folder
}

// openSealed gives an encrypted archive of files, and their folder.
func openSealed(t testing.TB) (*archive.Archive, string) {
	t.Helper()
	folder := t.TempDir()
	return open(t, sealed(fileURL(folder), newKeys(t))), folder
}

func put(t testing.TB, a *archive.Archive, key, content string) upgrade.Blob {
	t.Helper()
	b, err := a.Put(context.Background(), key, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func get(t testing.TB, a *archive.Archive, b upgrade.Blob) (string, error) {
	t.Helper()
	r, err := a.Get(context.Background(), b)
	if err != nil {
		return "", err
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	return string(content), err
}

func wantKind(t testing.TB, err error, kind upgrade.Kind) {
	t.Helper()
	if got := upgrade.KindOf(err); got != kind {
		t.Errorf("the error is of kind %q, want %q: %v", got, kind, err)
	}
}

// files lists what stands in a folder, as slash-separated paths, without the lock of the writers.
func files(t testing.TB, folder string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && entry.Name() != ".lock" {
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

// at is the path of an object in a folder.
func at(folder, name string) string { return filepath.Join(folder, filepath.FromSlash(name)) }

// overwrite changes a file behind the archive's back.
func overwrite(t testing.TB, path string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
