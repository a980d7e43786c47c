package softlayer_test

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
)

func TestNewRefusesSettingsThatMakeNoSense(t *testing.T) {
	valid := softlayer.Config{Endpoint: "https://api.example/rest/v3.1", APIKey: fakeKey}
	for name, set := range map[string]func(*softlayer.Config){
		"no endpoint":             func(c *softlayer.Config) { c.Endpoint = "" },
		"another scheme":          func(c *softlayer.Config) { c.Endpoint = "ftp://api.example" },
		"no scheme":               func(c *softlayer.Config) { c.Endpoint = "api.example/rest" },
		"no host":                 func(c *softlayer.Config) { c.Endpoint = "https:///rest" },
		"not a URL":               func(c *softlayer.Config) { c.Endpoint = "https://[" },
		"a login in the endpoint": func(c *softlayer.Config) { c.Endpoint = "https://someone:fake-word@api.example" },
		"a query in the endpoint": func(c *softlayer.Config) { c.Endpoint = "https://api.example?x=1" },
		"no key":                  func(c *softlayer.Config) { c.APIKey = "" },
		"a negative time limit":   func(c *softlayer.Config) { c.Timeout = -time.Second },
		"a negative rate":         func(c *softlayer.Config) { c.PerSecond = -1 },
		"a rate that is none":     func(c *softlayer.Config) { c.PerSecond = math.NaN() },
		"a rate without end":      func(c *softlayer.Config) { c.PerSecond = math.Inf(1) },
	} {
		t.Run(name, func(t *testing.T) {
			config := valid
			set(&config)
			_, err := softlayer.New(config)
			wantKind(t, err, upgrade.Invalid)
			if err != nil && (strings.Contains(err.Error(), "fake-word") || strings.Contains(err.Error(), fakeKey)) {
				t.Errorf("the error holds a secret: %v", err)
			}
		})
	}
	if _, err := softlayer.New(valid); err != nil {
		t.Errorf("valid settings are refused: %v", err)
	}
}

func TestAClassicKeyGoesWithItsUser(t *testing.T) {
	api := startCloud(t, map[string]answer{serverPath: {body: idleServer}})
	client := dial(t, softlayer.Config{Endpoint: api.URL + "/rest/v3.1", User: "31337_ops"})
	if _, err := client.Reader().Server(t.Context(), 9101); err != nil {
		t.Fatal(err)
	}
	if r := api.asked()[0]; r.user != "31337_ops" || r.key != fakeKey {
		t.Errorf("called as %q", r.user)
	}
}

func TestTheKeyAppearsNowhere(t *testing.T) {
	echo := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"error":"no %s %s %s","code":"Code_%s"}`, fakeKey, r.Header.Get("Authorization"), url.QueryEscape(fakeKey), fakeKey)
		}
	}
	forms := []string{fakeKey, url.QueryEscape(fakeKey), base64.StdEncoding.EncodeToString([]byte("apikey:" + fakeKey))}
	check := func(t *testing.T, text string) {
		t.Helper()
		for _, secret := range forms {
			if strings.Contains(text, secret) {
				t.Errorf("the key shows in %s", text)
			}
		}
	}
	for _, status := range []int{200, 401, 404, 429, 500, 502} {
		t.Run(fmt.Sprintf("an answer %d that repeats it", status), func(t *testing.T) {
			api := startCloud(t, map[string]answer{serverPath: {instead: echo(status)}, reloadPath: {instead: echo(status)}})
			client := api.client(t)
			_, err := client.Reader().Server(t.Context(), 9101)
			if err == nil {
				t.Fatal("the error object was taken for a server")
			}
			check(t, fmt.Sprintf("%v %+v %#v", err, err, err))
			_, text, _ := client.Writer().Reload(t.Context(), 9101, 6001)
			check(t, text)
		})
	}
	t.Run("a reader on the wrong protocol that repeats it", func(t *testing.T) {
		api := startCloud(t, map[string]answer{serverPath: {instead: func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(conn, "%s\r\n\r\n", r.Header.Get("Authorization"))
			conn.Close()
		}}})
		_, err := api.client(t).Reader().Server(t.Context(), 9101)
		wantKind(t, err, upgrade.Unreachable)
		check(t, fmt.Sprintf("%v %#v", err, err))
	})
	t.Run("a printed client", func(t *testing.T) {
		config := softlayer.Config{Endpoint: "https://api.example", APIKey: fakeKey}
		client, err := softlayer.New(config)
		if err != nil {
			t.Fatal(err)
		}
		for _, thing := range []any{config, client, *client, client.Reader(), *client.Reader(), *client.Writer()} {
			check(t, fmt.Sprintf("%v %+v %#v", thing, thing, thing))
		}
	})
}

func TestAListShorterThanItsCountIsNotBelieved(t *testing.T) {
	self := row(4711, "edge-fra", "Juniper", "ACTIVE", "fra02.pod03", "bcr03a.fra02")
	api := startCloud(t, map[string]answer{gatewaysPath: {body: list(self), header: map[string]string{"SoftLayer-Total-Items": "2"}}})
	_, err := api.client(t).Reader().Neighbours(t.Context(), upgrade.Gateway{ID: 4711, Account: 31337, Pod: "fra02.pod03"})
	wantKind(t, err, upgrade.Malformed)
}
