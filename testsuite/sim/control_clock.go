package sim

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// maxStep is the longest step of the control face. Nothing in an upgrade takes longer, and a slip of the keyboard
// should not make all certificates and checks of the world expire.
const maxStep = 8760 * time.Hour

// MaxSpeed is the greatest speed of a world, in virtual seconds per real second; it keeps hours of real time within
// what Go's durations can hold of virtual time.
const MaxSpeed = 1e6

func checkSpeed(speed float64) error {
	if !(speed > 0 && speed <= MaxSpeed) {
		return fmt.Errorf("speed %v is not a positive number up to %v", speed, MaxSpeed)
	}
	return nil
}

// SetSpeed changes the virtual seconds per real second from now on; a paused clock stays paused.
func (c *Cloud) SetSpeed(speed float64) error {
	if err := checkSpeed(speed); err != nil {
		return err
	}
	defer c.enter()()
	c.clock.speed = speed
	c.clock.rebase(c.clock.now, time.Now())
	return nil
}

// clockView is the answer of /clock.
type clockView struct {
	Now     time.Time `json:"now"`     // virtual
	Start   time.Time `json:"start"`   // virtual
	Elapsed string    `json:"elapsed"` // virtual, as Go writes durations
	Speed   float64   `json:"speed"`   // virtual seconds per real second
	Paused  bool      `json:"paused"`
}

func (c *Cloud) controlClock(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	return c.viewClock(), nil
}

func (c *Cloud) viewClock() clockView {
	defer c.enter()()
	k := &c.clock
	return clockView{Now: k.now, Start: c.start, Elapsed: k.now.Sub(c.start).String(), Speed: k.speed, Paused: k.paused}
}

func (c *Cloud) controlSetClock(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	var wish struct {
		Pause  *bool    `json:"pause"`
		Resume *bool    `json:"resume"`
		Step   *string  `json:"step"`
		Speed  *float64 `json:"speed"`
	}
	if err := readControl(r, &wish); err != nil {
		return nil, err
	}
	wishes := count(wish.Pause != nil) + count(wish.Resume != nil) + count(wish.Step != nil) + count(wish.Speed != nil)
	var err error
	switch {
	case wishes != 1, wish.Pause != nil && !*wish.Pause, wish.Resume != nil && !*wish.Resume:
		err = errors.New(`want one of {"pause":true}, {"resume":true}, {"step":"10m"} and {"speed":100}`)
	case wish.Pause != nil:
		c.Pause()
	case wish.Resume != nil:
		c.Resume()
	case wish.Step != nil:
		err = c.controlStep(*wish.Step)
	case wish.Speed != nil:
		err = c.SetSpeed(*wish.Speed)
	}
	if err != nil {
		return nil, err
	}
	return c.viewClock(), nil
}

func (c *Cloud) controlStep(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("reading the step: %w", err)
	}
	if d <= 0 || d > maxStep {
		return fmt.Errorf("a step of %v is not between 0 and %v", d, maxStep)
	}
	c.Step(d)
	return nil
}
