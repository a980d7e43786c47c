package sim

import (
	"container/heap"
	"time"
)

// event is something that will happen at a virtual moment.
type event struct {
	at  time.Time
	seq int
	do  func()
}

type eventQueue []event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].seq < q[j].seq
	}
	return q[i].at.Before(q[j].at)
}
func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *eventQueue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *eventQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return last
}

// clock is the world's virtual time. Every access to the world first runs the events that are due, each at its own
// moment, so that what is read never depends on how fast the machine is. The world's mutex guards it.
type clock struct {
	speed  float64
	base   time.Time // virtual time at anchor
	anchor time.Time // real time
	paused bool
	now    time.Time // the moment being lived
	queue  eventQueue
	seq    int
}

func newClock(start time.Time, speed float64, real time.Time) clock {
	return clock{speed: speed, base: start, anchor: real, now: start}
}

// reading is the virtual time at a real moment.
func (k *clock) reading(real time.Time) time.Time {
	if k.paused {
		return k.base
	}
	return k.base.Add(time.Duration(float64(real.Sub(k.anchor)) * k.speed))
}

func (k *clock) rebase(virtual, real time.Time) { k.base, k.anchor = virtual, real }

// at books an event; one whose moment has passed happens at the present moment.
func (k *clock) at(when time.Time, do func()) {
	if when.Before(k.now) {
		when = k.now
	}
	k.seq++
	heap.Push(&k.queue, event{at: when, seq: k.seq, do: do})
}

func (k *clock) after(d time.Duration, do func()) { k.at(k.now.Add(d), do) }

// advance lives through every event up to a moment.
func (k *clock) advance(to time.Time) {
	for len(k.queue) > 0 && !k.queue[0].at.After(to) {
		next := heap.Pop(&k.queue).(event)
		if next.at.After(k.now) {
			k.now = next.at
		}
		next.do()
	}
	if to.After(k.now) {
		k.now = to
	}
}

// wait is the real time until the next event, but an hour at most; false if there is nothing to wait for.
func (k *clock) wait() (time.Duration, bool) {
	if k.paused || len(k.queue) == 0 {
		return 0, false
	}
	real := float64(k.queue[0].at.Sub(k.now)) / k.speed
	return time.Duration(min(real, float64(time.Hour))), true
}

// Now is the virtual time.
func (c *Cloud) Now() time.Time {
	defer c.enter()()
	return c.clock.now
}

// Pause stops virtual time; the faces go on answering.
func (c *Cloud) Pause() {
	defer c.enter()()
	c.clock.base, c.clock.paused = c.clock.now, true
}

// Resume lets virtual time run again at the speed of Options.
func (c *Cloud) Resume() {
	defer c.enter()()
	c.clock.paused = false
	c.clock.rebase(c.clock.now, time.Now())
}

// Step moves virtual time forward by d at once, living through every event on the way.
func (c *Cloud) Step(d time.Duration) {
	defer c.enter()()
	to := c.clock.now.Add(d)
	c.clock.advance(to)
	c.clock.rebase(to, time.Now())
}

// enter locks the world and brings it to the present; the returned function leaves it again.
func (c *Cloud) enter() func() {
	c.mu.Lock()
	c.clock.advance(c.clock.reading(time.Now()))
	return func() {
		c.mu.Unlock()
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
}

// live runs events that fall due while nobody looks, such as a connection that has to be cut.
func (c *Cloud) live() {
	defer c.background.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		c.mu.Lock()
		c.clock.advance(c.clock.reading(time.Now()))
		d, due := c.clock.wait()
		c.mu.Unlock()
		if !due {
			d = time.Hour
		}
		timer.Reset(d)
		select {
		case <-c.done:
			return
		case <-c.wake:
		case <-timer.C:
		}
	}
}
