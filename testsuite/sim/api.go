package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// reply is what goes back: a value, a *refusal, raw or cutOff.
type reply struct {
	value any
	total int             // items of a list before its page was cut; -1 if it is no list
	date  time.Time       // by the clock of the API
	ready <-chan struct{} // closed when it may be sent; nil means at once
}

// cutOff is a result that ends the connection without an answer, after a while in which nothing is heard.
type cutOff struct {
	after time.Duration // virtual
	reset bool          // by a TCP reset, not in good order
}

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
		answer, call := c.answer(r, body)
		c.note(call)
		leave()
		if answer.ready != nil {
			select {
			case <-answer.ready:
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			case <-c.done:
				panic(http.ErrAbortHandler)
			}
		}
		send(w, answer)
	})
}

// answer runs one HTTP request to its end inside the world; nothing of it blocks.
func (c *Cloud) answer(r *http.Request, body []byte) (reply, Call) {
	call := Call{Face: "api", Peer: r.RemoteAddr, Name: r.Method + " " + r.URL.Path, Status: "reset"}
	req, refused := c.parse(r, body)
	if refused == nil {
		call.Name, call.Parameters = "SoftLayer_"+req.service+"/"+req.method, req.disclosed()
	} else {
		req = &request{cloud: c}
	}
	answer := reply{total: -1, date: c.clock.now.Add(c.skew())}
	aim := req.aim()
	answer.value = c.disturbed(aim)
	if answer.value == nil {
		answer.value = c.authenticate(r)
	}
	if answer.value == nil && refused != nil {
		answer.value = refused
	}
	if answer.value == nil {
		answer.value, call.Write = c.run(req)
		answer.total = req.total
		call.Gateway, call.Member = req.gateway, req.member
		if !call.Write {
			c.distort(aim, req, &answer)
		}
	}
	answer.ready = c.postponed(aim, answer.value, call.Write)
	call.Status = answer.status()
	return answer, call
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

func (c *Cloud) authenticate(r *http.Request) any {
	user, key, basic := r.BasicAuth()
	if basic && (user == c.account.username || user == "apikey") && key == c.account.apiKey {
		return nil
	}
	if r.Header.Get("Authorization") == "Bearer "+c.account.apiKey {
		return nil
	}
	return denied()
}

// run finds and calls the method and shows its result under the mask.
func (c *Cloud) run(req *request) (result any, write bool) {
	s, known := serviceTable()[req.service]
	if !known {
		return &refusal{404, "", "Service does not exist"}, false
	}
	m, known := s.method(c.schema, req.method)
	if !known {
		return noSuchMethod(req.method), false
	}
	chosen, err := parseMask(req.mask)
	if err != nil {
		return err, false
	}
	req.rights = []string{s.right, m.right}
	value, err := m.run(req)
	if list, isList := value.([]object); err == nil && isList {
		list = parseFilter(req.filter, m.relation).apply(c.schema, list)
		req.total = len(list)
		value = page(list, req.limit)
	}
	if err == nil {
		value, err = c.view().show(value, chosen)
	}
	var refused *refusal
	if errors.As(err, &refused) {
		return refused, m.write
	}
	return value, m.write
}

// send writes an answer; bodies have no trailing newline, as those of the real service.
func send(w http.ResponseWriter, answer reply) {
	body, status, kind := []byte(nil), http.StatusOK, "application/json"
	switch v := answer.value.(type) {
	case cutOff:
		hangUp(w, v)
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
	w.Header().Set("Date", answer.date.UTC().Format(http.TimeFormat))
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

// hangUp ends the connection without an answer; it does not return.
func hangUp(w http.ResponseWriter, how cutOff) {
	if hijacker, can := w.(http.Hijacker); can && how.reset {
		conn, _, err := hijacker.Hijack()
		if tcp, is := conn.(*net.TCPConn); err == nil && is {
			// Unsent data with no time to linger makes the kernel send RST. That either fails means that the
			// connection is gone already.
			_ = tcp.SetLinger(0)
			_ = tcp.Close()
		}
	}
	panic(http.ErrAbortHandler)
}

// mustJSON encodes values that are made of maps, slices and scalars only, which cannot fail.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding %T: %v", v, err))
	}
	return b
}
