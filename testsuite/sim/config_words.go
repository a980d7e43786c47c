package sim

import (
	"fmt"
	"strings"
)

// special are the characters that make Junos print a word in quotes.
const special = " \t;{}[]#\"$&|()^'`?"

// splitWords splits at blanks outside of double quotes. A word has quotes exactly if Junos would print it so; the
// brackets of a list are dropped.
func splitWords(line string) ([]string, error) {
	var words []string
	s := lexer{text: line}
	for {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		switch {
		case t.end:
			return words, nil
		case t.quoted:
			words = append(words, canonical(t.text))
		case t.text != "[" && t.text != "]":
			words = append(words, t.text)
		}
	}
}

// canonical is a word as Junos prints it.
func canonical(word string) string {
	if word == "" || strings.ContainsAny(word, special) {
		return quoted(word)
	}
	return word
}

// quoted puts a word into quotes if it has none.
func quoted(word string) string {
	if strings.HasPrefix(word, `"`) {
		return word
	}
	return `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
}

// unquoted is a word without its quotes.
func unquoted(word string) string {
	inner, found := strings.CutPrefix(word, `"`)
	if !found {
		return word
	}
	return strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `\"`, `"`)
}

// lexeme is a word of a configuration text or one of the signs that order it.
type lexeme struct {
	text   string
	quoted bool
	end    bool
}

// lexer splits configuration text; comments are skipped.
type lexer struct {
	text  string
	at    int
	curly bool // braces, semicolons and comments have a meaning
}

func (s *lexer) next() (lexeme, error) {
	if err := s.skip(); err != nil {
		return lexeme{}, err
	}
	if s.at >= len(s.text) {
		return lexeme{end: true}, nil
	}
	rest := s.text[s.at:]
	switch {
	case rest[0] == '"':
		return s.quotation()
	case s.curly && strings.ContainsRune("{};[]", rune(rest[0])):
		s.at++
		return lexeme{text: rest[:1]}, nil
	}
	stops := " \t\r\n"
	if s.curly {
		stops += "{};"
	}
	end := strings.IndexAny(rest, stops)
	if end < 0 {
		end = len(rest)
	}
	if s.curly && end > 1 && rest[end-1] == ']' && !strings.Contains(rest[:end], "[") {
		end-- // the last word of a list that has no blank before its bracket
	}
	s.at += end
	return lexeme{text: rest[:end]}, nil
}

// skip passes blanks and comments.
func (s *lexer) skip() error {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			s.at++
		case s.curly && rest[0] == '#':
			s.at += len(rest)
			if end := strings.IndexByte(rest, '\n'); end >= 0 {
				s.at += end - len(rest)
			}
		case s.curly && strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				return fmt.Errorf("syntax error: comment has no end")
			}
			s.at += end + len("*/")
		default:
			return nil
		}
	}
	return nil
}

func (s *lexer) quotation() (lexeme, error) {
	var word strings.Builder
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\' && i+1 < len(s.text) && s.text[i+1] == '"':
			i++
			word.WriteByte('"')
		case c == '"':
			s.at = i + 1
			return lexeme{text: word.String(), quoted: true}, nil
		default:
			word.WriteByte(c)
		}
	}
	return lexeme{}, fmt.Errorf("syntax error: unbalanced quotes: %s", s.text[s.at:min(len(s.text), s.at+40)])
}
