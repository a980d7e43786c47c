//go:build unix

package archive

import (
	"errors"
	"os"
	"syscall"
)

// lockFile waits until no other process holds the file; closing it, or dying, lets go.
func lockFile(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
