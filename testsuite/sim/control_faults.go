package sim

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// faultsView is the answer of /faults.
type faultsView struct {
	Armed   []Fault   `json:"armed"`
	Planned []Planned `json:"planned"`
	Known   []string  `json:"known"`
}

func (c *Cloud) viewFaults() faultsView {
	armed, planned := c.Faults()
	return faultsView{Armed: append([]Fault{}, armed...), Planned: append([]Planned{}, planned...), Known: FaultNames()}
}

func (c *Cloud) controlFaults(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	return c.viewFaults(), nil
}

// controlInject arms a fault at once or, with "after" and "until", later.
func (c *Cloud) controlInject(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	var wish struct {
		Fault
		Node  *int   `json:"node"`
		After string `json:"after"`
		Until string `json:"until"`
	}
	if err := readControl(r, &wish); err != nil {
		return nil, err
	}
	after, err := optionalDuration(wish.After)
	if err != nil {
		return nil, err
	}
	until, err := optionalDuration(wish.Until)
	if err != nil {
		return nil, err
	}
	if err := c.Strike(Strike{Fault: wish.Fault, Node: wish.Node, After: after, Until: until}); err != nil {
		return nil, err
	}
	return c.viewFaults(), nil
}

func optionalDuration(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("reading a moment: %w", err)
	}
	return d, nil
}

// controlClear clears the faults of ?name=, or all.
func (c *Cloud) controlClear(r *http.Request) (any, error) {
	values, err := query(r, "name")
	if err != nil {
		return nil, err
	}
	name := values.Get("name")
	if values.Has("name") && !slices.Contains(FaultNames(), name) {
		return nil, fmt.Errorf("unknown fault %q", name)
	}
	leave := c.enter()
	c.callOff(name)
	leave()
	return c.viewFaults(), nil
}
