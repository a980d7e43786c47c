package junos

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// element is a node of a reply. Names are local: the namespaces of Junos differ by release, by rfc-compliant and by
// sub-tree, and carry no meaning that the name does not have. The nil element has no children and no text.
type element struct {
	name     string
	space    string
	id       string // message-id, on the root only
	text     string // trimmed: values are often padded by newlines and blanks
	children []*element
}

// parseElement reads one document. Comments and blanks may stand before and after it. Not strict, a missing end tag is
// invented where its parent ends.
func parseElement(document []byte, strict bool) (*element, error) {
	decoder := newDecoder(bytes.NewReader(document))
	decoder.Strict = strict
	var root *element
	var open []*element
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
			e := &element{name: token.Name.Local, space: token.Name.Space, id: attribute(token, "message-id")}
			switch {
			case len(open) > 0:
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			case root != nil:
				return nil, fmt.Errorf("two documents, %s and %s, in one message", root.name, e.name)
			default:
				root = e
			}
			open = append(open, e)
		case xml.EndElement:
			e := open[len(open)-1]
			e.text = strings.TrimSpace(e.text)
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(token)
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

// nodeReply is what one node of a cluster answered; the node is "" where the reply is not divided by node.
type nodeReply struct {
	node string
	*element
}

// byNode divides a reply by routing engine. Junos wraps some replies of a cluster and not others, and a wrapper may hold
// one node only.
func (e *element) byNode() []nodeReply {
	items := e.all("multi-routing-engine-item")
	if len(items) == 0 {
		return []nodeReply{{element: e}}
	}
	replies := make([]nodeReply, len(items))
	for i, item := range items {
		replies[i] = nodeReply{node: item.value("re-name"), element: item}
	}
	return replies
}
