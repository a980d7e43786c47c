package podlock

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"go.temporal.io/sdk/worker"
)

// childSettings is the environment variable by which this test binary becomes a worker.
const childSettings = "PODLOCK_TEST_CHILD"

// Moments in which a child may kill itself.
const (
	diesAsking  = "asking"  // the lock has the request, the activity has not answered
	diesWorking = "working" // the reload is submitted
)

// dieIn is a crash: no code of this process runs after it.
func (s *site) dieIn(moment string) {
	if s.Dies == moment {
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			panic(err)
		}
		select {}
	}
}

// serveAsChild is a worker process. It ends when its standard input does, so that it never outlives the test.
func serveAsChild() int {
	var s site
	if err := json.Unmarshal([]byte(os.Getenv(childSettings)), &s); err != nil {
		return fail(fmt.Errorf("reading the settings of the child: %w", err))
	}
	if s.Replays {
		worker.SetStickyWorkflowCacheSize(0)
	}
	c, err := s.dial(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return fail(err)
	}
	defer c.Close()
	w, err := s.worker(c)
	if err != nil {
		return fail(err)
	}
	if err := w.Start(); err != nil {
		return fail(err)
	}
	_, _ = os.Stdin.Read(make([]byte, 1)) // returns when the parent closes it or is gone
	w.Stop()
	return 0
}

// child is a worker process.
type child struct {
	t   *testing.T
	cmd *exec.Cmd
	end func() error // lets it stop
}

// startChild starts a worker process; it ends with the test at the latest.
func (w *world) startChild(change func(*site)) *child {
	w.t.Helper()
	s := w.copySite()
	change(s)
	settings, err := json.Marshal(s)
	if err != nil {
		w.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childSettings+"="+string(settings))
	cmd.Stderr, cmd.Stdout = w.log, w.log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	c := &child{t: w.t, cmd: cmd, end: stdin.Close}
	w.t.Cleanup(c.stop)
	return c
}

// stop lets the worker stop, and waits for it.
func (c *child) stop() {
	if c.cmd.ProcessState != nil {
		return
	}
	_ = c.end() // closed already when it was killed
	if err := c.cmd.Wait(); err != nil {
		c.t.Errorf("the worker process ended with %v", err)
	}
}

// died waits until the worker has killed itself.
func (c *child) died() {
	c.t.Helper()
	err := c.cmd.Wait()
	if status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		c.t.Fatalf("the worker ended with %v, not by SIGKILL", err)
	}
}
