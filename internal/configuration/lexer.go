package configuration

import "strings"

type kind string

// The tokens of the text forms.
const (
	tokenWord    kind = "a word"
	tokenQuoted  kind = "a quoted string"
	tokenOpen    kind = `"{"`
	tokenClose   kind = `"}"`
	tokenEnd     kind = `";"`
	tokenList    kind = `"["`
	tokenListEnd kind = `"]"`
	tokenComment kind = "a comment"
	tokenNewline kind = "the end of the line"
	tokenEOF     kind = "end of file"
)

// token is a piece of a text with where it begins.
type token struct {
	kind         kind
	text         string // of a word or a quoted string, without quotes and with its escapes
	line, column int
}

// lexer cuts a text into tokens. In the set form the end of a line is one, in the curly form it is blank.
type lexer struct {
	name      string
	text      string
	at        int
	line      int
	lineStart int
	newlines  bool
}

func newLexer(name, text string, firstLine int, newlines bool) *lexer {
	return &lexer{name: name, text: text, line: firstLine, newlines: newlines}
}

func (l *lexer) column() int { return l.at - l.lineStart + 1 }

// atLineStart reports whether only blanks stand before the next token on its line.
func (l *lexer) atLineStart() bool { return strings.TrimLeft(l.text[l.lineStart:l.at], " \t\r") == "" }

// restOfLine is what stands from here to the end of the line.
func (l *lexer) restOfLine() string {
	rest, _, _ := strings.Cut(l.text[l.at:], "\n")
	return rest
}

func (l *lexer) skipLine() {
	l.at += len(l.restOfLine())
}

func (l *lexer) blanks() {
	for l.at < len(l.text) {
		switch l.text[l.at] {
		case ' ', '\t', '\r', '\v', '\f':
		case '\n':
			if l.newlines {
				return
			}
			l.line++
			l.lineStart = l.at + 1
		default:
			return
		}
		l.at++
	}
}

// next returns the token after the blanks.
func (l *lexer) next() (token, error) {
	l.blanks()
	t := token{line: l.line, column: l.column()}
	if l.at >= len(l.text) {
		t.kind = tokenEOF
		return t, nil
	}
	single := func(k kind) (token, error) {
		l.at++
		t.kind = k
		return t, nil
	}
	switch l.text[l.at] {
	case '\n':
		t, err := single(tokenNewline)
		l.line++
		l.lineStart = l.at
		return t, err
	case '{':
		return single(tokenOpen)
	case '}':
		return single(tokenClose)
	case ';':
		return single(tokenEnd)
	case '[':
		return single(tokenList)
	case ']':
		return single(tokenListEnd)
	case '"':
		return l.quoted(t)
	case '#':
		t.kind, t.text = tokenComment, strings.TrimRight(l.restOfLine(), " \t\r")
		l.skipLine()
		return t, nil
	case '/':
		if strings.HasPrefix(l.text[l.at:], "/*") {
			return l.comment(t)
		}
	}
	t.kind, t.text = tokenWord, l.word()
	if l.at < len(l.text) && l.text[l.at] == '"' {
		return t, l.fault(l.line, l.column(), "a blank", string(tokenQuoted))
	}
	return t, nil
}

// word reads to the next blank or mark; brackets inside a word belong to it as long as they are balanced: <ge-0/0/[0-3]>.
func (l *lexer) word() string {
	start, depth := l.at, 0
	for ; l.at < len(l.text); l.at++ {
		switch l.text[l.at] {
		case ' ', '\t', '\r', '\n', '\v', '\f', '{', '}', ';', '"':
			return l.text[start:l.at]
		case '[':
			depth++
		case ']':
			if depth == 0 {
				return l.text[start:l.at]
			}
			depth--
		}
	}
	return l.text[start:]
}

// quoted reads a string, which may go over several lines; a backslash keeps the character after it.
func (l *lexer) quoted(t token) (token, error) {
	start := l.at + 1
	for i := start; i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			i++
			if i < len(l.text) && l.text[i] == '\n' {
				l.line++
				l.lineStart = i + 1
			}
		case '\n':
			l.line++
			l.lineStart = i + 1
		case '"':
			t.kind, t.text = tokenQuoted, withoutReturns(l.text[start:i])
			l.at = i + 1
			if l.at < len(l.text) && !strings.ContainsRune(" \t\r\n\v\f;{}]", rune(l.text[l.at])) {
				return t, l.fault(l.line, l.column(), "a blank after a quoted string", "more text")
			}
			return t, nil
		}
	}
	return t, l.fault(t.line, t.column, "the string that begins here to be closed", string(tokenEOF))
}

// comment reads to the end of a /* comment */.
func (l *lexer) comment(t token) (token, error) {
	length := strings.Index(l.text[l.at+2:], "*/")
	if length < 0 {
		return t, l.fault(t.line, t.column, `"*/" after the comment that begins here`, string(tokenEOF))
	}
	t.kind, t.text = tokenComment, l.text[l.at:l.at+length+4]
	l.line += strings.Count(t.text, "\n")
	if i := strings.LastIndexByte(t.text, '\n'); i >= 0 {
		l.lineStart = l.at + i + 1
	}
	l.at += len(t.text)
	t.text = withoutReturns(t.text)
	return t, nil
}

// withoutReturns makes a text with CRLF line ends equal to one without.
func withoutReturns(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return strings.ReplaceAll(text, "\r", "")
}

func (l *lexer) fault(line, column int, expected, found string) error {
	return &SyntaxError{File: l.name, Line: line, Column: column, Expected: expected, Found: found}
}
