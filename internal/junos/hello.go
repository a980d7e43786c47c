package junos

import (
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// Hello is the first message of a NETCONF session.
type Hello struct {
	SessionID    string // what kill-session takes
	Capabilities []string
	User         string // as the comment before the hello names it, "" without one
	Class        string // the login class, which tells whether writing will work
}

var userComment = regexp.MustCompile(`<!--\s*user (\S+), class (\S+)\s*-->`)

// ParseHello reads a hello with the comments that Junos puts before it. Errors are of kind Malformed.
func ParseHello(raw string) (Hello, error) {
	text, _, _ := strings.Cut(normal(raw), "]]>]]>")
	tree, err := parseElement([]byte(text), true)
	if err != nil {
		return Hello{}, upgrade.Errorf(upgrade.Malformed, "reading the hello: %w", err)
	}
	if tree.name != "hello" {
		return Hello{}, upgrade.Errorf(upgrade.Malformed, "the first message is %q, not a hello", tree.name)
	}
	hello := Hello{SessionID: tree.value("session-id")}
	for _, e := range tree.all("capability") {
		hello.Capabilities = append(hello.Capabilities, e.text)
	}
	if m := userComment.FindStringSubmatch(text); m != nil {
		hello.User, hello.Class = m[1], m[2]
	}
	return hello, nil
}

// Offers reports whether a capability is offered under either of its names, whatever its parameters.
func (h Hello) Offers(capability string) bool {
	return slices.ContainsFunc(h.Capabilities, func(offered string) bool {
		offered, _, _ = strings.Cut(offered, "?")
		offered = strings.Replace(offered, "urn:ietf:params:xml:ns:netconf:", "urn:ietf:params:netconf:", 1)
		return offered == capability
	})
}

// Junos reports whether the peer is Junos.
func (h Hello) Junos() bool { return h.Offers("http://xml.juniper.net/netconf/junos/1.0") }
