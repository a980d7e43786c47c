package sim

import (
	"bufio"
	"io"
	"strings"
)

// terminal is the line discipline of an interactive login: echo, editing of the line, pages. Without a screen lines are
// read as they come, and there are neither prompts nor echo.
type terminal struct {
	in     *bufio.Reader
	out    io.Writer
	wire   *wire
	size   screen
	length int // lines of a page; 0 means no pages
}

func newTerminal(w *wire, size screen, rw io.ReadWriter) *terminal {
	return &terminal{in: bufio.NewReader(rw), out: rw, wire: w, size: size, length: size.rows}
}

func (t *terminal) real() bool { return t.size.there }

// say writes output that is part of no answer.
func (t *terminal) say(text string) bool {
	_, err := io.WriteString(t.out, t.ends(text))
	return err == nil
}

// ends are line ends as a terminal needs them.
func (t *terminal) ends(text string) string {
	if !t.real() {
		return text
	}
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// The control characters that matter when a line is read.
const (
	controlC  = 0x03
	controlD  = 0x04
	backspace = 0x08
	controlU  = 0x15
	escapeKey = 0x1b
	deleteKey = 0x7f
)

// readLine asks for a line; false if the client is gone or has ended its input.
func (t *terminal) readLine(prompt string) (string, bool) {
	if t.real() && !t.say(prompt) {
		return "", false
	}
	var line []byte
	for {
		b, err := t.in.ReadByte()
		if err != nil {
			return string(line), len(line) > 0
		}
		switch {
		case b == '\r' || b == '\n':
			t.pair(b)
			t.echo("\n")
			return string(line), true
		case b == controlD && len(line) == 0:
			return "", false
		case b == controlC:
			t.echo("^C\n")
			return "", true
		case b == backspace || b == deleteKey:
			if len(line) > 0 {
				line = line[:len(line)-1]
				t.echo("\b \b")
			}
		case b == controlU:
			t.echo(strings.Repeat("\b \b", len(line)))
			line = nil
		case b == escapeKey:
			t.sequence()
		case b >= ' ' || b == '\t':
			line = append(line, b)
			t.echo(string(b))
		}
	}
}

// pair swallows the second half of a line end.
func (t *terminal) pair(first byte) {
	if t.in.Buffered() == 0 || first != '\r' {
		return
	}
	if next, err := t.in.Peek(1); err == nil && next[0] == '\n' {
		// It has been seen; it cannot fail.
		_, _ = t.in.Discard(1)
	}
}

// sequence swallows what a cursor key sends.
func (t *terminal) sequence() {
	for t.in.Buffered() > 0 {
		b, err := t.in.ReadByte()
		if err != nil || b >= '@' && b != '[' && b != 'O' {
			return
		}
	}
}

func (t *terminal) echo(text string) {
	if t.real() {
		t.say(text)
	}
}

// readUntilEnd reads what somebody pastes, up to ^D.
func (t *terminal) readUntilEnd() string {
	var text strings.Builder
	for {
		b, err := t.in.ReadByte()
		if err != nil || b == controlD {
			t.echo("\n")
			return text.String()
		}
		if b == '\r' {
			b = '\n'
		}
		text.WriteByte(b)
		t.echo(string(b))
	}
}

const more = "---(more)---"

// page writes an answer page by page; false if the client is gone.
func (t *terminal) page(name, text string) bool {
	lines := strings.SplitAfter(text, "\n")
	if t.length == 0 || len(lines) <= t.length {
		return t.wire.send(t.out, name, t.ends(text))
	}
	for at := 0; at < len(lines); {
		end := min(at+t.length-1, len(lines))
		if !t.wire.send(t.out, name, t.ends(strings.Join(lines[at:end], ""))) {
			return false
		}
		if at = end; at >= len(lines) {
			return true
		}
		t.say(more)
		key, err := t.in.ReadByte()
		if err != nil {
			return false
		}
		t.say("\r" + strings.Repeat(" ", len(more)) + "\r")
		if key == 'q' || key == 'Q' || key == controlC {
			return true
		}
	}
	return true
}
