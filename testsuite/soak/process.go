package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is a program that runs beside the soak and ends with it.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of its end, once done is closed

	mu   sync.Mutex
	told bool // its end was wanted
}

// launch starts a program in a process group of its own, so that Ctrl-C reaches the soak alone, which then stops
// everything in order. Its output is appended to a file.
func launch(cmd *exec.Cmd, log string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log of %s: %w", cmd.Path, err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// over tells whether the process has ended, and whether somebody wanted that.
func (p *process) over() (ended, wanted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
		return true, p.told
	default:
		return false, p.told
	}
}

func (p *process) tell(s os.Signal) error {
	p.mu.Lock()
	p.told = true
	p.mu.Unlock()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signalling %s: %w", p.cmd.Path, err)
	}
	return nil
}

// kill ends the process at once, as a crash does.
func (p *process) kill() error {
	err := p.tell(syscall.SIGKILL)
	<-p.done
	return err
}

// stop asks the process to end; one that does not end in time is killed and reported.
func (p *process) stop(patience time.Duration) error {
	if err := p.tell(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(patience):
		return errors.Join(fmt.Errorf("%s did not stop within %s", p.cmd.Path, patience), p.kill())
	}
}
