package sim

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// hostFile is a file of a host: a text, or a disk image of which only size and digest count.
type hostFile struct {
	text    string
	size    int64
	digest  string
	written time.Time
}

const (
	imageSize     = 18_253_611_008 // bytes of a qcow2 image that a vSRX has written to
	backupSize    = 4_831_838_208  // bytes of the image as IBM delivers it
	precheckLog   = "/home/vSRX/precheck.log"
	diskSize      = 921_364_480 // KiB of /
	diskUsed      = 61_204_336  // KiB
	imageName     = "vSRX_Image.qcow2"
	backupName    = imageName + ".backup"
	imagesOfHosts = "/var/lib/libvirt/images/"
	mirrorName    = "mirrors.sim.example"
	aptSources    = "# packages\ndeb http://" + mirrorName + "/ubuntu jammy main universe\ndeb http://" + mirrorName + "/ubuntu jammy-updates main universe\n"
)

func (s *shell) now() time.Time { return s.member.gateway.cloud.clock.now }

// folder is where a host keeps its VM's disk image.
func (s *shell) folder() string { return imagesOfHosts + s.member.vm.domain }

// files are the files of the host by path.
func (s *shell) files() map[string]hostFile {
	h := s.member.host
	up := s.now().Sub(h.booted).Seconds()
	text := func(t string) hostFile {
		return hostFile{text: t, size: int64(len(t)), digest: t, written: h.provisioned}
	}
	files := map[string]hostFile{
		"/etc/hostname":           text(h.name + "\n"),
		"/etc/hosts":              text("127.0.0.1 localhost\n" + h.address + " " + h.name + ".sim.example " + h.name + "\n"),
		"/etc/apt/sources.list":   text(aptSources),
		"/etc/resolv.conf":        text("nameserver 10.0.80.11\nnameserver 10.0.80.12\n"),
		"/proc/meminfo":           text(h.machine.memoryInfo()),
		"/proc/uptime":            text(fmt.Sprintf("%.2f %.2f\n", up, up)),
		"/proc/mounts":            text(strings.NewReplacer(" on ", " ", " type ", " ", "(", "", ")", " 0 0").Replace(s.rootMount())),
		"/proc/net/bonding/bond0": text(h.machine.bonding(0)),
		"/proc/net/bonding/bond1": text(h.machine.bonding(1)),
	}
	if h.machine.rescue {
		return files // its own disk is not mounted
	}
	if len(h.machine.log) > 0 {
		files[precheckLog] = text(strings.Join(h.machine.log, "\n") + "\n")
	}
	for name, image := range s.images() {
		files[s.folder()+"/"+name] = hostFile{size: h.sizeOf(image), digest: image.digest, written: image.written}
	}
	return files
}

func (s *shell) absolute(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = s.cwd + "/" + name
	}
	return path.Clean(name)
}

// isFolder tells whether a path is a directory: one of the system's, or one that holds a file.
func (s *shell) isFolder(name string) bool {
	if slices.Contains([]string{"/", homeOfRoot, "/etc", "/etc/apt/sources.list.d", "/proc", "/var", "/home"}, name) {
		return true
	}
	if slices.Contains([]string{"/home/vSRX", strings.TrimSuffix(imagesOfHosts, "/")}, name) {
		return !s.member.host.machine.rescue
	}
	for known := range s.files() {
		if strings.HasPrefix(known, name+"/") {
			return true
		}
	}
	return false
}

func changeDirectory(s *shell, args []string) int {
	if len(args) == 0 {
		args = []string{homeOfRoot}
	}
	if len(args) != 1 || !s.isFolder(s.absolute(args[0])) {
		return s.fail(1, "bash: line 1: cd: %s: No such file or directory\n", strings.Join(args, " "))
	}
	s.cwd = s.absolute(args[0])
	return 0
}

// flagsAndNames splits flags from names.
func flagsAndNames(args []string) (flags, names []string) {
	for _, a := range args {
		if strings.HasPrefix(a, "-") && len(a) > 1 {
			flags = append(flags, a)
		} else {
			names = append(names, a)
		}
	}
	return flags, names
}

// listFiles is "ls" of coreutils.
func listFiles(s *shell, args []string) int {
	flags, names := flagsAndNames(args)
	long := strings.Contains(strings.Join(flags, ""), "l")
	if len(names) == 0 {
		names = []string{s.cwd}
	}
	files := s.files()
	line := func(f hostFile, shown string) {
		if long {
			s.print("-rw-r--r-- 1 root root %11d %s %s\n", f.size, f.written.UTC().Format("Jan _2 15:04"), shown)
			return
		}
		s.print("%s\n", shown)
	}
	exit := 0
	for _, name := range names {
		full := s.absolute(name)
		if f, found := files[full]; found {
			line(f, name)
			continue
		}
		if !s.isFolder(full) {
			exit = s.fail(2, "ls: cannot access '%s': No such file or directory\n", name)
			continue
		}
		var inside []string
		var blocks int64
		for _, known := range slices.Sorted(maps.Keys(files)) {
			if path.Dir(known) == full {
				inside = append(inside, known)
				blocks += files[known].size / 1024
			}
		}
		if long {
			s.print("total %d\n", blocks)
		}
		for _, known := range inside {
			line(files[known], path.Base(known))
		}
	}
	return exit
}

// statFile is "stat" of coreutils, with and without a format.
func statFile(s *shell, args []string) int {
	format := ""
	var names []string
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-c" && i+1 < len(args):
			i++
			format = args[i]
		case strings.HasPrefix(args[i], "--format="):
			format = strings.TrimPrefix(args[i], "--format=")
		case !strings.HasPrefix(args[i], "-"):
			names = append(names, args[i])
		}
	}
	if len(names) == 0 {
		return s.fail(1, "stat: missing operand\nTry 'stat --help' for more information.\n")
	}
	exit := 0
	for _, name := range names {
		f, found := s.files()[s.absolute(name)]
		if !found {
			exit = s.fail(1, "stat: cannot statx '%s': No such file or directory\n", name)
			continue
		}
		at := f.written.UTC().Format("2006-01-02 15:04:05.000000000 +0000")
		if format != "" {
			s.print("%s\n", strings.NewReplacer("%n", name, "%s", fmt.Sprint(f.size), "%y", at, "%Y", fmt.Sprint(f.written.Unix()),
				"%U", "root", "%G", "root", "%a", "644", "%F", "regular file").Replace(format))
			continue
		}
		s.print("  File: %s\n  Size: %-10d\tBlocks: %-10d IO Block: 4096   regular file\nDevice: 8,2\tInode: 1311        Links: 1\nAccess: (0644/-rw-r--r--)  Uid: (    0/    root)   Gid: (    0/    root)\n"+
			"Access: %s\nModify: %s\nChange: %s\n Birth: %s\n", name, f.size, f.size/512, at, at, at, at)
	}
	return exit
}

// testFile is "test -e|-f|-s|-r|-d PATH", also written in brackets.
func testFile(s *shell, args []string) int {
	if len(args) > 0 && args[len(args)-1] == "]" {
		args = args[:len(args)-1]
	}
	if len(args) != 2 {
		return 2
	}
	name := s.absolute(args[1])
	f, found := s.files()[name]
	switch args[0] {
	case "-e", "-r":
		return 1 - count(found || s.isFolder(name))
	case "-f":
		return 1 - count(found)
	case "-s":
		return 1 - count(found && f.size > 0)
	case "-d":
		return 1 - count(!found && s.isFolder(name))
	}
	return s.fail(2, "bash: line 1: test: %s: unary operator expected\n", args[0])
}

// digestFile is "sha256sum" of coreutils; an image's digest stands for its content.
func digestFile(s *shell, args []string) int {
	exit := 0
	for _, name := range args {
		f, found := s.files()[s.absolute(name)]
		if !found {
			exit = s.fail(1, "sha256sum: %s: No such file or directory\n", name)
			continue
		}
		s.print("%x  %s\n", sha256.Sum256([]byte(f.digest)), name)
	}
	return exit
}

// showSpace is "df" of coreutils for the one file system of a host.
func showSpace(s *shell, args []string) int {
	flags, names := flagsAndNames(args)
	for _, name := range names {
		if _, found := s.files()[s.absolute(name)]; !found && !s.isFolder(s.absolute(name)) {
			return s.fail(1, "df: %s: No such file or directory\n", name)
		}
	}
	used := diskUsed
	if s.member.host.machine.full {
		used = diskSize
	}
	device := strings.Fields(s.rootMount())[0]
	if strings.Contains(strings.Join(flags, ""), "h") {
		s.print("Filesystem      Size  Used Avail Use%% Mounted on\n%-15s %3dG  %3dG  %3dG %3d%% /\n", device, diskSize>>20, used>>20, (diskSize-used)>>20, used*100/diskSize)
		return 0
	}
	width := max(len("Used"), len(fmt.Sprint(used)))
	blocks, share := "1K-blocks", "Use%"
	if strings.Contains(strings.Join(flags, ""), "P") { // the words of POSIX
		blocks, share = "1024-blocks", "Capacity"
	}
	s.print("Filesystem     %s %*s Available %s Mounted on\n%-14s %9d %*d %9d %3d%% /\n", blocks, width, "Used", share, device, diskSize, width, used, diskSize-used, used*100/diskSize)
	return 0
}
