package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
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
	mask       string
	filter     string
	limit      string
	rights     []string // key names that the call needs
	total      int      // items of a list before its page is cut; -1 if the answer is no list
	gateway    int
	member     int
}

// parse reads /rest/v3.1/SoftLayer_Service[/id][/method][.json]. Without a method the HTTP verb chooses it (SoftLayer:
// "REST API").
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
	method, known := map[string]string{
		http.MethodGet: "getObject", http.MethodPost: "createObject", http.MethodPut: "editObject", http.MethodDelete: "deleteObject",
	}[r.Method]
	if !known {
		return nil, &refusal{405, exceptionBadCall, "HTTP method not supported here."}
	}
	query := r.URL.Query()
	req := &request{cloud: c, service: service, method: method, total: -1,
		mask: query.Get("objectMask"), filter: query.Get("objectFilter"), limit: query.Get("resultLimit")}
	for _, part := range parts[1:] {
		if identifies(part) {
			req.id = part
		} else {
			req.method = part
		}
	}
	var envelope struct {
		Parameters []json.RawMessage `json:"parameters"`
	}
	if len(body) > 0 && r.Method != http.MethodGet {
		if err := json.Unmarshal(body, &envelope); err != nil {
			return nil, &refusal{400, exceptionBadCall, "Unable to parse the request body."}
		}
	}
	req.parameters = envelope.Parameters
	return req, nil
}

// identifies tells an id from a method: digits, the name of a pod, or a global identifier.
func identifies(part string) bool {
	return regexp.MustCompile(`^([0-9]+|[a-z0-9]+\.pod[0-9]+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`).MatchString(part)
}

// parameter decodes the positional parameter n; a missing or unfitting one is an error of the caller.
func (r *request) parameter(n int, into any) error {
	if n >= len(r.parameters) || json.Unmarshal(r.parameters[n], into) != nil {
		return &refusal{500, exceptionPublic, fmt.Sprintf("Parameter %d is missing or of a wrong type.", n+1)}
	}
	return nil
}

// disclosed are the parameters as the audit keeps them: without passwords, and for methods that set passwords without
// any text. "" means there are none.
func (r *request) disclosed() string {
	if len(r.parameters) == 0 {
		return ""
	}
	var values []any
	for _, text := range r.parameters {
		var value any
		if json.Unmarshal(text, &value) != nil {
			return ""
		}
		values = append(values, disclose(value, strings.Contains(r.method, "Password")))
	}
	return string(mustJSON(values))
}

func disclose(value any, secret bool) any {
	switch v := value.(type) {
	case map[string]any:
		for name := range v {
			v[name] = disclose(v[name], strings.Contains(strings.ToLower(name), "password"))
		}
	case []any:
		for i := range v {
			v[i] = disclose(v[i], secret)
		}
	case string:
		if secret {
			return "***"
		}
	}
	return value
}

// loose is a number that may come as a text, as command line clients send it.
type loose int

// UnmarshalJSON reads 7 and "7".
func (l *loose) UnmarshalJSON(text []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(text), `"`))
	*l = loose(n)
	return err
}

func (l loose) String() string { return strconv.Itoa(int(l)) }

// truth is a truth value that may come as a text or a number.
type truth bool

// UnmarshalJSON reads true, "true", 1 and "1", and their opposites.
func (t *truth) UnmarshalJSON(text []byte) error {
	b, err := strconv.ParseBool(strings.ToLower(strings.Trim(string(text), `"`)))
	*t = truth(b)
	return err
}
