package configuration

import "strings"

// setReader reads "show configuration | display set": one statement a line. What deactivate and protect mark is known
// only at the end, since their lines may come first.
type setReader struct {
	*planter
	*lexer
	marks   []mark
	warning string
}

type mark struct {
	words []string
	flags flags
}

func (p *planter) readSet(text string, firstLine int) error {
	r := &setReader{planter: p, lexer: newLexer(p.tree.Name, text, firstLine, true)}
	for {
		more, err := r.statement()
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	for _, m := range r.marks {
		if n := p.tree.root.Child(m.words...); n != nil { // an excerpt may lack what is marked
			n.flags |= m.flags
		}
	}
	return nil
}

// statement reads one line.
func (r *setReader) statement() (more bool, err error) {
	r.blanks()
	if r.atLineStart() && terminalLine(r.restOfLine()) {
		r.skipLine()
	}
	verb, err := r.lexer.next()
	switch {
	case err != nil:
		return false, err
	case verb.kind == tokenEOF:
		return false, nil
	case verb.kind == tokenNewline:
		return true, nil
	case verb.kind == tokenComment:
		r.comment(verb)
		return true, nil
	case verb.kind != tokenWord || !setVerb(verb.text):
		return false, r.fault(verb.line, verb.column, `"set", "deactivate" or "protect"`, shown(verb))
	}
	s := statement{line: verb.line, column: verb.column, mark: -1}
	if err := r.words(&s); err != nil {
		return false, err
	}
	switch verb.text {
	case "set":
		s.warning, r.warning = r.warning, ""
		r.plant(r.tree.root, &s)
	case "deactivate":
		r.marks = append(r.marks, mark{s.words, inactive})
	case "protect":
		r.marks = append(r.marks, mark{s.words, protected})
	}
	return true, nil
}

func (r *setReader) comment(t token) {
	r.tree.Comments = append(r.tree.Comments, Comment{Text: t.text, Line: t.line, Column: t.column})
	if warning := deviceWarning(t.text); warning != "" {
		r.warning = warning
	}
}

// words reads the words of a line; a list in brackets, which people write, ends it.
func (r *setReader) words(s *statement) error {
	inList := false
	for {
		t, err := r.lexer.next()
		if err != nil {
			return err
		}
		switch {
		case (t.kind == tokenWord || t.kind == tokenQuoted) && (inList || s.values == 0):
			if s.words = append(s.words, t.text); len(s.words)-s.values > maxWords {
				return r.fault(t.line, t.column, "a shorter statement", string(t.kind))
			}
			if inList {
				s.values++
			}
		case t.kind == tokenList && !inList && s.values == 0 && len(s.words) > 0 && len(s.words) < maxWords:
			inList = true
		case t.kind == tokenListEnd && inList && s.values > 0:
			inList = false
		case t.kind == tokenComment && !inList && len(s.words) > 0:
			r.comment(t)
			if strings.HasPrefix(t.text, "## SECRET-DATA") {
				s.flags |= secret
			}
		case (t.kind == tokenNewline || t.kind == tokenEOF) && !inList && len(s.words) > 0:
			return nil
		default:
			return r.fault(t.line, t.column, "a statement on one line", string(t.kind))
		}
	}
}

// shown is a token as an error may show it: a word that could be a keyword, else only what sort of token it is.
func shown(t token) string {
	if t.kind == tokenWord && plainKeyword(t.text) && len(t.text) <= 16 {
		return `"` + t.text + `"`
	}
	return string(t.kind)
}
