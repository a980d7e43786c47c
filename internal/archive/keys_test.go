package archive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

func TestKeysThatDoNotServeAreRefusedAtTheStart(t *testing.T) {
	k, other := newKeys(t), newKeys(t)
	quantum, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := os.ReadFile(k.identity)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSpace(strings.SplitN(string(secret), "\n", 2)[1])
	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "identity")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, spoil := range map[string]func(*archive.Config){
		"a recipient that is none":                func(c *archive.Config) { c.Recipients = []string{"age1nonsense"} },
		"an identity among the recipients":        func(c *archive.Config) { c.Recipients = append(c.Recipients, line) },
		"an empty recipient":                      func(c *archive.Config) { c.Recipients = append(c.Recipients, "") },
		"two recipients as one":                   func(c *archive.Config) { c.Recipients = []string{k.recipient + "\n" + other.recipient} },
		"recipients that do not go together":      func(c *archive.Config) { c.Recipients = append(c.Recipients, quantum.Recipient().String()) },
		"recipients and plaintext":                func(c *archive.Config) { c.Plaintext = true },
		"an identity of none of the recipients":   func(c *archive.Config) { c.Identity = other.identity },
		"an identity file that is not there":      func(c *archive.Config) { c.Identity = filepath.Join(t.TempDir(), "missing") },
		"an identity file without an identity":    func(c *archive.Config) { c.Identity = file("# nothing\n") },
		"an identity file with something else":    func(c *archive.Config) { c.Identity = file(line[:40] + "\n") },
		"an identity file that holds a recipient": func(c *archive.Config) { c.Identity = file(k.recipient + "\n") },
	} {
		t.Run(name, func(t *testing.T) {
			c := sealed("mem://", k)
			spoil(&c)
			_, err := archive.Open(t.Context(), c)
			wantKind(t, err, upgrade.Invalid)
			if upgrade.AdviceOf(err) == "" {
				t.Error("there is no advice")
			}
			if text := fmt.Sprint(err, upgrade.AdviceOf(err)); strings.Contains(text, "SECRET-KEY") {
				t.Errorf("the error holds an identity: %s", text)
			}
		})
	}
}

func TestHybridKeysServeToo(t *testing.T) {
	pair, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "identity")
	if err := os.WriteFile(path, []byte(pair.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := open(t, sealed("mem://", keys{path, pair.Recipient().String()}))
	if got, err := get(t, a, put(t, a, key, "content")); err != nil || got != "content" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWithoutARecipientNothingIsStored(t *testing.T) {
	folder := t.TempDir()
	a := open(t, archive.Config{URL: fileURL(folder)})
	_, err := a.Put(t.Context(), key, strings.NewReader("content"))
	wantKind(t, err, upgrade.Invalid)
	if !strings.Contains(upgrade.AdviceOf(err), "VSRX_ARCHIVE_RECIPIENTS") {
		t.Errorf("the advice is %q", upgrade.AdviceOf(err))
	}
	if left := files(t, folder); len(left) != 0 {
		t.Errorf("stored: %q", left)
	}
}

// A key is changed by adding the new pair: what was stored for the old one stays readable.
func TestAfterAChangeOfKeysBothAreRead(t *testing.T) {
	old, young, folder := newKeys(t), newKeys(t), t.TempDir()
	before := put(t, open(t, sealed(fileURL(folder), old)), key, "before")
	both := ""
	for _, k := range []keys{old, young} {
		text, err := os.ReadFile(k.identity)
		if err != nil {
			t.Fatal(err)
		}
		both += string(text)
	}
	path := filepath.Join(t.TempDir(), "both")
	if err := os.WriteFile(path, []byte(both), 0o600); err != nil {
		t.Fatal(err)
	}
	a := open(t, sealed(fileURL(folder), keys{path, young.recipient}))
	after := put(t, a, key+"2", "after")
	for blob, want := range map[upgrade.Blob]string{before: "before", after: "after"} {
		if got, err := get(t, a, blob); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	_, err := get(t, open(t, sealed(fileURL(folder), old)), after)
	wantKind(t, err, upgrade.Denied)
}
