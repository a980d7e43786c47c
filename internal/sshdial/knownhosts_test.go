package sshdial_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/loopback"
)

const (
	gateway = "192.0.2.7:830"
	epoch   = `upgrade/815 reload of "9001": again`
)

func TestAHostKeyIs(t *testing.T) {
	first, second, third := loopback.HostKey(t).PublicKey(), loopback.HostKey(t).PublicKey(), loopback.HostKey(t).PublicKey()
	reload := upgrade.Trust{Epoch: epoch}
	floating := upgrade.Trust{Epoch: epoch, Floating: true}
	type look struct {
		trust upgrade.Trust
		key   ssh.PublicKey
		want  upgrade.Kind // "" = accepted
	}
	for name, c := range map[string]struct {
		strict bool
		looks  []look
	}{
		"learned at first use, then known":           {looks: []look{{key: first}, {key: first}}},
		"refused at first use by a strict store":     {strict: true, looks: []look{{key: first, want: upgrade.Untrusted}, {trust: reload, key: first, want: upgrade.Untrusted}}},
		"refused when another is known":              {looks: []look{{key: first}, {key: second, want: upgrade.Untrusted}}},
		"accepted once when an epoch announces it":   {looks: []look{{key: first}, {trust: reload, key: second}, {trust: reload, key: second}, {key: second}}},
		"refused as a second new one of an epoch":    {looks: []look{{key: first}, {trust: reload, key: second}, {trust: reload, key: third, want: upgrade.Untrusted}}},
		"accepted again in the next epoch":           {looks: []look{{key: first}, {trust: reload, key: second}, {trust: upgrade.Trust{Epoch: "next"}, key: third}, {key: second, want: upgrade.Untrusted}}},
		"refused in an epoch that is spent and over": {looks: []look{{key: first}, {trust: reload, key: second}, {trust: upgrade.Trust{Epoch: "next"}, key: third}, {trust: reload, key: first, want: upgrade.Untrusted}}},
		"retired by the new one of its host":         {looks: []look{{key: first}, {trust: reload, key: second}, {key: first, want: upgrade.Untrusted}}},
		"kept beside the new one if it floats":       {looks: []look{{key: first}, {trust: floating, key: second}, {key: first}, {key: second}}},
		"refused as a second one that floats":        {looks: []look{{key: first}, {trust: floating, key: second}, {trust: floating, key: third, want: upgrade.Untrusted}}},
		"still known in an epoch":                    {looks: []look{{key: first}, {trust: reload, key: first}, {trust: reload, key: second}}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "known_hosts")
			store, err := sshdial.OpenKnownHosts(path, !c.strict)
			if err != nil {
				t.Fatal(err)
			}
			for i, look := range c.looks {
				err := store.Check(gateway, look.trust, look.key)
				if upgrade.KindOf(err) != look.want {
					t.Fatalf("look %d gives %v of kind %q, want %q", i, err, upgrade.KindOf(err), look.want)
				}
				if look.want != "" && !strings.Contains(err.Error(), ssh.FingerprintSHA256(look.key)) {
					t.Errorf("look %d: the error %q does not name the key", i, err)
				}
			}
			wantMode(t, path)
		})
	}
}

func TestARefusalNamesTheKnownKeysAndWhatToDo(t *testing.T) {
	store, known, other := openStore(t), loopback.HostKey(t).PublicKey(), loopback.HostKey(t).PublicKey()
	check(t, store, upgrade.Trust{}, known)
	err := store.Check(gateway, upgrade.Trust{}, other)
	if err == nil || !strings.Contains(err.Error(), ssh.FingerprintSHA256(known)) || upgrade.AdviceOf(err) == "" {
		t.Errorf("the refusal is %v, advice %q", err, upgrade.AdviceOf(err))
	}
	strict, err := sshdial.OpenKnownHosts(filepath.Join(t.TempDir(), "known_hosts"), false)
	if err != nil {
		t.Fatal(err)
	}
	if advice := upgrade.AdviceOf(strict.Check(gateway, upgrade.Trust{}, known)); !strings.Contains(advice, "ssh-keyscan -p 830 192.0.2.7") {
		t.Errorf("the advice is %q", advice)
	}
}

func TestLearnedKeysAreToldOnce(t *testing.T) {
	store, first, second := openStore(t), loopback.HostKey(t).PublicKey(), loopback.HostKey(t).PublicKey()
	var told []string
	store.Learned = func(address, epoch, old, new string) { told = append(told, address+"|"+epoch+"|"+old+"|"+new) }
	for range 2 {
		check(t, store, upgrade.Trust{}, first)
	}
	for range 2 {
		check(t, store, upgrade.Trust{Epoch: epoch}, second)
	}
	want := []string{
		gateway + "|||" + ssh.FingerprintSHA256(first),
		gateway + "|" + epoch + "|" + ssh.FingerprintSHA256(first) + "|" + ssh.FingerprintSHA256(second),
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestAKnownKeyNeedsNoWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known_hosts")
	key := loopback.HostKey(t).PublicKey()
	write(t, path, knownhosts.Line([]string{gateway}, key)+"\n")
	store, err := sshdial.OpenKnownHosts(path, false)
	if err != nil {
		t.Fatal(err)
	}
	check(t, store, upgrade.Trust{Epoch: epoch}, key)
	if _, err := os.Stat(path + ".lock"); err == nil {
		t.Error("the store was locked for a known key")
	}
}

func TestRetiringAKeyLeavesOtherAddressesAlone(t *testing.T) {
	old, other, renewed := loopback.HostKey(t).PublicKey(), loopback.HostKey(t).PublicKey(), loopback.HostKey(t).PublicKey()
	for name, line := range map[string]string{
		"in a list":      knownhosts.Line([]string{gateway, "192.0.2.8:830"}, old),
		"by a wildcard":  "[192.0.2.*]:830 " + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(old))),
		"hashed alone":   knownhosts.HashHostname(knownhosts.Normalize(gateway)) + " " + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(old))) + "\n" + knownhosts.Line([]string{"192.0.2.8:830"}, old),
		"after comments": "# ours\n\n" + knownhosts.Line([]string{gateway}, old) + "\n" + knownhosts.Line([]string{"192.0.2.8:830"}, old),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "known_hosts")
			write(t, path, line+"\n"+knownhosts.Line([]string{"198.51.100.1"}, other)+"\n")
			store, err := sshdial.OpenKnownHosts(path, false)
			if err != nil {
				t.Fatal(err)
			}
			check(t, store, upgrade.Trust{Epoch: epoch}, renewed)
			if err := store.Check(gateway, upgrade.Trust{}, old); upgrade.KindOf(err) != upgrade.Untrusted {
				t.Errorf("the retired key gives %v", err)
			}
			if err := store.Check("192.0.2.8:830", upgrade.Trust{}, old); err != nil {
				t.Errorf("the other address lost its key: %v", err)
			}
			if err := store.Check("198.51.100.1:22", upgrade.Trust{}, other); err != nil {
				t.Errorf("another line was lost: %v", err)
			}
			if content := read(t, path); !strings.Contains(content, "# retired ") {
				t.Errorf("the retired key left no trace:\n%s", content)
			}
		})
	}
}

func TestARevokedKeyIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known_hosts")
	key := loopback.HostKey(t).PublicKey()
	write(t, path, "@revoked * "+strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))+"\n"+knownhosts.Line([]string{gateway}, key)+"\n")
	store, err := sshdial.OpenKnownHosts(path, true)
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, store.Check(gateway, upgrade.Trust{}, key), upgrade.Untrusted)
	wantKind(t, store.Check("192.0.2.99:22", upgrade.Trust{}, key), upgrade.Untrusted)
}

func TestAStoreThatCannotBeWrittenLosesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "known_hosts")
	store, err := sshdial.OpenKnownHosts(path, true)
	if err != nil {
		t.Fatal(err)
	}
	check(t, store, upgrade.Trust{}, loopback.HostKey(t).PublicKey())
	before := read(t, path)
	// A folder in the place of the lock stands for every way in which the file system can refuse.
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+".lock", 0o700); err != nil {
		t.Fatal(err)
	}
	wantKind(t, store.Check(gateway, upgrade.Trust{Epoch: epoch}, loopback.HostKey(t).PublicKey()), upgrade.Internal)
	if diff := cmp.Diff(before, read(t, path)); diff != "" {
		t.Errorf("the file changed (-want +got):\n%s", diff)
	}
}

func TestABrokenStoreIsRefusedByName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known_hosts")
	write(t, path, "192.0.2.1 ssh-ed25519 not-a-key\n")
	_, err := sshdial.OpenKnownHosts(path, true)
	wantKind(t, err, upgrade.Invalid)
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("the error %v does not name the file", err)
	}
}

func TestManyStoresOnOneFileLoseNoKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known_hosts")
	const writers, keys = 6, 5
	var all sync.WaitGroup
	for w := range writers {
		store, err := sshdial.OpenKnownHosts(path, true)
		if err != nil {
			t.Fatal(err)
		}
		key := loopback.HostKey(t).PublicKey()
		all.Go(func() {
			for k := range keys {
				if err := store.Check(fmt.Sprintf("192.0.2.%d:%d", w, 100+k), upgrade.Trust{}, key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if lines := bytes.Count([]byte(read(t, path)), []byte("\n")); lines != writers*keys {
		t.Errorf("the file holds %d lines, want %d", lines, writers*keys)
	}
}

func TestOpenSSHReadsTheFile(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("ssh-keygen is not here")
	}
	path := filepath.Join(t.TempDir(), "known_hosts")
	store, err := sshdial.OpenKnownHosts(path, true)
	if err != nil {
		t.Fatal(err)
	}
	renewed := loopback.HostKey(t).PublicKey()
	check(t, store, upgrade.Trust{}, loopback.HostKey(t).PublicKey())
	check(t, store, upgrade.Trust{Epoch: epoch}, renewed)
	out, err := exec.Command(keygen, "-l", "-F", "[192.0.2.7]:830", "-f", path).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(ssh.FingerprintSHA256(renewed))) || bytes.Count(out, []byte("SHA256:")) != 1 {
		t.Errorf("ssh-keygen -F says %v\n%s", err, out)
	}
}

func check(t *testing.T, store *sshdial.KnownHosts, trust upgrade.Trust, key ssh.PublicKey) {
	t.Helper()
	if err := store.Check(gateway, trust, key); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func wantMode(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, want 0600", info.Mode().Perm())
	}
}
