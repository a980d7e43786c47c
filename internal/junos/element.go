package junos

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// deepest bounds how far elements and objects are nested; no output of Junos comes near it.
const deepest = 200

// element is a node of a reply. Names are local: the namespaces of Junos differ by release, by rfc-compliant and by
// sub-tree, and carry no meaning that the name does not have. The nil element has no children and no text.
type element struct {
	name       string
	space      string
	id         string // message-id, on the root only
	attributes []xml.Attr
	text       string // trimmed: values are often padded by newlines and blanks
	children   []*element
}

// parseElement reads one document. Comments and blanks may stand before and after it. Not strict, a missing end tag is
// invented where its parent ends.
func parseElement(document []byte, strict bool) (*element, error) {
	decoder := newDecoder(bytes.NewReader(document))
	decoder.Strict = strict
	var root *element
	var open []*element
	var texts [][]byte // of the open elements; a text comes in as many pieces as there are comments in it
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, space: token.Name.Space, id: attribute(token, "message-id"), attributes: token.Copy().Attr}
			switch {
			case len(open) > 0:
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			case root != nil:
				return nil, fmt.Errorf("two documents, %s and %s, in one message", root.name, e.name)
			default:
				root = e
			}
			if open, texts = append(open, e), append(texts, nil); len(open) > deepest {
				return nil, fmt.Errorf("elements nested deeper than %d", deepest)
			}
		case xml.EndElement:
			last := len(open) - 1
			open[last].text = string(bytes.TrimSpace(texts[last]))
			open, texts = open[:last], texts[:last]
		case xml.CharData:
			if last := len(open) - 1; last >= 0 {
				texts[last] = append(texts[last], token...)
			}
		}
	}
	if root == nil {
		return nil, fmt.Errorf("a message without an element")
	}
	return root, nil
}

// newDecoder reads XML of Junos, which is 7-bit ASCII when it says so.
func newDecoder(r io.Reader) *xml.Decoder {
	decoder := xml.NewDecoder(r)
	decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return input, nil
		}
		return nil, fmt.Errorf("unknown character set %q", charset)
	}
	return decoder
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// walk visits e and everything below it, in document order.
func (e *element) walk(visit func(*element)) {
	if e == nil {
		return
	}
	visit(e)
	for _, child := range e.children {
		child.walk(visit)
	}
}

// all finds the elements of a name at any depth, in document order.
func (e *element) all(name string) []*element {
	var found []*element
	e.walk(func(x *element) {
		if x.name == name {
			found = append(found, x)
		}
	})
	return found
}

// first finds the first element of one of the names at any depth, nil when there is none.
func (e *element) first(names ...string) *element {
	for _, name := range names {
		if found := e.all(name); len(found) > 0 {
			return found[0]
		}
	}
	return nil
}

// value is the text of the first element of one of the names, "" when there is none.
func (e *element) value(names ...string) string {
	if found := e.first(names...); found != nil {
		return found.text
	}
	return ""
}

// attribute is the value of an attribute by its local name: the prefix junos: is declared in some replies only.
func (e *element) attribute(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// child finds the first direct child of a name, nil when there is none.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, child := range e.children {
		if child.name == name {
			return child
		}
	}
	return nil
}
