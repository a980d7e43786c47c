package main

import (
	"strings"
	"testing"
	"time"
)

func TestEachThingThatDoesNotHoldIsNamed(t *testing.T) {
	l := load{scenario: "fleet-100", inFlight: 20, speed: 60, rate: 5, slice: time.Minute}
	for name, c := range map[string]struct {
		change func(*verdict)
		want   string
	}{
		"all is well":            {func(*verdict) {}, ""},
		"too few in flight":      {func(v *verdict) { v.InFlightMean = 18 }, "18 upgrades were in flight on average, not 20"},
		"a violation":            {func(v *verdict) { v.Violations = 1 }, "1 violations"},
		"one in trouble":         {func(v *verdict) { v.Troubled = 1 }, "1 upgrades are in trouble"},
		"a heartbeat missed":     {func(v *verdict) { v.HeartbeatTimeouts = 2 }, "2 attempts ended for want of a heartbeat"},
		"a workflow task lost":   {func(v *verdict) { v.TaskTimeouts = 1 }, "1 workflow tasks timed out"},
		"a workflow task failed": {func(v *verdict) { v.TaskFailures = 1 }, "1 failed"},
	} {
		t.Run(name, func(t *testing.T) {
			v := verdict{InFlightMean: 20, InFlightLeast: 20}
			c.change(&v)
			err := v.judge(l)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("judged as %v, want %q", err, c.want)
			}
		})
	}
}

func TestALoadThatCannotBeIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*load)
		want   string
	}{
		"sound":                     {func(*load) {}, ""},
		"one in flight":             {func(l *load) { l.inFlight = 1 }, "at least two"},
		"slower than the clock":     {func(l *load) { l.speed = 0 }, "speed is at least 1"},
		"more calls than the limit": {func(l *load) { l.rate = 20 }, "rate times speed"},
		"no calls":                  {func(l *load) { l.rate = 0 }, "rate times speed"},
		"a negative slice":          {func(l *load) { l.slice = -1 }, "negative"},
	} {
		t.Run(name, func(t *testing.T) {
			l := load{scenario: "fleet-100", inFlight: 20, speed: 60, rate: 5, slice: time.Minute}
			c.change(&l)
			err := l.validate()
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestTheGatewaysAreDealtOutToAPodForEachUpgradeInFlight(t *testing.T) {
	l := load{scenario: "fleet-1000", inFlight: 200, speed: 60}
	gateways, err := estate(l)
	if err != nil {
		t.Fatal(err)
	}
	pods := map[string]int{}
	for _, g := range gateways {
		pods[g.Pod]++
	}
	if len(pods) != 200 || len(gateways) != 1000 || pods["hel01.pod01"] != 5 {
		t.Errorf("%d gateways are in %d pods, %d in the first", len(gateways), len(pods), pods["hel01.pod01"])
	}
	if err := l.order(gateways).Validate(); err != nil {
		t.Errorf("the order is refused: %v", err)
	}
	if _, err := estate(load{scenario: "fleet-100", inFlight: 101}); err == nil || !strings.Contains(err.Error(), "too few") {
		t.Errorf("more in flight than there are: %v", err)
	}
}
