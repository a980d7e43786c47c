package archive_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

const content = "as it was, and as it must come back\n"

// Each way in which an archive may be found spoilt: what Get says, what Put of the same says, what Verify proves.
func TestWhatIsSpoiltIsNeverTakenForWhole(t *testing.T) {
	k, stranger := newKeys(t), newKeys(t)
	for name, c := range map[string]struct {
		spoil         func(t *testing.T, folder, object string)
		get, put      upgrade.Kind
		proof, unread archive.Proof // with an identity, and without
	}{
		"nothing is wrong": {func(*testing.T, string, string) {}, "", "", archive.ProofContent, archive.ProofStored},
		"a byte is changed": {func(t *testing.T, folder, object string) {
			overwrite(t, at(folder, object), func(b []byte) []byte { b[len(b)-2] ^= 1; return b })
		}, upgrade.Malformed, upgrade.Malformed, archive.ProofNone, archive.ProofNone},
		"it is cut short": {func(t *testing.T, folder, object string) {
			overwrite(t, at(folder, object), func(b []byte) []byte { return b[:len(b)-1] })
		}, upgrade.Malformed, upgrade.Malformed, archive.ProofNone, archive.ProofNone},
		"it is empty": {func(t *testing.T, folder, object string) {
			overwrite(t, at(folder, object), func([]byte) []byte { return nil })
		}, upgrade.Malformed, upgrade.Malformed, archive.ProofNone, archive.ProofNone},
		"it is longer": {func(t *testing.T, folder, object string) {
			overwrite(t, at(folder, object), func(b []byte) []byte { return append(b, '\n') })
		}, upgrade.Malformed, upgrade.Malformed, archive.ProofNone, archive.ProofNone},
		"it is gone": {func(t *testing.T, folder, object string) {
			if err := os.Remove(at(folder, object)); err != nil {
				t.Fatal(err)
			}
		}, upgrade.NotFound, upgrade.NotFound, archive.ProofNone, archive.ProofNone},
		"the whole bucket is gone": {func(t *testing.T, folder, _ string) {
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
		}, upgrade.Unreachable, upgrade.Unreachable, "", ""},
		"the entry is cut short": {func(t *testing.T, folder, _ string) {
			overwrite(t, at(folder, key+".entry.json"), func(b []byte) []byte { return b[:len(b)/2] })
		}, "", upgrade.Malformed, archive.ProofNone, archive.ProofNone},
		"the entry is another's": {func(t *testing.T, folder, _ string) {
			overwrite(t, at(folder, key+".entry.json"), func(b []byte) []byte { return []byte(strings.Replace(string(b), "4711", "4712", 1)) })
		}, "", upgrade.Malformed, archive.ProofNone, archive.ProofNone},
		"the entry is endless": {func(t *testing.T, folder, _ string) {
			overwrite(t, at(folder, key+".entry.json"), func([]byte) []byte { return make([]byte, 1<<20) })
		}, "", upgrade.Malformed, archive.ProofNone, archive.ProofNone},
		"it is encrypted to somebody else": {func(t *testing.T, folder, object string) {
			elsewhere := t.TempDir()
			put(t, open(t, sealed(fileURL(elsewhere), stranger)), key, content)
			for _, name := range []string{object, key + ".entry.json"} {
				text, err := os.ReadFile(at(elsewhere, name))
				if err != nil {
					t.Fatal(err)
				}
				overwrite(t, at(folder, name), func([]byte) []byte { return text })
			}
		}, upgrade.Denied, upgrade.Denied, archive.ProofNone, archive.ProofStored},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			a := open(t, sealed(fileURL(folder), k))
			b := put(t, a, key, content)
			c.spoil(t, folder, b.Object)
			got, err := get(t, a, b)
			wantKind(t, err, c.get)
			if err == nil && got != content {
				t.Errorf("got %q", got)
			}
			_, err = a.Put(t.Context(), key, strings.NewReader(content))
			wantKind(t, err, c.put)
			if name == "the whole bucket is gone" {
				if _, err := os.Stat(folder); err == nil {
					t.Error("the folder was made anew")
				}
				_, err := a.Upgrades(t.Context(), 0)
				wantKind(t, err, upgrade.Unreachable)
				return
			}
			wantProof(t, a, c.proof)
			wantProof(t, open(t, blind(fileURL(folder), k)), c.unread)
		})
	}
}

func wantProof(t *testing.T, a *archive.Archive, want archive.Proof) {
	t.Helper()
	all, err := a.Upgrades(t.Context(), 4711)
	if err != nil || len(all) != 1 {
		t.Fatalf("listed %v, %v", all, err)
	}
	found, err := a.Verify(t.Context(), all[0])
	if err != nil || len(found) != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	if found[0].Proof != want || (found[0].Text == "") != (want != archive.ProofNone) || found[0].Key != key {
		t.Errorf("found %+v, want the proof %s", found[0], want)
	}
}

func TestGetSaysWhatIsWrongWithTheBlob(t *testing.T) {
	k := newKeys(t)
	folder := t.TempDir()
	b := put(t, open(t, sealed(fileURL(folder), k)), key, content)
	for name, c := range map[string]struct {
		change func(*upgrade.Blob)
		blind  bool
		kind   upgrade.Kind
	}{
		"no such key":              {func(b *upgrade.Blob) { b.Key, b.Object = "elsewhere", "elsewhere.age" }, false, upgrade.NotFound},
		"no digest":                {func(b *upgrade.Blob) { b.Digest = "short" }, false, upgrade.Invalid},
		"of another digest":        {func(b *upgrade.Blob) { b.Digest = strings.Repeat("0", 64) }, false, upgrade.Malformed},
		"of another size":          {func(b *upgrade.Blob) { b.Size++ }, false, upgrade.Malformed},
		"an object of another key": {func(b *upgrade.Blob) { b.Object = "elsewhere.age" }, false, upgrade.Invalid},
		"its entry as its object":  {func(b *upgrade.Blob) { b.Object = b.Key + ".entry.json" }, false, upgrade.Invalid},
		"no identity":              {func(*upgrade.Blob) {}, true, upgrade.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			a := open(t, sealed(fileURL(folder), k))
			if c.blind {
				a = open(t, blind(fileURL(folder), k))
			}
			asked := b
			c.change(&asked)
			_, err := get(t, a, asked)
			wantKind(t, err, c.kind)
		})
	}
}

// A writer that died after its content and before its entry has left an object; the next one stores beside it.
func TestWhatADeadWriterLeftIsNeitherTakenNorOverwritten(t *testing.T) {
	for name, start := range map[string]func(testing.TB) (*archive.Archive, string){"in the clear": openFolder, "encrypted": openSealed} {
		t.Run(name, func(t *testing.T) {
			a, folder := start(t)
			left := put(t, a, key, "left behind")
			if err := os.Remove(at(folder, key+".entry.json")); err != nil {
				t.Fatal(err)
			}
			_, err := a.Entry(t.Context(), key)
			wantKind(t, err, upgrade.NotFound)
			b := put(t, a, key, "stored")
			if again := put(t, a, key, "stored"); again != b {
				t.Errorf("stored again as %+v, want %+v", again, b)
			}
			for blob, want := range map[upgrade.Blob]string{left: "left behind", b: "stored"} {
				if got, err := get(t, a, blob); err != nil || got != want {
					t.Errorf("got %q, %v, want %q", got, err, want)
				}
			}
			all, err := a.Upgrades(t.Context(), 0)
			if err != nil || len(all) != 1 || len(all[0].Entries) != 1 || len(all[0].Strays) != 1 {
				t.Fatalf("listed %+v, %v, want one entry and one stray", all, err)
			}
			if diff := cmp.Diff(b, all[0].Entries[0].Blob); diff != "" {
				t.Errorf("the entry (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFolderThatMayNotBeReadIsNotListedAsEmpty(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	a, folder := openFolder(t)
	put(t, a, key, content)
	closed := filepath.Join(folder, "upgrades")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(closed, 0o700)
	_, err := a.Upgrades(t.Context(), 0)
	wantKind(t, err, upgrade.Denied)
}
