package sim

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// disturbances is what the faults of the API remember between calls.
type disturbances struct {
	seen map[Fault]int          // calls that each fault fitted so far
	past map[string]*pastAnswer // by what was read, while reads may be stale
	held chan struct{}          // closed when the answers of writes are let go; nil if they are not held
}

// aim is whom a call concerns: the members of one gateway, one member, or nobody in particular.
func (r *request) aim() []*member {
	id := r.id
	switch r.service {
	case "Network_Gateway_Precheck", "Network_Gateway_VersionUpgrade":
		var n loose
		if r.parameter(0, &n) == nil {
			id = n.String()
		}
		fallthrough
	case "Network_Gateway":
		n, err := strconv.Atoi(id)
		if g := r.cloud.gatewayByID(n); err == nil && g != nil {
			return g.members
		}
	case "Network_Gateway_Member", "Hardware", "Hardware_Server":
		m := r.cloud.findMember(func(m *member) bool {
			return id == strconv.Itoa(m.hardwareID) || id == m.globalIdentifier() || r.service == "Network_Gateway_Member" && id == byMemberID(m)
		})
		if m != nil {
			return []*member{m}
		}
	}
	return nil
}

// strikes tells whether a fault hits a call that concerns these members. A fault with a call number counts the calls
// that it fits and is spent by its own.
func (c *Cloud) strikes(name string, aim []*member) (Fault, bool) {
	for _, f := range c.faults {
		if f.Name != name || f.Gateway+f.Member != 0 && !slices.ContainsFunc(aim, f.hits) {
			continue
		}
		c.api.seen[f]++
		if f.Call == 0 {
			return f, true
		}
		if c.api.seen[f] == f.Call {
			c.disarm(f)
			return f, true
		}
	}
	return Fault{}, false
}

// once is strikes for a fault that is spent when it hits.
func (r *request) once(name string, m *member) (Fault, bool) {
	f, hit := r.cloud.strikes(name, []*member{m})
	if hit && f.Call == 0 {
		r.cloud.disarm(f)
	}
	return f, hit
}

func (c *Cloud) disarm(f Fault) {
	if i := slices.Index(c.faults, f); i >= 0 {
		c.faults = slices.Delete(c.faults, i, i+1)
	}
	delete(c.api.seen, f)
}

// disturbed is the answer of a fault that keeps a call from its method; nil if there is none.
func (c *Cloud) disturbed(aim []*member) any {
	page := "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>"
	for _, f := range []struct {
		name   string
		answer any
	}{
		{"api-down", raw{503, "text/html", strings.ReplaceAll(page, "502 Bad Gateway", "503 Service Unavailable")}},
		{"html-502", raw{502, "text/html", page}},
		{"empty-200", raw{200, "application/json", ""}},
		{"auth-401", denied()},
		{"iam-expired-500", &refusal{500, exceptionToken, "Provided token has expired."}},
		{"iam-exchange-500", &refusal{500, exceptionPublic, "Failed to exchange token"}},
	} {
		if _, hit := c.strikes(f.name, aim); hit {
			return f.answer
		}
	}
	if f, hit := c.strikes("rate-limit", aim); hit && (f.Arg == "" || c.api.seen[f]%number(f.Arg) == 0) {
		return &refusal{number(c.settings[settingRateLimitStatus]), exceptionRate, "Rate limit of 50 requests for every 1 second(s) exceeded."}
	}
	return nil
}

// distort spoils the answer of a read that its method gave.
func (c *Cloud) distort(aim []*member, r *request, answer *reply) {
	c.makeStale(aim, r, answer)
	hit := func(name string) bool { _, hit := c.strikes(name, aim); return hit }
	value := reflect.ValueOf(answer.value)
	switch _, special := answer.value.(*refusal); {
	case special || answer.value == nil:
	case value.Kind() == reflect.Slice:
		switch {
		case hit("null-list"):
			answer.value = nil
		case value.Len() > 0 && hit("single-for-list"):
			answer.value = value.Index(0).Interface()
		case hit("shape-wrong"):
			answer.value = map[string]any{"items": answer.value}
		}
	case value.Kind() == reflect.Map:
		switch {
		case hit("null-object"):
			answer.value = nil
		case hit("shape-wrong"):
			answer.value = []any{answer.value}
		}
	case hit("shape-wrong"):
		answer.value = map[string]any{"value": answer.value}
	}
}

// postponed tells when an answer may be sent; nil means at once.
func (c *Cloud) postponed(aim []*member, value any, write bool) <-chan struct{} {
	if _, hit := c.strikes("worker-kill-points", aim); hit && write {
		return c.api.held
	}
	var wait time.Duration
	if cut, is := value.(cutOff); is {
		wait = cut.after
	} else if f, hit := c.strikes("slow-answer", aim); hit {
		wait = c.duration(f.Arg)
	}
	if wait == 0 {
		return nil
	}
	over := make(chan struct{})
	c.clock.after(wait, func() { close(over) })
	return over
}

// duration is an argument that was checked when its fault was injected; "" is none.
func (c *Cloud) duration(text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	c.trouble(err)
	return d
}
