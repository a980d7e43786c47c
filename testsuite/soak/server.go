package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// server is a Temporal dev server that keeps its address and its database file when it is restarted.
type server struct {
	temporal, dir string
	address       string
	logger        log.Logger
	process       *process
	up            atomic.Bool // answers, as far as the soak knows
}

// begin starts the server for the first time, on a free port.
func begin(ctx context.Context, temporal, dir string, logger log.Logger) (*server, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("finding a free port: %w", err)
	}
	s := &server{temporal: temporal, dir: dir, address: l.Addr().String(), logger: logger}
	if err := l.Close(); err != nil {
		return nil, fmt.Errorf("finding a free port: %w", err)
	}
	return s, s.start(ctx)
}

// start runs the server on its file and returns once it answers.
func (s *server) start(ctx context.Context) error {
	host, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return fmt.Errorf("reading the server's address: %w", err)
	}
	cmd := exec.Command(s.temporal, "server", "start-dev", "--ip", host, "--port", port, "--headless", "--log-level", "error",
		"--db-filename", filepath.Join(s.dir, "temporal.db"))
	if s.process, err = launch(cmd, filepath.Join(s.dir, "server.log")); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("the Temporal server does not answer"))
	defer cancel()
	for {
		c, err := client.DialContext(ctx, client.Options{HostPort: s.address, Logger: s.logger})
		if err == nil {
			c.Close()
			s.up.Store(true)
			return nil
		}
		if ended, _ := s.process.over(); ended {
			return fmt.Errorf("the Temporal server ended: %w; see %s", s.process.err, filepath.Join(s.dir, "server.log"))
		}
		if !pause(ctx, 200*time.Millisecond) {
			return context.Cause(ctx)
		}
	}
}

// restart ends the server, by a crash or in order, and starts it again after a while on the same file.
func (s *server) restart(ctx context.Context, crash bool, away time.Duration) error {
	s.up.Store(false)
	end := func() error { return s.process.stop(patience) }
	if crash {
		end = s.process.kill
	}
	if err := end(); err != nil {
		return fmt.Errorf("ending the Temporal server: %w", err)
	}
	pause(ctx, away)
	return s.start(ctx)
}

// pause waits; it reports false if ctx ended instead.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
