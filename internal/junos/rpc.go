package junos

import (
	"bufio"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// rpcError is the device's own words for a refusal.
type rpcError struct{ messages []string }

func (e *rpcError) Error() string { return strings.Join(e.messages, "; ") }

// says reports whether err carries a refusal by the device that holds the text, in any case.
func says(err error, text string) bool {
	var refusal *rpcError
	return errors.As(err, &refusal) && strings.Contains(strings.ToLower(refusal.Error()), strings.ToLower(text))
}

// call runs one RPC whose success is data, <ok/> or an empty reply. Errors are of kind Refused, Malformed or
// Unreachable.
func (s *Session) call(ctx context.Context, limit time.Duration, operation string) (*element, error) {
	var reply *element
	err := s.request(ctx, limit, operation, func(id string, message io.Reader) error {
		document, err := io.ReadAll(message)
		if err != nil {
			return err
		}
		reply, err = parseReply(document, id, name(operation) == "commit-configuration")
		return err
	})
	if err != nil {
		return nil, err
	}
	if refused := refusals(reply); len(refused) > 0 {
		return nil, upgrade.Errorf(upgrade.Refused, "%s on %s: %w", name(operation), s.address, &rpcError{refused})
	}
	return reply, nil
}

// request sends one RPC and hands its reply to read. A reply to another request means that the order is lost, and the
// session with it.
func (s *Session) request(ctx context.Context, limit time.Duration, operation string, read func(id string, message io.Reader) error) error {
	if err := s.stream(ctx, limit, whole(operation), read); err != nil {
		return fmt.Errorf("%s: %w", name(operation), err)
	}
	return nil
}

// stream is request for an operation that is too large to be at hand as a whole.
func (s *Session) stream(ctx context.Context, limit time.Duration, operation func(io.Writer) error, read func(id string, message io.Reader) error) error {
	s.lastID++
	id := fmt.Sprint(s.lastID)
	write := func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 32<<10)
		fmt.Fprintf(out, `<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="%s">`, id) // a failure stays until Flush
		if err := operation(out); err != nil {
			return cmp.Or(out.Flush(), err) // a connection that broke meanwhile is the cause
		}
		out.WriteString("</rpc>\n]]>]]>\n")
		return out.Flush()
	}
	err := s.exchange(ctx, limit, write, func(message io.Reader) error { return read(id, message) })
	if errors.Is(err, errForeign) {
		err = s.fail(upgrade.Malformed, err)
	}
	return err
}

var errForeign = errors.New("the reply belongs to another request")

// parseReply reads a reply. On clusters Junos answers a successful check or commit with a routing-engine element that is
// never closed; such a reply to a commit, and no other, gets a second attempt that invents the end tag.
func parseReply(document []byte, id string, commit bool) (*element, error) {
	reply, err := parseElement(document, true)
	if err != nil && commit && strings.Contains(string(document), "<routing-engine") {
		reply, err = parseElement(document, false)
	}
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Malformed, "reading the reply: %w", err)
	}
	switch {
	case isError(reply): // a bare error has no reply around it
		return reply, nil
	case reply.name != "rpc-reply":
		return nil, upgrade.Errorf(upgrade.Malformed, "the reply is %q, not an rpc-reply", reply.name)
	case reply.id != id:
		return nil, upgrade.Errorf(upgrade.Malformed, "message-id %q in place of %q: %w", reply.id, id, errForeign)
	}
	return reply, nil
}

// isError recognises rpc-error, also of severity warning, and the older xnm:error.
func isError(e *element) bool {
	if e.name == "rpc-error" {
		return true
	}
	return e.name == "error" && strings.Contains(e.space, "xnm") && e.first("message") != nil
}

// refusals are the errors at any depth of a reply. Warnings are none: they stand beside success. An rpc-error without a
// severity is an error.
func refusals(reply *element) []string {
	var messages []string
	reply.walk(func(e *element) {
		if isError(e) && !strings.EqualFold(e.value("error-severity"), "warning") {
			messages = append(messages, message(e))
		}
	})
	return messages
}

// message is an error's text in one line, with what it is about, short enough for a status line and without secrets: Junos
// quotes the line that it refuses.
func message(e *element) string {
	text := e.value("error-message", "message")
	if text == "" {
		text = "an error without a message"
	}
	for _, about := range []string{e.value("edit-path", "error-path"), e.value("statement", "bad-element")} {
		if about != "" && !strings.Contains(text, about) {
			text += ", " + about
		}
	}
	text = maskSecrets(strings.Join(strings.Fields(text), " "))
	if long := []rune(text); len(long) > 400 {
		text = string(long[:400]) + " …"
	}
	return text
}

// name is the operation's element name, for errors.
func name(operation string) string {
	return strings.TrimPrefix(operation[:strings.IndexAny(operation, " />")], "<")
}

// escape makes a text safe inside an element.
func escape(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil { // a strings.Builder does not fail
		return ""
	}
	return b.String()
}

// connectionGone tells the errors of a connection that had ended already.
func connectionGone(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) }
