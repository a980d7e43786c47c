package junos

import (
	"slices"

	"vsrx-upgrade/internal/upgrade"
)

// curly reads a configuration in text format that is written to it in any pieces, and gives every statement with the
// words of its path. Braces, semicolons and marks of comments inside quotes are text.
type curly struct {
	statement func(path []string, inactive bool)

	open    [][]string // words of each container that is open
	words   []string   // of the statement that is being read
	word    []byte
	quoted  bool
	escaped bool
	comment commentKind
	last    byte
	stray   bool // a closing brace without an open container
}

type commentKind string

const (
	noComment    commentKind = ""
	lineComment  commentKind = "line"  // # and ##, to the end of the line
	blockComment commentKind = "block" // /* ... */
)

// Write never fails.
func (c *curly) Write(p []byte) (int, error) {
	for _, b := range p {
		c.read(b)
		c.last = b
	}
	return len(p), nil
}

func (c *curly) read(b byte) {
	switch {
	case c.comment == lineComment:
		if b == '\n' {
			c.comment = noComment
		}
	case c.comment == blockComment:
		if b == '/' && c.last == '*' {
			c.comment = noComment
		}
	case c.quoted:
		c.word = append(c.word, b)
		c.quoted = b != '"' || c.escaped
		c.escaped = b == '\\' && !c.escaped
	case b == '"':
		c.word, c.quoted, c.escaped = append(c.word, b), true, false
	case b == ' ' || b == '\t' || b == '\n' || b == '\r':
		c.endWord()
	case b == ';':
		c.endStatement()
	case len(c.word) == 0 && b == '#':
		c.comment = lineComment
	case b == '*' && string(c.word) == "/":
		c.word, c.comment = nil, blockComment
	case len(c.word) == 0 && b == '{':
		c.openContainer()
	case len(c.word) == 0 && b == '}':
		c.closeContainer()
	default:
		c.word = append(c.word, b)
	}
}

func (c *curly) endWord() {
	if len(c.word) > 0 {
		c.words, c.word = append(c.words, string(c.word)), nil
	}
}

func (c *curly) endStatement() {
	c.endWord()
	c.emit()
	c.words = nil
}

func (c *curly) openContainer() {
	c.emit()
	c.open, c.words = append(c.open, withoutMarks(c.words)), nil
}

func (c *curly) closeContainer() {
	c.words = nil
	if len(c.open) == 0 {
		c.stray = true
		return
	}
	c.open = c.open[:len(c.open)-1]
}

func (c *curly) emit() {
	if words := withoutMarks(c.words); len(words) > 0 {
		path := slices.Concat(append(slices.Clone(c.open), words)...)
		c.statement(path, slices.Contains(c.words[:len(c.words)-len(words)], "inactive:"))
	}
}

// withoutMarks drops the marks that stand before a statement (Juniper: inactive:, protect:, replace:).
func withoutMarks(words []string) []string {
	for len(words) > 0 && (words[0] == "inactive:" || words[0] == "protect:" || words[0] == "replace:") {
		words = words[1:]
	}
	return words
}

// end tells whether the configuration was whole.
func (c *curly) end() error {
	c.endWord()
	if c.quoted || c.comment == blockComment || c.stray || len(c.open) > 0 || len(c.words) > 0 {
		return upgrade.Errorf(upgrade.Malformed, "the configuration ends within a statement")
	}
	return nil
}
