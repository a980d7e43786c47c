package archive_test

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// TestAFullDiskLeavesNothing fills a real file system of one megabyte, where this process may mount one.
func TestAFullDiskLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mounting a small file system: %v; a storage that says it is full stands for it among the failing ones", err)
	}
	defer func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	a := open(t, sealed(fileURL(folder), newKeys(t)))
	_, err := a.Put(t.Context(), key, strings.NewReader(strings.Repeat("x", 2<<20)))
	wantKind(t, err, upgrade.Unreachable)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the error is not that of a full disk: %v", err)
	}
	if left := files(t, folder); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	put(t, a, key, "whole")
}
