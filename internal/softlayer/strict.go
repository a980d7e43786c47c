package softlayer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/softlayer/softlayer-go/session"
	"github.com/softlayer/softlayer-go/sl"
	"golang.org/x/time/rate"

	"vsrx-upgrade/internal/upgrade"
)

// answerLimit bounds what is read of one answer, in bytes; the largest asked for is a few hundred kilobytes.
const answerLimit = 8 << 20

// strict replaces the library's transport: one try, its own verb only, and no answer taken for what it is not.
type strict struct {
	base      string
	verb      verb
	limiter   *rate.Limiter
	authorize func(*http.Request)
	redact    func(string) string
}

// reply is a whole answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// DoRequest makes one call (session.TransportHandler). Errors are *Error, or of kind Invalid for a call that is not
// this client's to make.
func (s *strict) DoRequest(sess *session.Session, service, method string, args []any, options *sl.Options, result any) error {
	call := service + "::" + method
	if verbOf(service, method) != s.verb {
		return upgrade.Errorf(upgrade.Invalid, "%s is not a call that this %s client may make", call, s.verb)
	}
	failure := s.exchange(sess, address(s.base, service, method, options), args, result)
	if failure == nil {
		return nil
	}
	failure.Method, failure.reads = call, s.verb == reads
	failure.Code, failure.Text = tidy(s.redact(failure.Code)), tidy(s.redact(failure.Text))
	return failure
}

// exchange sends the request and puts the answer into result.
func (s *strict) exchange(sess *session.Session, address string, args []any, result any) *Error {
	if err := s.limiter.Wait(sess.Context); err != nil {
		return &Error{Class: NotSent, Text: "waiting for the rate limit: " + err.Error(), cause: sess.Context.Err()}
	}
	ctx, cancel := context.WithTimeout(sess.Context, sess.Timeout)
	defer cancel()
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	request, err := s.request(ctx, address, args)
	if err != nil {
		return &Error{Class: NotSent, Text: err.Error()}
	}
	answer, err := send(sess.HTTPClient, request)
	if err != nil {
		failure := &Error{Class: Ambiguous, Status: answer.status, Text: s.reason(err, sess), cause: sess.Context.Err()}
		// A request is written only to a connection that was established, TLS included (net/http/httptrace: GotConn).
		if !connected.Load() {
			failure.Class = NotSent
		}
		return failure
	}
	return answer.into(result)
}

// reason says why there is no answer, without the URL: it repeats the mask and the filter.
func (s *strict) reason(err error, sess *session.Session) string {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, context.DeadlineExceeded) && sess.Context.Err() == nil {
		return fmt.Sprintf("no answer within %s", sess.Timeout)
	}
	return err.Error()
}

// request builds the call's HTTP form: GET without arguments, else POST of the arguments by position.
func (s *strict) request(ctx context.Context, address string, args []any) (*http.Request, error) {
	method, body := http.MethodGet, []byte(nil)
	if len(args) > 0 {
		var err error
		method = http.MethodPost
		if body, err = json.Marshal(map[string]any{"parameters": args}); err != nil {
			return nil, fmt.Errorf("encoding the arguments: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("building the request: %w", err)
	}
	// net/http repeats a request whose body it can get anew.
	request.GetBody = nil
	s.authorize(request)
	request.Header.Set("User-Agent", "vsrx-upgrade")
	request.Header.Set("Accept", "application/json")
	if len(args) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

func address(base, service, method string, options *sl.Options) string {
	path := base + "/" + service
	if options.Id != nil {
		path += "/" + strconv.Itoa(*options.Id)
	}
	if method != "getObject" {
		path += "/" + method
	}
	query := url.Values{}
	if options.Mask != "" {
		query.Set("objectMask", options.Mask)
	}
	if options.Filter != "" {
		query.Set("objectFilter", options.Filter)
	}
	if len(query) == 0 {
		return path + ".json"
	}
	return path + ".json?" + query.Encode()
}

func send(client *http.Client, request *http.Request) (reply, error) {
	response, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	answer := reply{status: response.StatusCode, header: response.Header}
	if answer.body, err = io.ReadAll(io.LimitReader(response.Body, answerLimit+1)); err != nil {
		return answer, fmt.Errorf("reading the answer: %w", err)
	}
	return answer, nil
}
