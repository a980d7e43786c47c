package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxControlBody bounds one request of the control face, in bytes.
const maxControlBody = 64 << 10

// controlAction answers one request of the control face; its errors are the client's mistakes.
type controlAction func(*http.Request) (any, error)

// controlTable is the control face: path, method, answer. testsuite/README.md documents it.
func (c *Cloud) controlTable() map[string]map[string]controlAction {
	return map[string]map[string]controlAction{
		"/clock":      {http.MethodGet: c.controlClock, http.MethodPost: c.controlSetClock},
		"/world":      {http.MethodGet: c.controlWorld},
		"/traffic":    {http.MethodGet: c.controlTraffic},
		"/violations": {http.MethodGet: c.controlViolations},
		"/verdict":    {http.MethodGet: c.controlVerdict},
		"/calls":      {http.MethodGet: c.controlCalls},
		"/settings":   {http.MethodGet: c.controlSettings, http.MethodPost: c.controlSet},
		"/faults":     {http.MethodGet: c.controlFaults, http.MethodPost: c.controlInject, http.MethodDelete: c.controlClear},
	}
}

// controlHandler serves the control face. It is apart from the imitated faces, so that no client under test meets it
// by accident, and its calls are not part of the audit.
func (c *Cloud) controlHandler() http.Handler {
	table := c.controlTable()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actions, known := table[r.URL.Path]
		if !known {
			paths := strings.Join(slices.Sorted(maps.Keys(table)), " ")
			sendControl(w, http.StatusNotFound, controlError{fmt.Sprintf("no such path %q; there are %s", r.URL.Path, paths)})
			return
		}
		act, allowed := actions[r.Method]
		if !allowed {
			methods := strings.Join(slices.Sorted(maps.Keys(actions)), ", ")
			w.Header().Set("Allow", methods)
			sendControl(w, http.StatusMethodNotAllowed, controlError{fmt.Sprintf("%s takes %s", r.URL.Path, methods)})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxControlBody)
		value, err := act(r)
		if err != nil {
			sendControl(w, http.StatusBadRequest, controlError{err.Error()})
			return
		}
		sendControl(w, http.StatusOK, value)
	})
}

type controlError struct {
	Error string `json:"error"`
}

func sendControl(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that went away is the client's matter.
	_, _ = w.Write(append(mustJSON(value), '\n'))
}

// readControl decodes a body strictly: one JSON value, no unknown names.
func readControl(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("reading the body: more than one JSON value")
	}
	return nil
}

// query gives the query of a request if it has no other names than the given ones, each once.
func query(r *http.Request, names ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("reading the query: %w", err)
	}
	for name, list := range values {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("unknown parameter %q; there are %q", name, names)
		}
		if len(list) > 1 {
			return nil, fmt.Errorf("parameter %q is given %d times", name, len(list))
		}
	}
	return values, nil
}
