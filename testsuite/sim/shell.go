package sim

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// shell is one command line of root on a host, run by a Bash of which it knows the part that runbooks use: quotes,
// "&&", "||", ";", pipes, "$?", redirections to /dev/null and to stderr, and VARIABLE=value in front of a command.
type shell struct {
	member *member
	cwd    string
	in     string // what the pipe brings
	out    strings.Builder
	errs   strings.Builder
	status int // of the command before
	write  bool
	hangs  bool // the command would still be waiting for an answer that never comes
}

func (s *shell) print(format string, args ...any) { fmt.Fprintf(&s.out, format, args...) }

// fail writes to stderr and gives the exit status.
func (s *shell) fail(exit int, format string, args ...any) int {
	fmt.Fprintf(&s.errs, format, args...)
	return exit
}

// homeOfRoot is where a login begins.
const homeOfRoot = "/root"

// runHost runs a command line in a folder of a member's host and records it; now is the folder where it ends.
func (c *Cloud) runHost(m *member, folder, line, peer string) (out, errs string, exit int, now string) {
	s := &shell{member: m, cwd: folder}
	if m.host.machine.shellBroken {
		exit = s.fail(255, "")
	} else {
		exit = s.run(line)
	}
	c.note(Call{Face: "host", Peer: peer, Name: line, Gateway: m.gateway.spec.ID, Member: m.id, Write: s.write,
		Status: fmt.Sprintf("exit %d", exit)})
	return s.out.String(), s.errs.String(), exit, s.cwd
}

// run runs a whole line; the exit status is that of the last command.
func (s *shell) run(line string) int {
	tokens, err := tokenize(line)
	if err != nil {
		return s.fail(2, "bash: -c: line 1: %v\n", err)
	}
	exit, skip := 0, false
	for len(tokens) > 0 {
		n := 0
		for n < len(tokens) && !tokens[n].ends() {
			n++
		}
		if n == 0 {
			return s.fail(2, "bash: -c: line 1: syntax error near unexpected token `%s'\n", tokens[0].text)
		}
		if !skip {
			exit = s.pipeline(tokens[:n])
			s.status = exit
		}
		if n == len(tokens) {
			break
		}
		switch tokens[n].text {
		case "&&":
			skip = exit != 0
		case "||":
			skip = exit == 0
		default:
			skip = false
		}
		tokens = tokens[n+1:]
	}
	return exit
}

// pipeline runs commands joined by "|"; the exit status is that of the last one.
func (s *shell) pipeline(tokens []token) int {
	exit := 0
	s.in = ""
	for {
		n := 0
		for n < len(tokens) && !tokens[n].is("|") {
			n++
		}
		if n == len(tokens) {
			return s.command(tokens)
		}
		part := &shell{member: s.member, cwd: s.cwd, in: s.in, status: s.status}
		exit = part.command(tokens[:n])
		s.in, s.write = part.out.String(), s.write || part.write
		s.errs.WriteString(part.errs.String())
		if tokens = tokens[n+1:]; len(tokens) == 0 {
			return s.fail(max(exit, 2), "bash: -c: line 1: syntax error: unexpected end of file\n")
		}
	}
}

// lastStatus stands for "$?" in a token until it is known.
const lastStatus = "\x00"

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// command runs one program with its redirections.
func (s *shell) command(tokens []token) int {
	var words []string
	quiet, deaf, aside := false, false, false
	for _, t := range tokens {
		switch {
		case t.is(">/dev/null"), t.is("1>/dev/null"):
			quiet = true
		case t.is("2>/dev/null"):
			deaf = true
		case t.is("&>/dev/null"):
			quiet, deaf = true, true
		case t.is("2>&1"):
			deaf = quiet // both streams of a session end up with the client
		case t.is(">&2"), t.is("1>&2"):
			aside = true
		case len(words) == 0 && !t.quoted && assignment.MatchString(t.text):
		default:
			words = append(words, strings.ReplaceAll(t.text, lastStatus, fmt.Sprint(s.status)))
		}
	}
	if len(words) == 0 {
		return 0
	}
	part := &shell{member: s.member, cwd: s.cwd, in: s.in}
	run, known := hostCommands()[words[0]]
	exit := 127
	if known {
		exit = run(part, words[1:])
	} else {
		part.fail(0, "bash: line 1: %s: command not found\n", words[0])
	}
	s.cwd, s.write, s.hangs = part.cwd, s.write || part.write, part.hangs
	switch {
	case aside:
		s.errs.WriteString(part.out.String())
	case !quiet:
		s.out.WriteString(part.out.String())
	}
	if !deaf {
		s.errs.WriteString(part.errs.String())
	}
	return exit
}

// token is a word or an operator of a command line.
type token struct {
	text     string
	quoted   bool
	operator bool
}

func (t token) is(text string) bool { return !t.quoted && t.text == text }

// ends tells whether a command list's next part begins behind this token.
func (t token) ends() bool {
	return t.operator && t.text != "|"
}

// tokenize splits a line as a POSIX shell does; what it does not know, such as a substitution or a redirection to a
// file, is refused, so that no command line means less here than on a real host.
func tokenize(line string) ([]token, error) {
	var tokens []token
	var word strings.Builder
	begun, quoted := false, false
	flush := func() {
		if begun {
			tokens = append(tokens, token{text: word.String(), quoted: quoted})
		}
		word.Reset()
		begun, quoted = false, false
	}
	in := strings.NewReader(strings.TrimSpace(strings.ReplaceAll(line, "> /dev/null", ">/dev/null")))
	for {
		r, _, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			flush()
			return tokens, nil
		}
		switch {
		case r == ' ' || r == '\t':
			flush()
		case r == '\'' || r == '"':
			begun, quoted = true, true
			if err := quotation(in, r, &word); err != nil {
				return nil, err
			}
		case r == '\\':
			next, _, _ := in.ReadRune()
			begun, quoted = true, true
			word.WriteRune(next)
		case r == '&' && strings.HasSuffix(word.String(), ">"):
			word.WriteRune(r)
		case r == '&' && strings.HasPrefix(unread(in), ">"):
			begun = true
			word.WriteRune(r)
		case strings.ContainsRune(";|&\n", r):
			flush()
			tokens = append(tokens, operatorToken(in, r))
		case r == '>' && !redirectable(unread(in)), strings.ContainsRune("<`(){}", r):
			return nil, fmt.Errorf("syntax error near unexpected token `%c'", r)
		case r == '$' && strings.HasPrefix(unread(in), "("):
			return nil, errors.New("syntax error near unexpected token `$('")
		case r == '$' && strings.HasPrefix(unread(in), "?"):
			_, _, _ = in.ReadRune() // the line above has just seen it
			begun = true
			word.WriteString(lastStatus)
		default:
			begun = true
			word.WriteRune(r)
		}
	}
}

// redirectable tells whether a redirection leads to one of the places that this shell knows.
func redirectable(target string) bool {
	return strings.HasPrefix(target, "/dev/null") || strings.HasPrefix(target, "&1") || strings.HasPrefix(target, "&2")
}

// quotation reads up to the closing quote.
func quotation(in *strings.Reader, quote rune, word *strings.Builder) error {
	for {
		r, _, err := in.ReadRune()
		if err != nil {
			return fmt.Errorf("unexpected EOF while looking for matching `%c'", quote)
		}
		if r == quote {
			return nil
		}
		if r == '$' && quote == '"' && strings.HasPrefix(unread(in), "?") {
			_, _, _ = in.ReadRune() // the line above has just seen it
			word.WriteString(lastStatus)
			continue
		}
		word.WriteRune(r)
	}
}

// operatorToken reads the second character of "&&" and "||" if it is there.
func operatorToken(in *strings.Reader, first rune) token {
	text := string(first)
	if first != ';' && strings.HasPrefix(unread(in), text) {
		_, _, _ = in.ReadRune() // rest has just shown that it is there
		text += text
	}
	return token{text: text, operator: true}
}

// unread is what is still unread.
func unread(in *strings.Reader) string {
	text := make([]byte, min(in.Len(), 16))
	n, _ := in.ReadAt(text, in.Size()-int64(in.Len())) // a short read at the end is all there is
	return string(text[:n])
}
