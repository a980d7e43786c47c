package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// worldView is the answer of /world.
type worldView struct {
	Now      time.Time     `json:"now"` // virtual
	Gateways []gatewayView `json:"gateways"`
}

// gatewayView is the ground truth about one gateway.
type gatewayView struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"` // "ha" or "standalone"
	Pod  string `json:"pod"`
	State
}

func (c *Cloud) controlWorld(r *http.Request) (any, error) {
	leave, chosen, err := c.chosenGateways(r)
	if err != nil {
		return nil, err
	}
	defer leave()
	view := worldView{Now: c.clock.now, Gateways: []gatewayView{}}
	for _, g := range chosen {
		view.Gateways = append(view.Gateways, gatewayView{ID: g.spec.ID, Name: g.spec.Name, Kind: g.kind(), Pod: g.spec.Pod, State: g.state()})
	}
	return view, nil
}

// chosenGateways enters the world and lists the gateways that ?gateway= asks for; leave is nil on an error.
func (c *Cloud) chosenGateways(r *http.Request) (leave func(), chosen []*appliance, err error) {
	values, err := query(r, "gateway")
	if err != nil {
		return nil, nil, err
	}
	leave = c.enter()
	text := values.Get("gateway")
	if text == "" {
		return leave, c.gateways, nil
	}
	id, err := strconv.Atoi(text)
	if g := c.gatewayByID(id); err == nil && g != nil {
		return leave, []*appliance{g}, nil
	}
	leave()
	return nil, nil, fmt.Errorf("no gateway %q", text)
}

// trafficView is one gateway's account of interruptions in the answer of /traffic.
type trafficView struct {
	Gateway       int                `json:"gateway"`
	Name          string             `json:"name"`
	Flowing       bool               `json:"flowing"`
	Stopped       string             `json:"stopped,omitempty"` // why traffic stands
	Outages       int                `json:"outages"`
	OutageSeconds map[string]float64 `json:"outageSeconds"` // virtual seconds by cause, up to now
}

func (c *Cloud) controlTraffic(r *http.Request) (any, error) {
	leave, chosen, err := c.chosenGateways(r)
	if err != nil {
		return nil, err
	}
	defer leave()
	list := []trafficView{}
	for _, g := range chosen {
		t := &g.traffic
		list = append(list, trafficView{
			Gateway: g.spec.ID, Name: g.spec.Name, Flowing: t.stopped == "", Stopped: string(t.stopped),
			Outages: t.outages, OutageSeconds: t.outage(c.clock.now),
		})
	}
	return list, nil
}

func (c *Cloud) controlViolations(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	return c.Verdict().Violations, nil
}

func (c *Cloud) controlVerdict(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	return c.Verdict(), nil
}

// faces are the faces that the audit tells apart.
func faces() []string { return []string{"api", "host", "vsrx"} }

func (c *Cloud) controlCalls(r *http.Request) (any, error) {
	values, err := query(r, "face", "since", "write")
	if err != nil {
		return nil, err
	}
	face, write := values.Get("face"), values.Get("write")
	if values.Has("face") && !slices.Contains(faces(), face) {
		return nil, fmt.Errorf("no face %q; there are %q", face, faces())
	}
	if values.Has("write") && write != "true" && write != "false" {
		return nil, fmt.Errorf("write is true or false, not %q", write)
	}
	var since time.Time
	if values.Has("since") {
		if since, err = time.Parse(time.RFC3339, values.Get("since")); err != nil {
			return nil, fmt.Errorf("reading since as RFC 3339 time: %w", err)
		}
	}
	list := slices.DeleteFunc(c.Calls(), func(call Call) bool {
		return face != "" && call.Face != face || write != "" && call.Write != (write == "true") || call.At.Before(since)
	})
	return append([]Call{}, list...), nil
}
