package junos

import (
	"context"
	"sync"
	"sync/atomic"

	"vsrx-upgrade/internal/upgrade"
)

// mostLanes is how many questions a device is asked at a time.
const mostLanes = 4

// askAll asks the questions side by side over this session and lanes beside it, and gives the error of each. A lane that
// breaks leaves the rest to the others; without lanes the questions are asked one after the other. When it returns, this
// session knows whether the connection was lost.
func (s *Session) askAll(ctx context.Context, questions []question) []error {
	errs := make([]error, len(questions))
	next := make(chan int)
	done := make(chan struct{})
	var broken atomic.Bool
	var group sync.WaitGroup
	for _, lane := range s.lanes(ctx, min(mostLanes, len(questions))) {
		group.Go(func() {
			for i := range next {
				if errs[i] = questions[i].ask(ctx, lane); lane.failed != nil {
					broken.Store(true)
					break
				}
			}
			if lane != s {
				_ = lane.Close() // its connection stays, and has told of any trouble
			}
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

// lanes are this session and as many others as the device allows, up to most together.
func (s *Session) lanes(ctx context.Context, most int) []*Session {
	opened := make([]*Session, most)
	opened[0] = s
	var group sync.WaitGroup
	for i := 1; i < most; i++ {
		group.Go(func() {
			if lane, err := s.Lane(ctx); err == nil { // a device that allows no more sessions is asked over fewer
				opened[i] = lane
			}
		})
	}
	group.Wait()
	var lanes []*Session
	for _, lane := range opened {
		if lane != nil {
			lanes = append(lanes, lane)
		}
	}
	return lanes
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
