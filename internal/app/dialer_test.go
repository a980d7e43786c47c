package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

// settled are settings of a dialer that works, with a locked key and its passphrase in files.
func settled(t *testing.T) Config {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("fake-passphrase"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	c := Config{KnownHosts: filepath.Join(folder, "known_hosts"), SSHKey: filepath.Join(folder, "key"), PassphraseFile: filepath.Join(folder, "word"),
		Bastions: []sshdial.Hop{{User: "ops", Address: "192.0.2.9", Port: 22}}, AgentSocket: "/run/agent", KeysFirst: true, KeepAlive: time.Minute}
	for path, content := range map[string]string{c.SSHKey: string(pem.EncodeToMemory(locked)), c.PassphraseFile: "fake-passphrase\n"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestTheDialerIsMadeFromTheSettings(t *testing.T) {
	c := settled(t)
	d, err := dialer(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d.KnownHosts == nil || d.Key == nil || len(d.Via) != 1 || !d.KeysFirst || d.KeepAlive != time.Minute || d.Agent != "" {
		t.Errorf("the dialer is %+v", d)
	}
	c.Agent = true
	if d, err = dialer(c, nil); err != nil || d.Agent != "/run/agent" {
		t.Errorf("the agent is %q, error %v", d.Agent, err)
	}
	c.SSHKey = ""
	if d, err = dialer(c, nil); err != nil || d.Key != nil { // a nil signer, not a typed nil
		t.Errorf("the key is %v, error %v", d.Key, err)
	}
}

func TestTheDialerIsRefusedWhere(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"the known hosts cannot be kept": func(c *Config) { c.KnownHosts = filepath.Join(c.KnownHosts, "missing", "file") },
		"there is no such key":           func(c *Config) { c.SSHKey += ".missing" },
		"there is no such passphrase":    func(c *Config) { c.PassphraseFile += ".missing" },
		"the passphrase is missing":      func(c *Config) { c.PassphraseFile = "" },
		"the passphrase is another":      func(c *Config) { c.PassphraseFile = c.SSHKey },
	} {
		t.Run(name, func(t *testing.T) {
			c := settled(t)
			spoil(&c)
			_, err := dialer(c, nil)
			if upgrade.KindOf(err) != upgrade.Invalid || strings.Contains(err.Error(), "fake-passphrase") {
				t.Errorf("the error is %v of kind %q", err, upgrade.KindOf(err))
			}
		})
	}
}
