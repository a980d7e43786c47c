package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/archive"
)

const (
	storedKey = "upgrades/4711/run-young/before-1/1/configuration.conf"
	storedOld = "upgrades/4711/run-old/before-1/1/configuration.conf"
	wholeText = "system {\n    host-name fake-pair;\n}\n"
)

// vault is an encrypted archive with two upgrades of gateway 4711, one a hundred days old, and one of gateway 900.
type vault struct{ folder, identity, recipient string }

// newVault makes it, and the environment of the starter that reads it.
func newVault(t *testing.T) vault {
	t.Helper()
	v := vault{folder: t.TempDir(), identity: filepath.Join(t.TempDir(), "identity.txt")}
	out, errs, code := starter("keys", "new", "-o", v.identity)
	if code != 0 {
		t.Fatalf("keys new: %s", errs)
	}
	v.recipient = strings.TrimSpace(out)
	t.Setenv("VSRX_ARCHIVE", "file://"+v.folder+"?no_tmp_dir=true&metadata=skip")
	t.Setenv("VSRX_ARCHIVE_RECIPIENTS", v.recipient)
	t.Setenv("VSRX_ARCHIVE_IDENTITY", v.identity)
	v.store(t, time.Now().Add(-2*time.Hour), "upgrades/4711/run-young/")
	v.store(t, time.Now().Add(-100*24*time.Hour), "upgrades/4711/run-old/")
	v.store(t, time.Now().Add(-100*24*time.Hour), "upgrades/900/run-only/")
	return v
}

func (v vault) store(t *testing.T, at time.Time, folder string) {
	t.Helper()
	a, err := archive.Open(t.Context(), archive.Config{URL: os.Getenv("VSRX_ARCHIVE"), Recipients: []string{v.recipient}, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, name := range []string{"before-1/1/configuration.conf", "before-1/1/snapshot.json", "report.json"} {
		if _, err := a.Put(t.Context(), folder+name, strings.NewReader(wholeText)); err != nil {
			t.Fatal(err)
		}
	}
}

func (v vault) path(name string) string { return filepath.Join(v.folder, filepath.FromSlash(name)) }

// starter runs one command.
func starter(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return out.String(), errs.String(), code
}

func TestTheArchiveIsListed(t *testing.T) {
	newVault(t)
	for name, c := range map[string]struct {
		args []string
		want []string
		not  []string
	}{
		"all upgrades":           {[]string{"list"}, []string{"GATEWAY", "900", "run-only", "run-young", "complete"}, []string{"incomplete", "configuration.conf"}},
		"a gateway's entries":    {[]string{"list", "4711"}, []string{storedKey, storedOld, "configuration", "snapshot", "report", "yes"}, []string{"run-only", "stray", "damaged"}},
		"a gateway's, as JSON":   {[]string{"list", "900", "--json"}, []string{`"gateway": 900`, `"encrypted": true`, `"stored": {`}, []string{"4711"}},
		"everything is verified": {[]string{"verify"}, []string{"9 entries: 9 proven by content, 0 by the encrypted object alone, 0 bad"}, []string{"BAD"}},
		"a gateway is verified":  {[]string{"verify", "900"}, []string{"3 entries"}, nil},
		"verified, as JSON":      {[]string{"verify", "900", "--json"}, []string{`"proof": "content"`, `"strays": []`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := starter(append([]string{"archive"}, c.args...)...)
			if code != 0 || errs != "" {
				t.Fatalf("exit code %d: %s", code, errs)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("the output lacks %q:\n%s", want, out)
				}
			}
			for _, not := range c.not {
				if strings.Contains(out, not) {
					t.Errorf("the output has %q:\n%s", not, out)
				}
			}
		})
	}
}

func TestWhatIsStoredIsRead(t *testing.T) {
	newVault(t)
	if out, errs, code := starter("archive", "get", storedKey); code != 0 || out != wholeText {
		t.Errorf("exit code %d, %q: %s", code, out, errs)
	}
	path := filepath.Join(t.TempDir(), "out.conf")
	if out, errs, code := starter("archive", "get", storedKey, "-o", path); code != 0 || !strings.Contains(out, path) {
		t.Fatalf("exit code %d, %q: %s", code, out, errs)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != wholeText {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v, want it for its owner only", info.Mode(), err)
	}
	wantAlone(t, path)
}

// wantAlone looks for what was left beside a file.
func wantAlone(t *testing.T, path string) {
	t.Helper()
	beside, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range beside {
		if e.Name() != filepath.Base(path) {
			t.Errorf("%s was left", e.Name())
		}
	}
}

func TestEachWayTheArchiveCannotBeRead(t *testing.T) {
	spoil := func(t *testing.T, path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, v vault)
		args  []string
		code  int
		want  string
	}{
		"no archive is set":            {func(t *testing.T, _ vault) { t.Setenv("VSRX_ARCHIVE", "") }, []string{"list"}, 2, "VSRX_ARCHIVE is missing"},
		"a misspelt setting":           {func(t *testing.T, _ vault) { t.Setenv("VSRX_ARCHIVE_KEY", "x") }, []string{"list"}, 2, "VSRX_ARCHIVE_KEY is no setting"},
		"the folder is not there":      {func(t *testing.T, v vault) { os.RemoveAll(v.folder) }, []string{"list"}, 2, "opening the archive"},
		"the identity is not there":    {func(t *testing.T, v vault) { os.Remove(v.identity) }, []string{"list"}, 2, "reading the archive's identity"},
		"an unknown command":           {nil, []string{"burn"}, 2, `"burn" is no command`},
		"two gateways":                 {nil, []string{"list", "1", "2"}, 2, "at most one gateway id"},
		"no gateway's id":              {nil, []string{"verify", "pair"}, 2, `"pair" is not the id of a gateway`},
		"an unknown flag":              {nil, []string{"list", "--all"}, 2, "unknown flag"},
		"a gateway that has nothing":   {nil, []string{"list", "4712"}, 3, "the archive holds nothing of gateway 4712"},
		"no key":                       {nil, []string{"get"}, 2, "exactly one key"},
		"what is no key":               {nil, []string{"get", "../etc/passwd"}, 2, "is not a key of the archive"},
		"a key that is not there":      {nil, []string{"get", "upgrades/4711/none"}, 3, "is not in the archive"},
		"no identity":                  {func(t *testing.T, _ vault) { t.Setenv("VSRX_ARCHIVE_IDENTITY", "") }, []string{"get", storedKey}, 2, "there is no identity to open it"},
		"another's identity":           {another, []string{"get", storedKey}, 3, "encrypted to none of the identities"},
		"the object has changed":       {func(t *testing.T, v vault) { spoil(t, v.path(storedKey+".age")) }, []string{"get", storedKey}, 1, "is not what was stored"},
		"the entry has changed":        {func(t *testing.T, v vault) { spoil(t, v.path(storedKey+".entry.json")) }, []string{"get", storedKey}, 1, "cannot be read"},
		"a changed object is verified": {func(t *testing.T, v vault) { spoil(t, v.path(storedKey+".age")) }, []string{"verify"}, 1, "1 entry is not what was stored"},
		"a lost object is verified":    {func(t *testing.T, v vault) { os.Remove(v.path(storedKey + ".age")) }, []string{"verify"}, 1, "1 entry is not what was stored"},
		"prune without a limit":        {nil, []string{"prune"}, 2, "nothing says what may be deleted"},
		"prune that keeps none":        {nil, []string{"prune", "--keep", "0"}, 2, "0 upgrades cannot be kept"},
		"prune of no age":              {nil, []string{"prune", "--older-than", "soon"}, 2, `"soon" is no age`},
		"prune of an age of nothing":   {nil, []string{"prune", "--older-than", "0d"}, 2, `"0d" is no age`},
		"prune of a negative age":      {nil, []string{"prune", "--older-than", "-3h"}, 2, `"-3h" is no age`},
		"prune of a gateway":           {nil, []string{"prune", "4711", "--keep", "1"}, 2, "too many"},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			if c.spoil != nil {
				c.spoil(t, v)
			}
			out, errs, code := starter(append([]string{"archive"}, c.args...)...)
			if code != c.code || !strings.Contains(errs, c.want) || !strings.Contains(errs, "  → ") {
				t.Errorf("exit code %d, want %d with %q and advice in it:\n%s", code, c.code, c.want, errs)
			}
			if strings.Contains(out, "host-name") {
				t.Error("what is not whole was printed")
			}
		})
	}
}

// another gives the starter an identity that opens nothing here.
func another(t *testing.T, _ vault) {
	path := filepath.Join(t.TempDir(), "another.txt")
	if _, errs, code := starter("keys", "new", "-o", path); code != 0 {
		t.Fatal(errs)
	}
	t.Setenv("VSRX_ARCHIVE_RECIPIENTS", "")
	t.Setenv("VSRX_ARCHIVE_IDENTITY", path)
}

func TestAFileIsNeverOverwrittenNorLeftHalf(t *testing.T) {
	v := newVault(t)
	path := filepath.Join(t.TempDir(), "mine.conf")
	if err := os.WriteFile(v.path(storedOld+".age"), []byte("spoilt"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := starter("archive", "get", storedOld, "-o", path); code != 1 {
		t.Errorf("exit code %d: %s", code, errs)
	}
	wantAlone(t, path)
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was written of what is not whole")
	}
	if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := starter("archive", "get", storedKey, "-o", path); code != 3 || !strings.Contains(errs, "not overwritten") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if _, errs, code := starter("archive", "get", storedKey, "-o", filepath.Join(path, "below")); code != 2 {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func TestWithoutAnIdentityTheStoredObjectIsProven(t *testing.T) {
	newVault(t)
	t.Setenv("VSRX_ARCHIVE_IDENTITY", "")
	out, errs, code := starter("archive", "verify", "900")
	if code != 0 || !strings.Contains(out, "3 entries: 0 proven by content, 3 by the encrypted object alone, 0 bad") {
		t.Errorf("exit code %d, %s %s", code, out, errs)
	}
}

func TestWhatAWriterLeftIsNamed(t *testing.T) {
	v := newVault(t)
	if err := os.Remove(v.path(storedKey + ".entry.json")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"list", "4711"}, {"verify", "4711"}} {
		out, errs, code := starter(append([]string{"archive"}, args...)...)
		if code != 0 || !strings.Contains(out, "stray: "+storedKey+".age") {
			t.Errorf("%s: exit code %d, %s %s", args, code, out, errs)
		}
	}
	if out, _, _ := starter("archive", "list"); !strings.Contains(out, "incomplete, 1 stray") {
		t.Errorf("the list is:\n%s", out)
	}
}

func TestAnAgeIsReadInDaysToo(t *testing.T) {
	for text, want := range map[string]time.Duration{"90d": 90 * 24 * time.Hour, "1d": 24 * time.Hour, "36h": 36 * time.Hour, "1h30m": 90 * time.Minute} {
		if got, err := parseAge(text); err != nil || got != want {
			t.Errorf("%s is read as %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "90", "9e3d", "1.5d", "100000d", "-1d", "0h"} {
		if got, err := parseAge(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

func TestKeysAreNewAndTheirFileIsTheOwners(t *testing.T) {
	path := filepath.Join(t.TempDir(), "identity.txt")
	out, errs, code := starter("keys", "new", "-o", path)
	if code != 0 || errs != "" || !strings.HasPrefix(out, "age1") || strings.Contains(out, "SECRET") {
		t.Fatalf("exit code %d, %q: %s", code, out, errs)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v, want it for its owner only", info.Mode(), err)
	}
	first, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(first), "AGE-SECRET-KEY-1") || !strings.Contains(string(first), strings.TrimSpace(out)) {
		t.Fatalf("the file lacks the identity or its recipient: %v", err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
	}{
		"the file is there":       {[]string{"new", "-o", path}, 3},
		"the folder is not there": {[]string{"new", "-o", filepath.Join(path, "below")}, 2},
		"an argument":             {[]string{"new", path}, 2},
		"an unknown command":      {[]string{"old"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if _, errs, code := starter(append([]string{"keys"}, c.args...)...); code != c.code || !strings.Contains(errs, "  → ") {
				t.Errorf("exit code %d, want %d: %s", code, c.code, errs)
			}
		})
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(first, again) {
		t.Errorf("the file has changed, %v", err)
	}
	var told keyPair
	other := filepath.Join(t.TempDir(), "other.txt")
	if out, errs, code = starter("keys", "new", "-o", other, "--json"); code != 0 {
		t.Fatal(errs)
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || told.File != other || !strings.HasPrefix(told.Recipient, "age1") {
		t.Errorf("told %s, %v", out, err)
	}
	t.Chdir(t.TempDir())
	if _, errs, code := starter("keys", "new"); code != 0 {
		t.Error(errs)
	}
	if _, err := os.Stat("archive-identity.txt"); err != nil {
		t.Error(fmt.Errorf("the default file: %w", err))
	}
}
