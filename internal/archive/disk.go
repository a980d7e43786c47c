package archive

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"vsrx-upgrade/internal/upgrade"
)

// disk adds to a bucket of files what its driver leaves out: that a name is taken once, also by two processes, and that
// what was written survives a power cut.
type disk struct {
	folder string
	mu     sync.Mutex
	synced sync.Map // folders whose own names are on the disk already
}

// newDisk finds the folder of a file URL as the driver does: a host of . marks a path relative to where the program was
// when it opened the archive.
func newDisk(u *url.URL) (*disk, error) {
	folder := u.Path
	if u.Host == "." || os.PathSeparator != '/' {
		folder = strings.TrimPrefix(folder, "/")
	}
	folder, err := filepath.Abs(filepath.FromSlash(folder))
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "opening the archive: %w", err).Advise("give the folder of the archive as an absolute path")
	}
	return &disk{folder: folder}, nil
}

func (d *disk) path(name string) string { return filepath.Join(d.folder, filepath.FromSlash(name)) }

// reach tells whether the folder is there.
func (d *disk) reach() error {
	if info, err := os.Stat(d.folder); err != nil || !info.IsDir() {
		return upgrade.Errorf(upgrade.Unreachable, "the archive's folder %s is not there", d.folder).
			Advise("check VSRX_ARCHIVE; mount the file system or create the folder")
	}
	return nil
}

// lock keeps every other writer of this folder waiting, in this process and in others, until unlock is called: the driver
// looks whether a name is taken and renames in two steps.
func (d *disk) lock() (unlock func(), err error) {
	d.mu.Lock()
	file, err := os.OpenFile(d.path(".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		if err = lockFile(file); err == nil {
			return func() { _ = file.Close(); d.mu.Unlock() }, nil // closing lets go
		}
		_ = file.Close()
	}
	d.mu.Unlock()
	return nil, err
}

// sync brings a file, its name, and the names of folders that may be new to the disk.
func (d *disk) sync(name string) error {
	if err := d.syncOne(name); err != nil {
		return err
	}
	for at := path.Dir(name); ; at = path.Dir(at) {
		if err := d.syncOne(at); err != nil {
			return err
		}
		if _, known := d.synced.LoadOrStore(at, true); known || at == "." {
			return nil
		}
	}
}

func (d *disk) syncOne(name string) error {
	file, err := os.Open(d.path(name))
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// legible looks into every folder below one: the driver leaves out of a listing what it may not read, and a listing that
// lacks something is worse than none.
func (d *disk) legible(name string) error {
	err := filepath.WalkDir(d.path(name), func(_ string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile, or nothing stored yet
		}
		return err
	})
	switch {
	case errors.Is(err, fs.ErrPermission):
		return upgrade.Errorf(upgrade.Denied, "listing the archive: %w", err).Advise("run this as the user whom the archive belongs to")
	case err != nil:
		return upgrade.Errorf(upgrade.Unreachable, "listing the archive: %w", err).Advise("check the file system behind the archive")
	}
	return nil
}

// tidy removes the folders below one, and itself, where nothing is left in them. Those that are not empty stay.
func (d *disk) tidy(name string) {
	var folders []string
	_ = filepath.WalkDir(d.path(name), func(at string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			folders = append(folders, at)
		}
		return nil
	})
	for i := len(folders) - 1; i >= 0; i-- {
		_ = os.Remove(folders[i]) // refuses what is not empty
	}
}
