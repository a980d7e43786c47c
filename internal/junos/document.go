package junos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// errAbsent is what a device says in its own way: it has nothing of the kind.
var errAbsent = errors.New("the gateway has none")

// Document writes to w what the device shows under a name, as its CLI prints it. After an error w holds a part of it.
// Errors are of kind NotFound (the device has none), Refused (also: its release does not know the command), Malformed,
// Unreachable, Invalid (the name) or Internal (w failed). None of them quotes what was shown: it may be a licence key.
func (s *Session) Document(ctx context.Context, name upgrade.Document, w io.Writer) error {
	switch name {
	case upgrade.DocumentRescue:
		return s.rescue(ctx, w)
	case upgrade.DocumentLicences:
		return s.print(ctx, `<get-license-summary-information format="text"/>`, w)
	case upgrade.DocumentLicenceKeys:
		return s.print(ctx, `<get-license-key-information format="text"/>`, w)
	case upgrade.DocumentCertificates:
		return s.print(ctx, `<get-pki-local-certificate format="text"/>`, w)
	}
	return upgrade.Errorf(upgrade.Invalid, "unknown document %q", name)
}

// print writes the answer to an operation that is asked for as text (Juniper: Specify the Output Format for Operational
// Information Requests in a NETCONF Session).
func (s *Session) print(ctx context.Context, operation string, w io.Writer) error {
	var text string
	err := s.request(ctx, s.timeout, operation, func(id string, message io.Reader) error {
		document, err := io.ReadAll(message)
		if err != nil {
			return err
		}
		reply, err := parseReply(document, id, false)
		if err != nil && !errors.Is(err, errForeign) {
			return notXML()
		}
		if err != nil {
			return err
		}
		text, err = printed(reply, string(document))
		return err
	})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, text); err != nil {
		return upgrade.Errorf(upgrade.Internal, "writing the answer to %s: %w", operation, err)
	}
	return nil
}

// ParseDocument reads what a device has printed, in any form: its text, node by node on a cluster; where a release answers
// in elements although it was asked for text, the document as it stands. Errors are of kind NotFound for an output that
// says nothing, Malformed, or Refused in the words of the device.
func ParseDocument(raw string) (string, error) {
	text := strings.TrimSpace(normal(raw))
	reply, err := parseElement([]byte(text), true)
	if err != nil {
		return "", notXML()
	}
	return printed(reply, text)
}

// notXML stands in place of the parser's own words, which may quote what they could not read.
func notXML() error { return upgrade.Errorf(upgrade.Malformed, "the answer is no XML of a reply") }

func printed(reply *element, document string) (string, error) {
	o, err := treeOutput(reply)
	if err != nil {
		return "", err
	}
	if !o.saysSomething() {
		return "", upgrade.Errorf(upgrade.NotFound, "%w", errAbsent)
	}
	if len(lines(o.text)) == 0 {
		return strings.TrimSpace(document) + "\n", nil
	}
	var text strings.Builder
	for _, item := range reply.all("multi-routing-engine-item") {
		text.WriteString(item.value("re-name") + ":\n" + strings.Repeat("-", 74) + "\n" + item.outputs() + "\n\n")
	}
	if text.Len() == 0 {
		text.WriteString(o.text + "\n")
	}
	return text.String(), nil
}

// rescue copies the rescue configuration, which is as large as any (Juniper: Retrieve the Rescue Configuration Using
// NETCONF). It comes as text; a release that sends elements all the same is taken at its word.
func (s *Session) rescue(ctx context.Context, w io.Writer) error {
	const operation = "<get-rescue-information><format>text</format></get-rescue-information>"
	err := s.request(ctx, s.timeout, operation, func(id string, message io.Reader) error { return copyRescue(message, id, w) })
	var refusal *rpcError
	if errors.As(err, &refusal) && withoutRescue.MatchString(refusal.Error()) {
		return upgrade.Errorf(upgrade.NotFound, "%w", errAbsent)
	}
	return err
}

// withoutRescue matches the words in which a device says that it has no rescue configuration, or lacks its file,
// /config/rescue.conf.gz (Juniper: request system configuration rescue save).
var withoutRescue = regexp.MustCompile(`(?i)\bno (?:valid )?rescue configuration|rescue configuration (?:is |was )?not (?:set|found|saved)|` +
	`rescue configuration (?:file )?does not exist|rescue\.conf\S*\W+no such file`)

func copyRescue(message io.Reader, id string, w io.Writer) error {
	reply, said := openEnvelope(message, id), new(excerptWriter)
	out := &noticing{to: w}
	for {
		start, err := reply.next()
		switch {
		case err == io.EOF:
			return rescueEnd(out.something, said.String())
		case err != nil:
			return err
		case out.something:
			continue
		}
		switch start.Name.Local {
		case "configuration-output", "configuration-text":
			err = reply.copyText(out)
		case "configuration":
			err = reply.copyElement(out, start)
		case "output":
			err = reply.copyText(said)
		}
		if err != nil {
			return err
		}
	}
}

// rescueEnd judges a reply that was read to its end.
func rescueEnd(copied bool, said string) error {
	refused := refusedLines(said)
	switch {
	case copied:
		return nil
	case len(refused) > 0 && !withoutRescue.MatchString(said):
		return upgrade.Errorf(upgrade.Refused, "%w", &rpcError{refused})
	}
	return upgrade.Errorf(upgrade.NotFound, "%w", errAbsent)
}

// noticing passes on what is written to it and notices whether it is more than blanks.
type noticing struct {
	to        io.Writer
	something bool
}

// Write passes p on.
func (n *noticing) Write(p []byte) (int, error) {
	n.something = n.something || len(bytes.TrimSpace(p)) > 0
	return n.to.Write(p)
}

// excerptWriter keeps the beginning of what is written to it, and never fails.
type excerptWriter struct{ strings.Builder }

// Write keeps p as far as there is room.
func (e *excerptWriter) Write(p []byte) (int, error) {
	if room := 4096 - e.Len(); room > 0 {
		e.Builder.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
