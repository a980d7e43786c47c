package sim

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// showFile is "cat"; without a name it passes on what the pipe brings.
func showFile(s *shell, args []string) int {
	return s.each("cat", args, func(text string) string { return text })
}

// each prints a part of every named file, or of what the pipe brings.
func (s *shell) each(program string, names []string, part func(text string) string) int {
	if len(names) == 0 {
		s.print("%s", part(s.in))
	}
	exit := 0
	for _, name := range names {
		f, found := s.files()[s.absolute(name)]
		if !found {
			exit = s.fail(1, "%s: %s: No such file or directory\n", program, name)
			continue
		}
		s.print("%s", part(f.text))
	}
	return exit
}

// lineCount is the N of "-n N", "-nN" and "-N" and the other words; 10 if the line has none.
func lineCount(args []string) (n int, names []string) {
	n = 10
	for i := 0; i < len(args); i++ {
		value, isFlag := strings.CutPrefix(args[i], "-")
		if !isFlag {
			names = append(names, args[i])
			continue
		}
		if value == "n" && i+1 < len(args) {
			i++
			value = args[i]
		}
		if wanted, err := strconv.Atoi(strings.TrimPrefix(value, "n")); err == nil {
			n = wanted
		}
	}
	return n, names
}

func showEnd(s *shell, args []string) int {
	n, names := lineCount(args)
	return s.each("tail", names, func(text string) string {
		lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
		tail := strings.Join(lines[max(len(lines)-n, 0):], "")
		if strings.HasSuffix(text, "\n") {
			tail += "\n"
		}
		return tail
	})
}

func showBeginning(s *shell, args []string) int {
	n, names := lineCount(args)
	return s.each("head", names, func(text string) string {
		lines := strings.SplitAfter(text, "\n")
		return strings.Join(lines[:min(len(lines), n)], "")
	})
}

// filterLines is "grep" with the flags -v -i -c -q -E -F -r -h over files or what the pipe brings.
func filterLines(s *shell, args []string) int {
	flags, names := flagsAndNames(args)
	if len(names) == 0 {
		return s.fail(2, "Usage: grep [OPTION]... PATTERNS [FILE]...\n")
	}
	set := strings.Join(flags, "")
	pattern := names[0]
	if strings.Contains(set, "F") {
		pattern = regexp.QuoteMeta(pattern)
	}
	if strings.Contains(set, "i") {
		pattern = "(?i)" + pattern
	}
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return s.fail(2, "grep: %v\n", err)
	}
	piped := len(names) == 1
	if strings.Contains(set, "r") {
		names = append(names[:1:1], s.within(names[1:])...)
	}
	found, exit := 0, 0
	filter := func(prefix string) func(string) string {
		return func(text string) string {
			var kept strings.Builder
			for line := range strings.Lines(text) {
				if expression.MatchString(strings.TrimSuffix(line, "\n")) != strings.Contains(set, "v") {
					kept.WriteString(prefix + line)
					found++
				}
			}
			if strings.ContainsAny(set, "qc") {
				return ""
			}
			return kept.String()
		}
	}
	if piped {
		exit = s.each("grep", nil, filter(""))
	}
	for _, name := range names[1:] {
		prefix := ""
		if strings.Contains(set, "r") && !strings.Contains(set, "h") {
			prefix = name + ":"
		}
		exit = max(exit, s.each("grep", []string{name}, filter(prefix)))
	}
	if exit != 0 {
		return 2
	}
	if strings.Contains(set, "c") {
		s.print("%d\n", found)
	}
	return 1 - count(found > 0)
}

// within replaces folders by the files in them.
func (s *shell) within(names []string) []string {
	var list []string
	for _, name := range names {
		if !s.isFolder(s.absolute(name)) {
			list = append(list, name)
			continue
		}
		for _, known := range slices.Sorted(maps.Keys(s.files())) {
			if strings.HasPrefix(known, s.absolute(name)+"/") {
				list = append(list, known)
			}
		}
	}
	return list
}

// countLines is "wc -l".
func countLines(s *shell, args []string) int {
	_, names := flagsAndNames(args)
	n := 0
	exit := s.each("wc", names, func(text string) string {
		n += strings.Count(text, "\n")
		return ""
	})
	if exit == 0 {
		s.print("%d\n", n)
	}
	return exit
}
