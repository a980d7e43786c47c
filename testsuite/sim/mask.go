package sim

import (
	"fmt"
	"strings"
)

// mask is a parsed object mask: the properties asked for on one level.
type mask map[string]mask

// parseMask reads "mask[id,status[name]]", "mask.status.name" or a bare list; "" is no mask.
func parseMask(text string) (mask, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	if inner, found := strings.CutPrefix(text, "mask"); found {
		text = strings.TrimPrefix(inner, ".")
		if strings.HasPrefix(text, "[") {
			if !strings.HasSuffix(text, "]") {
				return nil, &refusal{500, exceptionPublic, "Object mask is malformed."}
			}
			text = text[1 : len(text)-1]
		}
	}
	p := maskParser{text: text}
	m := p.level()
	if p.pos != len(p.text) || p.broken {
		return nil, &refusal{500, exceptionPublic, "Object mask is malformed."}
	}
	return m, nil
}

type maskParser struct {
	text   string
	pos    int
	broken bool
}

func (p *maskParser) level() mask {
	m := mask{}
	for {
		p.entry(m)
		if p.broken || p.pos >= len(p.text) || p.text[p.pos] != ',' {
			return m
		}
		p.pos++
	}
}

// entry reads "a", "a.b" or "a[b,c]" into m.
func (p *maskParser) entry(m mask) {
	name := p.word()
	if name == "" {
		p.broken = true
		return
	}
	if m[name] == nil {
		m[name] = mask{}
	}
	if p.pos >= len(p.text) {
		return
	}
	switch p.text[p.pos] {
	case '.':
		p.pos++
		p.entry(m[name])
	case '[':
		p.pos++
		for k, v := range p.level() {
			m[name][k] = v
		}
		if p.pos >= len(p.text) || p.text[p.pos] != ']' {
			p.broken = true
			return
		}
		p.pos++
	}
}

func (p *maskParser) word() string {
	rest := p.text[p.pos:]
	end := strings.IndexAny(rest, ",.[]")
	if end < 0 {
		end = len(rest)
	}
	p.pos += end
	return strings.TrimSpace(rest[:end])
}

// refusal is an answer other than success.
type refusal struct {
	status int
	code   string
	text   string
}

func (r *refusal) Error() string { return r.text }

// Exception codes of the SoftLayer API.
const (
	exceptionPublic   = "SoftLayer_Exception_Public"
	exceptionNotFound = "SoftLayer_Exception_ObjectNotFound"
	exceptionBadCall  = "SoftLayer_Exception_WebService_BadRequest"
	exceptionRate     = "SoftLayer_Exception_WebService_RateLimitExceeded"
)

// show turns a value into what JSON shows of it under a mask. Naming one local property of a level drops the other
// local ones (SoftLayer: "Using Object Masks").
func (s schema) show(v any, m mask) (any, error) {
	switch v := v.(type) {
	case object:
		return s.showObject(v, m)
	case []object:
		list := make([]any, len(v))
		for i, o := range v {
			shown, err := s.showObject(o, m)
			if err != nil {
				return nil, err
			}
			list[i] = shown
		}
		return list, nil
	}
	return v, nil
}

func (s schema) showObject(o object, m mask) (any, error) {
	properties := s[o.kind]
	chosen := false
	for name := range m {
		p, known := properties[name]
		if !known {
			return nil, &refusal{500, exceptionPublic, fmt.Sprintf("Property '%s' not valid for 'SoftLayer_%s'.", name, o.kind)}
		}
		chosen = chosen || p.local
	}
	out := map[string]any{}
	for name, p := range properties {
		below, asked := m[name]
		if !asked && (!p.local || chosen) {
			continue
		}
		shown, err := s.show(p.get(o.value), below)
		if err != nil {
			return nil, err
		}
		if shown != nil || p.local {
			out[name] = shown // an empty relation is left out, an empty value is null
		}
	}
	return out, nil
}
