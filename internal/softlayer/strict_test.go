package softlayer_test

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
)

const (
	reloadPath = "SoftLayer_Hardware_Server/9101/reloadOperatingSystem.json"
	internal   = `{"error":"Internal Error","code":"SoftLayer_Exception_Public"}`
)

// form is one way the API fails, with what it means to a read and to a reload.
type form struct {
	answer answer
	class  softlayer.Class
	kind   upgrade.Kind
	reload upgrade.Answer
}

func failures() map[string]form {
	refused := func(status int, body string) form {
		kind := upgrade.Refused
		if status >= 500 {
			kind = upgrade.Unreachable // a read that was declined with 500 may be asked again
		}
		return form{answer{status: status, body: body}, softlayer.Refused, kind, upgrade.Declined}
	}
	ambiguous := func(a answer) form { return form{a, softlayer.Ambiguous, upgrade.Unreachable, upgrade.Ambiguous} }
	malformed := func(body string) form {
		return form{answer{body: body}, softlayer.Malformed, upgrade.Malformed, upgrade.Ambiguous}
	}
	auth := func(status int, body string) form {
		return form{answer{status: status, body: body}, softlayer.Auth, upgrade.Denied, upgrade.NotSent}
	}
	missing := func(status int, body string) form {
		return form{answer{status: status, body: body}, softlayer.NotFoundOrDenied, upgrade.NotFound, upgrade.NotSent}
	}
	limited := func(status int, body string) form {
		return form{answer{status: status, body: body}, softlayer.RateLimited, upgrade.Unreachable, upgrade.NotSent}
	}
	return map[string]form{
		"200 with the error object":               ambiguous(answer{body: internal}),
		"200 with the error object and a newline": ambiguous(answer{body: internal + "\n"}),
		"200 with another error object":           ambiguous(answer{body: ` {"code":"SoftLayer_Exception_Public","error":"Busy"}`}),
		"200 with an error of no text":            ambiguous(answer{body: `{"error":null}`}),
		"200 with nothing":                        malformed(``),
		"200 with a newline":                      malformed("\n"),
		"200 with null":                           malformed(`null`),
		"200 with a list":                         malformed(`[]`),
		"200 with a page":                         malformed(`<html>maintenance</html>`),
		"200 with true":                           malformed(`true`),
		"200 with too much":                       malformed(`"1"` + strings.Repeat(" ", 9<<20)),
		"200 that stops in the middle":            malformed(`"1`),
		"200 with more behind":                    malformed(`"1" "1"`),
		"401 with an error object":                auth(401, `{"error":"Access Denied. ","code":"SoftLayer_Exception_Public"}`),
		"401 with a page":                         auth(401, `<html>`),
		"500 Access Denied":                       auth(500, `{"error":"Access Denied. ","code":"SoftLayer_Exception_Public"}`),
		"500 token expired":                       auth(500, `{"error":"Expired","code":"SoftLayer_Exception_Account_Authentication_AccessTokenValidation"}`),
		"500 token exchange":                      auth(500, `{"error":"Failed to exchange token","code":"SoftLayer_Exception_Public"}`),
		"404 with an error object":                missing(404, `{"error":"Unable to find object with id of '9101'.","code":"SoftLayer_Exception_ObjectNotFound"}`),
		"404 with a page":                         missing(404, `<html>`),
		"500 that is not found by its code":       missing(500, `{"error":"Gone","code":"SoftLayer_Exception_ObjectNotFound"}`),
		"500 by the rate limit":                   limited(500, `{"error":"Rate limit of 50 requests for every 1 second(s) exceeded.","code":"SoftLayer_Exception_WebService_RateLimitExceeded"}`),
		"429 with an error object":                limited(429, `{"error":"Slow down"}`),
		"429 with nothing":                        limited(429, ``),
		"500 with a refusal":                      refused(500, `{"error":"A transaction is running.","code":"SoftLayer_Exception_Public"}`),
		"500 with a refusal without code":         refused(500, `{"error":"Service does not exist"}`),
		"400 bad call":                            refused(400, `{"error":"Bad","code":"SoftLayer_Exception_WebService_BadRequest"}`),
		"403 with an error object":                refused(403, `{"error":"Not for you"}`),
		"500 with a page":                         ambiguous(answer{status: 500, body: `<html>`}),
		"500 with nothing":                        ambiguous(answer{status: 500}),
		"500 with an object without error":        ambiguous(answer{status: 500, body: `{"code":"SoftLayer_Exception_Public"}`}),
		"408":                                     ambiguous(answer{status: 408, body: internal}),
		"502 with a page":                         ambiguous(answer{status: 502, body: `<html><body>Bad Gateway</body></html>`}),
		"503 with a page":                         ambiguous(answer{status: 503, body: `<html>`}),
		"504 with an error object":                ambiguous(answer{status: 504, body: internal}),
		"a redirect":                              ambiguous(answer{status: 307, header: map[string]string{"Location": "/rest/v3.1/elsewhere.json"}}),
		"the connection reset":                    ambiguous(answer{instead: reset}),
		"the answer cut off":                      ambiguous(answer{header: map[string]string{"Content-Length": "100"}, body: `"1"`}),
	}
}

func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0) // closing sends RST
	_ = conn.Close()
}

func TestReadsClassifyEveryFailure(t *testing.T) {
	for name, f := range failures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := startCloud(t, map[string]answer{serverPath: f.answer})
			_, err := api.client(t).Reader().Server(t.Context(), 9101)
			wantKind(t, err, f.kind)
			var failure *softlayer.Error
			if !errors.As(err, &failure) || failure.Class != f.class || failure.Method != "SoftLayer_Hardware_Server::getObject" {
				t.Errorf("the error carries %+v, want class %s", failure, f.class)
			}
			if err != nil && (!strings.HasPrefix(err.Error(), "reading server 9101: ") || strings.Contains(err.Error(), "\n") || len(err.Error()) > 800) {
				t.Errorf("the error reads %q", err)
			}
			if advised := upgrade.AdviceOf(err) != ""; advised != (f.kind == upgrade.Denied || f.kind == upgrade.NotFound || f.kind == upgrade.Refused) {
				t.Errorf("the advice is %q", upgrade.AdviceOf(err))
			}
		})
	}
}

func TestReloadsConcludeFromEveryFailureAndPostOnce(t *testing.T) {
	for name, f := range failures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := startCloud(t, map[string]answer{reloadPath: f.answer})
			got, text, err := api.client(t).Writer().Reload(t.Context(), 9101, 6001)
			if err != nil || got != f.reload || text == "" {
				t.Errorf("the reload ended as %q, %q, %v, want %q with a text", got, text, err, f.reload)
			}
			if n := len(api.asked()); n != 1 {
				t.Errorf("%d requests were sent, want 1", n)
			}
		})
	}
}

func TestReloadSendsOnePriceAndAcceptsOnlyOne(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want upgrade.Answer
	}{
		"the text 1":             {`"1"`, upgrade.Accepted},
		"the number 1":           {`1`, upgrade.Accepted},
		"a newline behind":       {"\"1\"\n", upgrade.Accepted},
		"the text true":          {`"true"`, upgrade.Ambiguous},
		"the number 0":           {`0`, upgrade.Ambiguous},
		"the empty text":         {`""`, upgrade.Ambiguous},
		"a confirmation token":   {`"0123456789abcdef0123456789abcdef"`, upgrade.Ambiguous},
		"an object of no error":  {`{}`, upgrade.Ambiguous},
		"an error in quotes":     {`"error"`, upgrade.Ambiguous},
		"the number 1.0, not 1":  {`1.0`, upgrade.Ambiguous},
		"the text 1 in brackets": {`["1"]`, upgrade.Ambiguous},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{reloadPath: {body: c.body}})
			got, text, err := api.client(t).Writer().Reload(t.Context(), 9101, 6001)
			if err != nil || got != c.want {
				t.Errorf("the reload ended as %q, %v, want %q", got, err, c.want)
			}
			if strings.Contains(text, "0123456789abcdef") {
				t.Errorf("the text shows the token: %s", text)
			}
			requests := api.asked()
			if len(requests) != 1 || requests[0].verb != "POST" || requests[0].body != `{"parameters":["FORCE",{"itemPrices":[{"id":6001}]}]}` {
				t.Errorf("asked %+v", requests)
			}
		})
	}
}
