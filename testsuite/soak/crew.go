package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"vsrx-upgrade/testsuite/stage"
)

// crew is the worker processes. As any service manager does, it starts one again that has ended.
type crew struct {
	stage  *stage.Stage
	server *server
	object func(format string, args ...any) // takes a finding

	mu      sync.Mutex
	workers []*process
	dead    map[int]time.Time // by process id: since when
}

// hire starts the workers.
func hire(s *stage.Stage, server *server, n int, object func(string, ...any)) (*crew, error) {
	c := &crew{stage: s, server: server, object: object, dead: map[int]time.Time{}}
	for range n {
		w, err := c.worker()
		if err != nil {
			return c, err
		}
		c.workers = append(c.workers, w)
	}
	return c, nil
}

func (c *crew) worker() (*process, error) {
	cmd := exec.Command(c.stage.Tools.Worker)
	cmd.Env = c.stage.Env()
	return launch(cmd, c.stage.WorkerLog())
}

// keep looks after the workers until ctx ends. One that ends by itself while the server answers has crashed; without a
// server a worker that is just starting gives up, and that is right.
func (c *crew) keep(ctx context.Context) {
	for pause(ctx, 500*time.Millisecond) {
		up := c.server.up.Load()
		c.mu.Lock()
		for i, w := range c.workers {
			ended, wanted := w.over()
			if !ended {
				continue
			}
			c.dead[w.pid()] = time.Now()
			if !wanted && up && c.server.up.Load() {
				c.object("worker %d ended by itself: %v", w.pid(), w.err)
			}
			next, err := c.worker()
			if err != nil {
				c.object("a worker cannot be started: %v", err)
				continue
			}
			c.workers[i] = next
		}
		c.mu.Unlock()
	}
}

// kill ends one worker as a crash does.
func (c *crew) kill(i int) error { return c.at(i).kill() }

// stop lets one worker hand over and end.
func (c *crew) stop(i int) error { return c.at(i).stop(patience) }

func (c *crew) at(i int) *process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.workers[i%len(c.workers)]
}

// graves are the workers that have ended, by process id, with the moment it was noticed.
func (c *crew) graves() map[int]time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	graves := make(map[int]time.Time, len(c.dead))
	for pid, at := range c.dead {
		graves[pid] = at
	}
	return graves
}

// dismiss stops every worker.
func (c *crew) dismiss() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	errs := make([]error, len(c.workers))
	var all sync.WaitGroup
	for i, w := range c.workers {
		all.Go(func() {
			if err := w.stop(patience); err != nil {
				errs[i] = fmt.Errorf("stopping worker %d: %w", w.pid(), err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
