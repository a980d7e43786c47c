package main

import (
	"fmt"
	"syscall"

	"vsrx-upgrade/testsuite/sim"
)

// spareFiles are the file descriptors beside the listeners: connections of clients, the API, and Go's own.
const spareFiles = 1024

// filesFor is how many file descriptors a world needs: each gateway listens on two ports and each member's host on one.
func filesFor(opts sim.Options) uint64 {
	files := spareFiles
	for _, g := range opts.Gateways {
		files += 4
		if g.Standalone {
			files--
		}
	}
	return uint64(files)
}

// allowFiles raises the limit of open files (RLIMIT_NOFILE) to what a world needs, or tells that it cannot.
func allowFiles(need uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("reading the limit of open files: %w", err)
	}
	if limit.Cur >= need {
		return nil
	}
	wish := syscall.Rlimit{Cur: need, Max: max(limit.Max, need)}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &wish); err != nil {
		return fmt.Errorf("this world needs %d open files and %d are allowed (ulimit -n; at most %d without more rights): %w",
			need, limit.Cur, limit.Max, err)
	}
	return nil
}
