package sim

import (
	"fmt"
	"strings"
)

// printFormatted is Bash's "printf" with %s and %d.
func printFormatted(s *shell, args []string) int {
	if len(args) == 0 {
		return s.fail(2, "printf: usage: printf [-v var] format [arguments]\n")
	}
	format, values := args[0], args[1:]
	for i := 0; i < len(format); i++ {
		if i+1 == len(format) || format[i] != '%' && format[i] != '\\' {
			s.print("%c", format[i])
			continue
		}
		pair := format[i : i+2]
		i++
		switch pair {
		case `\n`:
			s.print("\n")
		case "%%":
			s.print("%%")
		case "%s", "%d":
			value := ""
			if len(values) > 0 {
				value, values = values[0], values[1:]
			}
			if pair == "%d" {
				value = fmt.Sprint(number(value))
			}
			s.print("%s", value)
		default:
			return s.fail(1, "bash: line 1: printf: `%s': invalid format character\n", pair)
		}
	}
	return 0
}

// runBash is "bash -c LINE"; of redirections it knows the one from a TCP connection, alone on its line.
func runBash(s *shell, args []string) int {
	if len(args) != 2 || args[0] != "-c" {
		return s.fail(2, "bash: only -c with one line is simulated\n")
	}
	if target, found := strings.CutPrefix(args[1], "</dev/tcp/"); found {
		return openConnection(s, target)
	}
	return s.run(args[1])
}

// runLimited is "timeout SECONDS COMMAND": what waits for an answer that never comes ends with 124.
func runLimited(s *shell, args []string) int {
	if len(args) < 2 {
		return s.fail(125, "timeout: missing operand\nTry 'timeout --help' for more information.\n")
	}
	part := &shell{member: s.member, cwd: s.cwd, in: s.in}
	exit := part.program("timeout", args[1:])
	s.write = s.write || part.write
	s.out.WriteString(part.out.String())
	if part.hangs {
		return 124
	}
	s.errs.WriteString(part.errs.String())
	return exit
}

// runForEach is "xargs -r -n 1 COMMAND": the command once for each word that the pipe brings.
func runForEach(s *shell, args []string) int {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if args[0] == "-n" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		args = []string{"echo"}
	}
	exit := 0
	for _, word := range strings.Fields(s.in) {
		part := &shell{member: s.member, cwd: s.cwd}
		switch one := part.program("xargs", append(append([]string{}, args...), word)); {
		case one >= 126:
			exit = one
		case one != 0 && exit == 0:
			exit = 123
		}
		s.write = s.write || part.write
		s.out.WriteString(part.out.String())
		s.errs.WriteString(part.errs.String())
	}
	return exit
}

// program runs a program for another one, which tells when there is none of the name.
func (s *shell) program(caller string, words []string) int {
	run, known := hostCommands()[words[0]]
	if !known {
		return s.fail(127, "%s: failed to run command '%s': No such file or directory\n", caller, words[0])
	}
	return run(s, words[1:])
}
