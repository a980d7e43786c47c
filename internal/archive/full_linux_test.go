package archive_test

import (
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// TestAFullDiskLeavesNothing lets the kernel cut a real write short: a limit on the size of files acts as a full disk.
func TestAFullDiskLeavesNothing(t *testing.T) {
	a, folder := openFolder(t)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 64 << 10, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	_, err := a.Put(t.Context(), key, strings.NewReader(strings.Repeat("x", 1<<20)))
	if restore := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); restore != nil {
		t.Fatal(restore)
	}
	wantKind(t, err, upgrade.Unreachable)
	if left := files(t, folder); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	put(t, a, "whole")
}
