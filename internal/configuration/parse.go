package configuration

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// maxBytes bounds what Parse reads: about a hundred times the largest configuration a gateway can hold.
const maxBytes = 256 << 20

// SyntaxError tells where a text stops being a configuration. It is of kind upgrade.Invalid and never quotes a value,
// which may be a secret.
type SyntaxError struct {
	File         string
	Line, Column int // from 1; columns in bytes
	Expected     string
	Found        string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: expected %s, found %s", e.File, e.Line, e.Column, e.Expected, e.Found)
}

// As lets upgrade.KindOf see the kind.
func (e *SyntaxError) As(target any) bool {
	to, ok := target.(**upgrade.Error)
	if ok {
		*to = upgrade.Errorf(upgrade.Invalid, "%s", e.Error()).
			Advise("save the configuration again: show configuration | display set | no-more")
	}
	return ok
}

// Parse reads a configuration of any form, which it recognises by its content. The name stands for the source in errors
// and findings. What is no configuration, is cut short or holds no statement is a *SyntaxError; an error of the reader
// is returned wrapped.
func Parse(r io.Reader, name string) (*Tree, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading configuration %s: %w", name, err)
	}
	if len(data) > maxBytes {
		return nil, upgrade.Errorf(upgrade.Invalid, "configuration %s is larger than %d MiB", name, maxBytes>>20)
	}
	p := newPlanter(name)
	if err := p.read(strings.TrimPrefix(string(data), "\ufeff"), 1); err != nil {
		return nil, err
	}
	if p.tree.Empty() {
		return nil, &SyntaxError{File: name, Line: 1, Column: 1, Expected: "a configuration", Found: "no statement"}
	}
	return p.tree, nil
}

// read recognises the form of a text by its first token that is neither a comment nor what a terminal shows around a
// configuration.
func (p *planter) read(text string, firstLine int) error {
	l := newLexer(p.tree.Name, text, firstLine, true)
	for {
		if l.blanks(); l.atLineStart() && terminalLine(l.restOfLine()) {
			l.skipLine()
			continue
		}
		if strings.HasPrefix(l.text[l.at:], "<") {
			return p.readXML(text, l.at, l.line)
		}
		t, err := l.next()
		switch {
		case err != nil:
			return err
		case t.kind == tokenComment || t.kind == tokenNewline:
		case t.kind == tokenWord && setVerb(t.text):
			return p.readSet(text, firstLine)
		default:
			return p.readCurly(text, firstLine)
		}
	}
}

func setVerb(word string) bool { return word == "set" || word == "deactivate" || word == "protect" }

var (
	promptForm = regexp.MustCompile(`^[A-Za-z0-9._-]+@[A-Za-z0-9._:~/-]+ ?[>#%](?: |$)`)
	bannerForm = regexp.MustCompile(`^\{[a-z-]+:[a-z]*[0-9]+\}(?:\[edit[^\]]*\])?$`)
	pagerForm  = regexp.MustCompile(`^---\(more.*\)---$`)
	echoForm   = regexp.MustCompile(`(?:^|[>#%] )show configuration(?: ([^|;{"#\\]*))?(?:\|.*)?$`)
)

// terminalLine reports whether a line is what a terminal shows around a configuration: a prompt with the command, the
// banner of a cluster node, the edit path, the pager.
func terminalLine(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" {
		return false
	}
	switch line[0] {
	case '{':
		return bannerForm.MatchString(line)
	case '[':
		return strings.HasPrefix(line, "[edit") && strings.HasSuffix(line, "]")
	case '-':
		return pagerForm.MatchString(line)
	}
	if strings.HasPrefix(line, "show configuration") {
		return echoForm.MatchString(line)
	}
	return strings.IndexByte(line, '@') > 0 && promptForm.MatchString(line)
}

// shownBelow are the words of "show configuration interfaces st0": what follows in curly form is relative to them.
func shownBelow(line string) []string {
	m := echoForm.FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		return nil
	}
	return strings.Fields(m[1])
}

// deviceWarning is what Junos says of a statement in "## Warning: statement ignored: unsupported platform (vsrx)".
func deviceWarning(comment string) string {
	_, text, found := strings.Cut(strings.TrimLeft(comment, "#"), "Warning:")
	if !found || !strings.HasPrefix(comment, "##") {
		return ""
	}
	return strings.TrimSpace(text)
}
