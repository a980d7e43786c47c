package configuration

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// xmlReader reads "show configuration | display xml" and replies to <get-configuration>. Elements are matched by their
// local names: the namespaces differ by release, by rfc-compliant and by the way the configuration was asked for.
type xmlReader struct {
	*planter
	decoder *xml.Decoder
	skipped int // lines before the XML
	indent  int // what stands before it on its first line
	stack   []*element
	warning string
}

// element is one that is open. It is planted when its keys are complete: at its first other child or at its end.
type element struct {
	name         string
	at           *Node // where its statement begins
	node         *Node // its own, once planted
	words        []string
	text         strings.Builder
	key          bool // its text continues the words of the element around
	flags        flags
	warning      string
	mark         int // the word that flags belong to
	depth        int // words of its path, its own included once it is planted
	line, column int
}

func (p *planter) readXML(text string, at, line int) error {
	r := &xmlReader{planter: p, decoder: xml.NewDecoder(strings.NewReader(text[at:])), skipped: line - 1,
		indent: at - 1 - strings.LastIndexByte(text[:at], '\n')}
	body, err := r.top()
	if err != nil || body != "" {
		if err == nil {
			err = r.embedded(body)
		}
		return err
	}
	for len(r.stack) > 0 {
		if err := r.token(); err != nil {
			return err
		}
	}
	return nil
}

// position is where the decoder stands.
func (r *xmlReader) position() (line, column int) {
	line, column = r.decoder.InputPos()
	if line == 1 {
		column += r.indent
	}
	return line + r.skipped, max(column, 1)
}

func (r *xmlReader) fault(expected, found string) error {
	line, column := r.position()
	return &SyntaxError{File: r.tree.Name, Line: line, Column: column, Expected: expected, Found: found}
}

// broken words an error of the decoder, whose own text may quote the source.
func (r *xmlReader) broken(err error) error {
	if cut := new(xml.SyntaxError); errors.Is(err, io.EOF) || errors.As(err, &cut) && strings.Contains(cut.Msg, "unexpected EOF") {
		return r.fault("the end of the open elements", string(tokenEOF))
	}
	return r.fault("well-formed XML", "something else")
}

// top reads to the <configuration> element. A reply may hold a text form instead, whose element it returns.
func (r *xmlReader) top() (text string, err error) {
	for {
		t, err := r.decoder.Token()
		if errors.Is(err, io.EOF) {
			return "", r.fault("an element <configuration>", string(tokenEOF))
		}
		if err != nil {
			return "", r.broken(err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "configuration":
			r.stack = append(r.stack, &element{name: "configuration", node: r.tree.root})
			return "", nil
		case "configuration-text", "configuration-set":
			return start.Name.Local, nil
		}
	}
}

// embedded reads the text form in a <configuration-text> or <configuration-set>.
func (r *xmlReader) embedded(name string) error {
	line, _ := r.position()
	var text strings.Builder
	for {
		t, err := r.decoder.Token()
		if err != nil {
			return r.broken(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if name == "configuration-set" {
				return r.readSet(text.String(), line)
			}
			return r.readCurly(text.String(), line)
		case xml.StartElement:
			return r.fault("text in <"+name+">", "an element")
		}
	}
}

func (r *xmlReader) token() error {
	line, column := r.position()
	t, err := r.decoder.Token()
	if err != nil {
		return r.broken(err)
	}
	top := r.stack[len(r.stack)-1]
	switch t := t.(type) {
	case xml.StartElement:
		return r.start(top, t, line, column)
	case xml.EndElement:
		return r.end(top)
	case xml.CharData:
		top.text.Write(t)
	case xml.Comment:
		r.comment(string(t), line, column)
	}
	return nil
}

func (r *xmlReader) comment(text string, line, column int) {
	text = strings.TrimSpace(withoutReturns(text))
	r.tree.Comments = append(r.tree.Comments, Comment{Text: text, Line: line, Column: column})
	if warning := deviceWarning(text); warning != "" {
		r.warning = warning
	}
}

func (r *xmlReader) start(around *element, t xml.StartElement, line, column int) error {
	name := t.Name.Local
	e := &element{name: name, line: line, column: column, flags: structured}
	r.stack = append(r.stack, e)
	if around.key {
		return r.fault("the text of a key", "an element")
	}
	if around.node == nil && keyElement(around.name, name) {
		e.key = true
		return nil
	}
	if around.node == nil {
		around.mark = len(around.words) - 1
		if err := r.grow(around); err != nil {
			return err
		}
	}
	e.at, e.depth = around.node, around.depth
	e.warning, r.warning = r.warning, ""
	if !unwritten(around.name, name) {
		e.words = []string{written(name)}
	}
	return r.attributes(e, t.Attr)
}

// attributes reads what Junos says of a statement in attributes (Juniper: Junos XML protocol, "Junos XML protocol
// attributes"). Instructions to change a configuration are none of a configuration.
func (r *xmlReader) attributes(e *element, attrs []xml.Attr) error {
	for _, a := range attrs {
		switch {
		case a.Name.Local == "inactive" && a.Value == "inactive", a.Name.Local == "active" && a.Value == "false":
			e.flags |= inactive
		case a.Name.Local == "protect" && a.Value == "protect":
			e.flags |= protected
		case a.Name.Local == "delete", a.Name.Local == "replace", a.Name.Local == "operation", a.Name.Local == "insert":
			return r.fault("a configuration", `an instruction to change one, the attribute "`+a.Name.Local+`"`)
		}
	}
	return nil
}

// grow plants an element whose words are complete.
func (r *xmlReader) grow(e *element) error {
	e.node, e.depth = e.at, e.depth+len(e.words)
	if e.depth > maxWords {
		return r.fault("a shorter statement", "one more level")
	}
	if len(e.words) > 0 {
		s := statement{words: e.words, line: e.line, column: e.column, flags: e.flags, mark: max(e.mark, 0), warning: e.warning, loose: true}
		e.node = r.plant(e.at, &s)
	}
	return nil
}

func (r *xmlReader) end(e *element) error {
	r.stack = r.stack[:len(r.stack)-1]
	if len(r.stack) == 0 || e.node != nil { // the configuration itself, or an element with children
		return nil
	}
	text := escaped(strings.TrimSpace(withoutReturns(e.text.String())))
	around := r.stack[len(r.stack)-1]
	switch {
	case e.key:
		around.words = keyWords(around.words, e.name, text)
		return nil
	case e.name == "comment" && (strings.HasPrefix(text, "/*") || strings.HasPrefix(text, "#")):
		r.comment(text, e.line, e.column)
		return nil
	case e.name == around.name && text != "": // <metric><metric>10</metric></metric> is "metric 10"
		e.words = nil
	}
	e.mark = len(e.words) - 1
	if text != "" {
		e.words = append(e.words, text)
	}
	return r.grow(e)
}

// escaped is a text as it would stand between quotes in the other forms.
func escaped(text string) string {
	if !strings.ContainsAny(text, `"\\`) {
		return text
	}
	var b strings.Builder
	backslash := false // the character before is one that keeps the next
	for _, c := range []byte(text) {
		if c == '"' && !backslash {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
		backslash = c == '\\' && !backslash
	}
	if backslash {
		b.WriteByte('\\')
	}
	return b.String()
}
