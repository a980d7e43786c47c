package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// request is one parsed call of the SoftLayer REST API.
type request struct {
	cloud      *Cloud
	service    string // without the prefix "SoftLayer_"
	method     string
	id         string
	parameters []json.RawMessage
	filter     string
	limit      string
	total      int // items of a list before its page is cut; -1 if the answer is no list
	gateway    int
	member     int
}

// cutOff is a result that ends the connection without an answer.
type cutOff struct{}

// raw is a body that is sent as it stands.
type raw struct {
	status int
	kind   string
	body   string
}

// apiHandler serves the SoftLayer REST API.
func (c *Cloud) apiHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			return
		}
		leave := c.enter()
		result, call := c.answer(r, body)
		c.note(call)
		leave()
		c.send(w, result)
	})
}

// answer runs one HTTP request to its end inside the world; nothing of it blocks.
func (c *Cloud) answer(r *http.Request, body []byte) (reply, Call) {
	call := Call{Face: "api", Peer: r.RemoteAddr, Name: r.Method + " " + r.URL.Path, Status: "reset"}
	req, refused := c.parse(r, body)
	if refused == nil {
		call.Name = "SoftLayer_" + req.service + "/" + req.method
	}
	out := c.disturbed()
	if out == nil {
		out = c.authenticate(r)
	}
	if out == nil && refused != nil {
		out = refused
	}
	answer := reply{total: -1, value: out}
	if out == nil {
		answer.value, call.Write = c.run(req, r.URL.Query().Get("objectMask"))
		answer.total = req.total
		call.Gateway, call.Member = req.gateway, req.member
	}
	call.Status = answer.status()
	return answer, call
}

// reply is what goes back: a value, a *refusal, raw or cutOff.
type reply struct {
	value any
	total int
}

func (a reply) status() string {
	switch v := a.value.(type) {
	case cutOff:
		return "reset"
	case raw:
		return strconv.Itoa(v.status)
	case *refusal:
		return strconv.Itoa(v.status)
	}
	return "200"
}

// disturbed is the answer of a fault that hits every call; nil if there is none.
func (c *Cloud) disturbed() any {
	page := "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>"
	for _, f := range []struct {
		name   string
		answer any
	}{
		{"api-down", raw{503, "text/html", strings.ReplaceAll(page, "502 Bad Gateway", "503 Service Unavailable")}},
		{"html-502", raw{502, "text/html", page}},
		{"empty-200", raw{200, "application/json", ""}},
		{"null-object", raw{200, "application/json", "null"}},
		{"auth-401", &refusal{401, exceptionPublic, "Access Denied. "}},
		{"rate-limit", &refusal{500, exceptionRate, "Rate limit of 50 requests for every 1 second(s) exceeded."}},
	} {
		if _, armed := c.armed(f.name, nil); armed {
			return f.answer
		}
	}
	return nil
}

func (c *Cloud) authenticate(r *http.Request) any {
	user, key, basic := r.BasicAuth()
	if basic && (user == c.account.username || user == "apikey") && key == c.account.apiKey {
		return nil
	}
	if r.Header.Get("Authorization") == "Bearer "+c.account.apiKey {
		return nil
	}
	return &refusal{401, exceptionPublic, "Access Denied. "}
}

// parse reads /rest/v3.1/SoftLayer_Service[/id][/method][.json]; an id is digits or a pod's name.
func (c *Cloud) parse(r *http.Request, body []byte) (*request, *refusal) {
	path, ok := strings.CutPrefix(r.URL.Path, "/rest/v3.1/")
	if !ok {
		path, ok = strings.CutPrefix(r.URL.Path, "/rest/v3/")
	}
	parts := strings.Split(strings.TrimSuffix(path, ".json"), "/")
	service, named := strings.CutPrefix(parts[0], "SoftLayer_")
	if !ok || !named || len(parts) > 3 {
		return nil, &refusal{404, "", "Service does not exist"}
	}
	req := &request{cloud: c, service: service, method: "getObject", total: -1,
		filter: r.URL.Query().Get("objectFilter"), limit: r.URL.Query().Get("resultLimit")}
	for _, part := range parts[1:] {
		if isID(part) {
			req.id = part
		} else {
			req.method = part
		}
	}
	switch r.Method {
	case http.MethodGet:
	case http.MethodPost:
		var envelope struct {
			Parameters []json.RawMessage `json:"parameters"`
		}
		if len(body) > 0 {
			if err := json.Unmarshal(body, &envelope); err != nil {
				return nil, &refusal{400, exceptionBadCall, "Unable to parse the request body."}
			}
		}
		req.parameters = envelope.Parameters
	default:
		return nil, &refusal{405, exceptionBadCall, "HTTP method not supported here."}
	}
	return req, nil
}

func isID(part string) bool {
	if _, err := strconv.Atoi(part); err == nil {
		return true
	}
	return strings.Contains(part, ".pod")
}

// run finds and calls the method and shows its result under the mask.
func (c *Cloud) run(req *request, maskText string) (result any, write bool) {
	methods, known := serviceTable()[req.service]
	if !known {
		return &refusal{404, "", "Service does not exist"}, false
	}
	m, known := methods[req.method]
	if !known {
		return &refusal{500, exceptionPublic, fmt.Sprintf("Function (%q) is not a valid method for this service.", req.method)}, false
	}
	chosen, err := parseMask(maskText)
	if err != nil {
		return err, false
	}
	value, err := m.run(req)
	if list, isList := value.([]object); err == nil && isList {
		list = c.schema.filter(list, req.filter, m.relation)
		req.total = len(list)
		value = page(list, req.limit)
	}
	if err == nil {
		value, err = c.schema.show(value, chosen)
	}
	var refused *refusal
	if errors.As(err, &refused) {
		return refused, m.write
	}
	return value, m.write
}

// send writes an answer; bodies have no trailing newline, as those of the real service.
func (c *Cloud) send(w http.ResponseWriter, answer reply) {
	body, status, kind := []byte(nil), http.StatusOK, "application/json"
	switch v := answer.value.(type) {
	case cutOff:
		panic(http.ErrAbortHandler)
	case raw:
		body, status, kind = []byte(v.body), v.status, v.kind
	case *refusal:
		fields := map[string]string{"error": v.text}
		if v.code != "" {
			fields["code"] = v.code
		}
		status, body = v.status, mustJSON(fields)
	default:
		body = mustJSON(v)
	}
	w.Header().Set("Content-Type", kind)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="SoftLayer REST API"`)
	}
	if answer.total >= 0 {
		w.Header().Set("SoftLayer-Total-Items", strconv.Itoa(answer.total))
	}
	w.WriteHeader(status)
	// A client that went away is the client's matter.
	_, _ = w.Write(body)
}

// mustJSON encodes values that are made of maps, slices and scalars only, which cannot fail.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding %T: %v", v, err))
	}
	return b
}
