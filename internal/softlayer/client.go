package softlayer

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/softlayer/softlayer-go/session"
	"golang.org/x/time/rate"

	"vsrx-upgrade/internal/upgrade"
)

// Config names the API and who calls it.
type Config struct {
	Endpoint  string         // e.g. https://api.softlayer.com/rest/v3.1
	User      string         // user of a classic key; "" = apikey, which goes with an IBM Cloud API key
	APIKey    upgrade.Secret // classic or IBM Cloud API key
	Timeout   time.Duration  // of one call; 0 = 120 s
	PerSecond float64        // most calls a second; 0 = 5
}

const (
	defaultTimeout = 120 * time.Second
	// defaultRate leaves most of an account's share (50 requests a second were seen in public) to its other programs.
	defaultRate = 5
	dialTimeout = 15 * time.Second
)

// Client calls the API for one user. Reader and Writer share its rate limit; all are safe for concurrent use.
type Client struct {
	timeout time.Duration
	reading strict
	writing strict
	// The writing transport keeps no connection: on one that the server has just closed the fate of a write is unknown.
	pooled, single *http.Transport
}

// burst is how many calls may go out at once after a pause: those of one readiness check, whose answers a person waits for.
// With the default rate no second sees more than 25 calls, half of the limit that IBM has told in public.
const burst = 20

// New checks the settings and gives a client; it sends nothing. Errors are of kind Invalid.
func New(c Config) (*Client, error) {
	base, err := endpoint(c.Endpoint)
	if err != nil {
		return nil, err
	}
	if c.APIKey == "" {
		return nil, upgrade.Errorf(upgrade.Invalid, "the API key of IBM Cloud is missing").Advise("set the API key in the worker's settings")
	}
	if c.User == "" {
		c.User = "apikey"
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.PerSecond == 0 {
		c.PerSecond = defaultRate
	}
	if c.Timeout < 0 || !(c.PerSecond > 0) || math.IsInf(c.PerSecond, 1) {
		return nil, upgrade.Errorf(upgrade.Invalid, "time limit %s and rate %g of the IBM Cloud API must be positive", c.Timeout, c.PerSecond).
			Advise("leave them out to take the defaults")
	}
	shared := strict{base: base, limiter: rate.NewLimiter(rate.Limit(c.PerSecond), burst)}
	// Closures keep the key out of any printed Client.
	user, key := c.User, string(c.APIKey)
	shared.authorize = func(r *http.Request) { r.SetBasicAuth(user, key) }
	shared.redact = strings.NewReplacer(key, "[redacted]", url.QueryEscape(key), "[redacted]",
		base64.StdEncoding.EncodeToString([]byte(user+":"+key)), "[redacted]").Replace
	client := &Client{timeout: c.Timeout, reading: shared, writing: shared, pooled: wire(), single: wire()}
	client.reading.verb, client.writing.verb = reads, writes
	client.single.DisableKeepAlives = true
	return client, nil
}

func endpoint(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		err = fmt.Errorf("is not an http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		err = fmt.Errorf("holds more than scheme, host and path")
	default:
		return strings.TrimRight(text, "/"), nil
	}
	return "", upgrade.Errorf(upgrade.Invalid, "the endpoint of the IBM Cloud API %w", err).
		Advise("set an endpoint such as https://api.softlayer.com/rest/v3.1, or https://api.service.softlayer.com/rest/v3.1 on the private network")
}

// wire speaks HTTP/1.1 only: over HTTP/2 net/http repeats streams that a server turned away, also those of a POST.
func wire() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		MaxIdleConnsPerHost: burst, // there is one host
		Protocols:           protocols,
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: dialTimeout,
		IdleConnTimeout:     90 * time.Second,
	}
}

// Reader asks questions. It cannot write: its transport refuses every writing method before anything is sent.
type Reader struct{ client *Client }

// Writer starts readiness checks and reloads, and can do nothing else.
type Writer struct{ client *Client }

// Reader gives the client's reading side.
func (c *Client) Reader() *Reader { return &Reader{client: c} }

// Writer gives the client's writing side.
func (c *Client) Writer() *Writer { return &Writer{client: c} }

func (r *Reader) session(ctx context.Context) *session.Session {
	return r.client.session(ctx, &r.client.reading, r.client.pooled)
}

func (w *Writer) session(ctx context.Context) *session.Session {
	return w.client.session(ctx, &w.client.writing, w.client.single)
}

// session is made for one call: the library writes to its sessions and HTTP clients while it works. A literal keeps
// session.New's environment variables and ~/.softlayer out; Retries 0 is a single try.
func (c *Client) session(ctx context.Context, handler *strict, over *http.Transport) *session.Session {
	return &session.Session{
		Endpoint: handler.base,
		Context:  ctx,
		Timeout:  c.timeout,
		Retries:  0,
		HTTPClient: &http.Client{
			Transport:     over,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		TransportHandler: handler,
	}
}
