package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"go.temporal.io/sdk/log"
)

// childSettings is the environment variable by which this test binary becomes a worker.
const childSettings = "MATRIX_TEST_CHILD"

// serveAsChild is a worker process. It ends when its standard input does, so that it never outlives the test.
func serveAsChild() error {
	var s site
	if err := json.Unmarshal([]byte(os.Getenv(childSettings)), &s); err != nil {
		return fmt.Errorf("reading the settings of the child: %w", err)
	}
	s.wakes, s.names = newAlarm(), &sync.Map{}
	logger := log.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	c, err := s.dial(logger)
	if err != nil {
		return fmt.Errorf("reaching Temporal: %w", err)
	}
	defer c.Close()
	w, release, err := s.worker(context.Background(), c, logger)
	if err != nil {
		return fmt.Errorf("making the worker: %w", err)
	}
	if err := w.Start(); err != nil {
		return fmt.Errorf("starting the worker: %w", err)
	}
	_, _ = os.Stdin.Read(make([]byte, 1)) // returns when the parent closes it or is gone
	w.Stop()
	return release()
}

// child is a worker process.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	dead  chan struct{} // closed when it has ended
	err   error         // how it ended
}

// startChild starts a worker process that kills itself when the fault strikes. It ends with the cell at the latest.
func (w *world) startChild() *child {
	w.t.Helper()
	s := site{Address: w.Address, Namespace: w.Namespace, Access: w.Access, Dir: w.Dir, Cell: w.Cell, Dies: true}
	settings, err := json.Marshal(s)
	if err != nil {
		w.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	c := &child{cmd: exec.Command(self), dead: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), childSettings+"="+string(settings))
	c.cmd.Stderr, c.cmd.Stdout = w.log, w.log
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		w.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.dead)
	}()
	w.t.Cleanup(func() {
		_ = c.stdin.Close() // Wait has closed it already when the child is dead
		<-c.dead
		var exit *exec.ExitError
		if !errors.As(c.err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			w.t.Errorf("the worker process ended with %v, not by SIGKILL", c.err)
		}
	})
	return c
}
