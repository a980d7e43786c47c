package configuration

import "strings"

// curlyReader reads "show configuration": statements that end with ";" or hold others in braces.
type curlyReader struct {
	*planter
	*lexer
	open     []*Node // the statements around, outermost first
	depth    []int   // words of each
	opened   []token // the brace that opened each
	warning  string  // for the next statement
	last     *Node   // of the last statement, for "## SECRET-DATA" behind it
	lastLine int
}

func (p *planter) readCurly(text string, firstLine int) error {
	r := &curlyReader{planter: p, lexer: newLexer(p.tree.Name, text, firstLine, false), open: []*Node{p.tree.root}, depth: []int{0}}
	for {
		more, err := r.statement()
		if err != nil || !more {
			return err
		}
	}
}

// statement reads to the end of one statement, or the brace that opens or closes one.
func (r *curlyReader) statement() (more bool, err error) {
	var s statement
	for {
		if len(s.words) == 0 && r.terminal() {
			continue
		}
		t, err := r.lexer.next()
		if err != nil {
			return false, err
		}
		if len(s.words) == 0 && s.line == 0 && t.kind != tokenComment {
			s.line, s.column = t.line, t.column
		}
		switch t.kind {
		case tokenComment:
			r.comment(t)
		case tokenWord, tokenQuoted:
			if s.values > 0 {
				return false, r.unexpected(t, string(tokenEnd))
			}
			if flag, ok := tag(t); ok && len(s.words) == 0 {
				s.flags |= flag
			} else if s.words = append(s.words, t.text); r.depth[len(r.depth)-1]+len(s.words) > maxWords {
				return false, r.unexpected(t, "a shorter statement")
			}
		case tokenList:
			if len(s.words) == 0 || s.values > 0 || r.depth[len(r.depth)-1]+len(s.words) >= maxWords {
				return false, r.unexpected(t, "a statement")
			}
			if err := r.list(&s); err != nil {
				return false, err
			}
		case tokenEnd:
			return true, r.end(t, &s)
		case tokenOpen:
			return true, r.enter(t, &s)
		case tokenClose:
			return true, r.leave(t, &s)
		default:
			return false, r.finish(t, &s)
		}
	}
}

// terminal passes over a line that belongs to the terminal and remembers below which statements the command showed.
func (r *curlyReader) terminal() bool {
	r.blanks()
	if len(r.open) > 1 && !strings.HasPrefix(r.text[r.at:], "---(more") || !r.atLineStart() {
		return false
	}
	line := r.restOfLine()
	if !terminalLine(line) {
		return false
	}
	if words := shownBelow(line); len(words) > 0 && len(words) < maxWords {
		r.open[0] = r.plant(r.tree.root, &statement{words: words, line: r.line, column: 1, mark: -1})
		r.depth[0] = len(words)
	}
	r.skipLine()
	return true
}

// tag reads what Junos puts in front of a statement.
func tag(t token) (flags, bool) {
	if t.kind != tokenWord {
		return 0, false
	}
	switch t.text {
	case "inactive:":
		return inactive, true
	case "protect:":
		return protected, true
	case "active:", "unprotect:":
		return 0, true
	}
	return 0, false
}

func (r *curlyReader) comment(t token) {
	r.tree.Comments = append(r.tree.Comments, Comment{Text: t.text, Line: t.line, Column: t.column})
	if warning := deviceWarning(t.text); warning != "" {
		r.warning = warning
	}
	if r.last != nil && t.line == r.lastLine && strings.HasPrefix(t.text, "## SECRET-DATA") {
		r.last.flags |= secret
	}
}

// list reads the values of "[ a b ]".
func (r *curlyReader) list(s *statement) error {
	for {
		t, err := r.lexer.next()
		switch {
		case err != nil:
			return err
		case t.kind == tokenWord || t.kind == tokenQuoted:
			s.words = append(s.words, t.text)
			s.values++
		case t.kind == tokenComment:
			r.comment(t)
		case t.kind == tokenListEnd && s.values > 0:
			return nil
		default:
			return r.unexpected(t, `a value or "]"`)
		}
	}
}

func (r *curlyReader) end(t token, s *statement) error {
	if len(s.words) == 0 {
		return r.unexpected(t, "a statement")
	}
	s.options = true
	s.mark = leafMark(r.open[len(r.open)-1].word, s)
	r.add(s)
	r.lastLine = t.line
	return nil
}

// leafMark is the word that an "inactive:" in front of a statement without braces marks: the key where there is one,
// else the keyword, as display set deactivates it. In the conditions of a policy or a term there are no keys.
func leafMark(around string, s *statement) int {
	condition := around == "match" || around == "from" || around == "then"
	if len(s.words) > 1 && s.values == 0 && keyed(s.words[0]) && !condition {
		return 1
	}
	return 0
}

func (r *curlyReader) add(s *statement) *Node {
	s.flags |= structured
	s.warning, r.warning = r.warning, ""
	r.last = r.plant(r.open[len(r.open)-1], s)
	return r.last
}

func (r *curlyReader) enter(t token, s *statement) error {
	if len(s.words) == 0 || s.values > 0 {
		return r.unexpected(t, "a statement")
	}
	s.mark = len(s.words) - 1
	r.open = append(r.open, r.add(s))
	r.depth = append(r.depth, r.depth[len(r.depth)-1]+len(s.words))
	r.opened = append(r.opened, t)
	return nil
}

func (r *curlyReader) leave(t token, s *statement) error {
	if len(s.words) > 0 {
		return r.unexpected(t, string(tokenEnd))
	}
	if len(r.open) == 1 {
		return r.unexpected(t, "a statement")
	}
	r.open, r.depth, r.opened = r.open[:len(r.open)-1], r.depth[:len(r.depth)-1], r.opened[:len(r.opened)-1]
	return nil
}

// finish accepts the end of the file where every brace is closed.
func (r *curlyReader) finish(t token, s *statement) error {
	switch {
	case t.kind != tokenEOF:
		return r.unexpected(t, "a statement")
	case len(s.words) > 0:
		return r.unexpected(t, string(tokenEnd))
	case len(r.opened) > 0:
		return r.unexpected(t, `"}"`)
	}
	return nil
}

func (r *curlyReader) unexpected(t token, expected string) error {
	return r.fault(t.line, t.column, expected, string(t.kind))
}
