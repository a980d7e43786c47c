package sim

import (
	"fmt"
	"strings"
)

// hostCommand runs one program of a host and gives its exit status.
type hostCommand func(s *shell, args []string) int

// hostCommands are the programs that hosts have.
func hostCommands() map[string]hostCommand {
	return map[string]hostCommand{
		"true":      func(*shell, []string) int { return 0 },
		"false":     func(*shell, []string) int { return 1 },
		"echo":      printer(func(_ *shell, args []string) string { return strings.Join(args, " ") + "\n" }),
		"hostname":  printer(func(s *shell, _ []string) string { return s.member.host.name + "\n" }),
		"whoami":    printer(func(*shell, []string) string { return "root\n" }),
		"id":        printer(func(*shell, []string) string { return "uid=0(root) gid=0(root) groups=0(root)\n" }),
		"uname":     printer(func(*shell, []string) string { return "Linux\n" }),
		"date":      printer(showDate),
		"pwd":       printer(func(s *shell, _ []string) string { return s.cwd + "\n" }),
		"cd":        changeDirectory,
		"ls":        listFiles,
		"stat":      statFile,
		"test":      testFile,
		"[":         testFile,
		"cp":        copyFile,
		"mv":        moveFile,
		"rm":        removeFiles,
		"cmp":       compareFiles,
		"sync":      syncFiles,
		"printf":    printFormatted,
		"bash":      runBash,
		"timeout":   runLimited,
		"xargs":     runForEach,
		"ss":        showConnections,
		"cat":       showFile,
		"tail":      showEnd,
		"head":      showBeginning,
		"grep":      filterLines,
		"wc":        countLines,
		"sha256sum": digestFile,
		"df":        showSpace,
		"free":      printer(showMemory),
		"findmnt":   showMount,
		"mount":     printer(func(s *shell, _ []string) string { return s.rootMount() }),
		"ip":        showLinks,
		"getent":    resolve,
		"command":   findCommand,
		"which":     findCommand,
		"virsh":     virsh,
	}
}

// printer is a program that only prints.
func printer(text func(s *shell, args []string) string) hostCommand {
	return func(s *shell, args []string) int {
		s.out.WriteString(text(s, args))
		return 0
	}
}

func showDate(s *shell, _ []string) string {
	return s.now().UTC().Format("Mon Jan  2 15:04:05 UTC 2006") + "\n"
}

// showMemory is "free" of procps.
func showMemory(s *shell, args []string) string {
	unit := 1
	for _, a := range args {
		switch a {
		case "-m":
			unit = 1024
		case "-g":
			unit = 1024 * 1024
		}
	}
	total := s.member.host.machine.memory
	row := func(name string, cells ...int) string {
		line := fmt.Sprintf("%-8s", name)
		for _, cell := range cells {
			line += fmt.Sprintf("%12d", cell/unit)
		}
		return line + "\n"
	}
	return "               total        used        free      shared  buff/cache   available\n" +
		row("Mem:", total, total*51/100, total*46/100, 1344, total*3/100, total*49/100) + row("Swap:", 2097148, 0, 2097148)
}

// rootMount is the line of / in "mount"; ext4 remounts itself read-only after an error, and IBM's rescue mode runs from
// memory.
func (s *shell) rootMount() string {
	device, kind := "/dev/sda2", "ext4"
	if s.member.host.machine.rescue {
		device, kind = "tmpfs", "tmpfs"
	}
	return fmt.Sprintf("%s on / type %s (%s)\n", device, kind, s.rootOptions())
}

func (s *shell) rootOptions() string {
	if s.member.host.machine.readOnly {
		return "ro,relatime,errors=remount-ro"
	}
	return "rw,relatime,errors=remount-ro"
}

// showMount is "findmnt /" of util-linux with the columns that the line asks for.
func showMount(s *shell, args []string) int {
	columns := []string{"TARGET", "SOURCE", "FSTYPE", "OPTIONS"}
	heading, target := true, ""
	for i, a := range args {
		switch {
		case i > 0 && strings.HasSuffix(args[i-1], "o") && strings.HasPrefix(args[i-1], "-"):
			columns = strings.Split(strings.ToUpper(a), ",")
		case strings.HasPrefix(a, "-"):
			heading = heading && !strings.Contains(a, "n")
		default:
			target = a
		}
	}
	if target != "" && target != "/" {
		return 1
	}
	mount := strings.Fields(s.rootMount())
	cells := map[string]string{"TARGET": "/", "SOURCE": mount[0], "FSTYPE": mount[4], "OPTIONS": s.rootOptions()}
	var head, row []string
	for _, c := range columns {
		if cells[c] == "" {
			return s.fail(1, "findmnt: unknown column: %s\n", c)
		}
		width := max(len(c), len(cells[c]))
		head, row = append(head, fmt.Sprintf("%-*s", width, c)), append(row, fmt.Sprintf("%-*s", width, cells[c]))
	}
	if heading {
		s.print("%s\n", strings.TrimRight(strings.Join(head, " "), " "))
	}
	s.print("%s\n", strings.TrimRight(strings.Join(row, " "), " "))
	return 0
}

// findCommand is "command -v NAME" and "which NAME".
func findCommand(s *shell, args []string) int {
	if len(args) == 0 {
		return 1
	}
	name := args[len(args)-1]
	_, known := hostCommands()[name]
	if name == "telnet" {
		known = !s.member.host.machine.noTelnet
	}
	if name == "virsh" {
		known = !s.member.host.machine.rescue
	}
	if !known {
		return 1
	}
	s.print("/usr/bin/%s\n", name)
	return 0
}
