package configuration

import (
	"bufio"
	"io"
	"strings"
)

// Quote returns a word as Junos prints it: in quotes when it would not be read as one word, or holds what Junos quotes.
// The escapes of a quoted string are part of the word and stay as they were read.
func Quote(word string) string {
	if word == "" || !bare(word) {
		return `"` + word + `"`
	}
	return word
}

// bare reports whether a word may stand without quotes.
func bare(word string) bool {
	depth, backslashes := 0, 0
	quote := false
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c == '\\' {
			backslashes++
			continue
		}
		backslashes = 0
		switch c {
		case ' ', '\t', '\r', '\n', '\v', '\f', '{', '}', ';', '"':
			return false
		case '$', '&', '|', '(', ')', '\'', '!', '?':
			quote = true
		case '<':
			quote = quote || i == 0 && !strings.HasSuffix(word, ">")
		case '[':
			if i == 0 {
				return false
			}
			depth++
		case ']':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	if word[0] == '#' || strings.HasPrefix(word, "/*") {
		return false
	}
	if _, isTag := tag(token{kind: tokenWord, text: word}); isTag {
		return false
	}
	return !quote || backslashes%2 == 1 // quotes would swallow the closing one
}

// Line returns a statement as one line of text: its words, quoted where Junos quotes them.
func Line(words ...string) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(Quote(word))
	}
	return b.String()
}

// WriteSet writes the configuration in set form, in the order of the tree: a set line for each statement, and a
// deactivate or protect line behind the statements that it marks. Secrets are written as they are.
func (t *Tree) WriteSet(w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	var path []byte
	var visit func(n *Node)
	mark := func(n *Node) {
		for _, m := range []struct {
			flag flags
			verb string
		}{{inactive, "deactivate"}, {protected, "protect"}} {
			if n.flags&m.flag != 0 {
				out.WriteString(m.verb)
				out.Write(path)
				out.WriteByte('\n')
			}
		}
	}
	visit = func(n *Node) {
		length := len(path)
		if n != t.root {
			path = append(append(path, ' '), Quote(n.word)...)
			if n.Leaf() {
				out.WriteString("set")
				out.Write(path)
				out.WriteByte('\n')
			}
		}
		for _, child := range n.children {
			visit(child)
		}
		mark(n)
		path = path[:length]
	}
	visit(t.root)
	return out.Flush()
}
