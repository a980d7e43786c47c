package main

import (
	"strings"
	"syscall"
	"testing"

	"vsrx-upgrade/testsuite/sim"
)

func TestFilesGrowWithTheWorld(t *testing.T) {
	opts := sim.Options{Gateways: []sim.Gateway{{}, {}, {Standalone: true}}}
	if got := filesFor(opts); got != spareFiles+4+4+3 {
		t.Errorf("%d files", got)
	}
}

func TestLimitOfOpenFilesIsRaisedOrTheNeedIsTold(t *testing.T) {
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Error(err)
		}
	})
	low := syscall.Rlimit{Cur: 512, Max: before.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	if err := allowFiles(768); err != nil {
		t.Errorf("raising below the hard limit: %v", err)
	}
	var raised syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &raised); err != nil || raised.Cur < 768 || raised.Max != before.Max {
		t.Errorf("the limit is %+v, %v", raised, err)
	}
	// No Linux system allows this many (fs.nr_open).
	if err := allowFiles(1 << 40); err == nil || !strings.Contains(err.Error(), "needs 1099511627776 open files and 768 are allowed") {
		t.Errorf("beyond every limit: %v", err)
	}
}
