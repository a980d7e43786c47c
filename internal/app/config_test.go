package app_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

var update = flag.Bool("update", false, "write the table of settings into the README")

// complete is the least environment that is accepted.
func complete() []string {
	return []string{"HOME=/root", "VSRX_API_KEY=not-a-real-key", "VSRX_ARCHIVE=file:///srv/archive", "VSRX_KNOWN_HOSTS=/srv/known_hosts"}
}

func TestACompleteEnvironmentIsReadWithItsDefaults(t *testing.T) {
	c, err := app.Load(complete())
	if err != nil {
		t.Fatal(err)
	}
	want := app.Config{Endpoint: "https://api.softlayer.com/rest/v3.1/", User: "apikey", APIKey: "not-a-real-key", Archive: "file:///srv/archive",
		KnownHosts: "/srv/known_hosts", FirstUse: true, HostPort: 22, DevicePort: 22, NETCONFPort: 830, Rate: 5, Concurrent: 20,
		StopTimeout: 30 * time.Second, KeepAlive: 15 * time.Second, LogLevel: "info", LogJSON: true}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

func TestTheWayInIsReadFromItsSettings(t *testing.T) {
	c, err := app.Load(append(complete(), "VSRX_BASTION=ops@gate.example,deep@192.0.2.9:2222", "VSRX_SSH_KEY=/srv/key", "VSRX_SSH_KEY_PASSPHRASE_FILE=/srv/word",
		"VSRX_SSH_AGENT=yes", "SSH_AUTH_SOCK=/run/agent", "VSRX_SSH_LOGIN=keys-first", "VSRX_SSH_KEEPALIVE=1m"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := app.Load(complete())
	if err != nil {
		t.Fatal(err)
	}
	want.Bastions = []sshdial.Hop{{User: "ops", Address: "gate.example", Port: 22}, {User: "deep", Address: "192.0.2.9", Port: 2222}}
	want.SSHKey, want.PassphraseFile, want.Agent, want.AgentSocket = "/srv/key", "/srv/word", true, "/run/agent"
	want.KeysFirst, want.KeepAlive = true, time.Minute
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

func TestAnEmptyOptionalSettingIsAMissingOne(t *testing.T) {
	if _, err := app.Load(append(complete(), "VSRX_BASTION=", "VSRX_SSH_KEY=")); err != nil {
		t.Error(err)
	}
}

func TestBadSettingsAreRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		change string // added to the environment; a name alone removes the variable
		want   string
	}{
		"missing key":            {"VSRX_API_KEY", "VSRX_API_KEY is missing"},
		"missing archive":        {"VSRX_ARCHIVE", "VSRX_ARCHIVE is missing"},
		"missing known hosts":    {"VSRX_KNOWN_HOSTS", "VSRX_KNOWN_HOSTS is missing"},
		"unknown":                {"VSRX_API_KEI=x", "VSRX_API_KEI is no setting"},
		"endpoint":               {"VSRX_API_ENDPOINT=api.softlayer.com", "VSRX_API_ENDPOINT"},
		"archive":                {"VSRX_ARCHIVE=/srv/archive", "VSRX_ARCHIVE"},
		"host keys":              {"VSRX_HOST_KEYS=any", "VSRX_HOST_KEYS"},
		"host port":              {"VSRX_HOST_SSH_PORT=0", "VSRX_HOST_SSH_PORT"},
		"device port":            {"VSRX_DEVICE_SSH_PORT=70000", "VSRX_DEVICE_SSH_PORT"},
		"netconf port":           {"VSRX_DEVICE_NETCONF_PORT=x", "VSRX_DEVICE_NETCONF_PORT"},
		"rate":                   {"VSRX_API_RATE=0", "VSRX_API_RATE"},
		"concurrent":             {"VSRX_CONCURRENT=-1", "VSRX_CONCURRENT"},
		"stop timeout":           {"VSRX_STOP_TIMEOUT=30", "VSRX_STOP_TIMEOUT"},
		"bastion":                {"VSRX_BASTION=gate.example", "VSRX_BASTION: \"gate.example\""},
		"keyless bastion":        {"VSRX_BASTION=ops@gate.example", "VSRX_BASTION: a bastion takes keys"},
		"lonely passphrase":      {"VSRX_SSH_KEY_PASSPHRASE_FILE=/srv/word", "VSRX_SSH_KEY_PASSPHRASE_FILE: VSRX_SSH_KEY names no key"},
		"agent":                  {"VSRX_SSH_AGENT=maybe", "VSRX_SSH_AGENT"},
		"agent without a socket": {"VSRX_SSH_AGENT=yes", "SSH_AUTH_SOCK names no agent"},
		"login":                  {"VSRX_SSH_LOGIN=keys", "VSRX_SSH_LOGIN"},
		"keyless login":          {"VSRX_SSH_LOGIN=keys-first", "VSRX_SSH_LOGIN: there are no keys"},
		"keepalive":              {"VSRX_SSH_KEEPALIVE=15", "VSRX_SSH_KEEPALIVE"},
		"hasty keepalive":        {"VSRX_SSH_KEEPALIVE=1ms", "VSRX_SSH_KEEPALIVE"},
		"log level":              {"VSRX_LOG_LEVEL=loud", "VSRX_LOG_LEVEL"},
		"log format":             {"VSRX_LOG_FORMAT=xml", "VSRX_LOG_FORMAT"},
	} {
		t.Run(name, func(t *testing.T) {
			env := complete()
			variable, _, set := strings.Cut(c.change, "=")
			for i, line := range env {
				if strings.HasPrefix(line, variable+"=") {
					env[i] = "UNUSED="
				}
			}
			if set {
				env = append(env, c.change)
			}
			_, err := app.Load(env)
			if upgrade.KindOf(err) != upgrade.Invalid || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
			if strings.Contains(fmt.Sprint(err), "not-a-real-key") {
				t.Error("the error holds the API key")
			}
		})
	}
}

func TestTheReadmeListsEverySetting(t *testing.T) {
	path := filepath.Join("..", "..", "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("<!-- settings -->\n| variable | default | |\n|---|---|---|\n")
	for _, s := range app.Settings() {
		fallback := "**required**"
		if s.Optional {
			fallback = "–"
		}
		if s.Default != "" {
			fallback = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.Name, fallback, s.Help)
	}
	b.WriteString("<!-- /settings -->")
	table := regexp.MustCompile(`(?s)<!-- settings -->.*<!-- /settings -->`)
	if *update {
		text = table.ReplaceAllLiteral(text, []byte(b.String()))
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(table.Find(text)); got != b.String() {
		t.Errorf("the README's table of settings is not that of the program; run this test with -update\n%s", got)
	}
}
