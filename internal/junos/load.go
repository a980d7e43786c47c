package junos

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// LoadAction says what a load does with the configuration that is there (Juniper: load).
type LoadAction string

// The actions of a load.
const (
	LoadOverride LoadAction = "override" // the loaded configuration takes its place
	LoadMerge    LoadAction = "merge"    // the loaded statements are added
	LoadSet      LoadAction = "set"      // the loaded lines are commands
)

// Load is a configuration to put into the candidate.
type Load struct {
	Action LoadAction
	Format Format    // Text or XML; Set with LoadSet
	From   io.Reader // read once, while it is sent
}

func (l Load) validate() error {
	switch {
	case l.From == nil:
		return upgrade.Errorf(upgrade.Invalid, "a load needs something to load")
	case l.Action == LoadSet && l.Format == Set:
		return nil
	case (l.Action == LoadOverride || l.Action == LoadMerge) && (l.Format == Text || l.Format == XML):
		return nil
	}
	return upgrade.Errorf(upgrade.Invalid, "there is no load %q of a configuration in the form %q", l.Action, l.Format)
}

// commands is a load of lines.
func commands(lines []string) *Load {
	return &Load{Action: LoadSet, Format: Set, From: strings.NewReader(strings.Join(lines, "\n"))}
}

// load streams a configuration into the candidate. Errors are of kind Refused, Invalid (it cannot be sent as what it is
// said to be; the session is over), Internal (From failed; likewise), Malformed or Unreachable.
func (s *Session) load(ctx context.Context, l Load) error {
	format, wrapper := "text", "configuration-"+string(l.Format)
	if l.Format == XML {
		format, wrapper = "xml", ""
	}
	var reply *element
	err := s.stream(ctx, s.patience, func(w io.Writer) error {
		fmt.Fprintf(w, `<load-configuration action="%s" format="%s">`, l.Action, format) // a failure stays until Flush
		var err error
		if wrapper == "" {
			err = copyDocument(w, l.From)
		} else {
			io.WriteString(w, "<"+wrapper+">")
			err = copyEscaped(w, l.From)
			io.WriteString(w, "</"+wrapper+">")
		}
		io.WriteString(w, "</load-configuration>")
		return err
	}, func(id string, message io.Reader) error {
		document, err := io.ReadAll(message)
		if err != nil {
			return err
		}
		reply, err = parseReply(document, id, false)
		return err
	})
	if err != nil {
		return fmt.Errorf("load-configuration: %w", err)
	}
	if refused := refusals(reply); len(refused) > 0 {
		return upgrade.Errorf(upgrade.Refused, "load-configuration on %s: %w", s.address, &rpcError{refused})
	}
	return nil
}

// copyEscaped copies a text into an element. Line ends stay as they are: Junos reads the text line by line, and a
// character reference in their place need not be resolved before that.
func copyEscaped(w io.Writer, from io.Reader) error {
	escaper := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	chunk := make([]byte, 32<<10)
	for {
		n, err := from.Read(chunk)
		if _, failed := escaper.WriteString(w, string(chunk[:n])); failed != nil { // single bytes, so that chunks may end anywhere
			return failed
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return readingLoad(err)
		}
	}
}

// copyDocument copies a configuration element as it is. What is no single well-formed element, or holds the end mark of a
// message, would break the request apart and is refused.
func copyDocument(w io.Writer, from io.Reader) error {
	in := bufio.NewReader(from)
	if err := skipProlog(in); err != nil {
		return err
	}
	sent := &markGuard{w: w}
	decoder, depth, seen := newDecoder(io.TeeReader(in, sent)), 0, false
	for {
		token, err := decoder.Token()
		var broken *xml.SyntaxError
		switch {
		case err == io.EOF && seen:
			return nil
		case err == io.EOF || errors.As(err, &broken):
			return invalidDocument()
		case err != nil && classified(err):
			return err
		case err != nil:
			return readingLoad(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 && (seen || token.Name.Local != "configuration") {
				return invalidDocument()
			}
			seen = true
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(token)) > 0 {
				return invalidDocument()
			}
		case xml.Directive, xml.ProcInst:
			return invalidDocument()
		}
	}
}

// skipProlog leaves out blanks and an XML declaration, which may stand at the beginning of a message only.
func skipProlog(in *bufio.Reader) error {
	declared := false
	for {
		c, err := in.ReadByte()
		switch {
		case err == io.EOF:
			return invalidDocument()
		case err != nil:
			return readingLoad(err)
		case strings.ContainsRune(" \t\r\n\ufeff", rune(c)):
			continue
		}
		if err := in.UnreadByte(); err != nil {
			return err
		}
		if start, _ := in.Peek(5); string(start) != "<?xml" || declared {
			return nil
		}
		if _, err := in.ReadString('>'); err != nil {
			return invalidDocument()
		}
		declared = true
	}
}

func invalidDocument() error {
	return upgrade.Errorf(upgrade.Invalid, "what is to be loaded is not one configuration element in XML")
}

func readingLoad(err error) error {
	return upgrade.Errorf(upgrade.Internal, "reading the configuration to load: %w", err)
}

// markGuard passes on what holds no end mark of a message, in whatever pieces it comes.
type markGuard struct {
	w    io.Writer
	tail []byte
}

func (g *markGuard) Write(p []byte) (int, error) {
	seam := append(g.tail, p[:min(len(p), len(endMark)-1)]...)
	if bytes.Contains(seam, endMark) || bytes.Contains(p, endMark) {
		return 0, invalidDocument()
	}
	g.tail = append([]byte(nil), lastBytes(append(g.tail, p...), len(endMark)-1)...)
	return g.w.Write(p)
}

func lastBytes(p []byte, n int) []byte { return p[max(0, len(p)-n):] }
