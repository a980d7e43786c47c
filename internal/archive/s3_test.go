package archive_test

import (
	"crypto/md5"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "gocloud.dev/blob/s3blob"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

// objectStore is as much of S3-compatible object storage as the archive uses: PutObject with If-None-Match, GetObject,
// HeadObject, DeleteObject and ListObjectsV2, in one bucket, with paths for buckets.
type objectStore struct {
	mu      sync.Mutex
	objects map[string][]byte
	gone    bool // there is no such bucket
	denied  bool
	full    bool
}

func (s *objectStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	name, isObject := strings.CutPrefix(r.URL.Path, "/evidence/")
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "IncompleteBody")
	case s.denied:
		refuse(w, http.StatusForbidden, "AccessDenied")
	case s.gone:
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case !isObject || name == "":
		s.list(w, r.URL.Query().Get("prefix"))
	default:
		s.serveObject(w, r, name, body)
	}
}

func (s *objectStore) serveObject(w http.ResponseWriter, r *http.Request, name string, body []byte) {
	content, there := s.objects[name]
	switch {
	case r.Method == http.MethodPut && s.full:
		refuse(w, http.StatusInsufficientStorage, "QuotaExceeded")
	case r.Method == http.MethodPut && there && r.Header.Get("If-None-Match") == "*":
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
	case r.Method == http.MethodPut:
		s.objects[name] = body
		w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", md5.Sum(s.objects[name]))))
	case r.Method == http.MethodDelete:
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		refuse(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", md5.Sum(content))))
		w.Header().Set("Last-Modified", noon.Format(http.TimeFormat))
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(content)
		}
	}
}

func (s *objectStore) list(w http.ResponseWriter, prefix string) {
	type listed struct {
		Key          string
		LastModified string
		Size         int
		ETag         string
	}
	answer := struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []listed
	}{}
	for name, content := range s.objects {
		if strings.HasPrefix(name, prefix) {
			answer.Contents = append(answer.Contents, listed{name, noon.Format(time.RFC3339), len(content), fmt.Sprintf("%q", fmt.Sprintf("%x", md5.Sum(content)))})
		}
	}
	slices.SortFunc(answer.Contents, func(a, b listed) int { return strings.Compare(a.Key, b.Key) })
	_ = xml.NewEncoder(w).Encode(answer) // the client notices
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>made up</Message></Error>", code)
}

// openStore gives an encrypted archive in object storage, reached over a real socket.
func openStore(t *testing.T) (*archive.Archive, *objectStore) {
	t.Helper()
	s := &objectStore{objects: map[string][]byte{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "not-a-real-id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "not-a-real-key")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	return open(t, sealed("s3://evidence?region=eu-de&use_path_style=true&request_checksum_calculation=when_required&response_checksum_validation=when_required&endpoint="+server.URL, newKeys(t))), s
}

func TestObjectStorageKeepsWhatIsPut(t *testing.T) {
	a, store := openStore(t)
	b := put(t, a, key, content)
	if again := put(t, a, key, content); again != b {
		t.Errorf("put again as %+v, want %+v", again, b)
	}
	if got, err := get(t, a, b); err != nil || got != content {
		t.Errorf("got %q, %v", got, err)
	}
	all, err := a.Upgrades(t.Context(), 4711)
	if err != nil || len(all) != 1 || len(all[0].Entries) != 1 || len(all[0].Strays) != 0 {
		t.Fatalf("listed %+v, %v", all, err)
	}
	if found, err := a.Verify(t.Context(), all[0]); err != nil || found[0].Proof != archive.ProofContent {
		t.Errorf("found %+v, %v", found, err)
	}
	if err := a.Remove(t.Context(), all[0]); err != nil || len(store.objects) != 0 {
		t.Errorf("left %d objects, %v", len(store.objects), err)
	}
}

func TestObjectStorageThatFailsIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		spoil    func(*objectStore)
		put, get upgrade.Kind
	}{
		"no such bucket": {func(s *objectStore) { s.gone = true }, upgrade.Unreachable, upgrade.Unreachable},
		"no rights":      {func(s *objectStore) { s.denied = true }, upgrade.Denied, upgrade.Denied},
		"no space":       {func(s *objectStore) { s.full = true }, upgrade.Unreachable, ""},
		"cut short": {func(s *objectStore) { s.objects[key+".age"] = s.objects[key+".age"][:100] },
			"", upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			a, store := openStore(t)
			b := put(t, a, key, content)
			c.spoil(store)
			_, err := a.Put(t.Context(), key+"2", strings.NewReader(content))
			wantKind(t, err, c.put)
			_, err = get(t, a, b)
			wantKind(t, err, c.get)
			if err != nil && strings.Contains(err.Error(), "not-a-real-key") {
				t.Errorf("the error holds the key: %v", err)
			}
		})
	}
}

// The service itself keeps a name from being taken twice.
func TestOfTwoWritersInObjectStorageOneIsFirst(t *testing.T) {
	a, store := openStore(t)
	rival := readerFunc(func([]byte) (int, error) { put(t, a, key, "theirs"); return 0, io.EOF })
	_, err := a.Put(t.Context(), key, io.MultiReader(strings.NewReader("ours"), rival))
	wantKind(t, err, upgrade.Refused)
	if len(store.objects) != 2 {
		t.Errorf("%d objects stand, want the content and the entry of one", len(store.objects))
	}
}
