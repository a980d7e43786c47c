package softlayer_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
)

const fakeKey = "not-a-real-key/3+5"

// answer is what the fake API says to one path.
type answer struct {
	status  int // 0 = 200
	body    string
	header  map[string]string
	instead http.HandlerFunc // takes the whole answer over
}

// request is what the fake API was asked.
type request struct{ verb, path, query, body, user, key, from string }

// cloud answers each path with one fixed answer, and 404 where it has none.
type cloud struct {
	*httptest.Server
	mu       sync.Mutex
	answers  map[string]answer
	requests []request
}

func startCloud(t *testing.T, answers map[string]answer) *cloud {
	t.Helper()
	c := &cloud{answers: maps.Clone(answers)}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	path := strings.TrimPrefix(r.URL.Path, "/rest/v3.1/")
	user, key, _ := r.BasicAuth()
	c.mu.Lock()
	c.requests = append(c.requests, request{r.Method, path, r.URL.RawQuery, string(body), user, key, r.RemoteAddr})
	a, ok := c.answers[path]
	c.mu.Unlock()
	if !ok {
		a = answer{status: 404, body: `{"error":"Unable to find object with id of '0'.","code":"SoftLayer_Exception_ObjectNotFound"}`}
	}
	if a.instead != nil {
		a.instead(w, r)
		return
	}
	for name, text := range a.header {
		w.Header().Set(name, text)
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = io.WriteString(w, a.body) // a client that left is its own test's matter
}

func (c *cloud) asked() []request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]request(nil), c.requests...)
}

func (c *cloud) client(t *testing.T) *softlayer.Client {
	t.Helper()
	return dial(t, softlayer.Config{Endpoint: c.URL + "/rest/v3.1/"})
}

func dial(t *testing.T, config softlayer.Config) *softlayer.Client {
	t.Helper()
	config.APIKey = fakeKey
	if config.PerSecond == 0 {
		config.PerSecond = 10000
	}
	client, err := softlayer.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// change replaces one piece of a valid answer.
func change(t *testing.T, valid, old, replacement string) string {
	t.Helper()
	if !strings.Contains(valid, old) {
		t.Fatalf("the valid answer holds no %q to change", old)
	}
	return strings.Replace(valid, old, replacement, 1)
}

func wantKind(t *testing.T, err error, kind upgrade.Kind) {
	t.Helper()
	if got := upgrade.KindOf(err); got != kind {
		t.Errorf("the error is of kind %q, want %q: %v", got, kind, err)
	}
}
