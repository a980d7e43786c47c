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

	"vsrx-upgrade/internal/app"
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
		StopTimeout: 30 * time.Second, LogLevel: "info", LogJSON: true}
	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestBadSettingsAreRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		change string // added to the environment; a name alone removes the variable
		want   string
	}{
		"missing key":         {"VSRX_API_KEY", "VSRX_API_KEY is missing"},
		"missing archive":     {"VSRX_ARCHIVE", "VSRX_ARCHIVE is missing"},
		"missing known hosts": {"VSRX_KNOWN_HOSTS", "VSRX_KNOWN_HOSTS is missing"},
		"unknown":             {"VSRX_API_KEI=x", "VSRX_API_KEI is no setting"},
		"endpoint":            {"VSRX_API_ENDPOINT=api.softlayer.com", "VSRX_API_ENDPOINT"},
		"archive":             {"VSRX_ARCHIVE=/srv/archive", "VSRX_ARCHIVE"},
		"host keys":           {"VSRX_HOST_KEYS=any", "VSRX_HOST_KEYS"},
		"host port":           {"VSRX_HOST_SSH_PORT=0", "VSRX_HOST_SSH_PORT"},
		"device port":         {"VSRX_DEVICE_SSH_PORT=70000", "VSRX_DEVICE_SSH_PORT"},
		"netconf port":        {"VSRX_DEVICE_NETCONF_PORT=x", "VSRX_DEVICE_NETCONF_PORT"},
		"rate":                {"VSRX_API_RATE=0", "VSRX_API_RATE"},
		"concurrent":          {"VSRX_CONCURRENT=-1", "VSRX_CONCURRENT"},
		"stop timeout":        {"VSRX_STOP_TIMEOUT=30", "VSRX_STOP_TIMEOUT"},
		"log level":           {"VSRX_LOG_LEVEL=loud", "VSRX_LOG_LEVEL"},
		"log format":          {"VSRX_LOG_FORMAT=xml", "VSRX_LOG_FORMAT"},
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
