package junos

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"slices"

	"vsrx-upgrade/internal/upgrade"
)

// envelope reads a reply element by element, so that what is large in it is copied and never held.
type envelope struct {
	id      string
	in      *recorder
	decoder *xml.Decoder
	open    [][]xml.Attr // the namespaces that each open element declares, the root first
	source  []byte       // of the last token, good until the next
}

func openEnvelope(message io.Reader, id string) *envelope {
	in := &recorder{in: bufio.NewReaderSize(message, 32<<10)}
	return &envelope{id: id, in: in, decoder: newDecoder(in)}
}

// next finds the next element, io.EOF at the end of the reply. An error of the device is an error, of kind Refused.
func (e *envelope) next() (xml.StartElement, error) {
	for {
		token, err := e.token()
		if err != nil {
			return xml.StartElement{}, err
		}
		start, begins := token.(xml.StartElement)
		switch {
		case !begins:
		case len(e.open) == 1 && start.Name.Local == "rpc-reply" && attribute(start, "message-id") != e.id:
			return start, upgrade.Errorf(upgrade.Malformed, "message-id %q in place of %q: %w", attribute(start, "message-id"), e.id, errForeign)
		case !isErrorName(start.Name):
			return start, nil
		default:
			if err := e.refusal(start); err != nil {
				return start, err
			}
		}
	}
}

func (e *envelope) token() (xml.Token, error) {
	token, err := e.decoder.Token()
	if err == io.EOF {
		return nil, err
	}
	if err != nil {
		return nil, readingError(err)
	}
	switch token := token.(type) {
	case xml.StartElement:
		e.open = append(e.open, declarations(token))
	case xml.EndElement:
		e.open = e.open[:len(e.open)-1]
	}
	e.source = e.in.take(e.decoder.InputOffset())
	return token, nil
}

// refusal reads an error element to its end; a warning gives nil.
func (e *envelope) refusal(start xml.StartElement) error {
	refused, err := decodeRefusal(e.decoder, start)
	e.open = e.open[:len(e.open)-1]
	e.source = e.in.take(e.decoder.InputOffset())
	if err != nil {
		return err
	}
	return refused
}

// copyText copies the text of the element that has begun, up to the next tag. encoding/xml would hold the whole of it.
func (e *envelope) copyText(w io.Writer) error { return copyText(w, e.in.in) }

// copyElement copies the element that has begun, as it stands. Prefixes that only the elements around declare are declared
// in it: the copy has to be a document of its own.
func (e *envelope) copyElement(w io.Writer, start xml.StartElement) error {
	out := bufio.NewWriterSize(w, 32<<10) // a failure stays in it until Flush reports it
	out.Write(e.declared(start))
	for around := len(e.open) - 1; len(e.open) > around; {
		token, err := e.token()
		if err != nil {
			return textError(err)
		}
		if start, begins := token.(xml.StartElement); begins && e.isError(start) {
			if err := e.refusal(start); err != nil {
				return err
			}
			continue
		}
		out.Write(e.source)
	}
	out.WriteByte('\n')
	if err := out.Flush(); err != nil {
		return upgrade.Errorf(upgrade.Internal, "writing the configuration: %w", err)
	}
	return nil
}

// isError tells an error within a configuration from a statement of that name, such as the severity "error" of system
// syslog: the default namespace of a configuration has xnm in its name too, and only the prefix tells them apart.
func (e *envelope) isError(start xml.StartElement) bool {
	return start.Name.Local == "rpc-error" || start.Name.Local == "error" && bytes.HasPrefix(e.source, []byte("<xnm:"))
}

// declared is the start tag at hand with what it inherits.
func (e *envelope) declared(start xml.StartElement) []byte {
	end := bytes.IndexAny(e.source, " \t\r\n/>")
	tag := slices.Clone(e.source[:end])
	declared := map[xml.Name]bool{}
	for i, own := len(e.open)-1, len(e.open)-1; i >= 0; i-- {
		for _, a := range e.open[i] {
			if !declared[a.Name] && i < own {
				tag = append(tag, " "+qualified(a.Name)+`="`+escape(a.Value)+`"`...)
			}
			declared[a.Name] = true
		}
	}
	return append(tag, e.source[end:]...)
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// declarations are the attributes that declare namespaces (Namespaces in XML 1.0, section 3).
func declarations(start xml.StartElement) []xml.Attr {
	var found []xml.Attr
	for _, a := range start.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			found = append(found, a)
		}
	}
	return found
}

// recorder keeps what a decoder has read until it is taken. Given an io.ByteReader, a decoder reads at most one byte ahead.
type recorder struct {
	in    *bufio.Reader
	read  []byte
	taken int   // bytes of read that were given away
	at    int64 // offset of the first byte of read that was not, as the decoder counts
}

// ReadByte reads one byte.
func (r *recorder) ReadByte() (byte, error) {
	c, err := r.in.ReadByte()
	if err == nil {
		r.read = append(r.read, c)
	}
	return c, err
}

// Read reads one byte: a decoder takes an io.Reader, and asks it for bytes.
func (r *recorder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

// take gives what was read up to an offset; it holds until the next byte is read.
func (r *recorder) take(end int64) []byte {
	r.read = append(r.read[:0], r.read[r.taken:]...)
	r.taken = int(end - r.at)
	r.at = end
	return r.read[:r.taken]
}
