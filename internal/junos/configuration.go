package junos

import (
	"bufio"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"vsrx-upgrade/internal/upgrade"
)

// Format is a form of the configuration.
type Format string

// The formats: Text has the curly braces of "show configuration", Set the lines of "| display set", XML the elements of
// "| display xml".
const (
	Text Format = "text"
	Set  Format = "set"
	XML  Format = "xml"
)

// Configuration writes the committed configuration to w as it arrives; XML is the element <configuration> of the reply, as
// it stands. After an error w holds a part of it. Errors are of kind Refused, Malformed, Unreachable, Invalid (the format)
// or Internal (w failed).
func (s *Session) Configuration(ctx context.Context, format Format, w io.Writer) error {
	wanted := map[Format]string{Text: "configuration-text", Set: "configuration-set", XML: "configuration"}[format]
	if wanted == "" {
		return upgrade.Errorf(upgrade.Invalid, "unknown configuration format %q", format)
	}
	operation := fmt.Sprintf(`<get-configuration database="committed" format="%s"/>`, format)
	return s.request(ctx, s.timeout, operation, func(id string, message io.Reader) error {
		return copyConfiguration(message, id, wanted, w)
	})
}

// copyConfiguration copies the first element of the name: what lies in an element of text, the whole of any other.
func copyConfiguration(message io.Reader, id, wanted string, w io.Writer) error {
	reply, copied := openEnvelope(message, id), false
	for {
		start, err := reply.next()
		switch {
		case err == io.EOF && copied:
			return nil
		case err == io.EOF:
			return upgrade.Errorf(upgrade.Malformed, "the reply holds no %s", wanted)
		case err != nil:
			return err
		case start.Name.Local != wanted || copied:
			continue
		}
		if wanted == "configuration" {
			err = reply.copyElement(w, start)
		} else {
			err = reply.copyText(w)
		}
		if err != nil {
			return err
		}
		copied = true
	}
}

func isErrorName(n xml.Name) bool {
	return n.Local == "rpc-error" || n.Local == "error" && strings.Contains(n.Space, "xnm")
}

// decodeRefusal reads an error element to its end; refused is nil for a warning.
func decodeRefusal(decoder *xml.Decoder, start xml.StartElement) (refused, err error) {
	var inner struct {
		XML []byte `xml:",innerxml"`
	}
	if err := decoder.DecodeElement(&inner, &start); err != nil {
		return nil, readingError(err)
	}
	e, err := parseElement(fmt.Appendf(nil, "<rpc-error>%s</rpc-error>", inner.XML), true)
	if err != nil {
		return nil, readingError(err)
	}
	if messages := refusals(e); len(messages) > 0 {
		return upgrade.Errorf(upgrade.Refused, "%w", &rpcError{messages}), nil
	}
	return nil, nil
}

// readingError keeps a broken connection apart from a reply that is no XML.
func readingError(err error) error {
	if _, broken := err.(*xml.SyntaxError); broken {
		return upgrade.Errorf(upgrade.Malformed, "reading the reply: %w", err)
	}
	return err
}

// copyText copies character data up to the next tag, which stays unread. References are resolved and carriage returns
// dropped (XML 1.0, section 2.11); the empty line that Junos puts before the text is dropped too.
func copyText(w io.Writer, in *bufio.Reader) error {
	out := bufio.NewWriterSize(w, 32<<10)
	begun := false
	for {
		c, err := in.ReadByte()
		if err != nil {
			return textError(err)
		}
		switch {
		case c == '<':
			if err := in.UnreadByte(); err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return upgrade.Errorf(upgrade.Internal, "writing the configuration: %w", err)
			}
			return nil
		case c == '\r' || c == '\n' && !begun:
			continue
		case c == '&':
			c, err := reference(in)
			if err != nil {
				return err
			}
			out.WriteRune(c)
		default:
			out.WriteByte(c) // a failure stays in out until Flush reports it
		}
		begun = true
	}
}

// textError keeps a broken connection apart from a message that ends too early.
func textError(err error) error {
	if err == io.EOF {
		return upgrade.Errorf(upgrade.Malformed, "the reply ends within the configuration")
	}
	return err
}

// reference resolves an entity or character reference after its ampersand.
func reference(in *bufio.Reader) (rune, error) {
	var text []byte
	for {
		c, err := in.ReadByte()
		if err != nil {
			return 0, textError(err)
		}
		text = append(text, c)
		if c == ';' || len(text) > 10 {
			break
		}
	}
	c, known := resolve(strings.TrimSuffix(string(text), ";"))
	if !known {
		return 0, upgrade.Errorf(upgrade.Malformed, "reading the reply: unknown reference %q", "&"+string(text))
	}
	return c, nil
}

// resolve names the character of a reference (XML 1.0, sections 4.1 and 4.6).
func resolve(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if !isNumber || err != nil || n == 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
