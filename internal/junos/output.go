package junos

import (
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// output is what a device answered to one question, in whichever form: a tree where it spoke XML ("| display xml",
// NETCONF) or JSON ("| display json"), text where it spoke to a person. Text inside an XML reply stands in both.
type output struct {
	tree *element
	text string
}

// part is what one node of a cluster answered; node is "" where the output is not divided by node.
type part struct {
	node string
	tree *element
	text string
}

// The lines that tell where a form begins. A prompt of a cluster ("{primary:node0}") begins like JSON, a row of "show
// security ipsec security-associations" ("<131073 ESP:...") and a wildcard of the configuration ("<*>") like XML.
var (
	markupLine = regexp.MustCompile(`(?m)^[ \t]*<(?:[?!]|/?[A-Za-z][\w.:-]*(?:\s|/?>|$))`)
	objectLine = regexp.MustCompile(`(?m)^[ \t]*\{[ \t]*(?:"|$)`)
	nodeHeader = regexp.MustCompile(`^((?:node|fpc|re|member)\d+|localre):$`)
)

// readOutput takes an output apart that may have a byte order mark, carriage returns, prompts and echoes around it.
// Errors are of kind Malformed, or Refused in the words of the device; beside a refusal stands the output that holds it.
func readOutput(raw string) (output, error) {
	text := normal(raw)
	if at := markupLine.FindStringIndex(text); at != nil {
		tree, err := parseElement([]byte(document(text[at[0]:])), true)
		if err != nil {
			return output{}, upgrade.Errorf(upgrade.Malformed, "reading the output: %w", err)
		}
		if len(tree.children) == 0 && strings.HasPrefix(tree.text, "{") {
			return readObject(tree.text)
		}
		return treeOutput(tree)
	}
	if at := objectLine.FindStringIndex(text); at != nil {
		return readObject(text[at[0]:])
	}
	if refused := refusedLines(text); len(refused) > 0 {
		return output{text: text}, upgrade.Errorf(upgrade.Refused, "%w", &rpcError{refused})
	}
	return output{text: text}, nil
}

func readObject(text string) (output, error) {
	tree, err := parseObject(text)
	if err != nil {
		return output{}, upgrade.Errorf(upgrade.Malformed, "reading the output: %w", err)
	}
	return treeOutput(tree)
}

// treeOutput is the output of a tree, which may be one of refusal.
func treeOutput(tree *element) (output, error) {
	o := output{tree: tree, text: tree.outputs()}
	refused := append(refusals(tree), refusedLines(o.text)...)
	if len(refused) > 0 {
		return o, upgrade.Errorf(upgrade.Refused, "%w", &rpcError{refused})
	}
	return o, nil
}

// normal drops what a capture adds to a text.
func normal(raw string) string {
	text := strings.TrimPrefix(raw, "\uFEFF")
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(text)
}

// document ends where the last element does; end marks, comments and prompts may follow.
func document(text string) string {
	text, _, _ = strings.Cut(text, "]]>]]>")
	end := 0
	if at := strings.LastIndex(text, "</"); at >= 0 {
		end = at + strings.IndexByte(text[at:], '>') + 1
	}
	return text[:max(end, strings.LastIndex(text, "/>")+2)]
}

// outputs is the text of every output element, where a device answers in text what others answer in elements.
func (e *element) outputs() string {
	var texts []string
	for _, found := range e.all("output") {
		texts = append(texts, found.text)
	}
	return strings.Join(texts, "\n")
}

// refusedLines are the lines in which the CLI refuses a command: a cluster writes one for each node.
func refusedLines(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if refusedLine.MatchString(line) && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

var refusedLine = regexp.MustCompile(`^(?:error:|unknown command|syntax error|permission denied)`)

// byNode divides an output by node. Junos wraps some replies of a cluster and not others, a wrapper may hold one node
// only, and text has a header for each node.
func (o output) byNode() []part {
	var parts []part
	for _, item := range o.tree.all("multi-routing-engine-item") {
		parts = append(parts, part{node: item.value("re-name"), tree: item, text: item.outputs()})
	}
	if len(parts) == 0 {
		parts = sections(o.text)
		if o.tree != nil && len(parts) > 0 {
			parts[0].tree = o.tree
		}
	}
	return parts
}

// sections cuts a text at its node headers. What stands before the first one are prompts, unless it is all there is.
func sections(text string) []part {
	parts := []part{{}}
	for line := range strings.Lines(text) {
		if m := nodeHeader.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			parts = append(parts, part{node: m[1]})
			continue
		}
		parts[len(parts)-1].text += line
	}
	if len(parts) > 1 {
		return parts[1:]
	}
	return parts
}

// promptLine is a banner ("{primary:node0}[edit]", "[edit]") or a prompt with the command that was typed at it.
var promptLine = regexp.MustCompile(`^(?:\{\w+(?::[\w-]+)*\})?(?:\[edit[^\]]*\])?$|^[\w.-]+@[\w.-]+[>#%](?:\s|$)`)

// lines are the lines of a text without indent, prompts, rulers and empty ones. A TAB stands for the blanks between two
// columns.
func lines(text string) []string {
	var kept []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(strings.ReplaceAll(line, "\t", "  ")); strings.Trim(line, "- ") != "" && !promptLine.MatchString(line) {
			kept = append(kept, line)
		}
	}
	return kept
}

// unrecognised is the error of an output that holds nothing of what was asked for.
func unrecognised(what string) error {
	return upgrade.Errorf(upgrade.Malformed, "the output holds no %s", what)
}

// incomplete is the error of a row whose cells do not tell what the row must.
func incomplete(what, row string) error {
	return upgrade.Errorf(upgrade.Malformed, "%s has an incomplete row %q", what, row)
}
