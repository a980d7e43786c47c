package junos

import (
	"context"
	"sync"
	"sync/atomic"

	"vsrx-upgrade/internal/upgrade"
)

// mostLanes is how many questions a device is asked at a time.
const mostLanes = 4

// askAll asks the questions side by side, and gives the error of each: over this session at once, and over lanes beside it
// as soon as they are open. A lane that breaks leaves the rest to the others; a device that allows no more sessions is
// asked over fewer. When it returns, this session knows whether the connection was lost.
func (s *Session) askAll(ctx context.Context, questions []question) []error {
	errs := make([]error, len(questions))
	next := make(chan int)
	done := make(chan struct{})
	var broken atomic.Bool
	work := func(lane *Session) {
		for i := range next {
			if errs[i] = questions[i].ask(ctx, lane); lane.failed != nil {
				broken.Store(true)
				return
			}
		}
	}
	var group sync.WaitGroup
	group.Go(func() { work(s) })
	for range min(mostLanes, len(questions)) - 1 {
		group.Go(func() {
			lane, err := s.Lane(ctx)
			if err != nil {
				return
			}
			work(lane)
			// Nobody waits for the farewell: the connection stays, and has told of any trouble.
			go func() { _ = lane.Close() }()
		})
	}
	go func() {
		group.Wait()
		close(done)
	}()
	for i := range questions {
		select {
		case next <- i:
		case <-done: // every lane broke, this session among them
			errs[i] = s.failed
		}
	}
	close(next)
	<-done
	if broken.Load() && s.failed == nil {
		_, _ = s.call(ctx, s.timeout, "<get-software-information/>") // any answer tells that the connection lives
	}
	return errs
}

// note writes down what stayed unknown, in the order of the questions.
func (s *Session) note(facts *upgrade.DeviceFacts, questions []question, errs []error) {
	if s.failed != nil {
		facts.Error = s.failed.Error()
	}
	for i, err := range errs {
		if err == nil {
			continue
		}
		for _, item := range questions[i].items {
			facts.Unread = append(facts.Unread, upgrade.Unread{Item: item, Reason: err.Error()})
		}
	}
}
