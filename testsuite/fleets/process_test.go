package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheProcessorTimeIsReadBehindAnyCommand(t *testing.T) {
	for name, c := range map[string]struct {
		stat string
		want time.Duration
	}{
		"a plain one":         {"7 (worker) S 1 7 7 0 -1 4194560 900 0 0 0 250 50 0 0 20 0 9 0 100 1000 200", 3 * time.Second},
		"one with blanks":     {"7 (a ) b) S 1 7 7 0 -1 4194560 900 0 0 0 1 2 0 0 20 0 9 0 100 1000 200", 30 * time.Millisecond},
		"one that is cut off": {"7 (worker) S 1 7", 0},
		"one without numbers": {"7 (worker) S 1 7 7 0 -1 4194560 900 0 0 0 x 50 0 0", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := processorTime(c.stat)
			if got != c.want || (err == nil) != (c.want > 0) {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestTheLargestMemoryIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		status string
		want   int
	}{
		"there":     {"Name:\tworker\nVmHWM:\t   51200 kB\nVmRSS:\t 100 kB\n", 51200},
		"not there": {"Name:\tworker\n", 0},
		"no number": {"VmHWM:\t much\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := peakMemory(c.status)
			if got != c.want || (err == nil) != (c.want > 0) {
				t.Errorf("%d, %v; want %d", got, err, c.want)
			}
		})
	}
}

func TestAProcessAndItsChildAreFound(t *testing.T) {
	sleeper := exec.Command("sleep", "60")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := sleeper.Process.Kill(); err != nil {
			t.Error(err)
		}
		if err := sleeper.Wait(); err == nil {
			t.Error("the sleeper ended by itself")
		}
	}()
	// Between fork and exec the child still has the name of this program.
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		pid, err := childOf(os.Getpid(), filepath.Base(sleeper.Path))
		if err == nil && pid == sleeper.Process.Pid {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the child is %d: %v; want %d", pid, err, sleeper.Process.Pid)
		}
	}
	if u, err := used(sleeper.Process.Pid); err != nil || u.peak == 0 {
		t.Errorf("it has used %+v: %v", u, err)
	}
	if _, err := childOf(os.Getpid(), "nobody"); err == nil || !strings.Contains(err.Error(), "no child nobody") {
		t.Errorf("a child that is not there: %v", err)
	}
}
