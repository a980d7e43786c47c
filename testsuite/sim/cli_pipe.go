package sim

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pipes is what follows a command: how its output is made and what is left of it.
type pipes struct {
	display string // "set", "xml", "xml rpc", "inheritance"; "" means text
	compare *int   // rollback to compare with
	filters [][]string
}

// splitPipes splits a line into the words of its command and its pipes.
func splitPipes(line string) (words []string, p pipes, err error) {
	parts := strings.Split(line, "|")
	if strings.Count(parts[0], `"`)%2 == 1 {
		parts = []string{line} // the bar is part of a quotation
	}
	if words, err = splitWords(parts[0]); err != nil {
		return nil, p, err
	}
	for _, part := range parts[1:] {
		f, err := splitWords(part)
		if err != nil {
			return nil, p, err
		}
		if err := p.add(f); err != nil {
			return nil, p, err
		}
	}
	return words, p, nil
}

func (p *pipes) add(f []string) error {
	switch {
	case len(f) == 0:
		return saying("syntax error, expecting <command>.")
	case f[0] == "no-more" && len(f) == 1:
	case f[0] == "display" && len(f) > 1 && slices.Contains([]string{"set", "xml", "xml rpc", "inheritance", "inheritance set"}, strings.Join(f[1:], " ")):
		p.display = strings.TrimSpace(p.display + " " + strings.Join(f[1:], " "))
	case f[0] == "compare":
		n := 0
		if len(f) > 1 {
			number, err := strconv.Atoi(f[len(f)-1])
			if err != nil || f[1] != "rollback" || len(f) != 3 {
				return saying("syntax error.")
			}
			n = number
		}
		p.compare = &n
	case slices.Contains([]string{"match", "except", "find"}, f[0]) && len(f) == 2, f[0] == "last" && len(f) <= 2, f[0] == "count" && len(f) == 1:
		p.filters = append(p.filters, f)
	default:
		return saying("syntax error, expecting <command>.")
	}
	return nil
}

// filter is what the pipes leave of an output.
func (p *pipes) filter(out string) (string, error) {
	for _, f := range p.filters {
		lines := strings.SplitAfter(strings.TrimSuffix(out, "\n"), "\n")
		if out == "" {
			lines = nil
		}
		switch f[0] {
		case "count":
			out = fmt.Sprintf("Count: %d lines\n", len(lines))
			continue
		case "last":
			n := 10
			if len(f) == 2 {
				n, _ = strconv.Atoi(f[1])
			}
			out = strings.Join(lines[max(0, len(lines)-n):], "")
			continue
		}
		pattern, err := regexp.Compile("(?i)" + unquoted(f[1]))
		if err != nil {
			return "", fmt.Errorf("error: regular expression: %w", err)
		}
		kept := []string{}
		for i, line := range lines {
			hit := pattern.MatchString(line)
			if f[0] == "find" && hit {
				kept = lines[i:]
				break
			}
			if f[0] == "match" && hit || f[0] == "except" && !hit {
				kept = append(kept, line)
			}
		}
		if out = strings.Join(kept, ""); out != "" && !strings.HasSuffix(out, "\n") {
			out += "\n"
		}
	}
	return out, nil
}
