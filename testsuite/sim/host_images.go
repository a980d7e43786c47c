package sim

import (
	"maps"
	"path"
	"strings"
)

// images are the files beside the VM's disk image, and itself, by name.
func (s *shell) images() map[string]diskImage {
	h, vm := s.member.host, s.member.vm
	images := maps.Clone(h.machine.copies)
	if images == nil {
		images = map[string]diskImage{}
	}
	if vm.power != absent {
		disk := vm.disk
		disk.version = vm.image
		images[imageName] = disk
	}
	if h.backup {
		images[backupName] = h.backupImage
	}
	return images
}

// sizeOf is the size of an image: as delivered until a VM writes to it.
func (h *host) sizeOf(image diskImage) int64 {
	if image.digest == h.backupImage.digest {
		return backupSize
	}
	return imageSize
}

// put makes a file in the folder of the VM's disk image; elsewhere nothing keeps it.
func (s *shell) put(file string, image diskImage) {
	h, vm := &s.member.host, &s.member.vm
	if path.Dir(file) != s.folder() {
		return
	}
	switch name := path.Base(file); name {
	case imageName:
		vm.disk, vm.image = image, image.version
	case backupName:
		h.backup, h.backupImage = true, image
	default:
		images := map[string]diskImage{name: image}
		maps.Copy(images, h.machine.copies)
		images[name] = image
		h.machine.copies = images
	}
}

// take removes a file from the folder of the VM's disk image.
func (s *shell) take(file string) {
	h, vm := &s.member.host, &s.member.vm
	switch name := path.Base(file); name {
	case imageName:
		vm.disk, vm.image = diskImage{}, ""
	case backupName:
		h.backup = false
	default:
		images := maps.Clone(h.machine.copies)
		delete(images, name)
		h.machine.copies = images
	}
}

// copyFile is "cp"; step 2 of IBM's rollback copies the backup over the image. Copying over the image of a running VM
// leaves a damaged one, and so does a disk that fills up.
func copyFile(s *shell, args []string) int {
	s.write = true
	flags, names := flagsAndNames(args)
	if len(names) != 2 {
		return s.fail(1, "cp: missing file operand\nTry 'cp --help' for more information.\n")
	}
	from, to := s.absolute(names[0]), s.absolute(names[1])
	source, found := s.files()[from]
	if !found {
		return s.fail(1, "cp: cannot stat '%s': No such file or directory\n", names[0])
	}
	if s.member.host.machine.readOnly {
		return s.fail(1, "cp: cannot create regular file '%s': Read-only file system\n", names[1])
	}
	if strings.Contains(strings.Join(flags, " "), "--attributes-only") {
		return 0 // every file has the same owner and rights here
	}
	copied := diskImage{digest: source.digest, written: s.now()}
	if path.Dir(from) == s.folder() {
		copied.version = s.images()[path.Base(from)].version
	}
	exit := 0
	if s.member.host.machine.full {
		copied = diskImage{digest: "cut off " + source.digest, written: s.now()}
		exit = s.fail(1, "cp: error writing '%s': No space left on device\n", names[1])
	}
	if to == s.folder()+"/"+imageName && s.member.vm.power == running {
		copied.version, copied.digest = "", "torn "+source.digest
	}
	s.put(to, copied)
	return exit
}

// moveFile is "mv" within the folder of the disk image. A VM that runs keeps the file it has opened; the next start
// takes the new one.
func moveFile(s *shell, args []string) int {
	s.write = true
	_, names := flagsAndNames(args)
	if len(names) != 2 {
		return s.fail(1, "mv: missing file operand\nTry 'mv --help' for more information.\n")
	}
	from, to := s.absolute(names[0]), s.absolute(names[1])
	if _, found := s.files()[from]; !found {
		return s.fail(1, "mv: cannot stat '%s': No such file or directory\n", names[0])
	}
	if s.member.host.machine.readOnly || path.Dir(from) != s.folder() || path.Dir(to) != s.folder() {
		return s.fail(1, "mv: cannot move '%s' to '%s': Read-only file system\n", names[0], names[1])
	}
	image := s.images()[path.Base(from)]
	s.take(from)
	s.put(to, image)
	return 0
}

// removeFiles is "rm", with and without -f.
func removeFiles(s *shell, args []string) int {
	s.write = true
	flags, names := flagsAndNames(args)
	exit := 0
	for _, name := range names {
		file := s.absolute(name)
		_, found := s.files()[file]
		switch {
		case !found && strings.Contains(strings.Join(flags, ""), "f"):
		case !found:
			exit = s.fail(1, "rm: cannot remove '%s': No such file or directory\n", name)
		case s.member.host.machine.readOnly || path.Dir(file) != s.folder():
			exit = s.fail(1, "rm: cannot remove '%s': Read-only file system\n", name)
		default:
			s.take(file)
		}
	}
	return exit
}

// compareFiles is "cmp" of diffutils; with -s it is silent, of files that are not there too.
func compareFiles(s *shell, args []string) int {
	flags, names := flagsAndNames(args)
	silent := strings.Contains(strings.Join(flags, ""), "s")
	if len(names) != 2 {
		return s.fail(2, "cmp: missing operand after 'cmp'\ncmp: Try 'cmp --help' for more information.\n")
	}
	var files [2]hostFile
	for i, name := range names {
		f, found := s.files()[s.absolute(name)]
		if !found && silent {
			return 2
		}
		if !found {
			return s.fail(2, "cmp: %s: No such file or directory\n", name)
		}
		files[i] = f
	}
	if files[0].size == files[1].size && files[0].digest == files[1].digest {
		return 0
	}
	if !silent {
		s.print("%s %s differ: byte 1, line 1\n", names[0], names[1])
	}
	return 1
}

// syncFiles is "sync"; here everything is on the disk at once.
func syncFiles(s *shell, args []string) int {
	for _, name := range args {
		if _, found := s.files()[s.absolute(name)]; !found && !s.isFolder(s.absolute(name)) {
			return s.fail(1, "sync: error opening '%s': No such file or directory\n", name)
		}
	}
	return 0
}
