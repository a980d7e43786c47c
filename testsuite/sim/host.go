package sim

import (
	"fmt"
	"regexp"
	"strings"
)

// shell is one command line on a host.
type shell struct {
	member *member
	cwd    string
	write  bool
}

// hostCommand runs one program of a host; a failure has an exit status other than 0 and goes to stderr.
type hostCommand func(s *shell, args []string) (out string, exit int)

// hostCommands are the programs that hosts have.
func hostCommands() map[string]hostCommand {
	return map[string]hostCommand{
		"true":     func(*shell, []string) (string, int) { return "", 0 },
		"echo":     func(_ *shell, args []string) (string, int) { return strings.Join(args, " ") + "\n", 0 },
		"hostname": func(s *shell, _ []string) (string, int) { return s.member.host.name + "\n", 0 },
		"cd":       changeDirectory,
		"ls":       listFiles,
		"stat":     listFiles,
		"test":     testFile,
		"cp":       copyFile,
		"cat":      showFile,
		"free":     showMemory,
		"findmnt":  func(*shell, []string) (string, int) { return "rw,relatime,errors=remount-ro\n", 0 },
		"ip": func(*shell, []string) (string, int) {
			return "vnet0            UNKNOWN        fe:54:00:00:00:01 <BROADCAST,MULTICAST,UP,LOWER_UP>\n" +
				"vnet1            UNKNOWN        fe:54:00:00:00:02 <BROADCAST,MULTICAST,UP,LOWER_UP>\n", 0
		},
		"getent":  func(_ *shell, args []string) (string, int) { return "10.0.80.11      " + args[len(args)-1] + "\n", 0 },
		"command": func(_ *shell, args []string) (string, int) { return "/usr/bin/" + args[len(args)-1] + "\n", 0 },
		"virsh":   virsh,
	}
}

// runHost runs a command line of programs joined by "&&" or ";" and records it.
func (c *Cloud) runHost(m *member, line, peer string) (out, errs string, exit int) {
	s := &shell{member: m, cwd: "/root"}
	for _, part := range splitCommands(line) {
		if part.onlyIfOK && exit != 0 {
			break
		}
		var text string
		if text, exit = s.program(part.text); exit == 0 {
			out += text
		} else {
			errs += text
		}
	}
	c.note(Call{Face: "host", Peer: peer, Name: line, Gateway: m.gateway.spec.ID, Member: m.id, Write: s.write,
		Status: fmt.Sprintf("exit %d", exit)})
	return out, errs, exit
}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

type commandPart struct {
	text     string
	onlyIfOK bool
}

func splitCommands(line string) []commandPart {
	var parts []commandPart
	for i, chain := range strings.Split(line, "&&") {
		for j, text := range strings.Split(chain, ";") {
			parts = append(parts, commandPart{text: strings.TrimSpace(text), onlyIfOK: i > 0 && j == 0})
		}
	}
	return parts
}

// program runs one program, its output filtered by "| grep WORD" where the line asks for it.
func (s *shell) program(text string) (string, int) {
	text, pipe, piped := strings.Cut(text, "|")
	words, err := splitWords(strings.ReplaceAll(strings.ReplaceAll(text, "'", `"`), "2>/dev/null", ""))
	if err != nil || len(words) == 0 {
		return "bash: -c: syntax error\n", 2
	}
	for i := range words {
		words[i] = strings.Trim(words[i], `"`)
	}
	for len(words) > 1 && assignment.MatchString(words[0]) { // VARIABLE=value in front of a command
		words = words[1:]
	}
	run, known := hostCommands()[words[0]]
	if !known {
		return fmt.Sprintf("bash: line 1: %s: command not found\n", words[0]), 127
	}
	out, exit := run(s, words[1:])
	if !piped || exit != 0 {
		return out, exit
	}
	filter := strings.Fields(pipe)
	if len(filter) < 2 || filter[0] != "grep" {
		return fmt.Sprintf("bash: line 1: %s: command not found\n", pipe), 127
	}
	return grep(out, strings.Trim(filter[len(filter)-1], `'"`))
}

func grep(text, word string) (string, int) {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			kept.WriteString(line)
		}
	}
	return kept.String(), 1 - count(kept.Len() > 0)
}

// folder is where a host keeps its VM's disk image.
func (s *shell) folder() string { return "/var/lib/libvirt/images/" + s.member.vm.domain }

// files are the names in the image folder with their sizes in bytes.
func (s *shell) files() map[string]int {
	files := map[string]int{}
	if s.member.vm.power != absent {
		files[s.folder()+"/vSRX_Image.qcow2"] = 18_253_611_008
	}
	if s.member.host.backup {
		files[s.folder()+"/vSRX_Image.qcow2.backup"] = 4_831_838_208
	}
	return files
}

func (s *shell) absolute(path string) string {
	if strings.HasPrefix(path, "/") {
		return strings.TrimSuffix(path, "/")
	}
	return s.cwd + "/" + path
}

func changeDirectory(s *shell, args []string) (string, int) {
	if len(args) != 1 || s.absolute(args[0]) != s.folder() || len(s.files()) == 0 {
		return fmt.Sprintf("bash: line 1: cd: %s: No such file or directory\n", strings.Join(args, " ")), 1
	}
	s.cwd = s.folder()
	return "", 0
}

func listFiles(s *shell, args []string) (string, int) {
	out, exit := "", 0
	files := s.files()
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			continue
		}
		path := s.absolute(arg)
		if size, found := files[path]; found {
			out += fmt.Sprintf("-rw-r--r-- 1 root root %d Apr  2 11:08 %s\n", size, path)
			continue
		}
		if path != s.folder() || len(files) == 0 {
			return fmt.Sprintf("ls: cannot access '%s': No such file or directory\n", arg), 2
		}
		for _, name := range []string{"vSRX_Image.qcow2", "vSRX_Image.qcow2.backup"} {
			if size, found := files[path+"/"+name]; found {
				out += fmt.Sprintf("-rw-r--r-- 1 root root %d Apr  2 11:08 %s\n", size, name)
			}
		}
	}
	return out, exit
}

func testFile(s *shell, args []string) (string, int) {
	if len(args) != 2 {
		return "", 2
	}
	_, found := s.files()[s.absolute(args[1])]
	return "", 1 - count(found)
}

// copyFile copies between image and backup; step 2 of IBM's rollback copies the backup over the image. The backup of a
// node that was not reloaded holds what the image holds, so nothing else changes.
func copyFile(s *shell, args []string) (string, int) {
	s.write = true
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		args = args[1:]
	}
	if len(args) != 2 {
		return "cp: missing file operand\n", 1
	}
	from, to := s.absolute(args[0]), s.absolute(args[1])
	if _, found := s.files()[from]; !found {
		return fmt.Sprintf("cp: cannot stat '%s': No such file or directory\n", args[0]), 1
	}
	if image := s.folder() + "/vSRX_Image.qcow2"; to == image+".backup" {
		s.member.host.backup = true
	}
	return "", 0
}

func showFile(s *shell, args []string) (string, int) {
	if len(args) == 1 {
		switch args[0] {
		case "/proc/meminfo":
			return "MemTotal:       65843072 kB\nMemFree:        30277120 kB\nMemAvailable:   31981568 kB\n", 0
		case "/etc/hostname":
			return s.member.host.name + "\n", 0
		case "/proc/uptime":
			up := s.member.gateway.cloud.clock.now.Sub(s.member.host.booted).Seconds()
			return fmt.Sprintf("%.2f %.2f\n", up, up), 0
		case "/proc/net/bonding/bond0", "/proc/net/bonding/bond1":
			return "Bonding Mode: IEEE 802.3ad Dynamic link aggregation\nMII Status: up\n\n" +
				"Slave Interface: eth0\nMII Status: up\n\nSlave Interface: eth2\nMII Status: up\n", 0
		}
	}
	return fmt.Sprintf("cat: %s: No such file or directory\n", strings.Join(args, " ")), 1
}

func showMemory(*shell, []string) (string, int) {
	return "               total        used        free      shared  buff/cache   available\n" +
		"Mem:        65843072    33861504    30277120        1344     1704448    31981568\n" +
		"Swap:        2097148           0     2097148\n", 0
}
