package sim

import "strings"

// mask is a parsed object mask: the properties asked for on one level. A nil mask asks for nothing in particular.
type mask struct {
	properties map[string]*mask
	casts      map[string]*mask // by type without prefix: what is asked for if the object is of that type
}

func newMask() *mask { return &mask{properties: map[string]*mask{}, casts: map[string]*mask{}} }

// empty tells whether a mask names nothing, so that everything local is shown.
func (m *mask) empty() bool { return m == nil || len(m.properties) == 0 && len(m.casts) == 0 }

// below is the mask of a property, made if it is new.
func (m *mask) below(name string) *mask {
	if m.properties[name] == nil {
		m.properties[name] = newMask()
	}
	return m.properties[name]
}

// cast is the mask for objects of a type, made if it is new.
func (m *mask) cast(kind string) *mask {
	if m.casts[kind] == nil {
		m.casts[kind] = newMask()
	}
	return m.casts[kind]
}

// parseMask reads an object mask: one root or several, with or without brackets around all of them, each
// "mask[id,status[name]]", "mask.status.name", "mask(SoftLayer_Hardware_Server)[id]" or a bare property (SoftLayer:
// "Object Masks"). An empty text is no mask.
func parseMask(text string) (*mask, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	p := maskParser{text: text}
	m := newMask()
	wrapped := p.accept('[')
	p.list(m, p.root)
	if wrapped {
		p.demand(']')
	}
	if p.broken || p.rest() != "" {
		return nil, &refusal{500, exceptionPublic, "Object mask is malformed."}
	}
	return m, nil
}

type maskParser struct {
	text   string
	pos    int
	broken bool
}

// rest is what is left to read, without leading blanks.
func (p *maskParser) rest() string {
	left := strings.TrimLeft(p.text[p.pos:], " \t\r\n")
	p.pos = len(p.text) - len(left)
	return left
}

func (p *maskParser) accept(sign byte) bool {
	if left := p.rest(); left == "" || left[0] != sign {
		return false
	}
	p.pos++
	return true
}

func (p *maskParser) demand(sign byte) {
	if !p.accept(sign) {
		p.broken = true
	}
}

func (p *maskParser) word() string {
	left := p.rest()
	end := strings.IndexAny(left, ",.[]() \t\r\n")
	if end < 0 {
		end = len(left)
	}
	if end == 0 {
		p.broken = true
	}
	p.pos += end
	return left[:end]
}

// list reads entries between commas into m.
func (p *maskParser) list(m *mask, entry func(*mask)) {
	entry(m)
	for !p.broken && p.accept(',') {
		entry(m)
	}
}

// root reads an entry of the outermost level, where "mask" stands for the object itself. filteredMask is its older
// spelling.
func (p *maskParser) root(m *mask) {
	before := p.pos
	if word := p.word(); word != "mask" && word != "filteredMask" {
		p.pos = before
		p.property(m)
		return
	}
	p.tail(m)
}

func (p *maskParser) property(m *mask) {
	if name := p.word(); !p.broken {
		p.tail(m.below(name))
	}
}

// tail reads what follows a name: a cast, then ".property" or "[property,...]", or nothing.
func (p *maskParser) tail(m *mask) {
	if p.accept('(') {
		m = m.cast(strings.TrimPrefix(p.word(), "SoftLayer_"))
		p.demand(')')
	}
	switch {
	case p.broken:
	case p.accept('.'):
		p.property(m)
	case p.accept('['):
		if !p.accept(']') {
			p.list(m, p.property)
			p.demand(']')
		}
	}
}
