package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of processor times under /proc: USER_HZ is 100 on every architecture that Go supports (proc_pid_stat(5)).
const tick = 10 * time.Millisecond

// usage is what a process has used.
type usage struct {
	cpu  time.Duration // user and system, since its start
	peak int           // largest resident memory so far, KiB
}

// used reads what a process has used, from /proc.
func used(pid int) (u usage, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, fmt.Errorf("reading the processor time of process %d: %w", pid, err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, fmt.Errorf("reading the memory of process %d: %w", pid, err)
	}
	if u.cpu, err = processorTime(string(stat)); err != nil {
		return u, fmt.Errorf("process %d: %w", pid, err)
	}
	if u.peak, err = peakMemory(string(status)); err != nil {
		return u, fmt.Errorf("process %d: %w", pid, err)
	}
	return u, nil
}

// statFields are the fields of /proc/PID/stat after the command, which may hold blanks and parentheses itself: state first.
func statFields(stat string) []string {
	return strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
}

// processorTime adds utime and stime, fields 14 and 15 (proc_pid_stat(5)).
func processorTime(stat string) (time.Duration, error) {
	fields := statFields(stat)
	if len(fields) < 13 {
		return 0, fmt.Errorf("its stat has %d fields after the command", len(fields))
	}
	var ticks int64
	for _, text := range fields[11:13] {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading its processor time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

// peakMemory reads VmHWM in KiB (proc_pid_status(5)).
func peakMemory(status string) (int, error) {
	for line := range strings.Lines(status) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), " kB"))
			if err != nil {
				return 0, fmt.Errorf("reading its memory: %w", err)
			}
			return n, nil
		}
	}
	return 0, fmt.Errorf("its status has no VmHWM")
}

// childOf finds the child of a process that runs a program.
func childOf(parent int, program string) (int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, fmt.Errorf("listing the processes: %w", err)
	}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		fields := statFields(string(text))
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) || !strings.Contains(string(text), "("+program+")") {
			continue
		}
		return strconv.Atoi(filepath.Base(filepath.Dir(path)))
	}
	return 0, fmt.Errorf("process %d has no child %s", parent, program)
}
