package softlayer

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/softlayer/softlayer-go/datatypes"
)

// FuzzAnswer reads whatever IBM's API may answer in place of a text, a truth value, a list and an object: an error under
// any status is an error, an answer of another kind is none, and a failure has a class.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{`"1"`, `1`, `1 no`, `true`, `null`, ``, `[]`, `[{"id":7},null]`, `{"id":7,"name":"edge","status":{"keyName":"ACTIVE"},"members":[{"id":1,"priority":254}]}`,
		`{"error":"Access Denied. ","code":"SoftLayer_Exception_Public"}`, `{"error":{"text":"x"},"code":7}`, `<html>502</html>`, `{"id":7`, `[[1,2],3]`, "\ufeff{}", `{"error":null}`} {
		for _, status := range []int{200, 204, 401, 404, 429, 500, 503} {
			f.Add(status, "2", body)
		}
	}
	f.Fuzz(func(t *testing.T, status int, total, body string) {
		answer := reply{status: status, header: http.Header{"Softlayer-Total-Items": {total}}, body: []byte(body)}
		var text string
		var truth bool
		var numbers []int
		var gateway datatypes.Network_Gateway
		var gateways []datatypes.Network_Gateway
		for _, result := range []any{&text, &truth, &numbers, &gateway, &gateways} {
			wantAnswer(t, answer, result)
		}
		if gateway.Id != nil {
			g, err := readGateway(gateway, *gateway.Id)
			if err == nil && (g.ID != *gateway.Id || len(g.Members) != len(gateway.Members)) {
				t.Errorf("%s is read as %+v", body, g)
			}
		}
	})
}

// wantAnswer holds what every answer must be, whatever was asked for.
func wantAnswer(t *testing.T, answer reply, result any) {
	t.Helper()
	failure := answer.into(result)
	if failure == nil {
		var object map[string]json.RawMessage
		if json.Unmarshal(answer.body, &object) == nil && object["error"] != nil || !json.Valid(answer.body) || answer.status < 200 || answer.status > 299 {
			t.Errorf("HTTP %d with %q is taken for an answer", answer.status, answer.body)
		}
		return
	}
	if failure.Class == "" || failure.Class == NotSent {
		t.Errorf("HTTP %d with %q is of class %q", answer.status, answer.body, failure.Class)
	}
	if line := tidy(failure.Text); strings.ContainsAny(line, "\r\n") || len([]rune(line)) > 401 {
		t.Errorf("the text is %q", line)
	}
}
