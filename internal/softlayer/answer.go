package softlayer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// into decodes the answer, or says why it is not one.
func (r reply) into(result any) *Error {
	switch {
	case len(r.body) > answerLimit:
		return r.failure(Malformed, "the answer is longer than %d bytes", answerLimit)
	case r.status < 200 || r.status > 299:
		return r.refusal()
	}
	body := bytes.TrimSpace(r.body)
	if e := r.hiddenError(body); e != nil {
		return e
	}
	target := reflect.ValueOf(result).Elem()
	if got := kindOf(body); !fits(got, target.Type()) {
		return r.failure(Malformed, "the answer is %s, not %s", got, wanted(target.Type()))
	}
	if target.Kind() == reflect.String && kindOf(body) == "a number" && json.Valid(body) {
		target.SetString(string(body))
		return nil
	}
	if target.Kind() == reflect.Slice {
		if e := r.checkItems(body, target.Type().Elem()); e != nil {
			return e
		}
	}
	if err := json.Unmarshal(body, result); err != nil {
		return r.failure(Malformed, "decoding the answer: %s", err)
	}
	return nil
}

// checkItems refuses lists with items of another kind, such as null, which would decode to a zero item, and lists that
// are shorter than their header says.
func (r reply) checkItems(body []byte, item reflect.Type) *Error {
	var items []json.RawMessage
	if err := json.Unmarshal(body, &items); err != nil {
		return r.failure(Malformed, "decoding the answer: %s", err)
	}
	for _, raw := range items {
		if got := kindOf(raw); !fits(got, item) {
			return r.failure(Malformed, "the answer's list holds %s, not %s", got, wanted(item))
		}
	}
	if total, err := strconv.Atoi(r.header.Get("SoftLayer-Total-Items")); err == nil && total > len(items) {
		return r.failure(Malformed, "the answer holds %d of %d items", len(items), total)
	}
	return nil
}

func (r reply) failure(class Class, format string, args ...any) *Error {
	return &Error{Class: class, Status: r.status, Text: fmt.Sprintf(format, args...)}
}

// refusal reads the error object of an answer outside 2xx (SoftLayer: "Exception Handling").
func (r reply) refusal() *Error {
	text, code, parsed := errorObject(r.body)
	if !parsed {
		text = "the answer holds no error object"
	}
	return &Error{Class: classOf(r.status, code, text, parsed), Status: r.status, Code: code, Text: text}
}

// hiddenError finds an error object under a 2xx status: the API answers so now and then, on reload calls too, and
// whether the call was executed stays open.
func (r reply) hiddenError(body []byte) *Error {
	text, code, found := errorObject(body)
	if !found {
		return nil
	}
	return &Error{Class: Ambiguous, Status: r.status, Code: code, Text: text}
}

func errorObject(body []byte) (text, code string, ok bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return "", "", false
	}
	raw, ok := object["error"]
	if !ok {
		return "", "", false
	}
	return plain(raw), plain(object["code"]), true
}

// plain is a JSON text without its quotes, or any other JSON value as it stands.
func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// classOf decides by code and shape before status: 500 covers refusals as well as faults.
func classOf(status int, code, text string, parsed bool) Class {
	switch {
	case status == http.StatusTooManyRequests, strings.HasSuffix(code, "RateLimitExceeded"):
		return RateLimited
	case status == http.StatusUnauthorized, strings.HasSuffix(code, "AccessTokenValidation"),
		strings.HasPrefix(text, "Access Denied"), strings.HasPrefix(text, "Failed to exchange token"):
		return Auth
	case status == http.StatusNotFound, strings.HasSuffix(code, "ObjectNotFound"):
		return NotFoundOrDenied
	case status == http.StatusRequestTimeout, status == http.StatusBadGateway,
		status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return Ambiguous
	case parsed:
		return Refused
	}
	return Ambiguous
}

// kindOf names the kind of a JSON value by its first byte.
func kindOf(body []byte) string {
	if len(body) == 0 {
		return "empty"
	}
	switch c := body[0]; {
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "a text"
	case c == 't', c == 'f':
		return "a truth value"
	case c == '-', c >= '0' && c <= '9':
		return "a number"
	case c == 'n':
		return "null"
	}
	return "no JSON"
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Struct:
		return "an object"
	case reflect.Bool:
		return "a truth value"
	case reflect.String:
		return "a text"
	}
	return "a number"
}

// fits lets numbers pass for texts: reload calls answer both "1" and 1.
func fits(kind string, t reflect.Type) bool {
	return kind == wanted(t) || t.Kind() == reflect.String && kind == "a number"
}

// tidy makes a text of the API one line of bounded length.
func tidy(text string) string {
	const most = 400
	line := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " "))
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}
